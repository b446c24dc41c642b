"""Many fits: named pure functions, run on one machine or on a cluster, each result kept as soon as it is there.

    Job(key, function, arguments)     the key says all that the result depends on, beside the function's own source
    run(jobs)                         joblib's processes, one to a core
    run(jobs, cluster="local")        dask.distributed, its scheduler and workers on this machine
    run(jobs, cluster="tcp://...")    dask.distributed, a scheduler somewhere
    attempt(jobs)                     the same, failures beside results

    <store>/jobs/<digest>/result.json     sha256(key, function, its module's source, versions) -> what it returned
    <store>/<kind>/<name>/                what has a shelf of its own: draws (store.py)

A function is one of a module, so that a worker finds it by its name; its arguments can be pickled; what it returns
comes back as its shelf has it, whether it was run now or long ago: as JSON does, where nothing else is said. Only this
process writes, so workers need no disk in common with it. Whatever ends this process, the next ``run`` of the same jobs
runs those that have no result. Where a worker dies, its job is run again on another; where a job fails, the others are
run and kept first. A job that is ``wide`` keeps all cores busy by itself: on one machine such run one after another.
"""

from __future__ import annotations

import copyreg
import hashlib
import inspect
import io
import json
import os
import pickle
import socket
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from causal.errors import CausalError, JobsFailed, NotStored, UsageError
from causal.learn import entries
from causal.learn.entries import FORMAT, versions
from causal.spec.model import frozen

JOBS, RESULT = "jobs", "result.json"
LOCAL = "local"
WRITE = "write tcp://host:port, or local"
WAIT = 20.0  # seconds in which a scheduler has to answer
KNOCK = 5.0  # seconds in which its port has to
DEATHS = 3  # times that workers may die with a job before it is given up; also dask's own number

type Told = Callable[[int, int], object]  # how many results there are, and of how many jobs


@dataclass(frozen=True)
class Shelf:
    """Where results of one kind are kept: ``files`` makes them of a result, ``read`` the result of them again.

    Both are functions of a module; ``read`` raises ValueError where the files cannot be read.
    """

    kind: str
    files: Callable[[Any], Mapping[str, bytes]]
    read: Callable[[Mapping[str, bytes]], Any]


def _as_json(result: Any) -> dict[str, bytes]:
    return {RESULT: json.dumps(result, allow_nan=False).encode()}


def _of_json(files: Mapping[str, bytes]) -> Any:
    return json.loads(files[RESULT])


RESULTS = Shelf(JOBS, _as_json, _of_json)


@dataclass(frozen=True)
class Job:
    """A call of a module's own function; ``key`` is its name, and says all that its result depends on.

    ``name`` is that of its result on its shelf, the digest where there is none.

    >>> Job("half of 1", divmod, (1, 2)).digest == Job("half of 1", divmod, (1, 2)).digest
    True
    """

    key: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    shelf: Shelf = RESULTS
    name: str = ""
    wide: bool = False

    def __post_init__(self) -> None:
        found: Any = sys.modules.get(self.function.__module__)
        for name in self.function.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is not self.function:
            raise ValueError(f"{self.key}: {self.function.__qualname__} is no function that a worker finds in a module")

    @property
    def digest(self) -> str:
        """The digest of the key and of the code that is called."""
        return _digest(self.key, self.function)


@dataclass(frozen=True)
class _Outcome:
    """What became of a job: where it ran, the digest it has there and the files of its result, or what went wrong."""

    digest: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    failure: str = ""
    code: int = 1


def run(jobs: Sequence[Job], cluster: str | None = None, told: Told = lambda *_: None) -> dict[str, Any]:
    """Return the result of every job by its key, in their order; those that the store has are not run again.

    Warns (NotStored) where results cannot be kept. Raises JobsFailed, with every failure, after all others are run and
    kept, and UsageError where there is no such cluster. An interrupt keeps what was finished, and has a note that says
    how much.
    """
    found, failed = attempt(jobs, cluster, told)
    if failed is not None:
        raise failed
    return found


def attempt(
    jobs: Sequence[Job], cluster: str | None = None, told: Told = lambda *_: None
) -> tuple[dict[str, Any], JobsFailed | None]:
    """Return what ``run`` does, with the error, where some jobs failed, beside the results of the others."""
    names = {job.key: job.name or job.digest for job in jobs}
    if len(names) < len(jobs):
        raise ValueError("two jobs have the same key")
    found = {job.key: kept for job in jobs if (kept := _kept(job.shelf, names[job.key])) is not None}
    todo = [job for job in jobs if job.key not in found]
    failed: dict[str, _Outcome] = {}
    lost = ""
    told(len(found), len(jobs))
    try:
        for job, outcome in _each(todo, cluster):
            if outcome.failure:
                failed[job.key] = outcome
                continue
            try:
                entries.put(job.shelf.kind, names[job.key], outcome.files)
            except OSError as error:  # the result is good although it cannot be kept
                lost = f"{error.filename}: {error.strerror}" if error.filename else str(error)
            found[job.key] = (job.shelf.read(outcome.files),)
            told(len(found), len(jobs))
    except KeyboardInterrupt as stop:
        stop.add_note(f"{len(found)} of {len(jobs)} results are kept")
        raise
    if lost:
        warnings.warn(f"results are not kept, so the next run makes them again: {lost}", NotStored, stacklevel=2)
    failures = {key: each.failure for key, each in failed.items()}
    wrong = JobsFailed(failures, len(jobs), _code(failed.values())) if failed else None
    return {key: found[key][0] for key in names if key in found}, wrong


