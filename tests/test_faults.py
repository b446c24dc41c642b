"""Planted faults: without the fault a check that the project has passes, and with it the same check fails.

    where                  what is planted                              which check has to see it
    structure, engine      wrong, lost and reversed edges, swapped      arrows by experiment; the joint, cell by cell;
                           rows, do for see and see for do, coupling    structural equations
    what was said          prior on another parameter, other expert,    medians and quantiles as stated, asked back
                           lost complement, compound for net, levels
    what moves it          dropped, flipped, doubled, unweighted        the log density, by enumeration of judgements
                           evidence; cases twice, whole, or filled in   and of the lines of the CSV
    panel, store, draws    weights ignored, a stale fit, mixed columns  the mixture by hand; quantiles asked back
    the run                stuck, constant, distant, slow, divergent    the gate, on the answer that is reported

A fault is planted in memory, in the code or in what it is given; the checks (detectors.py) read the files themselves.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import detectors
import numpy as np
import pytest

import causal
from causal.ask.panel import Panel
from causal.elicit import Normal
from causal.elicit.stated import SAYS, Stated
from causal.exact import conditional, coupling
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.learn import adapting, holding, reading, store
from causal.learn.elicited import Elicited
from causal.learn.gate import PASS
from causal.spec.model import Edge, Model, frozen
from causal.spec.priors import Priors, Quantiles
from causal.spec.question import Assign, Do, Event, Probability, Setting
from causal.study import Posterior, Study

MODEL = """model: works
variables:
  x: {states: ["no", "yes"], actual: "yes"}
  z: {states: ["no", "yes"]}
  y: {states: [low, mid, high], parents: [x, z], coupling: independent}
  w: {states: ["no", "yes"], parents: [x, y], mechanism: noisy-or}
outcome: w = yes
"""
EDGES = frozenset({("x", "y"), ("z", "y"), ("x", "w"), ("y", "w")})
JUDGED = """priors: said
model: works
experts: {anna: {name: Anna, weight: 1}, boris: {name: Boris, weight: 3}}
judgements:
  - {about: P(x = yes), by: anna, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.42}}}
  - {about: P(x = yes), by: boris, says: {quantiles: {5: 0.5, 50: 0.62, 95: 0.73}}}
  - {about: "P(y = low | x = no, z = no)", by: anna, says: {quantiles: {5: 0.5, 50: 0.7, 95: 0.85}}}
  - {about: "P(y = low | x = yes, z = no)", by: anna, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.36}}}
  - {about: P(w = yes | none), by: anna, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.42}}}
  - {about: P(w = yes | only x = yes), by: anna, says: {quantiles: {5: 0.55, 50: 0.7, 95: 0.82}}}
  - {about: P(x = yes causes w = yes), by: boris, says: {quantiles: {5: 0.2, 50: 0.4, 95: 0.64}}}
"""
TOTALS = """  - {about: P(w = yes), by: anna, use: evidence, says: {quantiles: {5: 0.6, 95: 0.9}}}
  - {about: P(w = yes | do(z = yes)), by: anna, use: evidence, weight: 0.5, says: {quantiles: {5: 0.3, 95: 0.8}}}
  - {about: P(y = high), by: boris, use: evidence, says: {quantiles: {5: 0.05, 95: 0.4}}}
cases:
  - {file: seen.csv, relevance: 0.4, count: n, columns: {cause: x, other: z, effect: w}}
