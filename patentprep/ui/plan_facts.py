"""The facts of a plan as the Timeline page holds them: fields, what they say, and the page's address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from patentprep.errors import PatentprepError, UsageError
from patentprep.planning import plan_timeline
from patentprep.planning.leads import NAMES as LEADS
from patentprep.planning.offices import examining_offices, offices, receiving_offices
from patentprep.planning.timeline import DISCLOSURE_KINDS, Timeline
from patentprep.ui import desk
from patentprep.ui.desk import held

COMMON = ("CN", "US", "EP", "JP", "KR")
Wrong = dict[str, PatentprepError]  # by the key of the field it stands below

# One date each: argument of the planner -> key of the field.
DAYS = {
    "filing_date": "plan_filing",
    "search_report_date": "plan_report",
    "early_publication": "plan_early",
    "demand_date": "plan_demand",
    "record_from": "plan_record",
    "add_priority": "plan_added",
    "changed_on": "plan_changed",
    "withdrawn_on": "plan_withdrawn",
    "today": "plan_today",
}
CODES = {"made_in": "plan_made", "ipea": "plan_ipea", "withdraw_priority": "plan_withdraw"}
CORRECTION = ("plan_claimed", "plan_right")
# Rows that may be added: key of their number -> keys of the fields of a row.
ROWS = {"plan_disclosures": ("plan_day", "plan_kind"), "plan_absences": ("plan_from", "plan_until")}
# What the page's address calls a field, so that a reload or a copied link gives the same plan.
ADDRESS = {
    "priority": "plan_priority",
    "filing": "plan_filing",
    "search_report": "plan_report",
    "early": "plan_early",
    "demand": "plan_demand",
    "record": "plan_record",
    "added": "plan_added",
    "claimed": "plan_claimed",
    "right": "plan_right",
    "changed": "plan_changed",
    "withdrawn": "plan_withdrawn",
    "today": "plan_today",
}
ADDRESS_CHOICES = {
    "receiving": "plan_receiving",
    "made_in": "plan_made",
    "ipea": "plan_ipea",
    "withdraw": "plan_withdraw",
}
ALL = "all"  # every priority claim
DEFAULTS: dict[str, Any] = {"plan_receiving": "CN", "plan_made": "CN", "plan_offices": list(COMMON), "plan_done": []}
# The field an error of the planner stands below; every other one stands below the priority date.
BELOW = {
    "error.plan_filing_before_priority": "plan_filing",
    "error.plan_priority_too_old": "plan_filing",
    "error.plan_withdrawal_needs_filing": "plan_filing",
    "error.plan_report_before_priority": "plan_report",
    "error.plan_withdrawn_before_filing": "plan_withdrawn",
    "error.plan_withdrawn_too_late": "plan_withdrawn",
    "error.plan_withdrawn_on": "plan_withdraw",
    "error.plan_not_claimed": "plan_withdraw",
    "error.plan_not_claimed_correct": "plan_claimed",
    "error.plan_changed_on": "plan_changed",
    "error.plan_add_and_correct": "plan_added",
    "error.plan_demand_before_filing": "plan_demand",
    "error.plan_early_before_filing": "plan_early",
    "error.plan_early_publication": "plan_early",
    "error.plan_record_from": "plan_record",
}


class NotDays(UsageError):
    """A lead time that is no whole number of days. Facts: text."""

    key = "ui.error.plan_days"


class DayMissing(UsageError):
    """One of two days that belong together was left out."""

    key = "ui.error.plan_day_missing"


def value(key: str) -> Any:
    """What a field of the form holds."""
    return held(key, DEFAULTS.get(key, ""))


def rows(name: str) -> list[tuple[str, str]]:
    """The rows of a group as typed."""
    one, two = ROWS[name]
    return [(value(f"{one}_{n}"), value(f"{two}_{n}")) for n in range(held(name, 0))]


def put_rows(name: str, pairs: list[tuple[str, str]]) -> None:
    """Lay the rows of a group down anew, before they are drawn."""
    for n in range(max(held(name, 0), len(pairs))):
        for place, key in enumerate(ROWS[name]):
            desk.forget_choice(f"{key}_{n}")
            if n < len(pairs):
                desk.lay_down(f"{key}_{n}", pairs[n][place])
    desk.lay_down(name, len(pairs))


def dates(text: str) -> list[date]:
    """The dates of a field; several may stand in it. Raises DateError."""
    return [desk.day(part) for part in re.split(r"[\s,，、;；]+", text.strip()) if part]


def claims(text: str) -> list[str]:
    """The priority dates of a field as ISO dates; none where one of them cannot be read."""
    try:
        return [day.isoformat() for day in dates(text)]
    except PatentprepError:
        return []


def read() -> tuple[dict[str, Any], Wrong]:
    """The arguments of ``plan_timeline`` (without ``done``), and the fields that cannot be read."""
    wrong: Wrong = {}

    def of(key: str, make: Callable[[str], Any] = desk.day) -> Any:
        text = value(key).strip()
        try:
            return make(text) if text else None
        except PatentprepError as error:
            wrong[key] = error
            return None

    facts: dict[str, Any] = {name: of(key) for name, key in DAYS.items()}
    facts["today"] = facts["today"] or date.today()
    facts["priority_date"] = of("plan_priority", dates)
    claimed, right = (of(key) for key in CORRECTION)
    facts["correct_priority"] = (claimed, right) if claimed and right else None
    for key, other in (CORRECTION, CORRECTION[::-1]):
        if value(other).strip() and not value(key).strip():
            wrong[key] = DayMissing()
    facts["receiving_office"] = value("plan_receiving")
    facts["offices"] = value("plan_offices")
    facts |= {name: value(key) or None for name, key in CODES.items()}
    told = [(of(f"plan_day_{n}"), kind) for n, (_, kind) in enumerate(rows("plan_disclosures"))]
    facts["disclosures"] = [(day, kind or DISCLOSURE_KINDS[0]) for day, kind in told if day]
    facts["absences"] = _absences(of, wrong)
    facts["leads"] = {name: days for name in LEADS if (days := of(f"plan_lead_{name}", _days)) is not None}
    return facts, wrong


def _absences(of: Callable[[str], Any], wrong: Wrong) -> list[tuple[date, date]]:
    """First and last days; one day alone is an absence of that day."""
    spans = []
    for n in range(len(rows("plan_absences"))):
        first, last = of(f"plan_from_{n}"), of(f"plan_until_{n}")
        if last and not first:
            wrong.setdefault(f"plan_from_{n}", DayMissing())
        elif first:
            spans.append((first, last or first))
    return spans


def _days(text: str) -> int:
    if not (text.isdecimal() and len(text) < 9):
        raise NotDays(text=text[:40])
    return int(text)


def planned() -> tuple[Timeline | None, Wrong]:
    """The plan of what the form holds; none while a field is wrong or no date is given."""
    facts, wrong = read()
    if wrong or not (facts["priority_date"] or facts["filing_date"]):
        return None, wrong
    try:
        whole = plan_timeline(**facts)
        ids = {item.id for item in whole.deadlines}
        done = [id for id in value("plan_done") if id in ids]  # of another office, say, that was taken out
        return (plan_timeline(**facts, done=done) if done else whole), {}
    except PatentprepError as error:
        return None, {_below(error): error}


def _below(error: PatentprepError) -> str:
    if error.key == "error.plan_lead_days":
        return f"plan_lead_{error.facts['name']}"
    if error.key == "error.plan_absence":
        first = str(error.facts["first"])
        spans = rows("plan_absences")
        return next((f"plan_from_{n}" for n, (one, _) in enumerate(spans) if _same(one, first)), "plan_from_0")
    return BELOW.get(error.key, "plan_priority")


def _same(text: str, iso: str) -> bool:
    return bool(text.strip()) and desk.day(text).isoformat() == iso


def from_address() -> None:
    """Take the form from the address, once per session."""
    if "plan_address_read" in st.session_state:
        return
    st.session_state["plan_address_read"] = True
    given, kept = st.query_params, desk.desk().kept
    codes = [*offices()]
    choices = {
        "receiving": [*receiving_offices()],
        "made_in": ["", *codes],
        "ipea": ["", *examining_offices()],
        "withdraw": ["", ALL, *claims(given.get("priority", ""))],
    }
    kept |= {key: given[name] for name, key in ADDRESS.items() if name in given}
    for name, key in ADDRESS_CHOICES.items():
        if name in given and given[name] in choices[name]:
            kept[key] = given[name]
    if "office" in given:
        kept["plan_offices"] = [code for code in given.get_all("office") if code in codes]
    if "done" in given:
        kept["plan_done"] = given.get_all("done")
    for name, text in (pair.split(":", 1) for pair in given.get_all("lead") if ":" in pair):
        kept[f"plan_lead_{name}"] = text
    if "disclosure" in given:
        told = [text.partition(":") for text in given.get_all("disclosure")]
        known = [(day, kind if kind in DISCLOSURE_KINDS else DISCLOSURE_KINDS[0]) for day, _, kind in told]
        _keep_rows("plan_disclosures", known)
    if "absence" in given:
        parts = [text.partition(":") for text in given.get_all("absence")]
        _keep_rows("plan_absences", [(first, last) for first, _, last in parts])


def _keep_rows(name: str, pairs: Sequence[tuple[str, str]]) -> None:
    kept = desk.desk().kept
    kept[name] = len(pairs)
    for n, pair in enumerate(pairs):
        kept |= {f"{key}_{n}": text for key, text in zip(ROWS[name], pair, strict=True)}


def into_address() -> None:
    """Write the form into the address."""
    fields = {name: [text] if (text := value(key)) else [] for name, key in (ADDRESS | ADDRESS_CHOICES).items()}
    desk.into_address(
        fields
        | {
            "office": list(value("plan_offices")),
            "disclosure": [f"{day.strip()}:{kind}" for day, kind in rows("plan_disclosures") if day.strip()],
            "absence": [f"{one.strip()}:{two.strip()}" for one, two in rows("plan_absences") if one.strip()],
            "lead": [f"{name}:{text}" for name in LEADS if (text := value(f"plan_lead_{name}").strip())],
            "done": list(value("plan_done")),
        }
    )
