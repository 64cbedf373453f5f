"""What a public disclosure before filing costs, office by office.

Default: file first, everywhere. A grace period is a rescue, and the day it is counted back from differs: a
Chinese or provisional first filing does not by itself save Japan, Korea or Canada.
"""

from __future__ import annotations

from datetime import date

from patentprep.model import Severity
from patentprep.planning.calendars import next_open_day
from patentprep.planning.offices import Grace, office
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import DisclosureKind, Given, PlanWarning, words

OWN_KINDS = ("preprint", "talk", "code", "product")


def effective_date(code: str, priority: date, given: Given) -> date:
    """The date that novelty is judged from: the filing date where a priority restored after 12 months does
    not hold.
    """
    filing = given.filing_date
    if filing and filing > priority_end(priority, given) and office(code).accepts_restoration == "no":
        return filing
    return priority


def priority_end(priority: date, given: Given) -> date:
    """The last day of the priority period at the receiving Office, closed days included (Rule 2.4)."""
    return next_open_day(given.receiving_office, add_months(priority, 12))[0]


def judged(grace: Grace, kind: DisclosureKind, day: date, effective: date, filing: date | None) -> str:
    """``lost``, ``grace`` or ``unknown`` for a disclosure on ``day`` before the effective date.

    Both ways of counting must agree: back from the filing, and forward from the disclosure.
    """
    if grace.covers == "unknown":
        return "unknown"
    if grace.covers == "narrow" and kind in OWN_KINDS:
        return "lost"
    if grace.months is None:
        return "unknown"
    reference = effective if grace.counted_from == "priority" else filing
    if reference is None:  # still to be filed
        return "grace"
    if day >= add_months(reference, -grace.months) and reference <= add_months(day, grace.months):
        return "grace"
    return "lost"


def disclosure_warnings(priority: date, given: Given) -> list[PlanWarning]:
    """``novelty_lost``, ``grace_period_needed``, ``grace_period_unknown`` and
    ``disclosure_on_filing_day``.
    """
    verdicts: dict[str, dict[str, set[tuple[date, str]]]] = {
        "lost": {},
        "grace": {},
        "unknown": {},
        "same_day": {},
    }
    for code in given.offices:
        effective = effective_date(code, priority, given)
        for day, kind in given.disclosures:
            if day > effective:
                continue
            filing = None if office(code).route == "paris" else given.filing_date
            verdict = judged(office(code).grace, kind, day, effective, filing)
            if day == effective:
                verdict = "same_day"
            elif verdict == "grace" and filing is None and grace_end(code, day) is not None:
                last = grace_end(code, day)
                if last and given.today and last < given.today:
                    verdict = "lost"
            verdicts[verdict].setdefault(code, set()).add((day, kind))
    lost = verdicts["lost"]
    return [
        warning
        for warning in (
            _warning("novelty_lost", "fatal", lost),
            _warning("grace_period_needed", "serious", _without(verdicts["grace"], lost), priority, given),
            _warning("grace_period_unknown", "serious", _without(verdicts["unknown"], lost)),
            _warning("disclosure_on_filing_day", "serious", _without(verdicts["same_day"], lost)),
        )
        if warning
    ]


def grace_end(code: str, day: date) -> date | None:
    """The last day for the international filing itself, where the grace period is counted back from it."""
    grace = office(code).grace
    if grace.counted_from != "filing" or grace.months is None or grace.covers == "unknown":
        return None
    return add_months(day, grace.months)


def filing_bound(priority: date, given: Given) -> date | None:
    """The last safe day for the international filing under the grace periods that are counted back from
    it.
    """
    ends = [
        end
        for code in given.offices
        for day, kind in given.disclosures
        if office(code).route != "paris"
        and day < effective_date(code, priority, given)
        and judged(office(code).grace, kind, day, priority, given.filing_date) == "grace"
        and (end := grace_end(code, day)) is not None
    ]
    return add_days(min(ends), -1) if ends else None


def _without(
    found: dict[str, set[tuple[date, str]]], lost: dict[str, set[tuple[date, str]]]
) -> dict[str, set[tuple[date, str]]]:
    return {code: what for code, what in found.items() if code not in lost}


def _warning(
    id: str,
    severity: Severity,
    found: dict[str, set[tuple[date, str]]],
    priority: date | None = None,
    given: Given | None = None,
) -> PlanWarning | None:
    if not found:
        return None
    what = sorted(set().union(*found.values()))
    days = ", ".join(sorted({day.isoformat() for day, _ in what}))
    kinds = ",".join(dict.fromkeys(kind for _, kind in what))
    key, facts = f"warning.{id}", {"offices": ",".join(found), "days": days, "kinds": kinds}
    if given and priority:
        ends = [end for code, items in found.items() for day, _ in items if (end := grace_end(code, day))]
        if ends and given.filing_date is None:
            key, facts["file_by"] = f"{key}_by", min(ends).isoformat()
    return PlanWarning(id, severity, tuple(found), words(key, **facts), "novelty")
