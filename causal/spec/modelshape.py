"""What a model file looks like, before any name in it is looked up.

    ModelShape ── variables: VariableShape ── parents: list | EdgeShape
      │                                    ├─ mechanism: word | MechanismShape (one kind, with its options)
      │                                    └─ gates: GateShape
      └─ interventions: InterventionShape, outcome, profile, factors, confounded, sources

An item of a rule is a variable (its top state), `{variable: state or states}`, or a rule inside the rule. The JSON
Schema of model files is made from these classes (schema.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import SkipJsonSchema

from causal.spec.reader import Scalar
from causal.spec.shape import (
    AsList,
    AsMapping,
    AsWord,
    Flag,
    Name,
    Number,
    OneOf,
    OneOrMore,
    Shape,
    Share,
    Text,
    When,
    by_form,
    form,
)

Sign = Annotated[str, OneOf(("+", "-"))]


class EdgeShape(Shape):
    """Why one parent acts: `{sign, why, sources, force}`."""

    sign: (
        Annotated[
            Annotated[Sign, AsWord] | Annotated[dict[Name, Sign], AsMapping],
            by_form("a sign: '+', '-', or one of these per state"),
        ]
        | SkipJsonSchema[None]
    ) = None
    why: Text = ""
    sources: list[Name] = []
    force: Flag = False


class TableShape(Shape):
    """Options of `table`: named rows (first match wins), and the order in which the states' sticks are broken."""

    rows: dict[Name, dict[Name, OneOrMore]] | SkipJsonSchema[None] = None
    order: list[Name] = []


class NoisyOrShape(Shape):
    """Options of `noisy-or`: the states in which each cause is on."""

    on: dict[Name, OneOrMore] = {}


class NoisyAndShape(Shape):
    """Options of `noisy-and`: the states in which each need is met."""

    needs: dict[Name, OneOrMore] = {}


class LogisticShape(Shape):
    """Options of `logistic`: states of a parent that act alike."""

    same: dict[Name, list[list[Name]]] = {}


class RankedShape(Shape):
    """Options of `ranked`: how the parents are combined, their weights, the variance around the result.

    `min` and `max` are the weights of the lowest and the highest parent, for `mixminmax` only.
    """

    function: Annotated[str, OneOf(("wmean", "wmin", "wmax", "mixminmax"))] = "wmean"
    weights: dict[Name, Number] = {}
    lowest: Number | SkipJsonSchema[None] = Field(default=None, alias="min")
    highest: Number | SkipJsonSchema[None] = Field(default=None, alias="max")
    variance: Number | SkipJsonSchema[None] = None


class ObservationShape(Shape):
    """Options of `observation`: how often it shows the true state of its one parent, overall or by state."""

    reliability: Annotated[
        Annotated[Share, AsWord] | Annotated[dict[Name, Share], AsMapping],
        by_form("a probability like 0.9, or one for each state of the parent"),
    ]


class TypesShape(Shape):
    """Options of `types`: parents that never lower the child, and the only (or the excluded) response types."""

    monotone: list[Name] = []
    allow: list[Name] | SkipJsonSchema[None] = None
    forbid: list[Name] = []


def _item_kind(data: Any) -> str:
    if not isinstance(data, dict):
        return form(data)
    for key, kind in (("score", "<score>"), ("all of", "<all>"), ("any of", "<any>")):
        if key in data:
            return kind
    return "<count>" if "of" in data or "at least" in data else "<mapping>"


ITEM = "a variable, {variable: state}, or {at least: n, of: [...]}, {all of: [...]}, {any of: [...]}, {score: ...}"
_one_item = Discriminator(_item_kind, custom_error_type="plain", custom_error_message=f"expected {ITEM}")

type ItemShape = Annotated[
    Annotated[Name, AsWord]
    | Annotated[dict[Name, OneOrMore], AsMapping]
    | Annotated[CountShape, Tag("<count>")]
    | Annotated[AllShape, Tag("<all>")]
    | Annotated[AnyShape, Tag("<any>")]
    | Annotated[ScoreShape, Tag("<score>")],
    _one_item,
]


class CountShape(Shape):
    """`{at least: 3, of: [...]}`."""

    least: Number = Field(alias="at least")
    of: list[ItemShape]


class AllShape(Shape):
    """`{all of: [...]}`."""

    items: list[ItemShape] = Field(alias="all of")


