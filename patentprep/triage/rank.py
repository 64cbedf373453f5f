"""The order in which a manager works through the table.

1. Drafts before texts that read like none, these before files that could not be read, and files of an unknown kind last
   of all; the newest version before its copies and older versions. A file with a deadline that could not be read stands
   among the drafts.
2. What has a deadline, the next first. A deadline beats everything else: it cannot be made up for.
3. *fix* before *hold* before *go*. A fix needs work that can start now, and what is missing cannot be added after
   filing (Art. 33). A hold waits for somebody's decision. A go only needs filing.
4. Within *fix* and *hold*, the better draft first: it is ready soonest. Within *go* the least sure first: it should be
   looked at once more.

Sorting by a column puts that column first and keeps this order among equals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from patentprep.errors import UsageError
from patentprep.model import REQUIREMENTS, RequirementId
from patentprep.triage.model import Row

_CONFIDENCE = {"low": 0, "fair": 1, "sure": 2}
_DECISION = {"fix": 0, "hold": 1, "go": 2}
_STATUS = {"not_found": 0, "partial": 1, "covered": 2, "not_applicable": 3}
_LEVEL = {"not_ready": 0, "needs_work": 1, "ready": 2, None: 3}


class UnknownColumn(UsageError):
    """Facts: column, columns."""

    key = "error.triage_column"


def urgency(row: Row) -> tuple[Any, ...]:
    """The order above as a sort key; the most urgent is smallest."""
    sure = _CONFIDENCE[row.confidence] if row.decision == "go" else 0
    return (
        _kind(row),
        row.superseded,
        row.next_deadline or date.max,
        _DECISION[row.decision],
        not row.ok,
        sure,
        -row.score,
        row.path,
    )


def _kind(row: Row) -> int:
    if row.reason == "unknown_kind":
        return 3
    if not row.ok:
        return 0 if row.next_deadline else 2
    return 1 if row.reason == "no_draft" else 0


def _status_of(name: RequirementId) -> Callable[[Row], int]:
    def status(row: Row) -> int:
        found = dict(row.statuses).get(name)
        return _STATUS[found] if found else len(_STATUS)

    return status


_COLUMNS: dict[str, Callable[[Row], Any]] = {
    "urgency": lambda row: 0,
    "path": lambda row: row.path,
    "title": lambda row: row.title,
    "decision": lambda row: _DECISION[row.decision],
    "confidence": lambda row: _CONFIDENCE[row.confidence],
    "level": lambda row: _LEVEL[row.level],
    "score": lambda row: row.score,
    "probability": lambda row: -1.0 if row.probability is None else row.probability,
    "gaps": lambda row: len(row.gaps),
    "red_flags": lambda row: len(row.red_flags),
    "findings": lambda row: (len(row.fatal), len(row.serious)),
    "claims": lambda row: row.claims,
    "independent": lambda row: row.independent,
    "pages": lambda row: row.pages or 0,
    "characters": lambda row: row.characters,
    "language": lambda row: row.language or "",
    "family": lambda row: row.version_of or row.duplicate_of or row.path,
    "next_deadline": lambda row: row.next_deadline or date.max,
    "modified": lambda row: row.mtime_ns,
    **{name: _status_of(name) for name in REQUIREMENTS},
}
COLUMNS = tuple(_COLUMNS)


def ranked(rows: Iterable[Row], sort: str = "urgency") -> list[Row]:
    """The rows by urgency, or by a column and then by urgency; ``column:desc`` turns the column round.

    Raises UnknownColumn.
    """
    name, _, way = sort.partition(":")
    if name not in _COLUMNS or way not in ("", "asc", "desc"):
        raise UnknownColumn(column=sort[:40], columns=", ".join(COLUMNS))
    column = _COLUMNS[name]
    found = sorted(rows, key=urgency)
    return sorted(found, key=column, reverse=way == "desc")  # stable, also when turned round