"""
ORDERED = """  - {about: P(y = high) > P(y = low), by: boris, use: evidence, says: {order: 0.8}}
"""
SEEN = "cause,other,effect,n\nyes,no,yes,6\nyes,,yes,4\n,yes,no,3\nno,,no,7\n"


@dataclass
class Files:
    """The case as files; ``open`` reads it as a user would."""

    folder: Path
    number: Iterator[int] = field(default_factory=count)

    def open(self, more: str = "") -> Study:
        (self.folder / "works.yaml").write_text(MODEL, encoding="utf-8")
        (self.folder / "said.yaml").write_text(JUDGED + more, encoding="utf-8")
        (self.folder / "seen.csv").write_text(SEEN, encoding="utf-8")
        return causal.load(self.folder / "works.yaml", self.folder / "said.yaml")


type Patch = pytest.MonkeyPatch
type Fault = Callable[[Patch], None]
type Check = Callable[[Files], None]


def caught(files: Files, check: Check, fault: Fault) -> None:
    """Hold a check to its task: it passes, no longer once the fault is planted, and again without it."""
    for planted in (False, True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CAUSAL_CACHE", str(files.folder / f"fits-{next(files.number)}"))
            if not planted:
                check(files)
                continue
            fault(patch)
            with pytest.raises(AssertionError):
                check(files)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


# What is planted


def in_network(edit: Callable[[Model], Model]) -> Fault:
    """Give the engine another model than was read."""
    real = Network.of

    def plant(patch: Patch) -> None:
        patch.setattr(Network, "of", classmethod(lambda cls, model: real(edit(model))))

    return plant


def with_edges(model: Model, **parents: tuple[str, ...]) -> Model:
    changed = {n: replace(model.variables[n], edges=tuple(map(Edge, p))) for n, p in parents.items()}
    return replace(model, variables=frozen({**model.variables, **changed}))


def in_questions(edit: Callable[[Probability], Probability]) -> Fault:
    """Read every question as another one."""
    real = Writer.write

    def write(self: Writer, question: object, *more: object) -> object:
        return real(self, edit(question) if isinstance(question, Probability) else question, *more)

    return lambda patch: patch.setattr(Writer, "write", write)


def seen_for_done(question: Probability) -> Probability:
    given = []
    for each in question.given:
        if isinstance(each, Do):
            given += [
                Event(item.variable, "=", (item.state,)) for item in each.setting.items if isinstance(item, Assign)
            ]
        else:
            given.append(each)
    return replace(question, given=tuple(given))


def done_for_seen(question: Probability) -> Probability:
    done = [Do(Setting((Assign(e.variable, e.states[0]),))) for e in question.given if type(e) is Event and e.op == "="]
    return replace(question, given=(*(e for e in question.given if type(e) is not Event), *done[:1]))


def swapped_rows(patch: Patch) -> None:
    real = Network.open_table
    turned = lambda self, name: real(self, name)[::-1] if name == "y" else real(self, name)  # noqa: E731
    patch.setattr(Network, "open_table", turned)


def swapped_states(patch: Patch) -> None:
    real = Network.open_table
    patch.setattr(
        Network, "open_table", lambda self, name: real(self, name)[..., ::-1] if name == "w" else real(self, name)
    )


def one_coupling(patch: Patch) -> None:
    for module in (coupling, conditional):
        if hasattr(module, "coupling_of"):
            patch.setattr(module, "coupling_of", lambda variable: "comonotone")


def in_elicited(edit: Callable[[Elicited], Elicited]) -> Fault:
    """Change what comes out of the reading of a prior file."""
    real = reading.elicit
    return lambda patch: patch.setattr(adapting, "elicit", lambda writer, priors: edit(real(writer, priors)))


def in_priors(edit: Callable[[Priors], Priors]) -> Fault:
    """Give the reading of a prior file other judgements than the file has."""
    real = reading.elicit
    return lambda patch: patch.setattr(adapting, "elicit", lambda writer, priors: real(writer, edit(priors)))


def wrong_parameter(elicited: Elicited) -> Elicited:
    held = dict(elicited.held)
    priors = list(held["anna"].priors)
    at = [row for row, each in enumerate(priors) if each.parameter.variable == "y" and each.origin == "judged"][:2]
    first, second = (priors[row] for row in at)
    priors[at[0]] = replace(second, parameter=first.parameter)
    priors[at[1]] = replace(first, parameter=second.parameter)
    held["anna"] = replace(held["anna"], priors=tuple(priors))
    return replace(elicited, held=held)


def another_expert(priors: Priors) -> Priors:
    swap = {"anna": "boris", "boris": "anna"}
    first, second, *rest = priors.judgements
    return replace(priors, judgements=(*(replace(e, by=swap[str(e.by)]) for e in (first, second)), *rest))


def no_complement(patch: Patch) -> None:
    patch.setattr(Stated, "complement", lambda self: self)


def compound_as_net(patch: Patch) -> None:
    patch.setitem(holding._FITS, "compound", holding._FITS["probability"])
    patch.setitem(holding._VALUE, "compound", holding._VALUE["probability"])


def levels_over_a_hundred(patch: Patch) -> None:
    """Read 5 as 0.05 %, and 95 as 99.95 %."""
    real = SAYS[Quantiles]

    def read(says: Quantiles, support: tuple[float, float]) -> Stated:
        found = real(says, support)
        levels = tuple(
            each / 100 if each < 0.5 else 1 - (1 - each) / 100 if each > 0.5 else each for each in found.levels
        )
        return replace(found, levels=levels)

    patch.setattr(sys.modules["causal.elicit.stated"], "SAYS", {**SAYS, Quantiles: read})


def flipped(elicited: Elicited) -> Elicited:
    first, *rest = elicited.derived
    belief = first.fit.belief
    turned = replace(first, fit=replace(first.fit, belief=Normal(-belief.mean, belief.sd)))
    return replace(elicited, derived=(turned, *rest))


def unweighted(elicited: Elicited) -> Elicited:
    whole = tuple(replace(each, judgement=replace(each.judgement, weight=1.0)) for each in elicited.derived)
    return replace(elicited, derived=whole)


def to_another(elicited: Elicited) -> Elicited:
    first, *rest = elicited.derived
    return replace(elicited, derived=(replace(first, expert="boris"), *rest))


def twice(elicited: Elicited) -> Elicited:
    return replace(elicited, cases=(*elicited.cases, elicited.cases[0]))


def whole_cases(elicited: Elicited) -> Elicited:
    return replace(elicited, cases=tuple(replace(each, weight=each.weight / 0.4) for each in elicited.cases))


def filled_in(priors: Priors) -> Priors:
    """Take what is missing for the first state, as zeros for gaps would be."""

    def whole(seen):
        at = dict(seen)
        return tuple((name, at.get(name, (("no", 1.0),))) for name in ("x", "z", "w"))

    (file,) = priors.cases
    return replace(priors, cases=(replace(file, rows=tuple(replace(row, seen=whole(row.seen)) for row in file.rows)),))


def order_reversed(elicited: Elicited) -> Elicited:
    return replace(
        elicited, compared=tuple(replace(each, probability=1 - each.probability) for each in elicited.compared)
    )


def all_alike(elicited: Elicited) -> Elicited:
    return replace(elicited, weights=dict.fromkeys(elicited.weights, 1.0))


# Which check has to see it


def writer_of(files: Files) -> Writer:
    return Writer(Network.of(files.open().model))


def arrows(files: Files) -> None:
    detectors.arrows_are_those_of(EDGES, writer_of(files))


def joint(files: Files) -> None:
    detectors.answers_as_enumerated(files.open().model, writer_of(files))


def imagined(files: Files) -> None:
    detectors.imagines_as_enumerated(files.open().model, writer_of(files))


def medians(files: Files) -> None:
    detectors.stated_comes_back(files.open())


def quantiles(files: Files) -> None:
    study = files.open()
    detectors.quantiles_come_back(study, study.sample(seed=1).draws)


def densities(files: Files) -> None:
    detectors.leans_on_what_was_said(files.open(TOTALS))


def orders(files: Files) -> None:
    study = files.open(ORDERED)
    detectors.orders_hold_as_said(study, study.sample(seed=1, draws=100).draws)


def mixture(files: Files) -> None:
    study = files.open()
    detectors.panel_is_the_mixture(study, study.sample(seed=1, draws=100), "P(w = yes)")


def after_an_edit(files: Files) -> None:
    """Edit a file of which a fit is there already."""
    study = files.open()
    was = replace(study.priors, judgements=tuple(replace(e, by={"anna": "boris", "boris": "anna"}[str(e.by)]) if
                  str(e.about) == "P(x = yes)" else e for e in study.priors.judgements), digest="before")  # fmt: skip
    replace(study, priors=was).sample(seed=1)
    detectors.quantiles_come_back(study, study.sample(seed=1).draws)


def a_digest_of_nothing(patch: Patch) -> None:
    patch.setattr(store, "digest", lambda model, priors, **settings: store._digest(model=model, **settings))


def columns_mixed(patch: Patch) -> None:
    real = store.obtain

    def obtain(*given, **more):
        drawn, keys = real(*given, **more)
        return {name: replace(each, theta=np.roll(each.theta, 1, axis=-1)) for name, each in drawn.items()}, keys

    patch.setattr(store, "obtain", obtain)


def experts_mixed(patch: Patch) -> None:
    real = store.obtain

    def obtain(*given, **more):
        drawn, keys = real(*given, **more)
        return dict(zip(drawn, reversed(drawn.values()), strict=True)), keys

    patch.setattr(store, "obtain", obtain)


FAULTS: dict[str, tuple[Fault, Check]] = {
    # structure and engine
    "wrong edge": (in_network(lambda m: with_edges(m, w=("z", "y"))), arrows),
    "lost edge": (in_network(lambda m: with_edges(m, y=("z",))), arrows),
    "reversed edge": (in_network(lambda m: with_edges(m, x=("w",), w=("y",), y=("z",))), arrows),
    "swapped rows of a table": (swapped_rows, joint),
    "yes read as no": (swapped_states, joint),
    "do treated as a condition": (in_questions(seen_for_done), joint),
    "a condition treated as do": (in_questions(done_for_seen), joint),
    "comonotone where independent is declared": (one_coupling, imagined),
    # what was said
    "prior on the wrong parameter": (in_elicited(wrong_parameter), medians),
    "judgement given to another expert": (in_priors(another_expert), medians),
    "dropped judgement of a parameter": (in_priors(lambda p: replace(p, judgements=p.judgements[1:])), medians),
    "complement lost": (no_complement, medians),
    "compound read as net": (compound_as_net, medians),
    "quantile levels divided by a hundred": (levels_over_a_hundred, quantiles),
    # what moves it
    "dropped evidence": (in_elicited(lambda e: replace(e, derived=e.derived[1:])), densities),
    "evidence given to another expert": (in_elicited(to_another), densities),
    "evidence with its sign flipped": (in_elicited(flipped), densities),
    "weight of a judgement ignored": (in_elicited(unweighted), densities),
    "double-counted case": (in_elicited(twice), densities),
    "relevance ignored": (in_elicited(whole_cases), densities),
    "missing cells treated as zero": (in_priors(filled_in), densities),
    "order turned round": (in_elicited(order_reversed), orders),
    # panel, store, draws
    "weights of the panel ignored": (in_elicited(all_alike), mixture),
    "stale fit reused after an edit": (a_digest_of_nothing, after_an_edit),
    "draws of another parameter": (columns_mixed, quantiles),
    "draws of another expert": (experts_mixed, quantiles),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(name: str, files: Files) -> None:
    fault, check = FAULTS[name]
    caught(files, check, fault)


@pytest.mark.parametrize("name", ["rain", "amoc", "ussr"])
def test_shipped_cases_say_what_was_stated(name: str) -> None:
    detectors.stated_comes_back(causal.load(name))


@pytest.mark.parametrize("name", ["rain", "amoc"])
def test_shipped_cases_have_the_arrows_of_their_files(name: str) -> None:
    study = causal.load(name)
    edges = frozenset((parent, n) for n, v in study.model.variables.items() for parent in v.parents)
    detectors.arrows_are_those_of(edges, study.elicited.writer)


# Faults of a run: the gate judges the answer that would be reported


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Posterior:
    """Return a study with evidence and cases, drawn by NUTS, and drawn well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAUSAL_CACHE", str(tmp_path_factory.mktemp("fits")))
        return Files(tmp_path_factory.mktemp("works")).open(TOTALS).sample(seed=1)


