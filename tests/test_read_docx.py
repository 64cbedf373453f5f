"""DOCX: everything a reader sees, nothing that was deleted. Files are made here, mostly from raw XML."""

from __future__ import annotations

import io
import zipfile

import pytest

from patentprep.errors import (
    DamagedDraft,
    DraftError,
    EmptyDraft,
    EncryptedDraft,
    OldWordFormat,
    TooLong,
    UnknownFormat,
)
from patentprep.model import Document
from patentprep.read import docx, read_document
from patentprep.read.numbering import number

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"'
)


def package(body: str, **parts: str) -> bytes:
    """A minimal DOCX: the body of document.xml, and the inside of other parts by name."""
    roots = {"numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "header1": "hdr"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{roots[name]} {NS}>{inside}</w:{roots[name]}>")
    return out.getvalue()


def p(inside: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def read(body: str, **parts: str) -> Document:
    return read_document(package(body, **parts), "draft.docx")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(p(r("一种") + r("方法")), "一种方法", id="runs"),
        pytest.param(p(r("kept") + '<w:ins w:id="1">' + r(" inserted") + "</w:ins>"), "kept inserted", id="insertion"),
        pytest.param(p(r("kept") + "<w:del><w:r><w:delText> gone</w:delText></w:r></w:del>"), "kept", id="deletion"),
        pytest.param(
            p(r("old"))
            + p("<w:moveFrom>" + r("moved") + "</w:moveFrom>")
            + p("<w:moveTo>" + r("moved") + "</w:moveTo>"),
            "old\nmoved",
            id="moved text stands once",
        ),
        pytest.param(
            p(r("one ") + "", '<w:rPr><w:del w:id="2"/></w:rPr>') + p(r("paragraph")),
            "one paragraph",
            id="deleted mark joins",
        ),
        pytest.param(p('<w:hyperlink w:anchor="x">' + r("link") + "</w:hyperlink>"), "link", id="hyperlink"),
        pytest.param(
            "<w:sdt><w:sdtPr/><w:sdtContent>" + p(r("control")) + "</w:sdtContent></w:sdt>",
            "control",
            id="content control",
        ),
        pytest.param(
            p("<w:sdt><w:sdtContent>" + r("inline") + "</w:sdtContent></w:sdt>"),
            "inline",
            id="inline control",
        ),
        pytest.param(p(r("a") + "<w:r><w:br/></w:r>" + r("b")), "a\nb", id="line break"),
        pytest.param(p(r("a") + "<w:r><w:tab/></w:r>" + r("b")), "a b", id="tab"),
        pytest.param(p(r("F") + "<w:r><w:noBreakHyphen/></w:r>" + r("measure")), "F-measure", id="fixed hyphen"),
        pytest.param(
            p('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>' + r("7")),
            "7",
            id="field",
        ),
        pytest.param(p('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>' + r("=1")), "α=1", id="symbol font"),
        pytest.param(
            p("<w:r><w:ruby><w:rt>" + r("fa") + "</w:rt><w:rubyBase>" + r("法") + "</w:rubyBase></w:ruby></w:r>"),
            "法",
            id="ruby",
        ),
        pytest.param(
            p(
                r("host")
                + "<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>"
                + p(r("box"))
                + "</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:txbxContent>"
                + p(r("box"))
                + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
            ),
            "host\nbox",
            id="text box stands once",
        ),
        pytest.param(
            p(r("x\u0007\u200by".replace("\u0007", "")) + r("e\u0301")),
            "xy\u00e9",
            id="format characters, NFC",
        ),
        pytest.param(p(r("全角，（１）")), "全角，（１）", id="full-width characters stay"),
    ],
)
def test_what_a_paragraph_says(body: str, text: str) -> None:
    assert read(body).text == text


def test_headers_and_comments_are_left_out() -> None:
    assert read(p(r("body")), header1=p(r("running head"))).text == "body"


def test_a_footnote_follows_its_paragraph() -> None:
    notes = (
        '<w:footnote w:id="-1" w:type="separator">' + p(r("---")) + "</w:footnote>"
        '<w:footnote w:id="2">' + p(r("The note.")) + "</w:footnote>"
    )
    document = read(
        p(r("A claim") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r(" here.")) + p(r("Next.")),
        footnotes=notes,
    )
    assert document.text == "A claim here.\nThe note.\nNext."


def test_hidden_text_is_left_out_and_reported() -> None:
    document = read(p(r("seen") + r(" unseen", "<w:vanish/>") + r(" too", '<w:vanish w:val="0"/>')))
    assert document.text == "seen too"
    assert [warning.key for warning in document.warnings] == ["hidden_words"]


