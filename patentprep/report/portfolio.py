"""The deadlines of many families as a table, as JSON, as CSV and as an iCalendar file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from patentprep.model import Lang
from patentprep.planning.portfolio import Entry, Portfolio
from patentprep.report.calendar_file import calendar_text, deadline_event
from patentprep.report.plan import SCHEMA_VERSION, aligned, item_name, remark, rule
from patentprep.strings import say, t

COLUMNS = ("family", "title", "id", "item", "office", "nominal_date", "date", "state", "certain", "rule")
CALENDAR_STATES = ("overdue", "open")


@cache
def _named(id: str, lang: Lang) -> str:
    return item_name(id, lang)


def portfolio_rows(entries: Sequence[Entry], lang: Lang) -> list[dict[str, Any]]:
    """One dictionary a deadline, with the keys of ``COLUMNS``."""
    return [
        {
            "family": entry.family.reference,
            "title": entry.family.title,
            "id": entry.deadline.id,
            "item": _named(entry.deadline.id, lang),
            "office": entry.deadline.office,
            "nominal_date": entry.deadline.nominal_date.isoformat(),
            "date": entry.deadline.date.isoformat(),
            "state": entry.state,
            "certain": entry.deadline.certain,
            "rule": rule(entry.deadline.rule, lang),
        }
        for entry in entries
    ]


def portfolio_json(portfolio: Portfolio, entries: Sequence[Entry], lang: Lang) -> str:
    """All rows, how many families were planned, and the rows of the file that could not be."""
    told = {
        "schema_version": SCHEMA_VERSION,
        "families": len(portfolio.families),
        "deadlines": portfolio_rows(entries, lang),
        "warnings": [
            {"family": family.reference, "id": item.id, "severity": item.severity, "offices": list(item.offices)}
            for family in portfolio.families
            for item in family.timeline.warnings
            if item.severity != "advisory"
        ],
        "bad_rows": [
            {"line": row.line, "family": row.reference, "message": say(row.error, lang)} for row in portfolio.bad_rows
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def portfolio_csv(entries: Sequence[Entry], lang: Lang) -> str:
    """One deadline a row under stable English column names."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([*COLUMNS, "remark"])
    for entry, row in zip(entries, portfolio_rows(entries, lang), strict=True):
        values = [str(row[name]).lower() if name == "certain" else row[name] for name in COLUMNS]
        table.writerow([*values, remark(entry.deadline, lang)])
    return out.getvalue()


def portfolio_table(portfolio: Portfolio, entries: Sequence[Entry], lang: Lang) -> str:
    """What is overdue and what comes next, as aligned text; what is over is only counted."""
    shown = [entry for entry in entries if entry.state in CALENDAR_STATES]
    late = sum(entry.state == "overdue" for entry in shown)
    parts = [
        t("plan.portfolio.summary", lang, families=len(portfolio.families), shown=len(shown), late=late,
          over=len(entries) - len(shown))
    ]  # fmt: skip
    fatal = [
        f"{family.reference} ({', '.join(item.offices)})"
        for family in portfolio.families
        for item in family.timeline.warnings
        if item.id == "novelty_lost"
    ]
    if fatal:
        parts.append(t("plan.portfolio.novelty", lang, families=t("list.comma", lang).join(fatal)))
    names = ("plan.table.date", "plan.portfolio.state", "plan.portfolio.family", "plan.table.id", "plan.table.office",
             "plan.table.rule")  # fmt: skip
    rows = [[t(name, lang) for name in names]]
    for row in portfolio_rows(shown, lang):
        sure = "" if row["certain"] else "?"
        state = t(f"plan.status.{row['state']}", lang)
        rows.append([row["date"] + sure, state, row["family"], row["item"], row["office"], row["rule"]])
    parts += ["", aligned(rows), "", t("plan.portfolio.doubt", lang), t("plan.table.disclaimer", lang), ""]
    return "\n".join(parts)


def portfolio_ics(entries: Sequence[Entry], lang: Lang) -> str:
    """An event for every deadline that is open or overdue."""
    shown = [entry for entry in entries if entry.state in CALENDAR_STATES]
    events = [deadline_event(e.family.timeline, e.deadline, lang, e.family.reference) for e in shown]
    return calendar_text(events, lang, "")
