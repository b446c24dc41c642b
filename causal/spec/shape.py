"""The raw shape of a file: pydantic describes it, and what does not fit is told in plain words at its place.

    tree (reader.py)  ->  dicts and lists of Scalars  ->  Shape  ->  values (modelfile.py, priorfile.py)

A Shape is a frozen pydantic model whose JSON Schema editors use. Its names and numbers are read from text by the kinds
below, so that nothing is taken for a number or a truth value unless one is expected:

    kind      accepts                                  becomes
    Name      any text but the empty one               Scalar, with its place
    Text      any text                                 Scalar
    Number    12, 0.5, 1e-3                            float
    Share     a probability: 0.6 or 60%                float
    Amount    a share of any size: a ratio, a difference  float
    Flag      true, false                              bool
    When      1919, 1919-03, 1919-03-16, a/b           Span

What cannot be read is reported and cut out, and what remains is read again: that is how one mistake does not hide
the others. Pydantic's own words never reach a user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainValidator,
    PrivateAttr,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from causal.errors import nearest
from causal.spec.dates import Span
from causal.spec.reader import Mapping, Node, Problems, Scalar, Sequence

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)


class Branch(dict[str, Any]):
    """A mapping on its way into pydantic: it remembers its node, and which Shape was tried on it."""

    def __init__(self, node: Mapping) -> None:
        super().__init__((key, _data(value)) for key, value in node.entries.values())
        self.node = node
        self.shape: type[Shape] | None = None


class Items(list[Any]):
    """A list on its way into pydantic, with its node."""

    def __init__(self, node: Sequence) -> None:
        super().__init__(_data(item) for item in node.items)
        self.node = node


def _data(node: Node) -> Branch | Items | Scalar:
    match node:
        case Mapping():
            return Branch(node)
        case Sequence():
            return Items(node)
    return node


class Shape(BaseModel):
    """The base of every raw shape: frozen, closed to unknown keys, aware of its node."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=False)
    noun: ClassVar[str] = "unknown key"  # what an unknown key is called

    _node: Mapping = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Shape]) -> Shape:
        if isinstance(data, Scalar) and data.plain and not data:  # 'key:' with nothing behind it
            data = Branch(Mapping(MappingProxyType({}), data.line, data.column, data.where))
        if not isinstance(data, Branch):
            raise plainly(f"expected keys and values, found {found(data)}")
        data.shape = cls
        shape = handler(data)
        shape._node = data.node
        return shape

    @classmethod
    def bare(cls) -> Self:
        """Return the Shape of an empty mapping: every key at its default."""
        return cls.model_validate(Branch(Mapping(MappingProxyType({}), 1, 1)))

    @property
    def node(self) -> Mapping:
        """The mapping that this was read from."""
        return self._node

    def at(self, key: str) -> Node:
        """Return the node of a key's value, or of the whole where the key is missing."""
        value = self._node.get(key)
        return self._node if value is None else value  # an empty Scalar is false, and there

    @classmethod
    def known_keys(cls) -> tuple[str, ...]:
        """Return the keys that may stand here, as they are written."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())


def plainly(message: str) -> PydanticCustomError:
    """Return an error for pydantic to carry that is shown as it stands."""
    return PydanticCustomError("plain", "{said}", {"said": message})


def found(data: object) -> str:
    """Return words for what stood where something else was expected."""
    if isinstance(data, dict):
        return "a mapping (keys and values)" if data else "an empty mapping"
    if isinstance(data, list):
        return "a list" if data else "an empty list"
    text = str(data).strip()
    if not text:
        return "nothing"
    return repr(text if len(text) <= 40 else text[:37] + "...")


def tidy(text: str) -> str:
    """Return a text without the blank space around it (a folded block ends with a line break)."""
    return str(text).strip()


def number(text: str) -> float | None:
    """Read a plain decimal number, or return None."""
    if len(text) > 50 or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def share(text: str) -> float | None:
    """Read a number that may be a percentage (``60%`` is 0.6), or return None; its range is not looked at."""
    if text.endswith("%"):
        value = number(text[:-1].rstrip())
        return None if value is None else float(f"{value / 100:.15g}")
    return number(text)


def _word(data: Any) -> Scalar:
    if not isinstance(data, Scalar):
        raise plainly(f"expected one word or text, found {found(data)}")
    return data


def _name(data: Any) -> Scalar:
    word = _word(data)
    if not word.strip():
        raise plainly("a name is missing here")
    return word


def _number(data: Any) -> float:
    value = number(data) if isinstance(data, Scalar) else None
    if value is None:
        raise plainly(f"expected a number, found {found(data)}")
    return value


def _share(data: Any) -> float:
    value = share(data) if isinstance(data, Scalar) else None
    if value is None:
        raise plainly(f"expected a probability like 0.6 or 60%, found {found(data)}")
    if not 0 <= value <= 1:
        hint = f"; write {data}%" if 2 <= value <= 100 and not data.endswith("%") else ""
        raise plainly(f"{str(data)!r} is no probability, it must be from 0 to 1{hint}")
    return value


def _amount(data: Any) -> float:
    value = share(data) if isinstance(data, Scalar) else None
    if value is None:
        raise plainly(f"expected a number like 0.6 or 60%, found {found(data)}")
    return value


def _flag(data: Any) -> bool:
    if isinstance(data, Scalar) and data.lower() in ("true", "false"):
        return data.lower() == "true"
    raise plainly(f"expected true or false, found {found(data)}")


def _when(data: Any) -> Span:
    try:
        return Span.parse(str(_word(data)))
    except ValueError as error:
        raise plainly(str(error)) from None


# Editors resolve YAML before they look at the schema: a state `yes` or `1` may reach it as a truth value or a number.
_ANY_TEXT = {"type": ["string", "number", "boolean", "null"]}
_PERCENT = {"type": "string", "pattern": r"^\s*\d+(\.\d*)?\s*%\s*$"}
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?$"

Name = Annotated[Scalar, PlainValidator(_name), WithJsonSchema(_ANY_TEXT)]
Text = Annotated[str, PlainValidator(_word), WithJsonSchema(_ANY_TEXT)]
Number = Annotated[float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Share = Annotated[
    float,
    PlainValidator(_share),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PERCENT]}),
]
Amount = Annotated[float, PlainValidator(_amount), WithJsonSchema({"anyOf": [{"type": "number"}, _PERCENT]})]
Flag = Annotated[bool, PlainValidator(_flag), WithJsonSchema({"type": "boolean"})]
When = Annotated[
    Span, PlainValidator(_when), WithJsonSchema({"anyOf": [{"type": "string", "pattern": _DATE}, {"type": "integer"}]})
]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Annotation of a text that is one of these words: ``Annotated[str, OneOf(("first", "actual"))]``."""

    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"enum": list(self.words)}

    def _check(self, data: Any) -> str:
        word = _word(data)
        if word not in self.words:
            raise plainly(f"{found(word)} is none of {', '.join(self.words)}{nearest(word, self.words)}")
        return str(word)


