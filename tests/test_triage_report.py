"""The ranked drafts as table, CSV, JSON, XLSX, HTML and SARIF, and the command that prints them."""

import argparse
import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from piles import DRAFT, ORDER, row

from patentprep.errors import PatentprepError
from patentprep.model import Lang
from patentprep.report.as_text import width
from patentprep.report.triage import defused, render, summary, to_csv, to_table, why
from patentprep.strings import LANGUAGES, keys, t
from patentprep.triage.cache import FILE
from patentprep.triage.model import DECISIONS, REASONS, Row
from patentprep.triage.rank import UnknownColumn, ranked
from patentprep.triage.run import triage
from patentprep.triage_command import BadJobs, BadOnly, BadTimeLimit, NothingThere, add_options
from patentprep.triage_command import run as run_command


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_its_words(lang: Lang) -> None:
    assert {f"triage.reason.{key}" for key in REASONS} <= keys(lang)
    assert {f"triage.decision.{key}" for key in DECISIONS} <= keys(lang)


WHY = [
    # reason, red flags, what is named, in order
    ("pure_algorithm", (), ["reason.pure_algorithm"]),
    ("pure_algorithm", ("ethics/covert-capture",) * 2, ["Covert capture", "reason.pure_algorithm"]),
    ("red_flag", ("ethics/covert-capture",), ["Covert capture"]),
    ("no_draft", (), ["reason.no_draft"]),
]


@pytest.mark.parametrize(("reason", "flags", "named"), WHY)
def test_a_red_flag_is_named_whatever_else_there_is(reason: Any, flags: tuple[str, ...], named: list[str]) -> None:
    found = why(row(decision="hold", reason=reason, red_flags=flags, about=flags[:1] * (reason == "red_flag")), "en")
    words = [t(f"triage.{name}", "en", names="") if "." in name else name for name in named]
    assert [found.count(word) for word in words] == [1] * len(words)
    assert sorted(words, key=found.index) == words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_counts_add_up_and_agree_with_the_rows(lang: Lang) -> None:
    told = summary(ORDER)
    assert told["go"] + told["fix"] + told["hold"] + told["unread"] == told["count"]
    first = to_table(ORDER, lang).splitlines()[0]
    assert first == t("triage.summary", lang, **told) and str(told["unread"]) in first
    html = str(render(ORDER, "html", lang))
    for name in DECISIONS:
        read = [r for r in ORDER if r.ok and r.decision == name]
        assert html.count(f'<td class="{name}">') == 2 * len(read), "heat map and table"
    assert html.count(f'<td class="unread">{t("triage.decision.unread", lang)}<') == told["unread"]
    lines = to_table(ORDER, lang).splitlines()
    for path in ("unread.pdf", "x.png"):
        assert any(line.endswith(path) and f"  {t('triage.decision.unread', lang)}  " in line for line in lines)
    book = render(ORDER, "xlsx", lang)
    assert isinstance(book, bytes)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert t("triage.decision.unread", lang) in parts.read("xl/sharedStrings.xml").decode()
    told_json = json.loads(str(render(ORDER, "json", lang)))
    assert {r["decision"] for r in told_json["rows"]} == set(DECISIONS), "scripts read the three of the contract"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_forms_hold_every_row(lang: Lang, samples: dict[str, Row]) -> None:
    rows = ranked([*samples.values(), row("=HYPERLINK(1).txt", title="=1+1")])
    table = to_table(rows, lang)
    assert all(r.name in table for r in rows)
    told = json.loads(str(render(rows, "json", lang)))
    assert [r["path"] for r in told["rows"]] == [r.path for r in rows]
    assert told["summary"]["count"] == len(rows)
    text = to_csv(rows, lang)
    assert text.startswith("\ufeff")
    records = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [r["path"] for r in records] == [defused(r.path) for r in rows]
    assert not any(cell.startswith(("=", "+", "@")) for record in records for cell in record.values())
    html = str(render(rows, "html", lang))
    assert "<script" not in html and "http" not in html.replace("http://www.w3.org", "")
    assert html.count("<tr") == 2 + len(rows) + sum(r.ok for r in rows)


def test_html_is_escaped() -> None:
    html = str(render([row("a.txt", title="<img src=x onerror=1>")], "html", "en"))
    assert "<img" not in html and "&lt;img" in html


def test_the_workbook_has_numbers_filter_frozen_header_and_no_formula(samples: dict[str, Row]) -> None:
    data = render([*samples.values(), row("b.txt", title="=1+1", next_deadline=date(2026, 12, 1))], "xlsx", "zh")
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet and "=1+1" in strings
    assert 'state="frozen"' in sheet and "<autoFilter" in sheet
    assert "<v>100</v>" in sheet, "the score is a number"


