"""Answers on a screen: the panel first, every expert beside it, the gate's verdict where nobody can miss it.

verdict    text                                       JSON
pass       numbers                                    numbers
flag       a banner, numbers, what was found          numbers
refuse     why, and no number                         null in place of every number
override   the banner says so, numbers                numbers, and "override": true
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from causal.ask.answer import PANEL, Answer, Estimate
from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE, Divergence, Ranking
from causal.ask.saying import counted
from causal.ask.tense import AHEAD, OVER
from causal.cli.screen import emit, interval, number, show, show_table
from causal.learn.gate import NO_GATE, PASS, Gate, judge_run
from causal.spec.priors import PANELS

if TYPE_CHECKING:
    from causal.study import Posterior
    from causal.tell.facts import Report, Verdict

EXACT = "every number is in the model"
type Reading = Literal["forecast", "minimal", "retrospective"]
CALLED: Mapping[Reading, str] = {"forecast": FORECAST, "minimal": MINIMAL, "retrospective": RETROSPECTIVE}
SHOWN = 5  # findings of the gate that are listed; how many more there are is said


def overridden(gate: Gate, allowed: bool) -> Gate:
    """Return the gate with the override recorded, where there is something to override."""
    return replace(gate, override=True) if allowed and gate.verdict != PASS else gate


def show_run(posterior: Posterior, stored: bool, seconds: float, as_json: bool, allowed: bool) -> Gate:
    """Show what was drawn, and how, and return the run's gate."""
    draws, study = posterior.draws, posterior.study
    gate = overridden(judge_run(draws), allowed)
    chains, each = draws.theta.shape[:2]
    if as_json:
        emit(
            {
                "model": study.model.name,
                "priors": study.priors.name,
                "seed": draws.seed,
                "experts": [
                    {"name": name, "method": how} for name, how in zip(draws.experts, draws.method, strict=True)
                ],
                "chains": chains,
                "draws_per_chain": each,
                "draws": draws.total,
                "seconds": draws.seconds,
                "stored": stored,
                "divergences": draws.divergences,
                "bfmi": list(draws.bfmi),
                "digest": posterior.digest,
                "gate": gate.to_dict(),
            }
        )
        return gate
    _banner(gate)
    if study.exact:
        show(f"{study.model.name}: {EXACT}, so there is nothing to draw.")
        return gate
    rows = []
    for name, how in zip(draws.experts, draws.method, strict=True):
        moving = [each.expert for each in study.elicited.evidence] + [each.expert for each in study.elicited.shaping]
        evidence = moving.count(name)
        method = "NUTS" if how == "nuts" else "independent draws"
        who, school = posterior.panel.called(name), study.elicited.priors.experts[name].school
        rows.append((who, school, method, str(evidence), str(draws.total)))
    show_table(("expert", "school", "method", "evidence", "draws"), rows, left=3)
    show()
    how_long = f"drawn in {draws.seconds:.1f} s" + (f", taken from the store in {seconds:.1f} s" if stored else "")
    show(f"{study.model.name}, seed {draws.seed}: {chains} chains of {each} draws for each expert, {how_long}.")
    if draws.bfmi:
        show(f"Divergences {draws.divergences}; least E-BFMI {min(draws.bfmi):.2f}.")
    _verdict(gate)
    return gate


def show_answer(posterior: Posterior, answer: Answer, as_json: bool, allowed: bool) -> Gate:
    """Show an answer and return its gate."""
    answer = _passed(answer, allowed)
    if as_json:
        emit(answer.to_dict())
        return answer.gate
    _banner(answer.gate)
    show(answer.text)
    if answer.exact:
        show(f"{EXACT[:1].upper()}{EXACT[1:]}: nothing was judged, and nothing drawn.")
    elif not answer.gate.withholds:
        show()
        _table(posterior, answer)
        show()
        _at_medians(answer.draws)
    if not answer.gate.withholds and answer.given is not None and answer.given < 1:
        given = f"{answer.given:.6g}" if answer.exact else number(answer.given)
        show(f"What is given has the probability {given}.")
    for note in answer.notes:
        show(f"Note: {note}.")
    if not answer.exact:
        show(NO_GATE) if answer.gate.empty else _verdict(answer.gate)
    return answer.gate


