"""Deadlines of the international phase, counted from the priority date (PCT Art. 2(xi))."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from patentprep.planning.calendars import (
    certain,
    closed_because,
    expected_open,
    is_open,
    next_open_day,
    open_day_before,
    year_of,
)
from patentprep.planning.offices import INTERNATIONAL_BUREAU as IB
from patentprep.planning.offices import examining_offices, paris_offices_abroad
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import Deadline, Given, Words, words

AUTHORITIES = ("ISA", "IPEA")  # not named, so no calendar applies
PREPARATION_DAYS = 15  # AG 9.014
SECRECY_MONTHS = 4  # Implementing Regulations Rule 9: two months, extendable by two


def deadline(
    id: str,
    office: str,
    nominal: date,
    trigger: Words,
    rule: str = "",
    *,
    rescue: Words | None = None,
    note: Words | None = None,
) -> Deadline:
    """A deadline whose end moves to the office's next open day (Rule 80.5).

    An authority that is not named has no calendar: the date stays unshifted, and is certain only for the
    authority's own targets, which no closed day moves.
    """
    rule = rule or id.partition(":")[0]
    consequence = words(f"consequence.{rule}")
    if office in AUTHORITIES:
        sure = rule in ("international_search_report", "ipr_chapter_ii")
        return Deadline(id, office, nominal, nominal, None, trigger, rule, consequence, rescue, sure, note=note)
    day, because, sure = next_open_day(office, nominal)
    return Deadline(id, office, nominal, day, because, trigger, rule, consequence, rescue, sure, note=note)


def target(id: str, office: str, nominal: date, trigger: Words, *, note: Words | None = None) -> Deadline:
    """A day before which something must have arrived: on a closed day it moves earlier, never later."""
    rule = id.partition(":")[0]
    day = open_day_before((office,), nominal)
    because = None
    if day != nominal:
        name = closed_because(office, nominal) or year_of(office, nominal.year).expected[nominal]
        because = words("moved.earlier", office=office, day=name, nominal=nominal)
    sure = certain(office, nominal.year) and certain(office, day.year)
    return Deadline(
        id, office, nominal, day, because, trigger, rule, words(f"consequence.{rule}"), None, sure, note=note
    )


def earliest_of(
    id: str, offices: tuple[str, ...], nominal: date, trigger: Words, note: Words | None = None
) -> Deadline:
    """An act that may go to several offices is planned for the one whose period ends first."""
    return min((deadline(id, office, nominal, trigger, note=note) for office in offices), key=lambda d: d.date)


def examining(given: Given) -> str:
    """Where a demand would be filed: the office named, the receiving Office if it examines, else not
    known.
    """
    return given.ipea or (given.receiving_office if given.receiving_office in examining_offices() else "IPEA")


def publication_day(end: date) -> date:
    """The first Thursday after the 18 months have expired (Art. 21(2)(a)), or the Friday when the Bureau is closed
    that Thursday (AG 9.013).

    Where the Thursday may be closed and the Friday too, or it is not known whether the Thursday is closed at all,
    publication may come as early as the Wednesday before (RO/GL 337): the earliest possible day is the safe one,
    because everything that stops publication is counted back from it.
    """
    thursday = add_days(end, (3 - end.weekday() - 1) % 7 + 1)
    if expected_open(IB, thursday):
        return thursday
    day = add_days(thursday, 1)
    if not is_open(IB, thursday) and expected_open(IB, day):
        return day
    for day in (add_days(thursday, -1), thursday):
        if is_open(IB, day) and day > end:
            return day
    while not expected_open(IB, day):
        day = add_days(day, 1)
    return day


def publication(priority: date, requested: date | None = None) -> tuple[Deadline, Deadline, Deadline]:
    """Publication, the end of its technical preparation, and the last day a notice that stops it may
    arrive.

    ``requested`` is the day early publication was asked for (Art. 21(2)(b)): "promptly" is no date, so the
    first Thursday that leaves the 15 days of technical preparation is planned, and is not certain.
    """
    end, from_priority = add_months(priority, 18), words("trigger.priority", date=priority)
    day = publication_day(end)
    early = publication_day(add_days(requested, PREPARATION_DAYS)) if requested else day
    if requested and early < day:
        because = words("moved.publication_early", nominal=requested)
        published = Deadline(
            "publication", IB, requested, early, because, words("trigger.early_publication", date=requested),
            "publication_early", words("consequence.publication"), None, False, note=words("note.publication_early"),
        )  # fmt: skip
        day = early
    else:
        because = words(f"moved.{_named('publication', day)}", nominal=end)
        note = None if _named("", day) == "_day" else words(f"note.{_named('publication', day)}")
        published = Deadline(
            "publication", IB, end, day, because, from_priority, "publication",
            words("consequence.publication"), None, certain(IB, day.year), note=note,
        )  # fmt: skip
    from_publication = words("trigger.publication", date=day)
    prepared = target("publication_technical_preparation", IB, add_days(day, -PREPARATION_DAYS), from_publication)
    # AG 9.014: the Tuesday 16 days before a Thursday publication, 17 days before a Friday one
    stop = target(
        "stop_publication", IB, add_days(day, -17 if day.weekday() == 4 else -16), from_publication,
        note=words(f"note.{_named('stop_publication', day).removesuffix('_day')}"),
    )  # fmt: skip
    return published, prepared, stop


def _named(what: str, day: date) -> str:
    """Which sentence tells how the day of publication was found: an ordinary Thursday, the open day after a closed
    one, or the earliest day possible.
    """
    if day.weekday() == 3 and expected_open(IB, day):
        return f"{what}_day"
    return f"{what}_closed" if day.weekday() != 2 and expected_open(IB, day) else f"{what}_earliest"


def international_phase(priority: date, given: Given, *, claimed: bool, other_priority: date | None) -> list[Deadline]:
    """All deadlines of the international phase.

    ``claimed`` tells whether a priority is claimed at all; ``other_priority`` is the priority date before
    or after an addition, because the period for it runs from whichever gives the earlier end (Rule
    26bis.1(a)).
    """
    office, filing, report = given.receiving_office, given.filing_date, given.search_report_date
    both = (IB,) if office == IB else (office, IB)
    from_priority = words("trigger.priority" if claimed else "trigger.filing", date=priority)
    found: list[Deadline] = []
    if claimed:
        period = deadline(
            "priority_period",
            office,
            add_months(priority, 12),
            from_priority,
            rescue=words("rescue.priority_period"),
        )
        # Rule 26bis.3(a): the two months run from the day the priority period ended, closed days included
        restoration = deadline(
            "priority_restoration",
            office,
            add_months(period.date, 2),
            words("trigger.priority_period", date=period.date),
            note=words("note.priority_restoration"),
        )
        needed = filing is None or filing > period.date  # a filing within the 12 months has nothing to restore
        found += [
            period,
            *([replace(restoration, certain=restoration.certain and period.certain)] if needed else []),
            earliest_of("priority_document", both, add_months(priority, 16), from_priority, words("note.dual")),
        ]

    ends = [add_months(day, 16) for day in (priority, other_priority) if claimed and day]
    floor = [add_months(filing, 4)] if filing else []
    if ends or floor:
        correction = max([min(ends), *floor]) if ends else floor[0]
        trigger = words("trigger.filing", date=filing) if floor and correction == floor[0] else from_priority
        if given.early_publication and given.early_publication < correction:  # Rule 26bis.1(b): barred from then on
            correction = given.early_publication
            trigger = words("trigger.early_publication", date=correction)
        found.append(
            earliest_of(
                "priority_claim_correction",
                both,
                correction,
                trigger,
                words("note.priority_claim_correction"),
            )
        )

    found.append(_search_report(priority, given, from_priority))
    found.append(_later_of("article_19_amendments", IB, priority, 16, report, 2, from_priority))
    found += publication(priority, given.early_publication)
    found.append(deadline("supplementary_search", IB, add_months(priority, 22), from_priority))
    demand = _later_of("chapter_ii_demand", examining(given), priority, 22, report, 3, from_priority)
    if given.ipea is None and demand.office != "IPEA":
        key = "note.demand_assumed" if demand.note is None else "note.chapter_ii_demand_assumed"
        demand = replace(demand, note=words(key, office=demand.office))
    found.append(demand)
    found.append(deadline("third_party_observations", IB, add_months(priority, 28), from_priority))
    found.append(
        deadline(
            "ipr_chapter_ii",
            "IPEA",
            add_months(priority, 28),
            from_priority,
            note=words("note.ipr_chapter_ii"),
        )
    )
    if claimed:
        withdrawal = earliest_of("withdraw_priority", both, add_months(priority, 30), from_priority)
        found.append(withdrawal)
    if given.made_in == "CN":
        found.append(_secrecy(priority, given, claimed))
    return found


def _search_report(priority: date, given: Given, from_priority: Words) -> Deadline:
    """The later of 9 months from priority and 3 months from receipt of the search copy (Rule 42.1).

    That day is not among the facts, so the filing stands in for it, as an estimate. Before the filing nothing can be
    past: a search copy received today would still leave three months. Nine months that leave a month for the search
    copy to arrive are certain.
    """
    nine, filing, today = add_months(priority, 9), given.filing_date, given.today
    id = "international_search_report"
    if filing:
        item = deadline(id, "ISA", max(nine, add_months(filing, 3)), from_priority, note=words("note.office_target"))
        return replace(item, certain=add_months(filing, 4) <= nine)
    item = deadline(id, "ISA", nine, from_priority, note=words("note.search_copy"))
    earliest = add_months(today, 3) if today else nine
    if earliest > nine:
        item = replace(item, date=earliest, moved_because=words("moved.search_copy"))
    return replace(item, certain=False)


def _later_of(
    id: str, office: str, priority: date, months: int, report: date | None, after: int, from_priority: Words
) -> Deadline:
    """The later of a period from the priority date and one from transmittal of the search report."""
    end = add_months(priority, months)
    if report is None:
        return deadline(id, office, end, from_priority, note=words(f"note.{id}"))
    later = add_months(report, after)
    if later > end:
        return deadline(id, office, later, words("trigger.report", date=report))
    return deadline(id, office, end, from_priority)


def foreign_filing(given: Given, priority: date, paris: bool, claimed: bool) -> date | None:
    """The day by which a filing abroad other than the PCT filing at CNIPA will be made, None when there is
    none.
    """
    end = add_months(priority, 12) if claimed else priority
    direct = add_months(given.direct_priority, 12) if given.direct_priority else end
    days = [direct] if paris else []
    if given.receiving_office != "CN":
        days.append(given.filing_date or end)
    return min(days) if days else None


def _secrecy(priority: date, given: Given, claimed: bool) -> Deadline:
    """When to ask CNIPA for the secrecy examination (Patent Law Art. 19, Implementing Regulations Rules 8,
    9).
    """
    abroad = foreign_filing(given, priority, bool(paris_offices_abroad(given.offices)), claimed)
    if abroad is None:  # the PCT filing at CNIPA is itself the request
        day = given.filing_date or (add_months(priority, 12) if claimed else priority)
        return target(
            "secrecy_examination", "CN", day, words("trigger.pct_filing", date=day),
            note=words("note.secrecy_with_filing"),
        )  # fmt: skip
    return target(
        "secrecy_examination", "CN", add_months(abroad, -SECRECY_MONTHS),
        words("trigger.filing_abroad", date=abroad), note=words("note.secrecy_before"),
    )  # fmt: skip
