"""A plan as a calendar file, as HTML with its chart, and from the command line."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import icalendar
import pytest
from planning import D, plan

from patentprep import cli
from patentprep.model import Lang
from patentprep.planning.offices import offices
from patentprep.report.calendar_file import to_ics, uid
from patentprep.report.gantt import gantt
from patentprep.report.plan import item_name, to_json_dict, to_table
from patentprep.report.plan_html import to_html
from patentprep.strings import LANGUAGES, t

FULL: dict[str, object] = {
    "priority_date": "2026-06-15", "offices": ["CN", "US", "EP", "JP", "TW", "HK", "FR"], "made_in": "CN",
    "disclosures": [(D("2026-10-01"), "preprint"), (D("2026-03-01"), "talk")], "today": "2026-11-25",
    "absences": [(D("2027-02-01"), D("2027-02-20"))],
}  # fmt: skip


def events(text: str) -> dict[str, icalendar.Event]:
    return {str(item["uid"]): item for item in icalendar.Calendar.from_ical(text).walk("VEVENT")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_calendar_file_is_read_back(lang: Lang) -> None:
    timeline = plan(FULL)
    text = to_ics(timeline, lang, "P-2026-017")
    found = events(text)
    shown = [item for item in timeline.deadlines if item.status == "open"]
    assert len(found) == len(shown) + len(timeline.suggestions)
    for item in shown:
        event = found[uid("P-2026-017", item.id, item.office)]
        assert event["dtstart"].dt == item.date and type(event["dtstart"].dt) is date  # all day
        assert event["dtend"].dt == item.date + timedelta(days=1)
        assert item_name(item.id, lang) in event["summary"] and "P-2026-017" in event["summary"]
        days = [-alarm["trigger"].dt for alarm in event.walk("VALARM")]
        assert len(days) == (0 if item.kind == "event" else 6)
        assert timedelta(days=7, hours=-9) in days or item.kind == "event"
        assert str(event["status"]) == ("CONFIRMED" if item.certain else "TENTATIVE")
    assert "\r\n" in text and max(len(line.encode()) for line in text.split("\r\n")) <= 75  # RFC 5545 3.1


@pytest.mark.parametrize(
    "change", [{"priority_date": "2026-05-11"}, {"today": "2026-12-01"}, {"filing_date": "2027-05-14"}]
)
def test_identifiers_do_not_depend_on_dates(change: dict[str, object]) -> None:
    def made(arguments: dict[str, object]) -> set[str]:
        return set(events(to_ics(plan(arguments), "en", "A")))

    before, after = made({**FULL, "disclosures": []}), made({**FULL, "disclosures": [], **change})
    assert len(before & after) > 30
    assert len(after - before) <= 3  # what only the changed plan has


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("A", "national_phase:US", "US"), ("B", "national_phase:US", "US")),
        (("A", "national_phase:US", "US"), ("A", "national_phase:JP", "JP")),
        (("A", "priority_period", "CN"), ("A", "priority_restoration", "CN")),
        (("A", "chapter_ii_demand", "CN"), ("A", "chapter_ii_demand", "EP")),
    ],
)
def test_identifiers_differ_by_family_deadline_and_office(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert uid(*one) != uid(*other) and uid(*one) == uid(*one)


def test_an_act_for_several_offices_keeps_its_identifier() -> None:
    assert uid("A", "priority_document", "CN") == uid("A", "priority_document", "IB")


def test_the_calendar_of_the_same_plan_is_the_same_file() -> None:
    assert to_ics(plan(FULL), "zh", "A") == to_ics(plan(FULL), "zh", "A")


def test_an_overdue_entry_is_in_the_calendar_and_said_to_be_overdue() -> None:
    timeline = plan(
        {"priority_date": "2024-01-31", "filing_date": "2025-01-20", "offices": ["US"], "today": "2026-09-01"}
    )
    event = events(to_ics(timeline, "en", "A"))[uid("A", "national_phase:US", "US")]
    assert event["summary"].startswith("[overdue]")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_needs_nothing_from_outside(lang: Lang) -> None:
    page = to_html(plan(FULL), lang, "<b>P&1</b>")
    assert "<script" not in page and "<b>P&1" not in page and "&lt;b&gt;P&amp;1" in page
    assert not re.search(r'(?:src|href)="|url\((?!#)|@import', page)
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page
    assert "prefers-color-scheme: dark" in page and "@media print" in page
    for item in plan(FULL).deadlines:
        assert item.date.isoformat() in page
    assert not re.search(r"\{\w+\}", page.partition("</style>")[2])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("codes", [[], ["US"], list(offices())])
def test_the_chart_is_well_formed_and_draws_every_item_once(lang: Lang, codes: list[str]) -> None:
    told = to_json_dict(plan({**FULL, "offices": codes}), lang)
    charts = ElementTree.fromstring(f"<charts>{gantt(told, lang)}</charts>")
    rows = list(charts.iter("g"))
    assert len(rows) == len(told["deadlines"]) + len(told["suggestions"])
    for chart in charts.findall("svg"):
        _, _, width, height = (float(part) for part in chart.attrib["viewBox"].split())
        for mark in chart.iter("circle"):
            assert 0 < float(mark.attrib["cx"]) < width and 0 < float(mark.attrib["cy"]) < height


@pytest.mark.parametrize("lang", LANGUAGES)
def test_severity_is_said_in_the_words_of_the_report(lang: Lang) -> None:
    assert f"[{t('report.severity.fatal', lang)}]" in to_table(plan(FULL), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_warnings_name_offices_beside_their_codes_however_many(lang: Lang) -> None:
    table = to_table(plan({**FULL, "offices": list(offices())}), lang)
    line = next(line for line in table.splitlines() if "2026-10-01" in line)
    named = "爱沙尼亚（EE）" if lang == "zh" else "Estonia (EE)"
    assert named in line


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["plan", *arguments])
        out = capsys.readouterr()
        return status, out.out, out.err

    return call


BASE = ("--priority-date", "2026-06-15", "--office", "US", "--today", "2026-11-25", "--lang", "en")


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("table", "Warnings"),
        ("json", "{"),
        ("csv", "id,title"),
        ("ics", "BEGIN:VCALENDAR"),
        ("html", "<!doctype html>"),
    ],
)
def test_every_format_to_the_screen_and_to_a_file(form: str, begins: str, run: Run, tmp_path: Path) -> None:
    status, out, _ = run(*BASE, "--family", "A", "--format", form)
    assert status == 0 and out.startswith(begins)
    target = tmp_path / f"plan.{form}"
    assert run(*BASE, "--family", "A", "--format", form, "-o", str(target))[:2] == (0, "")
    assert target.read_text(encoding="utf-8").startswith(begins)


def test_a_calendar_without_a_family_says_what_that_means(run: Run) -> None:
    assert "--family" in run(*BASE, "--format", "ics")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lead", "entry"), "NAME=DAYS"),
        (("--lead", "entry=-3"), "must not be negative"),
        (("--lead", "tea=3"), "tea"),
        (("--lead", "entry=99999"), "99999"),
        (("--absence", "2027-01-02/2027-01-01"), "2027-01-01"),
        (("--absence", "soon"), "not a date"),
        (("--correct-priority", "2026-06-15"), "WRONG:RIGHT"),
        (("--done", "national_phase:JP"), "national_phase:US"),
        (("--scenarios", "--format", "html"), "table, json, csv"),
        (("--portfolio", "x.csv"), "--priority-date"),
        (("--until", "2027-01-01"), "--portfolio"),
    ],
)
def test_a_wrong_option_is_one_sentence(arguments: tuple[str, ...], said: str, run: Run) -> None:
    status, out, err = run(*BASE, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1) and err.startswith("patentprep: ") and said in err


def test_every_fact_of_the_command_line_reaches_the_plan(run: Run) -> None:
    status, out, _ = run(
        "--priority-date", "2026-01-30", "--priority-date", "2026-06-01", "--filing-date", "2026-12-18",
        "--receiving-office", "US", "--office", "US,JP", "--office", "HK", "--search-report-date", "2027-04-01",
        "--correct-priority", "2026-01-30:2026-01-20", "--changed-on", "2027-02-01",
        "--withdraw-priority", "2026-06-01", "--withdrawn-on", "2027-03-01", "--early-publication", "2027-03-15",
        "--demand-date", "2027-05-03",
        "--ipea", "EP", "--made-in", "DE", "--disclosure", "2026-03-01:talk", "--record-from", "2028-02-01",
        "--done", "national_phase:JP", "--lead", "entry=45", "--absence", "2027-08-01/2027-08-15", "--absence",
        "2027-12-24", "--today", "2027-06-01", "--format", "json", "--lang", "en",
    )  # fmt: skip
    import json

    told = json.load(io.StringIO(out))["given"]
    assert status == 0
    expected = {
        "priority_date": "2026-01-20", "priority_dates": ["2026-01-30", "2026-06-01"], "filing_date": "2026-12-18",
        "receiving_office": "US", "offices": ["US", "JP", "HK"], "search_report_date": "2027-04-01",
        "correct_priority": ["2026-01-30", "2026-01-20"], "changed_on": "2027-02-01", "withdrawn_on": "2027-03-01",
        "withdraw_priority": "2026-06-01", "early_publication": "2027-03-15", "demand_date": "2027-05-03",
        "ipea": "EP", "made_in": "DE", "disclosures": [{"date": "2026-03-01", "kind": "talk"}],
        "record_from": "2028-02-01", "done": ["national_phase:JP"], "today": "2027-06-01",
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert told["leads"]["entry"] == 45
    assert told["absences"] == [
        {"first": "2027-08-01", "last": "2027-08-15"},
        {"first": "2027-12-24", "last": "2027-12-24"},
    ]
