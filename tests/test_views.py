"""The views of a case: heat map, tree of claims, drawing of the model's parts, marked pages. No browser needed."""

from __future__ import annotations

import html as escaping
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

pytest.importorskip("streamlit")

from patentprep.component_map import Component, ComponentId, load_parts
from patentprep.model import REQUIREMENTS, Document, Page
from patentprep.report.as_text import width
from patentprep.ui import desk, page_image
from patentprep.ui.claims_tree import tree
from patentprep.ui.component_view import drawing, wrapped
from patentprep.ui.heat import heat
from patentprep.ui.page_image import pages, window

EVIL = "<img src=x onerror=alert(1)>\"'&"
Report = dict[str, Any]


@pytest.fixture(autouse=True, params=["zh", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("streamlit.session_state", {"lang": request.param})
    yield request.param


class Balanced(HTMLParser):
    """Every tag that is opened is closed, in order; and nothing of the user's became a tag."""

    VOID = ("img", "br", "path", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(markup: Any) -> list[tuple[str, dict[str, str | None]]]:
    parser = Balanced()
    parser.feed(str(markup))
    assert not parser.open
    assert not any("onerror" in attributes for _, attributes in parser.seen)
    return parser.seen


def words(markup: Any) -> str:
    return " ".join(escaping.unescape(re.sub(r"<[^>]+>", " ", str(markup))).split())


def claim(number: int, *on: int, independent: bool | None = None, text: str = "A method of cutting") -> dict[str, Any]:
    start = 1000 + 100 * number
    return {
        "number": number, "text": text, "category": "method", "depends_on": list(on), "start": start, "end": start + 90,
        "independent": not on if independent is None else independent,
    }  # fmt: skip


def quoted(start: int, strength: str = "substantive", sure: float = 0.9) -> dict[str, Any]:
    return {"quote": "q", "start": start, "end": start + 5, "page": 1, "paragraph": None, "strength": strength,
            "confidence": sure}  # fmt: skip


def section(kind: str, start: int, end: int) -> dict[str, Any]:
    return {"kind": kind, "heading": kind, "start": start, "end": end}


def flag(start: int, rule: str = "ethics/covert", severity: str = "fatal", title: str = "Hidden camera") -> Report:
    return {"rule": rule, "severity": severity, "title": title, "message": EVIL, "provision": "", "fix": "",
            "quote": "q", "start": start, "end": start + 5, "page": 1}  # fmt: skip


def report(
    claims: list[dict[str, Any]] | None = None,
    sections: list[dict[str, Any]] | None = None,
    evidence: dict[str, list[dict[str, Any]]] | None = None,
    findings: list[Report] | None = None,
    verdicts: list[Report] | None = None,
) -> Report:
    requirements = [
        {
            "id": name, "title": f"{name} {EVIL}", "status": "partial",
            "elements": [{"id": f"{name[:2].upper()}1", "title": "t", "evidence": (evidence or {}).get(name, [])}],
        }
        for name in REQUIREMENTS
    ]  # fmt: skip
    return {
        "draft": {"claims": claims or [], "sections": sections or []},
        "requirements": requirements,
        "eligibility": {"claims": verdicts or [], "reasons": []},
        "findings": findings or [],
    }


# --- heat map --------------------------------------------------------------------------------------------------------

PARTS = [section("claims", 1000, 2000), section("background", 2000, 3000), section("embodiments", 3000, 4000)]


def chips(markup: Any) -> list[tuple[str, int, str]]:
    """Strength, first place and number of each filled cell."""
    pattern = (
        r'<a class="pp-\w+ pp-chip pp-is-(\w+) pp-step-\d" role="button" tabindex="0" data-goto="(\d+)".*?>(\d+)</a>'
    )
    return [(strength, int(at), number) for strength, at, number in re.findall(pattern, str(markup))]


def test_a_cell_counts_each_sentence_once_and_leads_to_the_first() -> None:
    found = {"training_method": [quoted(3300), quoted(3100), quoted(3300, "vague"), quoted(3200, "vague")]}
    assert chips(heat(report(sections=PARTS, evidence=found))) == [("substantive", 3100, "2"), ("vague", 3200, "1")]


def test_a_red_flag_counts_as_nothing_else() -> None:
    view = heat(report(sections=PARTS, evidence={"ethics": [quoted(3100)]}, findings=[flag(3100), flag(3500)]))
    assert chips(view) == [("red_flag", 3100, "2")]


def test_columns_stand_as_the_parts_do_and_claims_by_group() -> None:
    claims = [claim(1), claim(2, 1), claim(3, 1), claim(4)]
    tags = parsed(heat(report(claims, PARTS)))
    goto = [a["data-goto"] for tag, a in tags if tag == "a" and "data-goto" in a]
    assert goto == ["1100", "1400", "2000", "3000"]
    assert sum(tag == "th" and a.get("scope") == "col" for tag, a in tags) == 1 + 4
    assert sum(tag == "th" and a.get("scope") == "row" for tag, a in tags) == len(REQUIREMENTS)
    assert sum(tag == "caption" for tag, _ in tags) == 1
    assert "1–3" in words(heat(report(claims, PARTS)))


def test_many_independent_claims_share_columns() -> None:
    view = heat(report([claim(n) for n in range(1, 30)]))
    assert str(view).count('scope="col"') == 1 + 6


def test_evidence_outside_every_part_is_not_lost() -> None:
    assert chips(heat(report(sections=PARTS, evidence={"ethics": [quoted(9000)]}))) == [("substantive", 9000, "1")]


def test_a_part_that_is_no_part_is_shown_only_where_it_holds_something() -> None:
    title = [section("other", 0, 1000), *PARTS]
    assert str(heat(report(sections=title))).count('scope="col"') == 1 + 3
    assert str(heat(report(sections=title, evidence={"ethics": [quoted(10)]}))).count('scope="col"') == 1 + 4


def test_no_colour_without_words() -> None:
    view = heat(report(sections=PARTS, evidence={"ethics": [quoted(3100)]}))
    chip = next(a for tag, a in parsed(view) if tag == "a" and "pp-chip" in (a.get("class") or ""))
    assert chip["title"] == chip["aria-label"]
    assert "ethics" in (chip["title"] or "") and "1" in (chip["title"] or "")


def test_a_draft_without_parts_has_a_sentence() -> None:
    assert "<table" not in heat(report())


# --- tree of claims --------------------------------------------------------------------------------------------------


def shape(markup: Any) -> list[tuple[int, int]]:
    """(depth, number) of the claims in the order they are shown."""
    found, depth = [], 0
    for tag, number in re.findall(r'<(/?ul)\b|<span class="pp-claim-no">(\d+)', str(markup)):
        depth += {"ul": 1, "/ul": -1}.get(tag, 0)
        if number:
            found.append((depth - 1, int(number)))
    return found


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([claim(1), claim(2, 1), claim(3, 2), claim(4, 1), claim(5)], [(0, 1), (1, 2), (2, 3), (1, 4), (0, 5)]),
        ([claim(1), claim(2, 99)], [(0, 1), (0, 2)]),
        ([claim(1), claim(2, 2)], [(0, 1), (0, 2)]),
        ([claim(1), claim(2, 3), claim(3, 1)], [(0, 1), (0, 2), (1, 3)]),
        ([claim(1), claim(2, 3), claim(3, 2), claim(4, 3)], [(0, 1), (0, 2), (0, 3), (1, 4)]),
        ([claim(1, 2), claim(2, 3), claim(3, 1)], [(0, 1), (0, 2), (0, 3)]),
        ([claim(1), claim(2, 1), claim(3, 99, 2)], [(0, 1), (1, 2), (2, 3)]),
        ([claim(1), claim(1, 1), claim(2, 1)], [(0, 1), (0, 1), (1, 2)]),
        ([claim(1), claim(2, 1, independent=True)], [(0, 1), (0, 2)]),
    ],
    ids=["tree", "missing", "self", "forward", "circle", "circle of three", "one of two", "number twice", "refers"],
)
def test_each_claim_stands_once_where_it_belongs(claims: list[dict[str, Any]], expected: list[tuple[int, int]]) -> None:
    found = shape(tree(report(claims)))
    roots = [n for n, (depth, _) in enumerate(found) if depth == 0]
    wanted = [n for n, (depth, _) in enumerate(expected) if depth == 0]
    assert sorted(number for _, number in found) == sorted(number for _, number in expected)
    if roots == wanted:  # the order below one root is by number
        assert found == expected
    else:
        assert sorted(found) == sorted(expected)
    parsed(tree(report(claims)))


def test_several_dependencies_are_named() -> None:
    view = words(tree(report([claim(1), claim(2, 1), claim(3, 1), claim(4, 1, 2, 3)])))
    assert ("also 2, 3" if desk.lang() == "en" else "还引用2、3") in view


@pytest.mark.parametrize(
    ("claims", "zh", "en"),
    [
        ([claim(1), claim(2, 99)], "不存在的权利要求99", "claim 99, which is not there"),
        ([claim(1), claim(2, 2)], "引用了自身", "depends on itself"),
        ([claim(1), claim(2, 3), claim(3)], "在后的权利要求3", "a later claim: 3"),
        ([claim(1), claim(2, 3), claim(3, 2)], "循环引用：2、3", "in a circle: 2, 3"),
    ],
)
def test_a_broken_dependency_is_told_in_words(claims: list[dict[str, Any]], zh: str, en: str, language: str) -> None:
    assert (zh if language == "zh" else en) in words(tree(report(claims)))


def test_findings_evidence_and_verdict_stand_at_their_claim() -> None:
    view = tree(
        report(
            [claim(1, text=EVIL * 10), claim(2, 1)],
            evidence={"technical_scenario": [quoted(1101), quoted(1102), quoted(1103, "vague")]},
            findings=[flag(1201, "claims/antecedent", "serious", EVIL), flag(1102)],
            verdicts=[{"number": 1, "verdict": "uncertain", "probability": 0.5, "reasons": []},
                      {"number": 2, "verdict": "pure_algorithm", "probability": 0.9, "reasons": []}],
        )
    )  # fmt: skip
    tags = parsed(view)
    first, second = str(view).split('<span class="pp-claim-no">2</span>')
    assert "pp-defect" not in first and "pp-defect" in second
    assert "TE 2" in words(first) and "ET 1" in words(first)
    assert "pp-verdict-uncertain" in first and "pp-verdict" not in second  # only independent claims are judged here
    assert [a["data-goto"] for tag, a in tags if tag == "a" and "pp-chip" in (a.get("class") or "")] == ["1101", "1102"]


def test_a_long_chain_neither_nests_without_end_nor_takes_long() -> None:
    view = tree(report([claim(1), *(claim(n, n - 1) for n in range(2, 1000))]))
    assert max(depth for depth, _ in shape(view)) == 8
    assert [number for _, number in shape(view)] == list(range(1, 1000))


def test_few_claims_are_unfolded_and_forty_are_not() -> None:
    assert "<details open>" in tree(report([claim(1), claim(2, 1)]))
    view = tree(report([claim(1), *(claim(n, 1) for n in range(2, 41))], findings=[flag(1301, "claims/x", "serious")]))
    assert "<details open>" not in view
    assert ("39 below it, 1 with findings" if desk.lang() == "en" else "下有39项、1项有形式问题") in words(view)


def test_no_claims_is_said() -> None:
    assert "<ul" not in tree(report())


# --- parts of the model ----------------------------------------------------------------------------------------------


def parts(**quotes: str) -> tuple[Component, ...]:
    return tuple(
        Component(name, part.elements, "found" if name in quotes else "not_found", quotes.get(name, ""),
                  17 if name in quotes else None)
        for name, part in load_parts().items()
    )  # fmt: skip


def test_a_box_for_each_part_with_its_words_or_its_question(language: str) -> None:
    view = drawing(parts(layers=f"Three layers {EVIL}", loss="The loss is L2"))
    tags = parsed(view)
    boxes = {a["class"]: a for tag, a in tags if tag == "g" and "pp-part" in (a.get("class") or "")}
    assert sum("pp-part" in (a.get("class") or "").split() for tag, a in tags if tag == "g") == 6
    assert all(a.get("aria-label") for a in boxes.values())
    assert [a["data-goto"] for tag, a in tags if tag == "g" and "data-goto" in a] == ["17", "17"]
    lang = desk.lang()
    assert load_parts()["optimiser"].question.in_(lang).replace(" ", "") in words(view).replace(" ", "")
    svg = next(a for tag, a in tags if tag == "svg")
    assert svg["viewbox"] and all(part.label.in_(lang) in (svg["aria-label"] or "") for part in load_parts().values())


def test_a_gap_is_dashed() -> None:
    rects = [a for tag, a in parsed(drawing(parts(layers="Three layers"))) if tag == "rect" and "class" not in a]
    assert [("stroke-dasharray" in a) for a in rects] == [True, False, True, True, True, True]


def test_without_a_model_there_is_no_drawing() -> None:
    some: tuple[ComponentId, ...] = ("input", "output")
    assert "<svg" not in drawing([c for c in parts() if c.id in some])
    assert "<svg" not in drawing(())
    assert "<svg" in drawing([c for c in parts(layers="x") if c.id == "layers"])


@pytest.mark.parametrize(
    "text",
    [
        "The head averages the gated features over time and feeds them into a fully connected layer",
        "掩码分支以1×2048的特征阶次掩码为输入，由两个池化步长为4的一维卷积块连接，末端的S型函数输出1×128的逐点权重。",
        "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3,
        "短",
        "",
    ],
)
@pytest.mark.parametrize("most", [2, 5, 99])
def test_lines_are_wrapped_within_the_box(text: str, most: int) -> None:
    lines = wrapped(text, 32, most)
    assert len(lines) <= most
    assert all(width(line) <= 34 for line in lines)  # punctuation may hang over
    assert not any(line.startswith(("，", "。", "、")) for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert text.replace(" ", "").startswith(whole.rstrip("…")) if text else lines == []


# --- pages -----------------------------------------------------------------------------------------------------------

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
LINES = ["训练数据来自九台机床的实际加工记录。", "The network was trained for eighty epochs."]


def printed(count: int) -> tuple[bytes, Document]:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(1, count + 1):
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(LINES):
            canvas.drawString(72, 700 - 60 * n, f"{number}{line}" if n else line)
        canvas.showPage()
    canvas.save()
    texts = ["\n".join([LINES[0], f"{number}{LINES[1]}"]) for number in range(1, count + 1)]
    starts = [sum(len(text) + 1 for text in texts[:n]) for n in range(count)]
    ends = [*starts[1:], len("\n".join(texts))]
    sheets = tuple(Page(n, low, high) for n, (low, high) in enumerate(zip(starts, ends, strict=True), 1))
    return buffer.getvalue(), Document("x.pdf", "pdf", "\n".join(texts), sheets, (), (), "")


def assessed(document: Document) -> Report:
    """Each page's first line is evidence, the second of the first page a red flag."""
    starts = [m.start() for m in re.finditer(LINES[0], document.text)]
    found = report(evidence={"training_data_source": [quoted(s) | {"end": s + len(LINES[0])} for s in starts]})
    at = document.text.index("The network")
    found["findings"] = [flag(at) | {"end": at + 20, "title": EVIL}]
    return found


def test_the_evidence_lies_over_the_page_for_both_directions() -> None:
    data, document = printed(2)
    view = pages(data, document, assessed(document))
    tags = parsed(view)
    marks = [a for tag, a in tags if tag == "mark"]
    assert [a["class"] for a in marks] == [
        "pp-training_data_source pp-is-substantive",
        "pp-ethics pp-is-red_flag",
        "pp-training_data_source pp-is-substantive",
    ]
    assert marks[0]["data-open"] == "TR1" and marks[1]["data-open"] == "ethics-covert"
    assert marks[0]["data-s"] == str(document.text.index(LINES[0]))
    assert re.fullmatch(r"left:[\d.]+%;top:[\d.]+%;width:[\d.]+%;height:[\d.]+%", marks[0]["style"] or "")
    images = [a for tag, a in tags if tag == "img"]
    assert len(images) == 2
    assert all(a["loading"] == "lazy" and (a["src"] or "").startswith("data:image/") and a["width"] for a in images)
    assert "pp-draft" in str(view).split(">")[0]  # the pane that links.js scrolls


def test_anchors_stand_in_the_order_of_the_text() -> None:
    data, document = printed(3)
    found = assessed(document)
    found["draft"]["sections"] = [section("other", n, n + 9) for n in range(0, len(document.text) - 9, 12)]
    starts = [int(a["data-s"] or 0) for tag, a in parsed(pages(data, document, found)) if tag == "p"]
    assert starts == sorted(starts) and len(starts) > 5


def test_at_most_twelve_pages_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def draw(data: bytes, numbers: list[int], width: int) -> dict[int, bytes]:
        asked[:] = numbers
        return {numbers[0]: page_image.page_png(data, numbers[0], 50)}

    monkeypatch.setattr(page_image, "draw_pages", draw)
    data, document = printed(20)
    view = pages(data, document, assessed(document), page=15)
    assert asked == list(range(9, 21))
    assert str(view).count("<img") == 1 and str(view).count("pp-undrawn") == 11
    assert str(view).count("pp-away") == 1
    parsed(view)


@pytest.mark.parametrize(
    ("count", "page", "first", "last"),
    [(1, 1, 1, 1), (12, 9, 1, 12), (13, 1, 1, 12), (13, 13, 2, 13), (40, 20, 14, 25), (40, 99, 29, 40), (5, -3, 1, 5)],
)
def test_the_window_of_pages(count: int, page: int, first: int, last: int) -> None:
    assert (window(count, page)[0], window(count, page)[-1]) == (first, last)


def test_what_is_no_pdf_has_no_pages() -> None:
    assert pages(b"words", Document("x.txt", "txt", "words", (), (), (), ""), report()) is None
    _, document = printed(1)
    assert pages(b"%PDF broken", document, assessed(document)) is None
