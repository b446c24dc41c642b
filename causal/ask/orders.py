"""Orders and signs of effects used as evidence: draws are reweighted so that each holds as surely as it was said to.

    an expert            draws where A > B is so are weighted to p in all, the others to 1 - p
    a logarithmic pool   what each of its experts' density is multiplied by, to the power of the expert's weight

(A hierarchical pool refuses orders as evidence: learn/pooled.py.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from causal.errors import ImpossibleEvidence
from causal.exact.kernel import Floats
from causal.learn.elicited import Compared, Pool


def reweighted(holds: NDArray[np.bool_], used: Sequence[Compared], experts: Sequence[str], pool: Pool | None) -> Floats:
    """Return each draw's weight within its expert, shape (experts, draws).

    ``holds`` says where each judgement of ``used`` is so, shape (judgements, experts, draws). Raises
    ImpossibleEvidence where one of the sides has no draw.
    """
    share = np.full(holds.shape[1:], 1.0 / holds.shape[2])
    for row, compared in enumerate(used):
        expert = experts.index(compared.expert)
        here = holds[row, expert]
        moved = _moved(share[expert], here, compared)
        if pool is not None and compared.expert in pool.members:
            own, power = experts.index(pool.name), pool.members[compared.expert]
            times = np.array([moved[side].sum() / share[expert, side].sum() for side in (~here, here)]) ** power
            share[own] *= times[holds[row, own].astype(int)]
            share[own] /= share[own].sum()
        share[expert] = moved
    return share


def weighed(share: Floats, holds: NDArray[np.bool_], used: Sequence[Compared]) -> Floats:
    """Return weights of one expert's draws, shape (draws,), moved so that their orders hold as surely as they said.

    ``holds`` says where each is so, shape (judgements, draws). Raises ImpossibleEvidence as ``reweighted`` does.
    """
    for row, compared in enumerate(used):
        share = _moved(share, holds[row], compared)
    return share


def _moved(share: Floats, holds: NDArray[np.bool_], compared: Compared) -> Floats:
    """Return draw weights moved so that ``compared`` holds with its stated probability."""
    mass = float(share[holds].sum())
    if not 0.0 < mass < 1.0:
        side = "no" if mass == 0.0 else "every"
        raise ImpossibleEvidence(
            f"{compared.expert} judges '{compared.judgement.about}', which holds in {side} draw of theirs: "
            "it cannot be used as evidence; leave out 'use: evidence' to have it checked"
        )
    p = compared.probability
    return np.where(holds, share * p / mass, share * (1.0 - p) / (1.0 - mass))
