"""Many drafts side by side: rows come as they are finished, none is lost, none is counted twice.

A handful is read in this process. More go to worker processes (joblib), or to a Dask cluster through joblib. What an
earlier run has judged comes from the cache without being read. Memory does not grow with the number of drafts beyond
their rows (about 2 KB each): workers get paths in small batches, and forget what they read.
"""

from __future__ import annotations

import hashlib
import re
import signal
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from patentprep.errors import DraftError, PatentprepError, UsageError
from patentprep.model import Lang
from patentprep.triage.cache import Cache, engine
from patentprep.triage.collect import Item, Opened, Source, collect
from patentprep.triage.deadlines import deadline_of
from patentprep.triage.duplicates import marked
from patentprep.triage.model import Row, moved, unreadable
from patentprep.triage.rank import ranked
from patentprep.triage.work import TIME_LIMIT, judge_item, judge_items

HANDFUL = 5  # below that, starting processes takes longer than reading
MOST_BATCH = 8  # drafts sent at once
MOST_LOST = 3  # times one draft may take its worker with it
SENT_WHOLE = 100_000_000  # bytes of a file that is sent to another machine
OnRow = Callable[[Row, int, int], None]  # the row, how many are done, how many there are


class NoDask(UsageError):
    """Dask is asked for and not installed."""

    key = "error.triage_no_dask"


class NoScheduler(UsageError):
    """Nobody answers there, or not as our program. Facts: address, reason."""

    key = "error.triage_no_scheduler"


class OtherProgram(UsageError):
    """The workers have another version of the program, its law or its models. Facts: address."""

    key = "error.triage_other_program"


class UnknownBackend(UsageError):
    """Facts: backend."""

    key = "error.triage_backend"


class WorkerLost(DraftError):
    """The process that read this draft was stopped each time. Facts: name."""

    key = "error.triage_worker_lost"


def unwatched(row: Row, done: int, total: int) -> None:
    """The callback of those who do not watch."""


def triage(
    paths: Iterable[Source],
    *,
    checklists: Sequence[str] = ("cn-2026",),
    jobs: int | None = None,
    backend: str = "processes",
    cache: Path | None = None,
    on_row: OnRow = unwatched,
    deadlines: Mapping[str, date] | None = None,
    sarif: Lang | None = None,
    seconds: float = TIME_LIMIT,
) -> Iterator[Row]:
    """One row for every file below ``paths``, in the order in which they are finished.

    ``backend``: "serial", "processes" (``jobs`` of them, default one a processor), "dask local" (a cluster of that many
    processes on this machine) or "dask ADDRESS" (a scheduler; its workers are sent the files, and need no access to
    them). ``cache``: a folder; rows kept there are not judged again, and an interrupted run goes on where it stopped.
    ``seconds``: a draft that takes longer gets a row that says so.
    ``sarif``: each row carries its part of a SARIF log in that language; the cache is then left alone.
    ``deadlines``: see ``deadlines.next_deadlines``. Copies and versions are found when all rows are there: ``marked``.
    Raises UsageError for an unknown checklist, for a cluster that cannot be used, for a cache that cannot be opened.
    """
    from patentprep.checklist import load_checklist

    for name in checklists:
        load_checklist(name)
    if backend not in ("serial", "processes") and not re.fullmatch(r"dask \S+", backend):
        raise UnknownBackend(backend=backend)
    items = list(collect(paths))
    done = 0

    def tell(row: Row) -> Row:
        nonlocal done
        done += 1
        if deadlines:
            row = replace(row, next_deadline=deadline_of(row, deadlines))
        on_row(row, done, len(items))
        return row

    with ExitStack() as stack:
        store = stack.enter_context(Cache(cache, checklists)) if cache and not sarif else None
        new: list[Item] = []
        for item, row in _known(items, store):
            if row is None:
                new.append(item)
            else:
                yield tell(row)
        firsts, followers = (new, {}) if sarif else _copies(new)
        for number, row in _judged(firsts, Task(tuple(checklists), sarif, seconds), jobs, backend):
            item = firsts[number]
            if store and row.sha256:
                store.put(row, item)
            yield tell(row)
            for copy in followers.pop(number, []):
                if store:
                    store.note(row.sha256, copy)
                yield tell(moved(row, copy.label, copy.mtime_ns))


