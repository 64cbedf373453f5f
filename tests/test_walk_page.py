"""Cases on the pages, without a browser: begun, answered, shared by two windows, taken along, encrypted, deleted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("streamlit")

from pages import calm, go, open_app, source, twin, words
from streamlit.testing.v1 import AppTest

from patentprep import strings
from patentprep.cases import store as cases
from patentprep.cases.model import Case
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.ui import case_desk, desk, samples, walk_step

STEPS = ("start", *REQUIREMENTS, "finish")
DRAFT = """一种铣刀磨损监测方法

技术领域
本发明涉及机床刀具状态监测技术领域。

权利要求书
1. 一种铣刀磨损监测方法，其特征在于，采集主轴的振动加速度信号，输入卷积神经网络，得到磨损等级，据此降低进给速度。

具体实施方式
采样频率为20kHz。
"""
OPTIMIZER = "采用Adam优化器训练100轮，初始学习率为0.001，批大小为64，损失函数为交叉熵。"


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    desk._desks().clear()
    case_desk._read().drafts.clear()
    case_desk._read().held.clear()
    case_desk.take_passphrase(None)


def begun(lang: str = "zh", name: str = "铣刀磨损监测") -> AppTest:
    """A case begun from nothing, at its first step."""
    at = go(open_app(lang), "walk")
    at.text_input(key="new_case_name").set_value(name)
    return calm(at.button(key="new_case").click().run())


def step(at: AppTest, name: str) -> AppTest:
    return calm(at.segmented_control(key=twin(at, "walk_step")).set_value(name).run())


def answer(at: AppTest, element: str, text: str) -> AppTest:
    return calm(at.text_area(key=f"pp-answer-{element}").set_value(text).run())


def state(at: AppTest, element: str) -> Any:
    return at.segmented_control(key=twin(at, f"pp-state-{element}"))


def stored(wanted: str = "") -> Case:
    """The only case there is, or the one of that id, as the disk has it."""
    store = cases.open_store()
    return cases.load(store, wanted or cases.heads(store)[0].id)


def reads(at: AppTest, element: str) -> str:
    """The state in which the answer to an element is read: the line below its field."""
    below = source(at).split(f'id="pp-{element}"')[1].split('class="pp-point')[0]
    found = re.findall(r'class="pp-reads pp-is-(\w+)"', below)
    return str(found[0]) if found else ""


def again(at: AppTest, page: str = "walk", **params: str) -> AppTest:
    """A reload of the page, or another window on the same address."""
    known = {name: at.query_params[name] for name in ("desk", "case") if name in at.query_params}
    kept = {name: value[0] if isinstance(value, list) else value for name, value in known.items()}
    return go(open_app(at.session_state["lang"], **(kept | params)), page)


def window(at: AppTest, name: str) -> AppTest:
    """A window of another browser on the same case, at a step."""
    return step(go(open_app(at.session_state["lang"], case=case_id(at)), "walk"), name)


def case_id(at: AppTest) -> str:
    """The id of the case in the address."""
    value = at.query_params["case"]
    return value[0] if isinstance(value, list) else value


# --- a case is begun --------------------------------------------------------------------------------------------------


def test_a_case_is_begun_from_nothing() -> None:
    at = begun()
    assert "铣刀磨损监测" in words(at)
    case = stored()
    assert case.name == "铣刀磨损监测" and not case.sources and case_id(at) == case.id
    assert at.segmented_control(key=twin(at, "walk_step")).value == "start"


def test_a_case_without_a_name_is_called_unnamed() -> None:
    begun("en", "  ")
    assert stored().name == "Unnamed invention"


def test_a_case_is_begun_from_a_file(home: Path) -> None:
    at = open_app()
    at.file_uploader(key="upload").upload("铣刀.txt", DRAFT.encode(), "text/plain")
    calm(at.run())
    assert 'class="pp-draft"' in source(at)
    case = stored()
    assert case.name == "一种铣刀磨损监测方法" and [s.name for s in case.sources] == ["铣刀.txt"]
    assert case.value("summary")["statuses"].keys() == set(REQUIREMENTS)  # the list need not assess
    assert (home / "cases.sqlite3").stat().st_mode & 0o77 == 0
    go(at, "walk")
    assert "铣刀.txt" in words(at)
    go(at, "start")
    assert 'class="pp-shapes"' in source(at)
    assert at.button(key=f"case_{case.id}").label == case.name


def test_a_case_is_begun_from_pasted_text() -> None:
    at = open_app("en")
    at.text_area(key="paste").set_value(DRAFT)
    calm(at.button(key="check_text").click().run())
    assert stored().sources[0].size == len(DRAFT.encode())
    assert "Pasted text" in words(at)


def test_a_draft_that_cannot_be_read_makes_no_case() -> None:
    at = open_app("en")
    at.file_uploader(key="upload").upload("a.pdf", b"%PDF-1.7 nonsense", "application/pdf")
    calm(at.run())
    assert "damaged" in words(at) and not cases.heads(cases.open_store())


def test_a_newer_version_is_laid_in_and_the_same_file_again_is_not(home: Path) -> None:
    at = begun()
    for text, count in ((DRAFT, 1), (DRAFT, 1), (DRAFT + OPTIMIZER, 2)):
        key = next(u.key for u in at.file_uploader if str(u.key).startswith("newer_"))
        at.file_uploader(key=key).upload("稿.txt", text.encode(), "text/plain")
        calm(at.run())
        assert len(stored().sources) == count
    assert "pp-trouble" not in source(at)


def test_a_newer_version_that_cannot_be_read_is_one_sentence_and_changes_nothing() -> None:
    at = begun("en")
    at.file_uploader[0].upload("a.pdf", b"%PDF-1.7 nonsense", "application/pdf")
    calm(at.run())
    assert "damaged" in words(at) and not stored().sources


def test_a_case_whose_draft_cannot_be_read_stays_open_for_another_one() -> None:
    case = cases.create(cases.open_store(), "x", case_desk.now(), ("a.pdf", b"%PDF-1.7 nonsense"))
    at = go(open_app("en", case=case.id), "walk")
    assert "damaged" in words(at) and at.file_uploader
    go(at, "check")
    assert "damaged" in words(at) and 'class="pp-draft"' not in source(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("sample", ["", "gearbox-ready-zh.docx", "attention-pure-algorithm-en.txt"])
def test_every_step_draws(lang: str, sample: str) -> None:
    at = begun(lang)
    if sample:
        data = next(s for s in samples.shelf() if s.file == sample).read()
        at.file_uploader[0].upload(sample, data, "application/octet-stream")
        calm(at.run())
    law = load_checklist("cn-2026")
    for name in STEPS[1:]:
        calm(at.button(key="walk_next").click().run())
        assert at.segmented_control(key=twin(at, "walk_step")).value == name
        if name != "finish":
            assert next(r for r in law.requirements if r.id == name).title.in_(lang) in words(at)  # type: ignore[arg-type]
            asked = len([a for a in at.text_area if str(a.key).startswith("pp-answer-")])
            facts = len([c for c in at.segmented_control if str(c.key).startswith("pp-fact-")])
            assert sample or (facts == len(walk_step.facts()) if name == "ethics" else asked >= 3)
    for name in reversed(STEPS[:-1]):
        calm(at.button(key="walk_back").click().run())
        assert at.segmented_control(key=twin(at, "walk_step")).value == name


def test_another_case_opens_at_its_first_step() -> None:
    at = step(begun(), "finish")
    calm(at.button(key="close_case").click().run())
    assert "case" not in at.query_params
    at.text_input(key="new_case_name").set_value("另一个")
    calm(at.button(key="new_case").click().run())
    assert at.segmented_control(key=twin(at, "walk_step")).value == "start"


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_turns_its_element_to_found() -> None:
    at = answer(step(begun(), "training_method"), "TM4", OPTIMIZER)
    assert stored().value("answer.TM4") == {"state": "answered", "text": OPTIMIZER}
    assert reads(at, "TM4") == "found" and "已找到：" in words(at)
    assert 'pp-point pp-is-found" id="pp-TM4"' in source(at)
    reloaded = step(again(at), "training_method")
    assert reloaded.text_area(key="pp-answer-TM4").value == OPTIMIZER


def test_an_answer_that_tells_of_another_point_counts_there() -> None:
    at = answer(step(begun(), "training_method"), "TM1", OPTIMIZER)
    assert "可作为以下方面的内容" in words(at)
    assert 'pp-point pp-is-not_found" id="pp-TM1"' in source(at)


@pytest.mark.parametrize(
    ("element", "at_step", "text", "status"),
    [
        ("TE1", "technical_effect", "本发明取得了显著的有益效果。", "vague"),
        ("TM1", "training_method", "今天天气很好。", "not_found"),
        ("TM1", "training_method", "   ", ""),
    ],
)
def test_an_answer_that_says_little_stays_open(element: str, at_step: str, text: str, status: str) -> None:
    at = answer(step(begun(), at_step), element, text)
    assert reads(at, element) == status
    assert f'pp-point pp-is-found" id="pp-{element}"' not in source(at)


def test_a_point_may_not_apply_or_not_be_known_yet() -> None:
    at = step(begun(), "training_method")
    calm(state(at, "TM1").set_value("not_applicable").run())
    assert "不适用" in words(at)
    answer(at, "TM1", "参数由解析公式给出，没有训练")
    assert reads(at, "TM1") == "not_applicable"
    calm(state(at, "TM2").set_value("unknown").run())
    assert reads(at, "TM2") == "vague" and "保留在问题清单里" in words(at)
    assert {e: a.state for e, a in stored().answers.items()} == {"TM1": "not_applicable", "TM2": "unknown"}
    calm(state(at, "TM2").set_value("answered").run())
    assert reads(at, "TM2") == ""


def test_an_answer_moves_no_field_while_it_is_written() -> None:
    def order(at: AppTest) -> list[str]:
        return re.findall(r'class="pp-point[^>]* id="pp-(\w+)"', source(at))

    at = step(begun(), "training_method")
    before = order(at)
    answer(at, before[-1], "有监督学习")  # one of those folded away
    assert order(at) == before
    step(at, "ethics")
    step(at, "training_method")
    assert order(at).index(before[-1]) <= walk_step.FIRST  # when the step is opened again it stands with the others


def test_language_changes_and_what_was_typed_stays() -> None:
    at = step(begun("zh"), "training_method")
    at.text_area(key="pp-answer-TM1").set_value(OPTIMIZER)  # not yet sent when the language is changed
    calm(at.segmented_control(key="lang").set_value("en").run())
    assert at.text_area(key="pp-answer-TM1").value == OPTIMIZER
    calm(state(at, "TM2").set_value("unknown").run())
    calm(at.segmented_control(key="lang").set_value("zh").run())
    assert state(at, "TM2").value == "unknown"
    assert stored().answers["TM1"].text == OPTIMIZER


def test_an_earlier_version_can_be_put_back() -> None:
    at = step(begun(), "training_method")
    answer(at, "TM1", OPTIMIZER * 3)
    answer(at, "TM1", "删了")
    calm(at.button(key="back_answer.TM1_1").click().run())
    assert at.text_area(key="pp-answer-TM1").value == OPTIMIZER * 3
    assert stored().answers["TM1"].text == OPTIMIZER * 3


def test_what_cannot_be_saved_is_said_stays_and_is_saved_later(monkeypatch: pytest.MonkeyPatch) -> None:
    from patentprep.cases.model import StoreUnusable

    at = step(begun("en"), "training_method")
    save = cases.save

    def full(*args: Any) -> Any:
        raise StoreUnusable("full", path="x")

    monkeypatch.setattr(cases, "save", full)
    answer(at, "TM1", OPTIMIZER)
    assert "Not saved yet" in words(at) and "no room left" in words(at)
    step(at, "ethics")
    step(at, "training_method")
    assert at.text_area(key="pp-answer-TM1").value == OPTIMIZER
    monkeypatch.setattr(cases, "save", save)
    step(at, "technical_effect")
    assert "Not saved yet" not in words(at)
    assert stored().answers["TM1"].text == OPTIMIZER


# --- two windows on one case ------------------------------------------------------------------------------------------


def clash() -> tuple[AppTest, AppTest]:
    """Two windows that both wrote an answer; the second one comes too late."""
    one = step(begun("en"), "training_method")
    two = window(one, "training_method")
    answer(one, "TM1", "Text of the first window")
    answer(two, "TM1", "Text of the second window")
    return one, two


def shows_both(at: AppTest) -> bool:
    mine = at.text_area(key="pp-answer-TM1").value == "Text of the second window"
    return mine and "pp-conflict" in source(at) and "Text of the first window" in words(at)


def test_a_stale_save_becomes_a_conflict_that_shows_both_texts() -> None:
    _, two = clash()
    assert shows_both(two)
    assert stored().answers["TM1"].text == "Text of the first window"
    calm(two.segmented_control(key="lang").set_value("zh").run())
    assert shows_both(two)  # no text is lost by another language or step
    step(two, "ethics")
    step(two, "training_method")
    assert shows_both(two)


def test_mine_may_be_kept() -> None:
    one, two = clash()
    calm(two.button(key="mine_answer.TM1").click().run())
    assert "pp-conflict" not in source(two)
    assert stored().answers["TM1"].text == two.text_area(key="pp-answer-TM1").value == "Text of the second window"
    calm(one.run())
    assert one.text_area(key="pp-answer-TM1").value == "Text of the second window"  # untouched there: it follows
    assert "pp-conflict" not in source(one)


def test_what_was_typed_last_is_kept_with_mine() -> None:
    _, two = clash()
    two.text_area(key="pp-answer-TM1").set_value("Text of the second window, and more")
    calm(two.button(key="mine_answer.TM1").click().run())
    assert stored().answers["TM1"].text == "Text of the second window, and more"


def test_theirs_may_be_taken() -> None:
    _, two = clash()
    calm(two.button(key="theirs_answer.TM1").click().run())
    assert "pp-conflict" not in source(two)
    assert stored().answers["TM1"].text == two.text_area(key="pp-answer-TM1").value == "Text of the first window"
    answer(two, "TM1", "Written after that")
    assert stored().answers["TM1"].text == "Written after that"


def test_other_choices_clash_in_words() -> None:
    one = begun("en")
    two = window(one, "start")
    calm(one.selectbox(key="pp-start.kind@en").set_value("model").run())
    calm(two.selectbox(key="pp-start.kind@en").set_value("ai_assisted").run())
    assert "pp-conflict" in source(two)
    assert strings.t("report.invention_type.model", "en") in words(two).split("meanwhile")[1]
    calm(two.button(key="mine_start.kind").click().run())
    assert stored().value("start.kind") == "ai_assisted" and "pp-conflict" not in source(two)


def test_dates_of_two_windows_are_brought_together() -> None:
    one = begun("en")
    two = window(one, "start")
    calm(one.text_input(key="plan_priority").set_value("2026-01-31").run())
    calm(two.text_input(key="plan_filing").set_value("2027-01-15").run())
    assert stored().value("plan") == {"plan_priority": "2026-01-31", "plan_filing": "2027-01-15"}
    calm(two.run())
    assert two.text_input(key="plan_priority").value == "2026-01-31"
    calm(one.run())
    assert one.text_input(key="plan_filing").value == "2027-01-15"


def test_two_windows_of_one_browser_with_two_cases_do_not_mix_their_dates() -> None:
    one = begun("en", "One")
    calm(one.text_input(key="plan_priority").set_value("2026-01-31").run())
    first = case_id(one)
    two = again(one)
    calm(two.button(key="close_case").click().run())
    two.text_input(key="new_case_name").set_value("Two")
    calm(two.button(key="new_case").click().run())
    assert two.text_input(key="plan_priority").value == ""
    calm(two.text_input(key="plan_priority").set_value("2025-05-05").run())
    calm(one.text_input(key="plan_filing").set_value("2027-01-15").run())
    step(one, "ethics")
    step(one, "start")
    assert one.text_input(key="plan_priority").value == "2026-01-31"
    assert stored(first).value("plan") == {"plan_priority": "2026-01-31", "plan_filing": "2027-01-15"}
    assert stored(case_id(two)).value("plan") == {"plan_priority": "2025-05-05"}


# --- where the case is found again ------------------------------------------------------------------------------------


def test_a_reload_finds_the_case_by_its_id() -> None:
    at = answer(step(begun(), "training_method"), "TM1", OPTIMIZER)
    assert again(at).segmented_control(key=twin(at, "walk_step")).value == "training_method"
    elsewhere = go(open_app(case=case_id(at)), "check")  # another browser, no desk
    assert OPTIMIZER in words(elsewhere)


def test_dates_belong_to_the_case_on_whatever_page_they_are_typed() -> None:
    at = go(open_app("en"), "timeline")
    calm(at.text_input(key="plan_priority").set_value("2026-01-31").run())
    go(at, "walk")
    calm(at.button(key="new_case").click().run())
    assert at.text_input(key="plan_priority").value == "2026-01-31"  # typed before there was a case
    go(at, "timeline")
    calm(at.button(key="plan_add").click().run())
    calm(at.text_input(key="plan_day_0").set_value("2026-01-10").run())
    plan = stored().value("plan")
    assert plan["plan_priority"] == "2026-01-31" and plan["plan_day_0"] == "2026-01-10"
    fresh = go(open_app("en", case=case_id(at), priority="2020-01-01"), "timeline")
    assert fresh.text_input(key="plan_priority").value == "2026-01-31"  # what is stored counts
    assert fresh.text_input(key="plan_day_0").value == "2026-01-10"
    calm(fresh.button(key="plan_out_0").click().run())
    assert stored().value("plan") == {"plan_priority": "2026-01-31", "plan_kind_0": plan["plan_kind_0"]} or (
        stored().value("plan") == {"plan_priority": "2026-01-31"}
    )
    go(fresh, "walk")
    calm(fresh.button(key="close_case").click().run())
    go(fresh, "timeline")
    assert fresh.text_input(key="plan_priority").value == ""  # they are the case's


@pytest.mark.parametrize("page", ["start", "check", "walk", "timeline", "settings"])
def test_a_deleted_case_leaves_the_page_usable(page: str) -> None:
    at = begun("en")
    cases.delete(cases.open_store(), case_id(at))
    gone = again(at, page)
    assert "case" not in gone.query_params
    if page in ("check", "walk"):
        assert "does not exist any more" in words(gone)
    calm(at.run())
    assert at.button(key="new_case")


def test_an_answer_to_a_case_deleted_meanwhile() -> None:
    at = step(begun("en"), "training_method")
    cases.delete(cases.open_store(), case_id(at))
    answer(at, "TM1", OPTIMIZER)
    assert "does not exist any more" in words(at) and at.button(key="new_case")
    calm(at.button(key="new_case").click().run())
    assert "Not saved yet" not in words(at)


@pytest.mark.parametrize("page", ["start", "check", "walk", "timeline", "settings"])
@pytest.mark.parametrize("what", ["foreign", "denied"])
def test_a_store_that_is_not_usable_is_one_sentence(page: str, what: str, home: Path) -> None:
    home.mkdir(exist_ok=True)
    if what == "foreign":
        (home / "cases.sqlite3").write_bytes(b"no database, but words" * 400)
    else:
        (home / "cases.sqlite3").mkdir()
    at = open_app("en", case="0123456789abcdef")
    if page != "start":
        go(at, page)
    if page not in ("timeline",):
        assert source(at).count('class="pp-trouble"') == 1 and str(home) in words(at)
    go(at, "start")
    at.checkbox(key="keep_case").set_value(False)
    at.text_area(key="paste").set_value(DRAFT)
    calm(at.button(key="check_text").click().run())
    assert 'class="pp-draft"' in source(at)  # in memory everything works


def test_a_store_that_is_not_usable_keeps_the_pasted_text(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "cases.sqlite3").write_bytes(b"no database, but words" * 400)
    at = open_app("en")
    at.text_area(key="paste").set_value(DRAFT)
    calm(at.button(key="check_text").click().run())
    assert "not a file of patentprep" in words(at)
    assert at.text_area(key="paste").value == DRAFT


# --- law and ethics ---------------------------------------------------------------------------------------------------


def test_a_fact_writes_nothing_until_the_inventor_says_so() -> None:
    at = step(begun("zh"), "ethics")
    for name, *_ in walk_step.facts():
        for said in ("yes", "unknown", "no"):
            calm(at.segmented_control(key=f"pp-fact-{name}@zh").set_value(said).run())
    case = stored()
    assert not case.answers
    assert {f: e.value for f, e in case.entries.items() if f.startswith("ethics.")} == {
        f"ethics.{name}": "no" for name, *_ in walk_step.facts()
    }
    name, _, _, element, sentence = walk_step.facts()[0]
    calm(at.button(key=f"say_{name}").click().run())
    assert {e: a.text for e, a in stored().answers.items()} == {element: sentence.zh}
    assert f"say_{name}" not in [b.key for b in at.button]
    assert at.text_area(key=f"pp-answer-{element}").value == sentence.zh


def test_a_statement_is_added_to_what_was_just_typed() -> None:
    at = step(begun("en"), "ethics")
    name, _, _, element, sentence = walk_step.facts()[0]
    fact = f"pp-fact-{name}@en"
    calm(at.segmented_control(key=fact).set_value("yes").run())
    answer(at, element, "The sensors are")
    calm(at.segmented_control(key=fact).set_value("no").run())
    at.text_area(key=f"pp-answer-{element}").set_value("The sensors are on the spindle.")  # not yet sent
    calm(at.button(key=f"say_{name}").click().run())
    assert stored().answers[element].text == f"The sensors are on the spindle.\n{sentence.en}"


def test_a_yes_brings_its_questions_forward() -> None:
    at = step(begun("zh"), "ethics")
    name, _, elements, *_ = next(f for f in walk_step.facts() if f[0] == "biometrics")
    calm(at.segmented_control(key=f"pp-fact-{name}@zh").set_value("yes").run())
    points = re.findall(r'class="pp-point[^>]* id="pp-(\w+)"', source(at))
    assert points[0] == elements[0]


# --- documents --------------------------------------------------------------------------------------------------------


def word_text(data: bytes) -> str:
    import docx

    word = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in word.paragraphs), *cells])


def downloads(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Every file the last step offers, made as the page would make it."""
    import streamlit as st

    made: dict[str, bytes] = {}

    def take(label: str, data: Any, **more: Any) -> bool:
        content = data() if callable(data) else data
        made[more["file_name"]] = content.encode() if isinstance(content, str) else content
        return False

    with monkeypatch.context() as patch:
        patch.setattr(st, "download_button", take)
        calm(at.run())
    return made


