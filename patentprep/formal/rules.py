"""The formal rules as data: ``checklists/cn-formal-2026.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from patentprep.checklist import SEVERITIES, Period, Words
from patentprep.model import Severity
from patentprep.resources import Block, folder, load_yaml


@dataclass(frozen=True, slots=True)
class FormalRule:
    """One rule: what is wrong, why, how to mend it. ``message`` and ``fix`` have placeholders for facts."""

    id: str
    title: Words
    provision: Words
    source: str
    in_force: Period
    severity: Severity
    full_application: bool  # makes sense only for a complete application, not for a disclosure or notes
    languages: tuple[str, ...]
    message: Words
    fix: Words
    good: Words
    bad: Words
    pattern: re.Pattern[str] | None  # the words a rule about words looks for


_KEYS = {"id", "title", "provision", "source", "in_force", "severity", "full_application", "languages"}
_KEYS |= {"message", "fix", "good", "bad"}


@cache
def load_formal_rules() -> dict[str, FormalRule]:
    """The rules by id. Raises ChecklistError with file and line for a broken file."""
    data = load_yaml(folder("checklists") / "cn-formal-2026.yaml")
    data.expect({"id", "edition", "in_force", "sources", "rules"})
    rules = [_rule(block, set(data.block("sources"))) for block in data.blocks("rules")]
    return {rule.id: rule for rule in rules}


def _rule(block: Block, sources: set[str]) -> FormalRule:
    block.expect(_KEYS, {"pattern"})
    if block.text("source") not in sources:
        raise block.at("source").error(f"source {block.text('source')!r} is not listed under 'sources'")
    return FormalRule(
        id=block.text("id"),
        title=_words(block, "title"),
        provision=_words(block, "provision"),
        source=block.text("source"),
        in_force=_period(block),
        severity=block.one_of("severity", SEVERITIES),  # type: ignore[arg-type]
        full_application=block.one_of("full_application", ("true", "false")) == "true",
        languages=block.texts("languages"),
        message=_words(block, "message"),
        fix=_words(block, "fix"),
        good=_words(block, "good"),
        bad=_words(block, "bad"),
        pattern=_pattern(block) if "pattern" in block else None,
    )


def _words(block: Block, key: str) -> Words:
    pair = block.block(key)
    pair.expect({"zh", "en"})
    return Words(pair.text("zh"), pair.text("en"))


def _pattern(block: Block) -> re.Pattern[str]:
    pair = block.block("pattern")
    pair.expect({"zh", "en"})
    try:
        return re.compile("|".join((*pair.texts("zh"), *pair.texts("en"))), re.IGNORECASE)
    except re.error as error:
        raise block.at("pattern").error(f"not a regular expression: {error}") from error


def _period(block: Block) -> Period:
    first = block.block("in_force").text("from")
    try:
        return Period(date.fromisoformat(first), None)
    except ValueError as error:
        raise block.at("in_force").error("'from' must be a date such as 2026-01-01") from error


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that breaks a rule."""

    start: int | None = None
    end: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None  # when it differs from the rule's


Hits = Iterator[Hit]
