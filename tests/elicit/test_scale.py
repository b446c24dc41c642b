"""There and back on every scale, and what each refuses to be."""

import numpy as np
import pytest

from causal.elicit.scale import Linear, Log, LogOdds, Scale, Share
from causal.errors import ElicitationError

SCALES = [Share(), Share(0.0, 0.85), Share(0.05, 1.0), LogOdds(), LogOdds(0.85), Log(), Linear()]
INSIDE = np.array([0.06, 0.2, 0.5, 0.84])


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_what_is_read_is_stated_again(scale: Scale) -> None:
    assert scale.state(scale.read(INSIDE)) == pytest.approx(INSIDE)


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_a_scale_rises(scale: Scale) -> None:
    assert (np.diff(scale.read(INSIDE)) > 0).all()


def test_shares_are_counted_between_their_ends() -> None:
    assert Share(0.0, 0.8).read([0.2, 0.8, 0.9]).tolist() == pytest.approx([0.25, 1.0, 1.0])
    assert Share(0.2, 1.0).read([0.1, 0.2, 0.6]).tolist() == pytest.approx([0.0, 0.0, 0.5])


def test_offsets_are_counted_from_the_reference() -> None:
    assert LogOdds(0.8).read(0.8) == pytest.approx(0.0, abs=1e-12)
    assert LogOdds(0.5).read(0.75) == pytest.approx(np.log(3))
    assert LogOdds(0.8).read([-1.0, 2.0]).tolist() == [-np.inf, np.inf]


def test_the_logarithm_of_nothing_is_minus_infinity() -> None:
    assert Log().read([0.0, -1.0]).tolist() == [-np.inf, -np.inf]


@pytest.mark.parametrize("ends", [(0.0, 0.0), (1.0, 1.0), (-0.1, 1.0), (0.0, 1.1), (float("nan"), 1.0)])
def test_a_share_needs_room(ends: tuple[float, float]) -> None:
    with pytest.raises(ElicitationError, match="cannot be read between"):
        Share(*ends)


@pytest.mark.parametrize("reference", [0.0, 1.0, 1.2, float("nan")])
def test_a_reference_needs_log_odds(reference: float) -> None:
    with pytest.raises(ElicitationError, match="no finite log-odds"):
        LogOdds(reference)