def _table(posterior: Posterior, answer: Answer) -> None:
    """Print a row for the panel and one per expert; a whole distribution has a column per state."""
    experts = posterior.study.priors.experts
    interval_head = f"{100 * answer.ci_prob:.0f} % interval"
    if answer.states:
        header = ["expert", "school", *answer.states]
    elif answer.panel.lower is None:
        header = ["expert", "school", "share of draws"]
    elif answer.draws == 1:  # at the medians
        header = ["expert", "school", "value"]
    else:
        header = ["expert", "school", "mean", "median", interval_head]
    case = answer.case if answer.case is not None and (answer.case.sound or answer.level == "case") else None
    if case is not None:
        header.append("case level")
    rows = []
    for name in (PANEL, *answer.experts):
        school = "" if name == PANEL else experts[name].school
        if name != PANEL and name not in answer.pooled:
            school = f"{school}, not in the panel".removeprefix(", ")
        row = [PANELS[answer.pooling].removeprefix("The ") if name == PANEL else name, school]
        if answer.states:
            row += [_short(answer.estimates[(name, state)]) for state in answer.states]
        else:
            e = answer.estimates[(name, "")]
            row.append(number(e.mean))
            if interval_head in header:
                row += [number(e.median), interval(e.lower, e.upper)]
        if case is not None:
            row.append(number(case.mean if name == PANEL else case.by_expert[name]))
        rows.append(row)
    show_table(header, rows, left=2)


def _short(e: Estimate) -> str:
    return f"{number(e.mean)} {interval(e.lower, e.upper)}"


def _at_medians(draws: int) -> None:
    """Say what an interval is where there is one draw only."""
    if draws == 1:
        show("Every parameter is at its median as stated: an interval shows how experts differ, not how sure they are.")


def show_ranking(ranking: Ranking, reading: Reading | None, by_expert: bool, as_json: bool, allowed: bool) -> Gate:
    """Show a ranking and return its gate, which judges all that is shown."""
    readings = tuple(READINGS) if reading is None else (CALLED[reading],)
    others = tuple(name for name in READINGS if name not in readings)
    ranking = replace(
        ranking,
        divergences=tuple(_allowed(each, allowed) for each in ranking.divergences if each.reading in readings),
        skipped=tuple((what, why) for what, why in ranking.skipped if what.rpartition(", ")[2] not in others),
    )
    gate = ranking.gate
    if as_json:
        rows = [_row(each) for name in readings for each in ranking.of(name)]
        skipped = [{"what": what, "why": why} for what, why in ranking.skipped]
        emit({"outcome": str(ranking.event), "rows": rows, "skipped": skipped, "gate": gate.to_dict()})
        return gate
    _banner(gate, "some of these numbers")
    tense = AHEAD if ranking.ahead else OVER
    for name in readings:
        if ranking.of(name):
            header = ("intervention", "when", str(ranking.event), "without it", "effect", "plausibility")
            lines = [line for each in ranking.of(name) for line in _lines(each, by_expert)]
            show_table(header, lines, left=2, title=f"{name}: {tense.given[name]}")
            _show_same(ranking, name)
            show()
    if any(each.outcome.exact for each in ranking.divergences):
        show(f"{EXACT[:1].upper()}{EXACT[1:]}: nothing was judged, and nothing drawn.")
    else:
        _at_medians(min((each.outcome.draws for each in ranking.divergences), default=0))
    for what, why in ranking.skipped:
        show(f"Skipped: {what}: {why}")
    show(NO_GATE) if gate.empty else _verdict(gate)
    return gate


def _show_same(ranking: Ranking, reading: str) -> None:
    """Say for which interventions a reading gives the number of the one before it, whoever is asked: by right."""
    before = dict(zip(tuple(READINGS)[1:], READINGS, strict=False)).get(reading, "")
    same = ranking.same(reading, before)
    if same:
        show(f"The same as the {before}, since nothing more on record bears on it: {', '.join(same)}.")


def _allowed(each: Divergence, allowed: bool) -> Divergence:
    """Return a divergence with the override recorded in all of its answers."""
    return replace(
        each,
        outcome=_passed(each.outcome, allowed),
        without=_passed(each.without, allowed),
        effect=_passed(each.effect, allowed),
        plausibility=None if each.plausibility is None else _passed(each.plausibility, allowed),
    )


def _passed(answer: Answer, allowed: bool) -> Answer:
    return replace(answer, gate=overridden(answer.gate, allowed))


