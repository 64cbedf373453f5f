"""Many drafts at once: none lost, none counted twice, the same answers as one by one, nothing read twice."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from piles import DRAFT, names, packed

from patentprep.report.triage import why
from patentprep.triage import collect as collecting
from patentprep.triage import run, work
from patentprep.triage.cache import FILE, Cache, engine
from patentprep.triage.collect import collect
from patentprep.triage.model import Row
from patentprep.triage.run import triage, triage_all


def test_rows_are_the_same_in_processes(drafts: Path) -> None:
    told: list[tuple[int, int]] = []
    side_by_side = list(triage([drafts], jobs=2, on_row=lambda _, done, total: told.append((done, total))))
    assert sorted(side_by_side, key=lambda r: r.path) == list(triage([drafts], backend="serial"))
    assert told == [(n, 12) for n in range(1, 13)]


def test_nothing_unchanged_is_read_again(drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    first = list(triage([drafts], backend="serial", cache=cache))

    def never(*_: object) -> Row:
        raise AssertionError("judged again")

    monkeypatch.setattr(run, "judge_item", never)
    reads: list[str] = []
    whole = collecting._whole
    monkeypatch.setattr(collecting, "_whole", lambda item: reads.append(item.name) or whole(item))  # type: ignore[func-returns-value]
    assert list(triage([drafts], backend="serial", cache=cache)) == first
    assert reads == []
    (drafts / "D-00.txt").rename(drafts / "renamed.txt")  # the same bytes under another name: read, not judged
    os.utime(drafts / "D-01.txt", ns=(1, 1))
    again = list(triage([drafts], backend="serial", cache=cache))
    assert reads == ["D-01.txt", "renamed.txt"]
    assert {(r.name, r.title) for r in again} >= {("renamed.txt", "水泵空化识别方法20")}


def test_what_changes_the_answer_changes_the_key(drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, judged = tmp_path / "cache", list[str]()
    judge = work.judge_item

    def counted(item: Any, *others: Any) -> Row:
        judged.append(item.name)
        return judge(item, *others)

    monkeypatch.setattr(run, "judge_item", counted)
    some = [drafts / "D-00.txt", drafts / "D-01.txt"]
    list(triage(some, cache=cache))
    (drafts / "D-00.txt").write_text(DRAFT.format(n=99), encoding="utf-8")
    list(triage(some, cache=cache))
    assert judged == ["D-00.txt", "D-01.txt", "D-00.txt"]
    engine.cache_clear()
    monkeypatch.setattr("patentprep.versions.program_version", lambda: "9.9")
    list(triage(some, cache=cache))
    assert len(judged) == 5
    engine.cache_clear()


def test_an_interrupted_run_goes_on_where_it_stopped(
    drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    stopped = triage([drafts], backend="serial", cache=cache)
    for _ in range(5):
        next(stopped)
    del stopped
    judged: list[str] = []
    judge = work.judge_item
    monkeypatch.setattr(run, "judge_item", lambda item, *o: (judged.append(item.name), judge(item, *o))[1])
    rows = list(triage([drafts], backend="serial", cache=cache))
    assert len(rows) == len({row.path for row in rows}) == 12
    assert judged == [f"D-{n:02}.txt" for n in range(5, 12)]


@pytest.mark.parametrize("damage", [b"no database at all" * 300, b""])
def test_a_damaged_cache_is_begun_anew(drafts: Path, tmp_path: Path, damage: bytes) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / FILE).write_bytes(damage)
    assert len(list(triage([drafts / "D-00.txt"], cache=cache))) == 1
    with Cache(cache, ["cn-2026"]) as store, sqlite3.connect(cache / FILE) as db:
        (item,) = collect([drafts / "D-00.txt"])
        assert store.get(store.seen(item), item) is not None
        assert db.execute("SELECT count(*) FROM row_").fetchone() == (1,)
    if os.name == "posix":
        assert (cache / FILE).stat().st_mode & 0o077 == 0, "it holds titles of drafts"


def test_equal_files_are_judged_once_and_both_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(DRAFT.format(n=1), encoding="utf-8")
    judged: list[str] = []
    judge = work.judge_item
    monkeypatch.setattr(run, "judge_item", lambda item, *o: (judged.append(item.name), judge(item, *o))[1])
    assert names(triage_all([tmp_path])) == ["a.txt", "b.txt"] and judged == ["a.txt"]


def test_a_fault_of_ours_costs_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(DRAFT.format(n=1), encoding="utf-8")

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("patentprep.assessment.assess", breaks)
    (found,) = triage([tmp_path])
    assert found.error == "error.triage_failed" and "ZeroDivisionError" in why(found, "en")


def test_a_draft_that_takes_too_long_is_given_up_and_tried_again_next_time(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DRAFT.format(n=1), encoding="utf-8")
    draft, cache = tmp_path / "a.txt", tmp_path / "cache"
    (found,) = triage([draft], seconds=-1, cache=cache)
    assert found.error == "error.triage_too_slow" and not found.ok
    assert "a.txt" in why(found, "en") and "--time-limit" in why(found, "zh")
    (found,) = triage([draft], cache=cache)
    assert found.ok


# --- workers that die, and runs that are stopped ---------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="a process is killed by a signal")
def test_a_killed_process_loses_no_draft(drafts: Path) -> None:
    from joblib.externals.loky import reusable_executor

    killed: list[int] = []

    def kill(_: Row, done: int, total: int) -> None:
        if done == 2 and not killed:
            killed.append(next(iter(reusable_executor._executor._processes)))
            os.kill(killed[0], signal.SIGKILL)

    rows = list(triage([drafts], jobs=2, on_row=kill))
    assert killed and names(rows) == [f"D-{n:02}.txt" for n in range(12)]
    assert all(row.ok for row in rows)


@pytest.mark.skipif(os.name != "posix", reason="signals of a terminal")
def test_workers_do_not_hear_ctrl_c_and_end_with_the_run(drafts: Path) -> None:
    from joblib.externals.loky import reusable_executor

    coming = triage([drafts], jobs=2)
    next(coming)
    workers = dict(reusable_executor._executor._processes)
    for pid in workers:
        os.kill(pid, signal.SIGINT)
    assert all(row.ok for row in islice(coming, 5))
    assert all(worker.is_alive() for worker in workers.values())
    coming.close()  # type: ignore[attr-defined]
    assert not any(worker.is_alive() for worker in workers.values())


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """As at a terminal: a program started in the background of a script ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_counts_when_the_workers_have_started() -> None:
    reached = False
    with pytest.raises(KeyboardInterrupt), run._unheard():
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached and signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Dying:
    """Workers of which one dies whenever it meets a certain draft."""

    def __init__(self, deadly: str) -> None:
        self.deadly = deadly
        self.sent: list[str] = []

    def __call__(self) -> "Dying":
        return self

    def run(self, tasks: Iterator[Any]) -> Iterator[Any]:
        for function, arguments, options in tasks:
            self.sent += [item.name for _, item in arguments[0]]
            if any(item.name == self.deadly for _, item in arguments[0]):
                raise RuntimeError("worker died")
            yield function(*arguments, **options)


