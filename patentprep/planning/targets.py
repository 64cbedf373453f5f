"""Suggested working dates. Deadlines move later by rule; targets move earlier by choice, and never rely on
a shift. Lead times are those of the plan, and days on which nobody is there are avoided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from patentprep.planning.calendars import expected_open, open_day_before
from patentprep.planning.disclosure import direct_bound, filing_bound
from patentprep.planning.international import SECRECY_MONTHS, foreign_filing
from patentprep.planning.leads import leads
from patentprep.planning.offices import INTERNATIONAL_BUREAU, office, paris_offices_abroad
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import Deadline, Given, Leads, Suggestion, Words, words

STAGGER_STEPS = 10  # entries that end together are spread over so many steps, then start again
SEARCH_DAYS = 400  # how far from a target a day without closure or absence is looked for


def suggest(
    id: str,
    places: Iterable[str],
    earliest: date,
    recommended: date,
    latest: date,
    why: Words,
    given: Given,
) -> Suggestion | None:
    """A target on days when all places are expected to be open and somebody is there; None when the last safe
    day has passed. Where every day left is an absence, the dates are those without it.
    """
    where, today = tuple(dict.fromkeys(places)), given.today
    last = _free(where, latest, given, -1)
    if last is None or (today and last < today):
        last = open_day_before(where, latest)
        if today and last < today:
            return None
        best = min(_free(where, recommended, given, -1) or last, last)
        best = last if today and best < today else best
    else:
        best = min(_free(where, recommended, given, -1) or last, last)
        if today and best < today:
            best = min(_free(where, today, given, 1) or last, last)
    if today:
        earliest = max(earliest, today)
    return Suggestion(id, min(earliest, best), best, last, why)


def _free(places: tuple[str, ...], day: date, given: Given, step: int) -> date | None:
    for _ in range(SEARCH_DAYS):
        if not given.absent(day) and all(expected_open(place, day) for place in places):
            return day
        day = add_days(day, step)
    return None


def suggestions(priority: date, given: Given, deadlines: tuple[Deadline, ...], *, claimed: bool) -> list[Suggestion]:
    """Drafting, first filing, secrecy examination, international filing, decision before publication,
    translations, instructions, entries and direct filings.
    """
    seat = given.made_in or given.receiving_office
    if seat == INTERNATIONAL_BUREAU:
        seat = "CN"
    lead = given.leads or leads()
    open_limits = {item.id: item for item in deadlines if item.status not in ("expired", "done")}
    first = _first_filing(priority, given, seat, lead)
    found = [_drafting(first, given, seat, lead), first]
    filing = _pct_filing(priority, given, seat, open_limits, lead) if claimed else None
    found += [
        _secrecy(priority, given, claimed, lead, first, filing),
        *_secrecy_routes(priority, given, claimed, lead, first, filing),
    ]
    found.append(filing)
    if "stop_publication" in open_limits:
        stop, published = open_limits["stop_publication"], open_limits["publication"]
        early = published.rule == "publication_early"
        end = published.date if early else published.nominal_date
        last = add_days(stop.date, -1) if stop.note and stop.note.key.endswith("closed") else stop.date
        why = words("why.decide_before_early" if early else "why.decide_before_publication", date=end, last=stop.date)
        found.append(
            suggest(
                "decide_before_publication", (seat, INTERNATIONAL_BUREAU), add_days(end, -3 * lead.publication),
                add_days(end, -lead.publication), last, why, given,
            )
        )  # fmt: skip
    found += _entries(priority, given, seat, open_limits, lead)
    return [item for item in found if item is not None]


def _first_filing(priority: date, given: Given, seat: str, lead: Leads) -> Suggestion | None:
    today = given.today
    if today is not None and priority < today:
        return None
    planned = [day for day, kind in given.disclosures if kind != "abuse" and (today is None or day >= today)]
    recommended, latest, why = priority, priority, words("why.first_filing", date=priority)
    if planned and (first := min(planned)) <= add_days(priority, lead.disclosure):
        latest, recommended = (
            min(latest, add_days(first, -1)),
            min(priority, add_days(first, -lead.disclosure)),
        )
        why = words("why.first_filing_disclosure", date=first, days=lead.disclosure)
    return suggest("first_filing", (seat,), add_days(recommended, -30), recommended, latest, why, given)


def _drafting(first: Suggestion | None, given: Given, seat: str, lead: Leads) -> Suggestion | None:
    """When to start writing so that the first filing is ready: drafting, review, freeze."""
    if first is None:
        return None
    days = lead.drafting + lead.review + lead.freeze
    latest = add_days(first.latest, -days)
    why = words("why.drafting", date=first.recommended, drafting=lead.drafting, review=lead.review, freeze=lead.freeze)
    if given.today and open_day_before((seat,), latest) < given.today:  # too late for the usual pace: at once
        latest = first.latest
        why = words("why.drafting_short", date=first.latest, days=days)
    best = add_days(first.recommended, -days)
    return suggest("drafting", (seat,), add_days(best, -14), best, latest, why, given)


def _pct_filing(
    priority: date, given: Given, seat: str, open_limits: dict[str, Deadline], lead: Leads
) -> Suggestion | None:
    today, filing = given.today, given.filing_date
    if filing is not None and today is not None and filing < today:
        return None
    places, end = (seat, given.receiving_office), add_months(priority, 12)
    why = words("why.pct_filing", date=end, days=lead.filing)
    bound = filing_bound(priority, given)
    if bound is not None and bound[0] < end:
        end, why = bound[0], words("why.pct_filing_grace", date=bound[0], offices=",".join(bound[1]))
    period, restoration = open_limits.get("priority_period"), open_limits.get("priority_restoration")
    late = today is not None and period is not None and today > period.date
    if late and today and restoration and bound is None:
        why = words("why.pct_filing_restoration", date=restoration.nominal_date)
        return suggest("pct_filing", places, today, today, restoration.nominal_date, why, given)
    return suggest("pct_filing", places, priority, add_days(end, -lead.filing), end, why, given)


def _secrecy(
    priority: date, given: Given, claimed: bool, lead: Leads, first: Suggestion | None, filing: Suggestion | None
) -> Suggestion | None:
    if given.made_in != "CN":
        return None
    abroad = _abroad(priority, given, claimed, first, filing)
    if abroad is None:
        best, end = _with_pct(priority, given, claimed, lead, first, filing)
        why = words("why.secrecy_with_filing", date=end)
        return suggest("secrecy_examination", ("CN",), min(priority, best), best, end, why, given)
    latest = add_months(abroad, -SECRECY_MONTHS)
    why = words("why.secrecy_before", date=abroad)
    return suggest(
        "secrecy_examination", ("CN",), min(priority, latest), add_days(latest, -lead.secrecy), latest, why, given
    )


def _abroad(
    priority: date, given: Given, claimed: bool, first: Suggestion | None, filing: Suggestion | None
) -> date | None:
    """The day of the first filing abroad, not later than the last day advised for it."""
    abroad = foreign_filing(given, priority, bool(paris_offices_abroad(given.offices)), claimed)
    bound = None
    if not claimed and first:
        bound = first.latest
    elif claimed and filing and given.receiving_office != "CN" and filing.why.key == "why.pct_filing_grace":
        bound = filing.latest
    return min(abroad, bound) if abroad and bound else abroad


def _with_pct(
    priority: date, given: Given, claimed: bool, lead: Leads, first: Suggestion | None, filing: Suggestion | None
) -> tuple[date, date]:
    """Recommended and last day where the PCT filing at CNIPA is itself the request: those of that filing."""
    end = given.filing_date or add_months(priority, 12 if claimed else 0)
    best = end if given.filing_date or not claimed else add_days(end, -lead.filing)
    if made := filing if claimed else first:  # a date that is planned does not come after what is advised
        best, end = min(best, made.recommended), min(end, made.latest)
    return best, end


def _secrecy_routes(
    priority: date, given: Given, claimed: bool, lead: Leads, first: Suggestion | None, filing: Suggestion | None
) -> list[Suggestion | None]:
    """The three ways to ask (Implementing Regulations Rule 8), each with the days it leaves for a filing abroad."""
    if given.made_in != "CN" or (given.filing_date and given.today and given.filing_date < given.today):
        return []
    end = given.filing_date or add_months(priority, 12 if claimed else 0)
    abroad = _abroad(priority, given, claimed, first, filing) or end
    last = add_months(abroad, -SECRECY_MONTHS)
    start = min([priority, last, *([first.recommended] if first else [])])
    routes = [
        suggest("secrecy_route:separate", ("CN",), start, add_days(last, -lead.secrecy), last,
                words("why.secrecy_separate", date=abroad), given),
        suggest("secrecy_route:cn_application", ("CN",), start, start, last,
                words("why.secrecy_cn_application", date=abroad), given),
    ]  # fmt: skip
    best, end = _with_pct(priority, given, claimed, lead, first, filing)
    why = words("why.secrecy_pct_at_cnipa", date=end)
    return [*routes, suggest("secrecy_route:pct_at_cnipa", ("CN",), min(priority, best), best, end, why, given)]


def _entries(
    priority: date, given: Given, seat: str, open_limits: dict[str, Deadline], lead: Leads
) -> list[Suggestion | None]:
    """Instructions, translation and entry of each office. Entries that end together are staggered, the first
    offices last. The translation is ready for the recommended entry.
    """
    found: list[Suggestion | None] = []
    together: dict[date, int] = {}
    source = _filing_language(given)
    for code in given.offices:
        limit = open_limits.get(f"national_phase:{code}") or open_limits.get(f"paris_filing:{code}")
        if limit is not None and limit.kind == "option":  # Hong Kong and Macao follow China
            limit = open_limits.get(f"record_request:{code}")
        if limit is None:
            continue
        entry, end, direct = office(code), limit.nominal_date, limit.id.startswith("paris_filing")
        recorded = limit.id.startswith("record_request")
        key = name = "direct_filing" if direct else "record" if recorded else "national_entry"
        longer = open_limits.get(f"national_phase_extended:{code}")
        if given.today and end < given.today and longer:
            end, key = longer.nominal_date, "late_entry"
        grace = direct_bound(code, priority, given) if direct else None
        if grace and grace < end:
            end, key = grace, "direct_filing_grace"
        place = together.get(end, 0)
        together[end] = place + 1
        best = add_days(end, -lead.entry - lead.stagger * (place % STAGGER_STEPS))
        if given.today and key == "late_entry":  # surcharges grow with the delay
            best = given.today
        elif given.today and best < given.today and key != "direct_filing_grace":
            key += "_now"
        why = words(f"why.{key}", office=code, date=end, days=lead.entry)
        opens = add_days(end, -lead.entry - 45)
        target = suggest(f"{name}:{code}", (seat, code), opens, best, end, why, given)
        if target and not recorded:
            if source is None or source not in entry.languages:
                start = add_days(target.recommended, -lead.translation)
                why = words(
                    "why.translations", office=code, languages=",".join(entry.languages), days=lead.translation,
                    date=target.recommended,
                )  # fmt: skip
                last = max(add_days(end, -lead.translation), start)
                found.append(
                    suggest(f"translations:{code}", (seat,), add_days(start, -30), start, last, why, given)
                    or _at_once(f"translations:{code}", seat, code, lead.translation, target, given)
                )
            if code != seat:
                start, last = add_days(end, -lead.associates), add_days(end, -lead.associates // 2)
                why = words("why.associates", office=code, days=lead.associates, date=end)
                start = min(start, target.recommended)
                found.append(
                    suggest(f"associates:{code}", (seat,), add_days(start, -30), start, last, why, given)
                    or _at_once(f"associates:{code}", seat, code, lead.associates, target, given)
                )
        found.append(target)
    return found


def _at_once(id: str, seat: str, code: str, days: int, target: Suggestion, given: Given) -> Suggestion | None:
    """What the usual time is no longer left for, while the entry itself is still possible."""
    start = given.today or target.earliest
    why = words("why.at_once", office=code, days=days, date=target.latest)
    return suggest(id, (seat,), start, start, target.latest, why, given)


def _filing_language(given: Given) -> str | None:
    """The language the application is probably filed in: that of the receiving Office, unknown for the
    Bureau.
    """
    if given.receiving_office == INTERNATIONAL_BUREAU:
        return None
    return office(given.receiving_office).languages[0]