def triage_all(paths: Iterable[Source], *, sort: str = "urgency", **options: Any) -> list[Row]:
    """All rows at once, copies and versions marked, the most urgent first. Options: see ``triage``."""
    return ranked(marked(list(triage(paths, **options))), sort)


# --- what need not be read -------------------------------------------------------------------------------


def _known(items: Iterable[Item], store: Cache | None) -> Iterator[tuple[Item, Row | None]]:
    """Each item with the row that is known without judging it, if there is one."""
    with store.together() if store else nullcontext(), Opened() as files:
        for item in items:
            if item.error is not None:
                yield item, unreadable(item.error, item.label, item.suffix, item.size, item.mtime_ns)
                continue
            row = None
            if store:
                sha256 = store.seen(item)
                if not sha256 and store.knows_size(item.size):  # renamed, copied or touched, perhaps
                    sha256 = _hash(item, files)
                    store.note(sha256, item)
                row = store.get(sha256, item) if sha256 else None
            yield item, row


def _hash(item: Item, files: Opened) -> str:
    try:
        return hashlib.sha256(files.read(item)).hexdigest()
    except PatentprepError:  # it will be said when it is judged
        return ""


def _copies(items: Sequence[Item]) -> tuple[list[Item], dict[int, list[Item]]]:
    """The items without those that hold the same bytes as an earlier one; and these, by the number of the first."""
    sizes: dict[tuple[int, str], int] = defaultdict(int)
    for item in items:
        sizes[item.size, item.suffix] += 1
    firsts: list[Item] = []
    followers: dict[int, list[Item]] = defaultdict(list)
    number_of: dict[str, int] = {}
    with Opened() as files:
        for item in items:
            content = ""
            if sizes[item.size, item.suffix] > 1 and (sha256 := _hash(item, files)):
                content = f"{sha256} {item.suffix}"
            if content in number_of:
                followers[number_of[content]].append(item)
                continue
            if content:
                number_of[content] = len(firsts)
            firsts.append(item)
    return firsts, followers


# --- judging ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with each draft."""

    checklists: tuple[str, ...]
    sarif: Lang | None = None
    seconds: float = TIME_LIMIT


def _judged(items: Sequence[Item], task: Task, jobs: int | None, backend: str) -> Iterator[tuple[int, Row]]:
    if not items:
        return
    if backend == "serial" or (backend == "processes" and (len(items) < HANDFUL or jobs == 1)):
        yield from _one_by_one(enumerate(items), task)
        return
    with _pool(backend, jobs, len(items)) as pool:
        yield from _side_by_side(items, task, pool)


def _one_by_one(items: Iterable[tuple[int, Item]], task: Task) -> Iterator[tuple[int, Row]]:
    from patentprep.triage.work import FORGET_AFTER, forget

    with Opened() as files:
        for count, (number, item) in enumerate(items, 1):
            yield number, judge_item(item, files, task.checklists, task.sarif, task.seconds)
            if count % FORGET_AFTER == 0:
                forget()


Pool = tuple[Callable[[], Any], int, bool]  # makes a joblib.Parallel; how many work at once; whether they are elsewhere


@contextmanager
def _pool(backend: str, jobs: int | None, drafts: int) -> Iterator[Pool]:
    """Workers. Raises UsageError for a cluster that cannot be used."""
    import joblib

    many = max(1, min(jobs or joblib.cpu_count(), drafts))
    if backend == "processes":

        def local() -> Any:
            with joblib.parallel_config("loky", n_jobs=max(many, 2), inner_max_num_threads=1):
                return joblib.Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=2 * many)

        # Who stops need not hear how many drafts were in hand.
        warnings.filterwarnings("ignore", r".*tasks (which were still|have been successfully)", UserWarning, "joblib")
        try:
            yield local, many, False
        except BaseException:  # Ctrl-C, or a reader who wants no more rows: nobody waits for drafts in hand
            _end_workers()
            raise
        return
    address = backend.removeprefix("dask ").strip()
    with _client(address, many) as client:
        many = max(1, sum(client.ncores().values()))

        def remote() -> Any:
            with joblib.parallel_config("dask", client=client, wait_for_workers_timeout=60):
                return joblib.Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=2 * many)

        yield remote, many, address != "local"


def _end_workers() -> None:
    from joblib.externals.loky import get_reusable_executor

    with _unheard():
        get_reusable_executor(reuse=True, kill_workers=True).shutdown(wait=True, kill_workers=True)


