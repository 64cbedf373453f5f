"""The report as Word file, PDF and SARIF, the page for the manager, and ``check`` writing them."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

from patentprep.assessment import assess
from patentprep.cli import main
from patentprep.model import REQUIREMENTS, Assessment, Lang
from patentprep.palette import SHAPES
from patentprep.report import FILE_FORMATS, FORMATS, render, to_dict
from patentprep.report.as_docx import to_docx
from patentprep.report.as_pdf import PdfNotInstalled, to_pdf
from patentprep.report.manager import MOST_ROWS, _page, manager_docx, manager_pdf
from patentprep.report.notes import notes
from patentprep.report.sarif import sarif_log, sarif_part, to_sarif
from patentprep.report.triage import name_of
from patentprep.strings import LANGUAGES, t
from patentprep.structure import read_draft
from patentprep.triage.model import Decision, ReasonKey, Row

EVIL = '#panic("x") *b* $x$ <script>'
TEXT = {
    "en": f"""{EVIL} METHOD OF DETECTING CAVITATION IN A PUMP
TECHNICAL FIELD
The disclosure relates to condition monitoring of centrifugal pumps.
DETAILED DESCRIPTION
The training set holds 12,600 recordings taken from 18 pumps and labelled by two engineers.
Hidden cameras record the faces of visitors without their knowledge.
The model may be any suitable neural network.
CLAIMS
1. A method of detecting cavitation in a pump, comprising: sampling the vibration of the pump casing at 51 kHz;
feeding the vibration signal into a network; and opening an inlet valve when the network reports cavitation.
2. The method of claim 1, wherein the network is trained; and the said rotor is balanced.
""",
    "zh": f"""水泵空化识别方法{EVIL}
技术领域
本发明涉及水泵状态监测。
具体实施方式
摄像头隐藏在烟雾报警器中，在顾客不知情的情况下采集人脸。
系统按性别和年龄估计支付意愿，对女性顾客展示更高的价格。
权利要求书
1. 一种水泵空化识别方法，其特征在于，包括：采集泵壳振动信号；将所述振动信号输入识别网络，得到空化等级。
""",
}


@cache
def assessed(lang: Lang, name: str = "draft.txt") -> Assessment:
    return assess(read_draft(TEXT[lang].encode(), name))


def words_of(word: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert archive.testzip() is None
    document = docx.Document(io.BytesIO(word))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def printed(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def bare(text: str) -> str:
    return re.sub(r"[\s\ufffe-]+", "", text)


# --- Word and PDF --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_word_and_pdf_say_what_the_json_says(lang: Lang) -> None:
    assessment = assessed(lang)
    report = to_dict(assessment, lang)
    word, paper = bare(words_of(to_docx(assessment, lang))), bare(printed(to_pdf(assessment, lang)))
    told = [report["draft"]["title"], report["readiness"]["summary"], *report["readiness"]["next_steps"]]
    told += [r["title"] for r in report["requirements"]] + [f["fix"] for f in report["findings"]]
    told += [e["question"] for r in report["requirements"] for e in r["elements"] if e["status"] == "not_found"]
    told += [e["evidence"][0]["quote"] for r in report["requirements"] for e in r["elements"] if e["evidence"]]
    assert len(told) > 20
    for text in told:
        assert bare(text) in word
        assert bare(text) in paper


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pdf_brings_its_fonts_and_is_the_same_every_day(lang: Lang) -> None:
    pdf = to_pdf(assessed(lang), lang)
    assert pdf == to_pdf(assessed(lang), lang)
    assert len(pdf) < 2_000_000  # a part of the font, not all of it
    import pypdf

    fonts: dict[str, Any] = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        fonts |= page["/Resources"]["/Font"]  # type: ignore[index]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "Noto" in inner["/FontName"]
        assert {"/FontFile2", "/FontFile3"} & set(inner)


def test_without_the_packages_for_pdf_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("patentprep.report.as_pdf.find_spec", lambda name: None)
    with pytest.raises(PdfNotInstalled):
        to_pdf(assessed("en"), "en")


# --- SARIF ---------------------------------------------------------------------------------------------------------

LEVELS = {"none", "note", "warning", "error"}


def check_structure(log: dict[str, Any]) -> None:
    """What SARIF 2.1.0 asks of the parts we write (sections 3.13 to 3.30, 3.49)."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "patentprep"
    assert run["columnKind"] == "unicodeCodePoints"
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert re.fullmatch(r"[\w/.-]+", rule["id"])
        assert rule["help"]["text"].strip()
        assert rule["shortDescription"]["text"].strip()
        assert rule["defaultConfiguration"]["level"] in LEVELS
    seen = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in LEVELS
        assert result["message"]["text"].strip()
        (location,) = result["locations"]
        place = location["physicalLocation"]
        artifact = run["artifacts"][place["artifactLocation"]["index"]]
        assert artifact["location"]["uri"] == place["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\x21-\x7e]+", artifact["location"]["uri"])
        if region := place.get("region"):
            assert region["startLine"] >= 1
            assert region["startColumn"] >= 1
            assert (region["endLine"], region["endColumn"]) > (region["startLine"], region["startColumn"])
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        seen.add((artifact["location"]["uri"], result["partialFingerprints"]["patentprep/v1"]))
    assert len(seen) == len(run["results"])
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    for notification in invocation["toolExecutionNotifications"]:
        assert notification["message"]["text"]


