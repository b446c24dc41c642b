"""A filled sheet of answers, read beside the prior file that it is to be merged into.

    priors, model   which file and which model it is for
    scale           what words of likelihood mean, where the prior file does not say and an answer is in words
    sources         works that the prior file does not know yet
    experts         people that the prior file does not know yet
    judgements      entries as in a prior file; one whose `says` is empty is not answered

The entries go through the reader of prior files, with the names, scales and sources of the prior file before them, so
that every problem is one of the sheet, at its place in the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from causal.errors import Problem, SpecError
from causal.spec.known import choices
from causal.spec.model import Model, frozen
from causal.spec.priorfile import read_priors
from causal.spec.priors import ANYONE, Expert, Judgement, Priors
from causal.spec.reader import Mapping, Node, Problems, Scalar, Sequence, decode, read_bytes, read_tree

KEYS = ("priors", "model", "scale", "sources", "experts", "judgements")
NEW_KEYS = ("sources", "experts")  # names that a sheet may add


@dataclass(frozen=True)
class Answers:
    """What a sheet adds to a prior file: values, and the same as written.

    ``entries`` has the tree of each judgement, ``new`` those of new sources and experts, by key and name; ``scale`` is
    empty where the prior file has one, or where no answer needs one. ``unanswered`` counts entries that say nothing;
    ``reasons`` are the lines of those that give a reason nevertheless.
    """

    path: str
    priors: str
    judgements: tuple[Judgement, ...]
    entries: tuple[Mapping, ...] = field(repr=False)
    scale: str = ""
    sources: Names[str, str] = field(default_factory=lambda: frozen({}))
    experts: Names[str, Expert] = field(default_factory=lambda: frozen({}))
    new: Names[str, Names[str, Node]] = field(default_factory=lambda: frozen({}), repr=False)
    unanswered: int = 0
    reasons: tuple[int, ...] = ()


def load_answers(path: Path | str, model: Model, onto: str | None, onto_path: str = "") -> Answers:
    """Read a filled sheet; ``onto`` is the text of the prior file, None where there is none yet.

    Raises SpecError with every problem of the sheet.
    """
    return parse_answers(decode(read_bytes(path), str(path)), str(path), model, onto, onto_path)


def parse_answers(text: str, path: str, model: Model, onto: str | None, onto_path: str = "") -> Answers:
    """Read a filled sheet from text; ``path`` is the name that its errors carry."""
    problems = Problems(path)
    tree = read_tree(text, problems)
    base = read_tree(onto, Problems(onto_path)) if onto is not None else None
    like = None if base is None else base.get("like")
    if isinstance(like, Scalar):
        message = f"this file has its judgements from {like}; merge the sheet into that one"
        raise SpecError([Problem(onto_path, like.line, like.column, "like", message)])
    return _Sheet(tree, base, onto_path, model, problems).read()


def plus(priors: Priors, answers: Answers) -> Priors:
    """Return the priors with the answers behind what is there; each judgement keeps its place in its own file."""
    known = {} if answers.experts and priors.experts == {ANYONE: Expert(ANYONE)} else priors.experts
    return replace(
        priors,
        experts=frozen({**known, **answers.experts}),
        judgements=(*priors.judgements, *answers.judgements),
        sources=frozen({**priors.sources, **answers.sources}),
        scale=priors.scale or answers.scale,
    )


def plain(node: Node) -> object:
    """Return a tree as texts, lists and dictionaries, without places."""
    match node:
        case Scalar():
            return str(node)
        case Mapping():
            return {str(key): plain(value) for key, value in node.entries.values()}
    return [plain(item) for item in node.items]


class _Sheet:
    """One sheet on its way to values; ``base`` is the tree of the prior file."""

    def __init__(self, tree: Mapping, base: Mapping | None, onto: str, model: Model, problems: Problems) -> None:
        self.tree, self.base, self.onto, self.model, self.problems = tree, base, onto, model, problems
        self.unanswered = 0
        self.reasons: list[int] = []

    def read(self) -> Answers:
        self._check_keys()
        said = self._answered()
        new = {key: self._new(key) for key in NEW_KEYS}
        scale = self._scale()
        if scale is not None and self._readable(self._together(said, new, None)):
            scale = None  # nobody answered in words
        priors = read_priors(self._together(said, new, scale), self.problems, b"", self.model, None)
        named = self.tree.get("priors")
        return Answers(
            path=self.problems.path,
            priors=str(named) if isinstance(named, Scalar) and named else self.model.name,
            judgements=priors.judgements,
            entries=tuple(said),
            scale=str(scale or ""),
            sources=frozen({name: priors.sources[name] for name in new["sources"]}),
            experts=frozen({name: priors.experts[name] for name in new["experts"]}),
            new=frozen({key: frozen(found) for key, found in new.items()}),
            unanswered=self.unanswered,
            reasons=tuple(self.reasons),
        )

    def _readable(self, together: Mapping) -> bool:
        try:
            read_priors(together, Problems(self.problems.path), b"", self.model, None)
        except SpecError:
            return False
        return True

    def _check_keys(self) -> None:
        """Note what belongs to the prior file alone, and a sheet of another prior file."""
        for key in self.tree.names:
            if key not in KEYS:
                self.problems.add(key, f"a sheet of answers has no key {str(key)!r}{choices(key, KEYS)}")
        model = self.tree.get("model")
        if isinstance(model, Scalar) and model and model != self.model.name:
            self.problems.add(model, f"these answers are about model {str(model)!r}, not {self.model.name!r}")
            self.problems.stop()  # against another model every name would be wrong
        named, known = self.tree.get("priors"), self.base.get("priors") if self.base else None
        if isinstance(named, Scalar) and isinstance(known, Scalar) and named and named != known:
            self.problems.add(named, f"these answers are for the priors {str(named)!r}; {self.onto} is {str(known)!r}")

    def _answered(self) -> list[Mapping]:
        """Return the entries that say something, without the keys that were left empty."""
        node = self.tree.get("judgements")
        if node is None or _empty(node):
            return []
        if not isinstance(node, Sequence):
            self.problems.add(node, "expected a list of answers, each beginning with '- about:'")
            return []
        found = []
        for entry in node.items:
            if not isinstance(entry, Mapping):
                self.problems.add(entry, "expected keys and values: about, by, says")
            elif (says := entry.get("says")) is None or _empty(says):
                self.unanswered += 1
                because = entry.get("because")
                self.reasons += [entry.line] if because is not None and not _empty(because) else []
            else:
                found.append(_filled(entry))
        return found

    def _new(self, key: str) -> dict[str, Node]:
        """Return the names under a key that the prior file does not have; the same again is no second one."""
        node, known = self.tree.get(key), self._known(key)
        if node is None or _empty(node):
            return {}
        if not isinstance(node, Mapping):
            self.problems.add(node, "expected keys and values")
            return {}
        found = {}
        for name, value in node.entries.values():
            if name not in known:
                found[str(name)] = _filled(value)
            elif not _empty(value) and plain(_filled(value)) != plain(known[name]):
                self.problems.add(
                    name, f"{str(name)!r} is in {self.onto} already; change it there, and leave it out here"
                )
        if found and key == "experts" and not known and self._known_judgements():
            what = f"{self.onto} has judgements and no experts: they are everyone's; leave 'experts' and 'by' out"
            self.problems.add(node, what)
        return found

    def _known(self, key: str) -> dict[str, Node]:
        node = self.base.get(key) if self.base else None
        return {str(name): value for name, value in node.entries.values()} if isinstance(node, Mapping) else {}

    def _known_judgements(self) -> tuple[Node, ...]:
        node = self.base.get("judgements") if self.base else None
        return node.items if isinstance(node, Sequence) else ()

    def _scale(self) -> Scalar | None:
        """Return the scale where the prior file has none."""
        scale, known = self.tree.get("scale"), self.base.get("scale") if self.base else None
        if not isinstance(scale, Scalar) or not scale:
            return None
        if known is not None and scale != known:
            self.problems.add(scale, f"{self.onto} reads words on the scale {plain(known)!r}; change it there")
        return scale if known is None else None

    def _together(self, said: list[Mapping], new: Names[str, Names[str, Node]], scale: Scalar | None) -> Mapping:
        """Return the prior file's names and scales with the sheet's answers in place of the judgements."""
        root, base = self.tree, self.base.entries if self.base else {}
        entries: dict[str, Node] = {
            "priors": self._word("priors", self.model.name),
            "model": self._word("model", self.model.name),
            **{key: value for key, (_, value) in base.items() if key in ("scale", "scales", *NEW_KEYS)},
        }
        if scale is not None:
            entries["scale"] = scale
        for key in NEW_KEYS:
            if new[key]:
                places = self.tree.get(key)
                assert isinstance(places, Mapping)
                both = {name: (Scalar(name), value) for name, value in self._known(key).items()}
                both |= {name: (places.entries[name][0], value) for name, value in new[key].items()}
                entries[key] = replace(places, entries=MappingProxyType(both))
        entries["judgements"] = Sequence(tuple(said), root.line, root.column, "judgements")
        pairs = {key: (self.tree.key(key) or Scalar(key), value) for key, value in entries.items()}
        return Mapping(MappingProxyType(pairs), root.line, root.column)

    def _word(self, key: str, otherwise: str) -> Node:
        node = self.tree.get(key)
        return node if node is not None and not _empty(node) else Scalar(otherwise)


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node


def _filled[N: Node](node: N) -> N:
    """Return a mapping without the keys that were left empty, and any other node as it is."""
    if not isinstance(node, Mapping):
        return node
    kept = {key: pair for key, pair in node.entries.items() if not _empty(pair[1])}
    return replace(node, entries=MappingProxyType(kept))
