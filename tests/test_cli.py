"""The command line as the public contract describes it: commands, exit statuses, and one clean line for bad input."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from commands import Run, one_line

from patentprep import triage_command
from patentprep.checklist import load_checklist
from patentprep.cli import CHECK_FORMATS, PROGRESS_COLUMNS, _format_of, _progress, interface_language
from patentprep.formal import load_formal_rules
from patentprep.model import REQUIREMENTS, ReadinessLevel
from patentprep.strings import LANGUAGES

LAW = load_checklist("cn-2026")
DRAFT = """水泵空化识别方法
技术领域
本发明涉及水泵状态监测。
背景技术
空化初期的气泡溃灭能量集中在20kHz以上，常规1kHz带宽的振动监测看不到，等扬程下降时叶轮已经剥蚀。
发明内容
本发明采集泵壳高频振动信号，经识别网络得到空化等级，并据此调节进口阀开度。
具体实施方式
识别网络包括依次连接的三个卷积层、一个双向LSTM层和一个全连接层，卷积核长度分别为15、7和3。
权利要求书
1. 一种水泵空化识别方法，其特征在于，包括：采集泵壳振动信号；将所述振动信号输入识别网络，得到空化等级。
"""
ENGLISH = """A method of clustering is described.
The method receives a set of vectors and computes the distance of every pair of vectors.
The two nearest clusters are merged until the number of clusters equals a preset value.
The index of the cluster of every vector is the result of the method.
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "水泵 draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    return path


# --- check -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fmt", ["text", "json", "html"])
def test_check_writes_every_format(fmt: str, lang: str, draft: Path, run: Run) -> None:
    answer = run("check", draft, "--format", fmt, "--lang", lang)
    assert answer.status in (0, 1) and answer.err == ""
    assert {"text": "SHA-256", "json": '"schema_version": 1', "html": "<!doctype html>"}[fmt] in answer.out
    assert ("技术场景" in answer.out) == (lang == "zh")


