"""A model as values: structure without numbers.

    Model ── variables: name -> Variable ── edges: Edge (one per parent, in the order written)
      │                                  ├─ mechanism: Table | NoisyOr | NoisyAnd | Logistic | Ranked | Rule | Types,
      │                                  │    or Given, where the file has the numbers
      │                                  └─ gates: Gate
      ├─ interventions: name -> Intervention
      ├─ rival: Rival, where the file says what it changes in another model
      └─ outcome, profile, factors, confounded, sources

Everything here is frozen and already checked: names exist, the graph has no cycle, edges run forward in time.
modelfile.py and bif.py make these values from text; graph.py orders and cuts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from causal.spec.dates import Span
from causal.spec.question import Event


def frozen[K, V](mapping: Mapping[K, V]) -> Mapping[K, V]:
    """Return a read-only copy that keeps the order."""
    return MappingProxyType(dict(mapping))


@dataclass(frozen=True, slots=True)
class Edge:
    """Why a parent acts on its child.

    ``sign`` holds ``+`` or ``-`` per departure state of the parent (relative to its baseline state), each meaning that
    this state raises or lowers the child against the baseline; empty where no sign was claimed.
    """

    parent: str
    why: str = ""
    sign: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    force: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """When every parent named in ``when`` is in one of the given states, the child is ``then``, whatever else."""

    when: Mapping[str, tuple[str, ...]]
    then: str


@dataclass(frozen=True, slots=True)
class Table:
    """A row for every combination of the parents, or named rows (conditions per parent, first match wins).

    ``order`` is the order in which the states' sticks are broken; the state order where none was said.
    """

    rows: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoisyOr:
    """Each parent state in ``on`` is a cause with a power of its own; the child is binary."""

    on: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NoisyAnd:
    """Each parent is a need, met in the states of ``needs``; every other state of it is a departure with a ratio."""

    needs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Log-odds of ``y >= s`` at the baseline plus one offset per departure state; ``same``: states treated alike."""

    same: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=lambda: frozen({}))


@dataclass(frozen=True, slots=True)
class Ranked:
    """Fenton's ranked nodes: a function of weighted parents and a variance.

    ``mix`` is what ``mixminmax`` gives the lowest and the highest parent; the other functions look at ``weights``.
    """

    function: str
    weights: Mapping[str, float]
    variance: float | None = None
    mix: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Given:
    """Fixed numbers, axes: parents as written, then the child. A network file has them; a model file never does."""

    shares: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Types:
    """Response types with restrictions."""

    monotone: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """An item of a rule: the variable is in one of these states."""

    variable: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """An item of a rule: at least ``least`` of the items hold (``all of`` and ``any of`` are the ends of this)."""

    least: int
    of: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """An item of a rule: the points of the parents' states add up to at least ``least`` (unnamed states give none)."""

    points: Mapping[str, Mapping[str, float]]
    least: float


Item = Holds | Count | Score


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a rule: if all of ``when`` holds (empty: always), then this distribution over the child's states."""

    when: Mapping[str, tuple[str, ...]]
    then: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """``test`` (binary child, its last state when true) or ``cases``, of which the first match wins.

    A definition, unless it has ``luck``: a case with a distribution, as an observation of stated reliability has them.
    """

    test: Item | None = None
    cases: tuple[Case, ...] = ()

    @property
    def luck(self) -> bool:
        """Whether some case leaves the child's state open."""
        return any(0.0 < share < 1.0 for case in self.cases for share in case.then.values())


Mechanism = Table | NoisyOr | NoisyAnd | Logistic | Ranked | Rule | Types | Given

KINDS: Mapping[type, str] = frozen(
    {Table: "table", NoisyOr: "noisy-or", NoisyAnd: "noisy-and", Logistic: "logistic", Ranked: "ranked", Rule: "rule",
     Types: "types", Given: "given"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """One node: its states from low to high, when it happens, what really happened, and how its parents make it."""

    name: str
    states: tuple[str, ...]
    label: str = ""
    about: str = ""
    definitions: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    ordered: bool = True
    when: Span | None = None
    decided: Span | None = None
    actual: str | None = None
    chance: bool = False
    sources: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    mechanism: Mechanism = field(default_factory=Table)
    gates: tuple[Gate, ...] = ()
    coupling: str | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The parents' names, in the order written."""
        return tuple(edge.parent for edge in self.edges)

    @property
    def title(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name

    @property
    def gate_only(self) -> frozenset[str]:
        """Parents that appear only in gates: they have no parameters of their own.

        A rule names its parents itself, and a table without named rows uses them all but those that only gate.
        """
        if not self.gates:
            return frozenset()
        gated = {parent for gate in self.gates for parent in gate.when}
        return frozenset(gated - named_parents(self.mechanism))

    @property
    def is_chance(self) -> bool:
        """Whether this is luck: no parents, or marked so."""
        return self.chance or not self.edges


def named_parents(mechanism: Mechanism) -> frozenset[str]:
    """Return the parents that a mechanism's options name (a plain table or logistic names none)."""
    match mechanism:
        case Table(rows=rows) if rows:
            return frozenset(parent for row in rows.values() for parent in row)
        case NoisyOr(on=mapping) | NoisyAnd(needs=mapping):
            return frozenset(mapping)
        case Logistic(same=same):
            return frozenset(same)
        case Ranked(weights=weights):
            return frozenset(weights)
        case Types(monotone=monotone):
            return frozenset(monotone)
        case Rule(test=test, cases=cases):
            found = {parent for case in cases for parent in case.when}
            return frozenset(found | (item_parents(test) if test else frozenset()))
    return frozenset()


def item_parents(item: Item) -> frozenset[str]:
    """Return every variable that an item of a rule looks at."""
    match item:
        case Holds(variable=variable):
            return frozenset({variable})
        case Score(points=points):
            return frozenset(points)
        case Count(of=items):
            return frozenset().union(*(item_parents(each) for each in items))


@dataclass(frozen=True, slots=True)
class Intervention:
    """A named point of divergence: what it sets, and when."""

    name: str
    do: Mapping[str, str]
    title: str = ""
    when: Span | None = None
    about: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rival:
    """What a rival graph changes in the model that it is ``like``: arrows (parent, child) with the reason for each.

    ``names`` are those of the rivals whose changes these are, more than one where they are made together; ``variables``
    are the new ones.
    """

    like: str
    names: tuple[str, ...]
    added: Mapping[tuple[str, str], str]
    dropped: Mapping[tuple[str, str], str]
    variables: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A causal model without numbers. ``variables`` are in the order of the file; ``path`` is where it was read.

    ``notes`` says what was changed while reading, ``rival`` what it changes in another model.
    """

    name: str
    variables: Mapping[str, Variable]
    title: str = ""
    about: str = ""
    baseline: str = "first"
    sources: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    outcome: Event | None = None
    profile: tuple[str, ...] = ()
    factors: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    interventions: Mapping[str, Intervention] = field(default_factory=lambda: frozen({}))
    confounded: tuple[tuple[str, str], ...] = ()
    path: str = ""
    digest: str = ""
    notes: tuple[str, ...] = ()
    rival: Rival | None = None

    def baseline_state(self, name: str) -> str:
        """Return the state from which departures of this variable are judged: its first, or its actual one."""
        variable = self.variables[name]
        if self.baseline == "actual" and variable.actual is not None:
            return variable.actual
        return variable.states[0]
