"""Many drafts at once: none lost, none counted twice, the same answers as one by one, nothing read twice."""

import argparse
import csv
import io
import json
import os
import random
import signal
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from patentprep import assess, read_draft
from patentprep.errors import EncryptedDraft, FileMissing, PatentprepError
from patentprep.model import Lang
from patentprep.report.as_text import width
from patentprep.report.triage import defused, render, summary, to_csv, to_table, why
from patentprep.strings import LANGUAGES, keys, t
from patentprep.triage import collect as collecting
from patentprep.triage import run, work
from patentprep.triage.cache import FILE, Cache, engine
from patentprep.triage.collect import Opened, collect
from patentprep.triage.deadlines import deadline_of, next_deadlines
from patentprep.triage.duplicates import marked, sketch, title_key
from patentprep.triage.model import DECISIONS, REASONS, Row, decide, row_of
from patentprep.triage.rank import COLUMNS, UnknownColumn, ranked
from patentprep.triage.run import triage, triage_all
from patentprep.triage_command import BadJobs, BadOnly, BadTimeLimit, NothingThere, add_options
from patentprep.triage_command import run as run_command

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
DRAFT = """水泵空化识别方法{n}
技术领域
本发明涉及第{n}号泵站的水泵状态监测。
背景技术
空化初期的气泡溃灭能量集中在{n}kHz以上，常规振动监测看不到，等扬程下降时叶轮已经剥蚀。
发明内容
本发明采集泵壳高频振动信号，经识别网络得到空化等级，并据此调节进口阀开度。
权利要求书
1. 一种水泵空化识别方法，其特征在于，包括：采集泵壳振动信号；将所述振动信号输入识别网络，得到空化等级。
"""


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder with twelve drafts, each a little different."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    for n in range(12):
        (folder / f"D-{n:02}.txt").write_text(DRAFT.format(n=n + 20), encoding="utf-8")
    return folder


def row(path: str = "a.txt", **values: Any) -> Row:
    return replace(Row(path, ".txt", 1, 0, decision="fix", reason="partial", sha256=path), **values)


# --- the decision ----------------------------------------------------------------------------------------

HELD = {
    "attention-pure-algorithm-en.txt": "pure_algorithm",  # Art. 25.1(2)
    "mall-faces-red-flag-zh.pdf": "red_flag",  # Art. 5
}
DRAFTS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".yaml")


@pytest.fixture(scope="module")
def samples() -> dict[str, Row]:
    return {row.name: row for row in triage([SAMPLES], backend="serial")}


@pytest.mark.parametrize("name", HELD)
def test_what_no_drafting_mends_is_held(name: str, samples: dict[str, Row]) -> None:
    assert (samples[name].decision, samples[name].reason) == ("hold", HELD[name])


@pytest.mark.parametrize("name", DRAFTS)
def test_a_row_says_what_check_says(name: str, samples: dict[str, Row]) -> None:
    draft = read_draft(SAMPLES / name)
    assessment = assess(draft)
    found = samples[name]
    assert found == replace(
        row_of(assessment, found.path, found.suffix, found.size, found.mtime_ns), sketch=sketch(draft.text)
    )
    assert (found.level, found.score) == (assessment.readiness.level, assessment.readiness.score)
    assert dict(found.statuses) == {r.id: r.status for r in assessment.requirements}
    assert (found.decision == "go") == (found.level == "ready"), "go means ready"
    assert decide(assessment) == (found.decision, found.reason, found.about)


NO_DRAFT = "那天夜里下着雨，她独自走过长街。灯都灭了，只有河边的茶馆还开着门。"


