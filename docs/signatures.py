"""How often the statements of statements.py hold: the generator of docs/signatures.md.

    at the medians     every parameter at its median as stated: a statement holds or it does not
    over draws         the share of an expert's draws in which it holds

    the tuned debate   priors/ussr-thread-tuned.yaml: parameters alone, nothing to condition on, so independent draws
    the panel          priors/ussr.yaml: the debate's claims and five schools, each with a posterior of its own

``python docs/signatures.py`` writes the page, and lists what falls short of the case study.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from textwrap import fill

import numpy as np
from statements import SIGNATURES, SPLIT, Asked, Signature, Truths, Values, within

import causal
from causal.learn.gate import Gate, diagnose
from causal.spec.grammar import parse_question
from causal.study import Posterior, Study

PAGE = Path(__file__).with_suffix(".md")
TUNED_PRIORS = PAGE.parent.parent / "priors" / "ussr-thread-tuned.yaml"
SEED = 1
NEAR_CERTAIN, SLACK = 0.9, 0.1  # what the case study finds in 9 of 10 draws has to come out within 0.1 of it


@dataclass(frozen=True)
class Row:
    """One statement, or the part of it called ``part``, and for each expert the share of draws in which it holds.

    ``case`` is the share in the case study; ``error`` is the largest Monte Carlo error among the shares.
    """

    signature: Signature
    part: str
    case: float | None
    shares: Mapping[str, float]
    error: float = 0.0

    @property
    def label(self) -> str:
        """The number of the statement, and the name of the part."""
        return f"{self.signature.id} ({self.part})" if self.part else self.signature.id


def tuned() -> Study:
    """Return the debate as parameters alone."""
    return causal.load("ussr", priors=TUNED_PRIORS)


def questions(asks: Mapping[str, Asked]) -> Iterator[tuple[str, str]]:
    """Yield every question of a statement after the name of its value, which several may share."""
    for name, asked in asks.items():
        for question in (asked,) if isinstance(asked, str) else asked:
            yield name, question


def values(posterior: Posterior, asks: Mapping[str, Asked]) -> dict[str, Values]:
    """Return the values of questions by name: (experts, draws), for several questions (questions, experts, draws)."""
    write = posterior.study.elicited.writer.write
    pages = [write(parse_question(question)) for _, question in questions(asks)]
    found = posterior.panel.values([page.slots[0] for page in pages])
    each = iter(found.reshape(len(pages), len(posterior.draws.experts), -1))
    return {
        name: next(each) if isinstance(asked, str) else np.stack([next(each) for _ in asked])
        for name, asked in asks.items()
    }


def shares(posterior: Posterior, truths: Truths) -> dict[str, float]:
    """Return, for each expert, the share of draws in which something holds."""
    weights = posterior.panel.share()
    found = truths.mean(1) if weights is None else (truths * weights).sum(1)
    return {expert: float(share) for expert, share in zip(posterior.draws.experts, found, strict=True)}


def error(posterior: Posterior, truths: Truths) -> float:
    """Return the largest Monte Carlo standard error of the shares of draws in which something holds."""
    chains, draws = posterior.draws.theta.shape[:2]
    worst = 0.0
    for row, method in zip(truths, posterior.draws.method, strict=True):
        still = np.array([row.all() or not row.any()])
        size = diagnose(row.astype(float).reshape(1, chains, draws), method, still).mean[0]
        worst = max(worst, float(row.std() / np.sqrt(size)))
    return worst


def rows(posteriors: Sequence[Posterior]) -> list[Row]:
    """Put every statement, and after it the part of it that has a name, to all experts of some posteriors."""
    found = []
    for signature in SIGNATURES:
        given = [(posterior, values(posterior, signature.asks)) for posterior in posteriors]
        readings = [("", signature.case, signature.holds)]
        if signature.part is not None:
            readings.append((signature.part.name, signature.part.case, signature.part.holds))
        for name, case, holds in readings:
            truths = [(posterior, holds(**named)) for posterior, named in given]
            by_expert = {key: share for posterior, true in truths for key, share in shares(posterior, true).items()}
            worst = max(error(posterior, true) for posterior, true in truths)
            found.append(Row(signature, name, case, by_expert, worst))
    return found


def falls_short(row: Row, expert: str) -> bool:
    """Return whether what is near certain in the case study is not so for an expert."""
    return row.case is not None and row.case >= NEAR_CERTAIN and row.shares[expert] < row.case - SLACK


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *lines))


def names(*studies: Study) -> dict[str, str]:
    """Return every expert's name as a heading."""
    return {key: expert.title for study in studies for key, expert in study.priors.experts.items()}


