"""Reports: the JSON of the public contract, text for a terminal, and HTML that needs nothing from outside."""

import html
import json
import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from patentprep.assessment import assess
from patentprep.model import REQUIREMENTS, Assessment, Document, Lang, Page, ParagraphLabel
from patentprep.report import FORMATS, render, to_dict, to_html, to_json, to_text
from patentprep.report.as_html import marks
from patentprep.report.as_text import WIDTH, width, wrap
from patentprep.strings import LANGUAGES, t
from patentprep.structure import structure

EVIL = '<script>alert("x")</script>'
DRAFT_EN = f"""{EVIL} METHOD OF DETECTING CAVITATION IN A PUMP
TECHNICAL FIELD
The disclosure relates to condition monitoring of centrifugal pumps.
BACKGROUND
The collapse of the first bubbles is loudest above 20 kHz, so that monitors with a bandwidth of 1 kHz see cavitation
only when the impeller has been eroded & the head has dropped.
DETAILED DESCRIPTION
The network has three convolutional layers with kernels of 15, 7 and 3, followed by a bidirectional LSTM layer and a
fully connected layer whose output <img src=x onerror=alert(2)> is fed into a softmax with four classes.
The training set holds 12,600 recordings taken from 18 pumps of two pumping stations and labelled by two engineers.
Training minimises a cross-entropy loss with label smoothing of 0.1 using Adam, and stops when the validation loss has
not fallen for 15 epochs.
Hidden cameras record the faces of visitors without their knowledge.
The model may be any suitable neural network.
CLAIMS
1. A method of detecting cavitation in a pump, comprising: sampling the vibration of the pump casing at 51 kHz;
feeding the vibration signal into a network; and opening an inlet valve when the network reports cavitation.
2. The method of claim 1, wherein "quoted' words & <b>tags</b> are kept.
"""
DRAFT_ZH = f"""水泵空化识别方法{EVIL}
技术领域
本发明涉及水泵状态监测。
背景技术
空化初期的气泡溃灭能量集中在20kHz以上，常规1kHz带宽的振动监测看不到，等扬程下降时叶轮已经剥蚀。
发明内容
本发明采集泵壳高频振动信号，经识别网络得到空化等级，并据此调节进口阀开度。本发明能够大幅提高检测精度和效率，效果显著。
具体实施方式
识别网络包括依次连接的三个卷积层、一个双向LSTM层和一个全连接层，卷积核长度分别为15、7和3。
采用Adam优化器，初始学习率0.001，批大小32，训练80轮，验证集损失连续10轮不再下降时停止。
系统按性别和年龄估计支付意愿，对女性顾客展示更高的价格。
权利要求书
1. 一种水泵空化识别方法，其特征在于，包括：采集泵壳振动信号；将所述振动信号输入识别网络，得到空化等级。
"""


@cache
def assessed(lang: Lang) -> Assessment:
    """One draft a language, as a PDF of two pages with paragraph numbers would give it."""
    text = DRAFT_EN if lang == "en" else DRAFT_ZH
    cut = text.index("DETAILED" if lang == "en" else "具体实施方式")
    document = Document(
        name=f"a{EVIL}.pdf", format="pdf", text=text, pages=(Page(1, 0, cut), Page(2, cut, len(text), ocr=True)),
        labels=(ParagraphLabel(cut, "[0007]"),), warnings=(), sha256="0" * 64,
    )  # fmt: skip
    return assess(structure(document))


@cache
def report(lang: Lang) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(to_json(assessed(lang), lang))
    return answer


in_both = pytest.mark.parametrize("lang", LANGUAGES)

# --- JSON: keys and values of the public contract ----------------------------------------------------------------

