"""What comes next in a plan, and the same by month."""

import csv
import io
from datetime import date

import pytest
from planning import D, plan

from patentprep.planning.agenda import act_of, agenda, next_steps
from patentprep.planning.portfolio import entries, read_portfolio
from patentprep.report.agenda import by_month, step_rows
from patentprep.resources import folder

AHEAD = {"priority_date": "2026-03-16", "made_in": "CN", "today": "2026-11-25", "offices": ["US", "JP"]}
LATE = {"priority_date": "2024-05-06", "filing_date": "2025-04-28", "today": "2026-11-25", "offices": ["US", "EP"]}


@pytest.mark.parametrize(
    ("suggestion", "act"),
    [
        ("pct_filing", "priority_period"),
        ("national_entry:US", "national_phase:US"),
        ("direct_filing:TW", "paris_filing:TW"),
        ("record:HK", "record_request:HK"),
        ("translations:JP", "translations:JP"),  # aims at no deadline of its own
    ],
)
def test_the_act_a_suggestion_aims_at(suggestion: str, act: str) -> None:
    assert act_of(suggestion) == act


def test_the_agenda_holds_acts_and_recommended_dates_in_order_and_nothing_else() -> None:
    timeline = plan(AHEAD)
    steps = agenda(timeline)
    assert [step.day for step in steps] == sorted(step.day for step in steps)
    found = [step.item.id for step in steps]
    assert {"priority_period", "national_phase:US", "national_entry:US", "pct_filing"} <= set(found)
    assert not {"publication", "article_19_amendments"} & set(found)  # done by others; may be done
    assert not any(id.startswith("secrecy_route") for id in found)  # three ways to do one thing


def test_an_act_is_told_once_by_its_recommended_date() -> None:
    told = [step.item.id for step in next_steps(plan(AHEAD), most=99)]
    assert "pct_filing" in told and "priority_period" not in told
    assert "priority_document" in told  # nothing recommends a day for it
    assert len(next_steps(plan(AHEAD))) == 3


def test_what_is_overdue_comes_first_and_what_is_done_does_not_come() -> None:
    first = next_steps(plan(LATE))[0]
    assert first.overdue and first.item.id == "national_phase:US"
    row = step_rows([first], "en")[0]
    assert "Reinstatement" in row["why"]  # what may still help
    done = plan(LATE | {"done": ["national_phase:US", "priority_document"]})
    assert not any(step.overdue for step in agenda(done))


@pytest.mark.parametrize(("lang", "name", "weekday"), [("zh", "2027年3月", "周二"), ("en", "March 2027", "Tue")])
def test_months_in_words(lang: str, name: str, weekday: str) -> None:
    months = by_month(agenda(plan(AHEAD)), lang)  # type: ignore[arg-type]
    month = next(month for month in months if month["name"] == name)
    step = next(step for step in month["steps"] if step["id"] == "priority_period")
    assert (step["day"], step["weekday"], step["date"]) == (16, weekday, "2027-03-16")
    assert D(step["date"]).weekday() == 1  # a Tuesday
    assert sum(len(month["steps"]) for month in months) == len(agenda(plan(AHEAD)))


def test_the_example_portfolio_is_read_without_a_complaint() -> None:
    data = (folder("data") / "planning" / "portfolio_example.csv").read_bytes()
    portfolio = read_portfolio(data, "portfolio_example.csv", today=date(2026, 11, 25))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert not portfolio.bad_rows and len(portfolio.families) == len(rows)
    assert {entry.state for entry in entries(portfolio)} >= {"overdue", "open", "done"}  # it shows every state
