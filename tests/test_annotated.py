"""Notes in the margin: on the exact words, in any corner of a Word file or a page, and nothing else changed."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from lxml import etree
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from test_place import EN, ZH, lines, pdf

from patentprep.model import Assessment, ChecklistEdition, Eligibility, Finding, Lang, Readiness
from patentprep.read import read_document
from patentprep.read.place import rectangles
from patentprep.report.annotated import MOST_AT_TITLE, NotAnnotated, annotate, annotate_docx, annotate_pdf, suffix
from patentprep.report.notes import Note
from patentprep.strings import LANGUAGES, t
from patentprep.structure import read_draft

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def assessed(data: bytes, name: str, *quotes: str, rule: str = "ethics/red-flag") -> Assessment:
    """An assessment with a finding at each quote, and one on the whole draft for each empty quote."""
    draft = read_draft(data, name)
    findings = []
    for quote in quotes:
        start = draft.text.index(quote) if quote else None
        findings.append(Finding(rule, "serious", start, None if start is None else start + len(quote)))
    return Assessment(
        draft=draft,
        checklists=(ChecklistEdition("cn-2026", "test", date(2026, 1, 1)),),
        invention_type="application",
        requirements=(),
        eligibility=Eligibility("technical_solution", 0.1, (), ()),
        findings=tuple(findings),
        readiness=Readiness("needs_work", 50, ()),
        model_version="test",
    )


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def word_file(*paragraphs: str) -> bytes:
    """A Word file with these contents of paragraphs, after a title; a string that opens a block is taken as it is."""
    word = docx.Document()
    word.add_paragraph("A controller for the feed rate of a spindle")
    body = word.element.body
    for content in paragraphs:
        xml = content if content.startswith(("<w:p>", "<w:tbl>")) else f"<w:p>{content}</w:p>"
        body.insert(len(body) - 1, parse_xml(re.sub(r"^<(w:\w+)", rf"<\1 {NS}", xml)))
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def root_of(data: bytes, part: str = "word/document.xml") -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(part))


def commented(data: bytes) -> dict[str, str]:
    """The words inside the marks of each comment, by the text of the comment."""
    told = {
        comment.get(f"{W}id"): "\n".join("".join(p.itertext()) for p in comment.iter(f"{W}p"))
        for comment in root_of(data, "word/comments.xml")
    }
    found: dict[str, str] = {}
    opened: set[str] = set()
    for item in root_of(data).iter("{*}*"):
        number = item.get(f"{W}id") or ""
        if item.tag == f"{W}commentRangeStart":
            opened.add(number)
            found[told[number]] = ""
        elif item.tag == f"{W}commentRangeEnd":
            opened.remove(number)
        elif item.tag == f"{W}t":
            for one in opened:
                found[told[one]] += item.text or ""
    assert not opened
    return found


def without_marks(data: bytes) -> bytes:
    """The main part without comments, cut runs put together again."""
    root = root_of(data)
    for item in list(root.iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}commentReference")):
        gone = item.getparent() if item.tag == f"{W}commentReference" else item
        gone.getparent().remove(gone)
    for text in root.iter(f"{W}t"):
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for one in list(root.iter(f"{W}r")):
        before = one.getprevious()
        if before is not None and before.tag == one.tag and look(before) == look(one):
            before.extend([child for child in one if child.tag != f"{W}rPr"])
            one.getparent().remove(one)
            one = before
        for text in list(one.iterchildren(f"{W}t")):
            previous = text.getprevious()
            if previous is not None and previous.tag == text.tag:
                previous.text = (previous.text or "") + (text.text or "")
                one.remove(text)
    canonical: bytes = etree.tostring(root, method="c14n")
    return canonical


def look(run_: Any) -> bytes:
    properties = run_.find(f"{W}rPr")
    return b"" if properties is None else etree.tostring(properties, method="c14n")


# --- Word ----------------------------------------------------------------------------------------------------------

BOLD, ITALIC = "<w:b/>", "<w:i/>"
LINK = f'<w:hyperlink w:anchor="x">{run("a link to the recordings of nine tools")}</w:hyperlink>'
INSERTED = f'<w:ins w:id="90" w:author="a">{run("within forty milliseconds ")}</w:ins>'
DELETED = '<w:del w:id="91" w:author="a"><w:r><w:delText>within a minute </w:delText></w:r></w:del>'
EQUATION = "<m:oMath><m:r><m:t>F</m:t></m:r></m:oMath>"
TABLE = (
    f"<w:tbl><w:tr><w:tc><w:p>{run('Sampling rate')}</w:p></w:tc>"
    f"<w:tc><w:p>{run('twenty kilohertz')}</w:p></w:tc></w:tr></w:tbl>"
)
PLAIN = run("The controller reads the vibration of the spindle. It lowers the feed rate of the tool.")


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        pytest.param(PLAIN, "The controller reads the vibration of the spindle.", id="the beginning of a run"),
        pytest.param(PLAIN, "reads the vibration", id="the middle of a run"),
        pytest.param(PLAIN, "It lowers the feed rate of the tool.", id="the end of a run"),
        pytest.param(PLAIN, PLAIN[PLAIN.index("The cont") : PLAIN.index("</w:t>")], id="a whole run"),
        pytest.param(run("The camera ") + run("films faces", BOLD) + run(" now."), "films faces now", id="two looks"),
        pytest.param(run("It says “faces are kept”, as is known."), "“faces are kept”", id="quotation marks"),
        pytest.param(run("The training uses ") + LINK + run(" in one plant."), "recordings of nine tools", id="a link"),
        pytest.param(
            run("The training uses ") + LINK + run(" in one plant."), "uses a link to the", id="into a link"
        ),
        pytest.param(
            run("The feed rate is lowered ") + DELETED + INSERTED + run("by the drive."),
            "lowered within forty", id="into a tracked insertion, over a deletion",
        ),
        pytest.param(
            run("The feed rate is lowered ") + INSERTED + run("by the drive."), "forty milliseconds by", id="out of it"
        ),
        pytest.param(TABLE, "twenty kilohertz", id="a cell of a table"),
        pytest.param(
            f'{run("摄像头拍摄")}{run("顾客的人脸", BOLD)}{run("，不作任何提示。它用于定价。")}',
            "拍摄顾客的人脸，不作任何提示。", id="Chinese",
        ),
        pytest.param(
            "<w:r><w:t>First line about the tool</w:t><w:br/><w:t>second line about it</w:t></w:r>",
            "second line", id="after a line break in the run",
        ),
        pytest.param(
            '<w:fldSimple w:instr="REF x">' + run("The field of the drive unit") + "</w:fldSimple>",
            "field of the drive", id="a field",
        ),
    ],
)  # fmt: skip
def test_a_comment_stands_on_the_exact_words(content: str, quote: str) -> None:
    data = word_file(content, run("The last paragraph is about something else."))
    annotated = annotate_docx(data, assessed(data, "x.docx", quote), "en")
    ((told, words),) = commented(annotated).items()
    assert words == quote
    assert "could not be marked" not in told
    assert without_marks(annotated) == without_marks(data)
    assert read_document(annotated, "x.docx").text == read_document(data, "x.docx").text


def test_words_that_stand_twice_are_told_apart() -> None:
    data = word_file(
        run("The valve opens. The pump runs."), run("The valve closes."), run("The valve opens. It waits.")
    )
    assessment = assessed(data, "x.docx", "The valve opens.")
    text = assessment.draft.text
    second = text.rindex("The valve opens.")
    assessment = assessed(data, "x.docx", text[second:])
    assert list(commented(annotate_docx(data, assessment, "en")).values()) == ["The valve opens. It waits."]


@pytest.mark.parametrize(
    ("content", "quote", "paragraph"),
    [
        pytest.param(
            run("The drive unit is shown. ") + '<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>'
            + run("The camera is hidden in a smoke detector.")
            + "</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>",
            "hidden in a smoke detector", "The drive unit is shown.", id="text box",
        ),
    ],
)  # fmt: skip
def test_where_word_takes_no_comment_it_stands_at_the_paragraph(content: str, quote: str, paragraph: str) -> None:
    data = word_file(content)
    annotated = annotate_docx(data, assessed(data, "x.docx", quote), "en")
    ((told, words),) = commented(annotated).items()
    assert words.startswith(paragraph)
    assert f"On the passage “{quote}”" in told
    assert without_marks(annotated) == without_marks(data)
    boxes = root_of(annotated).iter(f"{W}txbxContent")
    assert not any(item.tag == f"{W}commentRangeStart" for box in boxes for item in box.iter())


@pytest.mark.parametrize(
    ("content", "quote"),
    [
        pytest.param(run("The force ") + EQUATION + run(" is measured."), "F is measured", id="equation"),
        pytest.param(
            run("The tool is ") + f'<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{run("a face mill of steel")}'
            "</w:sdtContent></w:sdt>" + run(" today."),
            "mill of steel today", id="content control",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_inside_the_marks_as_a_whole(content: str, quote: str) -> None:
    data = word_file(content)
    annotated = annotate_docx(data, assessed(data, "x.docx", quote), "en")
    ((_, words),) = commented(annotated).items()
    assert quote.removeprefix("F ") in words
    assert without_marks(annotated) == without_marks(data)
    inside = [item for box in root_of(annotated).iter(f"{W}sdtContent") for item in box.iter(f"{W}commentRangeStart")]
    assert inside == []


def test_references_stand_outside_links_and_insertions() -> None:
    """Rejecting the insertion, or following the link, must not touch our comment."""
    data = word_file(run("The feed ") + INSERTED + LINK)
    annotated = annotate_docx(data, assessed(data, "x.docx", "forty milliseconds", "recordings of nine"), "en")
    references = list(root_of(annotated).iter(f"{W}commentReference"))
    assert len(references) == 2
    assert all(item.getparent().getparent().tag == f"{W}p" for item in references)


def test_many_comments_may_share_and_overlap_their_words() -> None:
    data = word_file(PLAIN)
    quotes = ["reads the vibration", "the vibration of the spindle", "vibration", "The controller reads the vibration"]
    annotated = annotate_docx(data, assessed(data, "x.docx", *quotes), "en")
    numbers = [item.get(f"{W}id") for item in root_of(annotated).iter(f"{W}commentRangeStart")]
    assert len(set(numbers)) == 4
    spans = []
    for number in numbers:
        parts, open_ = "", False
        for item in root_of(annotated).iter(f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}t"):
            if item.get(f"{W}id") == number:
                open_ = item.tag == f"{W}commentRangeStart"
            elif item.tag == f"{W}t" and open_:
                parts += item.text
        spans.append(parts)
    assert sorted(spans) == sorted(quotes)
    assert without_marks(annotated) == without_marks(data)


def test_comments_of_others_stay() -> None:
    word = docx.Document(io.BytesIO(word_file(PLAIN)))
    word.add_comment(word.paragraphs[0].runs[0], "Is this the right title?", author="Agent")
    out = io.BytesIO()
    word.save(out)
    annotated = annotate_docx(out.getvalue(), assessed(out.getvalue(), "x.docx", "the vibration"), "en")
    comments = list(docx.Document(io.BytesIO(annotated)).comments)
    assert [c.author for c in comments] == ["Agent", "patentprep"]
    assert len({c.comment_id for c in comments}) == 2
    assert comments[1].timestamp is None  # the same file gives the same comments on any day


def test_notes_on_the_draft_as_a_whole_stand_at_its_title_and_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tuple(Note("gap", "ethics", "error", "not found", f"Topic {n}", "", (), "") for n in range(20))
    monkeypatch.setattr("patentprep.report.annotated.notes", lambda assessment, lang: (*found, found[0]))
    data = word_file(PLAIN)
    words = commented(annotate_docx(data, assessed(data, "x.docx"), "en"))
    assert len(words) == MOST_AT_TITLE
    assert list(words)[-1].startswith(f"{20 - MOST_AT_TITLE + 1} further notes")
    assert set(words.values()) == {"A controller for the feed rate of a spindle"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_without_any_note_bears_one_that_says_so(lang: Lang) -> None:
    title = "A controller for the feed rate of a spindle"
    word, text = word_file(PLAIN), f"{title}\n\nTechnical field\nThe controller reads the vibration.\n".encode()
    for data, name in ((word, "x.docx"), (text, "x.txt")):
        annotated = annotate(data, assessed(data, name), lang)
        ((told, words),) = commented(annotated).items()
        assert words == title
        assert t("notes.nothing", lang) in told and t("report.notice", lang) in told
        if data is word:
            assert without_marks(annotated) == without_marks(data)
    page = pdf(lines(EN))
    annotated = annotate(page, assessed(page, "x.pdf"), lang)
    (note,) = (a.get_object() for a in PdfReader(io.BytesIO(annotated)).pages[0]["/Annots"])  # type: ignore[attr-defined]
    assert note["/Subtype"] == "/Text" and t("notes.nothing", lang) in note["/Contents"]


def test_automatic_numbers_do_not_hide_a_claim() -> None:
    """They are printed in the draft's text but stand nowhere in the paragraph."""
    word = docx.Document()
    word.add_paragraph("Feed control")
    word.add_paragraph("Claims")
    first, second = "A method of lowering a feed rate, comprising reading a vibration;", "and lowering the feed rate."
    word.add_paragraph(first, style="List Number")
    word.add_paragraph(second, style="List Number")
    out = io.BytesIO()
    word.save(out)
    draft = read_draft(out.getvalue(), "x.docx")
    start, end = draft.text.index(first), draft.text.index(second) + len(second)
    assert draft.text[start:end] != f"{first}\n{second}"
    annotated = annotate_docx(out.getvalue(), assessed(out.getvalue(), "x.docx", draft.text[start:end]), "en")
    assert list(commented(annotated).values()) == [first + second]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data.replace(b"[Content_Types].xml", b"[Content_Typos].xml"), id="no content types"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
    ],
)
def test_a_file_that_takes_no_comments_is_told(spoil: Callable[[bytes], bytes]) -> None:
    data = word_file(PLAIN)
    assessment = assessed(data, "x.docx", "the vibration")
    with pytest.raises(NotAnnotated):
        annotate_docx(spoil(data), assessment, "en")


