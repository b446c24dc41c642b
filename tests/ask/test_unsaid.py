"""Judgements on mechanisms left out: against the file without that line, quadrature, counts, and draws made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, norm

import causal
from causal.ask import unsaid
from causal.ask.checks import checks
from causal.ask.headline import Headline, headline
from causal.ask.omitted import PARAMETER
from causal.ask.panel import Panel
from causal.ask.unsaid import POOR, Kept, Silence, changed, reduced, silences
from causal.learn import melding
from causal.learn.gate import PASS
from causal.learn.sample import IID, Draws, sample
from causal.spec.grammar import parse_event
from causal.spec.modelfile import parse_model
from causal.spec.priorfile import parse_priors
from causal.spec.priors import Judgement
from causal.study import Study

ERRORS = 4.0


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CAUSAL_CACHE", str(tmp_path / "fits"))


def study(model: str, priors: str) -> Study:
    structure = parse_model(model)
    return Study(structure, parse_priors(priors, "p.yaml", structure))


def less(of: Study, judgement: Judgement) -> Study:
    """Return the study of the file without a line."""
    kept = tuple(each for each in of.priors.judgements if each is not judgement)
    return Study(of.model, replace(of.priors, judgements=kept))


def asked(of: Study, event: str, seed: int = 1, draws: int = 1000, again: bool = True) -> Headline:
    made = sample(of.elicited, seed=seed, draws=draws)
    panel = Panel(of.elicited, made, (lambda news: pytest.fail("not for this")) if again else None)
    return headline(panel, parse_event(event))


def at_hand(of: Study, event: str, theta: np.ndarray, **more: object) -> Headline:
    """Return the headline over draws that were made here, shape (draws, parameters), of the one expert there is."""
    names = tuple(each.name for each in of.elicited.network.parameters)
    draws = Draws(theta.reshape(4, -1, len(names), 1), names, tuple(of.elicited.held), ("nuts",), 1)
    return headline(Panel(of.elicited, draws, **more), parse_event(event))


def on(found: tuple[Silence, ...], about: str, expert: str | None = None) -> Silence:
    (one,) = (each for each in found if str(each.judgement.about) == about and each.expert in (expert, each.expert))
    return one


# What stands in the place of what was not said: the file without the line

MECHANISMS = """
model: mechanisms
variables:
  a: {states: [off, on]}
  b: {states: [low, mid, high], parents: [a]}
  leak: {states: [no, yes], parents: {a: {}, b: {}}, mechanism: noisy-or}
  need: {states: [no, yes], parents: [a, b], mechanism: noisy-and}
  line: {states: [scant, some, much, full], parents: [a, b], mechanism: logistic}
  y: {states: [no, yes], parents: [leak, need, line], mechanism: {rule: {at least: 2, of: [leak, need, {line: [much, full]}]}}}
outcome: y = yes
"""  # noqa: E501
SAID = """
priors: said
model: mechanisms
experts: {e: {name: E, weight: 1}, f: {name: F, weight: 3}}
judgements:
  - {about: P(a = on), by: e, says: {quantiles: {5: 0.2, 95: 0.5}}}
  - {about: P(b | a = on), by: e, says: {dirichlet: {low: 2, mid: 3, high: 4}}}
  - {about: P(b = low | a = off), by: e, says: {quantiles: {5: 0.1, 95: 0.3}}}
  - {about: P(leak = yes | none), by: e, says: {quantiles: {5: 0.1, 95: 0.3}}}
  - {about: P(leak = yes | only a = on), by: e, says: {quantiles: {5: 0.5, 95: 0.8}}}
  - {about: P(b = mid causes leak = yes), by: e, says: {quantiles: {5: 0.3, 95: 0.6}}}
  - {about: P(need = yes | all), by: e, says: {quantiles: {5: 0.8, 95: 0.95}}}
  - {about: P(need = yes | all but a = off), by: e, says: {quantiles: {5: 0.2, 95: 0.4}}}
  - {about: P(line >= some | baseline), by: e, says: {quantiles: {5: 0.7, 50: 0.8, 95: 0.9}}}
  - {about: P(line >= much | baseline), by: e, says: {quantiles: {5: 0.4, 50: 0.5, 95: 0.6}}}
  - {about: P(line = full | baseline), by: e, says: {quantiles: {5: 0.1, 50: 0.2, 95: 0.35}}}
  - {about: P(line = full | baseline but a = on), by: e, says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.55}}}
  - {about: P(a = on), by: f, says: {quantiles: {5: 0.3, 95: 0.6}}}
  - {about: P(line >= much | baseline), by: f, says: {quantiles: {5: 0.2, 50: 0.3, 95: 0.4}}}
