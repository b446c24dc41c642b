"""A network file in the interchange format BIF (Cozman 1998): text to a Model that has its numbers.

    network x { }
    variable x { type discrete [ 2 ] { yes, no }; }
    probability ( x | a, b ) {       the first is the child, the others are its parents
      (yes, no) 0.1, 0.9;            biftable.py reads the rows, biftext.py the words
    }

Every row is divided by its own sum, and a note of the model says so where that was off. Refused, each at its line and
column: a row with a number below 0 or with nothing above 0, one that is missing or written twice, circles; more than
10 MB of text (``.gz`` is unpacked), 2**20 numbers in a table or 4 million in all. One mistake is told per block.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from pathlib import Path

from causal.errors import nearest
from causal.spec.biftable import Body, Header, read_body
from causal.spec.biftext import Named, Text, Wrong, line_of
from causal.spec.circles import circles
from causal.spec.known import near
from causal.spec.model import Edge, Given, Model, Variable, frozen
from causal.spec.reader import Problems, decode, read_bytes

MAX_BYTES = 10_000_000
MAX_TABLE = 1 << 20
MAX_NUMBERS = 4_000_000
UNNAMED = "unknown"  # what every network of the bnlearn repository is called
BLOCKS = ("network", "variable", "probability")
EXAMPLE = "variable x { type discrete [2] { yes, no }; }"

_BODY = re.compile(r'[^"{}]*(?:"[^"\n]*"[^"{}]*)*\}')  # of a block without braces in it, to its end
_NEXT = re.compile(rf"\}}\s*(?=(?:{'|'.join(BLOCKS)})\b)")
_ENDING = re.compile(r"\.bif(\.gz)?$", re.IGNORECASE)


def is_bif(path: Path | str) -> bool:
    """Return whether a file is a network file by its name: ``.bif`` or ``.bif.gz``.

    >>> is_bif("networks/alarm.bif.gz"), is_bif("models/rain.yaml")
    (True, False)
    """
    return _ENDING.search(Path(path).name) is not None


def load_bif(path: Path | str) -> Model:
    """Read a network file.

    Raises SpecError with the problems of the file.
    """
    data = read_bytes(path, MAX_BYTES)
    packed = Path(path).name.lower().endswith(".gz")
    return _model(decode(_unpacked(data, str(path)) if packed else data, str(path)), str(path), data)


def parse_bif(text: str, path: str = "network.bif") -> Model:
    """Read a network from text; ``path`` is the name that its errors carry.

    >>> model = parse_bif("variable x { type discrete [2] {a, b}; } probability (x) { table 0.2, 0.8; }", "x.bif")
    >>> model.name, model.variables["x"].mechanism.shares
    ('x', (0.2, 0.8))
    """
    return _model(text, path, text.encode("utf-8", "replace"))


def _unpacked(data: bytes, path: str) -> bytes:
    """Return what was packed, of which no more than the limit is unpacked."""
    problems = Problems(path)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            found = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        problems.at(1, 1, "", "not readable as gzip; a file that is not packed has the ending .bif")
        problems.stop()
    if len(found) > MAX_BYTES:
        problems.at(1, 1, "", f"larger than {MAX_BYTES // 1_000_000} MB when unpacked, the most that is read")
        problems.stop()
    return found


def _model(text: str, path: str, data: bytes) -> Model:
    text, problems = text.removeprefix("\ufeff"), Problems(path)
    try:
        reader = _Reader(Text(text), problems)
    except Wrong as wrong:
        problems.at(*line_of(text, wrong.at), "", wrong.message)
        problems.stop()
    reader.read()
    problems.check()
    variables = {
        name: Variable(
            name,
            states,
            edges=tuple(Edge(parent.word) for parent in reader.headers[name].parents),
            mechanism=Given(reader.bodies[name].shares),
        )
        for name, states in reader.states.items()
    }
    name = _ENDING.sub("", Path(path).name) if reader.name in ("", UNNAMED) else reader.name
    digest = hashlib.sha256(data).hexdigest()
    return Model(name, frozen(variables), path=path, digest=digest, notes=reader.notes())


class _Reader:
    """Reads all variables first, then all probabilities: a block may come before those that it names.

    A variable whose block could not be read has no states here, and nothing is held against those that name it.
    """

    def __init__(self, text: Text, problems: Problems) -> None:
        self.text, self.problems = text, problems
        self.where = ""  # the block that is read
        self.name = ""
        self.named: dict[str, int] = {}
        self.told: set[str] = set()  # variables with a block of probabilities, readable or not
        self.lost = False  # whether there is a block of which nobody knows whose it is
        self.states: dict[str, tuple[str, ...]] = {}
        self.headers: dict[str, Header] = {}
        self.bodies: dict[str, Body] = {}
        self.size = 0

    def read(self) -> None:
        """Read everything, noting one problem per block."""
        text, waiting = self.text, []
        while (start := text.skip()) < len(text.text):
            kind = text.peek()
            if kind not in BLOCKS:  # nobody knows where this ends
                message = f"expected 'network', 'variable' or 'probability', found {text.here()}{nearest(kind, BLOCKS)}"
                self.where = ""
                self._note(Wrong(start, message))
                return
            self.where = kind
            try:
                text.word(kind)
                if kind == "network":
                    self._network()
                elif kind == "variable":
                    self._variable()
                else:
                    behind = text.at
                    self._leave(start)
                    waiting.append(behind)
            except Wrong as wrong:
                self._note(wrong)
                self.lost |= kind == "probability"
                end = _NEXT.search(text.text, wrong.at)
                text.at = len(text.text) if end is None else end.end()
        if not self.named and not self.problems:
            self.problems.at(1, 1, "", f"there is no variable in the file; write '{EXAMPLE}'")
        for text.at in waiting:
            self.where = "probability"
            try:
                self._probability()
            except Wrong as wrong:
                self._note(wrong)
        self._check_whole()

    def notes(self) -> tuple[str, ...]:
        """Say which rows did not add up, in one sentence; nothing where all did."""
        off = [each for body in self.bodies.values() for each in body.off]
        if not off:
            return ()
        worst = max(off, key=lambda each: each.by)
        at = f"{worst.total:.6g}, {worst.child} at line {line_of(self.text.text, worst.at)[0]}"
        if len(off) == 1:
            return (f"1 row does not add up to 1 and was divided by its sum ({at})",)
        return (f"{len(off):,} rows do not add up to 1 and were divided by their sums (the furthest: {at})",)

    def _network(self) -> None:
        self.name = self.text.word("the network's name").word
        self.text.expect("{")
        while not self.text.found("}"):
            self.text.property()

    def _variable(self) -> None:
        text = self.text
        named = text.word("the variable's name")
        self.where = f"variable {named.word}"
        if named.word in self.named:
            raise Wrong(named.at, f"the variable {named.word!r} stands here twice")
        self.named[named.word] = named.at
        states: tuple[str, ...] = ()
        text.expect("{")
        while not text.found("}"):
            if text.peek() != "type":
                text.property()
            elif states:
                raise Wrong(text.at, "a second type")
            else:
                states = self._type()
        if not states:
            raise Wrong(named.at, f"the variable {named.word!r} has no type; write '{EXAMPLE}'")
        self.states[named.word] = states

    def _type(self) -> tuple[str, ...]:
        text = self.text
        text.word("'type'")
        kind = text.word("'discrete'")
        if kind.word != "discrete":
            raise Wrong(kind.at, f"only 'type discrete' is read, found {kind.word!r}")
        text.expect("[")
        count = text.word("the number of states")
        text.expect("]")
        text.expect("{")
        states: list[str] = []
        while not text.found("}"):
            state = text.word("a state or '}'")
            if state.word in states:
                raise Wrong(state.at, f"the state {state.word!r} stands here twice")
            states.append(state.word)
        text.expect(";")
        if count.word != str(len(states)):
            said = f"the number of states is {len(states)}, not {count.word}: {', '.join(states)}"
            raise Wrong(count.at, f"{said}; a state with a blank or comma in it stands in quotes")
        if len(states) < 2:
            raise Wrong(count.at, f"a variable has at least two states, this one {len(states)}")
        return tuple(states)

    def _leave(self, start: int) -> None:
        """Go behind a probability block, which has no braces inside."""
        brace = self.text.text.find("{", start)
        end = None if brace < 0 else _BODY.match(self.text.text, brace + 1)
        if end is None:
            raise Wrong(start, "this block is never closed; write '}' behind it")
        self.text.at = end.end()

    def _probability(self) -> None:
        text = self.text
        text.expect("(")
        child = text.word("the child's name")
        self.where = f"probability {child.word}"
        parents: list[Named] = []
        while not text.found(")"):
            parents.append(text.word("a parent's name or ')'"))
        self.told.add(child.word)
        self.lost |= child.word not in self.named
        seen: set[str] = set()
        for each in (child, *parents):
            if each.word not in self.named:
                raise Wrong(each.at, f"no variable {each.word!r}{near(each.word, self.named)}")
            if each.word in seen:
                raise Wrong(each.at, f"{each.word!r} stands here twice")
            seen.add(each.word)
        if child.word in self.headers:
            raise Wrong(child.at, f"the probabilities of {child.word!r} stand here twice")
        places = {name: {s: place for place, s in enumerate(self.states[name])} for name in seen & self.states.keys()}
        header = self.headers[child.word] = Header(child, tuple(parents), places)
        if len(places) == len(seen):
            self._check_size(header)
            self.bodies[child.word] = read_body(text, header)

    def _check_size(self, header: Header) -> None:
        size = header.rows * header.width
        if size > MAX_TABLE:
            raise Wrong(header.child.at, f"a table of {size:,} numbers, more than {MAX_TABLE:,}, the most that is read")
        self.size += size
        if self.size > MAX_NUMBERS:
            raise Wrong(header.child.at, f"more than {MAX_NUMBERS:,} numbers in all, the most that is read")

    def _check_whole(self) -> None:
        for name in self.states.keys() - self.told if not self.lost else ():
            self.where = f"variable {name}"
            self._note(Wrong(self.named[name], f"it has no probabilities; write 'probability ( {name} ) {{ ... }}'"))
        parents = {name: [parent.word for parent in header.parents] for name, header in self.headers.items()}
        for circle in circles(parents):
            at = next(parent.at for parent in self.headers[circle[0]].parents if parent.word == circle[-1])
            self.where = f"probability {circle[0]}"
            self._note(Wrong(at, f"the arrows run in a circle: {' -> '.join([*circle, circle[0]])}"))

    def _note(self, wrong: Wrong) -> None:
        self.problems.at(*line_of(self.text.text, wrong.at), self.where, wrong.message)
