"""What must hold of any study, as checks that say what does not: each raises AssertionError, and shares no code with
what it judges but the values of the model and of the prior file.

    arrows_are_those_of          who answers to whom, found by experiment, against the edges as written
    answers_as_enumerated        seeing and doing, against the whole joint distribution, cell by cell
    imagines_as_enumerated       what would have been, against structural equations with all luck enumerated
    stated_comes_back            every parameter as stated, asked back at the medians
    quantiles_come_back          the same of whole distributions, from draws of experts whom nothing conditions
    leans_on_what_was_said       the log density of each expert, against judgements and cases as they stand in the files
    orders_hold_as_said          a comparison that is evidence holds in the share of draws that was said
    panel_is_the_mixture         the panel's mean, against the experts' means and the weights in the file
    passes                       the gate's verdict on an answer
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path
from statistics import NormalDist

import enumeration
import numpy as np
import structural
from points import numbers_at

from causal.ask.answer import Answer
from causal.exact.answer import Writer
from causal.exact.readings import interior
from causal.learn.density import pack
from causal.learn.gate import PASS
from causal.learn.layout import lay_out
from causal.learn.sample import IID, Draws, aim
from causal.spec.grammar import parse_question
from causal.spec.model import Model
from causal.spec.priors import CaseFile, Judgement, Order, Quantiles
from causal.spec.question import Assign, Comparison, Do, Event, Probability
from causal.study import Posterior, Study

CLOSE = 1e-9
SHARE = 0.03  # of independent draws below a stated quantile: off by at most this, and by the fit's own misfit


# Structure and engine


def arrows_are_those_of(edges: frozenset[tuple[str, str]], writer: Writer) -> None:
    """Find every arrow, and no other: y answers to x with all other variables held where they are."""
    model, network = writer.network.model, writer.network
    theta = interior(network.parameters, 7, 1)
    found = set()
    for x, y in permutations(model.variables, 2):
        if any(_answers(writer, theta, x, y, held) for held in _held(model, x, y)):
            found.add((x, y))
    assert found == edges, f"arrows {sorted(found - edges)} are not in the file, {sorted(edges - found)} are missing"


def _held(model: Model, x: str, y: str) -> Iterator[dict[str, str]]:
    """Yield settings of all other variables: all at their first states, all at their last, and one by one."""
    others = [name for name in model.variables if name not in (x, y)]
    first = {name: model.variables[name].states[0] for name in others}
    yield first
    yield {name: model.variables[name].states[-1] for name in others}
    for name in others:
        yield first | {name: model.variables[name].states[-1]}


def _answers(writer: Writer, theta: np.ndarray, x: str, y: str, held: Mapping[str, str]) -> bool:
    values = []
    for state in writer.network.model.variables[x].states:
        done = ", ".join(f"{name} = {value}" for name, value in {**held, x: state}.items())
        page = writer.write(parse_question(f"P({y} | do({done}))"))
        values.append(writer.network.recorder.tape(page.slots).values(theta)[:, 0])
    return bool(np.ptp(values, axis=0).max() > CLOSE)


def answers_as_enumerated(model: Model, writer: Writer) -> None:
    """Hold P(y | z), P(y | do(x), z) and the like, for every pair of variables, to the joint distribution."""
    network = writer.network
    theta = interior(network.parameters, 11, 1)
    numbers = {each.name: float(theta[row, 0]) for row, each in enumerate(network.parameters)}
    names = list(model.variables)
    for x, y in permutations(names, 2):
        top, z = model.variables[y].states[-1], next(name for name in names if name not in (x, y))
        state, seen = model.variables[x].states[0], model.variables[z].states[-1]
        for text, do, given in (
            (f"P({y} = {top})", {}, {}),
            (f"P({y} = {top} | {x} = {state})", {}, {x: state}),
            (f"P({y} = {top} | do({x} = {state}))", {x: state}, {}),
            (f"P({y} = {top} | do({x} = {state}), {z} = {seen})", {x: state}, {z: seen}),
        ):
            page = writer.write(parse_question(text))
            found = float(network.recorder.tape(page.slots).values(theta)[0, 0])
            wanted = enumeration.conditional(
                model, numbers, lambda h, y=y, t=top: h[y] == t,
                lambda h, g=given: float(all(h[n] == s for n, s in g.items())), do,
            )  # fmt: skip
            assert abs(found - wanted) < CLOSE, f"{text} is {found:.6f}, by enumeration {wanted:.6f}"


def imagines_as_enumerated(model: Model, writer: Writer) -> None:
    """Hold what y would have been, had x been otherwise and given what both were, to structural equations."""
    network = writer.network
    theta = interior(network.parameters, 13, 1)
    numbers = numbers_at(network, theta[:, 0])
    for x, y in permutations(model.variables, 2):
        low, high = model.variables[x].states[0], model.variables[x].states[-1]
        for top in model.variables[y].states[1:]:
            text = f"P({y}[{x} = {high}] = {top} | {x} = {low}, {y} = {model.variables[y].states[0]})"
            question = parse_question(text)
            assert isinstance(question, Probability)
            wanted = structural.answer(model, numbers, question)[0]
            found = float(network.recorder.tape(writer.write(question).slots).values(theta)[0, 0])
            assert abs(found - wanted) < CLOSE, f"{text} is {found:.6f}, by its equations {wanted:.6f}"


# What was said about parameters


def stated_comes_back(study: Study) -> None:
    """Give everyone who judged a parameter their own median back, everything being at the medians."""
    posterior = study.at_medians()
    said = [(each, middle) for each in _direct(study) if (middle := _median(each)) is not None]
    assert said, "no parameter was judged with a median"
    answers = posterior.ask_all([each.about for each, _ in said])
    for (judgement, median), answer in zip(said, answers, strict=True):
        found = answer.estimates[(str(judgement.by), "")].mean
        assert abs(found - median) < 1e-6, f"{judgement.by}: {judgement.about} is {found:.4f}, stated {median:.4f}"


def quantiles_come_back(study: Study, draws: Draws) -> None:
    """Find the draws of what was judged about the stated quantiles as stated, of experts whom nothing conditions."""
    panel = Posterior(study, draws).panel
    own = {name: row for row, name in enumerate(draws.experts) if draws.method[row] == IID}
    asked = 0
    for judgement in _direct(study):
        if judgement.by not in own or not isinstance(judgement.says, Quantiles):
            continue
        values = panel.values(study.elicited.writer.write(judgement.about).slots)[0, own[judgement.by]].ravel()
        for level, value in zip(judgement.says.levels, judgement.says.values, strict=True):
            found = float((values <= value).mean())
            assert abs(found - level) < SHARE, (
                f"{judgement.by}: {judgement.about} is up to {value:g} in {found:.1%} of the draws, stated {level:.1%}"
            )
            asked += 1
    assert asked, "nobody whom nothing conditions has stated quantiles"


def _direct(study: Study) -> list[Judgement]:
    """Return the judgements, as they stand in the file, that are to set parameters."""
    others = {(str(each.judgement.about)) for each in (*study.elicited.derived, *study.elicited.compared)}
    return [each for each in study.priors.judgements if str(each.about) not in others]


def _median(judgement: Judgement) -> float | None:
    says = judgement.says
    at = dict(zip(says.levels, says.values, strict=True)) if isinstance(says, Quantiles) else {}
    return at.get(0.5)


# What moves them


def leans_on_what_was_said(study: Study, points: int = 6) -> None:
    """Find that each expert's log density adds to their priors what they judged of totals, and the cases, and no more.

    Judgements of totals are read as normal on the log-odds through their two quantiles; a cell of a case that is empty
    is summed over.
    """
    elicited = study.elicited
    for target in aim(elicited):
        bare = pack(lay_out(elicited, target.expert), elicited.network.recorder.tape([]), [])
        rng = np.random.default_rng(3)
        gaps = []
        for _ in range(points):
            x = rng.normal(0.0, 0.7, bare.entries)
            numbers = dict(zip(target.layout.parameters, bare.theta(x).tolist(), strict=True))
            gaps.append(target.density(x)[0] - bare(x)[0] - _learned(study, target.expert, numbers))
        assert np.ptp(gaps) < 1e-6, f"{target.expert}'s density is not what was said: off by up to {np.ptp(gaps):.4f}"


def _learned(study: Study, expert: str, numbers: Mapping[str, float]) -> float:
    """Return the log likelihood of an expert's totals and of all cases, by enumeration."""
    model, total = study.model, 0.0
    for judgement in study.priors.judgements:
        if judgement.by != expert or judgement.use != "evidence" or isinstance(judgement.about, Comparison):
            continue
        assert isinstance(judgement.says, Quantiles)
        low, high = (_logit(value) for value in judgement.says.values)
        reach = NormalDist().inv_cdf(judgement.says.levels[1])
        middle, sd = (low + high) / 2, (high - low) / (2 * reach)
        total -= judgement.weight * ((_logit(by_enumeration(model, numbers, judgement.about)) - middle) / sd) ** 2 / 2
    for file in study.priors.cases:
        for seen, count in _rows(file):
            chance = sum(
                c for here, c in enumeration.joint(model, numbers) if all(here[n] == s for n, s in seen.items())
            )
            total += file.relevance * count * math.log(chance)
    return total


