"""What a prior file looks like, before any name or question in it is looked up.

    PriorsShape ── experts: ExpertShape
      ├─ judgements: JudgementShape, defaults: DefaultShape ── says: word | SaysShape (one kind), cite: CiteShape
      ├─ scales: ScaleShape
      ├─ weights: word | WeightsShape, seeds: SeedShape
      └─ cases: CaseFileShape ── links: LinkShape

The JSON Schema of prior files is made from these classes (schema.py).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from causal.spec.shape import (
    Amount,
    AsKeys,
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
    by_form,
    by_form_or_keys,
)

ByLevel = dict[Name, Amount]  # per cent -> value
ByState = Annotated[
    Annotated[Number, AsWord] | Annotated[ByLevel, AsMapping], by_form("a number, or quantiles like {5: 0.2, 95: 0.6}")
]


class ChipsShape(Shape):
    """`{edges: [...], counts: [...]}`: one edge more than counts."""

    edges: list[Amount]
    counts: list[Number]


class CountedShape(Shape):
    """`{x: 3, of: 11, relevance: 0.3}`."""

    x: Number
    of: Number
    relevance: Share = 1.0


class OddsShape(Shape):
    """`{low: 1:2, best: 1:1, high: 3:1}`: for : against."""

    low: Name
    best: Name
    high: Name


class RatioShape(Shape):
    """Quantiles of a quotient, or its low, best and high with a confidence."""

    quantiles: ByLevel | SkipJsonSchema[None] = None
    low: Amount | SkipJsonSchema[None] = None
    best: Amount | SkipJsonSchema[None] = None
    high: Amount | SkipJsonSchema[None] = None
    confidence: Share | SkipJsonSchema[None] = None


class ChanceShape(Shape):
    """How sure: a phrase with its scale, or quantiles, of which the median counts."""

    phrase: Name | SkipJsonSchema[None] = None
    scale: Name | SkipJsonSchema[None] = None
    quantiles: ByLevel | SkipJsonSchema[None] = None


Chance = Annotated[
    Annotated[Name, AsWord] | Annotated[ChanceShape, AsKeys] | Annotated[ByLevel, AsMapping],
    by_form_or_keys(("phrase", "scale", "quantiles"), "a probability, a phrase or quantiles"),
]

KEYS_OF_KINDS = ("exactly", "quantiles", "best", "phrase", "chips", "cases", "odds", "ratio", "order", "sign",
                 "dirichlet", "abstain")  # fmt: skip


class SaysShape(Shape):
    """What is said: one kind. `confidence` goes with low, best and high or with a sign, `scale` with a phrase."""

    noun: ClassVar[str] = "no kind of saying"
    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in KEYS_OF_KINDS]})

    exactly: (
        Annotated[
            Annotated[Share, AsWord] | Annotated[dict[Name, Share], AsMapping],
            by_form("a probability, or a probability per state"),
        ]
        | SkipJsonSchema[None]
    ) = None
    quantiles: ByLevel | SkipJsonSchema[None] = None
    low: Amount | SkipJsonSchema[None] = None
    best: Amount | SkipJsonSchema[None] = None
    high: Amount | SkipJsonSchema[None] = None
    confidence: Chance | SkipJsonSchema[None] = None
    phrase: Name | SkipJsonSchema[None] = None
    scale: Name | SkipJsonSchema[None] = None
    chips: (
        Annotated[
            Annotated[ChipsShape, AsKeys] | Annotated[dict[Name, Number], AsMapping],
            by_form_or_keys(("edges", "counts"), "chips per bin: {0-0.1: 3, 0.1-0.2: 5}, or {edges, counts}"),
        ]
        | SkipJsonSchema[None]
    ) = None
    cases: CountedShape | SkipJsonSchema[None] = None
    odds: (
        Annotated[
            Annotated[Name, AsWord] | Annotated[OddsShape, AsMapping], by_form("odds like 3:1, or {low, best, high}")
        ]
        | SkipJsonSchema[None]
    ) = None
    ratio: (
        Annotated[
            Annotated[Amount, AsWord] | Annotated[RatioShape, AsKeys] | Annotated[ByLevel, AsMapping],
            by_form_or_keys(RatioShape.known_keys(), "a ratio, its quantiles, or {low, best, high, confidence}"),
        ]
        | SkipJsonSchema[None]
    ) = None
    order: Chance | SkipJsonSchema[None] = None
    sign: Annotated[str, OneOf(("+", "-"))] | SkipJsonSchema[None] = None
    dirichlet: (
        Annotated[
            Annotated[Annotated[str, OneOf(("flat", "jeffreys"))], AsWord] | Annotated[dict[Name, ByState], AsMapping],
            by_form("flat, jeffreys, a number per state or type, or quantiles per state"),
        ]
        | SkipJsonSchema[None]
    ) = None
    abstain: Flag | SkipJsonSchema[None] = None


class CiteShape(Shape):
    """Where a judgement was read."""

    source: Name
    page: Text = ""
    quote: Text = ""
    coder: Text = ""


class DefaultShape(Shape):
    """A judgement of nobody."""

    about: Text
    says: Annotated[
        Annotated[Name, AsWord] | Annotated[SaysShape, AsMapping],
        by_form("one kind of saying, like {quantiles: {5: 0.2, 50: 0.4, 95: 0.7}}, or a phrase"),
    ]
    because: Text = ""
    cite: CiteShape | SkipJsonSchema[None] = None
    use: Annotated[str, OneOf(("evidence", "check", "meld", "replace"))] | SkipJsonSchema[None] = None
    weight: Number = 1.0


class JudgementShape(DefaultShape):
    """A judgement of an expert."""

    by: Name | SkipJsonSchema[None] = None


class ExpertShape(Shape):
    """Who judges."""

    name: Text = ""
    school: Text = ""
    source: Name | SkipJsonSchema[None] = None
    about: Text = ""
    weight: Number = 1.0
    pool: Flag = True


class ScaleShape(Shape):
    """A scale of the file's own: phrases as 5, 50 and 95 per cent quantiles, added to those of another scale."""

    like: Name | SkipJsonSchema[None] = None
    phrases: dict[Name, list[Share]] = {}
    source: Name | SkipJsonSchema[None] = None


