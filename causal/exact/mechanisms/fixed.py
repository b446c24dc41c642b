"""What a mechanism without parameters consists of: a table of fixed numbers.

    rule, ranked, given     no parameter, no form, no word of its own; the table is constants

Equal numbers are one slot, so zeros and ones vanish while a question is written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from causal.exact.kernel import Floats
from causal.exact.mechanisms.wording import wrong_word
from causal.exact.parameter import Form, Ids, Parameter
from causal.spec.model import Model, Variable
from causal.spec.question import Condition

if TYPE_CHECKING:
    from causal.exact.tape import Recorder


class FixedKind(ABC):
    """A kind that leaves nothing open; ``shares`` is all that it has to say."""

    @abstractmethod
    def shares(self, model: Model, variable: Variable) -> Floats:
        """Return P(child | its mechanism parents), axes: ``inputs(variable)`` in order, then the child."""

    def parameters(self, model: Model, variable: Variable) -> tuple[Parameter, ...]:
        """Return nothing: nothing is left open."""
        return ()

    def table(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> Ids:
        """Return the table of constants, axes: parents in order, then the child."""
        return recorder.constants(self.shares(model, variable))

    def forms(self, model: Model, variable: Variable, recorder: Recorder, slots: Mapping[str, int]) -> list[Form]:
        """Return nothing."""
        return []

    def configuration(self, model: Model, variable: Variable, word: Condition) -> dict[str, str]:
        """Raise: no word addresses a mechanism without parameters."""
        raise wrong_word(variable, word)