def test_equations_stored_as_pictures_are_reported() -> None:
    document = read(p(r("loss") + '<w:r><w:object><o:OLEObject ProgID="Equation.DSMT4"/></w:object></w:r>'))
    assert [(w.key, w.facts) for w in document.warnings] == [("equation_pictures", (("count", "1"),))]


def t(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (f"<m:f><m:num>{t('a')}</m:num><m:den>{t('b')}</m:den></m:f>", "a/b"),
        (f"<m:f><m:num>{t('a+1')}</m:num><m:den>{t('b')}</m:den></m:f>", "(a+1)/b"),
        (f"<m:sSup><m:e>{t('x')}</m:e><m:sup>{t('2')}</m:sup></m:sSup>", "x^2"),
        (f"<m:sSub><m:e>{t('h')}</m:e><m:sub>{t('t-1')}</m:sub></m:sSub>", "h_{t-1}"),
        (f"<m:rad><m:radPr/><m:deg/><m:e>{t('d')}</m:e></m:rad>", "√(d)"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{t("i=1")}</m:sub>'
            f"<m:sup>{t('n')}</m:sup><m:e>{t('x')}</m:e></m:nary>",
            "∑_{i=1}^n x",
        ),
        (f"<m:d><m:e>{t('a')}</m:e></m:d>", "(a)"),
        (
            f"<m:m><m:mr><m:e>{t('1')}</m:e><m:e>{t('0')}</m:e></m:mr><m:mr><m:e>{t('0')}</m:e><m:e>{t('1')}</m:e></m:mr></m:m>",
            "[1, 0; 0, 1]",
        ),
        (f"<m:func><m:fName>{t('log')}</m:fName><m:e>{t('p')}</m:e></m:func>", "log p"),
    ],
)
def test_equations_become_linear_text(equation: str, text: str) -> None:
    assert read(p(r("L=") + f"<m:oMath>{equation}</m:oMath>")).text == f"L={text}"


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


@pytest.mark.parametrize(
    ("table", "text"),
    [
        pytest.param(
            row(p(r("Layer")), p(r("Width"))) + row(p(r("1")), p(r("64"))),
            "Layer | Width\n1 | 64",
            id="row per line",
        ),
        pytest.param(row(p(r("a")), p("")), "a", id="empty cell"),
        pytest.param(
            row("<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>" + p(r("a")), p(r("b")))
            + row("<w:tcPr><w:vMerge/></w:tcPr>" + p(""), p(r("c"))),
            "a | b\nc",
            id="merged cells",
        ),
        pytest.param(
            row(p(r("outer")), "<w:tbl>" + row(p(r("i")), p(r("j"))) + "</w:tbl>" + p("")),
            "outer | i | j",
            id="nested",
        ),
        pytest.param(
            "<w:ins>"
            + row(p(r("new")))
            + "</w:ins>"
            + "<w:tr><w:trPr><w:del/></w:trPr><w:tc>"
            + p(r("old"))
            + "</w:tc></w:tr>",
            "new",
            id="tracked",
        ),
        pytest.param(
            row(p(r("技术方案")), p(r("获取振动信号。" * 8)) + p(r("计算频谱。" * 8))),
            "技术方案\n" + "获取振动信号。" * 8 + "\n" + "计算频谱。" * 8,
            id="form with passages",
        ),
    ],
)
def test_tables(table: str, text: str) -> None:
    assert read(p(r("Before.")) + f"<w:tbl>{table}</w:tbl>" + p(r("After."))).text == f"Before.\n{text}\nAfter."


def level(depth: int, format_: str, text: str, extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>'
        f'<w:lvlText w:val="{text}"/>{extra}</w:lvl>'
    )


def scheme(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}'


