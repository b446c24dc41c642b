"""What was elicited, as the parts of a posterior: what is a prior, what is evidence, what reshapes a prior, what is
only checked.

    Elicited ── held: expert -> Held ── priors: a Prior per parameter, in the network's order
      │                               └─ cuts: joint fits of ordered baselines
      ├─ derived: judgements about what is no parameter, as evidence, checks, or shapes of the prior
      ├─ compared: orders and signs of effects
      ├─ abstained
      ├─ weights: expert -> weight in the panel, 0 for those apart
      ├─ cases: what was seen elsewhere, evidence for every expert
      └─ beside: models that cases have of their own, with their rows and links (beside.py)

reading.py makes these values from a prior file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from causal.elicit import Belief, Cuts, Fit
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.parameter import Parameter
from causal.learn.table import Table
from causal.spec.model import frozen
from causal.spec.priors import SHAPING, Judgement, Link, Priors
from causal.spec.question import Question


@dataclass(frozen=True)
class Prior:
    """What one expert holds about one parameter, on the parameter's own scale.

    ``median`` is the value at the median as stated. ``origin`` is ``judged``, ``default`` or ``weak``. ``fit`` lays
    stated beside implied. Cuts of an ordered variable carry their joint fit in ``Held.cuts``.
    """

    parameter: Parameter
    belief: Belief
    median: float
    origin: str
    judgement: Judgement | None = None
    fit: Fit | None = None


@dataclass(frozen=True)
class Held:
    """All that one expert holds: a prior per parameter in the network's order, and joint cuts per ordered variable."""

    priors: tuple[Prior, ...]
    cuts: Mapping[str, Cuts]


@dataclass(frozen=True)
class Derived:
    """A judgement about something that is no parameter. ``slot`` is its implied value on ``scale``; ``use`` says which.

    ``fit.belief`` is Normal on that scale; the weight of evidence divides its variance. Where the judgement reshapes
    the prior (``meld``, ``replace``), ``table`` is the logarithm of what the prior is multiplied by (melding.py).
    """

    expert: str
    judgement: Judgement
    scale: str
    slot: int
    fit: Fit
    use: str
    table: Table | None = None


@dataclass(frozen=True)
class Compared:
    """A judgement that something is more than something else, or raises or lowers it, with probability ``probability``.

    ``slot`` holds the difference that is positive where the judgement holds.
    """

    expert: str
    judgement: Judgement
    slot: int
    probability: float
    use: str


@dataclass(frozen=True)
class Alike:
    """Comparable cases in which the same was seen: ``slot`` is its probability, ``weight`` what they count together.

    ``own`` has the experts for whom they count otherwise.
    """

    slot: int
    weight: float
    own: Mapping[str, float] = field(default_factory=lambda: frozen({}))

    def of(self, expert: str) -> float:
        """Return what they count together for an expert."""
        return self.own.get(expert, self.weight)


@dataclass(frozen=True)
class Linked:
    """A link between two models: ``slot`` is what the question here is above the one there, on their scale."""

    link: Link
    slot: int


@dataclass(frozen=True)
class Beside:
    """A model of cases on the recorder of this one: what each expert holds about it, what was seen, and its links."""

    network: Network
    held: Mapping[str, Held]
    cases: tuple[Alike, ...]
    links: tuple[Linked, ...]

    @property
    def late(self) -> tuple[int, ...]:
        """The slots of its parameters."""
        return tuple(self.network.index.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters beside this model's."""
        return tuple(f"{self.network.model.name}: {parameter.name}" for parameter in self.network.parameters)

    def teaches(self, expert: str) -> bool:
        """Tell whether an expert learns from it."""
        seen = any(alike.of(expert) > 0 for alike in self.cases)
        return seen and any(linked.link.of(expert) is not None for linked in self.links)


@dataclass(frozen=True)
class Elicited:
    """A prior file read against a network: by expert, and what no parameter can hold.

    ``weights`` are those of the panel by the file's rule, 0 for who is apart; only their ratios have a meaning.
    """

    writer: Writer
    priors: Priors
    held: Mapping[str, Held]
    weights: Mapping[str, float]
    derived: tuple[Derived, ...]
    compared: tuple[Compared, ...]
    abstained: tuple[Judgement, ...]
    direct: frozenset[Question]
    notes: tuple[str, ...] = ()
    cases: tuple[Alike, ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def network(self) -> Network:
        """The network that the priors are about."""
        return self.writer.network

    @property
    def evidence(self) -> tuple[Derived, ...]:
        """The derived judgements that multiply the prior as a likelihood."""
        return tuple(derived for derived in self.derived if derived.use == "evidence")

    @property
    def shaping(self) -> tuple[Derived, ...]:
        """The derived judgements that reshape the prior: melded with it, or in place of what it implies."""
        return tuple(derived for derived in self.derived if derived.use in SHAPING)

    def seen(self, news: Sequence[int] = ()) -> tuple[Alike, ...]:
        """Return what was seen in comparable cases, and the ``news`` of this one, which counts once."""
        return (*self.cases, *(Alike(slot, 1.0) for slot in news))

    def taught(self, expert: str) -> tuple[Beside, ...]:
        """Return the models of cases that an expert learns from."""
        return tuple(each for each in self.beside if each.teaches(expert))

    @property
    def weak(self) -> dict[str, tuple[str, ...]]:
        """Return, per expert, the parameters that neither they nor a default judged."""
        return {
            name: tuple(p.parameter.name for p in held.priors if p.origin == "weak") for name, held in self.held.items()
        }
