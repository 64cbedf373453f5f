"""On which days offices are closed, and how the end of a period moves: PCT Rule 80.5 and national law."""

from datetime import date, timedelta

import chinese_calendar  # type: ignore[import-untyped]
import holidays
import pytest
from dateutil.easter import easter as dateutil_easter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from patentprep.planning import calendars
from patentprep.planning.calendars import certain, day_name, expected_open, is_open, next_open_day, year_of
from patentprep.planning.offices import offices
from patentprep.resources import files
from patentprep.strings import LANGUAGES

WITH_CALENDAR = sorted(path.stem for path in files("data", "offices/closed_days/*.yaml"))

# (office, end of the period, day it moves to, source or reason)
MOVES = [
    (
        "CN",
        "2026-10-10",
        "2026-10-12",
        "a Saturday worked in exchange stays a rest day: Guidelines V-7 s. 2.3",
    ),
    ("CN", "2026-01-02", "2026-01-05", "Friday off, Sunday 4 January worked: on to Monday"),
    ("CN", "2026-02-14", "2026-02-24", "worked Saturday before the Spring Festival"),
    ("CN", "2026-02-15", "2026-02-24", "notice of 4 November 2025: 15 to 23 February"),
    ("CN", "2026-02-28", "2026-03-02", "worked Saturday"),
    ("CN", "2026-05-09", "2026-05-11", "worked Saturday"),
    ("CN", "2026-09-20", "2026-09-21", "worked Sunday"),
    ("CN", "2026-09-25", "2026-09-28", "Mid-Autumn Festival"),
    ("CN", "2026-10-01", "2026-10-08", "National Day"),
    ("CN", "2026-06-19", "2026-06-22", "Dragon Boat Festival"),
    ("CN", "2026-04-06", "2026-04-07", "Qingming"),
    ("CN", "2025-01-26", "2025-01-27", "worked Sunday in 2025"),
    ("CN", "2025-02-08", "2025-02-10", "worked Saturday in 2025"),
    ("CN", "2025-10-11", "2025-10-13", "worked Saturday in 2025"),
    ("CN", "2025-10-08", "2025-10-09", "last day of the block of 2025"),
    ("CN", "2026-10-09", "2026-10-09", "an ordinary Friday"),
    ("CN", "2028-10-01", "2028-10-01", "no notice published: the unshifted day, though statute fixes the holiday"),
    ("EP", "2026-12-24", "2027-01-04", "OJ EPO 2025, A40: 24 December to 1 January, then a weekend"),
    ("EP", "2026-01-06", "2026-01-07", "Epiphany, Munich only: one closed filing office is enough"),
    ("EP", "2026-06-04", "2026-06-05", "Corpus Christi, Munich only"),
    ("EP", "2026-05-14", "2026-05-15", "Ascension"),
    ("EP", "2026-05-25", "2026-05-26", "Whit Monday"),
    ("EP", "2026-04-03", "2026-04-07", "Good Friday to Easter Monday"),
    ("EP", "2026-04-27", "2026-04-27", "not on the list for 2026"),
    ("EP", "2025-12-24", "2026-01-02", "EPO website: reopened 2 January 2026"),
    ("IB", "2017-01-01", "2017-01-03", "PCT Newsletter 11/2016"),
    ("IB", "2017-04-14", "2017-04-18", "PCT Newsletter 11/2016: Easter"),
    ("IB", "2017-09-07", "2017-09-08", "PCT Newsletter 11/2016: Geneva Fast"),
    ("IB", "2017-12-29", "2018-01-02", "PCT Newsletter 11/2016 and New Year's Day"),
    ("IB", "2019-05-30", "2019-05-31", "PCT Newsletter 12/2018: Ascension"),
    ("IB", "2019-12-31", "2020-01-02", "PCT Newsletter 12/2018"),
    ("US", "2025-01-20", "2025-01-21", "Inauguration Day, also Martin Luther King's Birthday"),
    ("US", "2033-01-20", "2033-01-21", "Inauguration Day alone"),
    ("US", "2026-07-03", "2026-07-06", "Independence Day on a Saturday is observed on Friday"),
    ("US", "2027-12-31", "2028-01-03", "New Year's Day 2028 is a Saturday: observed the Friday before"),
    ("US", "2026-04-16", "2026-04-16", "Emancipation Day is the District's own and does not count"),
    ("US", "2026-11-26", "2026-11-27", "Thanksgiving; the Friday after is open"),
    ("US", "2020-06-19", "2020-06-19", "Juneteenth is a holiday since 2021"),
    ("JP", "2026-12-29", "2027-01-04", "29 December to 3 January"),
    ("JP", "2026-09-21", "2026-09-24", "the day between two holidays is one"),
    ("JP", "2026-05-03", "2026-05-07", "substitute holiday after Golden Week"),
    ("JP", "2027-03-21", "2027-03-23", "equinox on a Sunday"),
    ("JP", "2022-12-29", "2022-12-29", "a year that is not listed: unshifted"),
    ("KR", "2025-05-01", "2025-05-02", "Labour Day: Patent Act Art. 14(4)"),
    ("KR", "2026-02-16", "2026-02-19", "Korean New Year"),
    ("KR", "2026-06-03", "2026-06-04", "local elections"),
    ("GB", "2027-12-25", "2027-12-29", "Christmas and Boxing Day at a weekend: Monday and Tuesday"),
    ("GB", "2028-01-01", "2028-01-04", "New Year's Day on a Saturday"),
    ("DE", "2028-10-03", "2028-10-04", "Day of German Unity, fixed by statute"),
    ("AU", "2026-01-26", "2026-01-27", "Australia Day"),
    ("CA", "2026-05-18", "2026-05-19", "Victoria Day: Monday before 25 May"),
    ("CA", "2026-09-30", "2026-10-01", "National Day for Truth and Reconciliation"),
    ("IN", "2026-01-26", "2026-01-26", "Republic Day, but the Office's own list is not included: unshifted"),
    ("IN", "2026-01-24", "2026-01-24", "Saturday, then Republic Day: unshifted"),
    ("BR", "2026-11-20", "2026-11-23", "Black Awareness Day since 2024"),
    ("BR", "2023-11-20", "2023-11-20", "no federal holiday before 2024"),
    ("SG", "2026-08-09", "2026-08-11", "National Day on a Sunday"),
    ("IL", "2026-07-17", "2026-07-19", "Friday and Saturday are closing days, Sunday is open"),
    ("IL", "2026-09-21", "2026-09-22", "Yom Kippur"),
    ("SA", "2026-09-23", "2026-09-23", "National Day, but the year is not confirmed: unshifted"),
    ("CN", "2028-01-01", "2028-01-01", "New Year's Day on a Saturday: days off may follow, no notice published"),
    ("CN", "2028-07-01", "2028-07-03", "a Saturday is a rest day whatever the notice says"),
    ("EP", "2027-12-31", "2027-12-31", "year-end closure of an unpublished year: unshifted"),
    ("EG", "2026-07-17", "2026-07-19", "no file: Friday and Saturday from the table"),
    ("IR", "2026-07-16", "2026-07-18", "no file: Thursday and Friday"),
    ("BN", "2026-07-17", "2026-07-18", "no file: Friday and Sunday; Saturday is open"),
    ("VN", "2026-09-02", "2026-09-02", "no file: holidays are not known, so nothing moves"),
]