@contextmanager
def _unheard() -> Iterator[None]:
    """Processes started in here never hear Ctrl-C, which a terminal sends to them as well: we end them.

    Blocked signals are inherited (not on Windows, where there are none). What is pressed meanwhile counts at the end.
    """
    if blocks := hasattr(signal, "pthread_sigmask"):
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # before: up to Python 3.12 its start unblocks the signal again
    pressed: list[int] = []
    handler = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    if handler is not None:  # else it is not ours to set
        signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
    if pressed:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _client(address: str, many: int) -> Iterator[Any]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise NoDask from error
    if address == "local":
        # Without a dashboard no second port is open; our memory is bounded, so nobody need stop a worker for it.
        with (
            distributed.LocalCluster(
                n_workers=many, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", memory_limit=0
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(address, timeout=20, set_as_default=False)
    except Exception as error:
        raise NoScheduler(address=address, reason=str(error).splitlines()[0][:200] if str(error) else "-") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=60)
            theirs = set(client.run(engine).values())
        except Exception as error:
            raise NoScheduler(address=address, reason=type(error).__name__) from error
        if theirs != {engine()}:
            raise OtherProgram(address=address)
        yield client


def _side_by_side(items: Sequence[Item], task: Task, pool: Pool) -> Iterator[tuple[int, Row]]:
    """Judge ``items`` in workers, whatever happens to these.

    When workers are lost, what they had been sent and not answered goes out again, each draft alone, so that one that
    kills its worker is found: after three times it gets a row that says so, and the others go on. An answer counts
    only while its draft still waits.
    """
    new_parallel, many, elsewhere = pool
    waiting = dict.fromkeys(range(len(items)))  # in order
    size = max(1, min(MOST_BATCH, len(items) // (8 * many)))
    fruitless = 0
    while waiting and fruitless < MOST_LOST:
        before = len(waiting)
        sent: list[int] = []
        try:
            for number, row in _answers(new_parallel, list(waiting), size, items, task, elsewhere, sent):
                if number in waiting:
                    del waiting[number]
                    yield number, row
        except _LOST as error:
            _seen_to(error)
            for number in [n for n in sent if n in waiting]:
                row = _alone(number, new_parallel, items, task, elsewhere)
                del waiting[number]
                yield number, row
        fruitless = 0 if len(waiting) < before else fruitless + 1
    yield from _one_by_one([(number, items[number]) for number in waiting], task)  # no workers are to be had


_LOST = (Exception,)  # joblib, loky and Dask each have their own; what a draft may raise becomes a row in the worker


def _seen_to(error: BaseException) -> None:
    if isinstance(error, UsageError):
        raise error


def _alone(number: int, new_parallel: Any, items: Sequence[Item], task: Task, elsewhere: bool) -> Row:
    for _ in range(MOST_LOST):
        try:
            for found, row in _answers(new_parallel, [number], 1, items, task, elsewhere, []):
                if found == number:
                    return row
        except _LOST as error:
            _seen_to(error)
    item = items[number]
    return unreadable(WorkerLost(name=item.name), item.label, item.suffix, item.size, item.mtime_ns)


def _answers(
    new_parallel: Callable[[], Any],
    numbers: Sequence[int],
    size: int,
    items: Sequence[Item],
    task: Task,
    elsewhere: bool,
    sent: list[int],
) -> Iterator[tuple[int, Row]]:
    """What workers say of ``numbers``; ``sent`` collects those that have gone out."""
    import joblib

    def batches() -> Iterator[Any]:
        with Opened() as files:
            for start in range(0, len(numbers), size):
                some = numbers[start : start + size]
                sent.extend(some)
                yield joblib.delayed(judge_items)(
                    [(n, _ready(items[n], files, elsewhere)) for n in some], task.checklists, task.sarif, task.seconds
                )

    with _unheard():
        coming = new_parallel()(batches())  # workers start here
    for batch in coming:
        yield from batch


def _ready(item: Item, files: Opened, elsewhere: bool) -> Item:
    """The item as it travels: to another machine, and out of an archive in memory, as bytes."""
    if (item.data is None or not item.members) and not (elsewhere and item.size <= SENT_WHOLE):
        return item
    try:
        return replace(item, data=files.read(item), file="", members=())
    except PatentprepError:
        return item  # the worker will meet the same error
