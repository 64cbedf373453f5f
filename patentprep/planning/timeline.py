"""The values a plan is made of. Wording is looked up when a report is written: ``Words`` names a sentence
and its facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from patentprep.model import Severity

DeadlineStatus = Literal["open", "past", "expired"]
DisclosureKind = Literal["preprint", "talk", "code", "product", "exhibition", "abuse"]
DISCLOSURE_KINDS: tuple[DisclosureKind, ...] = ("preprint", "talk", "code", "product", "exhibition", "abuse")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence ``plan.<key>`` of the locale files and the facts for its placeholders.

    Facts named ``office``, ``offices``, ``day`` and ``kinds`` hold codes, which are worded in the reader's
    language.
    """

    key: str
    facts: tuple[tuple[str, str], ...] = ()


def words(key: str, **facts: object) -> Words:
    """A sentence with its facts; dates are written as ISO dates."""
    return Words(key, tuple((name, str(value)) for name, value in facts.items()))


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of one period.

    ``nominal_date`` is the end before closed days are looked at, ``date`` the day by which to act.
    ``certain`` is false when the calendar that decides between the two is not published or not confirmed.
    """

    id: str
    office: str  # ST.3 code whose closed days count; "ISA" or "IPEA" where the authority is not named
    nominal_date: date
    date: date
    moved_because: Words | None
    trigger: Words  # what the period counts from
    rule: str  # key of the provision, worded as plan.rule.<rule>
    consequence: Words
    rescue: Words | None
    certain: bool
    status: DeadlineStatus = "open"
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A target for planning. ``recommended`` and ``latest`` (the last safe day) are open days, at or before
    the nominal end of the period they prepare for; ``earliest`` is where the window opens.
    """

    id: str
    earliest: date
    recommended: date
    latest: date
    why: Words


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something that endangers rights. ``rule`` is worded as plan.rule.<rule>."""

    id: str
    severity: Severity
    offices: tuple[str, ...]
    message: Words
    rule: str


@dataclass(frozen=True, slots=True)
class Given:
    """What the plan was computed from."""

    priority_dates: tuple[date, ...]  # as claimed, earliest first; empty when the filing date is the priority date
    priority_date: date  # the one that counts, after additions and withdrawals
    filing_date: date | None
    receiving_office: str
    offices: tuple[str, ...]
    search_report_date: date | None = None
    add_priority: date | None = None
    withdraw_priority: str | None = None  # an ISO date or "all"
    withdrawn_on: date | None = None
    ipea: str | None = None
    made_in: str | None = None
    disclosures: tuple[tuple[date, DisclosureKind], ...] = ()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A plan: deadlines in order of date, suggestions, warnings."""

    given: Given
    deadlines: tuple[Deadline, ...]
    suggestions: tuple[Suggestion, ...]
    warnings: tuple[PlanWarning, ...]

    def deadline(self, id: str) -> Deadline:
        """The deadline of that id. Raises KeyError."""
        for item in self.deadlines:
            if item.id == id:
                return item
        raise KeyError(id)

    def warning(self, id: str) -> PlanWarning:
        """The warning of that id. Raises KeyError."""
        for item in self.warnings:
            if item.id == id:
                return item
        raise KeyError(id)
