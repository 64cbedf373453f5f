"""How long things take: the defaults of ``data/planning/leads.yaml``, and what a user says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache

from patentprep.errors import UsageError
from patentprep.planning.timeline import Leads
from patentprep.resources import Block, folder, load_yaml

MOST_DAYS = 730
NAMES = tuple(field.name for field in fields(Leads))


class UnknownLead(UsageError):
    """Facts: name, names."""

    key = "error.plan_lead_name"


class LeadOutOfRange(UsageError):
    """Not a whole number of days from 0 to 730. Facts: name, days, most."""

    key = "error.plan_lead_days"


def leads(changed: Mapping[str, int] | None = None) -> Leads:
    """The defaults with those values in days that are given instead. Raises UsageError."""
    for name, days in (changed or {}).items():
        if name not in NAMES:
            raise UnknownLead(name=name[:40], names=", ".join(NAMES))
        if not 0 <= days <= MOST_DAYS:
            raise LeadOutOfRange(name=name, days=days, most=MOST_DAYS)
    return replace(_defaults(), **(changed or {}))


def lead_meaning(name: str, lang: str) -> str:
    """What a lead time stands for."""
    return _table().block("leads").block(name).text(lang)


def reminders(*, suggested: bool = False) -> tuple[int, ...]:
    """Days before a deadline, or a suggested date, on which a calendar reminds."""
    return tuple(int(days) for days in _table().texts("reminders_suggested" if suggested else "reminders"))


@cache
def _defaults() -> Leads:
    table = _table().block("leads")
    table.expect(set(NAMES))
    return Leads(**{name: int(table.block(name).text("days")) for name in NAMES})


@cache
def _table() -> Block:
    block = load_yaml(folder("data") / "planning" / "leads.yaml")
    block.expect({"status", "as_of", "leads", "reminders", "reminders_suggested"})
    return block
