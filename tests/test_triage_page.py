"""The Triage page, without a browser: files, ZIPs, a folder, cases; sorting, filters, downloads, opening, stopping."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest

pytest.importorskip("streamlit")

from pages import calm, go, open_app, source, twin, words
from piles import packed
from streamlit.testing.v1 import AppTest

from patentprep.cases import store as cases
from patentprep.model import Lang
from patentprep.strings import LANGUAGES, t
from patentprep.triage import triage_all
from patentprep.triage.model import Row
from patentprep.ui import case_desk, desk, samples, triage_pile

NOTES = """一种铣刀磨损监测方法

技术领域
本发明涉及机床刀具状态监测技术领域。

权利要求书
1. 一种铣刀磨损监测方法，其特征在于，采集主轴的振动加速度信号，输入卷积神经网络，得到磨损等级，据此降低进给速度。
"""
GAME = """A method for playing cards <script>alert(1)</script>

What is claimed is:
1. A method of dealing cards by the rules of a game, wherein a score is computed by a formula.
"""


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    for one in desk._desks().values():
        if pile := one.kept.get("triage_pile"):
            pile.stop()
            pile.thread.join(60)
    desk._desks().clear()
    case_desk._read().drafts.clear()
    case_desk._read().held.clear()
    case_desk.take_passphrase(None)


def pile_of(at: AppTest) -> triage_pile.Pile:
    pile: triage_pile.Pile = desk._desks()[at.session_state["desk"]].kept["triage_pile"]
    return pile


def finished(at: AppTest) -> AppTest:
    thread = pile_of(at).thread
    assert thread is not None
    thread.join(120)
    assert not pile_of(at).running
    return calm(at.run())


def drop(at: AppTest, files: dict[str, bytes]) -> AppTest:
    key = next(str(u.key) for u in at.file_uploader if str(u.key).startswith("triage_files_"))
    at.file_uploader(key=key).set_value([(name, data, "application/octet-stream") for name, data in files.items()])
    return finished(calm(at.run()))


def dropped(lang: str = "en", files: dict[str, bytes] | None = None) -> AppTest:
    given = files or {"铣刀.txt": NOTES.encode(), "game.txt": GAME.encode(), "plan.xyz": NOTES.encode()}
    return drop(go(open_app(lang), "triage"), given)


def downloads(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every file the page offers, by name, as it would be made on a click."""
    import streamlit as st
    from streamlit.delta_generator import DeltaGenerator

    made: dict[str, bytes] = {}

    def take(*given: Any, **more: Any) -> bool:
        data = given[-1] if len(given) > 1 else more["data"]
        content = data() if callable(data) else data
        made[more["file_name"]] = content.encode() if isinstance(content, str) else content
        return False

    with monkeypatch.context() as patch:
        patch.setattr(st, "download_button", take)
        patch.setattr(DeltaGenerator, "download_button", take)
        calm(at.run())
    return made


def titles(at: AppTest) -> list[str]:
    """The drafts in the order of the table."""
    return [part.split(">", 1)[1].split("<", 1)[0] for part in source(at).split('class="pp-tri-open"')[1:]]


# --- what comes in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_empty_page_says_what_will_stand_here(lang: str) -> None:
    at = go(open_app(lang), "triage")
    assert 'class="pp-empty"' in source(at) and "patentprep triage" in words(at)
    assert at.button(key="triage_cases").disabled


def test_files_become_a_table_and_what_is_not_read_is_listed_with_its_sentence() -> None:
    at = dropped()
    assert len(titles(at)) == 2 and "铣刀磨损监测" in words(at)
    unread = source(at).split('class="pp-tri-unread"')[1]
    assert "plan.xyz is not read: only PDF" in unread
    assert "<script>" not in source(at) and "&lt;script&gt;" in source(at)


def test_names_inside_an_archive_are_shown_and_never_used(tmp_path: Path) -> None:
    evil = "../../" * 6 + str(tmp_path / "evil.txt").lstrip("/")
    at = dropped(files={"pile.zip": packed({evil: NOTES.encode(), "b.exe": b"MZ"})})
    assert len(titles(at)) == 1 and "b.exe" in source(at).split('class="pp-tri-unread"')[1]
    assert not (tmp_path / "evil.txt").exists()


