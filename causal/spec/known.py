"""What a file has named, so that every other mention can be looked up.

    lookup               complaint
    has(variable)        no variable 'germny' (did you mean 'germany'?)
    states(variable, s)  variable 'rain' has no state 'hevy' (did you mean 'heavy'?)
    sources(s)           no source 'almanak' (did you mean 'almanac'?)

Child is the variable whose parents are being read, with what is known of it so far.

A variable whose own entry could not be read is known by name, and its states are not asked about: one mistake, one
complaint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from causal.errors import nearest
from causal.spec.model import frozen
from causal.spec.reader import Node, Problems, Scalar

MAX_HINTED = 1000  # names that are compared with a wrong one; among more the search would take longer than the reading


def near(word: str, known: Iterable[str]) -> str:
    """Return the nearest known name in words, unless there are too many to compare."""
    names = list(known)
    return nearest(word, sorted(names)) if len(names) <= MAX_HINTED else ""


def choices(word: str, known: Iterable[str]) -> str:
    """Return the nearest known name in words, or else all of them if they are few."""
    names = list(known)
    close = near(word, names)
    if close or not names or len(names) > 8:
        return close
    return f"; there is {', '.join(names)}"


@dataclass(frozen=True)
class Known:
    """The names of a model: all variables, the states of those that could be read, the sources."""

    problems: Problems
    variables: frozenset[str]
    state_lists: Mapping[str, tuple[str, ...]]
    source_names: Sequence[str] = ()
    unordered: frozenset[str] = frozenset()  # three states or more, and no order among them

    def has(self, variable: Scalar) -> bool:
        """Tell whether there is such a variable; note a problem where not."""
        if variable in self.variables:
            return True
        self.problems.add(variable, f"no variable {str(variable)!r}{near(variable, self.variables)}")
        return False

    def states(self, variable: str, words: Iterable[Scalar]) -> tuple[str, ...]:
        """Return those of the words that are states of the variable; note the others, and any said twice."""
        if variable not in self.state_lists:
            return ()
        states = self.state_lists[variable]
        found: list[str] = []
        for word in words:
            if word not in states:
                self.problems.add(word, f"variable {variable!r} has no state {str(word)!r}{choices(word, states)}")
            elif word in found:
                self.problems.add(word, f"the state {str(word)!r} stands here twice")
            else:
                found.append(str(word))
        return tuple(found)

    def state(self, variable: str, word: Scalar) -> str | None:
        """Return the word if it is a state of the variable, else note the problem and return None."""
        found = self.states(variable, [word])
        return found[0] if found else None

    def sources(self, words: Iterable[Scalar]) -> tuple[str, ...]:
        """Return those of the words that are sources of the file; note the others."""
        found = []
        for word in words:
            if word in self.source_names:
                found.append(str(word))
            else:
                hint = choices(word, self.source_names) or "; the file's 'sources' lists them" * (not self.source_names)
                self.problems.add(word, f"no source {str(word)!r}{hint}")
        return tuple(found)


@dataclass(frozen=True)
class Child:
    """The variable whose mechanism is read: what is known of it so far, and where to point."""

    name: str
    states: tuple[str, ...]
    ordered: bool
    parents: tuple[str, ...]
    gated: frozenset[str]
    place: Node

    @property
    def free(self) -> tuple[str, ...]:
        """Parents that no gate looks at."""
        return tuple(parent for parent in self.parents if parent not in self.gated)


def is_parent(word: Scalar, child: Child, known: Known) -> bool:
    """Tell whether the word is a parent of the child; note a problem where not."""
    if not known.has(word):
        return False
    if word in child.parents:
        return True
    hint = choices(word, child.parents) or "; it has none"
    known.problems.add(word, f"{str(word)!r} is no parent of {child.name!r}{hint}")
    return False


def read_when(written: Mapping[Scalar, list[Scalar]], child: Child, known: Known) -> Mapping[str, tuple[str, ...]]:
    """Return states per parent; note keys that are no parents of the child, and what is no state of theirs."""
    found: dict[str, tuple[str, ...]] = {}
    for parent, words in written.items():
        if not is_parent(parent, child, known):
            continue
        if not words:
            known.problems.add(parent, f"name at least one state of {str(parent)!r}")
        states = known.states(parent, words)
        if states:
            found[str(parent)] = states
    return frozen(found)


def check_binary(kind: str, child: Child, known: Known) -> None:
    """Note a problem where the child has more than two states."""
    if len(child.states) > 2:
        message = f"{kind} is for two states, and {child.name!r} has {len(child.states)}: {', '.join(child.states)}"
        known.problems.add(child.place, message)
