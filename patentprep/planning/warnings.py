"""What endangers rights: late filings and claims, secrecy examination, restoration, calendars, absences."""

from __future__ import annotations

from datetime import date
from typing import Literal

from patentprep.planning.calendars import open_day_after
from patentprep.planning.disclosure import disclosure_warnings
from patentprep.planning.international import AUTHORITIES, foreign_filing
from patentprep.planning.national import route_warnings
from patentprep.planning.offices import office, paris_offices_abroad
from patentprep.planning.periods import add_months
from patentprep.planning.timeline import Deadline, Disclosed, Given, PlanWarning, Suggestion, words


def late_claim(given: Given, changed: date, day: date | None) -> PlanWarning | None:
    """A claim added or corrected on ``day`` after its period, where ``changed`` is the earlier priority date.

    One month late still counts unless the claim was declared void before (Rule 26bis.2(b)); after a request for
    early publication nothing can be changed (Rule 26bis.1(b)).
    """
    what = given.add_priority or (given.correct_priority[1] if given.correct_priority else None)
    if day is None or what is None:
        return None
    if given.early_publication and day > given.early_publication:
        message = words("warning.priority_change_barred", date=what, asked=given.early_publication)
        return PlanWarning("priority_claim_late", "fatal", given.offices, message, "priority_claim_correction")
    limit = add_months(changed, 16)
    if given.filing_date:
        limit = max(limit, add_months(given.filing_date, 4))
    last = open_day_after((given.receiving_office,), limit)
    if day <= last:
        return None
    severity: Literal["fatal", "serious"] = "serious" if day <= add_months(last, 1) else "fatal"
    message = words(f"warning.priority_claim_late_{severity}", date=what, last=last)
    return PlanWarning("priority_claim_late", severity, given.offices, message, "priority_claim_correction")


def withdrawn(given: Given, before: date, deadlines: list[Deadline]) -> PlanWarning:
    """What the withdrawal of the earliest priority costs: the earlier date, against all art in between. A notice that
    came too late for the technical preparation leaves the publication on the old date (Rule 90bis.3(d), (e)).
    """
    limits = {item.id: item for item in deadlines}
    stop, published = limits["stop_publication"], limits["publication"]
    late = given.withdrawn_on is not None and given.withdrawn_on > stop.date
    facts = {"date": before, "counts": given.priority_date, "withdrawn": given.withdrawn_on}
    if late:
        facts |= {"last": stop.date, "published": published.date}
    message = words(f"warning.priority_withdrawn{'_late' if late else ''}", **facts)
    return PlanWarning("priority_withdrawn", "serious", given.offices, message, "withdraw_priority")


def warnings(
    given: Given,
    deadlines: tuple[Deadline, ...],
    suggestions: list[Suggestion],
    disclosed: tuple[Disclosed, ...],
    claimed: bool,
) -> list[PlanWarning]:
    """All of them, in no order."""
    found = disclosure_warnings(disclosed, given)
    if claimed:
        found += _late_filing(given, {item.id: item for item in deadlines})
    if given.made_in == "CN":
        found.append(_secrecy(given, claimed))
    found += _late_demand(given, deadlines)
    found += route_warnings(given.offices)
    unsure: dict[str, set[str]] = {}
    for item in deadlines:
        guessed = item.rule == "publication_early" or item.doubt != "uncertain"  # not because of the calendar
        if not item.certain and item.status == "open" and item.office not in AUTHORITIES and not guessed:
            unsure.setdefault(item.office, set()).add(str(item.nominal_date.year))
    if unsure:
        years = ", ".join(sorted(set().union(*unsure.values())))
        message = words("warning.calendar_not_certain", offices=",".join(unsure), years=years)
        found.append(PlanWarning("calendar_not_certain", "advisory", tuple(unsure), message, "closed_days"))
    return found + _absences(given, deadlines, suggestions)


def _late_demand(given: Given, deadlines: tuple[Deadline, ...]) -> list[PlanWarning]:
    limit = next(item for item in deadlines if item.id == "chapter_ii_demand")
    if given.demand_date is None or given.demand_date <= limit.date:
        return []
    message = words("warning.demand_late", date=given.demand_date, last=limit.date)
    return [PlanWarning("demand_late", "serious", given.offices, message, "chapter_ii_demand")]


def _absences(given: Given, deadlines: tuple[Deadline, ...], suggestions: list[Suggestion]) -> list[PlanWarning]:
    """Deadlines do not wait for anybody; and where every day is an absence, somebody has to stand in."""
    found = []
    inside = [item for item in deadlines if item.status == "open" and item.kind != "event" and given.absent(item.date)]
    if inside:
        places = tuple(dict.fromkeys(item.office for item in inside))
        message = words("warning.deadline_in_absence", items=",".join(item.id for item in inside))
        found.append(PlanWarning("deadline_in_absence", "serious", places, message, "practice"))
    covered = [item for item in suggestions if given.absent(item.recommended)]
    if covered:
        message = words("warning.absence_unavoidable", items=",".join(item.id for item in covered))
        found.append(PlanWarning("absence_unavoidable", "serious", (), message, "practice"))
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
    today = given.today
    if abroad is None:
        filed = today is not None and given.filing_date is not None and given.filing_date < today
        message = words("warning.secrecy_with_filing" + ("_done" if filed else ""), date=given.filing_date)
        return PlanWarning("secrecy_examination", "advisory", ("CN",), message, "secrecy_examination")
    where = [given.receiving_office] if given.receiving_office != "CN" else []
    places = tuple(dict.fromkeys([*where, *paris_offices_abroad(given.offices)]))
    over = "_over" if today and abroad < today else ""  # the day is past: what matters is whether it was asked for
    message = words(f"warning.secrecy_before{over}", offices=",".join(places), date=abroad)
    severity: Literal["fatal", "serious"] = "fatal" if where else "serious"
    return PlanWarning("secrecy_examination", severity, places, message, "secrecy_examination")