def test_a_draft_that_kills_its_worker_is_named_and_the_others_are_judged(drafts: Path) -> None:
    dying = Dying("D-03.txt")
    items = list(collect([drafts]))
    found = dict(run._side_by_side(items, run.Task(("cn-2026",)), (lambda: dying.run, 2, False)))
    assert len(found) == 12
    assert [row.name for row in found.values() if not row.ok] == ["D-03.txt"]
    assert found[3].error == "error.triage_worker_lost"
    assert dying.sent.count("D-03.txt") == 1 + run.MOST_LOST


def test_without_any_workers_the_work_is_done_here(drafts: Path) -> None:
    def none(_: Iterator[Any]) -> Iterator[Any]:
        raise OSError("no processes")

    items = list(collect([drafts / "D-00.txt", drafts / "D-01.txt"]))
    assert len(dict(run._side_by_side(items, run.Task(("cn-2026",)), (lambda: none, 2, False)))) == 2


@pytest.mark.skipif(os.name != "posix", reason="a process is killed by a signal")
def test_dask_two_workers_one_killed(drafts: Path, tmp_path: Path) -> None:
    """A real scheduler with two worker processes, one killed in the middle: no draft lost, none counted twice."""
    distributed = pytest.importorskip("distributed")
    archive = tmp_path / "more.zip"
    archive.write_bytes(packed({f"Z-{n:02}.txt": DRAFT.format(n=n + 50).encode() for n in range(12)}))
    told: list[str] = []
    killed: list[int] = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", memory_limit=0
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        workers = list(client.run(os.getpid).values())

        def kill(row: Row, done: int, total: int) -> None:
            told.append(row.name)
            if done == 4 and not killed:
                killed.append(workers[0])
                with suppress(ProcessLookupError):
                    os.kill(workers[0], signal.SIGKILL)

        options = {"backend": f"dask {cluster.scheduler_address}", "cache": tmp_path / "cache", "on_row": kill}
        rows = list(triage([drafts, archive], **options))
    wanted = sorted([f"D-{n:02}.txt" for n in range(12)] + [f"Z-{n:02}.txt" for n in range(12)])
    assert killed and len(workers) == 2
    assert names(rows) == wanted and sorted(told) == wanted
    assert all(row.ok for row in rows)
    key = [row.path for row in rows]
    alone = {row.path: row for row in triage([drafts, archive], backend="serial")}
    assert {path: alone[path] for path in key} == {row.path: row for row in rows}


@pytest.mark.parametrize("backend", ["dask ", "ray", "dask a b"])
def test_unknown_backends_are_refused(backend: str) -> None:
    with pytest.raises(run.UnknownBackend):
        list(triage(["x"], backend=backend))