@pytest.mark.parametrize(("name", "text"), [
    ("x.txt", "A controller\n\nBackground\nThe camera films <faces> & keeps them.\nIt is \\ known.\n"),
    ("x.md", "# 控制器\n\n## 背景技术\n\n摄像头拍摄**顾客的人脸**，不作任何提示。\n"),
])  # fmt: skip
def test_a_text_file_becomes_a_word_file_with_its_lines(name: str, text: str) -> None:
    data = text.encode()
    quote = "films <faces> & keeps" if name == "x.txt" else "顾客的人脸，不作"
    assessment = assessed(data, name, quote)
    assert suffix(assessment) == ".docx"
    annotated = annotate(data, assessment, "en")
    paragraphs = [p.text for p in docx.Document(io.BytesIO(annotated)).paragraphs]
    assert paragraphs == [line for line in assessment.draft.text.split("\n") if line.strip()]
    assert list(commented(annotated).values()) == [quote]


# --- PDF -----------------------------------------------------------------------------------------------------------


def turned(data: bytes, degrees: int, crop: tuple[int, int, int, int] | None) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        if crop:
            page.cropbox = RectangleObject(crop)
        page.rotate(degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("crop", [None, (40, 60, 560, 800)], ids=["whole sheet", "cropped"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_highlight_lies_on_its_words(degrees: int, crop: tuple[int, int, int, int] | None) -> None:
    straight = pdf(lines(EN))
    data = turned(straight, degrees, crop)
    quote = "For every window a spectrum is computed."
    annotated = annotate_pdf(data, assessed(data, "x.pdf", quote), "en")
    (note,) = (a.get_object() for a in PdfReader(io.BytesIO(annotated)).pages[0]["/Annots"])  # type: ignore[attr-defined]
    assert (note["/Subtype"], note["/T"]) == ("/Highlight", "patentprep")
    assert "Art. 5" in note["/Contents"]
    # where the words were drawn, in the points of the sheet, whatever way the page is shown
    document = read_document(straight, "x.pdf")
    start = document.text.index(quote)
    x0, y0, x1, y1, _ = rectangles(straight, document, [(start, start + len(quote))])[1][0]
    width, height = (float(v) for v in PdfReader(io.BytesIO(straight)).pages[0].mediabox.upper_right)
    wanted = (x0 * width, (1 - y1) * height, x1 * width, (1 - y0) * height)
    assert [float(v) for v in note["/Rect"]] == pytest.approx(wanted, abs=0.6)
    # from its first point to its second the highlight runs as the page is read
    points = [float(v) for v in note["/QuadPoints"]]
    along, up = points[2] - points[0], points[3] - points[1]
    ways = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
    assert (along and along / abs(along), up and up / abs(up)) == ways[degrees]
    assert read_document(annotated, "x.pdf").text == read_document(data, "x.pdf").text


def test_a_passage_over_two_lines_and_pages_is_told_once() -> None:
    data = pdf(lines(EN), lines(ZH, font="STSong-Light"))
    quote = "hertz. For every window a spectrum is computed. The network was\ntrained".replace("\n", " ")
    annotated = annotate_pdf(data, assessed(data, "x.pdf", quote, "由两名维修工程师在每次换刀之后进行标注"), "zh")
    first, second = ([a.get_object() for a in page["/Annots"]] for page in PdfReader(io.BytesIO(annotated)).pages)  # type: ignore[attr-defined]
    assert [len(note["/QuadPoints"]) for note in (*first, *second)] == [16, 16]
    assert all(note["/Contents"] for note in (*first, *second))


def test_a_note_without_a_place_stands_at_the_head_of_the_page() -> None:
    data = pdf(lines(EN))
    annotated = annotate_pdf(data, assessed(data, "x.pdf", "", ""), "en")
    notes = [a.get_object() for a in PdfReader(io.BytesIO(annotated)).pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert [note["/Subtype"] for note in notes] == ["/Text", "/Text"]
    assert notes[0]["/Rect"] != notes[1]["/Rect"]


def test_the_pages_of_an_annotated_pdf_are_the_same() -> None:
    data = pdf(lines(EN), lines(ZH, font="STSong-Light"))
    annotated = annotate_pdf(data, assessed(data, "x.pdf", "The feed rate is lowered."), "en")
    for before, after in zip(PdfReader(io.BytesIO(data)).pages, PdfReader(io.BytesIO(annotated)).pages, strict=True):
        assert before.get_contents().get_data() == after.get_contents().get_data()  # type: ignore[union-attr]


def test_a_pdf_that_takes_no_notes_is_told() -> None:
    data = pdf(lines(EN))
    assessment = assessed(data, "x.pdf", "The feed rate is lowered.")
    with pytest.raises(NotAnnotated):
        annotate_pdf(b"%PDF-1.4 nothing more", assessment, "en")


# --- another program's view ----------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None and not os.environ.get("CI"), reason="LibreOffice is not installed")
def test_libreoffice_opens_it_with_all_comments_and_the_same_text(tmp_path: Path) -> None:
    data = word_file(PLAIN, run("The feed ") + DELETED + INSERTED + LINK, TABLE, run("摄像头拍摄人脸，不作提示。"))
    quotes = ["reads the vibration", "forty milliseconds", "recordings of nine", "twenty kilohertz", "拍摄人脸"]
    (tmp_path / "plain.docx").write_bytes(data)
    (tmp_path / "annotated.docx").write_bytes(annotate_docx(data, assessed(data, "x.docx", *quotes), "en"))
    for kind in ("fodt", "txt:Text (encoded):UTF8"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", kind,
             "--outdir", str(tmp_path), str(tmp_path / "plain.docx"), str(tmp_path / "annotated.docx")],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
    assert (tmp_path / "annotated.txt").read_text("utf-8-sig") == (tmp_path / "plain.txt").read_text("utf-8-sig")
    root: Any = etree.parse(tmp_path / "annotated.fodt").getroot()
    creators = [item.text for item in root.iter("{*}creator") if item.getparent().tag.endswith("}annotation")]
    assert creators == ["patentprep"] * len(quotes)