def offered(files: dict[str, bytes], ending: str) -> bytes:
    return next(data for name, data in files.items() if name.endswith(ending))


def test_the_last_step_has_nothing_to_export_before_anything_was_said() -> None:
    at = step(begun("en"), "finish")
    assert 'class="pp-empty"' in source(at) and not at.get("download_button")[1:]  # one: the case itself


def test_the_disclosure_opens_in_word_and_marks_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    at = answer(step(begun(), "training_method"), "TM4", OPTIMIZER)
    calm(state(at, "TM2").set_value("unknown").run())
    files = downloads(step(at, "finish"), monkeypatch)
    text = word_text(offered(files, "-交底书.docx"))
    assert "铣刀磨损监测" in text and OPTIMIZER.rstrip("。") in text
    assert b"<html" in offered(files, "-报告.html")[:400]
    assert "[TM2]" in offered(files, "-问题清单.txt").decode()
    assert "[TM4]" not in word_text(offered(files, "-问题清单.docx"))  # it was answered


@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_a_filled_question_list_comes_back(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import docx

    at = answer(step(begun(), "training_method"), "TM4", OPTIMIZER)
    files = downloads(step(at, "finish"), monkeypatch)
    data = offered(files, f"-问题清单.{kind}")
    if kind == "docx":
        word = docx.Document(io.BytesIO(data))
        asked = re.findall(r"\[([A-Z]+[0-9]+)\]", "\n".join(p.text for p in word.paragraphs))
        word.tables[asked.index("TM2")].rows[0].cells[0].text = "有监督学习，标签为磨损等级"
        word.tables[asked.index("TM7")].rows[0].cells[0].text = "不适用：不设停止条件"
        buffer = io.BytesIO()
        word.save(buffer)
        data = buffer.getvalue()
    else:
        text = data.decode()
        for element, said in (("TM2", "有监督学习，标签为磨损等级"), ("TM7", "不适用：不设停止条件")):
            text = re.sub(rf"(\[{element}\][^\n]*\n)> ", rf"\1> {said}", text)
        data = text.encode()
    for _ in range(2):  # the same list twice is no trouble
        key = next(u.key for u in at.file_uploader if str(u.key).startswith("filled_"))
        at.file_uploader(key=key).upload(f"填好.{kind}", data, "application/octet-stream")
        calm(at.run())
        assert "已收入答复 2 条" in words(at)
    answers = stored().answers
    assert answers["TM2"].text == "有监督学习，标签为磨损等级" and answers["TM4"].text == OPTIMIZER
    assert (answers["TM7"].state, answers["TM7"].text) == ("not_applicable", "不设停止条件")


def test_what_was_answered_here_meanwhile_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    at = step(begun("en"), "training_method")
    calm(state(at, "TM2").set_value("not_applicable").run())
    answer(at, "TM2", "No labels are needed")
    answer(at, "TM5", "The learning rate is 0.001.")
    step(at, "finish")
    answer_list = "1. [TM2] How does it learn?\n> Supervised\n\n2. [TM4] Which optimiser?\n> Adam, rate 0.001\n"
    at.file_uploader[0].upload("back.txt", answer_list.encode(), "text/plain")
    calm(at.run())
    assert "TM2" in words(at).split("left as they are")[1]
    assert stored().answers["TM2"].text == "No labels are needed" and "Adam" in stored().answers["TM4"].text


def test_a_file_that_is_no_question_list_is_one_sentence() -> None:
    at = step(answer(step(begun("en"), "training_method"), "TM4", OPTIMIZER), "finish")
    at.file_uploader[0].upload("x.txt", ("Notes about something else altogether. " * 9).encode(), "text/plain")
    calm(at.run())
    assert source(at).count('class="pp-trouble"') == 1 and stored().answers.keys() == {"TM4"}  # nothing else


# --- the case as a whole ----------------------------------------------------------------------------------------------


def test_a_case_is_renamed_where_it_is_open_and_in_the_list() -> None:
    at = begun()
    name = f"name_{case_id(at)}"
    calm(at.text_input(key=name).set_value("新名字").run())
    assert stored().name == "新名字" and "新名字" in words(at)
    calm(at.text_input(key=name).set_value("  ").run())
    assert stored().name == "新名字"
    go(at, "start")
    calm(at.text_input(key=name).set_value("又一个").run())
    assert at.button(key=f"case_{case_id(at)}").label == "又一个"


def test_a_case_is_exported_and_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    at = answer(step(begun("zh", "铣刀/磨损"), "training_method"), "TM4", OPTIMIZER)
    data = offered(downloads(at, monkeypatch), ".patentprep")
    old = case_id(at)
    calm(at.button(key="close_case").click().run())
    at.file_uploader(key="import_case").upload("铣刀.patentprep", data, "application/zip")
    calm(at.run())
    assert case_id(at) != old and len(cases.heads(cases.open_store())) == 2
    assert stored(case_id(at)).answers["TM4"].text == OPTIMIZER
    assert "铣刀/磨损" in words(at)


def test_a_file_that_is_no_case_is_one_sentence() -> None:
    at = go(open_app("en"), "walk")
    at.file_uploader(key="import_case").upload("x.patentprep", b"PK nothing", "application/zip")
    calm(at.run())
    assert "not a complete .patentprep file" in words(at) and not cases.heads(cases.open_store())


def test_a_case_with_strange_contents_still_draws() -> None:
    store = cases.open_store()
    case = cases.create(store, "x", case_desk.now())
    odd = {
        "answer.TM1": "text",
        "answer.TM4": {"state": "odd", "text": 3},
        "start.kind": "odd",
        "start.language": "xx",
        "ethics.biometrics": 5,
        "summary": {"level": "odd"},
        "plan": {"plan_offices": ["XX"], "plan_priority": 5, "plan_absences": "x", "plan_filing": "2026-13-01", "y": 1},
    }
    for field, value in odd.items():
        cases.save(store, case.id, field, value, 0, case_desk.now())
    at = open_app("en", case=case.id)
    go(at, "walk")
    for name in STEPS:
        step(at, name)
    go(at, "timeline")


@pytest.mark.parametrize("page", ["start", "walk"])
def test_a_case_is_deleted_once_that_was_confirmed(page: str, home: Path) -> None:
    at = answer(step(begun("en", "Secret tool"), "training_method"), "TM4", OPTIMIZER)
    known = case_id(at)
    go(at, page)
    assert at.button(key=f"delete_{known}").disabled
    calm(at.checkbox(key=f"sure_{known}").set_value(True).run())
    calm(at.button(key=f"delete_{known}").click().run())
    assert "case" not in at.query_params and not cases.heads(cases.open_store())
    assert not any(b"Adam" in file.read_bytes() or b"Secret" in file.read_bytes() for file in home.iterdir())
    assert "Secret tool" not in words(at)


def test_all_cases_are_deleted_once_that_was_confirmed(home: Path) -> None:
    at = begun("en", "One")
    cases.create(cases.open_store(), "Two", case_desk.now())
    go(at, "settings")
    assert "2 cases" in words(at) and str(home) in words(at)
    assert at.button(key="delete_all").disabled
    calm(at.checkbox(key="sure_all").set_value(True).run())
    calm(at.button(key="delete_all").click().run())
    assert "All cases were deleted" in words(at) and "0 cases" in words(at)
    assert not any(b"Two" in file.read_bytes() for file in home.iterdir())
    go(at, "walk")
    assert at.button(key="new_case")


def test_forgetting_closes_the_case_and_keeps_it_saved() -> None:
    at = answer(step(begun("en"), "training_method"), "TM4", OPTIMIZER)
    go(at, "settings")
    calm(at.button(key="forget").click().run())
    assert "case" not in at.query_params and not case_desk._read().held
    assert stored().answers["TM4"].text == OPTIMIZER


# --- encryption -------------------------------------------------------------------------------------------------------


def test_cases_are_encrypted_locked_opened_and_decrypted_again(home: Path) -> None:
    pytest.importorskip("sqlcipher3")
    at = answer(step(begun("en", "Secret tool"), "training_method"), "TM4", OPTIMIZER)
    go(at, "settings")
    at.text_input(key="new_passphrase").set_value("correct horse")
    calm(at.text_input(key="passphrase_again").set_value("correct house").run())
    assert "not the same" in words(at) and at.button(key="encrypt_go").disabled
    calm(at.text_input(key="passphrase_again").set_value("correct horse").run())
    calm(at.button(key="encrypt_go").click().run())
    assert not (home / "cases.sqlite3").read_bytes().startswith(b"SQLite")
    assert "1 cases" in words(at)

    case_desk.take_passphrase(None)  # as when the program is started again
    for page in ("start", "check", "walk", "timeline", "settings"):
        locked = again(at, page)
        if page != "timeline":
            assert "encrypted" in words(locked) and "Secret tool" not in words(locked), page
        if page not in ("check", "timeline"):
            calm(locked.text_input(key="unlock").set_value("wrong").run())
            assert "This passphrase does not open your cases" in words(locked)
    calm(locked.text_input(key="unlock").set_value("correct horse").run())
    go(locked, "walk")
    assert "Secret tool" in words(locked)

    go(locked, "settings")
    calm(locked.button(key="decrypt_go").click().run())
    assert (home / "cases.sqlite3").read_bytes().startswith(b"SQLite")
    assert stored().answers["TM4"].text == OPTIMIZER


def test_without_the_package_encryption_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    at = begun("en")
    go(at, "settings")
    at.text_input(key="new_passphrase").set_value("correct horse")
    calm(at.text_input(key="passphrase_again").set_value("correct horse").run())
    calm(at.button(key="encrypt_go").click().run())
    assert "patentprep[encrypt]" in words(at) and stored().name


# --- Check ------------------------------------------------------------------------------------------------------------


def test_check_shows_the_draft_with_the_answers_heat_map_claims_and_printed_pages() -> None:
    data = next(s for s in samples.shelf() if s.file == "ecg-ready-en.pdf").read()
    at = open_app("en")
    at.file_uploader(key="upload").upload("ecg.pdf", data, "application/pdf")
    calm(at.run())
    go(at, "walk")
    said = "The optimiser was chosen by a colleague of ours in the basement on 14 May."
    answer(step(at, "training_method"), case_answer(at), said)
    go(at, "check")
    assert said in words(at) and 'class="pp-heat"' in source(at) and strings.t("ui.check.claims", "en") in words(at)
    calm(at.segmented_control(key=twin(at, "check_view")).set_value("pages").run())
    assert "pp-sheets" in source(at) and "data:image/" in source(at)
    calm(at.segmented_control(key="lang").set_value("zh").run())
    assert "pp-sheets" in source(at)


def case_answer(at: AppTest) -> str:
    """The first point the step asks."""
    return next(str(a.key).removeprefix("pp-answer-") for a in at.text_area if str(a.key).startswith("pp-answer-"))


def test_the_kind_the_inventor_chose_counts_on_every_page() -> None:
    at = begun()
    at.file_uploader[0].upload("稿.txt", DRAFT.encode(), "text/plain")
    calm(at.run())
    calm(at.selectbox(key="pp-start.kind@zh").set_value("ai_generated").run())
    go(at, "check")
    assert at.selectbox(key=twin(at, "check_type")).value == "ai_generated"
