"""What was elicited, as the parts of a posterior: what is a prior, what is evidence, what reshapes a prior, what is
only checked.

    Elicited ── held: expert -> Held ── priors: a Prior per parameter, in the network's order
      │                               └─ cuts: joint fits of ordered baselines
      ├─ said: expert -> parameter -> Said, and defaults: what these priors were made of (holding.py)
      ├─ derived: judgements about what is no parameter, as evidence, checks, or shapes of the prior
      ├─ pool: a panel that is pooled into one posterior, held beside those of its experts (pooled.py)
      ├─ compared: orders and signs of effects
      ├─ abstained
      ├─ weights: expert -> weight in the panel, 0 for those apart
      ├─ cases: what was seen elsewhere, evidence for every expert
      └─ beside: models that cases have of their own, with their rows and links (beside.py)

reading.py makes these values from a prior file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from causal.elicit import Belief, Coding, Cuts, Fit, Spread, Stated
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.parameter import Parameter
from causal.learn.table import Table
from causal.spec.model import frozen
from causal.spec.priors import HIERARCHICAL, POOLED, SHAPING, Judgement, Link, Priors
from causal.spec.question import Question

STEEPEST = 0.25  # of a probability in its log-odds, at one half: turns an sd on the log-odds into that of a difference
UNITS: Mapping[str, float] = frozen({"log-odds": 1.0, "log": 1.0, "identity": STEEPEST})  # by the scale of a Derived


@dataclass(frozen=True)
class Said:
    """One parameter as said by somebody: read through a form, already turned so that it states the form itself.

    ``turned`` says that it was; ``readings`` are all judgements that it was made of, where several coders read it.
    """

    judgement: Judgement
    stated: Stated
    reading: str
    reference: str | None
    turned: bool = False
    readings: tuple[Judgement, ...] = ()


@dataclass(frozen=True)
class Prior:
    """What one expert holds about one parameter, on the parameter's own scale.

    ``median`` is the value at the median as stated. ``origin`` is ``judged``, ``default`` or ``weak``. ``fit`` lays
    stated beside implied. Cuts of an ordered variable carry their joint fit in ``Held.cuts``. ``turned`` where
    one minus what the judgement says was fitted; ``readings`` are all judgements it was made of, where several coders
    read it.
    """

    parameter: Parameter
    belief: Belief
    median: float
    origin: str
    judgement: Judgement | None = None
    fit: Fit | None = None
    turned: bool = False
    readings: tuple[Judgement, ...] = ()


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
    ``readings`` are all judgements it was made of, where several coders read it.
    """

    expert: str
    judgement: Judgement
    scale: str
    slot: int
    fit: Fit
    use: str
    table: Table | None = None
    readings: tuple[Judgement, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """What it is worth as evidence: a weight is a power on the likelihood."""
        belief = self.fit.belief
        sd = belief.sd / math.sqrt(self.judgement.weight)
        return Evidence(self.expert, str(self.judgement.about), self.slot, belief.mean, sd)


@dataclass(frozen=True)
class Evidence:
    """What moves one posterior beside its priors: the number in ``slot`` is Normal(mean, sd); ``about`` is a label."""

    expert: str
    about: str
    slot: int
    mean: float
    sd: float


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
class Pool:
    """A panel that is one posterior of its own, in ``Elicited.held`` under ``name``.

    ``kind`` is ``log`` or ``hierarchical``, ``members`` its experts with their weights, which sum to one. ``evidence``
    is its own, its experts' pooled. ``n_eff`` is how many independent experts it counts for, ``spread`` how far its
    experts lie apart in what they judged, ``sds`` those of the factors; only a hierarchical pool has them. ``told``
    says all that in sentences.
    """

    kind: str
    members: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    n_eff: float | None = None
    spread: Spread | None = None
    told: tuple[str, ...] = ()
    sds: tuple[float, ...] = ()
    name: str = POOLED

    def heard(self, expert: str, sd: float) -> float:
        """Return the sd, on the log-odds, with which a member's answer of sd ``sd`` moves the panel."""
        return math.hypot(sd, *self.sds) if self.kind == HIERARCHICAL else sd / math.sqrt(self.members[expert])


@dataclass(frozen=True)
class Elicited:
    """A prior file read against a network: by expert, and what no parameter can hold.

    ``weights`` are those of the panel by the file's rule, 0 for who is apart; only their ratios have a meaning.
    ``said`` has what each expert said about parameters, by parameter, ``defaults`` what the file says for the silent.
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
    pool: Pool | None = None
    coding: Coding | None = None
    said: Mapping[str, Mapping[str, Said]] = field(default_factory=lambda: frozen({}))
    defaults: Mapping[str, Said] = field(default_factory=lambda: frozen({}))

    @property
    def experts(self) -> tuple[str, ...]:
        """Those who judge: everyone with a posterior but the panel, where that is pooled into one."""
        return tuple(name for name in self.held if self.pool is None or name != self.pool.name)

    @property
    def network(self) -> Network:
        """The network that the priors are about."""
        return self.writer.network

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What moves posteriors beside priors and cases: derived judgements, and what is made of them in a pool."""
        used = (derived for derived in self.derived if derived.use == "evidence")
        return (*(each.evidence for each in used), *(self.pool.evidence if self.pool else ()))

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

    def late(self, expert: str) -> list[int]:
        """Return the slots of the parameters of the models of cases that an expert learns from, as draws have them."""
        return [slot for each in self.taught(expert) for slot in each.late]

    @property
    def weak(self) -> dict[str, tuple[str, ...]]:
        """Return, per expert, the parameters that neither they nor a default judged."""
        return {
            name: tuple(p.parameter.name for p in self.held[name].priors if p.origin == "weak") for name in self.experts
        }