@pytest.mark.parametrize(("text", "word"), [(DRAFT, "技术场景"), (ENGLISH, "Technical scenario")])
def test_the_report_follows_the_language_of_the_draft(text: str, word: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert word in run("check", tmp_path / "a.md").out


def test_check_json_keeps_the_main_points_of_the_contract(draft: Path, run: Run) -> None:
    text = run("read", draft, "--format", "json").json()["text"]
    report = run("check", draft, "--format", "json").json()
    for key in ("schema_version", "draft", "checklists", "requirements", "eligibility", "findings", "readiness"):
        assert key in report
    assert report["draft"]["path"] == draft.name and report["draft"]["language"] == "zh"
    assert [r["id"] for r in report["requirements"]] == list(REQUIREMENTS)
    quotes = [v for r in report["requirements"] for e in r["elements"] for v in e["evidence"]]
    assert quotes
    for item in quotes:
        assert text[item["start"] : item["end"]] == item["quote"]
    assert report["eligibility"]["reasons"] and 0 <= report["eligibility"]["probability"] <= 1


def test_a_check_leaves_nothing_in_the_home_of_its_user(draft: Path, tmp_path: Path) -> None:
    """ONNX Runtime kept a number of the device there, and a store of events to send: docs/privacy.md rules both out."""
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"} | dict.fromkeys(
        places, str(home)
    )
    command = [sys.executable, "-m", "patentprep", "check", str(draft), "--format", "json"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode in (0, 1) and done.stdout.startswith(b"{")
    assert list(home.rglob("*")) == []


def test_check_twice_gives_the_same_answer(draft: Path, run: Run) -> None:
    assert run("check", draft, "--format", "json").out == run("check", draft, "--format", "json").out


@pytest.mark.parametrize(("level", "status"), [("ready", 0), ("needs_work", 0), ("not_ready", 1)])
def test_exit_status_says_whether_the_draft_is_ready(
    level: ReadinessLevel, status: int, draft: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from patentprep import assessment as module

    true_assess = module.assess

    def assess(*words: Any, **more: Any) -> Any:
        result = true_assess(*words, **more)
        return replace(result, readiness=replace(result.readiness, level=level))

    monkeypatch.setattr(module, "assess", assess)
    assert run("check", draft).status == status


def test_a_draft_without_requirements_is_not_ready(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_text(ENGLISH, encoding="utf-8")
    answer = run("check", tmp_path / "a.txt", "--format", "json")
    assert answer.status == 1 and answer.json()["readiness"]["level"] == "not_ready"


@pytest.mark.parametrize("command", ["check", "read"])
def test_dash_reads_standard_input(command: str, run: Run) -> None:
    answer = run(command, "-", "--format", "json", stdin=DRAFT.encode())
    report = answer.json()
    assert report["draft"]["path"] == "stdin" if command == "check" else "水泵空化识别方法" in report["text"]


@pytest.mark.parametrize(
    "words",
    [
        ["check", "DRAFT"],
        ["check", "DRAFT", "--format", "html"],
        ["read", "DRAFT"],
        ["offices"],
        ["explain", "TS1"],
        ["model", "card"],
        ["plan", "--priority-date", "2024-01-31", "--office", "US", "--today", "2024-03-01"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_output_goes_to_a_file(words: list[str], draft: Path, tmp_path: Path, run: Run) -> None:
    words = [str(draft) if word == "DRAFT" else word for word in words]
    shown, target = run(*words), tmp_path / "out.txt"
    written = run(*words, "-o", target)
    assert (written.status, written.out) == (shown.status, "")
    assert target.read_text(encoding="utf-8") == shown.out


def test_an_output_that_cannot_be_written(draft: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "no such folder" / "out.txt"
    one_line(run("check", draft, "-o", target, "--lang", "en"), "no such folder", "cannot be written")


def test_the_invention_type_can_be_given(draft: Path, run: Run) -> None:
    report = run("check", draft, "--invention-type", "ai_assisted", "--format", "json").json()
    assert report["draft"]["invention_type"] == "ai_assisted"


def test_the_law_of_the_filing_date(draft: Path, run: Run) -> None:
    def asked(day: str) -> set[str]:
        report = run("check", draft, "--filed-on", day, "--format", "json").json()
        assert report["filed_on"] == day
        return {e["id"] for r in report["requirements"] for e in r["elements"]}

    assert asked("2025-12-31") < asked("2026-01-01")


# --- bad input -------------------------------------------------------------------------------------------------


@cache
def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    out = io.BytesIO()
    canvas = Canvas(out)
    for n, line in enumerate(ENGLISH.splitlines()):
        canvas.drawString(72, 750 - 20 * n, line)
    canvas.save()
    return out.getvalue()


@cache
def encrypted_pdf() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


BAD: list[tuple[str, Callable[[], bytes]]] = [
    ("empty.txt", lambda: b""),
    ("empty.pdf", lambda: b""),
    ("blank.md", lambda: b" \n\t\n"),
    ("program.exe", lambda: b"MZ\x90\x00" + bytes(200)),
    ("program.txt", lambda: b"\x7fELF" + bytes(range(256)) * 4),
    ("picture.pdf", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ("nonsense.pdf", lambda: b"%PDF-1.7 nonsense"),
    ("truncated.pdf", lambda: pdf()[: len(pdf()) // 4]),
    ("encrypted.pdf", encrypted_pdf),
    ("broken.docx", lambda: b"PK\x03\x04zzzz"),
    ("old.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    (
        "korean.txt",
        lambda: ("본 발명은 펌프의 진동 신호를 이용하여 공동 현상을 판별하는 방법에 관한 것이다. " * 5).encode(),
    ),
    (
        "french.txt",
        lambda: ("Le procédé consiste à mesurer les vibrations de la pompe et à fermer la vanne. " * 5).encode(),
    ),
    ("signs.txt", lambda: "……！！？？——".encode()),
]


@pytest.mark.parametrize("command", ["check", "read"])
@pytest.mark.parametrize(("name", "content"), BAD, ids=[name for name, _ in BAD])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_unreadable_drafts(
    command: str, name: str, content: Callable[[], bytes], lang: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / name).write_bytes(content())
    if command == "read" and name in ("korean.txt", "french.txt"):
        assert run("read", tmp_path / name).status == 0, "what it says is not the reader's matter"
        return
    one_line(run(command, tmp_path / name, "--lang", lang), name)


@pytest.mark.parametrize("command", ["check", "read", "eligibility", "evidence"])
def test_a_file_that_is_not_there(command: str, tmp_path: Path, run: Run) -> None:
    one_line(run(command, tmp_path / "nowhere.pdf"), "nowhere.pdf")


@pytest.mark.parametrize("command", ["check", "read", "eligibility", "evidence"])
def test_a_folder_is_no_file(command: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "folder.txt").mkdir()
    one_line(run(command, tmp_path / "folder.txt"), "folder.txt")


@pytest.mark.parametrize(("lang", "words"), [("en", "is a folder"), ("zh", "是文件夹")])
@pytest.mark.parametrize(("command", "given"), [("check", 1), ("read", 1), ("compare", 2)])
def test_a_folder_is_called_one_and_triage_named(
    command: str, given: int, lang: str, words: str, tmp_path: Path, run: Run
) -> None:
    one_line(run(command, *[tmp_path] * given, "--lang", lang), tmp_path.name, words, "patentprep triage")


# --- formats -----------------------------------------------------------------------------------------------------

TRIAGE = triage_command.FORMATS
ENDINGS = [
    (None, TRIAGE, "table"),
    ("a.xlsx", TRIAGE, "xlsx"),
    ("A.PDF", TRIAGE, "pdf"),
    ("a.htm", TRIAGE, "html"),
    ("a.sarif.json", TRIAGE, "sarif"),
    ("a.json", TRIAGE, "json"),
    ("b.html/a", TRIAGE, "table"),
    ("a.txt", TRIAGE, "table"),
    ("a.docx", CHECK_FORMATS, "docx"),
    ("a.ics", CHECK_FORMATS, "text"),
    ("a.sarif.json", ("table", "json"), "json"),
]


@pytest.mark.parametrize(("output", "formats", "wanted"), ENDINGS)
def test_the_ending_of_the_output_names_the_format(output: str | None, formats: tuple[str, ...], wanted: str) -> None:
    assert _format_of(output, formats) == wanted


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["-o", "a.csv"], "code,"),
        (["-o", "a.json"], "["),
        (["-o", "a.csv", "--format", "json"], "["),  # what was asked for in words is in charge
    ],
)
def test_a_file_is_written_as_it_is_called(words: list[str], begins: str, tmp_path: Path, run: Run) -> None:
    assert run("offices", words[0], tmp_path / words[1], *words[2:]).status == 0
    assert (tmp_path / words[1]).read_text(encoding="utf-8").lstrip("\ufeff").startswith(begins)


@pytest.mark.parametrize("command", ["check", "read"])
def test_empty_standard_input(command: str, run: Run) -> None:
    one_line(run(command, "-", stdin=b""), "stdin")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "DRAFT", "--checklist", "us-2026"], "us-2026"),
        (["check", "DRAFT", "--checklist", "cn-formal-2026"], "expected: cn-2026"),  # rules of form, no requirements
        (["check", "DRAFT", "--filed-on", "2026-02-30"], "2026-02-30"),
        (["check", "DRAFT", "--filed-on", "yesterday"], "yesterday"),
        (["check", "DRAFT", "--filed-on", "1990-01-01"], "1990-01-01"),
        (["eligibility", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["plan", "--priority-date", "2024-01-31", "--filing-date", ""], "not a date"),
        (["app", "--no-browser", "--port", "99999"], "99999"),
        (["app", "--no-browser", "--port", "0"], "0"),
        (["plan", "--priority-date", "2024-02-30", "--office", "US"], "2024-02-30"),
        (["plan", "--priority-date", "2024-01-31", "--office", "QQ"], "QQ"),
        (["plan", "--priority-date", "2026-01-31", "--filing-date", "2025-01-01", "--office", "US"], "2025-01-01"),
        (["plan", "--office", "US"], "priority"),
        (["plan", "--priority-date", "2024-01-31", "--disclosure", "2024-02-30:talk"], "2024-02-30"),
        (["plan", "--priority-date", "2024-01-31", "--disclosure", "2023-01-01:gossip"], "gossip"),
        (["explain", "TS99"], "TS99"),
        (["explain", ""], ""),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else "",
)
def test_wrong_arguments(words: list[str], says: str, draft: Path, run: Run) -> None:
    words = [str(draft) if word == "DRAFT" else word for word in words]
    answer = run(*words, *(["--lang", "en"] if words[0] != "app" else []))
    one_line(answer, says)


# --- read, plan, offices, model ----------------------------------------------------------------------------------


def test_read_gives_pages_where_there_are_some(tmp_path: Path, draft: Path, run: Run) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    answer = run("read", tmp_path / "a.pdf", "--format", "json").json()
    assert set(answer) == {"pages", "text", "warnings"}
    assert [set(page) for page in answer["pages"]] == [{"number", "text", "ocr"}]
    assert answer["pages"][0]["number"] == 1 and answer["pages"][0]["text"] in answer["text"]
    assert "nearest clusters" in answer["text"]
    assert run("read", draft, "--format", "json").json()["pages"][0]["number"] is None
    assert run("read", draft).out.startswith("水泵空化识别方法")


PLAN = ("plan", "--priority-date", "2024-01-31", "--receiving-office", "CN", "--today", "2024-03-01")


def test_plan_keeps_the_contract(run: Run) -> None:
    offices = ["--office", "CN", "--office", "US,EP", "--office", "TW"]
    answer = run(*PLAN, *offices, "--format", "json").json()
    ids = {d["id"]: d for d in answer["deadlines"]}
    assert {
        *("priority_period", "priority_restoration", "publication", "article_19_amendments", "chapter_ii_demand"),
        *(
            "national_phase:CN",
            "national_phase_extended:CN",
            "national_phase:US",
            "national_phase:EP",
            "paris_filing:TW",
        ),
    } <= set(ids)
    assert "national_phase:TW" not in ids  # Taiwan has no PCT route
    assert all({"nominal_date", "date", "rule", "certain"} <= set(d) for d in ids.values())
    assert answer["suggestions"] and answer["given"]["offices"] == ["CN", "US", "EP", "TW"]


@pytest.mark.parametrize("fmt", ["table", "csv", "json"])
def test_plan_and_offices_in_every_format(fmt: str, run: Run) -> None:
    for words in ((*PLAN, "--office", "US"), ("offices",)):
        answer = run(*words, "--format", fmt)
        assert answer.status == 0 and "US" in answer.out and answer.err == ""


def test_model_card(run: Run) -> None:
    answer = run("model", "card")
    assert answer.status == 0 and answer.out.startswith("# Model card")


def test_app_takes_port_and_browser(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from patentprep import launch

    asked: list[tuple[int | None, bool]] = []

    def run_app(port: int | None = None, *, browser: bool = True) -> int:
        asked.append((port, browser))
        return 0

    monkeypatch.setattr(launch, "run_app", run_app)
    assert run("app").status == 0 and run("app", "--port", "8600", "--no-browser").status == 0
    assert asked == [(None, True), (8600, False)]


# --- explain -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_element_is_explained(lang: Any, run: Run) -> None:
    for element in LAW.elements:
        answer = run("explain", element.id, "--lang", lang)
        assert answer.status == 0, element.id
        flat = re.sub(r"\s+", "", answer.out)
        for words in (element.title, element.provision, element.asks, element.good, element.bad, element.question):
            assert re.sub(r"\s+", "", words.in_(lang)) in flat, element.id
        assert element.in_force.start.isoformat() in answer.out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_red_flag_is_explained(lang: Any, run: Run) -> None:
    for flag in LAW.red_flags:
        answer = run("explain", f"ethics/{flag.id}", "--lang", lang)
        assert answer.status == 0 and flag.title.in_(lang) in answer.out
        assert run("explain", flag.id, "--lang", lang).out == answer.out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_formal_rule_is_explained(lang: Any, run: Run) -> None:
    for rule in load_formal_rules().values():
        answer = run("explain", rule.id, "--lang", lang)
        assert answer.status == 0 and rule.title.in_(lang) in answer.out
        assert re.sub(r"\s+", "", rule.provision.in_(lang)) in re.sub(r"\s+", "", answer.out)


def test_explain_does_not_care_about_case(run: Run) -> None:
    assert run("explain", "ts1").out == run("explain", "TS1").out != ""


@pytest.mark.parametrize("rule", ["eligibility/pure-algorithm", "ethics/red-flag"])
def test_rules_that_reports_name_are_explained(rule: str, run: Run) -> None:
    answer = run("explain", rule, "--lang", "en")
    assert answer.status == 0 and "Patent Law Art." in answer.out


# --- as people start it ------------------------------------------------------------------------------------------


def started(*words: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "patentprep", *words],
        input=stdin, capture_output=True, timeout=120, env={**os.environ, **environment},
    )  # fmt: skip


def test_a_console_of_another_encoding_does_not_break_chinese() -> None:
    answer = started("explain", "TS1", "--lang", "zh", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert answer.returncode == 0 and "技术领域".encode() in answer.stdout


def test_a_pipe_in_and_out() -> None:
    answer = started("check", "-", "--format", "json", stdin=DRAFT.encode())
    assert answer.returncode in (0, 1) and json.loads(answer.stdout)["draft"]["language"] == "zh"
    assert answer.stderr == b"", "no progress in a pipe"


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f'"{sys.executable}" -m patentprep offices --format csv | head -1'
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert answer.stdout.startswith("code,") and answer.stderr == ""


def test_bad_input_as_people_see_it(tmp_path: Path) -> None:
    answer = started("check", str(tmp_path / "没有.pdf"))
    assert answer.returncode == 2 and answer.stdout == b""
    assert answer.stderr.decode().count("\n") == 1 and "没有.pdf" in answer.stderr.decode()


def test_the_language_asked_for_words_every_error(run: Run) -> None:
    """An error inside --disclosure is as Chinese as any other."""
    one_line(
        run("plan", "--priority-date", "2024-01-31", "--disclosure", "2024-02-30:talk", "--lang", "zh"), "日历中没有"
    )


def test_a_locale_python_does_not_know_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> None:
        raise ValueError("unknown locale: xx")

    monkeypatch.setattr("locale.getlocale", unknown)
    assert interface_language() == "en"


def test_a_checklist_named_twice_counts_once(draft: Path, run: Run) -> None:
    report = run("check", draft, "--checklist", "cn-2026", "--checklist", "cn-2026", "--format", "json").json()
    assert [r["id"] for r in report["requirements"]] == list(REQUIREMENTS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_formal_rule_names_its_source_in_words(lang: Any, run: Run) -> None:
    rule = load_formal_rules()["claims/antecedent"]
    assert rule.source.in_(lang) in run("explain", "Claims/Antecedent", "--lang", lang).out.replace("\n    ", " ")


def test_progress_leaves_a_blank_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", shown)
    _progress("read", 1, 2)
    _progress("read", 2, 2)
    first, last = (line for line in shown.getvalue().split("\r") if line)
    assert first.strip().endswith("1/2") and not last.strip() and len(last) == PROGRESS_COLUMNS
    assert "\033" not in shown.getvalue()
