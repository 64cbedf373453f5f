"""What a disclosure before filing costs, office by office, and which dates to aim at."""

import pytest
from planning import WITHDRAWN, D, plan

# (office, disclosure, kind, priority, filing, verdict, reason)
DISCLOSURES = [
    ("CN", "2025-12-01", "preprint", "2026-01-31", None, "novelty_lost",
     "Patent Law Art. 24: not on the narrow list"),
    ("CN", "2025-12-01", "code", "2026-01-31", None, "novelty_lost", "code release is not covered"),
    ("CN", "2025-12-01", "exhibition", "2026-01-31", None, "grace_period_needed",
     "recognised exhibition"),
    ("CN", "2025-07-01", "exhibition", "2026-01-31", None, "novelty_lost",
     "more than six months before priority"),
    ("EP", "2025-12-01", "talk", "2026-01-31", None, "novelty_lost", "EPC Art. 55"),
    ("EP", "2026-01-01", "abuse", "2026-01-31", "2026-06-30", "grace_period_needed",
     "six months from actual filing"),
    ("EP", "2026-01-01", "abuse", "2026-01-31", "2026-08-03", "novelty_lost",
     "priority does not help in Art. 55"),
    ("FR", "2025-12-01", "product", "2026-01-31", None, "novelty_lost",
     "EPC Art. 55 through the EP route"),
    ("US", "2025-02-01", "preprint", "2026-01-31", None, "grace_period_needed",
     "within the year before priority"),
    ("US", "2025-01-31", "preprint", "2026-01-31", None, "grace_period_needed", "one year to the day"),
    ("US", "2025-01-30", "preprint", "2026-01-31", None, "novelty_lost", "more than a year"),
    ("JP", "2025-12-01", "preprint", "2026-01-31", "2026-11-30", "grace_period_needed",
     "within a year of filing"),
    ("JP", "2025-12-01", "preprint", "2026-01-31", "2026-12-15", "novelty_lost",
     "counted from filing, not priority"),
    ("KR", "2025-12-01", "code", "2026-01-31", "2026-12-15", "novelty_lost",
     "counted from filing, not priority"),
    ("CA", "2025-12-01", "talk", "2026-01-31", "2026-12-15", "novelty_lost",
     "counted from filing, not priority"),
    ("AU", "2025-12-01", "talk", "2026-01-31", "2026-12-01", "grace_period_needed",
     "counted from filing"),
    ("BR", "2025-12-01", "talk", "2026-01-31", "2026-12-15", "grace_period_needed",
     "priority date counts"),
    ("RU", "2026-01-01", "talk", "2026-01-31", "2026-08-15", "novelty_lost", "six months from filing"),
    ("IN", "2025-12-01", "preprint", "2026-01-31", None, "novelty_lost", "no general period"),
    ("IN", "2025-12-01", "exhibition", "2026-01-31", None, "grace_period_unknown",
     "length not filled in the table"),
    ("VC", "2025-12-01", "preprint", "2026-01-31", None, "grace_period_unknown", "not researched"),
    ("UA", "2025-12-01", "preprint", "2026-01-31", None, "grace_period_unknown",
     "conditions not checked"),
    ("TW", "2025-12-01", "preprint", "2026-01-31", "2026-12-15", "grace_period_needed",
     "its own filing date counts"),
    ("US", "2026-01-31", "preprint", "2026-01-31", None, "disclosure_on_filing_day", "hours decide"),
    ("KR", "2025-06-01", "preprint", "2025-05-15", "2026-06-10", "novelty_lost",
     "restored priority does not hold: the filing date counts, and it is over a year later"),
]  # fmt: skip


@pytest.mark.parametrize(("office", "day", "kind", "priority", "filing", "verdict", "why"), DISCLOSURES)
def test_disclosure(
    office: str, day: str, kind: str, priority: str, filing: str | None, verdict: str, why: str
) -> None:
    timeline = plan(
        {
            "priority_date": priority,
            "filing_date": filing,
            "offices": [office],
            "disclosures": [(D(day), kind)],
        }
    )
    found = {"novelty_lost", "grace_period_needed", "grace_period_unknown", "disclosure_on_filing_day"}
    assert {item.id for item in timeline.warnings} & found == {verdict}, why
    assert timeline.warning(verdict).offices == (office,)


def test_a_disclosure_after_the_priority_date_costs_nothing() -> None:
    timeline = plan(
        {"priority_date": "2026-01-31", "offices": ["CN", "EP"], "disclosures": [(D("2026-02-01"), "talk")]}
    )
    assert not [item for item in timeline.warnings if item.id.startswith(("novelty", "grace", "disclosure"))]


def test_withdrawing_the_priority_exposes_the_own_publication() -> None:
    timeline = plan(
        {
            **WITHDRAWN,
            "offices": ["EP"],
            "withdrawn_on": "2027-02-01",
            "disclosures": [(D("2026-03-01"), "code")],
        }
    )
    assert timeline.warning("novelty_lost").offices == ("EP",)


# Suggestions
def test_suggestions_before_a_planned_disclosure() -> None:
    timeline = plan(
        {"priority_date": "2026-05-20", "today": "2026-03-02", "offices": ["CN", "JP"], "made_in": "CN",
         "disclosures": [(D("2026-05-11"), "talk")]}
    )  # fmt: skip
    first = next(item for item in timeline.suggestions if item.id == "first_filing")
    # 14 days before: Monday 27 April; the day before: Sunday, and Saturday 9 May is no open day though worked
    assert (first.recommended, first.latest) == (D("2026-04-27"), D("2026-05-08"))


def test_a_grace_period_counted_from_filing_brings_the_pct_filing_forward() -> None:
    timeline = plan(
        {
            "priority_date": "2026-01-31",
            "today": "2026-02-02",
            "offices": ["JP"],
            "disclosures": [(D("2025-07-01"), "talk")],
        }
    )
    filing = next(item for item in timeline.suggestions if item.id == "pct_filing")
    assert filing.latest == D("2026-06-30")  # the day before 12 months after the disclosure
    assert filing.recommended == D("2026-05-29")  # 30 days before, a Sunday: earlier


def test_entries_that_end_together_are_staggered() -> None:
    timeline = plan({"priority_date": "2026-01-31", "offices": ["US", "CA", "CN", "SG"]})
    days = [item.recommended for item in timeline.suggestions if item.id.startswith("national_entry")]
    assert len(set(days)) == 4


def test_no_suggestion_for_what_has_passed() -> None:
    timeline = plan(
        {"priority_date": "2024-01-31", "filing_date": "2025-01-20", "today": "2028-01-03", "offices": ["US"]}
    )
    assert timeline.suggestions == ()
    assert timeline.deadline("national_phase:US").status == "past"
