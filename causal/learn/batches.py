"""Simulations of several posteriors by the batch, each batch a job (jobs.py) that is kept once it is there.

    key of a batch    the posterior: digests of model and priors, expert, questions
                      the seed, the number of the batch, how many simulations it has
                      the sources of all that makes a posterior; versions are in the digest of every job

So what was stopped goes on where it was, more simulations need only those that are new, and no two versions are mixed.
A simulation's seed is (seed, batch, its number there): the ranks do not depend on where a batch ran, or after which.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from causal.errors import UsageError, nearest
from causal.learn.calibrating import Calibration
from causal.learn.jobs import Job, Told, run
from causal.learn.reading import elicit
from causal.learn.sample import IID, aim
from causal.spec.model import Model
from causal.spec.priors import Priors
from causal.spec.question import Question

BATCH = 20  # simulations: a second or two of a small model
SOURCES = ("errors.py", "graph.py", "spec", "elicit", "exact", "learn")  # of the package, what makes a posterior

type Batch = Mapping[str, Any]  # what ``batch`` returns, as JSON has it


@cache
def sources() -> str:
    """Return the digest of the sources of all that makes a posterior."""
    package = Path(__file__).parent.parent
    files = (file for name in SOURCES for file in (package / name, *(package / name).rglob("*.py")))
    found = hashlib.sha256()
    for file in sorted(each for each in files if each.is_file()):
        found.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def posteriors(
    model: Model, priors: Priors, asked: Sequence[Question] = (), expert: str | None = None
) -> tuple[list[Calibration], list[str]]:
    """Return the posteriors that can be calibrated, one expert's or all, and of the others in a sentence each why not.

    Raises UsageError where it is not to be had of the expert who is named, or of nobody.
    """
    found: list[Calibration] = []
    left: dict[str, list[str]] = {}  # whose, by the reason
    for target in aim(elicit(Calibration(model, priors, "").writer, priors)):
        one = Calibration(model, priors, target.expert, tuple(asked))
        if expert not in (None, target.expert):
            continue
        if target.method == IID:
            left.setdefault("nothing conditions these numbers, so draws are those of the priors", []).append(one.expert)
            continue
        try:
            _ = one.said, one.cases
        except UsageError as error:
            left.setdefault(str(error), []).append(one.expert)
        else:
            _ = one.tape  # what cannot be asked
            found.append(one)
    if not (found or left):
        raise UsageError(f"{priors.name} has no expert {expert!r}{nearest(str(expert), priors.experts)}")
    why = [f"{', '.join(names)}: {reason}" for reason, names in left.items()]
    if not found:
        raise UsageError("\n".join([f"there is no posterior of {model.name} to calibrate", *why]))
    return found, why


def batch(
    model: Model, priors: Priors, expert: str, asked: Sequence[Question], seed: Sequence[int], count: int, code: str
) -> dict[str, Any]:
    """Return so many simulations, the names of what they rank, and the seconds of CPU they took. A job runs this.

    Raises UsageError where the sources here are not those that ``code`` is the digest of.
    """
    if code != sources():
        raise UsageError("the worker has other sources of this package than the process that asks")
    started = time.process_time()
    one = Calibration(model, priors, expert, tuple(asked))
    every = [asdict(one.simulate([*seed, number])) for number in range(count)]
    return {"quantities": one.quantities, "seconds": time.process_time() - started, "simulations": every}


def identity(one: Calibration) -> str:
    """Return what says which posterior is calibrated, and what is ranked beside its parameters."""
    asked = "; ".join(map(str, one.asked))
    return f"{one.model.name} by {one.expert} [{one.model.digest}, {one.priors.digest}, {asked}]"


def simulate(
    several: Sequence[Calibration], simulations: int, seed: int, cluster: str | None = None,
    told: Told = lambda *_: None,
) -> list[list[Batch]]:  # fmt: skip
    """Return the batches of each posterior; what the store has is not simulated again.

    Raises as ``jobs.run`` does.
    """
    jobs = [list(_jobs(one, simulations, seed)) for one in several]
    by_turns = [job for together in zip(*jobs, strict=True) for job in together]  # stopped early, all came as far
    found = run(by_turns, cluster, told)
    return [[found[job.key] for job in every] for every in jobs]


def _jobs(one: Calibration, simulations: int, seed: int) -> Iterator[Job]:
    for at, first in enumerate(range(0, simulations, BATCH)):
        count = min(BATCH, simulations - first)
        key = f"simulations {first} to {first + count - 1} of {identity(one)}, seed {seed}, sources {sources()}"
        yield Job(key, batch, (one.model, one.priors, one.expert, one.asked, (seed, at), count, sources()))
