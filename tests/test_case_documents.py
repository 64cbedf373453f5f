"""The papers of a case: the question list and its way back, the invention disclosure. Nothing in them is invented."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest

from patentprep import assessment as module
from patentprep.assessment import assess
from patentprep.cases.compose import compose
from patentprep.cases.model import Answer, Case, Entry, Source
from patentprep.cases.questions import STAGES, Question, open_questions
from patentprep.checklist import Checklist, load_checklist
from patentprep.errors import DamagedDraft, EmptyDraft, PatentprepError
from patentprep.evidence import Judgement
from patentprep.model import Document, Draft, Eligibility, Lang, Section, Sentence
from patentprep.report.disclosure import chapter_of, chapters, disclosure_docx
from patentprep.report.questions import NotAQuestionList, question_docx, question_text, read_answers
from patentprep.strings import LANGUAGES, say, t
from patentprep.structure import structure

LAW = load_checklist("cn-2026")
NOW = datetime(2026, 1, 5, tzinfo=UTC)
_SAYS = re.compile(r"\(([A-Z]{2}\d+) (substantive|vague) (0\.\d+)\)")


def asked(lang: Lang, *names: str) -> tuple[Question, ...]:
    seen = {"TM5": "选取合适的训练参数，直到效果良好。"}
    return tuple(
        Question(n, LAW.element(n).requirement, "detail", LAW.element(n).question.in_(lang), seen.get(n, ""))
        for n in names
    )


THREE = ("DS1", "TM5", "MC3")


def said(element: str, text: str, state: Any = "answered") -> dict[str, Answer]:
    return {element: Answer(element, state, text)}


# --- the question list in Word ----------------------------------------------------------------------------------


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def filled(fill: Callable[[Any], None], lang: Lang = "zh") -> bytes:
    word = opened(question_docx("齿轮箱", asked(lang, *THREE), lang))
    fill(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_word_list_has_a_box_below_every_question(lang: Lang) -> None:
    word = opened(question_docx("Gear\x00box", asked(lang, *THREE), lang))
    lines = [p.text for p in word.paragraphs]
    assert lines[0] == t("questions.title", lang, name="Gearbox")
    assert t("questions.how", lang) in lines
    for number, name in enumerate(THREE, 1):
        assert f"{number}. [{name}] {LAW.element(name).question.in_(lang)}" in lines
    assert t("questions.so_far", lang, quote="选取合适的训练参数，直到效果良好。") in lines
    assert [len(table.rows) * len(table.columns) for table in word.tables] == [1, 1, 1]
    marks = [run for p in word.paragraphs for run in p.runs if re.fullmatch(r"\[\w+\] ", run.text)]
    assert len(marks) == 3 and all(run.font.size.pt < 10 and str(run.font.color.rgb) == "666666" for run in marks)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_nobody_filled_in_gives_no_answer(lang: Lang) -> None:
    questions = asked(lang, *(e.id for e in LAW.elements))
    assert read_answers(question_docx("案", questions, lang), "q.docx") == ({}, ())
    assert read_answers(question_text("案", questions, lang).encode(), "q.txt") == ({}, ())
    assert read_answers(question_text("案", (), lang).encode(), "q.txt") == ({}, ())


def in_box(number: int, *paragraphs: str) -> Callable[[Any], None]:
    def fill(word: Any) -> None:
        cell = word.tables[number].cell(0, 0)
        cell.paragraphs[0].text = paragraphs[0]
        for text in paragraphs[1:]:
            cell.add_paragraph(text)

    return fill


def paragraph_of(word: Any, name: str) -> Any:
    return next(p for p in word.paragraphs if f"[{name}]" in p.text)


def below_the_box(word: Any) -> None:
    word.tables[0]._tbl.getnext().getparent()  # the paragraph after the table is empty
    after = next(p for p in word.paragraphs if p._p is word.tables[0]._tbl.getnext())
    after.text = "三个风场"


def beside_the_question(word: Any) -> None:
    paragraph_of(word, "DS1").add_run(" 三个风场")


def above_the_box(word: Any) -> None:
    word.tables[0]._tbl.addprevious(word.add_paragraph("三个风场")._p)


def without_box(word: Any) -> None:
    above_the_box(word)
    for table in word.tables:
        table._tbl.getparent().remove(table._tbl)


def other_questions_deleted(word: Any) -> None:
    in_box(0, "三个风场")(word)
    for name, table in zip(THREE[1:], word.tables[1:], strict=True):
        for item in (paragraph_of(word, name)._p, table._tbl):
            item.getparent().remove(item)


def retyped(word: Any) -> None:
    in_box(0, "三个风场")(word)
    paragraph = paragraph_of(word, "DS1")
    paragraph.text = "（１）［DS1］训练用的数据从哪儿来的？".replace("（１）", "1．")


def one_run_a_letter(word: Any) -> None:
    in_box(0, "三个风场")(word)
    paragraph = paragraph_of(word, "DS1")
    text = paragraph.text
    paragraph.text = ""
    for letter in text:
        paragraph.add_run(letter).bold = True


def no_numbers_and_a_bigger_box(word: Any) -> None:
    paragraph = paragraph_of(word, "DS1")
    paragraph.text = paragraph.text.partition(". ")[2]
    word.tables[0].add_row().cells[0].text = "三个风场"


def a_remark_behind_the_quotation(word: Any) -> None:
    in_box(0, "三个风场")(word)
    quotation = next(p for p in word.paragraphs if "直到效果良好" in p.text)
    quotation.add_run(" 学习率0.001")


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (in_box(0, "三个风场"), said("DS1", "三个风场")),
        (in_box(0, "三个风场，", "2023年。", "", "共4200条。"), said("DS1", "三个风场，\n2023年。\n\n共4200条。")),
        (in_box(0, "> 0.5的样本"), said("DS1", "> 0.5的样本")),
        (below_the_box, said("DS1", "三个风场")),
        (beside_the_question, said("DS1", "三个风场")),
        (above_the_box, said("DS1", "三个风场")),
        (without_box, said("DS1", "三个风场")),
        (other_questions_deleted, said("DS1", "三个风场")),
        (retyped, said("DS1", "三个风场")),
        (one_run_a_letter, said("DS1", "三个风场")),
        (no_numbers_and_a_bigger_box, said("DS1", "三个风场")),
        (a_remark_behind_the_quotation, said("DS1", "三个风场") | said("TM5", "学习率0.001")),
        (in_box(2, "(CN 101) 中的四层，见[12]"), said("MC3", "(CN 101) 中的四层，见[12]")),
        (in_box(2, "[MC99] 不是我们的问题"), said("MC3", "[MC99] 不是我们的问题")),
    ],
)
def test_a_word_list_comes_back_however_it_was_filled_in(fill: Any, expected: dict[str, Answer]) -> None:
    assert read_answers(filled(fill), "问题.docx") == (expected, ())


def test_a_deleted_passage_is_no_answer() -> None:
    def fill(word: Any) -> None:
        in_box(0, "三个风场")(word)
        run = word.tables[0].cell(0, 0).paragraphs[0].runs[0]._r
        deleted = docx.oxml.OxmlElement("w:del")
        run.addprevious(deleted)
        deleted.append(run)

    assert read_answers(filled(fill), "q.docx") == ({}, ())


@pytest.mark.parametrize(
    ("text", "state", "kept"),
    [
        ("不适用：因为没有训练", "not_applicable", "没有训练"),
        ("不适用，模型是现成的。\n来自公开仓库。", "not_applicable", "模型是现成的。\n来自公开仓库。"),
        ("不适用", "not_applicable", ""),
        ("n/a: because nothing is trained", "not_applicable", "nothing is trained"),
        ("N/A", "not_applicable", ""),
        ("Not applicable, since the rules are fixed", "not_applicable", "the rules are fixed"),
        ("暂不清楚", "unknown", ""),
        ("目前还不清楚，要问张工", "unknown", "要问张工"),
        ("don’t know yet", "unknown", ""),
        ("I don't know yet, ask Wang", "unknown", "ask Wang"),
        ("？", "unknown", ""),
        # these are answers, though they begin alike
        ("不适用于夜间的图像被剔除", "answered", "不适用于夜间的图像被剔除"),
        ("不清楚的图像由两人复核", "answered", "不清楚的图像由两人复核"),
        ("Not applicable to rain, where radar is used", "answered", "Not applicable to rain, where radar is used"),
        ("Unknown classes are rejected", "answered", "Unknown classes are rejected"),
        ("无", "answered", "无"),
    ],
)
def test_what_an_answer_says(text: str, state: str, kept: str) -> None:
    found, _ = read_answers(filled(in_box(0, *text.split("\n"))), "q.docx")
    assert found == said("DS1", kept, state)


# --- the question list as text ----------------------------------------------------------------------------------


def typed(lang: Lang, answer: str) -> str:
    return question_text("案", asked(lang, *THREE), lang).replace("> \n", f"> {answer}\n", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_list_comes_back_in_any_encoding(encoding: str) -> None:
    assert read_answers(typed("zh", "三个风场").encode(encoding), "q.txt") == (said("DS1", "三个风场"), ())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("> three wind farms", "three wind farms"),
        lambda text: text.replace("> three wind farms", "\n> \n\nthree wind farms\n\n"),
        lambda text: "\n".join("> " + line for line in text.split("\n")),  # an answer to a mail
        lambda text: re.sub(r"(.{40,60}?) ", r"\1\n", text).replace("\nthree", " three"),  # wrapped by the mail program
        lambda text: text.replace("[DS1]", "**\\[DS1\\]**"),  # saved as Markdown
        lambda text: text.replace("> three wind farms", "+------+\n| three wind farms |\n+------+"),
        lambda text: text.replace("[DS1]", "[ds 1]"),
        lambda text: text[text.index("1. [") :],  # the head is gone
    ],
)
def test_a_text_list_comes_back_however_it_was_changed(change: Callable[[str], str]) -> None:
    assert read_answers(change(typed("en", "three wind farms")).encode(), "q.txt")[0] == said("DS1", "three wind farms")


def test_an_id_that_is_not_known_is_warned_of_and_loses_no_other_answer() -> None:
    text = typed("zh", "三个风场") + "\n4. [QQ7] 以前的问题是什么？\n> 某个回答\n"
    assert read_answers(text.encode(), "q.txt") == (
        said("DS1", "三个风场"),
        (t("questions.unknown_id", "zh", id="QQ7"),),
    )
    assert read_answers(text.encode(), "q.txt", "en")[1] == (t("questions.unknown_id", "en", id="QQ7"),)


def test_a_question_asked_twice_keeps_both_answers() -> None:
    text = typed("zh", "三个风场") + "\n" + typed("zh", "四个电站")
    assert read_answers(text.encode(), "q.txt")[0] == said("DS1", "三个风场\n四个电站")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("一种故障诊断方法，采集振动信号[12]。\n[0001] 本发明涉及监测。".encode(), NotAQuestionList),
        (question_docx("案", (), "zh")[:400], DamagedDraft),
        (b"", EmptyDraft),
    ],
)
def test_what_is_no_question_list_is_refused_in_one_sentence(data: bytes, error: type[PatentprepError]) -> None:
    with pytest.raises(error) as raised:
        read_answers(data, "q.docx")
    assert "q.docx" in say(raised.value, "zh") and "\n" not in say(raised.value, "en")


# --- the invention disclosure -----------------------------------------------------------------------------------

FORM = """齿轮箱故障诊断方法
技术领域
本发明涉及旋转机械状态监测。
背景技术
现有方法在变转速下误报多。
一、要解决的技术问题
减少阵风时的误报。
二、技术方案
采集振动信号，输入网络模型。
三、训练数据
用很多数据训练模型（DS2 vague 0.95）。
四、有益效果
误报由3.1次降到0.4次。
五、隐私与合规
不采集人的数据。
六、内部备注
请法务在四月前看一遍。
权利要求书
1. 一种齿轮箱故障诊断方法，其特征在于，采集振动信号并输入网络（MC2 substantive 0.9）。
"""


def judged(made: Draft, law: Checklist, on_step: object = None) -> tuple[tuple[Sentence, Judgement], ...]:
    found = []
    for s in made.sentences:
        for name, strength, sure in _SAYS.findall(s.text.replace("（", "(").replace("）", ")")):
            found.append((s, Judgement(law.element(name).requirement, strength, float(sure), (name,), "")))
    return tuple(found)


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setattr(module, "find_evidence", judged)
    monkeypatch.setattr(module, "formal_findings", lambda made: ())
    fine = Eligibility("technical_solution", 0.05, (), ())
    monkeypatch.setattr(module, "assess_draft_eligibility", lambda made: fine)

    def go(text: str | None, *given: Answer, lang: Lang = "zh", name: str = "齿轮箱") -> Any:
        entries = {f"answer.{a.element}": Entry({"state": a.state, "text": a.text}, 1, NOW) for a in given}
        sources = (Source(1, "稿.txt", "ab" * 32, 9, NOW),) if text else ()
        case = Case("1", name, NOW, NOW, entries, sources)
        draft = structure(Document("稿.txt", "txt", text, (), (), (), "")) if text else None
        result = assess(compose(draft, case.answers, lang))
        return opened(disclosure_docx(case, result, lang, date(2026, 1, 5)))

    return go


def by_chapter(word: Any) -> dict[str, list[str]]:
    """The paragraphs below each heading."""
    found: dict[str, list[str]] = {"": []}
    here = ""
    for paragraph in word.paragraphs:
        if paragraph.style.name.startswith("Heading"):
            here = re.sub(r"^(?:[一二三四五六七八九十]+、|（.）|[\d.]+ )", "", paragraph.text)
            found.setdefault(here, [])
        else:
            found[here].append(paragraph.text)
    return found


def title(name: str, lang: Lang = "zh") -> str:
    return next(c.title.in_(lang) for c in chapters() if c.id == name)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chapters_stand_in_the_order_agents_expect(write: Any, lang: Lang) -> None:
    heads = [h for h in by_chapter(write(FORM, lang=lang)) if h in {c.title.in_(lang) for c in chapters()}]
    order = ["field", "background", "problem", "solution", "overall", "model", "data", "training", "use", "effects"]
    assert heads == [title(name, lang) for name in [*order, "drawings", "embodiments", "ethics", "further"]]
    texts = [p.text for p in write(FORM, lang=lang).paragraphs if p.style.name == "Heading 1"]
    assert t("disclosure.name", lang) in texts[0] and t("disclosure.open", lang) in texts[-1]


@pytest.mark.parametrize(
    ("chapter", "text"),
    [
        ("field", "本发明涉及旋转机械状态监测。"),
        ("background", "现有方法在变转速下误报多。"),
        ("problem", "减少阵风时的误报。"),
        ("overall", "采集振动信号，输入网络模型。"),
        ("data", "用很多数据训练模型（DS2 vague 0.95）。"),
        ("effects", "误报由3.1次降到0.4次。"),
        ("ethics", "不采集人的数据。"),
        ("further", "请法务在四月前看一遍。"),
        ("further", "1. 一种齿轮箱故障诊断方法，其特征在于，采集振动信号并输入网络（MC2 substantive 0.9）。"),
    ],
)
def test_the_drafts_sections_stand_word_for_word_where_they_belong(write: Any, chapter: str, text: str) -> None:
    assert text in by_chapter(write(FORM))[title(chapter)]


@pytest.mark.parametrize(
    "text",
    [
        FORM,
        "开头的一行，没有标题。\n又一行。\n" + FORM,
        "没有任何标题的一段话，讲一个网络模型。\n第二段话。",
        FORM + "说明书附图\n图1\n图2\n七、没有训练过程\n",
    ],
)
def test_nothing_of_the_draft_is_lost(write: Any, text: str) -> None:
    everything = "".join(p.text for p in write(text).paragraphs)
    for line in filter(None, text.split("\n")):
        assert re.sub("^[一二三四五六七]、", "", line) in everything, line  # our headings have numbers of their own


def test_where_the_draft_has_no_section_its_sentences_are_quoted_with_their_place(write: Any) -> None:
    lines = by_chapter(write(FORM))[title("model")]
    assert lines[0] == t("disclosure.quoted", "zh")
    assert lines[1].startswith("采集振动信号并输入网络") or "采集振动信号并输入网络" in lines[1]
    assert "权利要求书" in lines[1]


GIVEN = (
    Answer("DS1", "answered", "数据来自三个风场。\n共4200条。\x00\x08"),
    Answer("ET1", "not_applicable", "只采集机器的数据"),
    Answer("ET9", "not_applicable", ""),
    Answer("TM5", "unknown", "要问张工"),
)


def test_answers_stand_below_the_title_of_their_element(write: Any) -> None:
    word = write(FORM, *GIVEN)
    lines = by_chapter(word)[title("data")]
    at = lines.index("数据从哪里来  DS1")
    assert lines[at + 1 : at + 3] == ["数据来自三个风场。", "共4200条。"]
    assert sum(p.text.startswith("数据来自三个风场。") for p in word.paragraphs) == 1, "not once more with the draft"


def test_not_applicable_is_the_inventors_statement_and_no_ethics_statement_is_made_up(write: Any) -> None:
    lines = by_chapter(write(FORM, *GIVEN))[title("ethics")]
    stated = [line for line in lines if "【待补充" not in line]
    assert stated == [
        "隐私与合规",
        "不采集人的数据。",
        "数据采集合法  ET1",
        "发明人说明本项不适用，理由：只采集机器的数据",
        "公共安全与秩序  ET9",
        "发明人说明本项不适用，未说明理由。",
    ]


def test_no_ethics_statement_is_suggested_that_nobody_made(write: Any) -> None:
    lines = by_chapter(write("技术领域\n涉及监测。\n背景技术\n有误报。\n发明内容\n用网络模型诊断。"))[title("ethics")]
    assert lines and all(line == t("disclosure.nothing", "zh") or line.startswith("【待补充：") for line in lines)


@pytest.mark.parametrize(("lang", "mark"), [("zh", "【待补充："), ("en", "[To be completed: ")])
def test_a_gap_is_a_shaded_question_at_its_place(write: Any, lang: Lang, mark: str) -> None:
    word = write(FORM, *GIVEN, lang=lang)
    gaps = [p for p in word.paragraphs if p.text.startswith(mark)]
    assert gaps and {p.style.name for p in gaps} == {"Open Question"}
    assert word.styles["Open Question"].element.pPr.find(docx.oxml.ns.qn("w:shd")).get(docx.oxml.ns.qn("w:fill"))
    data = "".join(by_chapter(word)[title("data", lang)])
    assert mark + LAW.element("DS2").question.in_(lang) in data
    assert t("disclosure.so_far", lang, quote="用很多数据训练模型（DS2 vague 0.95）。") in data
    assert LAW.element("DS1").question.in_(lang) not in data, "answered"
    training = "".join(by_chapter(word)[title("training", lang)])
    assert t("disclosure.unknown", lang, question=LAW.element("TM5").question.in_(lang)) in training
    assert "要问张工" in training


def test_every_open_question_stands_at_the_end(write: Any) -> None:
    word = write(FORM, *GIVEN)
    listed = [p.text for p in word.paragraphs if p.style.name == "List Bullet"]
    draft = structure(Document("稿.txt", "txt", FORM, (), (), (), ""))
    answers = {a.element: a for a in GIVEN}
    questions = open_questions(assess(compose(draft, answers, "zh")), answers, "zh")
    assert listed == [f"{q.text}  {q.element}" for q in questions]
    assert [STAGES.index(q.stage) for q in questions] == sorted(STAGES.index(q.stage) for q in questions)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_would_cover_a_requirement_is_asked_first(lang: Lang) -> None:
    """GL II-10: what is missing at filing cannot be added (Art. 33); the rest makes a draft stronger and no more."""
    draft = structure(Document("稿.txt", "txt", FORM, (), (), (), ""))
    questions = open_questions(assess(draft), {}, lang)
    assert {q.decisive for q in questions} == {True, False}
    text = question_text("案", questions, lang)
    before, after = text.split(f"=== {t('questions.further', lang)} ===")
    assert t("questions.decisive", lang) in before
    for question in questions:
        assert f"[{question.element}]" in (before if question.decisive else after)
    headings = [p.text for p in opened(question_docx("案", questions, lang)).paragraphs if p.style.name == "Heading 1"]
    assert headings == [t("questions.decisive", lang), t("questions.further", lang)]


def test_a_case_without_a_draft_is_made_of_its_answers(write: Any) -> None:
    word = write(None, *GIVEN, name="齿轮\x01箱")
    assert by_chapter(word)[t("disclosure.name", "zh")] == ["齿轮箱"]
    assert t("disclosure.no_source", "zh") in by_chapter(word)[""][-1]
    assert "数据来自三个风场。" in by_chapter(word)[title("data")]
    assert by_chapter(word)[title("background")], "a chapter is never silently empty"
    assert write(None).paragraphs, "nor does an empty case fail"


def test_an_answer_to_an_element_of_no_checklist_is_further_material(write: Any) -> None:
    assert "某个说明" in by_chapter(write(FORM, Answer("XX9", "answered", "某个说明")))[title("further")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_fonts_header_and_footer(write: Any, lang: Lang) -> None:
    word = write(FORM, lang=lang)
    section, qn = word.sections[0], docx.oxml.ns.qn
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for name, latin, han in (("Normal", "Times New Roman", "SimSun"), ("Heading 1", "Calibri", "Microsoft YaHei")):
        fonts = word.styles[name].element.rPr.rFonts
        assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == (latin, han)
        assert not [key for key in fonts.attrib if "Theme" in key]
    assert section.header.paragraphs[0].text == "齿轮箱故障诊断方法"
    footer = section.footer.paragraphs[0]
    assert t("report.notice", lang) in footer.text
    assert [f.get(qn("w:instr")) for f in footer._p.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert word.core_properties.author == "" and word.core_properties.created.date() == date(2026, 1, 5)


def test_every_element_has_one_chapter() -> None:
    placed = [name for chapter in chapters() for name in chapter.elements]
    assert sorted(placed) == sorted(e.id for e in LAW.elements)
    kinds = [kind for chapter in chapters() for kind in chapter.kinds]
    assert len(kinds) == len(set(kinds)) == 8


@pytest.mark.parametrize(
    ("kind", "heading", "chapter"),
    [
        ("technical_field", "TECHNICAL FIELD", "field"),
        ("background", "2. Background and problem", "background"),
        ("background", "二、现有技术的效果和缺点", "background"),
        ("background", "1.2 要解决的技术问题", "problem"),
        ("summary", "3. Our solution", "overall"),
        ("summary", "SUMMARY", "overall"),
        ("summary", "6. Advantages", "effects"),
        ("embodiments", "4. Data", "data"),
        ("embodiments", "四、训练数据和训练", "data"),
        ("embodiments", "5. Training", "training"),
        ("embodiments", "9. Variants", "embodiments"),
        ("embodiments", "实施例2：模型训练", "embodiments"),  # a form's heading goes by its kind
        ("embodiments", "10. Privacy and ethics", "ethics"),
        ("drawings", "11. Figures of the network", "drawings"),
        ("other", "12. Open questions for the patent department", "further"),
        ("claims", "8. Claims on the model", "further"),
        ("other", "", "further"),
    ],
)
def test_where_a_section_goes_by_its_heading_or_kind(kind: Any, heading: str, chapter: str) -> None:
    assert chapter_of(Section(kind, heading, 0, 1)) == chapter
