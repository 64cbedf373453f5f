"""How a period is counted (PCT Rule 80.1 to 80.3), before any closed day is looked at."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from patentprep.errors import DateError

FIRST_YEAR, LAST_YEAR = 1970, 2150


class DateNotIso(DateError):
    """Not written as YYYY-MM-DD."""

    key = "error.date_not_iso"


class NoSuchDate(DateError):
    """Written as a date, but the calendar has no such day."""

    key = "error.no_such_date"


class DateOutOfRange(DateError):
    """A year no patent plan can need."""

    key = "error.date_out_of_range"


def parse_date(text: str) -> date:
    """The date written as YYYY-MM-DD.

    Raises DateError when the text is written otherwise, when there is no such day (30 February), or when
    the year is outside 1970 to 2150.
    """
    written = text.strip()
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", written)
    if not match:
        raise DateNotIso(text=written[:40])
    year, month, day = (int(part) for part in match.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise NoSuchDate(text=written) from None
    return in_range(value)


def in_range(value: date) -> date:
    """The same date. Raises DateError when its year is outside 1970 to 2150."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise DateOutOfRange(text=value.isoformat(), first=FIRST_YEAR, last=LAST_YEAR)
    return value


def add_months(start: date, months: int) -> date:
    """The same-numbered day ``months`` later, else the last day of that month (Rule 80.1, 80.2).

    Always add all months in one step: after a short month two steps lose days.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_days(start: date, days: int) -> date:
    """The last counted day of a period of ``days``, counting from the day after ``start`` (Rule 80.3)."""
    return start + timedelta(days=days)
