"""Scenarios side by side as a table, as JSON and as CSV, in Chinese or English."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from patentprep.model import Lang
from patentprep.planning.scenarios import DATES, Scenario
from patentprep.report.plan import SCHEMA_VERSION, aligned, say_words
from patentprep.strings import t


def scenarios_json(found: Sequence[Scenario], lang: Lang) -> dict[str, Any]:
    """Stable keys; dates are ISO dates or null, sentences are in ``lang``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenarios": [
            {
                "id": item.id,
                "title": t(f"plan.scenario.name.{item.id}", lang),
                "possible": item.possible,
                "why_not": say_words(item.why_not, lang) if item.why_not else None,
                "dates": {name: day.isoformat() if day else None for name, day in item.dates},
                "remarks": [say_words(remark, lang) for remark in item.remarks],
                "novelty_lost": list(item.lost),
                "grace_period_needed": list(item.grace),
            }
            for item in found
        ],
    }


def scenarios_table(found: Sequence[Scenario], lang: Lang) -> str:
    """The possible ways as columns, their dates as rows; then what speaks for and against each, or why it is out."""
    possible = [item for item in found if item.possible]
    parts = [t("plan.scenario.title", lang), ""]
    if possible:
        head = ["", *(t(f"plan.scenario.name.{item.id}", lang) for item in possible)]
        rows = [head]
        for name in DATES:
            days = [dict(item.dates)[name] for item in possible]
            if any(days):
                rows.append([t(f"plan.scenario.date.{name}", lang), *(str(day) if day else "-" for day in days)])
        parts += [aligned(rows), ""]
    colon = "：" if lang == "zh" else ": "
    for item in found:
        name = t(f"plan.scenario.name.{item.id}", lang)
        if item.why_not:
            parts.append(f"{name}{colon}{t('plan.scenario.not_possible', lang)}{colon}{say_words(item.why_not, lang)}")
        else:
            parts += [name, *(f"  - {say_words(remark, lang)}" for remark in item.remarks)]
    return "\n".join([*parts, "", t("plan.table.disclaimer", lang), ""])


def scenarios_csv(found: Sequence[Scenario], lang: Lang) -> str:
    """One scenario a row; the first row holds stable English column names."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["id", "title", "possible", "why_not", *DATES, "remarks"])
    for row in scenarios_json(found, lang)["scenarios"]:
        days = [row["dates"].get(name) or "" for name in DATES]
        title, open_way = row["title"], str(row["possible"]).lower()
        table.writerow([row["id"], title, open_way, row["why_not"] or "", *days, " ".join(row["remarks"])])
    return out.getvalue()
