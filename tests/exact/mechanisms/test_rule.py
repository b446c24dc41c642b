"""An observation of stated reliability is soft evidence on what it observes, written as a variable of its own."""

from __future__ import annotations

import numpy as np
import pytest

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.spec.grammar import parse_question
from causal.spec.modelfile import parse_model

MODEL = """model: reports
variables:
  season: {{states: [dry, rainy]}}
  rain: {{states: [clear, some, heavy], parents: [season]}}
  grass: {{states: [dry, wet], parents: [rain]}}
  report:
    states: [clear, some, heavy]
    parents: [rain{parent}]
    mechanism: {{observation: {{reliability: {said}}}}}
    {gate}
"""


def values(said: str, *questions: str, parent: str = "", gate: str = "") -> np.ndarray:
    """Return the answers to questions at three random settings of all parameters, a row each."""
    writer = Writer(Network.of(parse_model(MODEL.format(said=said, parent=parent, gate=gate))))
    slots = [slot for question in questions for slot in writer.write(parse_question(question)).slots]
    return writer.network.recorder.tape(slots).values(interior(writer.network.parameters, 3, 3))


@pytest.mark.parametrize(
    ("said", "seen", "likelihoods"),
    [
        ("0.9", "heavy", "{clear: 0.05, some: 0.05, heavy: 0.9}"),
        ("90%", "clear", "{clear: 0.9, some: 0.05, heavy: 0.05}"),
        ("{clear: 0.95, some: 0.7, heavy: 0.9}", "some", "{clear: 0.025, some: 0.7, heavy: 0.05}"),
        ("{clear: 0.95, some: 0.7, heavy: 0.9}", "heavy", "{clear: 0.025, some: 0.15, heavy: 0.9}"),
    ],
)
def test_seeing_a_report_is_soft_evidence(said: str, seen: str, likelihoods: str) -> None:
    for asked in ("grass = wet", "season = rainy", "rain = some"):
        report, soft = values(said, f"P({asked} | report = {seen})", f"P({asked} | rain ~ {likelihoods})")
        np.testing.assert_allclose(report, soft, rtol=1e-13)


def test_a_report_does_not_make_what_it_reports() -> None:
    made, left = values("0.9", "P(rain = heavy | do(report = heavy))", "P(rain = heavy)")
    np.testing.assert_allclose(made, left, rtol=1e-13)


def test_a_perfect_report_is_what_it_reports() -> None:
    (sure,) = values("1", "P(rain = some | report = some)")
    np.testing.assert_array_equal(sure, 1.0)


def test_a_report_may_be_gated() -> None:
    gate = "gates: [{when: {season: dry}, then: clear}]"
    shut, open_ = values(
        "0.8",
        "P(report = clear | season = dry)",
        "P(report = heavy | rain = heavy, season = rainy)",
        parent=", season",
        gate=gate,
    )
    np.testing.assert_allclose([shut, open_], [[1.0] * 3, [0.8] * 3], rtol=1e-13)
