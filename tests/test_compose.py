"""A draft and the answers to it as one text: the draft does not move, and an answer can be told from the draft."""

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from patentprep import assessment as module
from patentprep.assessment import assess
from patentprep.cases.compose import answer_spans, compose, draft_end
from patentprep.cases.model import Answer
from patentprep.cases.questions import STAGES, open_questions, stages
from patentprep.checklist import Checklist, load_checklist
from patentprep.evidence import Judgement
from patentprep.model import Assessment, Document, Draft, Eligibility, Page, ParagraphLabel, Sentence
from patentprep.structure import structure

LAW = load_checklist("cn-2026")
TEXT = (
    "一种齿轮箱故障诊断方法\n技术领域\n本发明涉及旋转机械状态监测。\n背景技术\n现有方法在变转速下误报多。\n"
    "发明内容\n用神经网络模型识别故障。\n权利要求书\n1. 一种齿轮箱故障诊断方法，其特征在于，采集振动信号并输入网络。\n"
)
DRAFT = structure(
    Document("稿.pdf", "pdf", TEXT, (Page(1, 0, len(TEXT)),), (ParagraphLabel(14, "[0001]"),), (), "of the file")
)
_SAYS = re.compile(r"\(([A-Z]{2}\d+) (substantive|vague) (0\.\d+)\)")


def answers(*given: tuple[str, str, str]) -> dict[str, Answer]:
    return {element: Answer(element, state, text) for element, state, text in given}  # type: ignore[arg-type]