def test_a_text_that_reads_like_no_draft_is_held_for_that(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text(NO_DRAFT, encoding="utf-8")
    (found,) = triage([tmp_path])
    assert (found.decision, found.reason, found.confidence) == ("hold", "no_draft", "low")


def test_what_is_no_draft_is_listed(samples: dict[str, Row]) -> None:
    assert samples["index.yaml"].reason == "unknown_kind"
    assert not samples["index.yaml"].ok


# --- collecting ------------------------------------------------------------------------------------------


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_folders_archives_and_files_in_a_stable_order(tmp_path: Path) -> None:
    inner = packed({"deep.md": b"# x", "level.zip": packed({"x.txt": b"x"})})
    members = {"b.txt": b"b", "../../up.txt": b"u", "sub/.hidden.txt": b"h", "__MACOSX/._b.txt": b"m", "in.zip": inner,
               "pic.png": b"p", "/abs.txt": b"a"}  # fmt: skip
    (tmp_path / "z.zip").write_bytes(packed(members))
    for name in ("b.docx", "a.pdf", ".git/x.txt", "~$b.docx", "Thumbs.db", "sub/c.txt", "notes.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = list(collect([tmp_path, tmp_path / "a.pdf"]))
    labels = [item.label.removeprefix(f"{tmp_path}{os.sep}") for item in found]
    assert labels == ["a.pdf", "b.docx", "notes.xlsx", "z.zip!/up.txt", "z.zip!/abs.txt", "z.zip!/b.txt",
                      "z.zip!/in.zip!/deep.md", "z.zip!/in.zip!/level.zip", "z.zip!/pic.png",
                      str(Path("sub", "c.txt"))]  # fmt: skip
    errors = {label: item.error.key for label, item in zip(labels, found, strict=True) if item.error}
    assert errors == {
        "notes.xlsx": "error.triage_unknown_kind",
        "z.zip!/pic.png": "error.triage_unknown_kind",
        "z.zip!/in.zip!/level.zip": "error.triage_archive_too_large",  # nested twice
    }
    with Opened() as files:
        read = {i.name: files.read(i) for i in found if ".zip!/" in i.label and i.error is None}
    assert read == {"up.txt": b"u", "abs.txt": b"a", "b.txt": b"b", "deep.md": b"# x"}
    assert not (tmp_path.parent.parent / "up.txt").exists(), "no name is used as a path"


def test_patterns_missing_files_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    given = [str(tmp_path / "*.txt"), tmp_path / "gone.txt", ("up.zip", packed({"m.txt": b"m"})), ("n.txt", b"n")]
    found = list(collect(given))
    assert [item.name for item in found] == ["a.txt", "gone.txt", "m.txt", "n.txt"]
    assert isinstance(found[1].error, FileMissing)


def test_chinese_names_in_archives_made_without_utf8(tmp_path: Path) -> None:
    name = "交底书.txt".encode("gb18030")
    data = packed({"x" * len(name): b"t"}).replace(b"x" * len(name), name)
    (tmp_path / "a.zip").write_bytes(data)
    assert [item.name for item in collect([tmp_path / "a.zip"])] == ["交底书.txt"]


def encrypted() -> bytes:
    data = bytearray(packed({"a.txt": b"a"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BAD_ARCHIVES = [
    (b"PK\x03\x04 no archive", "error.damaged"),
    (packed({"a.txt": b"hello hello"}).replace(b"PK\x01\x02", b"PK\x09\x09"), "error.damaged"),
    (encrypted(), EncryptedDraft.key),
]


@pytest.mark.parametrize(("data", "key"), BAD_ARCHIVES)
def test_bad_archives_are_listed(tmp_path: Path, data: bytes, key: str) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = collect([tmp_path])
    assert found.error is not None and found.error.key == key


def test_a_broken_member_is_one_row_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": b"hello hello " * 20, "b.txt": DRAFT.format(n=1).encode()}))
    data[data.index(b"a.txt") + 6] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(data))
    rows = {row.name: row for row in triage([tmp_path], backend="serial")}
    assert rows["a.txt"].error == "error.triage_member_broken" and rows["b.txt"].ok


def test_archives_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"bomb.txt": b"0" * 20_000_000, "c.txt": b"c"}))
    found = {item.name: item.error and item.error.key for item in collect([tmp_path])}
    assert found == {"bomb.txt": "error.triage_archive_too_large", "c.txt": None}
    monkeypatch.setattr(collecting, "MOST_MEMBERS", 1)
    (only,) = collect([tmp_path])
    assert only.error is not None and only.error.key == "error.triage_archive_too_large"


# --- running ---------------------------------------------------------------------------------------------


def names(rows: list[Row]) -> list[str]:
    return sorted(row.name for row in rows)


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


# --- copies and versions ---------------------------------------------------------------------------------


def prose(seed: int, sentences: int = 60) -> list[str]:
    dice = random.Random(seed)
    words = ["振动信号", "识别网络", "采样频率", "特征向量", "轴承温度", "卷积层", "训练样本", "阈值", "转速", "控制器"]
    pick = dice.choice
    return [f"{pick(words)}{dice.randint(10, 9999)}{pick(words)}与{pick(words)}。" for _ in range(sentences)]


def drafted(path: str, sentences: list[str], title: str = "轴承诊断方法", mtime: int = 0) -> Row:
    text = "".join(sentences)
    return row(path, title=title, mtime_ns=mtime, sketch=sketch(text), sha256=f"{hash(text)}")


BASE = prose(1)
NEXT = BASE[:42] + prose(2, 18)
VERSIONS = [
    # what, first, second, (duplicate_of, version_of) of the first, of the second
    ("one word changed", ("v1.txt", BASE, 0), ("v2.txt", [*BASE[:-1], "末句改了。"], 0), ("v2.txt", ""), ("", "")),
    ("a third rewritten", ("d_v2.txt", BASE, 9), ("d_v10.txt", NEXT, 0), ("", "d_v10.txt"), ("", "")),
    ("newer by time", ("a.txt", BASE, 9), ("b.txt", NEXT, 1), ("", ""), ("", "a.txt")),
    ("dated names", ("x 20260105.txt", BASE, 9), ("x 20260201.txt", NEXT, 1),
     ("", "x 20260201.txt"), ("", "")),
    ("the final one", ("a定稿.txt", BASE, 0), ("a第三版.txt", NEXT, 9), ("", ""), ("", "a定稿.txt")),
    ("uploads have no time", ("gear.docx", NEXT, 0), ("a.zip!/gear copy.docx", BASE, 9), ("", ""), ("", "gear.docx")),
    ("called a copy", ("a/gear.docx", NEXT, 5), ("b/gear_copy.docx", BASE, 5), ("", ""), ("", "a/gear.docx")),
    ("a copy written on", ("a/gear.docx", NEXT, 5), ("b/copy of gear.docx", BASE, 6),
     ("", "b/copy of gear.docx"), ("", "")),
    ("nothing in common", ("v1.txt", BASE, 0), ("v2.txt", prose(3), 0), ("", ""), ("", "")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "of_first", "of_second"), [v[1:] for v in VERSIONS], ids=[v[0] for v in VERSIONS]
)
def test_copies_and_versions(first: Any, second: Any, of_first: Any, of_second: Any) -> None:
    rows = marked([drafted(path, text, mtime=mtime) for path, text, mtime in (first, second)])
    assert [(r.duplicate_of, r.version_of) for r in rows] == [of_first, of_second]


def test_another_title_needs_more_in_common() -> None:
    rows = marked([drafted("a.txt", BASE), drafted("b.txt", NEXT, title="齿轮箱监测系统")])
    assert not any(r.version_of or r.duplicate_of for r in rows)
    rows = marked([drafted("a.txt", BASE), drafted("b.txt", BASE[:56] + prose(2, 4), title="齿轮箱监测系统")])
    assert [r.version_of for r in rows] == ["b.txt", ""]


def test_layout_script_and_punctuation_make_no_version() -> None:
    assert sketch("数据，模型。\n训练" * 60) == sketch("數據, 模型. 訓練" * 60)
    assert sketch("too short") == b""
    assert title_key(row("报告 v2 (副本).docx")) == title_key(row("报告 第三版.docx"))


def test_a_thousand_drafts_from_one_template_are_quick() -> None:
    made = [drafted(f"{n}.txt", BASE) for n in range(3)]
    rows = [replace(made[0], path=f"{n}.txt", sha256=str(n), mtime_ns=n) for n in range(1000)]
    assert {r.duplicate_of for r in marked(rows)} == {"", "999.txt"}


def test_a_row_is_small() -> None:
    """A hundred thousand of them must fit in memory: what a row does not share with others is under 2 KB."""
    import pickle

    (found,) = triage([SAMPLES / "drone-crop-gaps-en.docx"])
    assert len(pickle.dumps(found)) < 3000


# --- order, deadlines, reports ---------------------------------------------------------------------------

ORDER = [
    row("late.txt", next_deadline=date(2026, 12, 1), decision="go", reason="ready"),
    row("fix-better.txt", score=80),
    row("fix-worse.txt", score=20),
    row("hold.txt", decision="hold", reason="red_flag"),
    row("go-unsure.txt", decision="go", reason="ready", confidence="fair", score=100),
    row("go.txt", decision="go", reason="ready", confidence="sure", score=100),
    row("old.txt", version_of="go.txt", score=99),
    row("poem.txt", decision="hold", reason="no_draft", score=90),
    row("unread.pdf", decision="hold", reason="unreadable", error="error.empty_draft", error_facts=(("name", "x"),)),
    row("x.png", decision="hold", reason="unknown_kind", error="error.triage_unknown_kind",
        error_facts=(("name", "x.png"),)),
]  # fmt: skip


def test_the_most_urgent_first() -> None:
    shuffled = ORDER[:]
    random.Random(1).shuffle(shuffled)
    assert [r.path for r in ranked(shuffled)] == [r.path for r in ORDER]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_sorts_both_ways(column: str) -> None:
    assert sorted(r.path for r in ranked(ORDER, column)) == sorted(r.path for r in ranked(ORDER, f"{column}:desc"))


def test_sorting_by_a_column() -> None:
    assert [r.score for r in ranked(ORDER, "score:desc")][:3] == [100, 100, 99]
    with pytest.raises(UnknownColumn):
        ranked([], "colour")


def test_deadlines_from_a_portfolio() -> None:
    from patentprep.planning.portfolio import read_portfolio

    text = "family,title,priority_date,offices\nP-2026-01,轴承诊断方法,2026-01-31,US\nP-2026,Other,2026-03-31,JP\n"
    known = next_deadlines(read_portfolio(text, "f.csv", today=date(2026, 6, 1)))
    by_name = deadline_of(row("in/P-2026-01 draft v2.docx"), known)
    assert by_name is not None and by_name == deadline_of(row("x.txt", title="轴承诊断方法"), known)
    assert deadline_of(row("P_2026.docx"), known) not in (None, by_name)
    assert deadline_of(row("Q-7.docx"), known) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_words(lang: Lang) -> None:
    assert {f"triage.reason.{key}" for key in REASONS} <= keys(lang)
    assert {f"triage.decision.{key}" for key in DECISIONS} <= keys(lang)


WHY = [
    # reason, red flags, what is named, in order
    ("pure_algorithm", (), ["reason.pure_algorithm"]),
    ("pure_algorithm", ("ethics/covert-capture",) * 2, ["Covert capture", "reason.pure_algorithm"]),
    ("red_flag", ("ethics/covert-capture",), ["Covert capture"]),
    ("no_draft", (), ["reason.no_draft"]),
]


@pytest.mark.parametrize(("reason", "flags", "named"), WHY)
def test_a_red_flag_is_named_whatever_else_there_is(reason: Any, flags: tuple[str, ...], named: list[str]) -> None:
    found = why(row(decision="hold", reason=reason, red_flags=flags, about=flags[:1] * (reason == "red_flag")), "en")
    words = [t(f"triage.{name}", "en", names="") if "." in name else name for name in named]
    assert [found.count(word) for word in words] == [1] * len(words)
    assert sorted(words, key=found.index) == words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_counts_add_up_and_agree_with_the_rows(lang: Lang) -> None:
    told = summary(ORDER)
    assert told["go"] + told["fix"] + told["hold"] + told["unread"] == told["count"]
    first = to_table(ORDER, lang).splitlines()[0]
    assert first == t("triage.summary", lang, **told) and str(told["unread"]) in first
    html = str(render(ORDER, "html", lang))
    for name in DECISIONS:
        read = [r for r in ORDER if r.ok and r.decision == name]
        assert html.count(f'<td class="{name}">') == 2 * len(read), "heat map and table"
    assert html.count(f'<td class="unread">{t("triage.decision.unread", lang)}<') == told["unread"]
    lines = to_table(ORDER, lang).splitlines()
    for path in ("unread.pdf", "x.png"):
        assert any(line.endswith(path) and f"  {t('triage.decision.unread', lang)}  " in line for line in lines)
    book = render(ORDER, "xlsx", lang)
    assert isinstance(book, bytes)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert t("triage.decision.unread", lang) in parts.read("xl/sharedStrings.xml").decode()
    told_json = json.loads(str(render(ORDER, "json", lang)))
    assert {r["decision"] for r in told_json["rows"]} == set(DECISIONS), "scripts read the three of the contract"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_forms_hold_every_row(lang: Lang, samples: dict[str, Row]) -> None:
    rows = ranked([*samples.values(), row("=HYPERLINK(1).txt", title="=1+1")])
    table = to_table(rows, lang)
    assert all(r.name in table for r in rows)
    told = json.loads(str(render(rows, "json", lang)))
    assert [r["path"] for r in told["rows"]] == [r.path for r in rows]
    assert told["summary"]["count"] == len(rows)
    text = to_csv(rows, lang)
    assert text.startswith("\ufeff")
    records = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [r["path"] for r in records] == [defused(r.path) for r in rows]
    assert not any(cell.startswith(("=", "+", "@")) for record in records for cell in record.values())
    html = str(render(rows, "html", lang))
    assert "<script" not in html and "http" not in html.replace("http://www.w3.org", "")
    assert html.count("<tr") == 2 + len(rows) + sum(r.ok for r in rows)


def test_html_is_escaped() -> None:
    html = str(render([row("a.txt", title="<img src=x onerror=1>")], "html", "en"))
    assert "<img" not in html and "&lt;img" in html


def test_the_workbook_has_numbers_filter_frozen_header_and_no_formula(samples: dict[str, Row]) -> None:
    data = render([*samples.values(), row("b.txt", title="=1+1", next_deadline=date(2026, 12, 1))], "xlsx", "zh")
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet and "=1+1" in strings
    assert 'state="frozen"' in sheet and "<autoFilter" in sheet
    assert "<v>100</v>" in sheet, "the score is a number"


def test_sarif_has_each_draft_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DRAFT.format(n=1), encoding="utf-8")
    (tmp_path / "b.txt").write_text(DRAFT.format(n=1), encoding="utf-8")
    (tmp_path / "c.pdf").write_bytes(b"")
    log = json.loads(str(render(list(triage([tmp_path], sarif="en")), "sarif", "en")))
    uris = [artifact["location"]["uri"] for artifact in log["runs"][0]["artifacts"]]
    assert sum(uri.endswith(("a.txt", "b.txt")) for uri in uris) == 2