def _kept(shelf: Shelf, name: str) -> tuple[Any] | None:
    """Return a result that the store has, alone in a tuple, since it may be None itself; None where it has none."""
    files = entries.get(shelf.kind, name)
    with suppress(ValueError):
        return None if files is None else (shelf.read(files),)
    return None


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


def _attempted(job: Job) -> _Outcome:
    """Run a job where this is, and return what became of it: an error is told, because not every one can be sent."""
    digest = job.digest
    try:
        return _Outcome(digest, job.shelf.files(job.function(*job.arguments)))
    except CausalError as error:
        return _Outcome(digest, failure=str(error), code=error.exit_code)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on and this one is told
        return _Outcome(digest, failure=f"{type(error).__name__}: {error}")


def _sent(job: Job) -> bytes:
    """Pickle a job; a read-only mapping, which pickle does not know, goes as a dictionary."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda each: (frozen, (dict(each),))}
    pickler.dump(job)
    return file.getvalue()


def _received(sent: bytes) -> _Outcome:
    """Run a job that was sent here."""
    try:
        job: Job = pickle.loads(sent)
    except Exception as error:  # noqa: BLE001 - a worker that has not the code cannot have the error either
        return _Outcome("", failure=f"it cannot be read by the worker ({type(error).__name__}: {error})")
    return _attempted(job)


def _each(todo: Sequence[Job], cluster: str | None) -> Iterator[tuple[Job, _Outcome]]:
    """Yield jobs as they are over."""
    if not todo:
        return
    cores = os.process_cpu_count() or 1
    if cluster is not None:
        yield from _on_cluster(todo, cluster)
    elif cores == 1 or len(todo) == 1 or all(job.wide for job in todo):
        for job in todo:
            yield job, _attempted(job)
    else:
        yield from _on_cores(todo, cores)


def _numbered(at: int, sent: bytes) -> tuple[int, _Outcome]:
    return at, _received(sent)


def _on_cores(todo: Sequence[Job], cores: int) -> Iterator[tuple[Job, _Outcome]]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left, deaths = dict(enumerate(todo)), 0
    while left:
        parallel = Parallel(n_jobs=min(cores, len(left)), return_as="generator_unordered", batch_size=1)
        try:
            with closing(parallel(delayed(_numbered)(at, _sent(job)) for at, job in list(left.items()))) as over:
                for at, outcome in over:
                    yield left.pop(at), outcome
        except TerminatedWorkerError:
            deaths += 1
            if deaths > DEATHS:
                for job in left.values():
                    yield job, _Outcome("", failure="the process that ran it, or one beside it, was killed every time")
                return


def check_cluster(cluster: str | None) -> None:
    """Raise UsageError, before anything is computed or loaded, where an address is none or nobody answers at it.

    dask.distributed takes half a minute to find that out, and leaves a client behind that speaks up at the end.
    """
    if cluster is None or cluster == LOCAL:
        return
    try:
        address = urlsplit(cluster)
        scheme, host, port = address.scheme, address.hostname, address.port
    except ValueError:  # a port that is no number
        scheme, host, port = "", None, None
    if scheme not in ("tcp", "tls") or not host or not port:
        raise UsageError(f"{cluster!r} is no address of a scheduler; {WRITE}")
    try:
        with socket.create_connection((host, port), KNOCK) as knock:
            spoke = scheme == "tls" or knock.recv(1)  # dask speaks first, unless it waits for a handshake
    except OSError as error:
        raise UsageError(f"no scheduler answers at {cluster!r} ({error.strerror or error}); {WRITE}") from None
    if not spoke:
        raise UsageError(f"what answers at {cluster!r} is no scheduler; {WRITE}")


def _on_cluster(todo: Sequence[Job], cluster: str) -> Iterator[tuple[Job, _Outcome]]:
    check_cluster(cluster)
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "a cluster needs dask.distributed, which is not installed: pip install 'causal-onecase[cluster]'"
        ) from None
    connect: Any = distributed.Client
    here = {"n_workers": os.process_cpu_count() or 1, "threads_per_worker": 1, "dashboard_address": ":0"}
    try:
        client = connect(set_as_default=False, **(here if cluster == LOCAL else {"address": cluster, "timeout": WAIT}))
    except (OSError, ValueError) as error:
        raise UsageError(f"no scheduler answers at {cluster!r} ({error}); {WRITE}") from None
    with client:
        sent = {client.submit(_received, _sent(job), key=f"causal-{job.digest}", pure=False): job for job in todo}
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
    if not outcome.failure and outcome.digest != job.digest:
        return _Outcome("", failure="the worker has other versions, or other code, than this process")
    return outcome
