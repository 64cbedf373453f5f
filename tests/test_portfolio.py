"""Many families from a CSV: what is planned, what is refused and why, and the list of all deadlines."""

import csv
import io
import json
from pathlib import Path

import icalendar
import pytest
from planning import D

from patentprep import cli
from patentprep.errors import UnknownOffice, UsageError
from patentprep.model import Lang
from patentprep.planning.portfolio import COLUMNS, entries, read_portfolio
from patentprep.report.portfolio import portfolio_csv, portfolio_ics, portfolio_json, portfolio_table
from patentprep.strings import LANGUAGES, say

TODAY = D("2026-11-25")
GOOD = """family,title,priority_date,filing_date,offices,made_in,done,disclosures
P-1,齿轮箱,2024-05-20,2025-05-12,CN;US;EP,CN,priority_document;national_phase:US,
P-2,Drone,2026-03-01,,CN US JP HK,CN,,2026-02-10:preprint
P-3,Old,2022-01-31,2023-01-20,US;TW,,,
"""


def test_all_families_in_one_list_overdue_and_next_first() -> None:
    found = entries(read_portfolio(GOOD, "f.csv", today=TODAY))
    states = [item.state for item in found]
    late, ahead = states.count("overdue"), states.count("open")
    assert states == ["overdue"] * late + ["open"] * ahead + states[late + ahead :]
    assert "overdue" not in states[late:] and "open" not in states[late + ahead :]
    for part in (found[:late], found[late : late + ahead]):
        assert [item.deadline.date for item in part] == sorted(item.deadline.date for item in part)
    overdue = {(item.family.reference, item.deadline.id) for item in found[:late]}
    assert overdue == {("P-1", "national_phase:CN"), ("P-3", "national_phase:US"), ("P-3", "paris_filing:TW")}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(["TW"], {"paris_filing:TW"}), (["hk"], {"paris_filing:HK", "record_request:HK"}),
     (["JP", "TW"], {"national_phase:JP", "paris_filing:TW"})],
)  # fmt: skip
def test_the_list_is_filtered_by_office(codes: list[str], expected: set[str]) -> None:
    assert {item.deadline.id for item in entries(read_portfolio(GOOD, "f", today=TODAY), offices=codes)} == expected


def test_the_list_is_filtered_by_day() -> None:
    found = entries(read_portfolio(GOOD, "f", today=TODAY), until=D("2026-12-31"))
    assert found and max(item.deadline.date for item in found) <= D("2026-12-31")


def test_an_unknown_office_to_filter_by_is_refused() -> None:
    with pytest.raises(UnknownOffice):
        entries(read_portfolio(GOOD, "f", today=TODAY), offices=["QQ"])


HEAD = "family,priority_date,filing_date,offices,done,disclosures\n"
BAD_ROWS = [
    ("A,2026-13-01,,US,,", "error.no_such_date"),
    ("A,31/01/2026,,US,,", "error.date_not_iso"),
    ("A,2026-01-31,,UK,,", "error.office_mistyped"),
    ("A,2026-01-31,,QQ,,", "error.office_unknown"),
    ("A,,,US,,", "error.portfolio_date"),
    (",2026-01-31,,US,,", "error.portfolio_reference"),
    ("G,2026-01-31,,US,,", "error.portfolio_twice"),
    ("A,2026-01-31,,US,,,,x", "error.portfolio_cells"),
    ("A,2026-01-31,2025-01-01,US,,", "error.plan_filing_before_priority"),
    ("A,2024-01-31,2026-01-01,US,,", "error.plan_priority_too_old"),
    ("A,2026-01-31,,US,national_phase:JP,", "error.plan_done_mistyped"),
    ("A,2026-01-31,,US,,2026-01-01:gossip", "error.plan_disclosure_kind"),
]


