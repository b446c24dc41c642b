"""What the debate says of the case, as statements that a faithful model of it must meet.

    Signature     a claim in words, the questions it needs, and a predicate over their values, draw by draw
    Part          the claim read more weakly or narrowly: the order alone, one half, one of several
    Split         a claim about several experts at once: bounds on the value of one question each

    known(y, day)     P(y | history before day)              forecast
    fixed(y, day)     P(y | history before day, chance)      the same with later luck as it was
    after(y, i)       P(y | do(@i), history, chance)         minimal rewrite by intervention i, to compare with fixed

Every threshold was fixed beforehand from the debate's wording; none is ever moved to make a claim hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Values = NDArray[np.float64]  # one question: (experts, draws); several under one name: (questions, experts, draws)
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
STROKE, DEATH = 6, 9  # of Lenin, in RECORD

# Points of divergence as the debate ranks them, the most effective first.
RANKED = (
    "germany_1919", "germany_1923", "lenin_recovers", "oversight_no_ban", "attack_delivered", "stalin_dies",
    "no_faction_ban", "another_head", "oversight_early", "trotsky_courts", "lenin_killed", "sklyansky_elected",
)  # fmt: skip
EARLY = tuple(name for name in RANKED if name != "stalin_dies")  # before January 1924, as all but that one are
# What else changes the life, the office or the conduct of one person.
PERSONS = (
    "lenin_killed", "attack_delivered", "stalin_dies", "another_head", "trotsky_courts", "sklyansky_elected",
    "sverdlov_lives",
)  # fmt: skip
EVERY_SCHOOL = "structuralist intentionalist trotskyist nep_alternative leninist_continuity"
GERMANIES = ("germany_1919", "germany_1923")


def known(event: str, day: str) -> str:
    """Return the question for a forecast from what was decided before a day."""
    return f"P({event} | history before {day})"


def fixed(event: str, day: str) -> str:
    """Return the question for the same with later luck as it was."""
    return f"P({event} | history before {day}, chance)"


def after(event: str, intervention: str) -> str:
    """Return the question for a minimal rewrite."""
    return f"P({event} | do(@{intervention}), history, chance)"


def each(event: str, interventions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the questions for several minimal rewrites."""
    return tuple(after(event, name) for name in interventions)


def ease(intervention: str, event: str, day: str) -> str:
    """Return the question how probable a divergence was, times how probable it makes an escape."""
    return f"{known(event, day)} * (1 - {after(STALINIST, intervention)})"


def of_ban(control: str) -> str:
    """Return the question for the effect of the ban on the apparatus where appointments are so controlled."""
    ban, none = (
        f"P({APPARATUS} | do(faction_ban = {state}, orgburo_control = {control}), history before 1921-03-08, chance)"
        for state in ("ban", "no_ban")
    )
    return f"{ban} - {none}"


def within(low: float, value: Values, high: float) -> Truths:
    """Return where a value lies in a closed interval."""
    return (low <= value) & (value <= high)


def agreement(values: Values) -> Values:
    """Return Spearman's rank correlation of values along the first axis with the order they are listed in."""
    ranks = rankdata(values, axis=0) - (len(values) + 1) / 2
    order = (np.arange(len(values)) - (len(values) - 1) / 2).reshape(-1, *[1] * (values.ndim - 1))
    found: Values = (ranks * order).sum(0) / np.sqrt((ranks**2).sum(0) * (order**2).sum())
    return found


@dataclass(frozen=True)
class Part:
    """A weaker or narrower reading of a claim; ``case`` as in Signature."""

    name: str
    holds: Callable[..., Truths]
    case: float | None = None


@dataclass(frozen=True)
class Signature:
    """One statement; ``holds`` takes the values of ``asks`` by name.

    Of the study that first worked the case out: ``case`` is the share of its draws for which the claim held (None: not
    run), ``schools`` those for which it held at their medians.
    """

    id: str
    claim: str
    asks: Mapping[str, Asked]
    holds: Callable[..., Truths]
    schools: str
    case: float | None = None
    part: Part | None = None


@dataclass(frozen=True)
class Split:
    """A claim that divides the experts: ``bounds[name][expert]`` is where the value of ``asks[name]`` has to lie."""

    id: str
    claim: str
    asks: Mapping[str, str]
    bounds: Mapping[str, Mapping[str, tuple[float, float]]]


