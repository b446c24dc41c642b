"""What the debate says, as statements that a faithful model of it must meet, and how often they are met.

    Signature     a claim in words, the questions it needs, and a predicate over their values, draw by draw
    Part          the order alone, where the claim also wants a size: `2 over 1` of `2 over 1 by .05`
    Split         a claim about several experts at once (S24)

    at the medians     every parameter at its median as stated: the claim holds or it does not
    over draws         the share of an expert's draws in which it holds

``python docs/signatures.py`` writes docs/signatures.md. Every threshold was fixed beforehand from the debate's wording;
none is ever moved to make a claim hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from causal.errors import Unsupported
from causal.spec.grammar import parse_question
from causal.study import Posterior

Values = NDArray[np.float64]  # of one question (experts, draws), of several asked under one name (questions, ..., ...)
Truths = NDArray[np.bool_]  # (experts, draws)
Asked = str | tuple[str, ...]

STALINIST = "stalinist_outcome = yes"
SOME_FORM = "some_form = yes"
AS_KNOWN = "stalinism_as_known = yes"
SHIFT = "ideological_shift = yes"
RULES = "stalin_rule = yes"
APPARATUS = "apparatus_dictatorship = yes"
MASS = "terror = mass"
KEPT = "old_bolshevik_continuity = kept"
CHECKED = "oversight = effective"

RECORD = (
    "1918-01-01", "1918-12-31", "1919-03-16", "1919-04-01", "1921-03-08", "1922-03-27", "1922-12-16", "1923-04-17",
    "1923-10-21", "1924-01-21",
)  # fmt: skip
# Points of divergence from best to worst, as the debate ranks them.
RANKED = (
    "germany_1919", "germany_1923", "lenin_recovers", "oversight_no_ban", "attack_delivered", "stalin_dies",
    "no_faction_ban", "another_head", "oversight_early", "trotsky_courts", "lenin_killed", "sklyansky_elected",
)  # fmt: skip
EARLY = tuple(name for name in RANKED if name != "stalin_dies")  # all others are dated before January 1924
# What changes one person's life, office or conduct, Lenin's recovery aside.
PERSONS = (
    "lenin_killed", "attack_delivered", "stalin_dies", "another_head", "trotsky_courts", "sklyansky_elected",
    "sverdlov_lives",
)  # fmt: skip


def known(event: str, day: str) -> str:
    """Return the forecast from what was decided before a day."""
    return f"P({event} | history before {day})"


def fixed(event: str, day: str) -> str:
    """Return the same with later luck as it was: the history that a minimal rewrite is compared with."""
    return f"P({event} | history before {day}, chance)"


def after(event: str, intervention: str) -> str:
    """Return the minimal rewrite by an intervention."""
    return f"P({event} | do(@{intervention}), history, chance)"


def spared(intervention: str, event: str, day: str) -> str:
    """Return how probable a divergence was, times how probable it makes a Soviet Union that is not Stalinist."""
    return f"P({event} | history before {day}) * (1 - {after(STALINIST, intervention)})"


def of_ban(control: str) -> str:
    """Return the effect of the ban on the apparatus where appointments are so controlled."""
    ban, none = (
        f"P({APPARATUS} | do(faction_ban = {state}, orgburo_control = {control}), history before 1921-03-08, chance)"
        for state in ("ban", "no_ban")
    )
    return f"{ban} - {none}"


def within(low: float, value: Values, high: float) -> Truths:
    """Return where a value lies in a closed interval."""
    return (low <= value) & (value <= high)


def agreement(values: Values) -> Values:
    """Return Spearman's correlation of values along the first axis with their order in it."""
    ranks = rankdata(values, axis=0) - (len(values) + 1) / 2
    order = (np.arange(len(values)) - (len(values) - 1) / 2).reshape(-1, *[1] * (values.ndim - 1))
    return (ranks * order).sum(0) / np.sqrt((ranks**2).sum(0) * (order**2).sum())


@dataclass(frozen=True)
class Part:
    """A weaker reading of a signature, and the share of draws the case study found for it."""

    name: str
    holds: Callable[..., Truths]
    case: float