def slow(theta: np.ndarray) -> np.ndarray:
    """Return draws that hardly move from one to the next."""
    found = theta.copy()
    for k in range(1, theta.shape[1]):
        found[:, k] = 0.97 * found[:, k - 1] + 0.03 * theta[:, k]
    return found


def constant(theta: np.ndarray) -> np.ndarray:
    return np.broadcast_to(theta[:1, :1], theta.shape).copy()


def stuck(theta: np.ndarray) -> np.ndarray:
    found = theta.copy()
    found[1] = found[1, :1]
    return found


def elsewhere(theta: np.ndarray) -> np.ndarray:
    found = theta.copy()
    found[2] = found[2] ** 3
    return found


def not_a_number(theta: np.ndarray) -> np.ndarray:
    found = theta.copy()
    found[0, 17] = np.nan
    return found


def one_chain(theta: np.ndarray) -> np.ndarray:
    return theta[:1]


RUNS: dict[str, tuple[Callable[[np.ndarray], np.ndarray] | dict[str, object], str]] = {
    "chains that never move, so that R-hat is not a number": (constant, "R-hat"),
    "one stuck chain": (stuck, "R-hat"),
    "one chain elsewhere": (elsewhere, "R-hat"),
    "low effective size": (slow, "bulk ESS"),
    "draws that are not numbers": (not_a_number, "finite draws"),
    "a single chain": (one_chain, "chains"),
    "divergences": ({"divergences": 40}, "divergences"),
    "low E-BFMI": ({"bfmi": (1.0, 1.0, 0.1, 1.0, 1.0, 1.0, 1.0, 1.0)}, "E-BFMI"),
    "E-BFMI that is not a number": ({"bfmi": (1.0,) * 7 + (float("nan"),)}, "E-BFMI"),
}
QUESTION = "P(w = yes)"


