"""The doors to the widgets; the widgets' own library is loaded when one is made, not before.

causal.roulette(about, by=...)     causal.quantiles(about, by=...)     the question alone
study.roulette(about, by=...)      study.quantiles(about, by=...)      held to the study's model and prior file
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from causal.errors import UsageError
from causal.learn.elicited import Elicited
from causal.spec.question import Question
from causal.widgets.judged import Judged

if TYPE_CHECKING:
    from causal.widgets.roulette import Roulette
    from causal.widgets.sliders import Sliders

LEVELS = (5.0, 50.0, 95.0)


def roulette(
    about: str | Question,
    bins: int = 10,
    low: float | None = None,
    high: float | None = None,
    chips: int = 20,
    by: str = "",
    counts: Sequence[int] | None = None,
    because: str = "",
) -> Roulette:
    """Return a trial roulette in a notebook: chips to be laid over bins, the fitted curve, and the judgement as YAML.

    ``bins`` of one width go from ``low`` to ``high`` (if left out, from end to end of what is possible), ``chips`` is
    how many there are, and ``counts`` how many lie in each bin at first. Source: Gore (1987).

    Raises QuestionSyntaxError, and UsageError where the question is not judged by numbers or the numbers make no
    roulette.

    >>> laid = roulette("P(grass = wet | none)", bins=4, chips=5, by="anna", counts=[3, 1, 1, 0])
    >>> print(laid.judgement, end="")
      - about: P(grass = wet | none)
        by: anna
        says: {chips: {0-0.25: 3, 0.25-0.5: 1, 0.5-0.75: 1, 0.75-1: 0}}
    """
    from causal.widgets.roulette import make

    return make(Judged.alone(about, by, because), bins, low, high, chips, counts)


def quantiles(
    about: str | Question,
    levels: Sequence[float] = LEVELS,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    by: str = "",
    values: Sequence[float] | None = None,
    confidence: float | None = None,
    because: str = "",
) -> Sliders:
    """Return marks on a line in a notebook, to be dragged to the values of quantiles at ``levels`` in per cent.

    With a ``confidence`` they are low, best and high (IDEA, Hemming et al. 2018). ``values`` is where they are at
    first; without it, none counts as judged before it has been placed.

    Raises QuestionSyntaxError, and UsageError where the question is not judged by numbers or the numbers make no marks.

    >>> placed = quantiles("P(grass = wet | none)", by="anna", values=[0.01, 0.05, 0.2])
    >>> print(placed.judgement, end="")
      - about: P(grass = wet | none)
        by: anna
        says: {quantiles: {5: 0.01, 50: 0.05, 95: 0.2}}
    """
    from causal.widgets.sliders import make

    return make(Judged.alone(about, by, because), levels, confidence, low, high, step, values)


class ByHand(ABC):
    """What a study adds: the question is held to its model, asked in plain words, and fitted as its file will be."""

    @property
    @abstractmethod
    def elicited(self) -> Elicited:
        """What was judged so far."""

    @property
    @abstractmethod
    def exact(self) -> bool:
        """Whether every number is in the model."""

    def roulette(
        self,
        about: str | Question,
        by: str = "",
        bins: int = 10,
        low: float | None = None,
        high: float | None = None,
        chips: int = 20,
        counts: Sequence[int] | None = None,
        because: str = "",
    ) -> Roulette:
        """Return a trial roulette about a question of this model; see ``causal.roulette``.

        Raises QueryError and its kinds, and UsageError.
        """
        from causal.widgets.roulette import make

        return make(self._judged(about, by, because), bins, low, high, chips, counts)

    def quantiles(
        self,
        about: str | Question,
        by: str = "",
        levels: Sequence[float] = LEVELS,
        low: float | None = None,
        high: float | None = None,
        step: float | None = None,
        values: Sequence[float] | None = None,
        confidence: float | None = None,
        because: str = "",
    ) -> Sliders:
        """Return marks for quantiles about a question of this model; see ``causal.quantiles``.

        Raises QueryError and its kinds, and UsageError.
        """
        from causal.widgets.sliders import make

        return make(self._judged(about, by, because), levels, confidence, low, high, step, values)

    def _judged(self, about: str | Question, by: str, because: str) -> Judged:
        if self.exact:
            raise UsageError("the model has every number in it, so there is nothing to judge")
        return Judged.of(self.elicited, about, by, because)
