"""Many fits: named pure functions, run on one machine or on a cluster, each result kept as soon as it is there.

    Job(key, function, arguments)     the key says all that the result depends on, beside the function's own source
    run(jobs)                         joblib's processes, one to a core
    run(jobs, cluster="local")        dask.distributed, its scheduler and workers on this machine
    run(jobs, cluster="tcp://...")    dask.distributed, a scheduler somewhere

    <store>/jobs/<digest>/result.json     sha256(key, function, its module's source, versions) -> what it returned

A function is one of a module, so that a worker finds it by its name; its arguments can be pickled; what it returns is
what JSON has, and comes back as JSON has it, whether it was run now or long ago. Only this process writes, so workers
need no disk in common with it. Whatever ends this process, the next ``run`` of the same jobs runs those that have no
result. Where a worker dies, its job is run again on another; where a job fails, the others are run and kept first.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from causal.errors import CausalError, JobsFailed, UsageError
from causal.learn import entries
from causal.learn.entries import FORMAT, versions

JOBS, RESULT = "jobs", "result.json"
LOCAL = "local"
WAIT = 20.0  # seconds in which a scheduler has to answer
DEATHS = 3  # times that workers may die with a job before it is given up; also dask's own number

type Told = Callable[[int, int], object]  # how many results there are, and of how many jobs


@dataclass(frozen=True)
class Job:
    """A call of a module's own function; ``key`` is its name, and says all that its result depends on.

    >>> Job("half of 1", divmod, (1, 2)).digest == Job("half of 1", divmod, (1, 2)).digest
    True
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        found: Any = sys.modules.get(self.function.__module__)
        for name in self.function.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is not self.function:
            raise ValueError(f"{self.key}: {self.function.__qualname__} is no function that a worker finds in a module")

    @property
    def digest(self) -> str:
        """The name of the result in the store."""
        return _digest(self.key, self.function)


@dataclass(frozen=True)
class _Outcome:
    """What became of a job: where it ran, the digest it has there and the text of its result, or what went wrong."""

    digest: str
    result: str = ""
    failure: str = ""
    code: int = 1


def run(jobs: Sequence[Job], cluster: str | None = None, told: Told = lambda *_: None) -> dict[str, Any]:
    """Return the result of every job by its key, in their order; those that the store has are not run again.

    Raises JobsFailed, with every failure, after all others are run and kept, and UsageError where there is no such
    cluster. An interrupt keeps what was finished, and has a note that says how much.
    """
    names = {job.key: job.digest for job in jobs}
    if len(names) < len(jobs):
        raise ValueError("two jobs have the same key")
    found = {key: text for key, digest in names.items() if (text := _stored(digest)) is not None}
    todo = [job for job in jobs if job.key not in found]
    failed: dict[str, _Outcome] = {}
    told(len(found), len(jobs))
    try:
        for job, outcome in _each(todo, cluster):
            if outcome.failure:
                failed[job.key] = outcome
                continue
            entries.put(JOBS, names[job.key], {RESULT: outcome.result.encode()})
            found[job.key] = outcome.result
            told(len(found), len(jobs))
    except KeyboardInterrupt as stop:
        stop.add_note(f"{len(found)} of {len(jobs)} results are kept")
        raise
    if failed:
        raise JobsFailed({key: each.failure for key, each in failed.items()}, len(jobs), _code(failed.values()))
    return {key: json.loads(found[key]) for key in names}


def _stored(digest: str) -> str | None:
    files = entries.get(JOBS, digest)
    return None if files is None else files[RESULT].decode()


def _code(failed: Any) -> int:
    """Return the exit code that all failures have in common, 1 where they have none."""
    codes = {each.code for each in failed}
    return codes.pop() if len(codes) == 1 else 1


def _digest(key: str, function: Callable[..., Any]) -> str:
    module = inspect.getmodule(function)
    try:
        source = inspect.getsource(module) if module else ""
    except (OSError, TypeError):  # a built-in one
        source = ""
    facts = {
        "format": FORMAT,
        "versions": versions() | {"causal-onecase": _version()},
        "function": f"{function.__module__}:{function.__qualname__}",
        "source": hashlib.sha256(source.encode()).hexdigest(),
        "key": key,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _version() -> str:
    try:
        return version("causal-onecase")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return ""


def _attempt(key: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> _Outcome:
    """Run a job where this is, and return what became of it: an error is told, because not every one can be sent."""
    digest = _digest(key, function)
    try:
        return _Outcome(digest, json.dumps(function(*arguments), allow_nan=False))
    except CausalError as error:
        return _Outcome(digest, failure=str(error), code=error.exit_code)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on and this one is told
        return _Outcome(digest, failure=f"{type(error).__name__}: {error}")


def _each(todo: Sequence[Job], cluster: str | None) -> Iterator[tuple[Job, _Outcome]]:
    """Yield jobs as they are over."""
    if not todo:
        return
    cores = os.process_cpu_count() or 1
    if cluster is not None:
        yield from _on_cluster(todo, cluster)
    elif cores == 1 or len(todo) == 1:
        for job in todo:
            yield job, _attempt(job.key, job.function, job.arguments)
    else:
        yield from _on_cores(todo, cores)


def _numbered(at: int, job: Job) -> tuple[int, _Outcome]:
    return at, _attempt(job.key, job.function, job.arguments)


def _on_cores(todo: Sequence[Job], cores: int) -> Iterator[tuple[Job, _Outcome]]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left, deaths = dict(enumerate(todo)), 0
    while left:
        parallel = Parallel(n_jobs=min(cores, len(left)), return_as="generator_unordered", batch_size=1)
        try:
            with closing(parallel(delayed(_numbered)(at, job) for at, job in list(left.items()))) as over:
                for at, outcome in over:
                    yield left.pop(at), outcome
        except TerminatedWorkerError:
            deaths += 1
            if deaths > DEATHS:
                for job in left.values():
                    yield job, _Outcome("", failure="the process that ran it, or one beside it, was killed every time")
                return


def _on_cluster(todo: Sequence[Job], cluster: str) -> Iterator[tuple[Job, _Outcome]]:
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "a cluster needs dask.distributed, which is not installed: pip install 'causal-onecase[cluster]'"
        ) from None
    connect: Any = distributed.Client
    here = {"n_workers": os.process_cpu_count() or 1, "threads_per_worker": 1, "dashboard_address": None}
    try:
        client = connect(set_as_default=False, **(here if cluster == LOCAL else {"address": cluster, "timeout": WAIT}))
    except (OSError, ValueError) as error:
        raise UsageError(f"no scheduler answers at {cluster!r} ({error}); write tcp://host:port, or local") from None
    with client:
        sent = {
            client.submit(_attempt, job.key, job.function, job.arguments, key=f"causal-{job.digest}", pure=False): job
            for job in todo
        }
        over: Any = distributed.as_completed
        for future in over(sent, loop=client.loop):
            job = sent.pop(future)
            outcome = _told(job, future)
            future.release()  # or it is run again where the worker that has its result dies
            yield job, outcome


def _told(job: Job, future: Any) -> _Outcome:
    """Return what became of a job on a cluster; a worker with other code or other versions does not count."""
    if (error := future.exception()) is not None:
        return _Outcome("", failure=f"{type(error).__name__}: {error}")
    outcome: _Outcome = future.result()
    if outcome.digest != job.digest:
        return _Outcome("", failure="the worker has other versions, or other code, than this process")
    return outcome