def test_uploads_are_never_written_to_the_disk(home: Path) -> None:
    dropped()
    kept = [file for file in home.rglob("*") if file.is_file()]
    assert not any(file.name.startswith("triage") or "铣刀".encode() in file.read_bytes() for file in kept)


def test_more_files_are_added_and_the_same_file_counts_once() -> None:
    at = drop(dropped(), {"铣刀.txt": NOTES.encode(), "game.txt": GAME.replace("cards", "dice").encode()})
    assert sorted(row.path for row in pile_of(at).rows) == ["game (2).txt", "game.txt", "plan.xyz", "铣刀.txt"]


def test_a_folder_of_this_computer_is_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "铣刀.txt").write_text(NOTES, encoding="utf-8")
    at = go(open_app("en"), "triage")
    at.text_input(key="triage_folder").set_value(f'"{tmp_path}"')
    at = finished(calm(at.button(key="triage_folder_go").click().run()))
    assert len(titles(at)) == 1 and "sub/铣刀.txt" in words(at)
    calm(at.button(key="triage_check").click().run())
    assert 'class="pp-draft"' in source(at) and not cases.heads(cases.open_store())


@pytest.mark.parametrize(
    "typed",
    ["no/such/folder", "/no/such/folder", "https://example.com/drafts", "\\\\server\\share", "//server/share", "\0"],
)
def test_only_folders_of_this_computer_are_read(typed: str) -> None:
    at = go(open_app("en"), "triage")
    at.text_input(key="triage_folder").set_value(typed)
    calm(at.button(key="triage_folder_go").click().run())
    assert (
        source(at).count('class="pp-trouble"') == 1
        and "triage_pile" not in desk._desks()[at.session_state["desk"]].kept
    )


def test_cases_are_judged_with_their_answers_and_an_empty_one_says_so(home: Path) -> None:
    store, now = cases.open_store(), case_desk.now()
    one = cases.create(store, "Milling", now, ("铣刀.txt", NOTES.encode()))
    said = "采用Adam优化器训练100轮，初始学习率为0.001，批大小为64，损失函数为交叉熵。"
    cases.save(store, one.id, "answer.TM4", {"state": "answered", "text": said}, 0, now)
    cases.save(store, one.id, "summary", {"next_deadline": "2031-05-06"}, 0, now)
    cases.create(store, "Empty", now)
    at = go(open_app("en"), "triage")
    at = finished(calm(at.button(key="triage_cases").click().run()))
    row = next(row for row in pile_of(at).rows if row.ok)
    assert row.path == "Milling" and "TM4" not in row.gaps and "2031-05-06" in words(at)
    assert "Empty holds neither a draft nor an answer" in words(at)
    calm(at.button(key="triage_check").click().run())
    assert at.session_state["case"] == one.id and said in words(at)
    assert not any(home.rglob("triage*"))


# --- the table --------------------------------------------------------------------------------------------------------


def test_decisions_reasons_and_statuses_are_words_and_shapes_not_colour_alone() -> None:
    at = dropped("zh")
    page = source(at)
    assert "待补充" in words(at) or "先搁置" in words(at)
    for name in ("◐", "○"):
        assert f'<i aria-hidden="true">{name}</i>' in page
    assert "未找到：" in words(at) and "把握：" in words(at)


def test_filters_and_order() -> None:
    at = dropped()
    calm(at.selectbox(key=twin(at, "triage_language")).set_value("zh").run())
    assert titles(at) == ["一种铣刀磨损监测方法"]
    calm(at.selectbox(key=twin(at, "triage_language")).set_value("").run())
    calm(at.text_input(key="triage_text").set_value("GAME.TXT").run())
    assert len(titles(at)) == 1
    calm(at.text_input(key="triage_text").set_value("nothing like it").run())
    assert not titles(at) and "No draft fits" in words(at) and "plan.xyz" in words(at)
    calm(at.text_input(key="triage_text").set_value("").run())
    calm(at.selectbox(key=twin(at, "triage_sort")).set_value("path").run())
    by_path = titles(at)
    assert by_path[1] == "一种铣刀磨损监测方法"