def _listed(data: Any) -> Any:
    return [data] if isinstance(data, Scalar) else data


OneOrMore = Annotated[
    list[Name],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_ANY_TEXT, {"type": "array", "items": _ANY_TEXT, "minItems": 1}]}),
]


def form(data: Any) -> str:
    """Return the tag of a value, which is a word, a list or a mapping."""
    return "<list>" if isinstance(data, list) else "<mapping>" if isinstance(data, dict) else "<word>"


def by_form(expected: str) -> Discriminator:
    """Return a discriminator of the three forms, with the sentence for one that is not allowed."""
    return Discriminator(form, custom_error_type="plain", custom_error_message=f"expected {expected}")


def by_form_or_keys(keys: Iterable[str], expected: str) -> Discriminator:
    """Return a discriminator of the three forms that tells a mapping with one of these keys from any other."""
    known = frozenset(keys)

    def tag(data: Any) -> str:
        return "<keys>" if isinstance(data, dict) and not known.isdisjoint(data) else form(data)

    return Discriminator(tag, custom_error_type="plain", custom_error_message=f"expected {expected}")


AsList = Tag("<list>")
AsKeys = Tag("<keys>")
AsMapping = Tag("<mapping>")
AsWord = Tag("<word>")


def read_shape[S: Shape](shape: type[S], tree: Mapping, problems: Problems) -> S:
    """Return the tree as a Shape, without the parts that were reported as problems.

    Raises SpecError where what is left is no Shape any more.
    """
    data = Branch(tree)
    while True:  # every round leaves something out, so it ends
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            wanting = False
            cuts: dict[int, tuple[Branch | Items, set[Any]]] = {}
            for line in error.errors(include_url=False, include_input=False):
                if line["type"] == "none_required":  # the empty alternative of an optional key: the other one tells
                    continue
                trail = _trail(data, line["loc"])
                _report(line, data, trail, problems)
                place = _cut(trail)
                if place is None:
                    wanting = True
                    continue
                cuts.setdefault(id(place[0]), (place[0], set()))[1].add(place[1])
            if wanting:
                problems.stop()
            for container, keys in cuts.values():
                for key in sorted(keys, reverse=True):
                    del container[key]