@pytest.mark.parametrize("name", ["draft.txt", "draft.md"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_sarif_has_the_structure_the_standard_asks(lang: Lang, name: str) -> None:
    log = json.loads(to_sarif(assessed(lang, name), lang, path=f"a folder/案/{name}", data=TEXT[lang].encode()))
    check_structure(log)
    rules = {result["ruleId"] for result in log["runs"][0]["results"]}
    assert any(rule.startswith("ethics/") for rule in rules)
    assert rules & set(REQUIREMENTS)


def test_lines_and_columns_are_those_of_the_file() -> None:
    """Also where the reader joins wrapped lines and drops marks; columns count characters, not bytes."""
    raw = (
        "\ufeff# 顾客识别系统\r\n\r\n## 具体实施方式\r\n\r\n控制器读取**振动**信号。"
        "摄像头隐藏在烟雾报警器中，在顾客不知情的情况下采集人脸。\r\n"
    )
    data = raw.encode()
    log = json.loads(to_sarif(assess(read_draft(data, "x.md")), "zh", data=data))
    (flag,) = [r for r in log["runs"][0]["results"] if r["ruleId"].startswith("ethics/")]
    region = flag["locations"][0]["physicalLocation"]["region"]
    line = raw.removeprefix("\ufeff").split("\r\n")[4]
    assert (region["startLine"], region["endLine"]) == (5, 5)
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1].startswith("摄像头隐藏")
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1].endswith("采集人脸")


def test_fingerprints_outlive_lines_added_above() -> None:
    def prints(text: str) -> set[str]:
        data = text.encode()
        results = json.loads(to_sarif(assess(read_draft(data, "x.txt")), "en", data=data))["runs"][0]["results"]
        return {r["partialFingerprints"]["patentprep/v1"] for r in results if r["ruleId"].startswith("ethics/")}

    moved = TEXT["en"].replace("TECHNICAL FIELD\n", "TECHNICAL FIELD\nPumps are found in many plants.\n")
    assert prints(TEXT["en"]) == prints(moved) != set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_error_is_what_makes_a_draft_not_ready(lang: Lang) -> None:
    assessment = assessed(lang)
    errors = {note.rule for note in notes(assessment, lang) if note.level == "error"}
    wanted = {f.rule for f in assessment.findings if f.severity == "fatal"}
    wanted |= {r.id for r in assessment.requirements if r.status == "not_found"}
    assert errors == wanted