def medians_table(study: Study) -> str:
    """Return the statements, the values at the medians of a study of one expert, and whether each holds."""
    posterior, lines = study.at_medians(), []
    for signature in SIGNATURES:
        found = values(posterior, signature.asks)
        shown = "; ".join(
            f"{name.replace('_', ' ')} {', '.join(f'{value:.3f}' for value in np.ravel(number))}"
            for name, number in found.items()
        )
        lines.append((signature.id, signature.claim, shown, "yes" if signature.holds(**found).all() else "**no**"))
    return table(("", "statement", "at the medians", "holds"), lines)


def draws_table(found: Sequence[Row], heads: Mapping[str, str]) -> str:
    """Return the share of draws in which each statement holds, the case study's first."""
    lines = []
    for row in found:
        case = "not run" if row.case is None else f"{row.case:.2f}"
        own = [f"{row.shares[expert]:.2f}" for expert in heads]
        lines.append((row.label, "" if row.part and row.case is None else case, *own))
    return table(("", "case study", *heads.values()), lines)


def schools_table(found: Sequence[Row], heads: Mapping[str, str]) -> str:
    """Return for which experts each statement holds at the medians; a star where the case study says otherwise."""
    lines = []
    for row in found:
        cells = ["yes" if row.shares[expert] else "no" for expert in heads]
        marks = ["*" if differs(row, expert) else "" for expert in heads]
        lines.append((row.label, *(cell + mark for cell, mark in zip(cells, marks, strict=True))))
    return table(("", *heads.values()), lines)


def differs(row: Row, expert: str) -> bool:
    """Return whether a whole statement holds at an expert's medians where the case study says not, or the reverse."""
    return not row.part and bool(row.shares[expert]) != (expert in row.signature.schools.split())


def split_table(pairs: Sequence[tuple[Posterior, Posterior]]) -> str:
    """Return S24 for pairs of medians and draws: the bound, the value at the medians, the share of draws within."""
    lines = []
    for medians, draws in pairs:
        at, drawn = values(medians, SPLIT.asks), values(draws, SPLIT.asks)
        for place, (expert, head) in enumerate(names(draws.study).items()):
            cells = [head]
            for name, bounds in SPLIT.bounds.items():
                low, high = bounds.get(expert, (0.0, 1.0))
                share = shares(draws, within(low, drawn[name], high))[expert]
                wanted = f"at least {low}" if low > 0 else f"at most {high}" if high < 1 else "none"
                cells += [wanted, f"{at[name][place, 0]:.3f}", "" if wanted == "none" else f"{share:.2f}"]
            lines.append(cells)
    heads = [f"{name.replace('_', ' ')}: {what}" for name in SPLIT.asks for what in ("bound", "medians", "share")]
    return table(("", *heads), lines)


def together(draws: Posterior) -> float:
    """Return the probability that all experts of a panel keep all their bounds of S24; they are drawn independently."""
    drawn, product = values(draws, SPLIT.asks), 1.0
    for expert in draws.draws.experts:
        inside = np.ones(next(iter(drawn.values())).shape, dtype=bool)
        for name, bounds in SPLIT.bounds.items():
            low, high = bounds.get(expert, (0.0, 1.0))
            inside &= within(low, drawn[name], high)
        product *= shares(draws, inside)[expert]
    return product


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def paragraph(text: str, bullet: str = "") -> str:
    """Return prose at the width of the page."""
    return fill(text, 120, initial_indent=bullet, subsequent_indent=" " * len(bullet), break_on_hyphens=False)


def listed(items: Sequence[str]) -> str:
    """Return items as they are listed in a sentence."""
    return "; ".join(items) if items else "none"


