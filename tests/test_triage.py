"""What triage decides, which drafts are copies or versions, and in what order they come."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from piles import ORDER, SAMPLES, row

from patentprep import assess, read_draft
from patentprep.triage.deadlines import deadline_of, next_deadlines
from patentprep.triage.duplicates import marked, sketch, title_key
from patentprep.triage.model import Row, decide, row_of
from patentprep.triage.rank import COLUMNS, UnknownColumn, ranked
from patentprep.triage.run import triage

# --- the decision ----------------------------------------------------------------------------------------

HELD = {
    "attention-pure-algorithm-en.txt": "pure_algorithm",  # Art. 25.1(2)
    "mall-faces-red-flag-zh.pdf": "red_flag",  # Art. 5
}
DRAFTS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".yaml")


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


# --- order and deadlines ---------------------------------------------------------------------------------


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