def test_many_drafts_make_one_log_and_files_not_read_are_told() -> None:
    parts = [sarif_part(assessed(lang), lang, path=f"{lang}/draft.txt") for lang in LANGUAGES]
    log = json.loads(sarif_log(parts, "en", [("old/x.doc", "x.doc is an old Word file.")]))
    check_structure(log)
    (run,) = log["runs"]
    assert [a["location"]["uri"] for a in run["artifacts"]] == ["zh/draft.txt", "en/draft.txt"]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 1


# --- the page for the manager --------------------------------------------------------------------------------------


def rows(count: int) -> list[Row]:
    decisions: tuple[Decision, ...] = ("fix", "hold", "go")
    reasons: tuple[ReasonKey, ...] = ("not_found", "pure_algorithm", "ready")
    return [
        Row(
            path=f"drafts/d{n}.docx", suffix=".docx", size=1, mtime_ns=0, title=f"Draft number {n}", score=50 + n,
            statuses=(("ethics", "not_found" if n % 3 == 0 else "covered"),), next_steps=("TS1",),
            decision=decisions[n % 3], reason=reasons[n % 3], about=("ethics",) if n % 3 == 0 else (),
            next_deadline=date(2026, 3, 1),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manager_reads_counts_reasons_and_deadlines(lang: Lang) -> None:
    many = [*rows(20), Row("drafts/old.doc", ".doc", 1, 0, error="error.old_word", error_facts=(("name", "old.doc"),))]
    many.append(Row("drafts/copy.docx", ".docx", 1, 0, duplicate_of="drafts/d1.docx"))
    day = date(2026, 1, 5)
    for words in (words_of(manager_docx(many, lang, day)), printed(manager_pdf(many, lang, day))):
        words = bare(words)
        assert bare(t("manager.counts", lang, go=6, fix=7, hold=7)) in words
        assert bare(t("manager.not_read", lang, count=1)) in words
        assert bare(t("manager.more", lang, count=21 - MOST_ROWS)) in words
        assert bare("Draft number 0") in words
        assert bare("2026-03-01") in words
        assert "copy.docx" not in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manager_has_one_page_whatever_the_drafts_are_called(lang: Lang) -> None:
    long = [replace(row, title="#strong[一种] *" + "很长的名称" * 20 + str(n)) for n, row in enumerate(rows(40))]
    paper = manager_pdf(long, lang, date(2026, 1, 5))
    assert len(pypdfium2.PdfDocument(paper)) == 1
    assert bare("#strong[一种] *") in bare(printed(paper))  # data, never markup


SEEN_TO = [
    # title, decision, reason, red flags; in order of urgency
    ("Fix one", "fix", "not_found", ()),
    ("Fix two", "fix", "partial", ()),
    ("Poem", "hold", "no_draft", ()),
    ("Fatal", "hold", "fatal", ()),
    ("Algorithm", "hold", "pure_algorithm", ()),
    ("Both", "hold", "pure_algorithm", ("ethics/covert-capture",)),
    ("Flag", "hold", "red_flag", ("ethics/covert-capture",)),
    ("Go", "go", "ready", ()),
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manager_sees_first_to_what_somebody_must_decide(lang: Lang) -> None:
    many = [
        replace(rows(1)[0], title=title, decision=decision, reason=reason, red_flags=flags, about=flags)  # type: ignore[arg-type]
        for title, decision, reason, flags in SEEN_TO
    ]
    heading, lines = _page(many, lang, date(2026, 1, 5))["lists"][0]
    assert heading == t("manager.first", lang)
    assert [name for name, _ in lines] == ["Both", "Flag", "Algorithm", "Fatal", "Fix one"]
    assert all(rest.strip("：: ") for _, rest in lines)
    assert "covert" in lines[0][1].lower() or "隐蔽" in lines[0][1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_manager_reads_as_missing_what_was_not_found(lang: Lang) -> None:
    (one,) = rows(1)
    partly = replace(one, statuses=(("ethics", "partial"), ("technical_effect", "not_found")))
    page = _page([partly, replace(partly, statuses=(("ethics", "partial"),))], lang, date(2026, 1, 5))
    assert [cells[4] for cells in page["rows"]] == [f"1 {SHAPES['not_found']}", ""]
    effect = t("manager.common_line", lang, title=name_of("technical_effect", lang), count=1, total=2)
    assert page["lists"][1] == (t("manager.common", lang), [("", effect)])


@pytest.mark.parametrize(("count", "shown"), [(15, 15), (16, 16), (17, 15)])
def test_the_manager_gets_no_line_about_one_more(count: int, shown: int) -> None:
    page = _page(rows(count), "en", date(2026, 1, 5))
    assert (len(page["rows"]), bool(page["more"])) == (shown, shown < count)


def test_what_was_not_read_is_not_called_held() -> None:
    unread = Row("old.doc", ".doc", 1, 0, error="error.old_word", error_facts=(("name", "old.doc"),))
    page = _page([*rows(3), unread], "en", date(2026, 1, 5))
    held = [cells for cells in page["rows"] if cells[1] == t("triage.decision.hold", "en")]
    assert t("manager.counts", "en", go=1, fix=1, hold=len(held)) in page["counts"]
    assert page["rows"][-1][1] == t("triage.decision.unread", "en")


def test_the_manager_may_be_given_assessments() -> None:
    words = words_of(manager_docx([assessed("en"), assessed("zh")], "en", date(2026, 1, 5)))
    assert "METHOD OF" in words
    assert "2 drafts" in words


def test_no_drafts_make_a_page_too() -> None:
    assert t("manager.none", "zh") in words_of(manager_docx([], "zh", date(2026, 1, 5)))
    assert bare(t("manager.none", "zh")) in bare(printed(manager_pdf([], "zh", date(2026, 1, 5))))


# --- the command ---------------------------------------------------------------------------------------------------

OPENS = {"docx": b"PK", "pdf": b"%PDF", "annotated": b"PK"}


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.txt"
    path.write_text(TEXT["en"], encoding="utf-8")
    return path


@pytest.mark.parametrize("fmt", FILE_FORMATS)
def test_check_writes_files(fmt: str, draft: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert main(["check", str(draft), "--format", fmt, "-o", str(out)]) == 1
    assert out.read_bytes().startswith(OPENS[fmt])


def test_check_writes_sarif_into_a_pipe(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(draft), "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    check_structure(log)
    assert log["runs"][0]["artifacts"][0]["location"]["uri"] == draft.as_uri()


def test_check_writes_a_file_into_a_pipe(draft: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["check", str(draft), "--format", "pdf"]) == 1
    assert capfdbinary.readouterr().out.startswith(b"%PDF")


@pytest.mark.parametrize("fmt", FILE_FORMATS)
def test_a_terminal_is_no_place_for_a_file(
    fmt: str, draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["check", str(draft), "--format", fmt, "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"patentprep: A report as {fmt}")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(("args", "key"), [
    (["--format", "annotated", "-o", "copy.pdf"], "error.annotated_suffix"),
    (["--format", "pdf", "-o", f"no{os.sep}such{os.sep}folder.pdf"], "error.output_not_written"),
])  # fmt: skip
def test_what_cannot_be_written_is_one_sentence(
    args: list[str], key: str, draft: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(draft.parent)
    assert main(["check", "draft.txt", *args, "--lang", "en"]) == 2
    told = capsys.readouterr().err
    opening = t(key, "en", name="\0", suffix=".docx", reason="").split("\0")[0]
    assert told.startswith(f"patentprep: {opening}")
    assert told.count("\n") == 1


@pytest.mark.parametrize("fmt", [*FORMATS, *FILE_FORMATS])
def test_render_knows_every_format(fmt: str) -> None:
    made = render(assessed("en"), fmt, "en", data=TEXT["en"].encode())
    assert isinstance(made, bytes) == (fmt in FILE_FORMATS)
    assert made


def test_an_annotated_copy_needs_the_draft() -> None:
    with pytest.raises(ValueError, match="bytes of the draft"):
        render(assessed("en"), "annotated", "en")
