"""What a report says of luck, by the mechanism of a variable."""

from __future__ import annotations

import pytest

from causal.spec.modelfile import parse_model
from causal.tell import luck
from causal.tell.ledger import KINDS


@pytest.mark.parametrize(
    ("mechanism", "told", "kind"),
    [
        ("{observation: {reliability: 0.9}}", luck.LUCKY, "comonotone"),
        ("{observation: {reliability: 1}}", "rule", luck.SETTLED),
        ("{rule: {any of: [x]}}", "rule", luck.SETTLED),
        ("noisy-or", "noisy-or", luck.INHIBITORS),
    ],
)
def test_a_rule_with_luck_is_told_from_a_definition(mechanism: str, told: str, kind: str) -> None:
    y = f"{{states: [a, b], parents: [x], mechanism: {mechanism}}}"
    child = parse_model(f"model: m\nvariables: {{x: {{states: [a, b]}}, y: {y}}}").variables["y"]
    assert (luck.mechanism(child), luck.kind(child)) == (told, kind)
    assert luck.mechanism(child) in KINDS