defaults:
  - {about: P(leak = yes | none), says: {quantiles: {5: 0.02, 95: 0.2}}}
  - {about: P(leak = yes | only b = high), says: {quantiles: {5: 0.4, 95: 0.7}}}
  - {about: P(need = yes | all), says: {quantiles: {5: 0.7, 95: 0.9}}}
  - {about: P(line >= some | baseline), says: {quantiles: {5: 0.5, 50: 0.6, 95: 0.7}}}
  - {about: P(line = full | baseline but b = mid), says: {quantiles: {5: 0.3, 50: 0.4, 95: 0.55}}}
"""


@pytest.fixture(scope="module")
def mechanisms() -> Study:
    return study(MECHANISMS, SAID)


@pytest.fixture(scope="module")
def silent(mechanisms: Study) -> tuple[Headline, tuple[Silence, ...]]:
    """Return the headline of two experts without evidence, and all that can be left out of it."""
    head = asked(mechanisms, "y = yes")
    assert set(head.panel.draws.method) == {IID}
    found, kept = silences(head)
    assert not kept
    return head, found


@pytest.mark.parametrize("place", range(14))
def test_an_expert_who_is_silent_holds_what_the_file_without_the_line_makes_of_it(
    mechanisms: Study, place: int
) -> None:
    judgement = mechanisms.priors.judgements[place]
    wanted = less(mechanisms, judgement).elicited.held[str(judgement.by)]
    found = reduced(mechanisms.elicited, str(judgement.by), judgement).held[str(judgement.by)]
    assert found == wanted
    assert changed(mechanisms.elicited.held[str(judgement.by)], found).any()


def test_blocks_are_rows_of_sticks_cuts_and_what_departs_from_a_reference(mechanisms: Study) -> None:
    names = [each.name for each in mechanisms.elicited.network.parameters]

    def block(place: int) -> list[str]:
        judgement = mechanisms.priors.judgements[place]
        after = reduced(mechanisms.elicited, "e", judgement).held["e"]
        return [names[row] for row in np.flatnonzero(changed(mechanisms.elicited.held["e"], after))]

    assert block(0) == ["P(a = off)"] or block(0) == ["P(a = on)"]
    assert len(block(1)) == 2  # sticks of a row
    assert block(3) == ["P(leak = yes | none)", "P(a = on causes leak = yes)"]  # what is net stays
    assert len(block(6)) == 2  # all, and the ratio to it
    assert len(block(9)) == 3  # cuts are fitted jointly
    assert len(block(10)) == 4  # and the departure is read at the top one


def test_without_evidence_the_number_is_that_of_the_file_without_the_line(
    mechanisms: Study, silent: tuple[Headline, tuple[Silence, ...]]
) -> None:
    head, found = silent
    assert len(found) == len(mechanisms.priors.judgements)
    for each in found[::2]:
        name = each.expert
        rest = asked(less(mechanisms, each.judgement), "y = yes", seed=7, draws=2000)
        error = np.hypot(each.error, rest.answer.estimates[name, ""].mcse)
        error = np.hypot(error, head.answer.estimates[name, ""].mcse)
        assert head.means[name] + each.own_shift == pytest.approx(rest.means[name], abs=ERRORS * error)
        assert each.k == -np.inf
        assert not each.refitted
    assert any(abs(each.own_shift) > ERRORS * each.error for each in found)


def test_the_panel_moves_by_the_weight_of_who_is_silent(
    mechanisms: Study, silent: tuple[Headline, tuple[Silence, ...]]
) -> None:
    head, found = silent
    every = checks(head.panel, parse_event("y = yes"))
    rows = {(each.expert, each.question): each for each in every.omitted if each.kind == PARAMETER}
    assert len(rows) == len(found)
    for each in found:
        row = rows[each.expert, str(each.judgement.about)]
        weight = {"e": 0.25, "f": 0.75}[each.expert]
        assert row.own_shift == pytest.approx(each.own_shift)
        assert row.shift == pytest.approx(weight * each.own_shift)
        assert row.panel == pytest.approx(head.mean + row.shift)
        assert row.to_dict()["instead"] == " and ".join(each.instead)
    assert on(found, "P(leak = yes | none)").instead == ("default",)
    assert on(found, "P(b | a = on)").instead == ("weak",)
    first = next(each for each in every.omitted if each.kind == PARAMETER)
    assert f"'{first.words}' by" in every.text
    assert f"in its place): {first.panel:.2f} (" in every.text
    assert every.gate.verdict == PASS


def test_at_the_medians_nothing_is_left_out(mechanisms: Study) -> None:
    assert not mechanisms.at_medians().checks().result.omitted


def test_what_says_the_same_as_the_default_moves_nothing() -> None:
    line = "{about: P(a = on), says: {quantiles: {5: 0.2, 95: 0.5}}}"
    text = f"priors: p\nmodel: m\njudgements:\n  - {line}\ndefaults:\n  - {line}\n"
    of = study("model: m\nvariables: {a: {states: [off, on]}}\noutcome: a = on\n", text)
    ((one,), kept) = silences(asked(of, "a = on"))
    assert (one.own_shift, one.error, one.instead) == (0.0, 0.0, ("default",))
    assert not kept


def test_what_others_said_that_does_not_go_without_it_is_kept() -> None:
    text = SAID.replace("all but a = off), by: e, says: {quantiles: {5: 0.2, 95: 0.4}}",
                        "all but a = off), by: e, says: {quantiles: {5: 0.84, 50: 0.86, 95: 0.88}}")  # fmt: skip
    of = study(MECHANISMS, text)
    found, (kept,) = silences(asked(of, "y = yes", draws=100))
    assert len(found) == 13
    assert kept.question == "P(need = yes | all)"
    assert "'P(need = yes | all but a = off)' does not go without it" in kept.why
    told = checks(asked(of, "y = yes", draws=100).panel, parse_event("y = yes"))
    assert told.kept == (kept,)
    assert "is not left out: 'P(need = yes | all but a = off)' does not go" in told.text
    assert told.to_dict()["kept"] == [kept.to_dict()]


# Two parameters and a total: quadrature

PAIR = """
model: pair
variables:
  x: {states: [no, yes]}
  y: {states: [no, yes], parents: [x]}
  z: {states: [no, yes]}
