"""TXT and Markdown: encodings by evidence, hard wraps undone, everything else refused by name."""

from __future__ import annotations

import random
import textwrap
import time
from pathlib import Path

import pytest

from patentprep import read
from patentprep.errors import (
    DamagedDraft,
    DraftError,
    EmptyDraft,
    EncryptedDraft,
    FileMissing,
    OldWordFormat,
    ScannedDraft,
    TooLong,
    UnknownFormat,
)
from patentprep.model import Lang, Warned
from patentprep.read import read_document
from patentprep.strings import LANGUAGES, keys, say, warn

ZH = "本发明公开了一种刀具磨损监测方法，控制器读取主轴的振动信号，对每个窗口计算频谱，并将频谱输入神经网络。"
TW = "本發明揭露一種刀具磨損監測方法，控制器讀取主軸的振動訊號，對每個視窗計算頻譜，並將頻譜輸入神經網路。"
EN = "A controller reads the vibration signal of a spindle and computes a spectrum for every window of it."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ZH, "utf-8"),
        (ZH, "utf-8-sig"),
        (ZH, "gb18030"),
        (ZH, "gbk"),
        ("权利要求书", "gb18030"),
        ("技术方案", "gb18030"),
        ("A sentence in English with 一种方法 and 数据.", "gb18030"),
        (TW, "big5"),
        (TW + "裏恒粧嫺", "cp950"),
        (TW, "gb18030"),
        (ZH, "utf-16"),
        (ZH, "utf-16-le"),
        (ZH, "utf-16-be"),
        (EN, "utf-16-le"),
        (EN, "utf-16-be"),
        (EN, "utf-32"),
        (EN, "ascii"),
    ],
)
def test_the_encoding_is_found_by_evidence(text: str, encoding: str) -> None:
    document = read_document((text + "\r\n" + text).encode(encoding), "draft.txt")
    assert document.text == f"{text}\n{text}"
    assert (document.format, document.pages, document.warnings) == ("txt", (), ())


def test_windows_1252_is_a_guess_and_says_so() -> None:
    document = read_document("The “window” is 5 µm – no more.".encode("cp1252"), "draft.txt")
    assert document.text == "The “window” is 5 µm – no more."
    assert [warning.key for warning in document.warnings] == ["encoding_guessed"]


def test_one_paragraph_per_line_stays() -> None:
    text = "\n".join(["背景技术", ZH, ZH[:20] + "。", "1. 一种方法，其特征在于：", "读取信号；", EN])
    assert read_document(text.encode()).text == text


@pytest.mark.parametrize("width", [60, 72, 80])
def test_hard_wrapped_english_is_joined(width: int) -> None:
    paragraphs = [
        EN,
        EN + " " + EN,
        "1. A method, comprising:",
        "reading a signal; and",
        "computing a spectrum of it.",
    ]
    wrapped = "\n".join(
        line for paragraph in [*paragraphs[:2] * 3, *paragraphs[2:]] for line in [*textwrap.wrap(paragraph, width), ""]
    )
    assert read_document(wrapped.encode()).text.split("\n") == [*paragraphs[:2] * 3, *paragraphs[2:]]


def test_hard_wrapped_chinese_is_joined_without_spaces() -> None:
    paragraph = ZH + ZH
    lines = ["背景技术", *(paragraph[at : at + 30] for at in range(0, len(paragraph), 30)), "发明内容"]
    lines += [paragraph[at : at + 30] for at in range(0, len(paragraph), 30)]
    assert read_document("\n".join(lines).encode()).text == f"背景技术\n{paragraph}\n发明内容\n{paragraph}"


def test_paragraph_numbers_become_labels() -> None:
    document = read_document(f"【0001】{ZH}\n[0002]\n{ZH}\n0003] {ZH}\n[5] is cited".encode())
    assert document.text == f"{ZH}\n{ZH}\n{ZH}\n[5] is cited"
    assert [label.label for label in document.labels] == ["[0001]", "[0002]", "[0003]"]
    assert all(document.text[label.start :].startswith(ZH) for label in document.labels)


@pytest.mark.parametrize(
    ("text", "as_markdown"),
    [
        (f"# 一种刀具磨损监测方法\n\n## 技术领域\n\n{ZH}\n\n- **步骤**一\n", True),
        (f"# Monitoring of tool wear\n\n## Technical Field\n{EN}\n", True),
        (f"# 技术领域\n{ZH}\n", False),  # a lone mark
        (f"# 读取数据\n{ZH}\n# 计算频谱\n{ZH}\n", False),  # comments of a listing
        (f"背景技术\n{ZH}\n# 读取数据\n", False),
    ],
)
def test_markdown_headings_make_a_text_file_markdown(text: str, as_markdown: bool) -> None:
    named = {name: read_document(text.encode(), f"draft.{name}") for name in ("txt", "md")}
    assert [document.format for document in named.values()] == ["txt", "md"]
    assert (named["txt"].text == named["md"].text) is as_markdown


