"""The plan of a PCT application: deadlines, suggested dates and warnings.

A planning aid: every date is computed from the priority date by the rules and the tables under
``data/offices`` and needs a professional check.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from patentprep.errors import UsageError
from patentprep.planning.disclosure import judge_disclosures
from patentprep.planning.facts import check, claims, dates_of, filing_of, first_date, left, withdrawal
from patentprep.planning.international import international_phase
from patentprep.planning.leads import leads as lead_times
from patentprep.planning.national import national_deadlines
from patentprep.planning.offices import checked, checked_country, checked_examining, checked_receiving
from patentprep.planning.periods import parse_date
from patentprep.planning.targets import suggestions
from patentprep.planning.timeline import Deadline, DisclosureKind, Given, PlanWarning, Timeline, words
from patentprep.planning.warnings import late_claim, warnings, withdrawn

__all__ = ["parse_date", "plan_timeline"]

STOPS_WITH_PREPARATION = ("publication", "publication_technical_preparation", "stop_publication")
SEVERITIES = {"fatal": 0, "serious": 1, "advisory": 2}


class NoSuchDeadline(UsageError):
    """What is said to be done is no deadline of this plan. Facts: id."""

    key = "error.plan_done"


class DeadlineMistyped(UsageError):
    """The same, with the id that was probably meant. Facts: id, suggestion."""

    key = "error.plan_done_mistyped"


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
    correct_priority: tuple[date, date] | None = None,
    changed_on: date | None = None,
    early_publication: date | None = None,
    demand_date: date | None = None,
    record_from: date | None = None,
    done: Iterable[str] = (),
    leads: Mapping[str, int] | None = None,
    absences: Iterable[tuple[date, date]] = (),
) -> Timeline:
    """Deadlines, suggestions and warnings of one PCT application.

    ``priority_date`` is one date or several (the earliest counts, Art. 2(xi)); without one the
    international filing date is the priority date. ``filing_date`` is the international filing date,
    planned or actual. ``search_report_date`` is the day the search report was transmitted.

    ``add_priority`` is an earlier application to be claimed later, ``correct_priority`` a claimed date and the
    right one in its place (Rule 26bis.1); either takes effect on ``changed_on`` (default: ``today``).
    ``withdraw_priority`` is the date of a claim (or its ISO text), or "all", withdrawn on ``withdrawn_on``
    (default: ``today``). Limits that have expired by then keep their dates and are not revived.

    ``early_publication`` is the day it was asked for, ``demand_date`` the day the demand was filed, ``ipea``
    where, ``made_in`` the country where the invention was made, ``disclosures`` pairs of a day and a kind,
    past or planned. ``record_from`` is the day of the Chinese publication, or of CNIPA's notice, that the
    record in Hong Kong counts from. ``done`` are ids of deadlines that have been met. ``leads`` overrides
    lead times of ``data/planning/leads.yaml``, in days; ``absences`` are first and last days on which nobody
    is there: recommended dates avoid them, deadlines do not move. Without ``today`` nothing is treated as past.

    Raises DateError, UnknownOffice or UsageError.
    """
    priorities = dates_of(priority_date)
    wanted = [offices] if isinstance(offices, str) else offices
    given = Given(
        priority_dates=priorities,
        priority_date=first_date(priorities, filing_date),
        filing_date=filing_date,
        receiving_office=checked_receiving(receiving_office),
        offices=tuple(dict.fromkeys(checked(code) for code in wanted)),
        search_report_date=search_report_date,
        add_priority=add_priority,
        withdraw_priority=withdrawal(withdraw_priority),
        withdrawn_on=withdrawn_on or (today if withdraw_priority else None),
        ipea=checked_examining(ipea) if ipea else None,
        made_in=checked_country(made_in) if made_in else None,
        disclosures=tuple(sorted(disclosures)),
        today=today,
        correct_priority=correct_priority,
        changed_on=changed_on or (today if add_priority or correct_priority else None),
        early_publication=early_publication,
        demand_date=demand_date,
        record_from=record_from,
        done=tuple(dict.fromkeys(done)),
        leads=lead_times(leads),
        absences=tuple(sorted(absences)),
    )
    check(given)
    given, deadlines, claimed, changes = _with_changes(given)
    deadlines = [_with_status(item, given) for item in deadlines]
    _check_done(given, deadlines)
    ordered = tuple(sorted(deadlines, key=lambda item: (item.date, item.id)))
    found = suggestions(given.priority_date, given, ordered, claimed=claimed)
    disclosed = judge_disclosures(given.priority_date, given)
    said = changes + warnings(given, ordered, found, disclosed, claimed)
    said.sort(key=lambda item: SEVERITIES[item.severity])
    return Timeline(given, ordered, tuple(found), tuple(said), disclosed)


def _with_changes(given: Given) -> tuple[Given, list[Deadline], bool, list[PlanWarning]]:
    """The deadlines after every change of the priority claims, the changes taken in the order of their days."""
    before, claimed = given.priority_date, bool(given.priority_dates)
    deadlines = _deadlines(before, given, claimed=claimed, other=None)
    said: list[PlanWarning] = []
    if given.add_priority or given.correct_priority:
        after = claims(given)[0]
        late = late_claim(given, min(before, after), given.changed_on)
        said += [late] if late else []
        if late and late.severity == "fatal":  # the change came to nothing
            given = replace(given, add_priority=None, correct_priority=None)
        else:
            given = replace(given, priority_date=after)
            if after != before:
                changed = _deadlines(after, given, claimed=True, other=before if claimed else None)
                deadlines = _recomputed(deadlines, changed, given.changed_on)
            claimed = True
    if given.withdraw_priority:
        current, remaining = given.priority_date, left(given)
        claimed = bool(remaining)
        given = replace(given, priority_date=remaining[0] if remaining else filing_of(given))
        if given.priority_date != current:
            said.append(withdrawn(given, current, deadlines))
            given = replace(given, direct_priority=current)
            changed = _deadlines(given.priority_date, given, claimed=claimed, other=current)
            deadlines = _recomputed(deadlines, changed, given.withdrawn_on)
    return given, deadlines, claimed, said


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
        if item.id in fresh and fresh[item.id].date == item.date and item.id.startswith("paris_filing:"):
            kept.append(fresh[item.id])  # the direct filing has a claim of its own, which nothing changed
            continue
        if item.status == "expired" or expired or (too_late and item.id in STOPS_WITH_PREPARATION):
            kept.append(replace(item, status="expired", note=words("note.expired", changed=changed_on)))
        elif item.id in fresh:
            kept.append(fresh[item.id])
    known = {item.id for item in old}
    return kept + [item for item in new if item.id not in known]


def _with_status(item: Deadline, given: Given) -> Deadline:
    """Done as far as the facts say so, else past when its day is over."""
    today = given.today
    if item.status == "expired":
        asked = item.trigger.key == "trigger.pct_filing" and today and given.filing_date and given.filing_date <= today
        return replace(item, status="done") if item.id in given.done or asked else item
    met = {
        "priority_period": given.filing_date if given.priority_dates else None,
        "international_search_report": given.search_report_date,
        "chapter_ii_demand": given.demand_date,
        # the PCT filing at CNIPA is itself the request
        "secrecy_examination": given.filing_date if item.trigger.key == "trigger.pct_filing" else None,
    }.get(item.id)
    acted = met is not None and today is not None and met <= today
    whenever = item.kind == "event" or item.id == "secrecy_examination"
    in_time = acted and met is not None and (met <= item.date or whenever)
    base, _, code = item.id.partition(":")
    entered = base in ("national_phase_extended", "reinstatement") and f"national_phase:{code}" in given.done
    if item.id in given.done or in_time or entered:
        return replace(item, status="done")
    return replace(item, status="past") if today and item.date < today else item


def _check_done(given: Given, deadlines: list[Deadline]) -> None:
    ids = [item.id for item in deadlines]
    for id in given.done:
        if id not in ids:
            close = difflib.get_close_matches(id, ids, n=1, cutoff=0.5)
            if close:
                raise DeadlineMistyped(id=id[:60], suggestion=close[0])
            raise NoSuchDeadline(id=id[:60])
