"""Shared by the tests of the planner: plans from plain text, and a plan with a withdrawn priority."""

import re
from datetime import date

import pytest

from patentprep.errors import PatentprepError
from patentprep.planning.pct import plan_timeline
from patentprep.planning.timeline import Timeline
from patentprep.strings import LANGUAGES, say

D = date.fromisoformat

WITHDRAWN = {
    "priority_date": ["2026-01-31", "2026-06-01"],
    "filing_date": "2026-12-18",
    "withdraw_priority": "2026-01-31",
    "offices": ["US"],
}


def plan(arguments: dict[str, object]) -> Timeline:
    def value(item: object) -> object:
        if isinstance(item, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", item):
            return D(item)
        return [value(part) for part in item] if isinstance(item, list) else item

    return plan_timeline(**{name: value(item) for name, item in arguments.items()})  # type: ignore[arg-type]


def refused(arguments: dict[str, object], error: type[PatentprepError], key: str) -> None:
    """Such a plan is refused with this error, in one whole sentence of each language."""
    with pytest.raises(error) as caught:
        plan(arguments)
    assert caught.value.key == key
    for lang in LANGUAGES:
        sentence = say(caught.value, lang)
        assert sentence and "\n" not in sentence and "{" not in sentence


def ids(plan: Timeline) -> set[str]:
    return {item.id for item in plan.deadlines}