TEXT, NUMBER, WHOLE, YES_NO = str, (int, float), int, bool
STATUSES = {"covered", "partial", "not_found", "not_applicable"}
SEVERITIES = {"fatal", "serious", "advisory"}
VERDICTS = {"technical_solution", "pure_algorithm", "uncertain"}
EVIDENCE = {
    "quote": TEXT, "start": WHOLE, "end": WHOLE, "page": (WHOLE, None), "paragraph": (TEXT, None), "confidence": NUMBER,
}  # fmt: skip
REASON = {"kind": TEXT, "text": TEXT, "start": (WHOLE, None), "end": (WHOLE, None), "weight": NUMBER}
CONTRACT: dict[str, Any] = {
    "schema_version": {1},
    "draft": {
        "path": TEXT,
        "format": {"pdf", "docx", "txt", "md"},
        "language": {"zh", "en"},
        "pages": (WHOLE, None),
        "ocr_pages": [WHOLE],
        "title": TEXT,
        "invention_type": {"model", "application", "ai_assisted", "ai_generated"},
        "sections": [
            {
                "kind": {
                    *("abstract", "claims", "technical_field", "background"),
                    *("summary", "drawings", "embodiments", "other"),
                },
                "heading": TEXT,
                "start": WHOLE,
                "end": WHOLE,
            }
        ],
        "claims": [
            {
                "number": WHOLE,
                "text": TEXT,
                "category": {"method", "apparatus", "system", "medium", "program", "composition", "use", "other"},
                "independent": YES_NO,
                "depends_on": [WHOLE],
                "start": WHOLE,
                "end": WHOLE,
            }
        ],
    },
    "checklists": [{"id": {"cn-2026"}, "edition": TEXT, "in_force": {"2026-01-01"}}],
    "requirements": [
        {
            "id": set(REQUIREMENTS),
            "checklist": {"cn-2026"},
            "title": TEXT,
            "status": STATUSES,
            "score": NUMBER,
            "elements": [
                {
                    "id": TEXT,
                    "title": TEXT,
                    "status": {"found", "vague", "not_found", "not_applicable"},
                    "severity": SEVERITIES,
                    "provision": TEXT,
                    "evidence": [EVIDENCE],
                    "advice": TEXT,
                    "question": TEXT,
                }
            ],
        }
    ],
    "eligibility": {
        "verdict": VERDICTS,
        "probability": NUMBER,
        "claims": [{"number": WHOLE, "verdict": VERDICTS, "probability": NUMBER}],
        "reasons": [REASON],
    },
    "findings": [
        {
            "rule": TEXT,
            "severity": SEVERITIES,
            "message": TEXT,
            "provision": TEXT,
            "start": (WHOLE, None),
            "end": (WHOLE, None),
            "page": (WHOLE, None),
        }
    ],
    "readiness": {"level": {"ready", "needs_work", "not_ready"}, "score": WHOLE, "next_steps": [TEXT]},
}


def breaks(value: Any, wanted: Any, where: str = "report") -> list[str]:
    """Where a value is not what the contract says; keys may be added, none may be missing."""
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        missing = [f"{where}.{key} is missing" for key in wanted if key not in value]
        return missing + [
            line for key in wanted if key in value for line in breaks(value[key], wanted[key], f"{where}.{key}")
        ]
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [line for n, item in enumerate(value) for line in breaks(item, wanted[0], f"{where}[{n}]")]
    if isinstance(wanted, set):
        return [] if value in wanted else [f"{where} is {value!r}"]
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    fits = value is None if value is None and None in kinds else isinstance(value, tuple(k for k in kinds if k))
    return [] if fits and not (isinstance(value, bool) and bool not in kinds) else [f"{where} is {value!r}"]


@in_both
def test_json_keeps_the_contract(lang: Lang) -> None:
    assert breaks(report(lang), CONTRACT) == []


@in_both
def test_json_lists_are_not_empty_here(lang: Lang) -> None:
    """Otherwise the test above would look at nothing."""
    r = report(lang)
    for part in (
        r["draft"]["sections"], r["draft"]["claims"], r["eligibility"]["claims"], r["eligibility"]["reasons"],
        r["findings"], r["readiness"]["next_steps"],
    ):  # fmt: skip
        assert part
    statuses = {e["status"] for q in r["requirements"] for e in q["elements"]}
    assert statuses == {"found", "vague", "not_found", "not_applicable"}


def test_a_missing_or_wrong_key_is_seen() -> None:
    broken = json.loads(json.dumps(report("en")))
    del broken["requirements"][0]["elements"][0]["question"]
    broken["readiness"]["level"] = "perfect"
    broken["eligibility"]["probability"] = "0.5"
    assert len(breaks(broken, CONTRACT)) == 3


@in_both
def test_offsets_give_the_quotes(lang: Lang) -> None:
    r, text = report(lang), assessed(lang).draft.text
    pieces = [e for q in r["requirements"] for element in q["elements"] for e in element["evidence"]]
    assert pieces
    for item in pieces:
        assert text[item["start"] : item["end"]] == item["quote"]
        assert 0 <= item["confidence"] <= 1
        assert item["page"] in (1, 2)
        in_claims = any(c["start"] <= item["start"] < c["end"] for c in r["draft"]["claims"])
        assert item["paragraph"] == ("[0007]" if item["page"] == 2 and not in_claims else None)
    for claim in r["draft"]["claims"]:
        assert text[claim["start"] : claim["end"]] == claim["text"]
    for finding in r["findings"]:
        if finding["start"] is not None:
            assert text[finding["start"] : finding["end"]] == finding["quote"]


@in_both
def test_elements_without_evidence_come_with_a_question(lang: Lang) -> None:
    for requirement in report(lang)["requirements"]:
        for element in requirement["elements"]:
            assert bool(element["evidence"]) == (element["status"] in ("found", "vague"))
            assert element["question"].strip() and element["provision"].strip() and element["title"].strip()


@in_both
def test_the_six_requirements_stand_in_order(lang: Lang) -> None:
    assert [q["id"] for q in report(lang)["requirements"]] == list(REQUIREMENTS)


@in_both
def test_words_are_in_the_language_asked_for(lang: Lang) -> None:
    """Whatever the draft's own language."""
    for of_draft in LANGUAGES:
        r = to_dict(assessed(of_draft), lang)
        assert r["language"] == lang
        words = [r["notice"], r["readiness"]["summary"], *(q["title"] for q in r["requirements"])]
        words += [e["question"] for q in r["requirements"] for e in q["elements"]]
        words += [f["message"] for f in r["findings"] if f["rule"].startswith("ethics/")]
        words += [reason["note"] for reason in r["eligibility"]["reasons"]]
        for sentence in words:
            assert bool(re.search("[\u4e00-\u9fff]", sentence)) == (lang == "zh"), sentence