@pytest.mark.parametrize("name", RUNS)
def test_the_gate_catches_a_faulty_run(name: str, sound: Posterior) -> None:
    fault, diagnostic = RUNS[name]
    detectors.passes(sound.ask(QUESTION))
    changed = fault if isinstance(fault, dict) else {"theta": fault(sound.draws.theta)}
    broken = replace(sound, draws=replace(sound.draws, **changed))
    answer = broken.ask(QUESTION)
    with pytest.raises(AssertionError):
        detectors.passes(answer)
    assert diagnostic in {finding.diagnostic for finding in answer.gate.findings}
    assert json.loads(json.dumps(answer.to_dict(), allow_nan=False))["gate"]["verdict"] != PASS


NEWS = "P(w = yes | x = no, z = yes, y = high)"


def surprised(draws):
    """Return draws under which a few make what is given thousands of times as probable as the others do."""
    theta = np.random.default_rng(1).pareto(0.3, draws.theta.shape[:2])
    column = draws.parameters.index("P(z = no)")
    found = draws.theta.copy()
    found[..., column, :] = (1.0 - 1e-6 * np.minimum(theta, 9e5))[..., None]
    return replace(draws, theta=found)


def test_weights_that_carry_too_little_reach_the_gate_of_the_answer(sound: Posterior) -> None:
    """Case level without anything to refit by: Pareto k and effective size of the weights are findings."""
    study = sound.study
    broken = surprised(sound.draws)
    page = study.elicited.writer.write(causal.spec.grammar.parse_question(NEWS))
    ask = causal.ask.panel.ask
    (good,) = ask(Panel(study.elicited, sound.draws), [page], "case")
    detectors.passes(good)
    assert good.case is not None
    assert good.case.sound
    (bad,) = ask(Panel(study.elicited, broken), [page], "case")
    with pytest.raises(AssertionError):
        detectors.passes(bad)
    assert {each.diagnostic for each in bad.gate.findings} & {"Pareto k", "effective size"}
    assert not bad.case.sound
    (asked,) = ask(Panel(study.elicited, broken), [page])
    assert "too great a surprise" in asked.text  # the population's number stands; no other is printed beside it
    assert f"{asked.case.mean:.3f}" not in asked.text.split("too great")[1]


def test_a_refit_is_judged_as_well(sound: Posterior) -> None:
    """Where weights will not do the case is drawn anew, and a bad run of that is not reported as if it were good."""
    study = sound.study
    broken = surprised(sound.draws)
    page = study.elicited.writer.write(causal.spec.grammar.parse_question(NEWS))
    ask = causal.ask.panel.ask
    (good,) = ask(Panel(study.elicited, broken, lambda news: sound.draws), [page], "case")
    detectors.passes(good)
    assert good.case.refitted
    still = replace(sound.draws, theta=constant(sound.draws.theta))
    (bad,) = ask(Panel(study.elicited, broken, lambda news: still), [page], "case")
    with pytest.raises(AssertionError):
        detectors.passes(bad)


def test_there_are_as_many_as_promised() -> None:
    assert len(FAULTS) + len(RUNS) >= 20