def by_enumeration(model: Model, numbers: Mapping[str, float], question: object) -> float:
    """Return P(events | events, do) of one world, each event being a variable in one state."""
    assert isinstance(question, Probability)
    do, given = {}, {}
    for each in question.given:
        if isinstance(each, Do):
            do |= {item.variable: item.state for item in each.setting.items if isinstance(item, Assign)}
        else:
            assert isinstance(each, Event)
            given[each.variable] = each.states
    asked = {each.variable: each.states for each in question.events}
    within = lambda here, events: float(all(here[n] in states for n, states in events.items()))  # noqa: E731
    return enumeration.conditional(model, numbers, lambda h: within(h, asked), lambda h: within(h, given), do)


def _rows(file: CaseFile) -> Iterator[tuple[dict[str, str], float]]:
    """Yield what was seen in each line of a file of cases, and how often, as the csv module reads it."""
    with Path(file.path).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            seen = {variable: row[column] for column, variable in file.columns.items() if row[column]}
            yield seen, float(row[file.count]) if file.count else 1.0


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def orders_hold_as_said(study: Study, draws: Draws) -> None:
    """Find a comparison that is evidence, draw by draw as enumeration has it, to hold in the share that was said."""
    panel = Posterior(study, draws).panel
    share = panel.share()
    assert share is not None, "no comparison is evidence"
    for judgement in study.priors.judgements:
        if isinstance(judgement.about, Comparison) and judgement.use == "evidence":
            assert isinstance(judgement.says, Order)
            row = draws.experts.index(str(judgement.by))
            names = [each.name for each in study.elicited.network.parameters]
            holds = [
                by_enumeration(study.model, numbers, judgement.about.left)
                > by_enumeration(study.model, numbers, judgement.about.right)
                for column in draws.flat(row).T
                for numbers in (dict(zip(names, column.tolist(), strict=True)),)
            ]
            found = float(share[row] @ np.array(holds))
            assert abs(found - judgement.says.probability) < CLOSE, f"{judgement.about} holds in {found:.1%}"


# The panel and the gate


def panel_is_the_mixture(study: Study, posterior: Posterior, question: str) -> None:
    """Find the panel's mean to be that of the experts', each with the weight that the file gives."""
    answer = posterior.ask(question)
    weights = {name: expert.weight for name, expert in study.priors.experts.items() if expert.pool}
    wanted = sum(w * answer.estimates[(name, "")].mean for name, w in weights.items()) / sum(weights.values())
    assert abs(answer.panel.mean - wanted) < CLOSE, f"the panel says {answer.panel.mean:.4f}, by weights {wanted:.4f}"


def passes(answer: Answer) -> None:
    """Find that the gate has nothing against an answer."""
    assert answer.gate.verdict == PASS, "; ".join(map(str, answer.gate.findings))
