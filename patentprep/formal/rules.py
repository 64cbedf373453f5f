"""The formal rules as data: ``checklists/cn-formal-2026.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from patentprep.checklist import SEVERITIES, Period, Words, expect_unique_ids, period_of, source_of, words_of
from patentprep.model import Severity
from patentprep.resources import Block, folder, load_yaml


@dataclass(frozen=True, slots=True)
class FormalRule:
    """One rule: what is wrong, why, how to mend it. ``message`` and ``fix`` have placeholders for facts."""

    id: str
    title: Words
    provision: Words
    source: Words
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
    return parse_rules(load_yaml(folder("checklists") / "cn-formal-2026.yaml"))


def parse_rules(data: Block) -> dict[str, FormalRule]:
    """The rules of a file by id. Raises ChecklistError for unknown, missing or repeated ids and keys."""
    data.expect({"id", "edition", "in_force", "sources", "rules"})
    sources = {key: words_of(data.block("sources"), key) for key in data.block("sources")}
    expect_unique_ids(data.blocks("rules"))
    rules = [_rule(block, sources) for block in data.blocks("rules")]
    return {rule.id: rule for rule in rules}


def _rule(block: Block, sources: dict[str, Words]) -> FormalRule:
    block.expect(_KEYS, {"pattern"})
    return FormalRule(
        id=block.text("id"),
        title=words_of(block, "title"),
        provision=words_of(block, "provision"),
        source=sources[source_of(block, sources)],
        in_force=period_of(block),
        severity=block.one_of("severity", SEVERITIES),  # type: ignore[arg-type]
        full_application=block.one_of("full_application", ("true", "false")) == "true",
        languages=block.texts("languages"),
        message=words_of(block, "message"),
        fix=words_of(block, "fix"),
        good=words_of(block, "good"),
        bad=words_of(block, "bad"),
        pattern=_pattern(block) if "pattern" in block else None,
    )


def _pattern(block: Block) -> re.Pattern[str]:
    pair = block.block("pattern")
    pair.expect({"zh", "en"})
    try:
        return re.compile("|".join((*pair.texts("zh"), *pair.texts("en"))), re.IGNORECASE)
    except re.error as error:
        raise block.at("pattern").error(f"not a regular expression: {error}") from error


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that breaks a rule."""

    start: int | None = None
    end: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None  # when it differs from the rule's


Hits = Iterator[Hit]