def test_sarif_has_each_draft_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DRAFT.format(n=1), encoding="utf-8")
    (tmp_path / "b.txt").write_text(DRAFT.format(n=1), encoding="utf-8")
    (tmp_path / "c.pdf").write_bytes(b"")
    log = json.loads(str(render(list(triage([tmp_path], sarif="en")), "sarif", "en")))
    uris = [artifact["location"]["uri"] for artifact in log["runs"][0]["artifacts"]]
    assert sum(uri.endswith(("a.txt", "b.txt")) for uri in uris) == 2


# --- the command -----------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str, list[str]]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--format", default="table")
    parser.add_argument("-o", "--output")
    add_options(parser)
    out: list[str | bytes] = []
    said: list[str] = []
    status = run_command(parser.parse_args(arguments), "en", out.append, said.append)
    return status, str(out[0]), said


def test_the_command(drafts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTPREP_HOME", str(tmp_path / "home"))
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    some = [str(drafts / "D-00.txt"), str(tmp_path / "bad.pdf")]
    status, text, said = command(*some, "--format", "json")
    assert (status, said) == (0, [])
    assert {r["path"] for r in json.loads(text)["rows"]} == set(some)
    assert (tmp_path / "home" / FILE).exists()
    status, text, _ = command(*some, "--format", "json", "--only", "go")
    assert (status, json.loads(text)["rows"]) == (0, [])
    for only, counted in (("go", 1), ("fix,go", 1), ("hold", 0)):
        _, _, said = command(*some, "--only", only)
        assert [t("triage.unread_hidden", "en", count=1) in line for line in said] == [True] * counted
    status, text, said = command(str(tmp_path / "bad.pdf"), "--no-cache")
    assert status == 2 and "bad.pdf" in text and len(said) == 1


def test_only_the_newest_versions(drafts: Path, tmp_path: Path) -> None:
    pile = tmp_path / "pile"
    pile.mkdir()
    for name in ("a.txt", "copy of a.txt"):
        (pile / name).write_bytes((drafts / "D-00.txt").read_bytes())
    arguments = (str(pile), "--no-cache", "--format", "json")
    assert len(json.loads(command(*arguments)[1])["rows"]) == 2
    (left,) = json.loads(command(*arguments, "--newest")[1])["rows"]
    assert not left["duplicate_of"]


@pytest.mark.parametrize(("fmt", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_page_for_the_manager(drafts: Path, fmt: str, begins: bytes) -> None:
    status, page, _ = command(str(drafts / "D-00.txt"), "--no-cache", "--format", fmt, "--today", "2026-01-05")
    assert status == 0 and page.startswith(f"{begins!r}"[:-1])


@pytest.mark.parametrize("columns", [80, 100, 160])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_fits_the_terminal(columns: int, lang: Lang) -> None:
    rows = [
        row(f"a/long/way/down/to/draft-{n}.txt", title="一种数控机床铣刀磨损状态的在线监测方法" * 2) for n in range(3)
    ]
    lines = to_table(rows, lang, columns=columns).splitlines()[2:6]
    assert max(map(width, lines)) <= columns + 6, "the heads of the short columns do not shrink"
    assert (max(map(width, lines)) > 110) == (columns > 110), "a wide terminal is used"
    assert (t("triage.column.confidence", lang) in lines[0]) == (columns > 100)
    assert all("…" in line and line.endswith(".txt") for line in lines[1:])


def test_in_the_terminal_a_copy_names_the_file_and_not_its_folder() -> None:
    rows = [row("far/away/in/a/folder/of/drafts/old.txt", version_of="far/away/in/a/folder/of/drafts/new.txt")]
    assert t("triage.version_of", "zh", name="new.txt") in to_table(rows, "zh")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--jobs", "0"], BadJobs),
        (["--jobs", "two"], BadJobs),
        (["--time-limit", "0"], BadTimeLimit),
        (["--time-limit", "a minute"], BadTimeLimit),
        (["--only", "stop"], BadOnly),
        (["--only", ""], BadOnly),
        (["--only", " , "], BadOnly),
        (["--sort", "colour"], UnknownColumn),
        (["--checklist", "xx"], PatentprepError),
    ],
)
def test_wrong_options_are_one_sentence(drafts: Path, arguments: list[str], error: type[PatentprepError]) -> None:
    with pytest.raises(error):
        command(str(drafts), "--no-cache", *arguments)


def test_a_folder_without_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(NothingThere, match=tmp_path.name):
        command(str(tmp_path), "--no-cache")


def test_the_time_left() -> None:
    from patentprep.triage_command import _progress_line

    assert _progress_line(10, 110, 10, 20.0, "en") == "10 of 110 drafts, about 3 min 20 s left"
    assert _progress_line(2, 110, 2, 20.0, "en") == "2 of 110 drafts"
    assert _progress_line(110, 110, 110, 20.0, "zh") == "已完成110/110份"