# --- the command -----------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str, list[str]]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--format", default="table")
    parser.add_argument("-o", "--output")
    add_options(parser)
    out: list[str | bytes] = []
    said: list[str] = []
    status = run_command(parser.parse_args(arguments), "en", out.append, said.append)
    return status, str(out[0]), said


def test_the_command(drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTPREP_HOME", str(tmp_path / "home"))
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    some = [str(drafts / "D-00.txt"), str(tmp_path / "bad.pdf")]
    status, text, said = command(*some, "--format", "json")
    assert (status, said) == (0, [])
    assert {r["path"] for r in json.loads(text)["rows"]} == set(some)
    assert (tmp_path / "home" / FILE).exists()
    status, text, _ = command(*some, "--format", "json", "--only", "go")
    assert (status, json.loads(text)["rows"]) == (0, [])
    for only, counted in (("go", 1), ("fix,go", 1), ("hold", 0)):
        _, _, said = command(*some, "--only", only)
        assert [t("triage.unread_hidden", "en", count=1) in line for line in said] == [True] * counted
    status, text, said = command(str(tmp_path / "bad.pdf"), "--no-cache")
    assert status == 2 and "bad.pdf" in text and len(said) == 1


def test_only_the_newest_versions(drafts: Path, tmp_path: Path) -> None:
    pile = tmp_path / "pile"
    pile.mkdir()
    for name in ("a.txt", "copy of a.txt"):
        (pile / name).write_bytes((drafts / "D-00.txt").read_bytes())
    arguments = (str(pile), "--no-cache", "--format", "json")
    assert len(json.loads(command(*arguments)[1])["rows"]) == 2
    (left,) = json.loads(command(*arguments, "--newest")[1])["rows"]
    assert not left["duplicate_of"]


@pytest.mark.parametrize(("fmt", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_page_for_the_manager(drafts: Path, fmt: str, begins: bytes) -> None:
    status, page, _ = command(str(drafts / "D-00.txt"), "--no-cache", "--format", fmt, "--today", "2026-01-05")
    assert status == 0 and page.startswith(f"{begins!r}"[:-1])


@pytest.mark.parametrize("columns", [80, 100, 160])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_fits_the_terminal(columns: int, lang: Lang) -> None:
    rows = [
        row(f"a/long/way/down/to/draft-{n}.txt", title="一种数控机床铣刀磨损状态的在线监测方法" * 2) for n in range(3)
    ]
    lines = to_table(rows, lang, columns=columns).splitlines()[2:6]
    assert max(map(width, lines)) <= columns + 6, "the heads of the short columns do not shrink"
    assert (max(map(width, lines)) > 110) == (columns > 110), "a wide terminal is used"
    assert (t("triage.column.confidence", lang) in lines[0]) == (columns > 100)
    assert all("…" in line and line.endswith(".txt") for line in lines[1:])


def test_in_the_terminal_a_copy_names_the_file_and_not_its_folder() -> None:
    rows = [row("far/away/in/a/folder/of/drafts/old.txt", version_of="far/away/in/a/folder/of/drafts/new.txt")]
    assert t("triage.version_of", "zh", name="new.txt") in to_table(rows, "zh")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--jobs", "0"], BadJobs),
        (["--jobs", "two"], BadJobs),
        (["--time-limit", "0"], BadTimeLimit),
        (["--time-limit", "a minute"], BadTimeLimit),
        (["--only", "stop"], BadOnly),
        (["--only", ""], BadOnly),
        (["--only", " , "], BadOnly),
        (["--sort", "colour"], UnknownColumn),
        (["--checklist", "xx"], PatentprepError),
    ],
)
def test_wrong_options_are_one_sentence(drafts: Path, arguments: list[str], error: type[PatentprepError]) -> None:
    with pytest.raises(error):
        command(str(drafts), "--no-cache", *arguments)


def test_a_folder_without_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(NothingThere, match=tmp_path.name):
        command(str(tmp_path), "--no-cache")


def test_the_time_left() -> None:
    from patentprep.triage_command import _progress_line

    assert _progress_line(10, 110, 10, 20.0, "en") == "10 of 110 drafts, about 3 min 20 s left"
    assert _progress_line(2, 110, 2, 20.0, "en") == "2 of 110 drafts"
    assert _progress_line(110, 110, 110, 20.0, "zh") == "已完成110/110份"
