"""Judgements that several coders read from one passage, made one before anything is fitted.

    of one expert, on one number                              becomes
    two judgements without coders, or of one coder            an error for a parameter; two pieces of evidence else
    several, each of another coder                            one, at their mean; the spread between coders added
    one of a named coder, where others were read by several   the same with the spread between coders added

The arithmetic is in elicit/coding.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from causal.elicit import Coding, between, line, refitted, restated
from causal.errors import CausalError, ElicitationError
from causal.learn.elicited import UNITS, Derived, Said
from causal.spec.priors import Judgement

Note = Callable[[Judgement, CausalError], None]


def coder(judgement: Judgement) -> str:
    """Return who read a judgement out of its source, or nothing."""
    return judgement.cite.coder if judgement.cite is not None else ""


def enter(entry: Said, name: str, into: dict[str, list[Said]]) -> None:
    """Enter what was said about a parameter.

    Raises ElicitationError where it was said already, but by another coder of the same passage.
    """
    earlier = into.setdefault(name, [])
    if earlier:
        first = earlier[0].judgement
        if not _distinct([*(each.judgement for each in earlier), entry.judgement]):
            also = ", or name in each the coder who read it" if coder(first) or coder(entry.judgement) else ""
            raise ElicitationError(
                f"this is judged already, at line {first.line} ('{first.about}'): both set '{name}'. Keep one{also}"
            )
        if (entry.reading, entry.reference) != (earlier[0].reading, earlier[0].reference):
            raise ElicitationError(
                f"another coder read '{first.about}' at line {first.line}, which states '{name}' in other words; "
                "let both answer the same question"
            )
    earlier.append(entry)


def settle(
    own: Mapping[str, Mapping[str, Sequence[Said]]], derived: Sequence[Derived], note: Note
) -> tuple[dict[str, dict[str, Said]], tuple[Derived, ...], Coding | None]:
    """Return what each expert said about parameters, and the derived judgements, each made one of all its readings.

    Nothing is changed where no judgement was coded more than once; then there is no Coding. What cannot be made one is
    told to ``note``.
    """
    first = {expert: {name: readings[0] for name, readings in said.items()} for expert, said in own.items()}
    groups = _alike(derived, note)
    several = [readings for said in own.values() for readings in said.values() if len(readings) > 1]
    means = [means for readings in several if (means := _means(readings, note)) is not None]
    means += [[each.fit.belief.mean / UNITS[each.scale] for each in group] for group in groups if len(group) > 1]
    if not means:
        return first, tuple(derived), None
    spread = between(means)
    once: set[int] = set()
    found = {
        expert: {name: _one(readings, spread, once) for name, readings in said.items()} for expert, said in own.items()
    }
    made = tuple(_one_derived(group, spread, once) for group in groups)
    many = {id(readings[0].judgement) for readings in several} | {id(g[0].judgement) for g in groups if len(g) > 1}
    judgements = [each.judgement for said in own.values() for readings in said.values() for each in readings]
    coders = {coder(judgement) for judgement in (*judgements, *(each.judgement for each in derived))} - {""}
    return found, made, Coding(tuple(sorted(coders)), len(many), len(once), spread)


def _distinct(judgements: Sequence[Judgement]) -> bool:
    coders = [coder(judgement) for judgement in judgements]
    return all(coders) and len(set(coders)) == len(coders)


def _means(readings: Sequence[Said], note: Note) -> list[float] | None:
    try:
        return [line(each.stated)[0] for each in readings]
    except CausalError as error:
        note(readings[-1].judgement, error)
        return None


def _alike(derived: Sequence[Derived], note: Note) -> list[list[Derived]]:
    """Return the derived judgements, those together that several coders read of one expert on one question."""
    groups: dict[object, list[Derived]] = {}
    for each in derived:
        groups.setdefault((each.expert, each.scale, each.slot), []).append(each)
    found: list[list[Derived]] = []
    for group in groups.values():
        if not _distinct([each.judgement for each in group]):
            found += [[each] for each in group]
            continue
        found.append(group)
        for each in group[1:]:
            one, two = group[0].judgement, each.judgement
            if (one.weight, group[0].use) != (two.weight, each.use):
                message = f"the reading at line {one.line} has another weight or use; give both the same"
                note(two, ElicitationError(message))
    place = {id(each): number for number, each in enumerate(derived)}
    return sorted(found, key=lambda group: place[id(group[0])])


def _told(judgements: Sequence[Judgement], spread: float) -> str:
    if len(judgements) == 1:
        return f"coded once, by {coder(judgements[0])}: widened by the sd between coders, {spread:.2f} on the log-odds"
    said = zip(judgements, _readings(judgements), strict=True)
    read = "; ".join(f"line {each.line}, {words}" for each, words in said)
    return f"read by {len(judgements)} coders ({read}): taken at the mean, with an sd of {spread:.2f} between coders"


def _readings(judgements: Sequence[Judgement]) -> list[str]:
    """Return each reading in the file's words with its coder, and its question where that is not the first's."""
    first = judgements[0].about
    return [f"{each.said}{'' if each.about == first else f' for {each.about}'} ({coder(each)})" for each in judgements]


def said_by_all(judgement: Judgement, readings: Sequence[Judgement]) -> str:
    """Return what was said, in the file's words; of several readings all."""
    return "; ".join(_readings(readings)) if readings else judgement.said


def _one(readings: Sequence[Said], spread: float, once: set[int]) -> Said:
    """Return readings as one; ``once`` gathers the judgements that a single coder read."""
    judgements = tuple(each.judgement for each in readings)
    if len(readings) == 1 and not (coder(judgements[0]) and spread > 0):
        return readings[0]
    try:
        stated = restated([each.stated for each in readings], spread, _told(judgements, spread))
    except ElicitationError:  # what is impossible was coded once, and has no log-odds to be widened on
        return readings[0]
    if len(readings) == 1:
        once.add(id(judgements[0]))
        return replace(readings[0], stated=stated)
    return replace(readings[0], stated=stated, readings=judgements)


def _one_derived(group: Sequence[Derived], spread: float, once: set[int]) -> Derived:
    judgements = tuple(each.judgement for each in group)
    if len(group) == 1 and not (coder(judgements[0]) and spread > 0):
        return group[0]
    unit = UNITS[group[0].scale]
    fit = refitted([each.fit for each in group], spread * unit, _told(judgements, spread))
    if len(group) == 1:
        once.add(id(judgements[0]))
        return replace(group[0], fit=fit)
    return replace(group[0], fit=fit, readings=judgements)
