"""The facts of a plan: read, checked against each other, and refused in one sentence where they cannot be true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from patentprep.errors import DateError, UsageError
from patentprep.planning.calendars import open_day_after
from patentprep.planning.international import publication_day
from patentprep.planning.periods import add_months, in_range, parse_date
from patentprep.planning.timeline import DISCLOSURE_KINDS, Given


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


class CorrectionNeedsClaim(UsageError):
    """The priority to be corrected was never claimed. Facts: date, claimed."""

    key = "error.plan_not_claimed_correct"


class ChangeNeedsDate(UsageError):
    """A day of change without a priority added or corrected."""

    key = "error.plan_changed_on"


class AddAndCorrect(UsageError):
    """Both at once would leave open which came first."""

    key = "error.plan_add_and_correct"


class AbsenceReversed(DateError):
    """Facts: first, last."""

    key = "error.plan_absence"


class DemandBeforeFiling(DateError):
    """Facts: date, start."""

    key = "error.plan_demand_before_filing"


class EarlyPublicationBeforeFiling(DateError):
    """Facts: date, start."""

    key = "error.plan_early_before_filing"


class EarlyPublicationTooLate(DateError):
    """Asked for after the ordinary publication. Facts: date, last."""

    key = "error.plan_early_publication"


class RecordBeforePriority(DateError):
    """Facts: date, start."""

    key = "error.plan_record_from"


class ReportBeforeFiling(DateError):
    """Facts: report, start."""

    key = "error.plan_report_before_priority"


class ReportInFuture(DateError):
    """A search report transmitted after today. Facts: report, today."""

    key = "error.plan_report_future"


class WithdrawnBeforeFiling(DateError):
    """Facts: withdrawn, filing."""

    key = "error.plan_withdrawn_before_filing"


class WithdrawnTooLate(DateError):
    """After 30 months from the priority date (Rule 90bis.3). Facts: withdrawn, last."""

    key = "error.plan_withdrawn_too_late"


def check(given: Given) -> None:
    filing, claimed = given.filing_date, given.priority_dates
    single = (
        filing, given.search_report_date, given.add_priority, given.withdrawn_on, given.today, given.changed_on,
        given.early_publication, given.demand_date, given.record_from, *(given.correct_priority or ()),
        *(day for span in given.absences for day in span),
    )  # fmt: skip
    for value in (*claimed, *(day for day in single if day), *(day for day, _ in given.disclosures)):
        in_range(value)
    for _, kind in given.disclosures:
        if kind not in DISCLOSURE_KINDS:
            raise UnknownDisclosureKind(kind=kind, kinds=", ".join(DISCLOSURE_KINDS))
    _check_change(given)
    _check_acts(given)
    if filing:
        for day in claims(given):
            _check_claim(day, filing, given.receiving_office)
    start = filing or given.priority_date
    if given.search_report_date and given.search_report_date < start:
        raise ReportBeforeFiling(report=given.search_report_date, start=start)
    if given.search_report_date and given.today and given.search_report_date > given.today:
        raise ReportInFuture(report=given.search_report_date, today=given.today)
    _check_withdrawal(given)


def _check_change(given: Given) -> None:
    if given.add_priority and given.correct_priority:
        raise AddAndCorrect()
    if given.changed_on and not (given.add_priority or given.correct_priority):
        raise ChangeNeedsDate()
    if given.correct_priority and given.correct_priority[0] not in given.priority_dates:
        dates = ", ".join(day.isoformat() for day in given.priority_dates) or "-"
        raise CorrectionNeedsClaim(date=given.correct_priority[0], claimed=dates)
    for first, last in given.absences:
        if last < first:
            raise AbsenceReversed(first=first, last=last)


def _check_acts(given: Given) -> None:
    """Acts of the international phase come after its beginning."""
    start = given.filing_date or given.priority_date
    if given.demand_date and given.demand_date < start:
        raise DemandBeforeFiling(date=given.demand_date, start=start)
    if given.early_publication and given.early_publication < start:
        raise EarlyPublicationBeforeFiling(date=given.early_publication, start=start)
    if given.early_publication:
        last = publication_day(add_months(given.priority_date, 18))
        if given.early_publication > last:
            raise EarlyPublicationTooLate(date=given.early_publication, last=last)
    if given.record_from and given.record_from < given.priority_date:
        raise RecordBeforePriority(date=given.record_from, start=given.priority_date)


def _check_claim(priority: date, filing: date, receiving_office: str) -> None:
    """Filed after the priority date, and within 12 months and the two of restoration (Rules 2.4, 26bis.3)."""
    if filing < priority:
        raise FilingBeforePriority(filing=filing, priority=priority)
    # refused only where no calendar, not even an expected one, would let it pass
    end = open_day_after((receiving_office,), add_months(priority, 12))
    last = open_day_after((receiving_office,), add_months(end, 2))
    if filing > last:
        raise PriorityTooOld(filing=filing, priority=priority, last=last)


def _check_withdrawal(given: Given) -> None:
    what, day = given.withdraw_priority, given.withdrawn_on
    if (what is None) != (day is None):
        raise WithdrawalNeedsDate()
    if what is None or day is None:
        return
    made = claims(given)
    if not made or (what != "all" and what not in [iso(claim) for claim in made]):
        dates = ", ".join(claim.isoformat() for claim in made) or "-"
        raise PriorityNotClaimed(date=what, claimed=dates)
    if given.filing_date and day < given.filing_date:
        raise WithdrawnBeforeFiling(withdrawn=day, filing=given.filing_date)
    last = open_day_after(("IB",), add_months(made[0], 30))
    if day > last:
        raise WithdrawnTooLate(withdrawn=day, last=last)
    if not left(given):
        filing_of(given)


def claims(given: Given) -> list[date]:
    """The claims made at some time: those of the filing, corrected, and one added later."""
    dates = {*given.priority_dates, *([given.add_priority] if given.add_priority else [])}
    if given.correct_priority:
        wrong, right = given.correct_priority
        dates = dates - {wrong} | {right}
    return sorted(dates)


def left(given: Given) -> list[date]:
    """The claims that remain after the withdrawal, earliest first."""
    if given.withdraw_priority == "all":
        return []
    return [claim for claim in claims(given) if iso(claim) != given.withdraw_priority]


def filing_of(given: Given) -> date:
    if given.filing_date is None:
        raise WithdrawalNeedsFiling()
    return given.filing_date


def dates_of(value: date | Iterable[date] | None) -> tuple[date, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, date) else tuple(sorted(set(value)))


def first_date(priorities: tuple[date, ...], filing: date | None) -> date:
    if priorities:
        return priorities[0]
    if filing is None:
        raise NoDateGiven()
    return filing


def withdrawal(value: date | str | None) -> str | None:
    if isinstance(value, str):
        return "all" if value.strip().lower() == "all" else parse_date(value).isoformat()
    return iso(value)


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
