"""What a public disclosure before filing costs, office by office.

Default: file first, everywhere. A grace period is a rescue, and the day it is counted back from differs: a
Chinese or provisional first filing does not by itself save Japan, Korea or Canada.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from patentprep.model import Severity
from patentprep.planning.calendars import next_open_day
from patentprep.planning.offices import Grace, office
from patentprep.planning.periods import add_days, add_months
from patentprep.planning.timeline import Disclosed, DisclosureKind, Given, PlanWarning, Verdict, words

OWN_KINDS = ("preprint", "talk", "code", "product")


def effective_date(code: str, priority: date, given: Given) -> date:
    """The date that novelty is judged from: the filing date where a priority restored after 12 months does not
    hold, the original priority date for a direct filing.
    """
    if office(code).route == "paris":  # its own filing with its own claim: nothing done in the PCT application counts
        return given.direct_priority or priority
    filing = given.filing_date
    if filing and filing > priority_end(priority, given) and office(code).accepts_restoration == "no":
        return filing
    return priority


def priority_end(priority: date, given: Given) -> date:
    """The last day of the priority period at the receiving Office, closed days included (Rule 2.4)."""
    return next_open_day(given.receiving_office, add_months(priority, 12))[0]


def judged(grace: Grace, kind: DisclosureKind, day: date, effective: date, filing: date | None) -> Verdict:
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


def judge_disclosures(priority: date, given: Given) -> tuple[Disclosed, ...]:
    """What every disclosure means at every office asked for, in the order of the offices, then of the days."""
    found: list[Disclosed] = []
    for code in given.offices:
        grace, effective = office(code).grace, effective_date(code, priority, given)
        by_pct = office(code).route != "paris"
        for day, kind in given.disclosures:
            filing = given.filing_date if by_pct else None
            verdict = _verdict(code, kind, day, effective, filing, given.today)
            start = end = None
            if verdict in ("grace", "lost") and grace.months is not None and not _never(grace, kind):
                end = grace_end(code, day) if filing is None or _still_open(code, kind, day, given) else None
                reference = effective if grace.counted_from == "priority" else filing
                start = add_months(reference, -grace.months) if reference else None
            found.append(Disclosed(code, day, kind, verdict, effective, start, end, grace.confirmed))
    return tuple(found)


def _still_open(code: str, kind: DisclosureKind, day: date, given: Given) -> bool:
    """Whether the filing is only planned, for a day that loses a grace period which an earlier one would meet."""
    filing, today, end = given.filing_date, given.today, grace_end(code, day)
    return bool(filing and today and end and today < filing and end >= today and end < filing)


def _never(grace: Grace, kind: DisclosureKind) -> bool:
    """Whether no grace period of the office covers that kind of disclosure at all."""
    return grace.covers == "narrow" and kind in OWN_KINDS


def _verdict(
    code: str, kind: DisclosureKind, day: date, effective: date, filing: date | None, today: date | None
) -> Verdict:
    if day > effective:
        return "after"
    if day == effective:
        return "same_day"
    verdict = judged(office(code).grace, kind, day, effective, filing)
    if verdict == "grace" and filing is None and today:
        last = grace_end(code, day)
        if last and last < today:
            return "lost"
    return verdict


def disclosure_warnings(disclosed: tuple[Disclosed, ...], given: Given) -> list[PlanWarning]:
    """``novelty_lost``, ``grace_period_needed``, ``grace_period_unknown``, ``disclosure_on_filing_day`` and, for
    a disclosure after the date that counts, ``later_disclosure``.
    """
    verdicts: dict[str, dict[str, set[tuple[date, str]]]] = {
        name: {} for name in ("lost", "grace", "unknown", "same_day", "after")
    }
    for item in disclosed:
        verdicts[item.verdict].setdefault(item.office, set()).add((item.day, item.kind))
    lost = verdicts["lost"]
    return [
        warning
        for warning in (
            _lost(lost, given),
            _warning("grace_period_needed", "serious", _without(verdicts["grace"], lost), disclosed),
            _warning("grace_period_unknown", "serious", _without(verdicts["unknown"], lost)),
            _same_day(_without(verdicts["same_day"], lost), disclosed, given),
            _warning("later_disclosure", "advisory", verdicts["after"]),
        )
        if warning
    ]


def _same_day(
    found: dict[str, set[tuple[date, str]]], disclosed: tuple[Disclosed, ...], given: Given
) -> PlanWarning | None:
    """Disclosed on the date that counts; once that day has come, nobody can file the day before any more."""
    warning, today = _warning("disclosure_on_filing_day", "serious", found), given.today
    days = [item.counts for item in disclosed if item.verdict == "same_day" and item.office in found]
    if warning is None or today is None or min(days) > today:
        return warning
    return replace(warning, message=replace(warning.message, key="warning.disclosure_on_filing_day_filed"))


def _lost(found: dict[str, set[tuple[date, str]]], given: Given) -> PlanWarning | None:
    """Novelty lost; where only the filing date that is planned loses it, the day that would still keep it."""
    warning, planned = _warning("novelty_lost", "fatal", found), given.filing_date
    bound = filing_bound(given.priority_date, given)
    if warning is None or bound is None or planned is None or given.today is None or planned <= given.today:
        return warning
    keep = [code for code in bound[1] if code in found]
    if not keep or planned <= bound[0]:
        return warning
    facts = dict(warning.message.facts) | {"filing": str(planned), "file_by": str(bound[0]), "keep": ",".join(keep)}
    return replace(warning, message=words("warning.novelty_lost_by", **facts))


def grace_end(code: str, day: date) -> date | None:
    """The last day for the international filing itself, where the grace period is counted back from it."""
    grace = office(code).grace
    if grace.counted_from != "filing" or grace.months is None or grace.covers == "unknown":
        return None
    return add_months(day, grace.months)


def filing_bound(priority: date, given: Given) -> tuple[date, tuple[str, ...]] | None:
    """The last safe day for the international filing under the grace periods that are counted back from it, and
    the offices that need it. A filing date that is only planned does not count: another day can still be chosen.
    """
    return _earliest(_grace_ends(priority, given, [code for code in given.offices if office(code).route != "paris"]))


def direct_bound(code: str, priority: date, given: Given) -> date | None:
    """The last safe day for a direct filing at an office under its grace period counted back from that filing."""
    bound = _earliest(_grace_ends(priority, given, [code]))
    return bound[0] if bound else None


def _grace_ends(priority: date, given: Given, codes: list[str]) -> list[tuple[date, str]]:
    """The day before each grace period ends that a filing still to be made can meet, with its office."""
    return [
        (last, code)
        for code in codes
        for day, kind in given.disclosures
        if day < effective_date(code, priority, given)
        and judged(office(code).grace, kind, day, priority, None) == "grace"
        and (end := grace_end(code, day)) is not None
        and ((last := add_days(end, -1)) >= (given.today or last))
    ]


def _earliest(ends: list[tuple[date, str]]) -> tuple[date, tuple[str, ...]] | None:
    if not ends:
        return None
    first = min(ends)[0]
    return first, tuple(dict.fromkeys(code for day, code in ends if day == first))


def _without(
    found: dict[str, set[tuple[date, str]]], lost: dict[str, set[tuple[date, str]]]
) -> dict[str, set[tuple[date, str]]]:
    return {code: what for code, what in found.items() if code not in lost}


def _warning(
    id: str,
    severity: Severity,
    found: dict[str, set[tuple[date, str]]],
    disclosed: tuple[Disclosed, ...] = (),
) -> PlanWarning | None:
    if not found:
        return None
    what = sorted(set().union(*found.values()))
    days = ", ".join(sorted({day.isoformat() for day, _ in what}))
    kinds = ",".join(dict.fromkeys(kind for _, kind in what))
    key, facts = f"warning.{id}", {"offices": ",".join(found), "days": days, "kinds": kinds}
    ends = [item.file_by for item in disclosed if item.office in found and item.verdict == "grace" and item.file_by]
    if ends:
        key, facts["file_by"] = f"{key}_by", min(ends).isoformat()
    return PlanWarning(id, severity, tuple(found), words(key, **facts), "novelty")