@pytest.mark.parametrize(("row", "key"), BAD_ROWS)
def test_a_bad_row_is_one_sentence_with_its_line_and_the_others_are_planned(row: str, key: str) -> None:
    text = f'{HEAD}G,2026-01-31,,US,,\n"two\nlines",2026-02-01,,,,\n{row}\nZ,2026-03-31,,JP,,\n'
    made = read_portfolio(text, "f.csv", today=TODAY)
    assert [item.reference for item in made.families] == ["G", "two\nlines", "Z"]
    (bad,) = made.bad_rows
    assert (bad.line, bad.error.key) == (5, key)
    for lang in LANGUAGES:
        sentence = say(bad.error, lang)
        assert "\n" not in sentence and "{" not in sentence


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("", "error.portfolio_header"),
        ("a,b\n1,2\n", "error.portfolio_header"),
        ("family,priority_dates\nA,2026-01-31\n", "error.portfolio_column_like"),
        ("family,colour\nA,red\n", "error.portfolio_column"),
        ("family,priority_date\n", "error.portfolio_empty"),
        ('family,priority_date\n"A,2026-01-31\n', "error.portfolio_not_csv"),
        (b"\x00\xff\xfe\x00", "error.portfolio_not_csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(data: bytes | str, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_portfolio(data, "f.csv", today=TODAY)
    assert caught.value.key == key
    assert all("f.csv" in say(caught.value, lang) for lang in LANGUAGES)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_as_spreadsheets_write_them(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(["family", "title", "priority_date"])
        + "\r\n"
        + delimiter.join(["A", "齿轮箱", "2026-01-31"])
        + "\r\n"
    )
    (family,) = read_portfolio(text.encode(encoding), "f", today=TODAY).families
    assert (family.title, family.timeline.given.priority_date) == ("齿轮箱", D("2026-01-31"))


def test_every_column_is_an_option_of_the_planner() -> None:
    cells = {
        "family": "A", "title": "T", "priority_date": "2026-01-30 2026-06-01", "filing_date": "2026-12-18",
        "receiving_office": "US", "offices": "US JP", "search_report_date": "2027-04-01", "add_priority": "2026-01-20",
        "changed_on": "2027-02-01", "withdraw_priority": "2026-06-01", "withdrawn_on": "2027-03-01",
        "early_publication": "2027-03-15", "demand_date": "2027-05-03", "ipea": "EP", "made_in": "DE",
        "disclosures": "2026-03-01:talk", "record_from": "2028-02-01", "done": "national_phase:JP",
    }  # fmt: skip
    assert set(cells) == set(COLUMNS)
    made = read_portfolio(",".join(cells) + "\n" + ",".join(cells.values()) + "\n", "f", today=D("2028-03-01"))
    assert not made.bad_rows, [row.error for row in made.bad_rows]
    assert made.families[0].timeline.given.priority_date == D("2026-01-20")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_four_forms(lang: Lang) -> None:
    made = read_portfolio(GOOD, "f", today=TODAY)
    found = entries(made)
    rows = list(csv.DictReader(io.StringIO(portfolio_csv(found, lang))))
    told = json.loads(portfolio_json(made, found, lang))
    assert len(rows) == len(told["deadlines"]) == len(found)
    assert [row["state"] for row in rows] == [item.state for item in found]
    shown = [item for item in found if item.state in ("overdue", "open")]
    table = portfolio_table(made, found, lang)
    assert sum("P-" in line for line in table.splitlines()[2:]) == len(shown)
    ids = [str(event["uid"]) for event in icalendar.Calendar.from_ical(portfolio_ics(found, lang)).walk("VEVENT")]
    assert len(ids) == len(set(ids)) == len(shown)


def test_the_command_plans_the_rest_and_names_bad_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.csv"
    path.write_text(GOOD + "P-4,Bad,2026-02-30,,US,,,\n", encoding="utf-8")
    assert cli.main(["plan", "--portfolio", str(path), "--today", "2026-11-25", "--lang", "en"]) == 0
    out = capsys.readouterr()
    assert out.out.startswith("3 families;")
    assert (
        out.err == f"patentprep: {path}:5: There is no day 2026-02-30 in the calendar; check the day and the month.\n"
    )
    path.write_text("family,priority_date\nA,soon\n", encoding="utf-8")
    assert cli.main(["plan", "--portfolio", str(path), "--lang", "en"]) == 2
    assert capsys.readouterr().out == ""
