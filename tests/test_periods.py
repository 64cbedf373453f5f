"""Counting of periods: PCT Rule 80.1 to 80.3."""

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from patentprep.errors import DateError
from patentprep.planning.periods import add_days, add_months, parse_date
from patentprep.strings import LANGUAGES, say

# (start, months, end, rule or reason)
MONTHS = [
    ("2026-02-28", 1, "2026-03-28", "no stickiness: the end of a short month does not stick (Rule 80.2)"),
    ("2024-02-29", 1, "2024-03-29", "no stickiness"),
    ("2026-04-30", 1, "2026-05-30", "no stickiness"),
    ("2026-01-31", 1, "2026-02-28", "no such day: the last day of the month (Rule 80.2)"),
    ("2024-01-31", 1, "2024-02-29", "last day of February in a leap year"),
    ("2024-01-30", 1, "2024-02-29", "30 January has no 30 February either"),
    ("2026-01-29", 1, "2026-02-28", "29 January in a common year"),
    ("2026-01-31", 2, "2026-03-31", "one step, not two: two steps would give 28 March"),
    ("2026-08-31", 6, "2027-02-28", "over the end of the year"),
    ("2026-12-31", 2, "2027-02-28", "over the end of the year"),
    ("2024-02-29", 12, "2025-02-28", "priority period from a leap day (Rule 80.1)"),
    ("2024-02-29", 48, "2028-02-29", "leap day to leap day"),
    ("2023-02-28", 12, "2024-02-28", "the end of February does not become 29 February"),
    ("2026-01-31", 12, "2027-01-31", "priority period (Rule 2.4)"),
    ("2026-01-31", 16, "2027-05-31", "Rule 26bis.1"),
    ("2026-01-31", 18, "2027-07-31", "Art. 21(2)(a)"),
    ("2026-01-31", 19, "2027-08-31", "old Art. 22(1)"),
    ("2026-01-31", 20, "2027-09-30", "Luxembourg: September has 30 days"),
    ("2026-01-31", 21, "2027-10-31", "Tanzania"),
    ("2026-01-31", 22, "2027-11-30", "Rule 54bis.1"),
    ("2026-01-31", 28, "2028-05-31", "Administrative Instructions Section 802"),
    ("2026-01-31", 30, "2028-07-31", "Art. 22(1): the example of the contract"),
    ("2026-01-31", 31, "2028-08-31", "EPC Rule 159"),
    ("2026-01-31", 32, "2028-09-30", "China with surcharge"),
    ("2026-01-31", 33, "2028-10-31", "Türkiye"),
    ("2026-01-31", 34, "2028-11-30", "Bosnia and Herzegovina"),
    ("2026-01-31", 42, "2029-07-31", "Canada, reinstatement"),
    ("2026-01-31", 48, "2030-01-31", "Singapore, full extension"),
    ("2025-08-31", 30, "2028-02-29", "30 months to a leap day"),
    ("2025-08-30", 30, "2028-02-29", "30 months to a leap day"),
    ("2025-08-29", 30, "2028-02-29", "30 months to a leap day"),
    ("2024-08-31", 30, "2027-02-28", "30 months to a common February"),
    ("2025-07-31", 31, "2028-02-29", "31 months to a leap day"),
    ("2023-10-31", 16, "2025-02-28", "16 months to February"),
    ("2026-05-31", 4, "2026-09-30", "four months from filing (Rule 26bis.1)"),
    ("2026-12-01", 1, "2027-01-01", "December to January"),
    ("2026-11-30", 3, "2027-02-28", "three months from the report (Rule 54bis.1)"),
    ("2026-06-15", 0, "2026-06-15", "nothing added"),
    ("2027-03-31", -12, "2026-03-31", "counted back"),
    ("2026-03-31", -1, "2026-02-28", "counted back to a short month"),
    ("2100-01-31", 1, "2100-02-28", "2100 is no leap year"),
    ("2000-01-31", 1, "2000-02-29", "2000 is a leap year"),
]


@pytest.mark.parametrize(("start", "months", "end", "why"), MONTHS)
def test_months_end_on_the_same_numbered_day_or_the_last(start: str, months: int, end: str, why: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end), why


@given(st.dates(date(1970, 1, 1), date(2150, 12, 31)), st.integers(-60, 60))
def test_months_agree_with_dateutil_in_one_step(start: date, months: int) -> None:
    assert add_months(start, months) == start + relativedelta(months=months)


@given(st.dates(date(1970, 1, 1), date(2150, 1, 1)), st.integers(0, 60))
def test_a_later_start_never_ends_earlier(start: date, months: int) -> None:
    assert add_months(start, months) <= add_months(add_days(start, 1), months)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [("2026-07-15", 30, "2026-08-14"), ("2026-02-28", 1, "2026-03-01"), ("2026-12-31", 15, "2027-01-15")],
)
def test_days_count_from_the_day_after(start: str, days: int, end: str) -> None:
    assert add_days(date.fromisoformat(start), days) == date.fromisoformat(end)  # Rule 80.3


def test_an_iso_date_is_read() -> None:
    assert parse_date(" 2024-02-29 ") == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2024-02-30", "error.no_such_date"),
        ("2023-02-29", "error.no_such_date"),
        ("2026-13-01", "error.no_such_date"),
        ("2026-00-10", "error.no_such_date"),
        ("0000-01-01", "error.no_such_date"),
        ("2026/01/31", "error.date_not_iso"),
        ("31.01.2026", "error.date_not_iso"),
        ("20260131", "error.date_not_iso"),
        ("2026-1-31", "error.date_not_iso"),
        ("２０２６-01-31", "error.date_not_iso"),
        ("2026-01-31T00:00", "error.date_not_iso"),
        ("", "error.date_not_iso"),
        ("1899-01-31", "error.date_out_of_range"),
        ("9999-12-31", "error.date_out_of_range"),
    ],
)
def test_a_wrong_date_is_explained_in_one_sentence(text: str, key: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text)
    assert caught.value.key == key
    for lang in LANGUAGES:
        assert say(caught.value, lang).count("\n") == 0