@pytest.mark.parametrize(("office", "end", "moved", "why"), MOVES)
def test_a_period_ends_on_the_next_open_day(office: str, end: str, moved: str, why: str) -> None:
    day, because, _ = next_open_day(office, date.fromisoformat(end))
    assert day == date.fromisoformat(moved), why
    assert (because is None) == (end == moved)


def test_no_substitute_in_japan_beyond_the_closing_days_at_the_turn_of_the_year() -> None:
    assert not is_open("JP", date(2023, 1, 3))
    assert is_open("JP", date(2023, 1, 4))


@pytest.mark.parametrize(
    ("office", "year", "sure", "why"),
    [
        ("CN", 2026, True, "notice published"),
        ("CN", 2027, False, "notice not found"),
        ("CN", 2030, False, "not published"),
        ("US", 2030, True, "statute alone"),
        ("GB", 2030, True, "statute alone"),
        ("DE", 2030, True, "statute alone"),
        ("JP", 2027, True, "equinoxes announced"),
        ("JP", 2029, False, "equinoxes not announced"),
        ("EP", 2026, True, "list published"),
        ("EP", 2028, False, "list not published"),
        ("KR", 2027, False, "lunar and temporary days not confirmed"),
        ("IB", 2019, True, "list published"),
        ("IB", 2026, False, "list not found"),
        ("IN", 2026, False, "the Office's own list is not included"),
        ("SA", 2026, False, "sighting of the moon"),
        ("VN", 2026, False, "no file"),
        ("AE", 2026, False, "weekend changed in 2022"),
    ],
)
def test_a_year_is_certain_only_when_published_or_fixed_by_statute(
    office: str, year: int, sure: bool, why: str
) -> None:
    assert certain(office, year) is sure, why