def test_json_is_readable_chinese() -> None:
    assert "技术场景" in to_json(assessed("zh"), "zh") and "\\u" not in to_json(assessed("zh"), "zh")


def test_the_report_names_versions_and_file() -> None:
    r = report("en")
    assert r["draft"]["sha256"] == "0" * 64 and r["draft"]["ocr_pages"] == [2] and r["draft"]["pages"] == 2
    assert r["patentprep"]["model"].startswith("evidence ")


# --- HTML ------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Tags with their attributes, the words between them, and tags left open."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@cache
def page(lang: Lang) -> Reader:
    return Reader(to_html(assessed(lang), lang))


@in_both
def test_html_is_one_whole_page(lang: Lang) -> None:
    source = to_html(assessed(lang), lang)
    assert source.startswith("<!doctype html>") and page(lang).open == []
    assert page(lang).tags[0] == ("html", {"lang": "zh-CN" if lang == "zh" else "en"})


@in_both
def test_html_needs_nothing_from_outside(lang: Lang) -> None:
    source = to_html(assessed(lang), lang)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", source)
    for tag, attributes in page(lang).tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "form", "base"), tag
        assert not any(name.startswith("on") or name == "src" for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")


@in_both
def test_html_escapes_what_comes_from_the_draft(lang: Lang) -> None:
    """The draft, its title and its file name hold a script here."""
    source = to_html(assessed(lang), lang)
    assert EVIL in report(lang)["draft"]["title"] + report(lang)["draft"]["path"]
    assert "<script" not in source and "onerror=alert" not in source.replace("onerror=alert(2)&gt;", "")
    assert html.escape(EVIL, quote=True).replace("&quot;", "&#34;") in source


@in_both
def test_html_shows_the_draft_whole_and_every_quote(lang: Lang) -> None:
    words = "".join(page(lang).words)
    assert assessed(lang).draft.text in words
    for requirement in report(lang)["requirements"]:
        for element in requirement["elements"]:
            for item in element["evidence"]:
                assert item["quote"] in words


@in_both
def test_html_links_lead_to_marks(lang: Lang) -> None:
    ids = {a["id"] for _, a in page(lang).tags if a.get("id")}
    links = {str(a["href"])[1:] for tag, a in page(lang).tags if tag == "a"}
    assert links and links <= ids
    assert len(ids) == sum(1 for _, a in page(lang).tags if a.get("id")), "ids stand once"


@in_both
def test_marks_do_not_overlap_and_red_flags_win(lang: Lang) -> None:
    found = marks(report(lang))
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    flagged = [f["start"] for f in report(lang)["findings"] if f["rule"].startswith("ethics/")]
    assert flagged
    assert {start for start, *_, strength, _ in found if strength == "red_flag"} == set(flagged)


# --- text for a terminal -----------------------------------------------------------------------------------------


@in_both
def test_text_fits_a_terminal(lang: Lang) -> None:
    for of_draft in LANGUAGES:
        for line in to_text(assessed(of_draft), lang).splitlines():
            assert width(line) <= WIDTH, line


@in_both
def test_text_says_the_main_things(lang: Lang) -> None:
    text = to_text(assessed(lang), lang)
    flat = re.sub(r"\s+", "", text)
    assert t(f"report.level.{report(lang)['readiness']['level']}", lang) in text
    for requirement in report(lang)["requirements"]:
        assert requirement["title"] in text
    for step in report(lang)["readiness"]["next_steps"]:
        assert re.sub(r"\s+", "", step) in flat
    assert re.sub(r"\s+", "", report(lang)["notice"]) in flat
    assert "SHA-256 " + "0" * 64 in text


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("中文", 4), ("，。", 4), ("a中b", 4), ("", 0)],
)
def test_chinese_takes_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    "text",
    [
        "短句。",
        "训练数据从哪里来、如何合法取得，包含哪些字段、数量多少，由谁标注，怎样处理和划分。" * 4,
        "The training data, where they come from, how many there are and who labelled them. " * 4,
        "采用ResNet-50与Transformer相结合的结构，learning rate取0.001，batch size取32。" * 4,
    ],
)
@pytest.mark.parametrize(("first", "rest"), [("", None), ("  1. ", "     ")])
def test_wrap_loses_nothing(text: str, first: str, rest: str | None) -> None:
    lines = wrap(text, first, rest)
    assert all(width(line) <= WIDTH + 2 for line in lines)  # closing punctuation may hang over
    assert lines[0].startswith(first)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", first + text)
    for line in lines[1:]:
        assert line.startswith(rest or "") and line.strip()[0] not in "，。；：、）”！？"


@in_both
@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_report_twice(fmt: str, lang: Lang) -> None:
    assert render(assessed(lang), fmt, lang) == render(assessed(lang), fmt, lang) != ""
