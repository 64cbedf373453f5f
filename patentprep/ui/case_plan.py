"""The dates and offices of a case, as they stand in the planner's form and in the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from patentprep.cases.model import Case
from patentprep.ui import desk, plan_facts

NO_FACTS = ("plan_view", "plan_mode", "plan_only", "plan_everything")  # how the page is looked at
MOST_ROWS = 200  # disclosures or absences taken from a file


def plan_of(case: Case) -> dict[str, Any]:
    """The dates and offices as stored; what a file from elsewhere may hold in their place is left out."""
    value = case.value("plan")
    return {k: v for k, v in value.items() if is_fact(k) and _fits(k, v)} if isinstance(value, dict) else {}


def _fits(key: str, value: Any) -> bool:
    if key in plan_facts.ROWS:
        return type(value) is int and 0 <= value <= MOST_ROWS
    if isinstance(plan_facts.DEFAULTS.get(key), list):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)


def form() -> dict[str, Any]:
    """What the planner's form holds beyond its defaults."""
    kept = desk.desk().kept
    return {key: value for key, value in kept.items() if is_fact(key) and tells(key, value)}


def is_fact(key: str) -> bool:
    """Whether a key of the form holds a fact of the case, and not how the page is looked at."""
    return key.startswith("plan_") and key != "plan_of" and key not in NO_FACTS


def tells(key: str, value: Any) -> bool:
    """Whether a value says more than a form nobody has touched."""
    return value not in ("", [], None, 0, plan_facts.DEFAULTS.get(key))


def typed(before: Mapping[str, Any], drawn: Iterable[str]) -> dict[str, Any]:
    """The plan with what the fields drawn hold now; rows that were taken out are gone."""
    plan = dict(before)
    counts = {name: desk.held(name, 0) for name in plan_facts.ROWS}
    for key, value in [*((key, st.session_state[key]) for key in drawn if key in st.session_state), *counts.items()]:
        plan.pop(key, None)
        if tells(key, value):
            plan[key] = value
    for key in list(plan):
        group, number = _group(key), key.rpartition("_")[2]
        if group != key and number.isdecimal() and int(number) >= counts[group]:
            del plan[key]
    return plan


def _group(key: str) -> str:
    """The rows a field belongs to, or itself."""
    stem = re.sub(r"_[0-9]+$", "", key)
    return next((name for name, keys in plan_facts.ROWS.items() if stem in keys), key)


def merged(before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """What was changed here, and for the rest what is stored; rows count as one."""
    whole: dict[str, Any] = {}
    for group in {_group(key): None for key in (*theirs, *mine, *before)}:
        was, here, there = ({k: v for k, v in plan.items() if _group(k) == group} for plan in (before, mine, theirs))
        whole |= here if here != was else there
    return whole


def fill_form(plan: Mapping[str, Any]) -> None:
    """Lay a plan into the planner's form."""
    kept = desk.desk().kept
    for key in [*kept, *st.session_state]:
        if is_fact(str(key)) and "@" not in str(key) and key in kept:
            desk.forget_choice(str(key))
    for key, value in plan.items():
        desk.lay_down(key, value)
