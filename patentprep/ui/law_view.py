"""The Checklists page's entries: one shape for elements, red flags and formal rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from patentprep.checklist import Checklist
from patentprep.formal import load_formal_rules
from patentprep.model import Lang
from patentprep.report.explain import example_in
from patentprep.strings import t
from patentprep.text import simplified
from patentprep.ui import desk, html


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the law asks, in the reader's language."""

    id: str
    part: str  # a requirement, "red_flags" or "formal"
    title: str
    severity: str
    facts: tuple[tuple[str, str], ...]  # key of the label under ``explain``, words


def entries(law: Checklist, filed_on: date | None, lang: Lang) -> list[Entry]:
    """Everything that is asked on a filing date, in the order of the checklist."""
    found = [
        Entry(
            e.id,
            e.requirement,
            e.title.in_(lang),
            e.severity,
            (
                ("asks", e.asks.in_(lang)),
                ("provision", e.provision.in_(lang)),
                ("source", law.sources[e.source].in_(lang)),
                ("in_force", e.in_force.start.isoformat()),
                ("where", t(f"explain.where_{e.where}", lang)),
                ("good", e.good.in_(lang)),
                ("bad", e.bad.in_(lang)),
                ("advice", e.advice.in_(lang)),
                ("question", e.question.in_(lang)),
            ),
        )
        for e in law.elements
    ]
    found += [
        Entry(
            f"ethics/{f.id}",
            "red_flags",
            f.title.in_(lang),
            f.severity,
            (
                ("provision", f.provision.in_(lang)),
                ("bad", example_in(f.finds, lang)),
                ("good", example_in(f.passes_over, lang)),
                ("advice", f.advice.in_(lang)),
                ("question", f.question.in_(lang)),
            ),
        )
        for f in law.red_flags
    ]
    found += [
        Entry(
            r.id,
            "formal",
            r.title.in_(lang),
            r.severity,
            (
                ("provision", r.provision.in_(lang)),
                ("source", r.source.in_(lang)),
                ("in_force", r.in_force.start.isoformat()),
                ("good", r.good.in_(lang)),
                ("bad", r.bad.in_(lang)),
            ),
        )
        for r in load_formal_rules().values()
        if r.in_force.holds(filed_on)
    ]
    return found


def matches(entry: Entry, words: str) -> bool:
    """Whether every word looked for stands in the entry."""
    text = simplified(" ".join([entry.id, entry.title, *(value for _, value in entry.facts)])).lower()
    return all(word in text for word in simplified(words).lower().split())


def listed(asks: str, shown: Iterable[Entry]) -> Markup:
    """Entries to open one by one."""
    return Markup('<div class="pp-law-list"><p class="pp-calm">{}</p>{}</div>').format(
        asks, Markup("").join(_entry(entry) for entry in shown)
    )


def _entry(entry: Entry) -> Markup:
    rows = Markup("").join(
        Markup('<dt>{}</dt><dd class="pp-fact-{}">{}</dd>').format(t(f"explain.{name}", desk.lang()), name, value)
        for name, value in entry.facts
        if value
    )
    colour = entry.part if entry.part not in ("red_flags", "formal") else "neutral"
    return Markup(
        '<details class="pp-entry pp-{}"><summary><b>{}</b> <span class="pp-place">{}</span>'
        '<span class="pp-sev pp-sev-{}"><i aria-hidden="true">{}</i> {}</span></summary><dl>{}</dl></details>'
    ).format(
        colour,
        entry.title,
        entry.id,
        entry.severity,
        html.SIGNS[entry.severity],
        t(f"report.severity.{entry.severity}", desk.lang()),
        rows,
    )