outcome: y = yes
"""
TOLD = """
priors: pair
model: pair
judgements:
  - {about: P(x = yes), says: {cases: {x: 2.5, of: 6}}}
  - {about: P(y = yes | x = no), says: {exactly: 0.1}}
  - {about: P(y = yes | x = yes), says: {cases: {x: 4.5, of: 6}}}
  - {about: P(z = yes), says: {cases: {x: 4.5, of: 6}}}
  - {about: P(y = yes), use: evidence, says: {quantiles: {5: LOW, 95: HIGH}}}
"""
GRID = (np.arange(1, 2000, 2) / 2000.0)[:, None], (np.arange(1, 2000, 2) / 2000.0)[None, :]


class Quadrature:
    """P(x = yes) and P(y = yes | x = yes) on a grid: betas, times what was judged of the total."""

    def __init__(self, of: Study) -> None:
        self.x, self.q = GRID
        self.y = 0.1 * (1 - self.x) + self.q * self.x
        belief = of.elicited.derived[0].fit.belief
        self.told = norm(belief.mean, belief.sd).pdf(np.log(self.y / (1 - self.y)))

    def posterior(self, x=(3, 4), q=(5, 2)) -> np.ndarray:
        found = beta(*x).pdf(self.x) * beta(*q).pdf(self.q) * self.told
        return found / found.sum()

    def mean(self, of: np.ndarray, **how) -> float:
        return float((self.posterior(**how) * of).sum())

    def draws(self, study: Study, size: int) -> np.ndarray:
        """Return independent draws of the posterior in the order of the network's parameters."""
        rng = np.random.default_rng(2)
        flat = rng.choice(self.y.size, size, p=self.posterior().ravel())
        row, column = np.unravel_index(flat, self.y.shape)
        x, q = (GRID[0][row, 0] + rng.uniform(-5e-4, 5e-4, size), GRID[1][0, column] + rng.uniform(-5e-4, 5e-4, size))
        values = {"x": x, "z": rng.beta(5, 2, size)}
        columns = []
        for each in study.elicited.network.parameters:
            yes = values.get(each.variable, q if "x = yes" in each.name else np.full(size, 0.1))
            columns.append(1 - yes if " = no" in each.name.split("|")[0] else yes)
        return np.stack(columns, axis=1)


