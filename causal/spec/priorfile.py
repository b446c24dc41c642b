"""A prior file: text to Priors, beside the model that it is about.

    text -> tree (reader.py) -> PriorsShape (priorshape.py) -> questions and names looked up -> Priors

    here          experts, judgements, scales
    saysfile.py   what is said
    caseentry.py  comparable cases
    seedfile.py   questions whose answers are known, and what the weights come from

A file without experts has one, ANYONE, who says all of it. A file that is ``like`` another has all that the other has,
and adds cases. What needs the meaning of a question, not just its words, is
checked by later floors: parents missing from a row, two judgements of one parameter.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from causal.errors import QueryError, QuestionSyntaxError, SpecError, nearest
from causal.spec import priorshape as shapes
from causal.spec.asked import Asked
from causal.spec.caseentry import Around, read_entry
from causal.spec.grammar import parse_about
from causal.spec.known import Known, choices
from causal.spec.model import KINDS, Model, Types, frozen
from causal.spec.names import check_names
from causal.spec.priors import (
    ANYONE,
    HIERARCHICAL,
    MELD,
    MELDED,
    REPLACE,
    RESERVED,
    SHAPING,
    Abstain,
    CaseFile,
    Cite,
    Expert,
    Factors,
    Judgement,
    Priors,
    Quantiles,
    Scale,
    Seed,
)
from causal.spec.question import Comparison, Effect, Question, TypesOf, number_text
from causal.spec.reach import kind_of
from causal.spec.reader import Mapping as Tree
from causal.spec.reader import Problems, Scalar, decode, read_bytes, read_tree
from causal.spec.rivalpriors import read_held
from causal.spec.saysfile import read_says, said_text
from causal.spec.scales import LEVELS, SCALES, plain_phrase
from causal.spec.seedfile import read_seed, read_weights
from causal.spec.shape import read_shape, tidy

KEYS_BESIDE_LIKE = frozenset({"priors", "model", "like", "title", "about", "cases"})


def load_priors(path: Path | str, model: Model, judged: Priors | None = None) -> Priors:
    """Read a prior file about a model; of a rival graph, beside what was ``judged`` of the model that it changes.

    Raises SpecError with every problem of the file.

    >>> from causal.spec.modelfile import load_model
    >>> priors = load_priors("priors/rain.yaml", load_model("models/rain.yaml"))
    >>> priors.name, list(priors.experts)
    ('rain-gardeners', ['anna', 'boris'])
    """
    data = read_bytes(path)
    return _priors(decode(data, str(path)), str(path), data, model, Path(path).parent, judged)


def parse_priors(text: str, path: str, model: Model) -> Priors:
    """Read priors from text; ``path`` is the name that its errors carry. Files of cases are not read.

    Raises SpecError with every problem of the text.
    """
    return _priors(text, path, text.encode("utf-8", "replace"), model, None)


def _priors(
    text: str, path: str, data: bytes, model: Model, folder: Path | None, judged: Priors | None = None
) -> Priors:
    problems = Problems(path)
    return read_priors(read_tree(text, problems), problems, data, model, folder, judged)


def read_priors(
    tree: Tree, problems: Problems, data: bytes, model: Model, folder: Path | None, judged: Priors | None = None
) -> Priors:
    """Read a tree as priors; ``data`` is the content for the digest, ``folder`` where files of cases are looked for.

    Raises SpecError with every problem, those noted before among them.
    """
    variables = tree.key("variables")
    if variables is not None and tree.get("priors") is None:
        problems.add(variables, "this is a model file; give it as the model, and a prior file with --priors")
        problems.stop()
    shape = read_shape(shapes.PriorsShape, tree, problems)
    if shape.model != model.name:
        problems.add(shape.model, f"this file is for model {str(shape.model)!r}, not {model.name!r}")
        problems.stop()  # against another model every name would be wrong
    reading = _Reading(shape, model, problems, folder, judged)
    base = None if shape.like is None else _like(shape, model, folder, problems)
    experts = reading.experts() if base is None else base.experts
    cases = [reading.cases(each, experts) for each in shape.cases]
    content = b"".join([data, *(found for _, found in cases)])
    if base is not None:
        problems.check()
        return replace(
            base,
            name=str(shape.priors),
            cases=(*base.cases, *(case for case, _ in cases)),
            title=tidy(shape.title) or base.title,
            about=tidy(shape.about) or base.about,
            path=problems.path,
            digest=hashlib.sha256(content + base.digest.encode()).hexdigest(),
            judged_in=base.path,
        )
    priors = Priors(
        name=str(shape.priors),
        model=model.name,
        experts=experts,
        judgements=tuple(j for each in shape.judgements if (j := reading.judgement(each)) is not None),
        defaults=tuple(j for each in shape.defaults if (j := reading.judgement(each)) is not None),
        scale=reading.scale,
        scales=reading.own_scales,
        sources=frozen({str(key): tidy(value) for key, value in shape.sources.items()}),
        pooling=shape.pooling if isinstance(shape.pooling, str) else HIERARCHICAL,
        factors=reading.factors(),
        weights=read_weights(shape, problems),
        seeds=tuple(seed for each in shape.seeds if (seed := reading.seed(each)) is not None),
        cases=tuple(case for case, _ in cases),
        held=read_held(shape, model, problems, judged),
        title=tidy(shape.title),
        about=tidy(shape.about),
        path=problems.path,
        digest=hashlib.sha256(content).hexdigest(),
    )
    problems.check()
    return priors


class _Reading:
    """One file on its way from shape to values."""

    def __init__(
        self, shape: shapes.PriorsShape, model: Model, problems: Problems, folder: Path | None, judged: Priors | None
    ) -> None:
        self.shape, self.model, self.problems, self.folder = shape, model, problems, folder
        states = {name: variable.states for name, variable in model.variables.items()}
        self.known = Known(problems, frozenset(states), states, _keys_of(shape, "sources"))
        names = _keys_of(shape, "experts") if judged is None else tuple(judged.experts)
        self.judged, self.expert_names = judged, () if names == (ANYONE,) else names
        self.own_scales = self._scales()
        self.all_scales: Mapping[str, Scale] = {**SCALES, **self.own_scales}
        self.scale = str(shape.scale) if shape.scale is not None else ""
        if shape.scale is not None and shape.scale not in {*self.all_scales, *_keys_of(shape, "scales")}:
            problems.add(shape.scale, f"no scale {self.scale!r}{choices(self.scale, self.all_scales)}")

    def experts(self) -> Mapping[str, Expert]:
        """Return the experts, or ANYONE where the file has none."""
        if self.judged is not None:
            return self.judged.experts
        found = {}
        for name, each in self.shape.experts.items():
            if each.weight < 0:
                self.problems.add(each.at("weight"), "a weight cannot be below 0")
            if name in RESERVED:
                message = f"{str(name)!r} is what the panel itself is called; give this expert another name"
                self.problems.add(name, message)
            found[str(name)] = Expert(
                name=str(name),
                label=tidy(each.name),
                school=tidy(each.school),
                source=self._source(each.source),
                about=tidy(each.about),
                weight=each.weight,
                pool=each.pool,
            )
        if not self.expert_names:
            return frozen({ANYONE: Expert(ANYONE)})
        if not any(expert.pool and expert.weight > 0 for expert in found.values()) and not self.problems:
            message = "nobody is in the panel; one expert at least needs a weight above 0 and no 'pool: false'"
            self.problems.add(self.shape.at("experts"), message)
        return frozen(found)

    def factors(self) -> Factors:
        """Return the standard deviations of a hierarchical pool, the defaults where the file gives none."""
        written = self.shape.pooling
        if isinstance(written, str):
            return Factors()
        given = written.hierarchical
        found = {}
        for name in ("all", "school", "expert", "coder"):
            sd = getattr(given, name)
            if sd is not None:
                found[name] = sd
                if not 0 <= sd < math.inf:
                    message = f"{sd:g} is no standard deviation on the log-odds; write 0 or more, like 0.5"
                    self.problems.add(given.at(name), message)
        return Factors(**found)

    def judgement(self, written: shapes.DefaultShape) -> Judgement | None:
        """Return a judgement of an expert or of nobody, or None where it could not be read."""
        by = self._by(written) if isinstance(written, shapes.JudgementShape) else None
        weight = self._weight(written)
        cite = None
        if written.cite is not None:
            texts = (tidy(written.cite.page), tidy(written.cite.quote), tidy(written.cite.coder))
            cite = Cite(self._source(written.cite.source), *texts)
        about = self._about(written)
        if about is None:
            return None
        says = read_says(written.says, Asked(about, self.model, self.all_scales, self.scale, self.problems))
        if says is None:
            return None
        if written.use in SHAPING and isinstance(about, Comparison | Effect):
            kind = "an order" if isinstance(about, Comparison) else "the sign of an effect"
            message = f"{kind} has no distribution to {written.use}; write 'use: check' or 'use: evidence'"
            self.problems.add(written.at("use"), message)
        elif written.use in SHAPING and isinstance(says, Abstain):
            self.problems.add(written.at("use"), f"who abstains says nothing to {written.use}; leave 'use' out")
        return Judgement(
            about=about,
            says=says,
            by=by,
            because=tidy(written.because),
            cite=cite,
            use=written.use,
            weight=weight,
            said=said_text(written.at("says")),
            line=written.node.line,
            column=written.node.column,
        )

    def seed(self, written: shapes.SeedShape) -> Seed | None:
        """Return a question whose answer is known, or None where it could not be read."""
        return read_seed(written, self.expert_names, self.known, self.problems)

    def _weight(self, written: shapes.DefaultShape) -> float:
        """Return the weight: a power on a likelihood, or the share of what is said in a meld."""
        weight = written.weight
        if written.use == MELD and written.node.get("weight") is None:
            return MELDED
        if weight < 0:
            self.problems.add(written.at("weight"), "a weight cannot be below 0")
        elif written.use == MELD and not 0 < weight <= 1:
            message = f"the weight of a meld is the share of what is said: above 0 and up to 1, not {weight:g}"
            self.problems.add(written.at("weight"), message)
        elif written.use == REPLACE and weight != 1:
            message = f"what replaces has no weight; write 'use: meld' with a weight of {weight:g}, or leave it out"
            self.problems.add(written.at("weight"), message)
        return weight

    def _by(self, written: shapes.JudgementShape) -> str:
        if written.by is None:
            if self.expert_names and written.node.get("by") is None:
                message = f"the key 'by' is missing; the file has experts: {', '.join(self.expert_names)}"
                self.problems.add(written.node, message)
            return ANYONE
        if not self.expert_names:
            self.problems.add(written.by, "this file has no experts; list them under 'experts', or leave 'by' out")
        elif written.by not in self.expert_names:
            self.problems.add(written.by, f"no expert {str(written.by)!r}{choices(written.by, self.expert_names)}")
        return str(written.by)

    def _about(self, written: shapes.DefaultShape) -> Question | None:
        place = written.at("about")
        assert isinstance(place, Scalar)
        try:
            question = parse_about(str(place))
        except QuestionSyntaxError as error:
            self.problems.add(place, error.reason, column=place.column_of(error.column - 1))
            return None
        try:
            check_names(question, self.model)
        except QueryError as error:
            self.problems.add(place, str(error))
            return None
        if kind_of(question) == "a fixed number":
            self.problems.add(place, "a number is no question; judge a probability, P( )")
            return None
        if isinstance(question, TypesOf):
            mechanism = self.model.variables[question.variable].mechanism
            if not isinstance(mechanism, Types):
                message = f"{question.variable!r} has no response types; its mechanism is {KINDS[type(mechanism)]!r}"
                self.problems.add(place, message)
                return None
        return question

    def _source(self, word: Scalar | None) -> str:
        found = self.known.sources([word]) if word is not None else ()
        return found[0] if found else ""

    def _scales(self) -> Mapping[str, Scale]:
        """Return the file's own scales, each with the phrases of the one that it is like."""
        found: dict[str, Scale] = {}
        for name in self.shape.scales:
            self._add_scale(name, found, ())
        return frozen(found)

    def _add_scale(self, name: Scalar, found: dict[str, Scale], within: tuple[str, ...]) -> None:
        if name in found or name not in self.shape.scales:
            return
        written = self.shape.scales[name]
        if name in SCALES:
            self.problems.add(name, f"{str(name)!r} is a published scale; give yours another name, and 'like: {name}'")
        phrases: dict[str, Quantiles] = {}
        own_phrases: set[str] = set()
        if written.like is not None:
            if written.like in (*within, name):
                circle = " -> ".join((*within, name, written.like))
                self.problems.add(written.like, f"the scale is like itself: {circle}")
            else:
                own = next((each for each in self.shape.scales if each == written.like), None)
                if own is not None:
                    self._add_scale(own, found, (*within, str(name)))
                like = found.get(written.like) or SCALES.get(written.like)
                phrases.update(like.phrases if like else {})
                own_phrases |= like.own if like else frozenset()
                if like is None and own is None and written.like not in _keys_of(self.shape, "scales"):
                    known = [*SCALES, *self.shape.scales]
                    self.problems.add(written.like, f"no scale {str(written.like)!r}{nearest(written.like, known)}")
        for phrase, values in written.phrases.items():
            if len(values) != 3 or not 0 < values[0] < values[1] < values[2] < 1:
                said = ", ".join(number_text(value) for value in values)
                message = f"a phrase means its 5, 50 and 95 per cent quantiles, rising between 0 and 1, not [{said}]"
                self.problems.add(phrase, message)
            else:
                phrases[plain_phrase(phrase)] = Quantiles(LEVELS, tuple(values))
                own_phrases.add(plain_phrase(phrase))
        source = self._source(written.source)
        told = tidy(self.shape.sources.get(Scalar(source), ""))
        found[str(name)] = Scale(str(name), frozen(phrases), told, own=frozenset(own_phrases))

    def cases(self, written: shapes.CaseFileShape, experts: Mapping[str, Expert]) -> tuple[CaseFile, bytes]:
        """Return a file of comparable cases, and the content read for it."""
        schools = {name: expert.school for name, expert in experts.items()}
        around = Around(self.model, self.folder, self.known, self.problems, schools)
        return read_entry(written, around, load_priors)


