"""Plans as an iCalendar file (RFC 5545): all-day events with reminders, in Chinese or English."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from patentprep.model import Lang
from patentprep.planning.leads import reminders
from patentprep.planning.timeline import Deadline, Suggestion, Timeline
from patentprep.report.plan import doubt, item_name, office_name, remark, rule, say_words
from patentprep.strings import t

if TYPE_CHECKING:
    from icalendar import Event

HOUR = 9  # of the morning at which a reminder comes, in the reader's own time
SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "patentprep")


def uid(family: str, id: str, office: str) -> str:
    """The same for the same family, deadline and office whatever the dates, so that a calendar replaces an event.

    An office that belongs to the id is not repeated, and an act that may go to several offices is one act: which of
    them ends first changes with the dates.
    """
    several = id in ("priority_document", "priority_claim_correction", "withdraw_priority")
    place = "" if several or ":" in id else office
    return f"{uuid.uuid5(SPACE, chr(10).join((family, id, place)))}@patentprep"


def to_ics(timeline: Timeline, lang: Lang, family: str = "") -> str:
    """The open and overdue deadlines and the suggested dates of one plan.

    ``family`` is what the reader calls it; events of several families without a name replace each other.
    """
    events = deadline_events(timeline, lang, family) + suggestion_events(timeline, lang, family)
    return calendar_text(events, lang, family)


def deadline_events(timeline: Timeline, lang: Lang, family: str = "") -> list[Event]:
    """An event for every deadline that is open, or overdue."""
    shown = [item for item in timeline.deadlines if item.status == "open" or timeline.overdue(item)]
    return [deadline_event(timeline, item, lang, family) for item in shown]


def deadline_event(timeline: Timeline, item: Deadline, lang: Lang, family: str = "") -> Event:
    """One deadline on the day by which to act. Reminders only for what the applicant does, not for others' acts."""
    overdue = timeline.overdue(item)
    lines = [
        f"{t('plan.table.office', lang)}: {office_name(item.office, lang)}",
        f"{t('plan.table.nominal', lang)}: {item.nominal_date}",
        f"{t('plan.table.rule', lang)}: {rule(item.rule, lang)}",
        say_words(item.consequence, lang),
        remark(item, lang),
        doubt(item, lang),
        t("plan.table.disclaimer", lang),
    ]
    flag = f"[{t('plan.status.overdue', lang)}] " if overdue else ""
    ahead = reminders() if item.kind != "event" and not overdue else ()
    name = uid(family, item.id, item.office)
    return _event(
        name, flag + _titled(item_name(item.id, lang), family), item.date, lines, ahead, item.certain, timeline
    )


def suggestion_events(timeline: Timeline, lang: Lang, family: str = "") -> list[Event]:
    """An event on the recommended day of every suggestion."""
    return [_suggested(timeline, item, lang, family) for item in timeline.suggestions]


def _suggested(timeline: Timeline, item: Suggestion, lang: Lang, family: str) -> Event:
    span = [f"{t(f'plan.table.{name}', lang)}: {getattr(item, name)}" for name in ("earliest", "recommended", "latest")]
    title = t("plan.ics.suggested", lang, title=_titled(item_name(item.id, lang), family))
    name = uid(family, f"suggestion/{item.id}", "")
    lines = [say_words(item.why, lang), *span, t("plan.table.disclaimer", lang)]
    return _event(name, title, item.recommended, lines, reminders(suggested=True), True, timeline)


def _titled(title: str, family: str) -> str:
    return f"{family}: {title}" if family else title


def _event(
    name: str, title: str, day: date, lines: list[str], ahead: tuple[int, ...], sure: bool, timeline: Timeline
) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", name)
    # The stamp is the day of the plan: nothing here reads the clock, and the same plan gives the same file.
    made = timeline.given.today or timeline.given.priority_date
    event.add("dtstamp", datetime(made.year, made.month, made.day, tzinfo=UTC))
    event.add("summary", title)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("description", "\n".join(line for line in lines if line))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if sure else "TENTATIVE")
    for days in ahead:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(days=-days, hours=HOUR))
        event.add_component(alarm)
    return event


def calendar_text(events: Iterable[Event], lang: Lang, name: str) -> str:
    """A calendar file of these events."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//patentprep//plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _titled(t("plan.ics.calendar", lang), name))
    for event in events:
        calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))
