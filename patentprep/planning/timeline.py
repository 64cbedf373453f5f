"""The values a plan is made of. Wording is looked up when a report is written: ``Words`` names a sentence
and its facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from patentprep.model import Severity

DeadlineStatus = Literal["open", "past", "expired", "done"]
DeadlineKind = Literal["act", "option", "event"]
DisclosureKind = Literal["preprint", "talk", "code", "product", "exhibition", "abuse"]
Verdict = Literal["after", "same_day", "grace", "unknown", "lost"]
DISCLOSURE_KINDS: tuple[DisclosureKind, ...] = ("preprint", "talk", "code", "product", "exhibition", "abuse")

# What the applicant must do, or loses rights by leaving undone; what offices do; everything else is an option.
ACTS = frozenset(
    {"priority_period", "priority_document", "secrecy_examination", "cn_substantive_examination"}
    | {"national_phase", "paris_filing", "record_request"}
)  # fmt: skip
EVENTS = frozenset(
    {"international_search_report", "publication", "publication_technical_preparation"}
    | {"third_party_observations", "ipr_chapter_ii", "cn_publication"}
)  # fmt: skip


def kind_of(id: str) -> DeadlineKind:
    """``act`` (must be done), ``option`` (may be done) or ``event`` (done by others) of a deadline's id."""
    base = id.partition(":")[0]
    if id in DIRECT_IS_OPTION:
        return "option"
    return "act" if base in ACTS else "event" if base in EVENTS else "option"


DIRECT_IS_OPTION = ("paris_filing:HK", "paris_filing:MO")  # a Chinese application reaches these places too


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

    @property
    def doubt(self) -> str | None:
        """Why the date is not certain: ``own_act`` of an office, ``estimate``, ``nominal_only`` (a weekend worked in
        exchange) or ``uncertain`` (the calendar); None when it is certain.
        """
        if self.certain:
            return None
        if self.id == "cn_publication":
            return "own_act"
        if self.id == "international_search_report":
            return "estimate"
        worked = self.moved_because is not None and self.moved_because.key.startswith("moved.worked")
        return "nominal_only" if worked else "uncertain"

    @property
    def kind(self) -> DeadlineKind:
        """Whether the applicant must act, may act, or only waits."""
        return kind_of(self.id)


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
class Disclosed:
    """What one disclosure means at one office.

    ``verdict`` is ``after`` (later than the date that counts: harms nothing filed before), ``same_day``,
    ``grace``, ``unknown`` or ``lost``. ``counts`` is the date novelty is judged from. A grace period runs
    from ``grace_from`` to the date it is counted back from; where that is a filing still to be made,
    ``file_by`` is its last day. ``confirmed`` is false when the grace rule was compiled from general knowledge.
    """

    office: str
    day: date
    kind: DisclosureKind
    verdict: Verdict
    counts: date
    grace_from: date | None
    file_by: date | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Leads:
    """How long things take, in days. Defaults and meaning: ``data/planning/leads.yaml``."""

    drafting: int
    review: int
    freeze: int
    disclosure: int
    filing: int
    publication: int
    secrecy: int
    translation: int
    associates: int
    entry: int
    stagger: int


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
    correct_priority: tuple[date, date] | None = None  # the date claimed by mistake, and the right one
    changed_on: date | None = None  # the day a priority claim was added or corrected
    early_publication: date | None = None  # the day it was requested
    demand_date: date | None = None  # the day the demand was filed
    record_from: date | None = None  # Chinese publication, or CNIPA's notice of the national application, for Hong Kong
    done: tuple[str, ...] = ()  # ids of deadlines that have been met
    leads: Leads | None = None  # None: the defaults
    absences: tuple[tuple[date, date], ...] = ()  # first and last day on which nobody is there

    direct_priority: date | None = None  # what direct filings claim, where a withdrawal changed ``priority_date``

    def absent(self, day: date) -> bool:
        """Whether nobody is there that day."""
        return any(first <= day <= last for first, last in self.absences)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A plan: deadlines in order of date, suggestions, warnings, and what each disclosure means where."""

    given: Given
    deadlines: tuple[Deadline, ...]
    suggestions: tuple[Suggestion, ...]
    warnings: tuple[PlanWarning, ...]
    disclosures: tuple[Disclosed, ...] = ()

    def overdue(self, item: Deadline) -> bool:
        """Whether a required act has passed without being known as done.

        A priority document counts as in time until publication (Rule 17.1), so it is not overdue after that.
        """
        today = self.given.today
        if today is None or item.kind != "act" or item.status not in ("past", "expired") or item.date >= today:
            return False
        if item.id == "priority_period" and self.given.filing_date:  # filed; a late filing has a warning of its own
            return False
        if item.id == "priority_document":
            return self.deadline("publication").date >= today
        return True

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