class LinkShape(Shape):
    """What a question of the cases' own model has to do with one here: on its scale, Normal(0, within^2) apart."""

    there: Text
    here: Text
    within: Number
    because: Text = ""
    schools: dict[Name, Name] = {}
    experts: dict[Name, Name] = {}


Box = dict[Name, OneOrMore]  # states of some variables


class CaseFileShape(Shape):
    """A CSV of comparable cases: what its columns are called here, and which of its rows count how much.

    `selected` says what held of every case that could be in the table at all, as one mapping of states or a list of
    alternatives; `model` says that the columns are those of a model of their own, which `links` tie to this one.
    """

    file: Name
    relevance: Annotated[
        Annotated[Share, AsWord] | Annotated[dict[Name, Share], AsMapping],
        by_form("a share like 0.3, or one per school or expert: {default: 0.3, ours: 0.1}"),
    ]
    columns: dict[Name, Name]
    states: dict[Name, dict[Name, Name]] = {}
    count: Name | SkipJsonSchema[None] = None
    where: dict[Name, OneOrMore] = {}
    unseen: dict[Name, dict[Name, OneOrMore]] = {}
    selected: (
        Annotated[
            Annotated[Box, AsMapping] | Annotated[list[Box], AsList],
            by_form("states like {x: yes}, or a list of such alternatives: [{x: yes}, {y: [low, mid]}]"),
        ]
        | SkipJsonSchema[None]
    ) = None
    confidence: dict[Name, Name] = {}
    model: Name | SkipJsonSchema[None] = None
    priors: Name | SkipJsonSchema[None] = None
    links: list[LinkShape] = []


class SeedShape(Shape):
    """A question whose answer is known: a number and quantiles of it, or yes or no and probabilities."""

    ask: Text
    truth: Name
    source: Name | SkipJsonSchema[None] = None
    background: Annotated[str, OneOf(("linear", "log"))] | SkipJsonSchema[None] = None
    answers: dict[
        Name,
        Annotated[
            Annotated[Name, AsWord] | Annotated[ByLevel, AsMapping],
            by_form("quantiles like {5: 30, 50: 40, 95: 55}, or a probability like 80%"),
        ],
    ]


class CookeShape(Shape):
    """Options of Cooke's classical model: the calibration below which an expert has no weight."""

    alpha: Share = 0.0


class WeightsShape(Shape):
    """`{cooke: {alpha: 0.05}}`."""

    cooke: CookeShape


class FactorsShape(Shape):
    """Standard deviations on the log-odds: of what all experts share, a school, an expert alone, a coder."""

    all: Number | SkipJsonSchema[None] = None
    school: Number | SkipJsonSchema[None] = None
    expert: Number | SkipJsonSchema[None] = None
    coder: Number | SkipJsonSchema[None] = None


class PoolingShape(Shape):
    """`{hierarchical: {all: 0.3, school: 0.5, expert: 0.5, coder: 0}}`; what is left out keeps its default."""

    hierarchical: FactorsShape


class PriorsShape(Shape):
    """A prior file: numbers without structure."""

    priors: Name
    model: Name
    like: Name | SkipJsonSchema[None] = None
    title: Text = ""
    about: Text = ""
    scale: Name | SkipJsonSchema[None] = None
    scales: dict[Name, ScaleShape] = {}
    sources: dict[Name, Text] = {}
    experts: dict[Name, ExpertShape] = {}
    judgements: list[JudgementShape] = []
    defaults: list[DefaultShape] = []
    pooling: Annotated[
        Annotated[Annotated[str, OneOf(("linear", "hierarchical", "log"))], AsWord]
        | Annotated[PoolingShape, AsMapping],
        by_form("linear, log or hierarchical, or {hierarchical: {all: 0.3, school: 0.5, expert: 0.5}}"),
    ] = "linear"
    weights: Annotated[
        Annotated[Annotated[str, OneOf(("stated", "equal", "cooke"))], AsWord] | Annotated[WeightsShape, AsMapping],
        by_form("stated, equal, cooke, or {cooke: {alpha: 0.05}}"),
    ] = "stated"
    seeds: list[SeedShape] = []
    cases: list[CaseFileShape] = Field(default=[])
    held: dict[Name, Share] = {}
