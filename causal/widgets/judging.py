"""What both widgets are: a question, something to move, the curve fitted to it, and the judgement it makes.

    the hand moves       ->  counts or values          (browser)
    counts or values     ->  says -> fit -> curve       (here, in a millisecond or two)
    curve, said, yaml    ->  drawn, read, copied        (browser)

What is stored in a notebook beside the live view is a picture, so that it can be read where nothing runs. The view asks
for a new one when the hand has left it: to replace it while it is used would take the view away from under the hand.
"""

from __future__ import annotations

from abc import abstractmethod
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from IPython import display as ipython
from traitlets import Dict, List, Unicode

from causal.elicit import Fit, Share
from causal.errors import CausalError
from causal.spec.judgementtext import InNumbers, judgement_text
from causal.tell.displays import Picture, safely
from causal.tell.pictures.chips import density
from causal.tell.wording import quantity
from causal.widgets.judged import Judged

HERE = Path(__file__).parent
POINTS = 160  # of the curve that is sent
DIGITS = 5

# both are without types
_show: Callable[..., Any] = ipython.display
_show_again: Callable[..., Any] = ipython.update_display


class Judging(anywidget.AnyWidget):  # abstract by its methods: a widget has a metaclass of its own
    """A judgement made by hand; ``judgement``, ``says``, ``fit`` and ``picture`` are of the state it is in now."""

    _esm = HERE / "judging.js"
    _css = HERE / "judging.css"

    kind = Unicode().tag(sync=True)
    about = Unicode().tag(sync=True)
    words = Unicode().tag(sync=True)
    meaning = List(Unicode()).tag(sync=True)
    by = Unicode().tag(sync=True)
    axis = Unicode().tag(sync=True)
    curve = Dict().tag(sync=True)
    said = List(Unicode()).tag(sync=True)
    yaml = Unicode().tag(sync=True)

    def __init__(self, judged: Judged, **state: Any) -> None:
        self._judged = judged
        self._place = ""  # the display that it stands in, once it does
        super().__init__(
            about=str(judged.about),
            words=judged.words,
            meaning=list(judged.meaning),
            by=judged.by,
            axis=judged.axis,
            **state,
        )
        self.on_msg(self._heard)
        self._follow()

    @property
    @abstractmethod
    def says(self) -> InNumbers:
        """What is said, as the value that a prior file's reader makes of it.

        Raises ElicitationError while nothing is.
        """

    @property
    @abstractmethod
    def picture(self) -> Picture:
        """The state as a picture: what was laid or placed, and the curve."""

    @property
    @abstractmethod
    def state(self) -> list[Any]:
        """What the hand has made, so that the view can tell a curve of another state."""

    @property
    @abstractmethod
    def ends(self) -> tuple[float, float]:
        """The ends of the axis."""

    @abstractmethod
    def progress(self) -> str:
        """Return how far the judging is, in a line."""

    @property
    def fit(self) -> Fit:
        """The belief fitted to what is said, with what it implies laid beside it.

        Raises ElicitationError while nothing is said, or where no distribution can be made of it.
        """
        return self._judged.fitter(self.says)

    @property
    def judgement(self) -> str:
        """An entry for the ``judgements:`` of a prior file, as YAML.

        Raises ElicitationError as ``fit`` does: what has no fit is no judgement yet.
        """
        says, _ = self.says, self.fit
        return judgement_text(self._judged.about, says, self._judged.by, self._judged.because)

    def fitted(self) -> Fit | None:
        """Return the fit, or None while there is none."""
        try:
            return self.fit
        except CausalError:
            return None

    def _follow(self) -> None:
        """Bring curve, words and text after the state; they go to the view in one message."""
        with self.hold_sync():
            try:
                fit, written = self.fit, self.judgement
            except CausalError as error:
                self.curve = {"of": self.state, "x": [], "density": [], "implied": []}
                self.said, self.yaml = [self.progress(), _sentence(str(error))], ""
                return
            x, height = density(fit, *self.ends, POINTS)
            self.curve = {
                "of": self.state,
                "x": [float(f"{each:.{DIGITS}g}") for each in x],
                "density": [float(f"{each:.{DIGITS}g}") for each in height],
                "implied": [[level, value] for level, value in zip(fit.levels, fit.implied, strict=True)],
            }
            self.said, self.yaml = [self.progress(), *told(fit)], written

    def _heard(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if content.get("left") and self._place:
            _show_again(self._bundle(), raw=True, display_id=self._place)

    def _bundle(self) -> dict[str, Any]:
        view: Any = super()._repr_mimebundle_()
        shown = {} if view is None else dict(view[0])
        shown["text/plain"] = "\n".join([repr(self), *self.yaml.splitlines()])
        picture = self.picture
        shown["image/svg+xml"] = picture.svg.strip()
        # a drawing may hold a script, so that a notebook nobody has trusted yet shows pixels or mere words
        shown["image/png"] = b64encode(picture.pixels()).decode("ascii")
        return shown

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return self._bundle(), {}

    def _ipython_display_(self) -> None:
        # a display with a name can be given another picture later; what a cell returns cannot
        self._place = self._place or f"judging-{self.model_id}"
        _show(self._bundle(), raw=True, display_id=self._place)

    def __repr__(self) -> str:
        kind = type(self).__name__
        return safely(lambda: f"<{kind} {self.about}: {self.progress()}>", f"<{kind}>")


def told(fit: Fit) -> list[str]:
    """Say what a fit implies, how far it is from what was stated, and what was done on the way.

    >>> from causal.elicit import Stated, fit_probability
    >>> told(fit_probability(Stated((0.05, 0.5, 0.95), (0.05, 0.15, 0.4))))[0]
    'Fitted: logit-normal. It implies 0.048 at 5 %, 0.151 at 50 % and 0.386 at 95 %; largest misfit 0.01.'
    """
    low, middle, high = (quantity(value) for value in fit.band)
    bounds = fit.scale.bounds
    if not isinstance(fit.scale, Share):
        where = f" {fit.scale.lone_unit}"
    else:
        where = "" if bounds == (0.0, 1.0) else f" between {bounds[0]:.3g} and {bounds[1]:.3g}"
    line = f"Fitted: {fit.belief.family}{where}. It implies {low} at 5 %, {middle} at 50 % and {high} at 95 %"
    return [f"{line}; largest misfit {fit.misfit:.2f}.", *(_sentence(note) for note in fit.notes)]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
