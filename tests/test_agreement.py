"""Draws against expectations that are known without drawing: models in docs/exactly.py, table in docs/agreement.md.

Generator and models live under docs/, outside the package, and are loaded from there.
"""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"


def module(name: str) -> ModuleType:
    spec = spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    sys.modules[name] = found  # dataclasses look their module up, and the generator imports the models
    spec.loader.exec_module(found)
    return found


exactly = module("exactly")
agreement = module("agreement")
EVERY = {model.name: model for model in (*exactly.MODELS, *exactly.SHIPPED)}
TABLE = agreement.PAGE.read_text(encoding="utf-8")


def test_there_are_thirty_models_shipped_ones_among_them() -> None:
    assert len(EVERY) == len(exactly.MODELS) + len(exactly.SHIPPED) >= 30
    assert {model.case for model in exactly.SHIPPED} == {"rain", "amoc"}


@pytest.mark.parametrize("name", EVERY)
def test_draws_agree_with_what_is_known(name: str, tmp_path: Path) -> None:
    model = EVERY[name]
    study, expert, exact = agreement.open_(model, tmp_path)
    for question, mean in agreement.ours(model, study, expert, list(exact)).items():
        assert mean.ess >= 10_000
        assert mean.value == pytest.approx(exact[question], abs=4 * mean.mcse), question


def against_pymc(name: str, folder: Path) -> None:
    model = EVERY[name]
    study, expert, exact = agreement.open_(model, folder)
    for question, mean in agreement.theirs(model, study, expert, list(exact)).items():
        assert mean.ess >= 400
        assert mean.value == pytest.approx(exact[question], abs=4 * mean.mcse), question


@pytest.mark.parametrize("name", ["pair, miscoded and with holes", "pair, a quotient judged"])
def test_pymc_agrees_with_what_is_known(name: str, tmp_path: Path) -> None:
    against_pymc(name, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", EVERY)
def test_pymc_agrees_with_all_that_is_known(name: str, tmp_path: Path) -> None:
    against_pymc(name, tmp_path)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # exact numbers of others: the first printed in CausalQueries' tests, all in tests/learn/test_cases.py
        ("types, 10 and 10", 0.75695),
        ("types, 5 and 5", 0.59263),
        ("types, one case", 0.1),
        ("types, one case, Jeffreys", 1 / 6),
        ("pair, a total judged", 0.1645564),  # quadrature, importance sampling and NUTS elsewhere
    ],
)
def test_what_is_known_is_what_others_found(name: str, published: float) -> None:
    (value,) = EVERY[name].expectations.values()
    assert value == pytest.approx(published, abs=1e-5)


def test_rules_are_exact_where_cases_are_whole() -> None:
    """Beta(2 + 7, 3 + 4), and Beta(2, 3) with 0.3 of each case; a Dirichlet with whole cases."""
    expected = {name: EVERY[name].expectations for name in ("coin, whole cases", "coin, cases of relevance 0.3")}
    assert expected["coin, whole cases"]["P(x = 1)"] == pytest.approx(9 / 16, abs=1e-12)
    assert expected["coin, cases of relevance 0.3"]["P(x = 1)"] == pytest.approx(4.1 / 10.7, abs=1e-6)
    assert EVERY["three states, whole cases"].expectations["P(x = low)"] == pytest.approx(5 / 16, abs=1e-12)


def test_too_few_points_are_an_error() -> None:
    from dataclasses import replace

    with pytest.raises(ArithmeticError, match="coin, a judge who knows the odds"):
        _ = replace(EVERY["coin, a judge who knows the odds"], points=18).expectations


def test_the_table_has_every_expectation_and_says_that_all_agree() -> None:
    rows = [row.replace("\\|", "") for row in TABLE.splitlines() if re.match(r"\| .* \| `", row)]
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    assert {cell[0] for cell in cells} == set(EVERY)
    assert max(abs(float(cell[6])) for cell in cells) <= 4
    assert max(abs(float(cell[9])) for cell in cells) <= 4
    assert min(float(cell[5].replace(",", "")) for cell in cells) >= 10_000
    assert {cell[3] for cell in cells} == {"iid", "nuts"}
    known = {(model.name, question) for model in exactly.MODELS for question in model.asks}
    assert known <= {
        (cell[0], question) for cell in cells for _, question in known if question.replace("|", "") in cell[1]
    }