SIGNATURES = (
    Signature(
        "S01",
        "The window closes: as the record grows from 1918 to January 1924 the forecast of a Stalinist outcome never "
        "falls by more than 0.01 from one date to the next",
        {"outcome": tuple(known(STALINIST, day) for day in RECORD)},
        lambda outcome: (np.diff(outcome, axis=0) >= -0.01).all(0),
        EVERY_SCHOOL,
    ),
    Signature(
        "S02",
        "At Lenin's death Stalin's rule is near inevitable: forecast in [0.85, 0.98]",
        {"rule": known(RULES, "1924-01-21")},
        lambda rule: within(0.85, rule, 0.98),
        "intentionalist",
        0.76,
    ),
    Signature(
        "S03",
        "Lenin killed outright is a long shot, but better than what happened: the probability that Stalin does not "
        "rule is in [0.03, 0.25], and above that on the path that history had taken by October 1923",
        {"rule": after(RULES, "lenin_killed"), "on_the_path": fixed(RULES, "1923-10-21"),
         "without": fixed(RULES, "1922-12-16")},
        lambda rule, on_the_path, without: within(0.03, 1 - rule, 0.25) & (rule < on_the_path),
        "intentionalist trotskyist",
        0.69,
        Part("over the same history", lambda rule, on_the_path, without: (
            within(0.03, 1 - rule, 0.25) & (rule < without)
        )),
    ),
    Signature(
        "S04",
        "The decisive months: the forecast of Stalin's rule rises more from December 1922 to January 1924 than in any "
        "step before",
        {"rule": tuple(known(RULES, day) for day in RECORD)},
        lambda rule: rule[DEATH] - rule[STROKE] > np.diff(rule[: STROKE + 1], axis=0).max(0),
        "trotskyist nep_alternative",
    ),
    Signature(
        "S05",
        "A communist Germany, of 1919 as of 1923, beats Stalin's death: by 0.2 or more on the outcome and by 0.4 or "
        "more on the shift",
        {"outcome": each(STALINIST, GERMANIES), "if_he_dies": after(STALINIST, "stalin_dies"),
         "shift": each(SHIFT, GERMANIES), "shift_if_he_dies": after(SHIFT, "stalin_dies")},
        lambda outcome, if_he_dies, shift, shift_if_he_dies: (
            (if_he_dies - outcome.max(0) >= 0.2) & (shift_if_he_dies - shift.max(0) >= 0.4)
        ),
        "trotskyist",
        0.59,
        Part("the order alone", lambda outcome, if_he_dies, shift, shift_if_he_dies: (
            (outcome.max(0) < if_he_dies) & (shift.max(0) < shift_if_he_dies)
        ), 0.94),
    ),
    Signature(
        "S06",
        "Stalin dies and a similar shift remains: at least 0.70, down by 0.15 at most; some form of Stalinism at least "
        "0.70",
        {"shift": after(SHIFT, "stalin_dies"), "without": fixed(SHIFT, "1924-01-21"),
         "some_form": after(SOME_FORM, "stalin_dies")},
        lambda shift, without, some_form: (shift >= 0.70) & (without - shift <= 0.15) & (some_form >= 0.70),
        "structuralist trotskyist leninist_continuity",
        0.82,
    ),
    Signature(
        "S07",
        "So it does with the bureaucratic base removed as well: at least 0.55",
        {"shift": after(SHIFT, "stalin_and_base_removed")},
        lambda shift: shift >= 0.55,
        "structuralist trotskyist nep_alternative leninist_continuity",
        0.94,
    ),
    Signature(
        "S08",
        "But it is less bloody: mass terror at most half as probable, and Old Bolsheviks kept by 0.2 more",
        {"mass": after(MASS, "stalin_dies"), "mass_without": fixed(MASS, "1924-01-21"),
         "kept": after(KEPT, "stalin_dies"), "kept_without": fixed(KEPT, "1924-01-21")},
        lambda mass, mass_without, kept, kept_without: (mass <= mass_without / 2) & (kept - kept_without >= 0.2),
        "structuralist intentionalist trotskyist nep_alternative",
        None,
        Part("mass terror", lambda mass, mass_without, kept, kept_without: mass <= mass_without / 2, 0.99),
    ),
    Signature(
        "S09",
        "Lenin's recovery is the easiest: among Lenin, Sklyansky and Germany in 1919 and 1923 it has the highest "
        "product of its own probability and that of an escape, and no other change to one person does better",
        {
            "product": ease("lenin_recovers", "lenin_course = recovers", "1922-12-16"),
            "others": (
                ease("germany_1919", "germany_1919 = yes", "1918-12-31"),
                ease("germany_1923", "germany_1923 = yes", "1923-10-21"),
                ease("sklyansky_elected", "sklyansky_cc = yes", "1923-04-17"),
            ),
            "outcome": after(STALINIST, "lenin_recovers"),
            "other_persons": each(STALINIST, PERSONS),
        },
        lambda product, others, outcome, other_persons: (product > others.max(0)) & (outcome < other_persons.min(0)),
        "structuralist intentionalist nep_alternative leninist_continuity",
        None,
        Part("the persons", lambda product, others, outcome, other_persons: outcome < other_persons.min(0), 0.98),
    ),
    Signature(
        "S10",
        "An attack at the 12th Congress would probably doom Stalin: the probability that he does not rule is in "
        "[0.60, 0.88]",
        {"rule": after(RULES, "attack_delivered")},
        lambda rule: within(0.60, 1 - rule, 0.88),
        "structuralist intentionalist trotskyist leninist_continuity",
        0.52,
        Part("at least even", lambda rule: 1 - rule >= 0.5, 0.94),
    ),
    Signature(
        "S11",
        "Lenin's recovery leaves an ideological shift more probable than either Germany does, by 0.3 or more",
        {"shift": after(SHIFT, "lenin_recovers"), "germany": each(SHIFT, GERMANIES)},
        lambda shift, germany: shift - germany.max(0) >= 0.3,
        "structuralist trotskyist",
        0.83,
    ),
    Signature(
        "S12",
        "Oversight and no ban together beat either alone by 0.05 or more, and each beats the same history without it",
        {"both": after(STALINIST, "oversight_no_ban"),
         "either": (after(STALINIST, "oversight_early"), after(STALINIST, "no_faction_ban")),
         "without": (fixed(STALINIST, "1922-03-27"), fixed(STALINIST, "1921-03-08"))},
        lambda both, either, without: (either.min(0) - both >= 0.05) & (either < without).all(0),
        "",
        0.68,
        Part("the order alone", lambda both, either, without: (both < either.min(0)) & (either < without).all(0), 0.99),
    ),
    Signature(
        "S13",
        "The ban works through the apparatus: it adds more to the apparatus dictatorship where appointments are "
        "unchecked than where they are checked",
        {"unchecked": of_ban("unchecked"), "checked": of_ban("checked")},
        lambda unchecked, checked: unchecked > checked,
        EVERY_SCHOOL,
    ),
    Signature(
        "S14",
        "Oversight of appointments was unthinkable: at most 0.12 as things were, and more had the Left SRs stayed, had "
        "Sverdlov lived, or without isolation",
        {"as_it_was": fixed(CHECKED, "1922-03-27"),
         "otherwise": (
             *each(CHECKED, ("left_srs_stay", "sverdlov_lives")),
             f"P({CHECKED} | do(isolation_1921 = not_isolated), history before 1921-03-08, chance)",
         )},
        lambda as_it_was, otherwise: (as_it_was <= 0.12) & (as_it_was < otherwise.min(0)),
        "intentionalist trotskyist nep_alternative",
        None,
        Part("by 0.01 or more", lambda as_it_was, otherwise: (
            (as_it_was <= 0.12) & (otherwise.min(0) - as_it_was >= 0.01)
        )),
    ),
    Signature(
        "S15",
        "The rot is deeper than the man: another head of appointments takes 0.2 or more off Stalin's rule, but at most "
        "0.1 off the apparatus dictatorship",
        {"rule": after(RULES, "another_head"), "rule_without": fixed(RULES, "1922-03-27"),
         "apparatus": after(APPARATUS, "another_head"), "apparatus_without": fixed(APPARATUS, "1922-03-27")},
        lambda rule, rule_without, apparatus, apparatus_without: (
            (rule_without - rule >= 0.2) & (apparatus_without - apparatus <= 0.1)
        ),
        EVERY_SCHOOL,
        0.78,
    ),
    Signature(
        "S16",
        "Trotsky's courting of the cadres helps, by less than 40 % of what Lenin's recovery does",
        {"courting": after(STALINIST, "trotsky_courts"), "recovery": after(STALINIST, "lenin_recovers"),
         "neither": fixed(STALINIST, "1922-12-16")},
        lambda courting, recovery, neither: (courting < neither) & (neither - courting < 0.4 * (neither - recovery)),
        "intentionalist nep_alternative",
        0.86,
        Part("by 0.01 or more", lambda courting, recovery, neither: (
            (neither - courting >= 0.01) & (neither - courting < 0.4 * (neither - recovery))
        )),
    ),
    Signature(
        "S17",
        "Sklyansky might help, a little: a gain above 0 and up to 0.06",
        {"outcome": after(STALINIST, "sklyansky_elected"), "without": fixed(STALINIST, "1923-04-17")},
        lambda outcome, without: (outcome < without) & (without - outcome <= 0.06),
        EVERY_SCHOOL,
        None,
        Part("any gain", lambda outcome, without: outcome < without),
    ),
    Signature(
        "S18",
        "Isolation is about necessary and about sufficient for the shift: at most 0.35 without it; at least 0.55 with "
        "it where Stalin and the apparatus are both removed",
        {"without": after(SHIFT, "not_isolated"), "alone": after(SHIFT, "stalin_and_base_removed")},
        lambda without, alone: (without <= 0.35) & (alone >= 0.55),
        "trotskyist",
        None,
        Part("necessary", lambda without, alone: without <= 0.35, 0.94),
    ),
    Signature(
        "S19",
        "With a communist Germany, of 1919 as of 1923, Stalin's rule is doubtful, in [0.08, 0.45], and Stalinism as we "
        "know it at most 0.15",
        {"rule": each(RULES, GERMANIES), "as_known": each(AS_KNOWN, GERMANIES)},
        lambda rule, as_known: within(0.08, rule, 0.45).all(0) & (as_known <= 0.15).all(0),
        "trotskyist",
        0.68,
        Part("1923 alone", lambda rule, as_known: within(0.08, rule[1], 0.45) & (as_known[1] <= 0.15)),
    ),
    Signature(
        "S20",
        "Early beats late: after the best divergence before January 1924 some form of Stalinism is less probable than "
        "after the only later one, by 0.3 or more",
        {"early": each(SOME_FORM, EARLY), "late": after(SOME_FORM, "stalin_dies")},
        lambda early, late: late - early.min(0) >= 0.3,
        "structuralist trotskyist nep_alternative",
        1.0,
    ),
    Signature(
        "S21",
        "Seeing is not doing: a Stalinist outcome is less probable where no ban is seen than where it is made so, by "
        "more than 0.01, since emergency and isolation confound the two",
        {"seen": f"P({STALINIST} | faction_ban = no_ban)", "done": f"P({STALINIST} | do(faction_ban = no_ban))"},
        lambda seen, done: done - seen > 0.01,
        "trotskyist",
    ),
    Signature(
        "S22",
        "Twelve divergences come in the debate's order: Spearman's rank correlation at least 0.85",
        {"outcome": each(STALINIST, RANKED)},
        lambda outcome: agreement(outcome) >= 0.85,
        "structuralist trotskyist",
    ),
    Signature(
        "S23",
        "Stalin in person was hardly necessary: had he died, what did come would have failed to come with a "
        "probability of at most 0.35",
        {"failure": "1 - P(stalinist_outcome[@stalin_dies] = yes | record)"},
        lambda failure: failure <= 0.35,
        "structuralist trotskyist leninist_continuity",
    ),
)  # fmt: skip

SPLIT = Split(
    "S24",
    "The schools divide: if Stalin dies a Stalinist outcome is at most 0.2 for intentionalists and the NEP "
    "alternative, at least 0.4 for the others; with a communist Germany in 1923 it is at most 0.25 for the debate and "
    "the Trotskyists, at least 0.6 for intentionalists and Leninist continuity",
    {"stalin_dies": after(STALINIST, "stalin_dies"), "germany_1923": after(STALINIST, "germany_1923")},
    {
        "stalin_dies": {
            "debate_tuned": (0.4, 1.0), "debate": (0.4, 1.0), "structuralist": (0.4, 1.0), "intentionalist": (0.0, 0.2),
            "trotskyist": (0.4, 1.0), "nep_alternative": (0.0, 0.2), "leninist_continuity": (0.4, 1.0),
        },
        "germany_1923": {
            "debate_tuned": (0.0, 0.25), "debate": (0.0, 0.25), "intentionalist": (0.6, 1.0),
            "trotskyist": (0.0, 0.25), "leninist_continuity": (0.6, 1.0),
        },
    },
)  # fmt: skip
