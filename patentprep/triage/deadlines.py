"""The next deadline of a draft, from the portfolio of families that ``patentprep plan --portfolio`` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from patentprep.triage.model import Row

if TYPE_CHECKING:
    from patentprep.planning.portfolio import Portfolio

MOST_PARTS = 6  # of a reference such as "P-2026-0123-CN"
SHORTEST = 3  # characters of a reference: a file named "a" belongs to no family A
_PARTS = re.compile(r"[^\W_]+")


def next_deadlines(portfolio: Portfolio) -> dict[str, date]:
    """The next open or overdue day of each family, under its reference and its title."""
    from patentprep.planning.portfolio import entries

    found: dict[str, date] = {}
    for entry in entries(portfolio):
        if entry.state in ("overdue", "open"):
            for name in (entry.family.reference, entry.family.title):
                if key := _key(name):
                    found[key] = min(found.get(key, date.max), entry.deadline.date)
    return found


def deadline_of(row: Row, known: Mapping[str, date]) -> date | None:
    """The day of the family whose reference stands in the file's name, or whose title is the draft's."""
    parts = _PARTS.findall(PurePosixPath(row.name).stem.lower())
    for size in range(min(MOST_PARTS, len(parts)), 0, -1):  # the longest reference wins
        for at in range(len(parts) - size + 1):
            name = "".join(parts[at : at + size])
            if len(name) >= SHORTEST and (day := known.get(name)):
                return day
    return known.get(_key(row.title)) if row.title else None


def _key(text: str) -> str:
    return "".join(_PARTS.findall(text.lower()))