MARKDOWN = [
    ("# 技术领域 #\n正文", "技术领域\n正文"),
    ("Background\n==========\ntext", "Background\ntext"),
    ("a **bold** and *slanted* and __strong__ word", "a bold and slanted and strong word"),
    ("keep a*b*c, x_i and y_j, snake_case_name", "keep a*b*c, x_i and y_j, snake_case_name"),
    ("- one\n* two\n+ three", "one\ntwo\nthree"),
    ("1. claim one\n2. claim two", "1. claim one\n2. claim two"),
    ("```python\nloss = a - b\n```", "loss = a - b"),
    ("a [link](http://example.org) and ![Fig. 1](f.png)", "a link and Fig. 1"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
    ("> quoted", "quoted"),
    ("one\n\n---\n\ntwo", "one\ntwo"),
    ("---\ntitle: x\n---\nbody", "body"),
    ("seen <!-- unseen --> seen", "seen  seen"),
    (r"\# no heading", "# no heading"),
]


@pytest.mark.parametrize(("source", "text"), MARKDOWN)
def test_markdown_marks_are_stripped(source: str, text: str) -> None:
    document = read_document(source.encode(), "draft.md")
    assert (document.text, document.format) == (text, "md")


def test_a_txt_file_keeps_its_marks() -> None:
    assert read_document(b"# heading\n- item", "draft.txt").text == "# heading\n- item"


def test_control_and_format_characters_go_and_composition_is_canonical() -> None:
    assert read_document("a\x01b\u200bc\u00a0d e\u0301，（全角）".encode()).text == "abc d \u00e9，（全角）"


@pytest.mark.parametrize(
    ("data", "error", "found"),
    [
        (b"", EmptyDraft, None),
        (b" \r\n\t\n", EmptyDraft, None),
        ("——……。".encode(), EmptyDraft, None),
        (b"\xef\xbb\xbf", EmptyDraft, None),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), UnknownFormat, "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(50), UnknownFormat, "JPEG"),
        (b"{\\rtf1\\ansi hello}", UnknownFormat, "RTF"),
        (b"<!DOCTYPE html><html><body>x</body></html>", UnknownFormat, "HTML"),
        ("\ufeff<html><p>一种方法".encode("utf-16"), UnknownFormat, "HTML"),
        (b"<?xml version='1.0'?><claims/>", UnknownFormat, "XML"),
        (random.Random(1).randbytes(4000), UnknownFormat, "binary"),
        (bytes(range(256)) * 8, UnknownFormat, "binary"),
    ],
)
def test_what_is_no_draft_is_refused(data: bytes, error: type[DraftError], found: str | None) -> None:
    with pytest.raises(error) as caught:
        read_document(data, "draft.pdf")
    assert caught.value.facts.get("found") == found


def test_a_missing_file_a_folder_and_a_file_by_path(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path, "bad\0name"):
        with pytest.raises(FileMissing):
            read_document(path)
    good = tmp_path / "草稿.txt"
    good.write_text(ZH, encoding="utf-8")
    assert (read_document(good).name, read_document(str(good)).text) == ("草稿.txt", ZH)


def test_too_long() -> None:
    with pytest.raises(TooLong):
        read_document(b"word " * 1_100_000)


def test_a_file_too_big_to_load_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 10)
    big = tmp_path / "big.txt"
    big.write_bytes(b"more than ten bytes")
    with pytest.raises(TooLong):
        read_document(big)


FACTS = {"name": "草稿.pdf", "found": "RTF", "pages": "6-12", "characters": 5_000_000, "count": "3"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [
        DraftError,
        FileMissing,
        EmptyDraft,
        UnknownFormat,
        OldWordFormat,
        EncryptedDraft,
        DamagedDraft,
        ScannedDraft,
        TooLong,
    ],
)
def test_every_error_has_words(error: type[DraftError], lang: Lang) -> None:
    words = say(error(**FACTS), lang)
    assert "草稿.pdf" in words
    assert "{" not in words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        "image_pages",
        "hidden_text",
        "broken_pages",
        "encoding_guessed",
        "equation_pictures",
        "hidden_words",
        "recovered",
    ],
)
def test_every_warning_has_words(key: str, lang: Lang) -> None:
    facts = tuple((name, str(FACTS[name])) for name in ("pages", "count"))
    assert "{" not in warn(Warned(key, 6, facts), lang)
    assert "progress.read" in keys(lang)


@pytest.mark.parametrize("name", ["draft.docx", "draft.txt"])
def test_a_fragment_of_a_web_page_is_refused(name: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        read_document(
            b'<div class="a"><p>A method comprising a step.</p></div><table><tr><td>x</td></tr></table>', name
        )
    assert caught.value.facts["found"] == "HTML"


def test_a_line_that_begins_with_a_bracket_is_text() -> None:
    assert read_document(b"<p> is the momentum of the body.\nIt is kept.\n", "draft.txt").text.startswith("<p>")


def test_a_draft_about_pdf_files_is_text() -> None:
    document = read_document("本发明涉及文件识别：首部为%PDF-1.7的文件按对象解析。".encode(), "draft.txt")
    assert document.format == "txt" and "%PDF-1.7" in document.text


@pytest.mark.parametrize(
    "line", [" " * 300_000 + "x | - y", "正文" + "\u3000" * 300_000 + "x|-", "|" + "-" * 300_000 + "x"]
)
def test_a_long_blank_line_of_markdown_costs_no_quadratic_time(line: str) -> None:
    start = time.process_time()
    read_document(line.encode(), "draft.md")
    assert time.process_time() - start < 20
