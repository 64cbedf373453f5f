"""Suggested working dates. Deadlines move later by rule; targets move earlier by choice, and never rely on
a shift.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from patentprep.planning.calendars import open_day_after, open_day_before
from patentprep.planning.disclosure import filing_bound
from patentprep.planning.international import SECRECY_MONTHS, foreign_filing
from patentprep.planning.offices import INTERNATIONAL_BUREAU, office, paris_offices_abroad
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import Deadline, Given, Suggestion, Words, words

# Leads in days before the nominal end: practice, not law.
DISCLOSURE_LEAD, PRIORITY_LEAD, PUBLICATION_LEAD = 14, 30, 30
TRANSLATION_LEADS = (90, 60, 45)  # earliest, recommended, latest
ENTRY_LEAD, ENTRY_FIRST, STAGGER, STAGGER_STEPS = 30, 75, 3, 10


def suggest(
    id: str,
    places: Iterable[str],
    earliest: date,
    recommended: date,
    latest: date,
    why: Words,
    today: date | None,
) -> Suggestion | None:
    """A target on days when all places are expected to be open; None when the last safe day has passed."""
    where = tuple(dict.fromkeys(places))
    latest = open_day_before(where, latest)
    recommended = min(open_day_before(where, recommended), latest)
    if today is not None:
        if latest < today:
            return None
        if recommended < today:
            recommended = min(open_day_after(where, today), latest)
        earliest = max(earliest, today)
    return Suggestion(id, min(earliest, recommended), recommended, latest, why)


def suggestions(priority: date, given: Given, deadlines: tuple[Deadline, ...], *, claimed: bool) -> list[Suggestion]:
    """First filing, secrecy examination, international filing, decision before publication, translations,
    entries.
    """
    today = given.today
    seat = given.made_in or given.receiving_office
    if seat == INTERNATIONAL_BUREAU:
        seat = "CN"
    open_limits = {item.id: item for item in deadlines if item.status != "expired"}
    found = [_first_filing(priority, given, seat)]
    filing = _pct_filing(priority, given, seat, open_limits) if claimed else None
    found += [_secrecy(priority, given, claimed), filing]
    if "stop_publication" in open_limits:
        stop, end = open_limits["stop_publication"], open_limits["publication"].nominal_date
        last = add_days(stop.date, -1) if stop.note and stop.note.key.endswith("closed") else stop.date
        found.append(
            suggest(
                "decide_before_publication", (seat, INTERNATIONAL_BUREAU), add_days(end, -90),
                add_days(end, -PUBLICATION_LEAD), last,
                words("why.decide_before_publication", date=end, last=stop.date), today,
            )
        )  # fmt: skip
    found += _entries(given, seat, open_limits)
    return [item for item in found if item is not None]


def _first_filing(priority: date, given: Given, seat: str) -> Suggestion | None:
    today = given.today
    if today is not None and priority < today:
        return None
    planned = [day for day, kind in given.disclosures if kind != "abuse" and (today is None or day >= today)]
    recommended, latest, why = priority, priority, words("why.first_filing", date=priority)
    if planned and (first := min(planned)) <= add_days(priority, DISCLOSURE_LEAD):
        latest, recommended = (
            min(latest, add_days(first, -1)),
            min(priority, add_days(first, -DISCLOSURE_LEAD)),
        )
        why = words("why.first_filing_disclosure", date=first)
    return suggest("first_filing", (seat,), add_days(recommended, -30), recommended, latest, why, today)


def _pct_filing(priority: date, given: Given, seat: str, open_limits: dict[str, Deadline]) -> Suggestion | None:
    today, filing = given.today, given.filing_date
    if filing is not None and today is not None and filing < today:
        return None
    places, end = (seat, given.receiving_office), add_months(priority, 12)
    why = words("why.pct_filing", date=end)
    bound = filing_bound(priority, given)
    if bound is not None and bound < end:
        end, why = bound, words("why.pct_filing_grace", date=bound)
    period, restoration = open_limits.get("priority_period"), open_limits.get("priority_restoration")
    late = today is not None and period is not None and today > period.date
    if late and today and restoration and bound is None:
        why = words("why.pct_filing_restoration", date=restoration.nominal_date)
        return suggest("pct_filing", places, today, today, restoration.nominal_date, why, today)
    return suggest("pct_filing", places, priority, add_days(end, -PRIORITY_LEAD), end, why, today)


def _secrecy(priority: date, given: Given, claimed: bool) -> Suggestion | None:
    if given.made_in != "CN":
        return None
    abroad = foreign_filing(given, priority, bool(paris_offices_abroad(given.offices)), claimed)
    if abroad is None:
        end = given.filing_date or add_months(priority, 12 if claimed else 0)
        lead = add_days(end, -PRIORITY_LEAD if claimed and given.filing_date is None else 0)
        why = words("why.secrecy_with_filing", date=end)
        return suggest("secrecy_examination", ("CN",), min(priority, lead), lead, end, why, given.today)
    latest = add_months(abroad, -SECRECY_MONTHS)
    why = words("why.secrecy_before", date=abroad)
    return suggest(
        "secrecy_examination",
        ("CN",),
        min(priority, latest),
        add_days(latest, -PRIORITY_LEAD),
        latest,
        why,
        given.today,
    )


def _entries(given: Given, seat: str, open_limits: dict[str, Deadline]) -> list[Suggestion | None]:
    """Translation and entry of each office. Entries that end together are staggered, the first offices
    last.
    """
    found: list[Suggestion | None] = []
    together: dict[date, int] = {}
    source = _filing_language(given)
    for code in given.offices:
        limit = open_limits.get(f"national_phase:{code}") or open_limits.get(f"paris_filing:{code}")
        if limit is None:
            continue
        end = limit.nominal_date
        entry = office(code)
        if source is None or source not in entry.languages:
            first, best, last = (add_days(end, -lead) for lead in TRANSLATION_LEADS)
            languages = ",".join(entry.languages)
            why = words("why.translations", office=code, languages=languages, date=end)
            found.append(suggest(f"translations:{code}", (seat,), first, best, last, why, given.today))
        if limit.id.startswith("paris_filing"):
            continue
        place = together.get(end, 0)
        together[end] = place + 1
        best = end - timedelta(days=ENTRY_LEAD + STAGGER * (place % STAGGER_STEPS))
        why = words("why.national_entry", office=code, date=end)
        found.append(
            suggest(
                f"national_entry:{code}",
                (seat, code),
                add_days(end, -ENTRY_FIRST),
                best,
                end,
                why,
                given.today,
            )
        )
    return found


def _filing_language(given: Given) -> str | None:
    """The language the application is probably filed in: that of the receiving Office, unknown for the
    Bureau.
    """
    if given.receiving_office == INTERNATIONAL_BUREAU:
        return None
    return office(given.receiving_office).languages[0]