@dataclass(frozen=True)
class Signature:
    """One statement; ``holds`` takes the values of ``asks`` by name.

    ``case`` is the share of draws the case study found (None: not run), ``schools`` those for which it held there.
    """

    id: str
    claim: str
    asks: Mapping[str, Asked]
    holds: Callable[..., Truths]
    schools: str
    case: float | None = None
    part: Part | None = None


SIGNATURES = (
    Signature(
        "S01",
        "The window closes: as the record grows from 1918 to January 1924, the forecast of a Stalinist outcome never "
        "falls by more than .01 from one date to the next",
        {"stalinist": tuple(known(STALINIST, day) for day in RECORD)},
        lambda stalinist: (np.diff(stalinist, axis=0) >= -0.01).all(0),
        "E2 E3 E4 E5 E6",
    ),
    Signature(
        "S02",
        "At Lenin's death Stalin's rule is near inevitable: forecast in [.85, .98]",
        {"rules": known(RULES, "1924-01-21")},
        lambda rules: within(0.85, rules, 0.98),
        "E3",
        0.76,
    ),
    Signature(
        "S03",
        "Lenin killed outright is a long shot, but better than what happened: Stalin fails to rule with a probability "
        "in [.03, .25], and above that of the same history without it",
        {"rules": after(RULES, "lenin_killed"), "without": fixed(RULES, "1922-12-16")},
        lambda rules, without: within(0.03, 1 - rules, 0.25) & (rules < without),
        "E3 E4",
        0.69,
    ),
    Signature(
        "S04",
        "The decisive months: the forecast of Stalin's rule rises more from December 1922 to January 1924 than in any "
        "step before",
        {"rules": tuple(known(RULES, day) for day in RECORD)},
        lambda rules: rules[9] - rules[6] > np.diff(rules[:7], axis=0).max(0),
        "E4 E5",
    ),
    Signature(
        "S05",
        "A communist Germany, of 1919 or of 1923, beats Stalin's death: by .2 or more on the outcome, by .4 or more on "
        "the shift",
        {
            "outcome": (after(STALINIST, "germany_1919"), after(STALINIST, "germany_1923")),
            "shift": (after(SHIFT, "germany_1919"), after(SHIFT, "germany_1923")),
            "outcome_if_dead": after(STALINIST, "stalin_dies"),
            "shift_if_dead": after(SHIFT, "stalin_dies"),
        },
        lambda outcome, shift, outcome_if_dead, shift_if_dead: (
            (outcome_if_dead - outcome.max(0) >= 0.2) & (shift_if_dead - shift.max(0) >= 0.4)
        ),
        "E4",
        0.59,
        Part(
            "the order alone",
            lambda outcome, shift, outcome_if_dead, shift_if_dead: (
                (outcome.max(0) < outcome_if_dead) & (shift.max(0) < shift_if_dead)
            ),
            0.94,
        ),
    ),
    Signature(
        "S06",
        "Stalin dies and the ideological shift remains: at least .70, down by .15 at most; some form of Stalinism at "
        "least .70",
        {"shift": after(SHIFT, "stalin_dies"), "without": fixed(SHIFT, "1924-01-21"),
         "some_form": after(SOME_FORM, "stalin_dies")},
        lambda shift, without, some_form: (shift >= 0.70) & (without - shift <= 0.15) & (some_form >= 0.70),
        "E2 E4 E6",
        0.82,
    ),
    Signature(
        "S07",
        "So it does with the bureaucratic base removed as well: at least .55",
        {"shift": after(SHIFT, "stalin_and_base_removed")},
        lambda shift: shift >= 0.55,
        "E2 E4 E5 E6",
        0.94,
        Part("the same, being an order", lambda shift: shift >= 0.55, 0.94),
    ),
    Signature(
        "S08",
        "But less bloody, and more Old Bolshevik: mass terror at most half as probable, Old Bolsheviks kept by .2 more",
        {"mass": after(MASS, "stalin_dies"), "mass_without": fixed(MASS, "1924-01-21"),
         "kept": after(KEPT, "stalin_dies"), "kept_without": fixed(KEPT, "1924-01-21")},
        lambda mass, mass_without, kept, kept_without: (mass <= mass_without / 2) & (kept - kept_without >= 0.2),
        "E2 E3 E4 E5",
        None,
        Part("mass terror", lambda mass, mass_without, kept, kept_without: mass <= mass_without / 2, 0.99),
    ),
    Signature(
        "S09",
        "Lenin's recovery is the easiest: the highest product of its own probability and that of no Stalinist outcome "
        "among Lenin, Sklyansky and Germany in 1919 and 1923; and the best of all changes to one person",
        {
            "lenin": spared("lenin_recovers", "lenin_course = recovers", "1922-12-16"),
            "others": (
                spared("germany_1919", "germany_1919 = yes", "1918-12-31"),
                spared("germany_1923", "germany_1923 = yes", "1923-10-21"),
                spared("sklyansky_elected", "sklyansky_cc = yes", "1923-04-17"),
            ),
            "outcome": after(STALINIST, "lenin_recovers"),
            "persons": tuple(after(STALINIST, name) for name in PERSONS),
        },
        lambda lenin, others, outcome, persons: (lenin > others.max(0)) & (outcome < persons.min(0)),
        "E2 E3 E5 E6",
        None,
        Part("best of the persons", lambda lenin, others, outcome, persons: outcome < persons.min(0), 0.98),
    ),
    Signature(
        "S10",
        "An attack at the 12th Congress would probably doom Stalin: he fails to rule with a probability in [.60, .88]",
        {"rules": after(RULES, "attack_delivered")},
        lambda rules: within(0.60, 1 - rules, 0.88),
        "E2 E3 E4 E6",
        0.52,
        Part("at least even", lambda rules: 1 - rules >= 0.5, 0.94),
    ),
    Signature(
        "S11",
        "Lenin's recovery leaves an ideological shift more probable than either Germany does, by .3 or more",
        {"lenin": after(SHIFT, "lenin_recovers"),
         "germany": (after(SHIFT, "germany_1919"), after(SHIFT, "germany_1923"))},
        lambda lenin, germany: lenin - germany.max(0) >= 0.3,
        "E2 E4",
        0.83,
    ),
    Signature(
        "S12",
        "Oversight and no ban together beat either alone by .05 or more, and each beats the same history without it",
        {"both": after(STALINIST, "oversight_no_ban"), "oversight": after(STALINIST, "oversight_early"),
         "no_ban": after(STALINIST, "no_faction_ban"),
         "without": (fixed(STALINIST, "1922-03-27"), fixed(STALINIST, "1921-03-08"))},
        lambda both, oversight, no_ban, without: (
            (np.minimum(oversight, no_ban) - both >= 0.05) & (oversight < without[0]) & (no_ban < without[1])
        ),
        "",
        0.68,
        Part(
            "the order alone",
            lambda both, oversight, no_ban, without: (
                (both < np.minimum(oversight, no_ban)) & (oversight < without[0]) & (no_ban < without[1])
            ),
            0.99,
        ),
    ),
    Signature(
        "S13",
        "The ban works through the apparatus: it raises the apparatus dictatorship more where appointments are "
        "unchecked than where they are checked",
        {"unchecked": of_ban("unchecked"), "checked": of_ban("checked")},
        lambda unchecked, checked: unchecked > checked,
        "E2 E3 E4 E5 E6",
    ),
    Signature(
        "S14",
        "Oversight of appointments was unthinkable: at most .12 on the record, and more if the Left SRs stay, if "
        "Sverdlov lives, or without isolation",
        {"record": fixed(CHECKED, "1922-03-27"), "with_left_srs": after(CHECKED, "left_srs_stay"),
         "with_sverdlov": after(CHECKED, "sverdlov_lives"),
         "not_isolated": f"P({CHECKED} | do(isolation_1921 = not_isolated), history before 1921-03-08, chance)"},
        lambda record, with_left_srs, with_sverdlov, not_isolated: (
            (record <= 0.12) & (record < np.minimum(np.minimum(with_left_srs, with_sverdlov), not_isolated))
        ),
        "E3 E4 E5",
    ),
    Signature(
        "S15",
        "The rot is deeper than the man: another head of appointments takes .2 or more off Stalin's rule, but at most "
        ".1 off the apparatus dictatorship",
        {"rules": after(RULES, "another_head"), "rules_without": fixed(RULES, "1922-03-27"),
         "apparatus": after(APPARATUS, "another_head"), "apparatus_without": fixed(APPARATUS, "1922-03-27")},
        lambda rules, rules_without, apparatus, apparatus_without: (
            (rules_without - rules >= 0.2) & (apparatus_without - apparatus <= 0.1)
        ),
        "E2 E3 E4 E5 E6",
        0.78,
    ),
    Signature(
        "S16",
        "Trotsky's courting of the cadres helps, by less than 40 % of what Lenin's recovery does",
        {"courts": after(STALINIST, "trotsky_courts"), "recovers": after(STALINIST, "lenin_recovers"),
         "without": fixed(STALINIST, "1922-12-16")},
        lambda courts, recovers, without: (courts < without) & (without - courts < 0.4 * (without - recovers)),
        "E3 E5",
        0.86,
    ),
    Signature(
        "S17",
        "Sklyansky might help a little: a gain above 0 and up to .06",
        {"outcome": after(STALINIST, "sklyansky_elected"), "without": fixed(STALINIST, "1923-04-17")},
        lambda outcome, without: (without - outcome > 0) & (without - outcome <= 0.06),
        "E2 E3 E4 E5 E6",
    ),
    Signature(
        "S18",
        "Isolation is about necessary and about sufficient for the shift: at most .35 without it; at least .55 with "
        "it, Stalin and the apparatus both removed",
        {"without_isolation": after(SHIFT, "not_isolated"), "isolation_alone": after(SHIFT, "stalin_and_base_removed")},
        lambda without_isolation, isolation_alone: (without_isolation <= 0.35) & (isolation_alone >= 0.55),
        "E4",
        None,
        Part("necessary", lambda without_isolation, isolation_alone: without_isolation <= 0.35, 0.94),
    ),
    Signature(
        "S19",
        "With a red Germany Stalin's rise is doubtful, in [.08, .45], and Stalinism as we know it at most .15",
        {"rules": (after(RULES, "germany_1919"), after(RULES, "germany_1923")),
         "as_known": (after(AS_KNOWN, "germany_1919"), after(AS_KNOWN, "germany_1923"))},
        lambda rules, as_known: within(0.08, rules, 0.45).all(0) & (as_known <= 0.15).all(0),
        "E4",
        0.68,
    ),
    Signature(
        "S20",
        "Early beats late: the best divergence before January 1924 has some form of Stalinism less probable than the "
        "only later one by .3 or more",
        {"early": tuple(after(SOME_FORM, name) for name in EARLY), "late": after(SOME_FORM, "stalin_dies")},
        lambda early, late: late - early.min(0) >= 0.3,
        "E2 E4 E5",
        1.0,
        Part("the same, being an order", lambda early, late: late - early.min(0) >= 0.3, 1.0),
    ),
    Signature(
        "S21",
        "Seeing is not doing: seeing that there is no ban makes a Stalinist outcome less probable than lifting it "
        "does, by more than .01, since emergency and isolation confound the two",
        {"seen": f"P({STALINIST} | faction_ban = no_ban)", "done": f"P({STALINIST} | do(faction_ban = no_ban))"},
        lambda seen, done: seen < done - 0.01,
        "E4",
    ),
    Signature(
        "S22",
        "The twelve divergences come in the debate's order: Spearman's rank correlation at least .85",
        {"outcome": tuple(after(STALINIST, name) for name in RANKED)},
        lambda outcome: agreement(outcome) >= 0.85,
        "E2 E4",
    ),
    Signature(
        "S23",
        "Stalin in person was hardly necessary: had he died, the outcome that did come would have failed with a "
        "probability of at most .35",
        {"failed": f"1 - P({STALINIST.replace(' =', '[@stalin_dies] =')} | record)"},
        lambda failed: failed <= 0.35,
        "E2 E4 E6",
    ),
)  # fmt: skip


def values(posterior: Posterior, asks: Mapping[str, Asked]) -> dict[str, Values]:
    """Return the values of questions by name for every expert and draw.

    Raises Unsupported where the engine does not answer one of them.
    """
    panel, write = posterior.panel, posterior.study.elicited.writer.write
    found = {}
    for name, asked in asks.items():
        questions = (asked,) if isinstance(asked, str) else asked
        slots = [write(parse_question(question)).slots[0] for question in questions]
        each = panel.values(slots).reshape(len(slots), len(posterior.draws.experts), -1)
        found[name] = each[0] if isinstance(asked, str) else each
    return found
