"""What to do next: required acts and recommended dates of a plan in one order, the overdue ones first in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from patentprep.planning.timeline import Deadline, Suggestion, Timeline

# The act that a suggestion aims at, by the part of the id before the office.
AIMS = {
    "pct_filing": "priority_period",
    "national_entry": "national_phase",
    "direct_filing": "paris_filing",
    "record": "record_request",
    "secrecy_examination": "secrecy_examination",
    "decide_before_publication": "stop_publication",
}
ALTERNATIVES = "secrecy_route"  # three ways to do one thing: no steps of their own
MOST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a suggestion on its recommended day, or a required act on the day by which to act.

    ``last`` is the last safe day of a suggestion, for an act the day itself. A suggestion is ``overdue`` when the act
    it aims at is.
    """

    day: date
    last: date
    item: Deadline | Suggestion
    overdue: bool

    @property
    def advised(self) -> bool:
        """Whether the day is one we recommend, rather than a deadline."""
        return isinstance(self.item, Suggestion)


def act_of(id: str) -> str:
    """The id of the deadline a suggestion aims at; its own where it aims at none."""
    base, colon, code = id.partition(":")
    return AIMS.get(base, base) + colon + code


def agenda(timeline: Timeline) -> tuple[Step, ...]:
    """Every required act that is open or overdue, and every recommended date, in the order of their days."""
    late = {item.id for item in timeline.deadlines if timeline.overdue(item)}
    steps = [
        Step(item.date, item.date, item, item.id in late)
        for item in timeline.deadlines
        if item.id in late or (item.kind == "act" and item.status == "open")
    ]
    steps += [
        Step(item.recommended, item.latest, item, act_of(item.id) in late)
        for item in timeline.suggestions
        if not item.id.startswith(ALTERNATIVES)
    ]
    return tuple(sorted(steps, key=lambda step: (step.day, not step.advised, step.last, step.item.id)))


def next_steps(timeline: Timeline, most: int = MOST) -> tuple[Step, ...]:
    """The few to begin with: what is overdue, then what comes first. An act that has a recommended date is told once,
    by that date.
    """
    steps = agenda(timeline)
    aimed = {act_of(step.item.id) for step in steps if step.advised}
    told = [step for step in steps if step.advised or step.item.id not in aimed]
    return tuple(sorted(told, key=lambda step: not step.overdue)[:most])