def clip(draws: Posterior, medians: Posterior) -> Posterior:
    """Return draws whose departures on the log-odds never cross zero, as the case study drew them."""
    theta, side = draws.draws.theta, np.sign(medians.draws.theta)
    offsets = np.array([parameter.scale == "offset" for parameter in draws.study.elicited.network.parameters])
    crossed = (theta * side < 0) & offsets[:, None]
    return replace(draws, draws=replace(draws.draws, theta=np.where(crossed, 0.0, theta)))


def seeing_is_not_doing(medians: Posterior, expert: str) -> float:
    """Return by how much an expert's medians exceed the threshold of S21."""
    found = values(medians, next(signature.asks for signature in SIGNATURES if signature.id == "S21"))
    return float((found["done"] - found["seen"])[medians.draws.experts.index(expert), 0]) - 0.01


def gate(posteriors: Sequence[Posterior]) -> Gate:
    """Judge every value that a statement rests on."""
    verdict = Gate()
    for posterior in posteriors:
        wanted = dict.fromkeys(question for signature in SIGNATURES for _, question in questions(signature.asks))
        answers = posterior.ask_all(wanted)
        verdict = reduce(Gate.__and__, (answer.gate for answer in answers), verdict)
    return verdict


def quality(found: Sequence[Row], verdict: Gate) -> str:
    """Return the sentences on how good the draws are."""
    judged = f"{verdict.judged} values behind the table" if verdict.verdict == "pass" else verdict.findings[0]
    return paragraph(
        f"Monte Carlo errors of these shares are up to {max(row.error for row in found):.3f}. The gate's verdict on "
        f"the draws: {verdict.verdict} ({judged})."
    )


def near_certain(found: Sequence[Row], expert: str) -> str:
    """Return the sentences on what is near certain in the case study, with whatever falls short of it."""
    asked = [row for row in found if row.case is not None and row.case >= NEAR_CERTAIN]
    short = [f"{row.label}: {row.shares[expert]:.2f} against {row.case}" for row in asked if falls_short(row, expert)]
    return paragraph(
        f"What the case study finds in {NEAR_CERTAIN} of its draws or more has to come out within {SLACK} of that for "
        f"the tuned debate: {listed([row.label for row in asked])}. Falling short: {listed(short)}."
    )


def departures(found: Sequence[Row], clipped: Sequence[Row], expert: str) -> str:
    """Return the sentences on the shares that are far from those of the case study, and on what its clipping does."""
    far = [
        f"{row.label}, {row.shares[expert]:.2f} against {row.case:.2f}"
        for row in found
        if row.case is not None and abs(row.shares[expert] - row.case) >= SLACK
    ]
    by = {row.label: row.shares[expert] for row in found}
    pairs = [(row, other) for row, other in zip(found, clipped, strict=True) if row.case is not None]
    moved = max(abs(row.shares[expert] - other.shares[expert]) for row, other in pairs)
    notes = (
        f"Shares of the tuned debate that differ from the case study's by {SLACK} or more: {listed(far)}.",
        f"S16 counts any gain; with a gain of 0.01 required it holds in {by['S16 (by 0.01 or more)']:.2f}.",
        (
            "S19 asks both Germanies to keep both bounds in the same draw; that of 1923 alone does so in "
            f"{by['S19 (1923 alone)']:.2f}, and the case study may have counted no more than one."
        ),
        (
            "S03 could be compared with several histories. It is with the one up to October 1923, Lenin incapacitated "
            "and no attack made, which is close to the number that the case study prints (0.10 that Stalin does not "
            "rule). Against the same history without it, an attack being open, it holds in "
            f"{by['S03 (over the same history)']:.2f}."
        ),
        (
            "The case study clipped the signs of departures, which explains none of this: done to these draws it moves "
            f"no share that the case study gives by more than {moved:.3f}. Here signs are checked at the medians and a "
            f"draw may contradict them; in {1 - by['S17 (any gain)']:.2f} of the draws Sklyansky's election is no help."
        ),
    )
    return "\n".join(paragraph(note, "- ") for note in notes)