def _like(shape: shapes.PriorsShape, model: Model, folder: Path | None, problems: Problems) -> Priors:
    """Return the priors of the file that this one is like; this one may have more cases, and a title of its own.

    Raises SpecError where there are none.
    """
    found = _base(shape, model, folder, problems)
    if found is None:
        problems.stop()
    return found


def _base(shape: shapes.PriorsShape, model: Model, folder: Path | None, problems: Problems) -> Priors | None:
    for key in shape.node.entries:
        if key not in KEYS_BESIDE_LIKE:
            message = f"a file like another adds cases only; write {str(key)!r} in {shape.like}, or leave it out"
            problems.add(shape.at(key), message)
    path = Path(str(shape.like)) if folder is None else folder / str(shape.like)
    if folder is None:
        problems.add(shape.at("like"), "priors that are read from text are like no file; load them from a file")
    elif not path.is_file():
        problems.add(shape.at("like"), f"no file {str(shape.like)!r}; its path starts from the folder of this file")
    elif path.resolve() == Path(problems.path).resolve():
        problems.add(shape.at("like"), "this file is like itself; name the file with the judgements")
    else:
        try:
            base = load_priors(path, model)
        except SpecError as error:
            problems.take(error)
        else:
            if not base.judged_in:
                return base
            message = f"{shape.like} is like another file itself; name that one, {Path(base.judged_in).name}"
            problems.add(shape.at("like"), message)
    return None


def _keys_of(shape: shapes.PriorsShape, key: str) -> tuple[str, ...]:
    """Return the names under a key as written, those that could not be read among them."""
    node = shape.node.get(key)
    return tuple(str(each) for each in node.names) if isinstance(node, Tree) else ()
