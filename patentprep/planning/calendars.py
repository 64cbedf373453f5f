"""On which days an office is closed, and what that does to the end of a period (PCT Rule 80.5).

Files ``data/offices/closed_days/XX.yaml`` tell surely closed days (weekly closing days, statutory
holidays, published lists) from days on which the office is only expected to be closed. A deadline moves
later over sure days of a published year only; planning targets avoid both. An office without a file closes on
its weekly closing days, and no year of it is certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from patentprep.planning.offices import known, weekly_closing_days
from patentprep.planning.periods import add_days, parse_date
from patentprep.planning.timeline import Words, words
from patentprep.resources import Block, folder, load_yaml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEAR_STATUS = ("official", "derived", "projected")


@dataclass(frozen=True, slots=True)
class Rule:
    """A holiday fixed by statute: a date, the nth weekday of a month (negative: from its end), or days
    from Easter.
    """

    name: str
    month: int = 0
    day: int = 0
    weekday: int = -1
    nth: int = 0
    easter: int | None = None
    # "nearest": Saturday moves to Friday, Sunday to Monday; "monday": both to the next free weekday;
    # "sunday": only a Sunday to the next free weekday
    observed: str = ""
    first: int = 0
    last: int = 9999
    every: int = 1  # in years, counted from ``first``

    def on(self, year: int) -> date | None:
        if not self.first <= year <= self.last or (year - self.first) % self.every:
            return None
        if self.easter is not None:
            return easter(year) + timedelta(days=self.easter)
        if self.weekday < 0:
            return date(year, self.month, self.day)
        if self.nth > 0:
            start = date(year, self.month, self.day or 1)
            return start + timedelta(days=(self.weekday - start.weekday()) % 7 + 7 * (self.nth - 1))
        end = date(year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
        return end - timedelta(days=(end.weekday() - self.weekday) % 7 - 7 * (self.nth + 1))


@dataclass(frozen=True, slots=True)
class Year:
    """One year of one office. ``closed`` and ``expected`` map days to the name of the holiday."""

    closed: dict[date, str]
    expected: dict[date, str]
    status: str  # "official", "derived", "projected", or "none" when nothing is published
    source: str
    published: frozenset[date] = frozenset()  # holidays announced, though the list of the year is not
    worked: frozenset[date] = frozenset()  # weekly rest days worked in exchange, which do not open for time limits


@dataclass(frozen=True, slots=True)
class _Calendar:
    weekly: frozenset[int]
    rules: tuple[Rule, ...]
    pattern: tuple[Rule, ...]
    years: dict[int, Year]
    otherwise: str  # status of a year that is not listed
    source: str


def easter(year: int) -> date:
    """Western Easter Sunday (Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def weekly(office: str) -> frozenset[int]:
    """Weekly closing days, Monday being 0."""
    return _calendar(office).weekly


@cache
def year_of(office: str, year: int) -> Year:
    """The closed days of one year, without the weekly ones."""
    calendar = _calendar(office)
    listed = calendar.years.get(year)
    closed = _apply(calendar.rules, year, calendar.weekly)
    expected: dict[date, str] = {}
    if not listed or listed.status == "projected":
        expected = _apply(calendar.pattern, year, calendar.weekly)
    if listed and listed.status == "official":  # the published list is the whole truth
        return listed
    status, source = (listed.status, listed.source) if listed else (calendar.otherwise, calendar.source)
    if listed:
        closed |= listed.closed
        expected |= listed.expected
    announced = frozenset(listed.closed) if listed else frozenset()
    return Year(closed, {day: name for day, name in expected.items() if day not in closed}, status, source, announced)


def certain(office: str, year: int) -> bool:
    """Whether the closed days of that year are published, or follow from statute alone."""
    return year_of(office, year).status in ("official", "derived")


def closed_because(office: str, day: date) -> str | None:
    """Why the office is surely closed that day: a holiday name, ``weekly``, or None when it is open."""
    if day.weekday() in _calendar(office).weekly:
        return "weekly"
    return year_of(office, day.year).closed.get(day)


def is_open(office: str, day: date) -> bool:
    """Whether the office is open, as far as is known for sure."""
    return closed_because(office, day) is None


def expected_open(office: str, day: date) -> bool:
    """Whether the office is open, counting days on which it is only expected to be closed as closed."""
    return is_open(office, day) and day not in year_of(office, day.year).expected


def next_open_day(office: str, day: date) -> tuple[date, Words | None, bool]:
    """The day itself or the next open day, why it moved, and whether that is certain (Rule 80.5).

    Weekly closing days are known and move the end in any year. A holiday moves it only where the closed days of the
    year in which the period ends are published or follow from statute, or where that very day was announced;
    otherwise the day itself is given, and is not certain.

    A Saturday or Sunday worked in exchange for a holiday stays a rest day at CNIPA (Guidelines Part V ch. 7 s. 2.3),
    so weekly closing days never open; whether Rule 80.5 sees it so is not beyond doubt.
    """
    moved, closed, sure, worked = day, dict[str, date](), True, None
    while (reason := closed_because(office, moved)) is not None:
        sure = sure and certain(office, moved.year)
        year = year_of(office, moved.year)
        known_day = certain(office, day.year) or certain(office, moved.year) or moved in year.published
        if moved in year.closed and not known_day:  # on a weekend too: days off follow it that nobody has announced
            return day, None, False
        closed.setdefault(reason, moved)
        if worked is None and moved in year.worked:
            worked = moved
        moved += timedelta(days=1)
    sure = sure and certain(office, moved.year) and moved not in year_of(office, moved.year).expected
    if not closed:
        return day, None, sure
    if worked:
        key = "moved.worked" if worked == day else "moved.worked_between"
        return moved, words(key, office=office, nominal=day, worked=worked, worked_day=worked), False
    days = ",".join(f"{first}:{reason}" for reason, first in closed.items())
    return moved, words("moved.closed", office=office, nominal=day, closed_days=days), sure


def open_day_before(offices: Iterable[str], day: date) -> date:
    """The latest day, not after ``day``, on which all those offices are expected to be open: targets move
    earlier.
    """
    places = tuple(offices)
    while not all(expected_open(office, day) for office in places):
        day = add_days(day, -1)
    return day


def open_day_after(offices: Iterable[str], day: date) -> date:
    """The first day, not before ``day``, on which all those offices are expected to be open."""
    places = tuple(offices)
    while not all(expected_open(office, day) for office in places):
        day = add_days(day, 1)
    return day


def day_name(name: str, lang: str) -> str:
    """What a holiday or closing day is called."""
    entry = _names()[name]
    return str(entry[lang])


@cache
def _names() -> dict[str, Block]:
    return dict(load_yaml(folder("data") / "offices" / "day_names.yaml").items())


def _apply(rules: tuple[Rule, ...], year: int, weekly_days: frozenset[int]) -> dict[date, str]:
    days: dict[date, str] = {}
    waiting: list[tuple[date, str]] = []
    for near in (year, year + 1):  # New Year's Day may be observed on 31 December of the year before
        for rule in rules:
            day = rule.on(near)
            if day is None or (near > year and rule.observed != "nearest"):
                continue
            if rule.observed == "nearest" and day.weekday() > 4:
                day += timedelta(days=-1 if day.weekday() == 5 else 1)
            elif (day.weekday() == 6 and rule.observed == "sunday") or (
                day.weekday() > 4 and rule.observed == "monday"
            ):
                waiting.append((day, rule.name))
            if day.year == year:
                days.setdefault(day, rule.name)
    for day, name in sorted(waiting):
        while day.weekday() in weekly_days or day in days:
            day += timedelta(days=1)
        days[day] = name
    return days


@cache
def _calendar(office: str) -> _Calendar:
    path = folder("data") / "offices" / "closed_days" / f"{office}.yaml"
    if not (known(office) and path.exists()):
        return _Calendar(weekly_closing_days(office), (), (), {}, "none", "")
    block = load_yaml(path)
    block.expect({"office", "weekly", "source", "other_years", "years"}, {"rules", "pattern", "remark"})
    week = frozenset(WEEKDAYS.index(name) for name in block.texts("weekly"))
    years = {int(key): _year(block.block("years").block(key)) for key in block.block("years")}
    otherwise = block.one_of("other_years", (*YEAR_STATUS, "none"))
    return _Calendar(week, _rules(block, "rules"), _rules(block, "pattern"), years, otherwise, block.text("source"))


def _rules(block: Block, key: str) -> tuple[Rule, ...]:
    rules = []
    for item in block.blocks(key) if key in block else ():
        item.expect({"name"}, {"date", "weekday", "easter", "observed", "first", "last", "every"})
        month = day = nth = 0
        weekday, offset = -1, None
        if "date" in item:
            month, day = (int(part) for part in item.text("date").split("-"))
        if "weekday" in item:  # "3 mon 01", "-1 mon 05", or with a date: first such weekday on or after it
            count, name, *rest = item.text("weekday").split()
            nth, weekday = int(count), WEEKDAYS.index(name)
            month = int(rest[0]) if rest else month
        if "easter" in item:
            offset = int(item.text("easter"))
        rules.append(
            Rule(
                item.text("name"), month, day, weekday, nth, offset, str(item.get("observed", "")),
                int(item.get("first", 0)), int(item.get("last", 9999)), int(item.get("every", 1)),
            )
        )  # fmt: skip
    return tuple(rules)


def _year(block: Block) -> Year:
    block.expect({"status", "source"}, {"days", "expected", "worked"})
    status = block.one_of("status", YEAR_STATUS)
    worked = frozenset(parse_date(day) for day in block.texts("worked"))
    return Year(_days(block, "days"), _days(block, "expected"), status, block.text("source"), worked=worked)


def _days(block: Block, key: str) -> dict[date, str]:
    """``2026-02-15/2026-02-23: spring_festival``, or one day."""
    days: dict[date, str] = {}
    for span, name in block.get(key, {}).items():
        first, _, last = span.partition("/")
        day, end = parse_date(first), parse_date(last or first)
        while day <= end:
            days[day] = name
            day += timedelta(days=1)
    return days
