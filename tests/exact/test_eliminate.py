from __future__ import annotations

from itertools import product
from string import ascii_letters

import numpy as np
import pytest

from causal.errors import TooLarge
from causal.exact import eliminate
from causal.exact.eliminate import Eliminator, Factor
from causal.exact.kernel import Floats
from causal.exact.parameter import Ids
from causal.exact.tape import Recorder

SIZES = dict(zip("abcdefgh", (2, 3, 2, 4, 2, 3, 2, 5), strict=True))


def random_factors(seed: int, recorder: Recorder) -> list[Factor]:
    """Return factors over up to three of eight nodes, with some zeros and ones among their slots."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(9):
        names = rng.permutation(list(SIZES))[: rng.integers(1, 4)].tolist()
        ids = rng.integers(0, recorder.parameters, [SIZES[name] for name in names])
        fixed = rng.random(ids.shape)
        ids = np.where(fixed < 0.1, recorder.zero, np.where(fixed > 0.9, recorder.one, ids))
        found.append(Factor(tuple(names), ids))
    return found


def contracted(factors: list[Factor], keep: str, numbers: Floats) -> Floats:
    """Return the same by numpy."""
    letters = dict(zip(SIZES, ascii_letters, strict=False))
    terms = ["".join(letters[name] for name in factor.names) for factor in factors]
    return np.asarray(
        np.einsum(f"{','.join(terms)}->{''.join(letters[k] for k in keep)}", *(numbers[f.ids] for f in factors))
    )


def numbers_of(recorder: Recorder, ids: Ids, theta: Floats) -> Floats:
    return recorder.tape(ids.ravel().tolist()).values(theta[:, None])[:, 0].reshape(ids.shape)


@pytest.mark.parametrize("seed", range(20))
def test_elimination_is_contraction(seed: int) -> None:
    recorder = Recorder(50)
    eliminator = Eliminator(recorder)
    theta = np.random.default_rng(seed).uniform(0.1, 0.9, 50)
    numbers = np.concatenate([theta, [0.0, 1.0]])  # the slots of 0 and 1 follow those of the parameters
    assert (recorder.zero, recorder.one) == (50, 51)
    factors = random_factors(seed, recorder)
    present = [name for name in SIZES if any(name in factor.names for factor in factors)]
    for keep in ("", present[0], "".join(present[1:3]), "".join(reversed(present[:3]))):
        found = eliminator.over(factors, tuple(keep))
        wanted = contracted(factors, "".join(found.names), numbers)
        np.testing.assert_allclose(numbers_of(recorder, found.ids, theta), wanted, rtol=1e-10)
        assert set(found.names) == set(keep)


def test_what_was_summed_before_is_found_again() -> None:
    recorder = Recorder(50)
    eliminator = Eliminator(recorder)
    factors = random_factors(7, recorder)
    slot = eliminator.total(factors)
    written = len(recorder)
    assert eliminator.total(list(factors)) == slot
    assert len(recorder) == written


def test_room_is_made_where_it_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eliminate, "ROOM", 2)
    recorder = Recorder(50)
    factors = random_factors(3, recorder)
    theta = np.random.default_rng(0).uniform(0.1, 0.9, 50)
    found = Eliminator(recorder).total(factors)
    wanted = contracted(factors, "", np.concatenate([theta, [0.0, 1.0]]))
    np.testing.assert_allclose(numbers_of(recorder, np.array(found), theta), wanted, rtol=1e-10)


def test_parts_hang_together() -> None:
    recorder = Recorder(4)
    ab, bc, d, e, plain = (
        Factor(tuple(names), np.zeros([2] * len(names), dtype=np.int64)) for names in ("ab", "bc", "d", "e", "")
    )
    near, others = Eliminator(recorder).parts([e, ab, plain, d, bc], ["c", "d"])
    assert near == [ab, d, bc]
    assert others == [[e], [plain]]


def test_too_large_names_the_widest_clique(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eliminate, "LARGEST_PLAN", 30)
    recorder = Recorder(4)
    names = "abcde"
    pairs = [Factor((a, b), np.zeros((2, 2), dtype=np.int64)) for a, b in product(names, names) if a < b]
    with pytest.raises(TooLarge, match=r"multiplications, more than 30; the widest clique is \{a, b, c, d, e\}"):
        Eliminator(recorder).total(pairs)
    assert len(recorder) == 4 + 3  # nothing was written