def _gate(each: Divergence) -> Gate:
    gate = each.outcome.gate & each.without.gate & each.effect.gate
    return gate if each.plausibility is None else gate & each.plausibility.gate


def _row(each: Divergence) -> dict[str, Any]:
    """Return one row of the JSON: the panel's numbers, then every expert's; none where the gate refuses."""
    gate = _gate(each)
    named: dict[str, Any] = {
        "intervention": each.intervention.name,
        "title": each.intervention.title or each.intervention.name,
        "when": None if each.intervention.when is None else str(each.intervention.when),
        "reading": each.reading,
        "question": each.outcome.question,
    }
    by_expert = {} if gate.withholds else {name: _numbers(each, name) for name in each.outcome.experts}
    return {
        **named,
        **_numbers(each, None if gate.withholds else PANEL),
        "ci_prob": each.outcome.ci_prob,
        "by_expert": by_expert,
        "coupled": list(each.coupled),
        "gate": gate.to_dict(),
    }


def _numbers(each: Divergence, expert: str | None) -> dict[str, float | None]:
    """Return the numbers of one expert or the panel; None: every number is withheld."""
    if expert is None:
        return dict.fromkeys(
            ("mean", "median", "lower", "upper", "without", "effect", "effect_lower", "effect_upper", "plausibility")
        )
    outcome, effect = each.outcome.estimates[(expert, "")], each.effect.estimates[(expert, "")]
    return {
        "mean": outcome.mean,
        "median": outcome.median,
        "lower": outcome.lower,
        "upper": outcome.upper,
        "without": each.without.estimates[(expert, "")].mean,
        "effect": effect.mean,
        "effect_lower": effect.lower,
        "effect_upper": effect.upper,
        "plausibility": None if each.plausibility is None else each.plausibility.estimates[(expert, "")].mean,
    }


def _lines(each: Divergence, by_expert: bool) -> Iterator[tuple[str, ...]]:
    """Yield the panel's line of a table, and one per expert below it."""
    when = "" if each.intervention.when is None else str(each.intervention.when)
    if _gate(each).withholds:
        yield each.intervention.name, when, "refused", "–", "–", "–"
        return
    for expert in (PANEL, *(each.outcome.experts if by_expert else ())):
        found = _numbers(each, expert)
        name, date = (each.intervention.name, when) if expert == PANEL else (f"  {expert}", "")
        spread, moved = interval(found["lower"], found["upper"]), interval(found["effect_lower"], found["effect_upper"])
        if each.outcome.exact:
            spread = moved = ""
        yield (
            name,
            date,
            f"{number(found['mean'])} {spread}".rstrip(),
            number(found["without"]),
            f"{number(found['effect'])} {moved}".rstrip(),
            number(found["plausibility"]),
        )


def show_report(report: Report, out: Path, as_json: bool) -> Verdict:
    """Write the report, show where and what it says first, and return the verdict on everything in it."""
    from causal.tell.document import plain
    from causal.tell.files import write
    from causal.tell.findings import banners, main_sentence

    paths = [path.as_posix() for path in write(report, out)]
    first = main_sentence(report)
    gate = report.gate
    if as_json:
        verdict = {"verdict": gate.verdict, "override": gate.override, "findings": gate.findings}
        emit({"files": paths, "text": first, "gate": verdict})
        return gate
    for banner in banners(report):
        show(plain(banner.words), style="bold yellow")
    for path in paths:
        show(path)
    show(first)
    return gate


def _banner(gate: Gate, what: str = "these numbers") -> None:
    """Print what must not be missed, above everything else."""
    if gate.verdict == PASS:
        return
    if gate.withholds:
        show(f"REFUSED: the gate withholds {what}.", style="bold red")
    elif gate.override:
        show(f"UNGATED: the gate says {gate.verdict!r}, overridden by --allow-ungated.", style="bold yellow")
    else:
        show("FLAGGED: read these numbers with care; what the gate found is listed below.", style="bold yellow")


def _verdict(gate: Gate) -> None:
    """Print the gate's verdict and what it found."""
    judged = "" if gate.judged == 0 else f", {counted(gate.judged, 'quantity', 'quantities')} judged"
    show(f"Gate: {gate.verdict}{judged}.")
    for finding in gate.findings[:SHOWN]:
        show(f"  {finding}")
    if len(gate.findings) > SHOWN:
        show(f"  and {len(gate.findings) - SHOWN} more")