class AnyShape(Shape):
    """`{any of: [...]}`."""

    items: list[ItemShape] = Field(alias="any of")


class ScoreShape(Shape):
    """`{score: {variable: {state: points}}, at least: 4}`."""

    score: dict[Name, dict[Name, Number]]
    least: Number = Field(alias="at least")


class LineShape(Shape):
    """A line of a rule: `{if: {variable: state}, then: state or distribution}`; the last has no `if`."""

    when: dict[Name, OneOrMore] = Field(default={}, alias="if")
    then: Annotated[
        Annotated[Name, AsWord] | Annotated[dict[Name, Number], AsMapping],
        by_form("a state, or a probability per state"),
    ]


Item = Scalar | dict[Scalar, list[Scalar]] | CountShape | AllShape | AnyShape | ScoreShape  # what ItemShape reads

type RuleShape = Annotated[
    Annotated[list[LineShape], AsList]
    | Annotated[Name, AsWord]
    | Annotated[dict[Name, OneOrMore], AsMapping]
    | Annotated[CountShape, Tag("<count>")]
    | Annotated[AllShape, Tag("<all>")]
    | Annotated[AnyShape, Tag("<any>")]
    | Annotated[ScoreShape, Tag("<score>")],
    _one_item,
]


class MechanismShape(Shape):
    """One kind of mechanism with its options."""

    noun: ClassVar[str] = "no mechanism"
    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    table: TableShape | SkipJsonSchema[None] = None
    noisy_or: NoisyOrShape | SkipJsonSchema[None] = Field(default=None, alias="noisy-or")
    noisy_and: NoisyAndShape | SkipJsonSchema[None] = Field(default=None, alias="noisy-and")
    logistic: LogisticShape | SkipJsonSchema[None] = None
    ranked: RankedShape | SkipJsonSchema[None] = None
    observation: ObservationShape | SkipJsonSchema[None] = None
    rule: RuleShape | SkipJsonSchema[None] = None
    types: TypesShape | SkipJsonSchema[None] = None


OPTIONS: Mapping[str, type[Shape]] = MappingProxyType(
    {
        "table": TableShape,
        "noisy-or": NoisyOrShape,
        "noisy-and": NoisyAndShape,
        "logistic": LogisticShape,
        "ranked": RankedShape,
        "types": TypesShape,
    }
)  # the mechanisms that may be said by their word alone


class GateShape(Shape):
    """`{when: {parent: state}, then: state}`: overrules the mechanism."""

    when: dict[Name, OneOrMore]
    then: Name


class VariableShape(Shape):
    """One variable."""

    label: Text = ""
    about: Text = ""
    states: Annotated[
        Annotated[list[Name], AsList] | Annotated[dict[Name, Text], AsMapping],
        by_form("the states from low to high, as a list or as 'state: what it means'"),
    ]
    ordered: Flag = True
    when: When | SkipJsonSchema[None] = None
    decided: When | SkipJsonSchema[None] = None
    actual: Name | SkipJsonSchema[None] = None
    chance: Flag = False
    sources: list[Name] = []
    parents: Annotated[
        Annotated[list[Name], AsList] | Annotated[dict[Name, EdgeShape], AsMapping],
        by_form("the parents, as a list or as 'parent: {sign, why, sources}'"),
    ] = []
    mechanism: (
        Annotated[
            Annotated[Name, AsWord] | Annotated[MechanismShape, AsMapping],
            by_form("a mechanism, as a word or as 'kind: {options}'"),
        ]
        | SkipJsonSchema[None]
    ) = None
    gates: list[GateShape] = []
    coupling: Annotated[str, OneOf(("comonotone", "independent"))] | SkipJsonSchema[None] = None


class InterventionShape(Shape):
    """A named point of divergence."""

    title: Text = ""
    about: Text = ""
    when: When | SkipJsonSchema[None] = None
    do: dict[Name, Name]
    sources: list[Name] = []


class ModelShape(Shape):
    """A model: structure without numbers."""

    model: Name
    title: Text = ""
    about: Text = ""
    baseline: Annotated[str, OneOf(("first", "actual"))] = "first"
    sources: dict[Name, Text] = {}
    variables: dict[Name, VariableShape]
    outcome: Text | SkipJsonSchema[None] = None
    profile: list[Name] = []
    factors: dict[Name, Name] = {}
    interventions: dict[Name, InterventionShape] = {}
    confounded: list[list[Name]] = []