def judged(made: Draft, law: Checklist, on_step: object = None) -> tuple[tuple[Sentence, Judgement], ...]:
    return tuple(
        (s, Judgement(law.element(name).requirement, strength, float(sure), (name,), ""))
        for s in made.sentences
        for name, strength, sure in _SAYS.findall(s.text)
    )


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence such as ``(MC2 vague 0.9)`` says itself what it is evidence of."""
    monkeypatch.setattr(module, "find_evidence", judged)
    monkeypatch.setattr(module, "formal_findings", lambda made: ())
    fine = Eligibility("technical_solution", 0.05, (), ())
    monkeypatch.setattr(module, "assess_draft_eligibility", lambda made: fine)


GIVEN = answers(
    ("TM3", "answered", "损失函数为交叉熵。系数为0.1。"),
    ("DS1", "answered", "数据来自三个风场。\r\n共4200条。\x00\x0b"),
    ("ET1", "not_applicable", "只有机器数据"),
    ("TM5", "unknown", "要问张工"),
    ("TM7", "answered", "  "),
)


# --- the text ---------------------------------------------------------------------------------------------------


def test_the_draft_stays_where_it_is() -> None:
    made = compose(DRAFT, GIVEN, "zh")
    assert made.text.startswith(TEXT) and draft_end(made) == len(TEXT)
    for name in ("pages", "labels", "name", "format"):
        assert getattr(made.document, name) == getattr(DRAFT.document, name)
    for name in ("sections", "sentences", "claims"):
        assert getattr(made, name)[: len(getattr(DRAFT, name))] == getattr(DRAFT, name)
    assert (made.title, made.invention_type, made.language) == (DRAFT.title, DRAFT.invention_type, DRAFT.language)
    assert made.document.sha256 == hashlib.sha256(made.text.encode()).hexdigest()


def test_answers_follow_in_the_order_of_the_checklist_under_their_titles() -> None:
    made = compose(DRAFT, GIVEN, "zh")
    extra = made.sections[len(DRAFT.sections) :]
    assert [s.heading for s in extra] == ["DS1 · 数据从哪里来", "TM3 · 损失或目标函数"]
    assert {s.kind for s in extra} == {"other"} and extra[-1].end == len(made.text)
    assert all(made.text[s.start :].startswith(s.heading + "\n") for s in extra)
    assert "机器数据" not in made.text and "张工" not in made.text, "these say nothing of the invention"


def test_sentences_of_answers_have_true_offsets_and_no_page() -> None:
    made = compose(DRAFT, GIVEN, "zh")
    extra = made.sentences[len(DRAFT.sentences) :]
    assert [s.text for s in extra] == ["数据来自三个风场。", "共4200条。", "损失函数为交叉熵。", "系数为0.1。"]
    assert all(made.text[s.start : s.end] == s.text for s in extra)
    assert {(s.page, s.paragraph, s.claim, s.section) for s in extra} == {(None, None, None, "other")}


def test_a_finding_can_be_told_to_stand_in_an_answer() -> None:
    made = compose(DRAFT, GIVEN, "en")
    spans = answer_spans(made)
    assert list(spans) == ["DS1", "TM3"]
    assert made.text[slice(*spans["DS1"])] == "数据来自三个风场。\n共4200条。"
    assert made.text[slice(*spans["TM3"])] == "损失函数为交叉熵。系数为0.1。"


def test_a_draft_without_answers_has_no_spans_and_is_not_changed() -> None:
    assert compose(DRAFT, {}, "zh") is DRAFT
    assert compose(DRAFT, answers(("ET1", "not_applicable", "无")), "zh") is DRAFT
    assert answer_spans(DRAFT) == {} and draft_end(DRAFT) == len(TEXT)


@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
def test_a_heading_begins_a_line_however_the_draft_ends(ending: str) -> None:
    text = TEXT.rstrip() + ending
    draft = structure(Document("稿.txt", "txt", text, (), (), (), ""))
    made = compose(draft, GIVEN, "zh")
    assert made.text.startswith(text)
    assert made.text[made.text.index("DS1 · ") - 1] == "\n"


def test_an_element_of_no_checklist_keeps_its_answer() -> None:
    made = compose(DRAFT, answers(("XX99", "answered", "某事。"), ("TM3", "answered", "交叉熵。")), "zh")
    assert [made.text[slice(*span)] for span in answer_spans(made).values()] == ["交叉熵。", "某事。"]


@pytest.mark.parametrize(
    ("given", "lang", "language"),
    [
        (GIVEN, "en", "zh"),  # the language of the answers
        (answers(("TM3", "answered", "The loss is the cross entropy of the predicted classes.")), "zh", "en"),
        ({}, "en", "en"),
    ],
)
def test_without_a_draft_the_answers_are_the_text(given: dict[str, Answer], lang: Any, language: str) -> None:
    made = compose(None, given, lang)
    assert made.document.name == "" and made.document.format == "txt" and made.document.pages == ()
    assert made.language == language and draft_end(made) == 0
    assert (
        len(made.sections)
        == len(answer_spans(made))
        == sum(a.state == "answered" and a.text.strip() != "" for a in given.values())
    )


# --- the questions ----------------------------------------------------------------------------------------------


def test_every_element_is_asked_in_exactly_one_stage() -> None:
    listed = [name for stage in stages() for name in stage.elements]
    assert sorted(listed) == sorted(e.id for e in LAW.elements)
    assert tuple(stage.id for stage in stages()) == STAGES


def assessed(text: str, given: dict[str, Answer], kind: Any = "application") -> Assessment:
    draft = structure(
        Document("d.txt", "txt", f"DETAILED DESCRIPTION\nThe network model is trained.\n{text}\n", (), (), (), "")
    )
    return assess(compose(draft, given, "en"), invention_type=kind)


@pytest.mark.usefixtures("stub")
def test_only_open_points_are_asked_and_what_was_seen_is_quoted() -> None:
    given = answers(
        ("MC3", "answered", "Four layers."),
        ("MC4", "not_applicable", ""),
        ("MC5", "unknown", ""),
        ("MC6", "answered", " "),
    )
    asked = open_questions(
        assessed("It is built (MC1 substantive 0.9).\nUsual modules (MC2 vague 0.95).", given), given, "en"
    )
    by_id = {q.element: q for q in asked}
    assert not {"MC1", "MC3", "MC4"} & by_id.keys()
    assert {"MC2", "MC5", "MC6", "TM1"} <= by_id.keys(), "an unknown or empty answer leaves the question open"
    assert by_id["MC2"].seen == "Usual modules (MC2 vague 0.95)." and by_id["TM1"].seen == ""
    assert by_id["MC2"].text == LAW.element("MC2").question.en
    assert by_id["MC2"].requirement == "model_construction"


@pytest.mark.usefixtures("stub")
def test_questions_stand_by_stage_then_severity_then_checklist() -> None:
    asked = open_questions(assessed("", {}), {}, "zh")
    place = {e.id: n for n, e in enumerate(LAW.elements)}
    weight = {"fatal": 0, "serious": 1, "advisory": 2}
    keys = [(STAGES.index(q.stage), weight[LAW.element(q.element).severity], place[q.element]) for q in asked]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)
    assert {q.stage for q in asked} == set(STAGES)
    assert all(q.text == LAW.element(q.element).question.zh for q in asked)


@pytest.mark.usefixtures("stub")
def test_what_does_not_apply_to_the_kind_of_invention_is_not_asked() -> None:
    # TS12 is asked of applications only, even where a model's draft has a vague sentence on it
    text = "It was adapted (TS12 vague 0.95)."
    assert "TS12" in {q.element for q in open_questions(assessed(text, {}), {}, "en")}
    assert "TS12" not in {q.element for q in open_questions(assessed(text, {}, "model"), {}, "en")}


@pytest.mark.usefixtures("stub")
def test_without_a_draft_silence_on_the_model_is_no_answer() -> None:
    def names(*said: str) -> set[str]:
        given = answers(*(("TS4", "answered", text) for text in said))
        return {q.element for q in open_questions(assess(compose(None, given, "zh")), given, "zh")}

    assert {"MC1", "DS1", "TM1"} <= names() and {"MC1", "DS1", "TM1"} <= names("阵风使谱线移出固定频带。")
    assert "TM13" not in names(), "asked only where reinforcement learning is spoken of"
    assert "TM1" not in names("网络模型是现成的，本方案不涉及模型训练。")
    draft = structure(Document("d.txt", "txt", "技术领域\n一种换热器。\n背景技术\n管内结垢。\n", (), (), (), ""))
    assert "MC1" not in {q.element for q in open_questions(assess(draft), {}, "zh")}, "a draft that has no model"


@pytest.mark.usefixtures("stub")
def test_an_answer_is_evidence_like_a_sentence_of_the_draft() -> None:
    given = answers(("MC2", "answered", "An encoder and a decoder (MC2 substantive 0.9)."))
    result = assessed("", given)
    item = next(e for r in result.requirements for e in r.elements if e.id == "MC2")
    low, high = answer_spans(result.draft)["MC2"]
    assert item.status == "found" and low <= item.evidence[0].start < high
    assert item.evidence[0].page is None
    assert answer_spans(replace(result.draft, sections=result.draft.sections[:-1])) == {}
