"""What nobody judged."""

import pytest

from causal.elicit.belief import Beta, Normal
from causal.elicit.weak import WEAK


@pytest.mark.parametrize("kind", ["probability", "leak", "net", "ratio"])
def test_a_share_that_nobody_judged_is_uniform(kind: str) -> None:
    assert WEAK[kind] == Beta(1.0, 1.0)


def test_an_offset_that_nobody_judged_moves_the_odds_by_a_factor_of_five_at_most() -> None:
    assert WEAK["offset"] == Normal(0.0, 1.0)
    assert float(WEAK["offset"].quantile(0.95)) == pytest.approx(1.645, abs=1e-3)