def differences(found: Sequence[Row], heads: Mapping[str, str], margin: float) -> str:
    """Return the sentences on where a statement holds here and not in the case study, or the reverse."""
    starred: dict[str, list[str]] = {}
    for row in found:
        for expert in heads:
            if differs(row, expert):
                starred.setdefault(row.label, []).append(heads[expert])
    marks = [f"{label} ({', '.join(schools)})" for label, schools in starred.items()]
    return paragraph(
        f"A star marks what the case study has the other way round: {listed(marks)}. In S14 and S16 any gain counts "
        "here; with a gain of 0.01 required, as in the rows below them, the schools are those of the case study. In "
        f"S21 the structuralists pass by a margin of {margin:.4f}, less than the sampling error of the case study, "
        "which simulated where this engine is exact."
    )


def asked() -> str:
    """Return every question by statement and name."""
    lines = [
        f"{statement.id} {name.replace('_', ' ')}: {question}"
        for statement in (*SIGNATURES, SPLIT)
        for name, question in questions(statement.asks)
    ]
    return "\n".join(["```text", *lines, "```"])


def page() -> str:
    """Return docs/signatures.md, sampling what is not in the store of fits."""
    alone, panel = tuned(), causal.load("ussr")
    medians, draws = (alone.at_medians(), panel.at_medians()), (alone.sample(seed=SEED), panel.sample(seed=SEED))
    drawn, at_medians = rows(draws), rows(medians)
    schools = {expert: name for expert, name in names(panel).items() if expert != "debate"}
    (expert,) = names(alone)
    parts = [
        INTRODUCTION,
        "## At the medians of the tuned debate",
        MEDIANS,
        medians_table(alone),
        "## Over draws",
        DRAWS,
        draws_table(drawn, names(alone, panel)),
        quality(drawn, gate(draws)),
        near_certain(drawn, expert),
        departures(drawn, rows([clip(draws[0], medians[0])]), expert),
        "## For which schools",
        SCHOOLS,
        schools_table(at_medians, schools),
        differences(at_medians, schools, seeing_is_not_doing(medians[1], "structuralist")),
        "## S24: across the schools",
        paragraph(SPLIT.claim + "."),
        split_table(tuple(zip(medians, draws, strict=True))),
        paragraph(SPLITS.format(together=together(draws[1]))),
        "## What is asked",
        ASKED,
        asked(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


INTRODUCTION = """
# Signatures

<!-- Written by `make signatures` from docs/statements.py; do not edit. -->

A signature is something that the debate behind the case `ussr` says of the whole, not of a parameter: that Stalin's
rule was near inevitable by Lenin's death, that a communist Germany would have changed more than Stalin's death, that
Lenin killed at once was a long shot. A faithful model of the debate reproduces them. Their thresholds were fixed
beforehand from the debate's wording, and none is moved to make a signature hold.

`priors/ussr-thread-tuned.yaml` is the debate as parameters whose medians were adjusted by hand until its total effects
met its phrases. That the signatures hold there shows that the debate is coherent, and validates nothing.
`priors/ussr.yaml` has the debate's claims as they were made, and five schools of history, coded by the same analyst. A
signature that holds for all schools says little; one that divides them tells them apart.

Probabilities are minimal rewrites (what was decided before the divergence is fixed, later luck stays as it was) unless
*forecast* is said (later luck is open). *Without* is the same history without the divergence. S23 is retrospective (all
that happened is given, and each variable keeps its luck): it rests on that assumption, which nothing observed can test.
"""

MEDIANS = """
Every parameter at its median as stated. Several values under one name come in the order of the questions below.
"""

DRAWS = """
The share of draws in which a signature holds strictly, and below it that of a weaker or narrower part. *Case study* is
the study in which the case was first worked out: 200 draws from the tuned debate, the signs of its departures clipped.
"""

SCHOOLS = "At the medians of the parameters that a school stated, its judgements of totals left aside."

SPLITS = """
At the medians the bounds bind the debate as tuned and the schools. The medians of the debate's own claims are those of
its parameters and of the defaults that fill them in, before its totals are taken as evidence. The shares are those of
draws, and all bounds of the panel, the debate's claims included, are kept at once with a probability of {together:.2f}.
"""

ASKED = "In the language of `causal ask ussr`, in the order of the values above."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