def pair(low: float, high: float) -> tuple[Study, Quadrature]:
    of = study(PAIR, TOLD.replace("LOW", str(low)).replace("HIGH", str(high)))
    return of, Quadrature(of)


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.6), (0.5, 0.7), (0.3, 0.4)])
def test_with_evidence_the_number_is_that_of_quadrature(low: float, high: float) -> None:
    of, grid = pair(low, high)
    head = at_hand(of, "y = yes", grid.draws(of, 20_000))
    found, kept = silences(head)
    whole = grid.mean(grid.y)
    wanted = {"P(x = yes)": {"x": (1, 1)}, "P(y = yes | x = yes)": {"q": (1, 1)}}
    for about, how in wanted.items():
        each = on(found, about)
        shift = grid.mean(grid.y, **how) - whole
        assert each.own_shift == pytest.approx(shift, abs=ERRORS * each.error)
        assert each.error < 0.01
    every = {*(str(each.judgement.about) for each in found), *(each.question for each in kept)}
    assert every == {*wanted, "P(y = yes | x = no)"}  # z has no part in it
    assert sum(abs(each.own_shift) > ERRORS * each.error for each in found) > 0


def test_what_only_evidence_connects_with_the_headline_moves_it_as_well() -> None:
    of, grid = pair(0.2, 0.4)
    found, _ = silences(at_hand(of, "x = yes", grid.draws(of, 20_000)))
    each = on(found, "P(y = yes | x = yes)")
    shift = grid.mean(grid.x, q=(1, 1)) - grid.mean(grid.x)
    assert abs(shift) > 0.02
    assert each.own_shift == pytest.approx(shift, abs=ERRORS * each.error)


STRONG = """
priors: pair
model: pair
judgements:
  - {about: P(x = yes), says: {cases: {x: 2.5, of: 6}}}
  - {about: P(y = yes | x = no), says: {exactly: 0.1}}
  - {about: P(y = yes | x = yes), says: {cases: {x: 57, of: 60}}}
  - {about: P(y = yes), use: evidence, says: {quantiles: {5: 0.82, 95: 0.86}}}
defaults:
  - {about: P(y = yes | x = yes), says: {cases: {x: 17, of: 60}}}
"""


def test_what_weights_cannot_do_is_drawn_anew() -> None:
    of = study(PAIR, STRONG)
    grid = Quadrature(of)
    theta = sample(of.elicited, seed=2).theta[..., 0].reshape(-1, 4)
    poor = {each.question: each.why for each in silences(at_hand(of, "x = yes", theta))[1]}
    assert poor["P(y = yes | x = yes)"] == POOR
    head = at_hand(of, "x = yes", theta, refit=lambda news: pytest.fail("not for this"))
    found, kept = silences(head)
    assert not kept
    each = on(found, "P(y = yes | x = yes)")
    assert each.refitted
    assert each.instead == ("default",)
    shift = grid.mean(grid.x, q=(17.5, 43.5)) - grid.mean(grid.x, q=(57.5, 3.5))
    assert shift > 0.05
    assert each.own_shift == pytest.approx(shift, abs=ERRORS * each.error)
    assert "drawn anew" in checks(head.panel, parse_event("x = yes")).text


# Orders, cases, shapes of the prior, models of cases


def test_an_order_is_held_to_anew() -> None:
    more = "  - {about: P(y = yes) > P(z = yes), use: evidence, says: {order: 0.9}}\n"
    of = study(PAIR, TOLD.split("  - {about: P(y = yes), use")[0] + more)
    head = asked(of, "y = yes", draws=5000)
    found, _ = silences(head)
    assert len(found) == 4  # the order connects z with y
    for about in ("P(z = yes)", "P(x = yes)"):
        each = on(found, about)
        rest = asked(less(of, each.judgement), "y = yes", seed=7, draws=10_000)
        (name,) = head.means
        assert head.means[name] + each.own_shift == pytest.approx(rest.means[name], abs=ERRORS * each.error)


