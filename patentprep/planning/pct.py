"""The plan of a PCT application: deadlines, suggested dates and warnings.

A planning aid: every date is computed from the priority date by the rules and the tables under
``data/offices`` and needs a professional check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from patentprep.errors import DateError, UsageError
from patentprep.planning.calendars import next_open_day
from patentprep.planning.disclosure import disclosure_warnings
from patentprep.planning.international import foreign_filing, international_phase
from patentprep.planning.national import national_deadlines, route_warnings
from patentprep.planning.offices import checked, checked_country, office, paris_offices_abroad
from patentprep.planning.periods import add_months, in_range, parse_date
from patentprep.planning.targets import suggestions
from patentprep.planning.timeline import (
    DISCLOSURE_KINDS,
    Deadline,
    DisclosureKind,
    Given,
    PlanWarning,
    Timeline,
    words,
)

__all__ = ["parse_date", "plan_timeline"]

STOPS_WITH_PREPARATION = ("publication", "publication_technical_preparation", "stop_publication")


class NoDateGiven(UsageError):
    """Neither a priority date nor a filing date."""

    key = "error.plan_no_date"


class WithdrawalNeedsDate(UsageError):
    """A withdrawal without the day on which it took effect, or such a day without a withdrawal."""

    key = "error.plan_withdrawn_on"


class PriorityNotClaimed(UsageError):
    """The priority to be withdrawn was never claimed. Facts: date, claimed."""

    key = "error.plan_not_claimed"


class WithdrawalNeedsFiling(UsageError):
    """Withdrawing every priority claim leaves the filing date as priority date, and that is not given."""

    key = "error.plan_withdrawal_needs_filing"


class UnknownDisclosureKind(UsageError):
    """Facts: kind, kinds."""

    key = "error.plan_disclosure_kind"


class FilingBeforePriority(DateError):
    """Facts: filing, priority."""

    key = "error.plan_filing_before_priority"


class PriorityTooOld(DateError):
    """Filed more than 12 + 2 months after the priority date (Rule 26bis.3). Facts: filing, priority, last."""

    key = "error.plan_priority_too_old"


class ReportBeforeFiling(DateError):
    """Facts: report, start."""

    key = "error.plan_report_before_priority"


class WithdrawnBeforeFiling(DateError):
    """Facts: withdrawn, filing."""

    key = "error.plan_withdrawn_before_filing"


class WithdrawnTooLate(DateError):
    """After 30 months from the priority date (Rule 90bis.3). Facts: withdrawn, last."""

    key = "error.plan_withdrawn_too_late"


def plan_timeline(
    *,
    priority_date: date | Iterable[date] | None = None,
    filing_date: date | None = None,
    receiving_office: str = "CN",
    offices: Sequence[str] = (),
    search_report_date: date | None = None,
    add_priority: date | None = None,
    withdraw_priority: date | str | None = None,
    withdrawn_on: date | None = None,
    ipea: str | None = None,
    made_in: str | None = None,
    disclosures: Iterable[tuple[date, DisclosureKind]] = (),
    today: date | None = None,
) -> Timeline:
    """Deadlines, suggestions and warnings of one PCT application.

    ``priority_date`` is one date or several (the earliest counts, Art. 2(xi)); without one the
    international filing date is the priority date. ``filing_date`` is the international filing date,
    planned or actual. ``search_report_date`` is the day the search report was transmitted.
    ``add_priority`` is an earlier application to be claimed later (Rule 26bis.1), taken to be added
    ``today``; ``withdraw_priority`` is the date of a claim (or its ISO text), or "all", withdrawn on
    ``withdrawn_on`` (default: ``today``). Limits that have expired by then keep their dates. ``ipea`` is
    where a demand would be filed, ``made_in`` the country where the invention was made, ``disclosures``
    pairs of a day and a kind. Without ``today`` nothing is treated as past.

    Raises DateError, UnknownOffice or UsageError.
    """
    priorities = _dates(priority_date)
    wanted = [offices] if isinstance(offices, str) else offices
    given = Given(
        priority_dates=priorities,
        priority_date=_first_date(priorities, filing_date),
        filing_date=filing_date,
        receiving_office=checked(receiving_office, allow_ib=True),
        offices=tuple(dict.fromkeys(checked(code) for code in wanted)),
        search_report_date=search_report_date,
        add_priority=add_priority,
        withdraw_priority=_withdrawal(withdraw_priority),
        withdrawn_on=withdrawn_on or (today if withdraw_priority else None),
        ipea=checked(ipea) if ipea else None,
        made_in=checked_country(made_in) if made_in else None,
        disclosures=tuple(sorted(disclosures)),
        today=today,
    )
    _check(given)
    before = given.priority_date
    deadlines = _deadlines(before, given, claimed=bool(priorities), other=None)
    claimed, late_claim = bool(priorities), None

    if add_priority:
        late_claim = _late_claim(given, min(before, add_priority))
        if not late_claim or late_claim.severity != "fatal":
            claimed = True
            given = replace(given, priority_date=min(before, add_priority))
            if given.priority_date != before:
                changed = _deadlines(given.priority_date, given, claimed=True, other=before if priorities else None)
                deadlines = _recomputed(deadlines, changed, today)
    if withdraw_priority:
        current = given.priority_date
        left = _left(given)
        claimed = bool(left)
        given = replace(given, priority_date=left[0] if left else _filing(given))
        if given.priority_date != current:
            changed = _deadlines(given.priority_date, given, claimed=claimed, other=current)
            deadlines = _recomputed(deadlines, changed, given.withdrawn_on)

    ordered = tuple(sorted((_dated(item, today) for item in deadlines), key=lambda item: (item.date, item.id)))
    found = suggestions(given.priority_date, given, ordered, claimed=claimed)
    warnings = _warnings(given, ordered, claimed)
    if late_claim:
        warnings.insert(0, late_claim)
    order = {"fatal": 0, "serious": 1, "advisory": 2}
    warnings.sort(key=lambda item: order[item.severity])
    return Timeline(given, ordered, tuple(found), tuple(warnings))


def _deadlines(priority: date, given: Given, *, claimed: bool, other: date | None) -> list[Deadline]:
    return international_phase(priority, given, claimed=claimed, other_priority=other) + national_deadlines(
        priority, given
    )


def _recomputed(old: list[Deadline], new: list[Deadline], changed_on: date | None) -> list[Deadline]:
    """Unexpired limits run from the changed priority date; expired ones are not revived (Rules 26bis.1(c),
    90bis.3(d)).

    Once a notice can no longer stop the publication, all of it stays on the old date (Rule 90bis.3(e)).
    """
    fresh = {item.id: item for item in new}
    kept: list[Deadline] = []
    stop = next(item for item in old if item.id == "stop_publication")
    too_late = changed_on is not None and stop.date < changed_on
    for item in old:
        expired = changed_on is not None and item.date < changed_on
        if item.status == "expired" or expired or (too_late and item.id in STOPS_WITH_PREPARATION):
            kept.append(replace(item, status="expired", note=words("note.expired", changed=changed_on)))
        elif item.id in fresh:
            kept.append(fresh[item.id])
    known = {item.id for item in old}
    return kept + [item for item in new if item.id not in known]


def _dated(item: Deadline, today: date | None) -> Deadline:
    return replace(item, status="past") if today and item.date < today and item.status == "open" else item


def _late_claim(given: Given, changed: date) -> PlanWarning | None:
    """A claim added after its period; one month late still counts unless declared void before (Rule
    26bis.2(b)).
    """
    if given.today is None or given.add_priority is None:
        return None
    limit = add_months(changed, 16)
    if given.filing_date:
        limit = max(limit, add_months(given.filing_date, 4))
    last = next_open_day(given.receiving_office, limit)[0]
    if given.today <= last:
        return None
    severity: Literal["fatal", "serious"] = "serious" if given.today <= add_months(last, 1) else "fatal"
    message = words(f"warning.priority_claim_late_{severity}", date=given.add_priority, last=last)
    return PlanWarning("priority_claim_late", severity, given.offices, message, "priority_claim_correction")


def _warnings(given: Given, deadlines: tuple[Deadline, ...], claimed: bool) -> list[PlanWarning]:
    found = disclosure_warnings(given.priority_date, given)
    if claimed:
        found += _late_filing(given, {item.id: item for item in deadlines})
    if given.made_in == "CN":
        found.append(_secrecy(given, claimed))
    found += route_warnings(given.offices)
    unsure: dict[str, list[str]] = {}
    for item in deadlines:
        if not item.certain and item.status == "open" and item.office not in ("ISA", "IPEA"):
            unsure.setdefault(item.office, []).append(str(item.nominal_date.year))
    if unsure:
        years = ", ".join(sorted(set().union(*unsure.values())))
        message = words("warning.calendar_not_certain", offices=",".join(unsure), years=years)
        found.append(PlanWarning("calendar_not_certain", "advisory", tuple(unsure), message, "closed_days"))
    return found


def _late_filing(given: Given, limits: dict[str, Deadline]) -> list[PlanWarning]:
    """What a filing after the 12 months, done or still to come, costs (Rules 26bis.3, 49ter)."""
    period, restoration = limits.get("priority_period"), limits.get("priority_restoration")
    day = given.filing_date or given.today
    if period is None or restoration is None or day is None or day <= period.date:
        return []
    facts = {"date": given.priority_date, "last": period.date, "until": restoration.date}
    if day > restoration.date:  # only without a filing date: an actual one is refused
        message = words("warning.priority_too_old", **facts)
        return [PlanWarning("priority_too_old", "serious", given.offices, message, "priority_restoration")]
    found = [
        PlanWarning(
            "priority_too_old", "serious", given.offices, words("warning.priority_restorable", **facts),
            "priority_restoration",
        )
    ]  # fmt: skip
    verdicts = {code: office(code).accepts_restoration for code in given.offices}
    refused = tuple(code for code, verdict in verdicts.items() if verdict == "no")
    unknown = tuple(code for code, verdict in verdicts.items() if verdict == "unknown")
    receiving = given.receiving_office
    closed = receiving != "IB" and office(receiving).restoration_receiving == "none"
    if closed or refused:
        key = "restoration_receiving" if closed else "restoration_not_accepted"
        if closed and refused:
            key = "restoration_both"
        names = {"office": receiving, "date": str(given.priority_date)}
        if refused:
            names["offices"] = ",".join(refused)
        places = tuple(dict.fromkeys([*([receiving] if closed else []), *refused]))
        rule = "restoration_designated" if refused else "restoration_receiving"
        found.append(PlanWarning("restoration_not_accepted", "fatal", places, words(f"warning.{key}", **names), rule))
    if unknown:
        message = words("warning.restoration_unknown", offices=",".join(unknown))
        found.append(PlanWarning("restoration_unknown", "serious", unknown, message, "restoration_designated"))
    return found


def _secrecy(given: Given, claimed: bool) -> PlanWarning:
    abroad = foreign_filing(given, given.priority_date, bool(paris_offices_abroad(given.offices)), claimed)
    if abroad is None:
        message = words("warning.secrecy_with_filing")
        return PlanWarning("secrecy_examination", "advisory", ("CN",), message, "secrecy_examination")
    where = [given.receiving_office] if given.receiving_office != "CN" else []
    places = tuple(dict.fromkeys([*where, *paris_offices_abroad(given.offices)]))
    message = words("warning.secrecy_before", offices=",".join(places), date=abroad)
    severity: Literal["fatal", "serious"] = "fatal" if where else "serious"
    return PlanWarning("secrecy_examination", severity, places, message, "secrecy_examination")


def _check(given: Given) -> None:
    filing, claimed = given.filing_date, [*given.priority_dates]
    single = (filing, given.search_report_date, given.add_priority, given.withdrawn_on, given.today)
    for value in (*claimed, *(day for day in single if day), *(day for day, _ in given.disclosures)):
        in_range(value)
    for _, kind in given.disclosures:
        if kind not in DISCLOSURE_KINDS:
            raise UnknownDisclosureKind(kind=kind, kinds=", ".join(DISCLOSURE_KINDS))
    if given.add_priority:
        claimed.append(given.add_priority)
    if filing:
        for day in claimed:
            _check_claim(day, filing, given.receiving_office)
    start = filing or given.priority_date
    if given.search_report_date and given.search_report_date < start:
        raise ReportBeforeFiling(report=given.search_report_date, start=start)
    _check_withdrawal(given)


def _check_claim(priority: date, filing: date, receiving_office: str) -> None:
    """Filed after the priority date, and within 12 months and the two of restoration (Rules 2.4, 26bis.3)."""
    if filing < priority:
        raise FilingBeforePriority(filing=filing, priority=priority)
    end = next_open_day(receiving_office, add_months(priority, 12))[0]
    last = next_open_day(receiving_office, add_months(end, 2))[0]
    if filing > last:
        raise PriorityTooOld(filing=filing, priority=priority, last=last)


def _check_withdrawal(given: Given) -> None:
    what, day = given.withdraw_priority, given.withdrawn_on
    if (what is None) != (day is None):
        raise WithdrawalNeedsDate()
    if what is None or day is None:
        return
    claims = _claims(given)
    if not claims or (what != "all" and what not in [_iso(claim) for claim in claims]):
        dates = ", ".join(claim.isoformat() for claim in claims) or "-"
        raise PriorityNotClaimed(date=what, claimed=dates)
    if given.filing_date and day < given.filing_date:
        raise WithdrawnBeforeFiling(withdrawn=day, filing=given.filing_date)
    last = next_open_day("IB", add_months(claims[0], 30))[0]
    if day > last:
        raise WithdrawnTooLate(withdrawn=day, last=last)
    if not _left(given):
        _filing(given)


def _claims(given: Given) -> list[date]:
    return sorted({*given.priority_dates, *([given.add_priority] if given.add_priority else [])})


def _left(given: Given) -> list[date]:
    """The claims that remain after the withdrawal, earliest first."""
    if given.withdraw_priority == "all":
        return []
    return [claim for claim in _claims(given) if _iso(claim) != given.withdraw_priority]


def _filing(given: Given) -> date:
    if given.filing_date is None:
        raise WithdrawalNeedsFiling()
    return given.filing_date


def _dates(value: date | Iterable[date] | None) -> tuple[date, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, date) else tuple(sorted(set(value)))


def _first_date(priorities: tuple[date, ...], filing: date | None) -> date:
    if priorities:
        return priorities[0]
    if filing is None:
        raise NoDateGiven()
    return filing


def _withdrawal(value: date | str | None) -> str | None:
    if isinstance(value, str):
        return "all" if value.strip().lower() == "all" else parse_date(value).isoformat()
    return _iso(value)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