def test_a_click_on_the_head_of_a_column_sorts_and_the_next_one_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    at = dropped()
    page, first = "patentprep/ui/triage.py", titles(at)
    assert {part.split('"')[0] for part in source(at).split('data-sort="')[1:]} >= {"title", "gaps:desc", "ethics"}

    def click(sort: str) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("streamlit.components.v2.component", lambda *_, **__: lambda **_: SimpleNamespace(sort=sort))
            calm(at.switch_page(page).run())
        calm(at.run())

    click("title")
    assert titles(at) == sorted(first) and at.selectbox(key=twin(at, "triage_sort")).value == "title"
    assert 'aria-sort="ascending"><a class="pp-tri-sort" role="button" tabindex="0" data-sort="urgency"' in source(at)
    click("urgency")
    assert titles(at) == first and "aria-sort" in source(at)
    click("no such column")
    assert titles(at) == first


def test_only_the_chosen_documents_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    at = dropped(files={"铣刀.txt": NOTES.encode()})
    calm(at.pills(key=twin(at, "triage_documents")).set_value(["report_pdf"]).run())
    calm(at.button(key="triage_archive").click().run())
    with zipfile.ZipFile(io.BytesIO(downloads(at, monkeypatch)["draft-documents.zip"])) as archive:
        (name,) = archive.namelist()
        assert archive.read(name).startswith(b"%PDF")
    calm(at.pills(key=twin(at, "triage_documents")).set_value([]).run())
    assert at.button(key="triage_archive").disabled


def test_only_the_chosen_decisions_are_shown() -> None:
    at = dropped()
    there = {row.decision for row in pile_of(at).rows if row.ok}
    for name in ("go", "fix", "hold"):
        calm(at.segmented_control(key=twin(at, "triage_decisions")).set_value([name]).run())
        assert bool(titles(at)) == (name in there)


def test_the_heat_map_says_each_status_in_words() -> None:
    at = dropped()
    calm(at.segmented_control(key=twin(at, "triage_view")).set_value("heat").run())
    assert "pp-tri-heat" in source(at) and len(titles(at)) == 2
    assert source(at).count("pp-tri-said") == 12


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_of_the_heat_map_with_one_title_are_told_apart(lang: Lang) -> None:
    pile = packed({"铣刀 v1.txt": NOTES.encode(), "铣刀 副本.txt": NOTES.encode()})
    at = dropped(lang, {"pile.zip": pile})
    calm(at.segmented_control(key=twin(at, "triage_view")).set_value("heat").run())
    assert len(set(titles(at))) == 1 and len(titles(at)) == 2
    table = source(at).split("pp-tri-heat")[1]
    assert table.count("铣刀 v1.txt</span>") == 2 and table.count("铣刀 副本.txt</span>") == 1
    assert table.count("≈") == 1 and table.count("pp-tri-old") == 1
    assert t("triage.heat_hint", lang) in words(at)


def test_the_other_language_and_a_reload_find_the_table_again() -> None:
    at = dropped("en")
    calm(at.segmented_control(key="lang").set_value("zh").run())
    assert len(titles(at)) == 2
    token = at.query_params["desk"]
    other = go(open_app("zh", desk=token[0] if isinstance(token, list) else token), "triage")
    assert len(titles(other)) == 2


def test_what_was_finished_stays_when_the_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    first, go_on = threading.Event(), threading.Event()
    plain = triage_pile.judged

    def slow(pile: triage_pile.Pile, sources: Any, cache: Any) -> Iterator[Row]:
        for row in plain(pile, sources, cache):
            yield row
            first.set()
            go_on.wait(60)

    monkeypatch.setattr(triage_pile, "judged", slow)
    at = go(open_app("en"), "triage")
    key = next(str(u.key) for u in at.file_uploader if str(u.key).startswith("triage_files_"))
    at.file_uploader(key=key).set_value(
        [
            ("a.txt", NOTES.encode(), "text/plain"),
            ("b.txt", GAME.encode(), "text/plain"),
            ("c.txt", GAME.replace("cards", "dice").encode(), "text/plain"),
        ]
    )
    calm(at.run())
    assert first.wait(60)
    calm(at.run())
    assert len(titles(at)) == 1 and at.button(key="triage_stop")
    at.button(key="triage_stop").click()
    calm(at.run())
    go_on.set()
    at = finished(at)
    assert "Stopped" in words(at) and titles(at)
    calm(at.button(key="triage_go_on").click().run())
    at = finished(at)
    assert sorted(row.path for row in pile_of(at).rows) == ["a.txt", "b.txt", "c.txt"]


