"""The agenda of a plan in words, for a list of what comes next and for a list by month."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from patentprep.model import Lang
from patentprep.planning.agenda import Step
from patentprep.planning.timeline import Deadline, Suggestion
from patentprep.report.plan import item_name, office_name, rule, say_words
from patentprep.strings import t


def step_rows(steps: Iterable[Step], lang: Lang) -> list[dict[str, Any]]:
    """One dictionary a step; dates are ISO dates, words are in ``lang``."""
    return [_row(step, lang) for step in steps]


def by_month(steps: Iterable[Step], lang: Lang) -> list[dict[str, Any]]:
    """The steps under the months they fall in; months in which nothing is to be done are left out."""
    return [
        {
            "name": t(f"plan.agenda.month_{month}", lang, year=year),
            "steps": step_rows(group, lang),
        }
        for (year, month), group in groupby(steps, key=lambda step: (step.day.year, step.day.month))
    ]


def _row(step: Step, lang: Lang) -> dict[str, Any]:
    item = step.item
    row: dict[str, Any] = {
        "id": item.id,
        "title": item_name(item.id, lang),
        "date": step.day.isoformat(),
        "day": step.day.day,
        "weekday": t(f"plan.agenda.weekday_{step.day.weekday()}", lang),
        "last": step.last.isoformat(),
        "advised": step.advised,
        "overdue": step.overdue,
    }
    if isinstance(item, Suggestion):
        return row | {"office": "", "why": say_words(item.why, lang), "rule": "", "certain": True}
    return row | _deadline(item, step.overdue, lang)


def _deadline(item: Deadline, overdue: bool, lang: Lang) -> dict[str, Any]:
    """What missing it costs; and, where it was missed, what may still help."""
    why = say_words(item.consequence, lang)
    if overdue and item.rescue:
        rescue = say_words(item.rescue, lang)
        why += rescue if lang == "zh" else f" {rescue}"
    return {
        "office": office_name(item.office, lang),
        "why": why,
        "rule": rule(item.rule, lang),
        "certain": item.certain,
    }
