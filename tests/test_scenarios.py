"""Ways to file, side by side: which are possible, their decisive dates, and their words."""

import csv
import io
import re

import pytest
from planning import D, plan

from patentprep.model import Lang
from patentprep.planning.scenarios import DATES, SCENARIOS, Scenario, scenarios
from patentprep.report.scenarios import scenarios_csv, scenarios_json, scenarios_table
from patentprep.strings import LANGUAGES

FUTURE: dict[str, object] = {
    "priority_date": "2027-06-15", "offices": ["CN", "US", "EP"], "made_in": "CN", "today": "2026-11-25",
}  # fmt: skip


def found(arguments: dict[str, object]) -> dict[str, Scenario]:
    return {item.id: item for item in scenarios(plan(arguments))}


# (facts changed, scenario, why it is out, or None)
POSSIBLE = [
    ({}, "cn_first", None),
    ({}, "pct_at_cnipa", None),
    ({}, "paris_direct", None),
    ({}, "us_provisional", None),  # secrecy examination can be cleared by then
    ({"priority_date": "2027-03-24"}, "us_provisional", "why_secrecy"),  # four months are not over
    ({"priority_date": "2027-03-25"}, "us_provisional", None),  # four months to the day
    ({"priority_date": "2026-12-15", "made_in": "US"}, "us_provisional", None),
    ({"priority_date": "2026-06-15"}, "cn_first", None),  # the first filing is made, the year is running
    ({"priority_date": "2026-06-15"}, "pct_at_cnipa", "why_filed"),
    ({"priority_date": "2026-06-15"}, "us_provisional", "why_filed"),
    ({"priority_date": "2026-06-15"}, "paris_direct", None),
    ({"priority_date": "2025-06-15"}, "cn_first", "why_year_over"),
    ({"priority_date": "2025-06-15"}, "paris_direct", "why_year_over"),
    ({"priority_date": None, "filing_date": "2026-06-15"}, "cn_first", "why_pct_filed"),
    ({"priority_date": None, "filing_date": "2026-06-15"}, "pct_at_cnipa", None),
    ({"priority_date": "2025-06-16", "filing_date": "2026-06-15"}, "cn_first", None),
    ({"offices": ["TW", "AR"]}, "cn_first", "why_no_pct_office"),
    ({"offices": ["TW", "AR"]}, "pct_at_cnipa", "why_no_pct_office"),
    ({"offices": ["TW", "AR"]}, "paris_direct", None),
    ({"offices": []}, "paris_direct", "why_no_offices"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "id", "reason"), POSSIBLE)
def test_only_what_the_facts_leave_open_is_possible(change: dict[str, object], id: str, reason: str | None) -> None:
    item = found({**FUTURE, **change})[id]
    assert (item.why_not.key.rpartition(".")[2] if item.why_not else None) == reason
    assert item.possible == (reason is None) == bool(item.dates)


# (scenario, date, day, rule)
DECISIVE = [
    ("cn_first", "first_filing", "2027-06-15", "the planned day"),
    ("cn_first", "second_filing", "2028-06-15", "12 months: Paris Art. 4C, Rule 2.4"),
    ("cn_first", "entry_first", "2029-12-17", "30 months; Saturday"),
    ("cn_first", "entry_last", "2030-01-15", "31 months at the EPO"),
    ("cn_first", "costs", "2029-12-17", "the first entry"),
    ("cn_first", "secrecy", "2028-06-15", "the PCT filing at CNIPA is the request"),
    ("pct_at_cnipa", "second_filing", None, "there is none"),
    ("pct_at_cnipa", "entry_first", "2029-12-17", "30 months from the filing date, which is the priority date"),
    ("pct_at_cnipa", "secrecy", "2027-06-15", "the PCT filing at CNIPA is the request"),
    ("paris_direct", "paris_end", "2028-06-15", "Paris Art. 4C"),
    ("paris_direct", "entry_first", None, "no PCT"),
    ("paris_direct", "costs", "2028-06-15", "everything falls due with the priority year"),
    ("paris_direct", "secrecy", "2028-02-15", "four months before filing abroad"),
    ("us_provisional", "secrecy", "2027-02-15", "four months before filing in the United States"),
    ("us_provisional", "second_filing", "2028-06-15", "12 months"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "name", "day", "why"), DECISIVE)
def test_decisive_dates(id: str, name: str, day: str | None, why: str) -> None:
    found_day = dict(found(FUTURE)[id].dates)[name]
    assert (found_day.isoformat() if found_day else None) == day, why


def test_an_office_reached_through_another_is_entered_there() -> None:
    dates = dict(found({**FUTURE, "offices": ["FR"]})["cn_first"].dates)
    assert dates["entry_first"] == dates["costs"] == D("2030-01-15")  # 31 months at the EPO


def test_an_early_pct_filing_saves_what_a_year_of_waiting_loses() -> None:
    """The grace period of Japan counts from the PCT filing itself (Art. 30)."""
    facts = {**FUTURE, "offices": ["JP"], "disclosures": [(D("2026-07-01"), "talk")]}
    assert found(facts)["pct_at_cnipa"].grace == ("JP",)
    late = {**facts, "filing_date": "2028-06-12"}
    assert plan(late).warning("novelty_lost").offices == ("JP",)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("change", [{}, {"priority_date": "2026-06-15"}, {"offices": ["TW", "FR"], "made_in": "DE"}])
def test_the_three_forms(lang: Lang, change: dict[str, object]) -> None:
    items = scenarios(plan({**FUTURE, **change, "disclosures": [(D("2026-03-01"), "talk")]}))
    told = scenarios_json(items, lang)["scenarios"]
    assert [row["id"] for row in told] == list(SCENARIOS)
    for row in told:
        assert row["possible"] == (row["why_not"] is None) == (set(row["dates"]) == set(DATES)) == bool(row["remarks"])
    table = scenarios_table(items, lang)
    assert not re.search(r"\{\w+\}", table)
    assert all(row["title"] in table for row in told)
    rows = list(csv.DictReader(io.StringIO(scenarios_csv(items, lang))))
    assert [row["id"] for row in rows] == list(SCENARIOS)