def test_a_day_only_expected_to_be_closed_does_not_move_a_deadline_but_makes_it_uncertain() -> None:
    spring_festival = date(2027, 2, 9)
    assert next_open_day("CN", spring_festival) == (spring_festival, None, False)
    assert not expected_open("CN", spring_festival)
    canberra = date(2026, 3, 9)
    assert next_open_day("AU", canberra) == (canberra, None, False)


def test_moving_into_an_unpublished_year_is_not_certain() -> None:
    day, _, sure = next_open_day("EP", date(2026, 12, 31))
    assert (day, sure) == (date(2027, 1, 4), False)


def _days(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_china_agrees_with_chinesecalendar_apart_from_worked_weekends(year: int) -> None:
    for day in _days(year):
        assert is_open("CN", day) == (not chinese_calendar.is_holiday(day) and day.weekday() < 5), day
    worked = {day for day in _days(year) if day.weekday() > 4 and not chinese_calendar.is_holiday(day)}
    assert year_of("CN", year).worked == worked


@pytest.mark.parametrize(
    ("office", "years", "known_better"),
    [
        ("US", range(2022, 2040), None),
        ("GB", range(2024, 2032), None),
        ("DE", range(2024, 2032), None),
        ("BR", range(2024, 2032), None),
        (
            "JP",
            range(2024, 2028),
            lambda day: (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3),
        ),
        ("KR", range(2024, 2027), lambda day: (day.month, day.day) == (5, 1)),
        ("SG", range(2024, 2027), None),
        ("IL", range(2024, 2028), None),
    ],
)
def test_closed_days_agree_with_the_holidays_package(office: str, years: range, known_better) -> None:  # type: ignore[no-untyped-def]
    listed = holidays.country_holidays(office, subdiv="ENG" if office == "GB" else None, years=years)
    for day in (day for year in years for day in _days(year)):
        if day.weekday() in calendars.weekly(office) or (known_better and known_better(day)):
            continue
        inauguration = office == "US" and (day.month, day.day) in ((1, 20), (1, 21)) and day.year % 4 == 1
        if not inauguration:
            assert is_open(office, day) == (day not in listed), (office, day, listed.get(day))


def test_easter_agrees_with_dateutil() -> None:
    for year in range(1970, 2200):
        assert calendars.easter(year) == dateutil_easter(year)


@given(st.sampled_from([*WITH_CALENDAR, "VN", "BN", "IR"]), st.dates(date(2015, 1, 1), date(2040, 12, 31)))
def test_the_day_moved_to_is_open_near_and_stays(office: str, end: date) -> None:
    day, _, _ = next_open_day(office, end)
    assert is_open(office, day) or (day == end and not certain(office, end.year))
    assert end <= day <= end + timedelta(days=14)
    assert next_open_day(office, day)[0] == day


def test_every_file_is_complete_and_its_days_have_names() -> None:
    assert {"CN", "US", "EP", "JP", "KR", "GB", "DE", "AU", "CA", "IN", "BR", "SG", "IL", "SA", "IB"} <= set(
        WITH_CALENDAR
    )
    for office in WITH_CALENDAR:
        assert office == "IB" or office in offices()
        for year in range(2024, 2029):
            entry = year_of(office, year)
            assert entry.status in ("official", "derived", "projected")
            assert entry.source
            for day, name in (entry.closed | entry.expected).items():
                assert day.year == year, (office, day)
                assert all(day_name(name, lang) for lang in LANGUAGES)