def numbered(text: str, depth: int = 0, num: int = 1) -> str:
    return p(r(text), f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>')


def test_claims_with_automatic_numbers_are_numbered() -> None:
    body = (
        numbered("A method.") + p(r("loose text")) + numbered("The method of claim 1.") + numbered("no number", num=0)
    )
    document = read(body, numbering=scheme(level(0, "decimal", "%1.")))
    assert document.text == "1. A method.\nloose text\n2. The method of claim 1.\nno number"


def test_levels_restart_under_a_new_parent() -> None:
    body = numbered("a") + numbered("b", 1) + numbered("c", 1) + numbered("d") + numbered("e", 1)
    document = read(
        body,
        numbering=scheme(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")),
    )
    assert document.text == "一、a\n1.1 b\n1.2 c\n二、d\n2.1 e"


def test_a_list_may_start_again() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = numbered("a") + numbered("b") + numbered("c", num=2) + numbered("d", num=2)
    assert (
        read(body, numbering=scheme(level(0, "decimal", "（%1）"), nums=nums)).text == "（1）a\n（2）b\n（1）c\n（2）d"
    )


def test_numbers_that_come_from_the_style() -> None:
    styles = (
        '<w:style w:styleId="Claim"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Dependent"><w:basedOn w:val="Claim"/></w:style>'
    )
    body = p(r("a"), '<w:pStyle w:val="Claim"/>') + p(r("b"), '<w:pStyle w:val="Dependent"/>')
    assert read(body, numbering=scheme(level(0, "decimal", "%1.")), styles=styles).text == "1. a\n2. b"


def test_automatic_paragraph_numbers_are_labels() -> None:
    document = read(numbered("one") + numbered("two"), numbering=scheme(level(0, "decimalZero", "[00%1]")))
    assert document.text == "one\ntwo"
    assert [(label.start, label.label) for label in document.labels] == [(0, "[0001]"), (4, "[0002]")]


@pytest.mark.parametrize(
    ("format_", "values"),
    [
        ("decimal", {7: "7"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa"}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 101: "一百零一", 110: "一百一十"}),
        ("chineseLegalSimplified", {3: "叁", 10: "壹拾"}),
        ("ideographTraditional", {1: "甲", 10: "癸"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳"}),
        ("decimalFullWidth", {12: "１２"}),
        ("ordinal", {1: "1st", 12: "12th", 23: "23rd"}),
        ("none", {1: ""}),
    ],
)
def test_number_formats(format_: str, values: dict[int, str]) -> None:
    assert {value: number(value, format_) for value in values} == values


def test_a_file_made_with_python_docx() -> None:
    import docx as python_docx

    made = python_docx.Document()
    made.add_heading("技术领域", 1)
    made.add_paragraph("本发明涉及刀具磨损监测。")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "层", "宽度"
    made.add_paragraph("A first item", style="List Number")
    made.add_paragraph("A second item", style="List Number")
    out = io.BytesIO()
    made.save(out)
    document = read_document(out.getvalue(), "named.pdf")
    assert document.format == "docx"
    assert document.text == "技术领域\n本发明涉及刀具磨损监测。\n层 | 宽度\n1. A first item\n2. A second item"
    assert document.pages == ()


def test_entities_are_not_expanded() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"{laughs}<w:document {NS}><w:body>{p(r('x&b;y'))}</w:body></w:document>")
    assert "ha" not in read_document(out.getvalue(), "x.docx").text


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "MAX_PART", 1_000_000)
    with pytest.raises(TooLong):
        read(p(r("a" * 2_000_000)))


GOOD = package(p(r("Some words. " * 500)))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(GOOD[: len(GOOD) // 2], DamagedDraft, id="truncated"),
        pytest.param(GOOD[:200] + bytes(60) + GOOD[260:], DamagedDraft, id="overwritten"),
        pytest.param(package("<w:p>"), DamagedDraft, id="broken XML"),
        pytest.param(package(""), EmptyDraft, id="no words"),
        pytest.param(OLE + "WordDocument".encode("utf-16-le"), OldWordFormat, id="Word 97"),
        pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDraft, id="password"),
        pytest.param(OLE, UnknownFormat, id="other OLE file"),
    ],
)
def test_unreadable_files_say_why(data: bytes, error: type[DraftError]) -> None:
    with pytest.raises(error):
        read_document(data, "draft.docx")


@pytest.mark.parametrize(
    ("part", "found"), [("xl/workbook.xml", "XLSX"), ("ppt/presentation.xml", "PPTX"), ("readme.txt", "ZIP")]
)
def test_other_packages_are_named(part: str, found: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(UnknownFormat) as caught:
        read_document(out.getvalue(), "draft.docx")
    assert caught.value.facts["found"] == found


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2], ids=["lzma", "bzip2"])
def test_compression_that_ooxml_does_not_know(method: int) -> None:
    """Broken LZMA data raises an error of its own that is neither OSError nor ValueError."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body/></w:document>" + " " * 400)
    data = bytearray(out.getvalue())
    data[60:90] = bytes(30)
    with pytest.raises(DamagedDraft):
        read_document(bytes(data), "draft.docx")