def test_forgetting_everything_ends_the_run() -> None:
    at = dropped()
    go(at, "settings")
    calm(at.button(key="forget").click().run())
    at = go(at, "triage")
    assert 'class="pp-empty"' in source(at)


# --- what is made of it -----------------------------------------------------------------------------------------------


def test_a_draft_is_opened_as_a_case_once() -> None:
    at = dropped(files={"铣刀.txt": NOTES.encode()})
    for _ in range(2):
        calm(at.button(key="triage_as_case").click().run())
        assert 'class="pp-draft"' in source(at)
        at = go(at, "triage")
    (head,) = cases.heads(cases.open_store())
    assert head.name == "一种铣刀磨损监测方法"


def test_the_table_as_files(monkeypatch: pytest.MonkeyPatch) -> None:
    made = downloads(dropped(), monkeypatch)
    assert {name.rpartition(".")[2] for name in made} == {"csv", "json", "xlsx", "html", "docx", "pdf"}
    told = json.loads(made["triage.json"])
    assert {row["path"] for row in told["rows"]} == {"铣刀.txt", "game.txt", "plan.xyz"}
    assert made["triage.csv"].startswith(b"\xef\xbb\xbf") and made["triage-summary.docx"].startswith(b"PK")
    assert made["triage-summary.pdf"].startswith(b"%PDF")


def test_the_documents_of_each_draft_in_one_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = next(s for s in samples.shelf() if s.file.endswith(".docx"))
    at = dropped(files={"in.zip": packed({"铣刀.txt": NOTES.encode()}), sample.file: sample.read()})
    calm(at.button(key="triage_archive").click().run())
    made = downloads(at, monkeypatch)
    with zipfile.ZipFile(io.BytesIO(made["draft-documents.zip"])) as archive:
        names = archive.namelist()
        for ending in ("annotated.docx", "questions.docx", "report.docx", "report.pdf"):
            assert sum(name.endswith(f"-{ending}") for name in names) == 2
        assert len(names) == 8
        assert not any(name.startswith(("/", ".")) or ".." in name for name in names)
        copy = next(name for name in names if name.endswith("-annotated.docx"))
        with zipfile.ZipFile(io.BytesIO(archive.read(copy))) as word:
            assert any("comments" in part for part in word.namelist())


@pytest.mark.parametrize(("own", "spoken"), [(False, ["zh", "zh"]), (True, ["en", "zh"])])
def test_documents_of_a_pile_in_the_language_of_each_draft(own: bool, spoken: list[Lang]) -> None:
    """An agent who works in Chinese sends an English inventor English questions; what cannot be made is told."""
    pile = triage_pile.Pile("files", [("铣刀.txt", NOTES.encode()), ("cards.txt", GAME.encode()), ("bad.pdf", b"%PDF")])
    rows = sorted(triage_all(pile.sources, backend="serial"), key=lambda row: row.path)
    made = triage_pile.pack(pile, rows, triage_pile.DOCUMENTS, "zh", None, lambda *_: None, own_language=own)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        ends = tuple(f"{t('ui.triage.file.questions', lang)}.docx" for lang in LANGUAGES)
        lists = [archive.read(name) for name in names if name.endswith(ends)]
        assert "bad.pdf" in archive.read(t("ui.triage.file.trouble", "zh")).decode()
    assert len(names) == 2 * len(triage_pile.DOCUMENTS) + 1
    titles = [docx.Document(io.BytesIO(one)).paragraphs[1].text for one in lists]
    assert sorted(titles) == sorted(t("questions.mark", lang) for lang in spoken)
