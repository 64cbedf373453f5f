"""Many families at once: a CSV in, the deadlines of all of them in one list, the next first.

Columns (``COLUMNS``): ``family`` (your reference, once each) and at least one of ``priority_date`` and
``filing_date``; the others are options of ``patentprep plan``. Several dates, offices, disclosures or done ids in one
cell are separated by semicolons or blanks. A row that cannot be planned is reported with its line; the others are.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from patentprep.errors import PatentprepError, UsageError
from patentprep.planning.offices import checked
from patentprep.planning.pct import plan_timeline
from patentprep.planning.periods import parse_date
from patentprep.planning.timeline import DISCLOSURE_KINDS, Deadline, DisclosureKind, Timeline

DATES = (
    "filing_date", "search_report_date", "add_priority", "changed_on", "withdrawn_on", "early_publication",
    "demand_date", "record_from",
)  # fmt: skip
CODES = ("receiving_office", "ipea", "made_in")
LISTS = ("priority_date", "offices", "disclosures", "done")
COLUMNS = ("family", "title", *LISTS, *DATES, *CODES, "withdraw_priority")
_SEPARATORS = re.compile(r"[\s;,，；、]+")


class NoHeader(UsageError):
    """The first row names no columns we know. Facts: name, columns."""

    key = "error.portfolio_header"


class UnknownColumn(UsageError):
    """Facts: name, column, columns."""

    key = "error.portfolio_column"


class UnknownColumnLike(UsageError):
    """Facts: name, column, suggestion."""

    key = "error.portfolio_column_like"


class NotCsv(UsageError):
    """Not text, or with a cell that never ends. Facts: name."""

    key = "error.portfolio_not_csv"


class NoRows(UsageError):
    """A header and nothing below it. Facts: name."""

    key = "error.portfolio_empty"


class NoReference(UsageError):
    """A row without the family's reference."""

    key = "error.portfolio_reference"


class ReferenceTwice(UsageError):
    """Facts: family, first (line)."""

    key = "error.portfolio_twice"


class TooManyCells(UsageError):
    """More cells than columns, which shifts what is meant. Facts: cells, columns."""

    key = "error.portfolio_cells"


class RowWithoutDate(UsageError):
    """Neither priority nor filing date."""

    key = "error.portfolio_date"


class DisclosureWithoutKind(UsageError):
    """Facts: text, kinds."""

    key = "error.plan_disclosure_text"


@dataclass(frozen=True, slots=True)
class Family:
    """One row that was planned."""

    reference: str
    title: str
    line: int
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was not, and why."""

    line: int
    reference: str
    error: PatentprepError


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The families planned, and the rows that could not be."""

    families: tuple[Family, ...]
    bad_rows: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline in the list of all families. ``state`` is ``overdue``, ``open``, ``past``, ``done`` or
    ``expired``."""

    family: Family
    deadline: Deadline
    state: str


def read_portfolio(data: bytes | str, name: str, *, today: date | None = None) -> Portfolio:
    """Plan every row of a CSV (comma, semicolon or tab; UTF-8, else GB18030 as Chinese Excel writes it).

    ``name`` is what messages call the file. Raises UsageError when the file as a whole cannot be used.
    """
    rows = _rows(_text(data, name), name)
    _, header = next(rows, (1, []))
    columns = [cell.strip().lower() for cell in header]
    if "family" not in columns:
        raise NoHeader(name=name, columns=", ".join(COLUMNS))
    for column in columns:
        if column and column not in COLUMNS:
            close = difflib.get_close_matches(column, COLUMNS, n=1, cutoff=0.7)
            if close:
                raise UnknownColumnLike(name=name, column=column[:40], suggestion=close[0])
            raise UnknownColumn(name=name, column=column[:40], columns=", ".join(COLUMNS))
    families, bad, seen = list[Family](), list[BadRow](), dict[str, int]()
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        reference = row.get("family", "")
        try:
            if any(cell.strip() for cell in cells[len(columns) :]):
                raise TooManyCells(cells=len(cells), columns=len(columns))
            if not reference:
                raise NoReference()
            if reference in seen:
                raise ReferenceTwice(family=reference[:60], first=seen[reference])
            seen[reference] = line
            families.append(Family(reference, row.get("title", ""), line, _plan(row, today)))
        except PatentprepError as error:
            bad.append(BadRow(line, reference, error))
    if not families and not bad:
        raise NoRows(name=name)
    return Portfolio(tuple(families), tuple(bad))


def entries(portfolio: Portfolio, *, offices: Iterable[str] = (), until: date | None = None) -> list[Entry]:
    """All deadlines: overdue ones first, then open ones, the next first, then what is over.

    ``offices`` keeps those whose office, or the office of their id, is one of the codes; ``until`` those due by then.
    Raises UnknownOffice.
    """
    wanted = {checked(code, allow_ib=True) for code in offices}
    found = []
    for family in portfolio.families:
        for item in family.timeline.deadlines:
            if until and item.date > until:
                continue
            if wanted and item.office not in wanted and item.id.partition(":")[2] not in wanted:
                continue
            found.append(Entry(family, item, "overdue" if family.timeline.overdue(item) else item.status))
    order = {"overdue": 0, "open": 1}
    return sorted(found, key=lambda e: (order.get(e.state, 2), e.deadline.date, e.family.reference, e.deadline.id))


def _plan(row: dict[str, str], today: date | None) -> Timeline:
    many = {name: [part for part in _SEPARATORS.split(row.get(name, "")) if part] for name in LISTS}
    days = {name: parse_date(row[name]) for name in DATES if row.get(name)}
    if not many["priority_date"] and "filing_date" not in days:
        raise RowWithoutDate()
    codes = {name: row[name] for name in CODES if row.get(name)}
    return plan_timeline(
        priority_date=[parse_date(text) for text in many["priority_date"]] or None,
        offices=many["offices"],
        disclosures=[disclosure(text) for text in many["disclosures"]],
        done=many["done"],
        withdraw_priority=row.get("withdraw_priority") or None,
        today=today,
        **days,  # type: ignore[arg-type]
        **codes,  # type: ignore[arg-type]
    )


def disclosure(text: str) -> tuple[date, DisclosureKind]:
    """``DATE:KIND``; the planner checks the kind. Raises DateError, and UsageError without a kind."""
    day, _, kind = text.partition(":")
    found = parse_date(day)
    if not kind.strip():
        raise DisclosureWithoutKind(text=text[:40], kinds=", ".join(DISCLOSURE_KINDS))
    return found, kind.strip()  # type: ignore[return-value]


def _text(data: bytes | str, name: str) -> str:
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NotCsv(name=name)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise NotCsv(name=f"{name}:{line}") from error