SHAPED = """
priors: pair
model: pair
judgements:
  - {about: P(y = yes | x = yes), says: {cases: {x: 4.5, of: 6}}}
  - {about: P(y = yes), use: USE, says: {quantiles: {5: 0.3, 95: 0.5}}}
defaults:
  - {about: P(x = yes), says: {cases: {x: 2.5, of: 6}}}
  - {about: P(y = yes | x = no), says: {exactly: 0.1}}
"""


@pytest.mark.parametrize("use", ["meld", "replace"])
def test_the_table_of_what_reshapes_the_prior_is_made_anew(use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(melding, "MANY", 200_000)
    of = study(PAIR, SHAPED.replace("USE", use))
    head = asked(of, "y = yes")
    found, kept = silences(head)
    assert not kept
    each = on(found, "P(y = yes | x = yes)")
    rest = asked(less(of, each.judgement), "y = yes", seed=7)
    (name,) = head.means
    error = np.hypot(each.error, head.answer.estimates[name, ""].mcse)
    error = np.hypot(error, rest.answer.estimates[name, ""].mcse)
    assert head.means[name] + each.own_shift == pytest.approx(rest.means[name], abs=ERRORS * error)
    if use == "replace":  # what is said of the total is what it is, whatever the parameters are
        assert each.own_shift == pytest.approx(0.0, abs=ERRORS * error)


COUNTED = TOLD.split("  - {about: P(y = yes), use")[0].replace("{exactly: 0.1}", "{cases: {x: 1, of: 4}}") + (
    "cases:\n  - {file: c.csv, relevance: 0.5, count: n, columns: {x: x, y: y}}\n"
)


def test_counts_of_cases_stay_with_a_flat_prior(tmp_path: Path) -> None:
    for name, text in {
        "m.yaml": PAIR,
        "p.yaml": COUNTED,
        "c.csv": "x,y,n\nno,no,6\nno,yes,4\nyes,no,2\nyes,yes,10\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    of = causal.load(tmp_path / "m.yaml", tmp_path / "p.yaml")
    rng, size = np.random.default_rng(3), 8000
    betas = {"x": (3 + 6, 4 + 5), "no": (1.5 + 2, 3.5 + 3), "yes": (5 + 5, 2 + 1)}
    flat = {"P(x = yes)": {"x": (1 + 6, 1 + 5)}, "P(y = yes | x = yes)": {"yes": (1 + 5, 1 + 1)},
            "P(y = yes | x = no)": {"no": (1 + 2, 1 + 3)}}  # fmt: skip
    drawn = {name: rng.beta(*each, size) for name, each in betas.items()} | {"z": rng.beta(5, 2, size)}
    columns = []
    for each in of.elicited.network.parameters:
        key = each.variable if each.variable != "y" else "yes" if "x = yes" in each.name else "no"
        columns.append(1 - drawn[key] if " = no" in each.name.split("|")[0] else drawn[key])
    found, kept = silences(at_hand(of, "y = yes", np.stack(columns, axis=1)))
    assert not kept

    def total(numbers) -> float:
        x, no, yes = (numbers[key][0] / sum(numbers[key]) for key in ("x", "no", "yes"))
        return x * yes + (1 - x) * no

    for about, how in flat.items():
        each = on(found, about)
        assert each.own_shift == pytest.approx(total(betas | how) - total(betas), abs=ERRORS * each.error)


LINKED = """
priors: p
model: pair
judgements:
  - {about: P(x = yes), says: {cases: {x: 3.5, of: 9}}}
  - {about: P(y = yes | x = yes), says: {cases: {x: 2.5, of: 5}}}
cases:
  - file: t.csv
    model: there
    relevance: 1
    count: n
    columns: {w: w}
    links:
      - {there: P(w = yes), here: P(y = yes | x = yes), within: 1}
"""


def test_what_moves_a_link_to_a_model_of_cases_is_weighed_with_the_link(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    there = "model: there\nvariables: {w: {states: [no, yes]}}\n"
    files = {"models/there.yaml": there, "m.yaml": PAIR, "p.yaml": LINKED, "t.csv": "w,n\nyes,9\nno,2\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    of = causal.load(tmp_path / "m.yaml", tmp_path / "p.yaml")
    head = asked(of, "y = yes")
    found, kept = silences(head)
    assert not kept
    assert on(found, "P(x = yes)").k == -np.inf
    each = on(found, "P(y = yes | x = yes)")
    assert not each.refitted
    rest = asked(less(of, each.judgement), "y = yes", seed=7)
    (name,) = head.means
    error = np.hypot(each.error, rest.answer.estimates[name, ""].mcse)
    assert head.means[name] + each.own_shift == pytest.approx(rest.means[name], abs=ERRORS * error)


# Random small models: weights against draws of the file without the line


def random_study(seed: int) -> Study:
    """Return a model of four binary variables with random arrows, judged at random, with two totals as evidence."""
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c", "y"]
    lines, said = [], []

    def judge(about: str, width: float = 0.12) -> None:
        middle = rng.uniform(0.2, 0.8)
        low, high = max(middle - width, 0.02), min(middle + width, 0.98)
        said.append(f"  - {{about: '{about}', says: {{quantiles: {{5: {low:.3f}, 95: {high:.3f}}}}}}}")

    for place, name in enumerate(names):
        parents = [other for other in names[:place] if name == "y" or rng.random() < 0.5]
        kind = rng.choice(["table", "noisy-or", "logistic"]) if parents else "table"
        kind = kind if name != "y" else rng.choice(["noisy-or", "logistic"])
        lines.append(f"  {name}: {{states: [no, yes], parents: [{', '.join(parents)}], mechanism: {kind}}}")
        if kind == "noisy-or":
            said.append(f"  - {{about: P({name} = yes | none), says: {{quantiles: {{5: 0.05, 95: 0.2}}}}}}")
            for parent in parents:
                judge(f"P({parent} = yes causes {name} = yes)")
        elif kind == "logistic":
            judge(f"P({name} = yes | baseline)")
            for parent in parents:
                judge(f"P({name} = yes | baseline but {parent} = yes)")
        else:
            for row in np.ndindex(*[2] * len(parents)):
                given = ", ".join(f"{p} = {('no', 'yes')[s]}" for p, s in zip(parents, row, strict=True))
                judge(f"P({name} = yes | {given})" if given else f"P({name} = yes)")
    model = "model: m\nvariables:\n" + "\n".join(lines) + "\noutcome: y = yes\n"
    for about in ("P(y = yes)", "P(y = yes | do(a = yes))"):
        judge(about, 0.15)
    return study(model, "priors: p\nmodel: m\njudgements:\n" + "\n".join(said) + "\n")


@pytest.mark.parametrize("seed", range(3))
def test_weights_give_what_new_draws_give(seed: int) -> None:
    of = random_study(seed)
    head = asked(of, "y = yes", again=False)
    found, _ = silences(head)
    told = [each for each in found if np.isfinite(each.k)]
    assert len(told) > 3
    for each in sorted(told, key=lambda each: -abs(each.own_shift))[:2]:
        rest = asked(less(of, each.judgement), "y = yes", seed=7)
        (name,) = head.means
        error = np.hypot(each.error, rest.answer.estimates[name, ""].mcse)
        error = np.hypot(error, head.answer.estimates[name, ""].mcse)
        assert head.means[name] + each.own_shift == pytest.approx(rest.means[name], abs=ERRORS * error)


def test_a_second_effort_is_made_before_all_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    of, grid = pair(0.2, 0.6)
    theta = grid.draws(of, 4000)
    monkeypatch.setattr(unsaid, "EFFORTS", ((300, 1),))  # fewer draws than an effective size may have
    _, kept = silences(at_hand(of, "y = yes", theta))
    assert {each.question for each in kept} == {"P(x = yes)", "P(y = yes | x = no)", "P(y = yes | x = yes)"}
    assert all(isinstance(each, Kept) and each.why == POOR for each in kept)
    monkeypatch.setattr(unsaid, "EFFORTS", ((300, 1), (4000, 4)))
    assert not silences(at_hand(of, "y = yes", theta))[1]