Trail = list[tuple[Branch | Items, Any]]  # (container, key in it), from the root inwards


def _trail(data: Branch, loc: Iterable[int | str]) -> Trail:
    """Follow pydantic's location into the data, past the names of alternatives that it mixes in."""
    trail: Trail = []
    at: Any = data
    for step in loc:
        inside = step in at if isinstance(at, Branch) else isinstance(at, Items) and isinstance(step, int)
        if inside:
            trail.append((at, step))
            at = at[step]
    return trail


def _report(line: Any, data: Branch, trail: Trail, problems: Problems) -> None:
    kind, loc = line["type"], line["loc"]
    container: Any
    container, key = trail[-1] if trail else (None, None)
    value = data if container is None else container[key]
    if kind == "missing":
        # a key that stood there and could not be read has been reported
        if isinstance(value, Scalar) or value.node.get(str(loc[-1])) is None:
            problems.add(value if isinstance(value, Scalar) else value.node, f"the key {str(loc[-1])!r} is missing")
    elif kind == "extra_forbidden" and isinstance(container, Branch):
        _unknown_key(container, str(key), problems)
    elif loc and loc[-1] == "[key]" and isinstance(container, Branch):
        problems.add(_key(container, str(key)), line["msg"])
    else:
        message = PLAIN.get(kind, line["msg"])
        if message.startswith("expected") and ", found" not in message:
            message = f"{message}, found {found(value)}"
        problems.add(value if isinstance(value, Scalar) else value.node, message)


PLAIN = {  # the errors of pydantic's own that are left, in our words
    "list_type": "expected a list like [a, b]",
    "dict_type": "expected keys and values",
}


def _unknown_key(branch: Branch, key: str, problems: Problems) -> None:
    known = branch.shape.known_keys() if branch.shape else ()
    noun = branch.shape.noun if branch.shape else "unknown key"
    hint = nearest(key, known) or f"; there is {', '.join(known)}"
    if branch.node.flow and (")" in key or "]" in key):
        hint = "; within { } put a question that contains a comma in quotes"
    problems.add(_key(branch, key), f"{noun} {found(key)}{hint}")


def _key(branch: Branch, key: str) -> Node:
    scalar = branch.node.key(key)
    return branch.node if scalar is None else scalar


def _cut(trail: Trail) -> tuple[Branch | Items, Any] | None:
    """Return the smallest part without which the rest can be read: a key of a Shape, or one Shape of a collection."""
    for depth in range(len(trail), 0, -1):
        container, key = trail[depth - 1]
        if isinstance(container, Branch) and container.shape is not None:
            return container, key
        if depth > 1 and _is_collection(*trail[depth - 2]):
            return container, key
    return None


def _is_collection(owner: Branch | Items, name: Any) -> bool:
    """Tell whether this key of a Shape holds Shapes side by side, as `variables` holds the variables."""
    if not isinstance(owner, Branch) or owner.shape is None:
        return False
    for field, info in owner.shape.model_fields.items():
        if (info.alias or field) == name and get_origin(info.annotation) in (dict, list):
            inner = get_args(info.annotation)[-1]
            return isinstance(inner, type) and issubclass(inner, Shape)
    return False
