"""A comparison in words: JSON, text for a terminal, an HTML fragment for a page, and one self-contained HTML file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from patentprep.compare import ClaimChange, Comparison, ElementChange, EvidenceChange
from patentprep.disclosed import Matter
from patentprep.model import Assessment, ClaimVerdict, Evidence, Finding, Lang, Sentence
from patentprep.palette import COLOURS, SHAPES
from patentprep.report.as_json import quoted, to_dict
from patentprep.report.compare_text import gone_runs, to_text
from patentprep.strings import t, warn
from patentprep.text_diff import Run, wording
from patentprep.versions import program_version

SCHEMA_VERSION = 1
FORMATS = ("text", "json", "html")


def render(comparison: Comparison, fmt: str, lang: Lang) -> str:
    """The comparison in one of ``FORMATS``."""
    return {"text": compare_text, "json": compare_json, "html": compare_page}[fmt](comparison, lang)


def compare_json(comparison: Comparison, lang: Lang) -> str:
    """The comparison as JSON text."""
    return json.dumps(comparison_dict(comparison, lang), ensure_ascii=False, indent=2) + "\n"


def comparison_dict(comparison: Comparison, lang: Lang) -> dict[str, Any]:
    """The comparison as a dictionary; every other format is written from it.

    Runs of "removed" text count in the older text, all others in the newer one; in ``lost`` it is the other way round.
    """
    old, new = comparison.old, comparison.new
    before, after = to_dict(old, lang), to_dict(new, lang)
    titles = {r["id"]: r["title"] for r in (*before["requirements"], *after["requirements"])}
    names = {e["id"]: e["title"] for r in (*before["requirements"], *after["requirements"]) for e in r["elements"]}
    requirements = []
    for r in comparison.requirements:
        requirements.append(
            {
                "id": r.id,
                "checklist": r.checklist,
                "title": titles[r.id],
                "then": r.then,
                "now": r.now,
                "elements": [_element(e, names) for e in r.elements],
                "gained": [_evidence_change(e) for e in r.gained],
                "lost": [_evidence_change(e) for e in r.lost],
            }
        )
    return {
        "schema_version": SCHEMA_VERSION,
        "patentprep": after["patentprep"] | {"version": program_version()},
        "language": lang,
        "old": _file(before),
        "new": _file(after),
        "checklists": after["checklists"],
        "law": t("list.comma", lang).join(f"{c['title']} ({c['edition']})" for c in after["checklists"]),
        "unlike": comparison.unlike or None,
        "warnings": _warnings(comparison, lang),
        "summary": t(
            "compare.summary",
            lang,
            **{name: len(comparison.elements(name)) for name in ("closed", "opened", "still_open")},
        ),
        "readiness": {
            "then": old.readiness.level,
            "now": new.readiness.level,
            "score_then": old.readiness.score,
            "score_now": new.readiness.score,
        },
        "requirements": requirements,
        "opened": [_element(e, names) for e in comparison.elements("opened")],
        "eligibility": _eligibility(comparison, lang),
        "findings": {
            "gone": _findings(before, old, comparison.findings_gone),
            "new": _findings(after, new, comparison.findings_new),
            "left": comparison.findings_left,
        },
        "claims": [_claim(c, old, new, lang) for c in comparison.claims],
        "claims_summary": _claims_summary(comparison.claims, lang),
        "text_changes": [
            {
                "requirements": list(c.requirements),
                "titles": [titles[name] for name in c.requirements],
                "old": _sentence(c.old),
                **_sentence(c.new),
                "runs": _runs(c.runs, old.draft.text, new.draft.text),
            }
            for c in comparison.text_changes
        ],
        "beyond": {
            "matter": _matters(comparison.beyond, titles, names, old.draft.text, new.draft.text),
            "more": _matters(comparison.beyond_more, titles, names, old.draft.text, new.draft.text),
        },
        "lost": {
            "matter": _matters(comparison.lost, titles, names, new.draft.text, old.draft.text),
            "more": _matters(comparison.lost_more, titles, names, new.draft.text, old.draft.text),
        },
        "notice": t("report.notice", lang),
    }


def _file(report: dict[str, Any]) -> dict[str, Any]:
    draft = report["draft"]
    return {name: draft[name] for name in ("path", "format", "sha256", "language", "pages", "title")} | {
        "claims": len(draft["claims"])
    }


def _warnings(comparison: Comparison, lang: Lang) -> list[str]:
    found = [t("compare.identical", lang)] if comparison.identical else []
    found += [t(f"compare.unlike.{comparison.unlike}", lang)] if comparison.unlike else []
    for assessment in (comparison.old, comparison.new):
        document = assessment.draft.document
        for warning in (*document.warnings, *assessment.draft.unparsed):
            found.append(t("compare.reading", lang, name=document.name, warning=warn(warning, lang)))
    return found


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "quote": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "page": sentence.page,
        "paragraph": sentence.paragraph,
        "claim": sentence.claim,
    }


def _element(change: ElementChange, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": change.id,
        "title": names[change.id],
        "change": change.change,
        "then": change.then,
        "now": change.now,
        "evidence_then": _quote(change.evidence_then),
        "evidence_now": _quote(change.evidence_now),
    }


def _quote(item: Evidence | None) -> dict[str, Any] | None:
    return quoted(item) if item else None


def _evidence_change(change: EvidenceChange) -> dict[str, Any]:
    other = change.counterpart
    how = "whole" if other is None else "reworded"
    if other is not None and wording(other.text) == wording(change.sentence.text):
        how = "elsewhere"
    return {
        **_sentence(change.sentence),
        "elements": list(change.elements),
        "how": how,
        "counterpart": _sentence(other) if other else None,
    }


def _runs(runs: Iterable[Run], removed_from: str, text: str) -> list[dict[str, Any]]:
    return [
        {
            "op": run.op,
            "start": run.start,
            "end": run.end,
            "text": (removed_from if run.op == "removed" else text)[run.start : run.end],
        }
        for run in runs
    ]


def _matters(
    matters: Iterable[Matter], titles: dict[str, str], names: dict[str, str], base: str, text: str
) -> list[dict[str, Any]]:
    return [
        {
            **_sentence(m.sentence),
            "requirements": list(m.requirements),
            "elements": list(m.elements),
            "points": [titles[r] for r in m.requirements] + [f"{e} {names[e]}" for e in m.elements if e in names],
            "counterpart": _sentence(m.counterpart) if m.counterpart else None,
            "runs": _runs(m.runs, base, text),
            "changed": m.changed,
        }
        for m in matters
    ]


def _findings(report: dict[str, Any], assessment: Assessment, wanted: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings in words, as the report of that version has them."""
    return [
        words for finding, words in zip(assessment.findings, report["findings"], strict=True)
        if any(finding is one for one in wanted)
    ]  # fmt: skip


def _eligibility(comparison: Comparison, lang: Lang) -> dict[str, Any]:
    then, now = comparison.old.eligibility, comparison.new.eligibility
    claims = [
        {
            "number": change.new.number,
            "then": change.then.verdict,
            "now": change.now.verdict,
            "probability_then": change.then.probability,
            "probability_now": change.now.probability,
            "words": _verdicts(change.then, change.now, lang),
        }
        for change in comparison.claims
        if change.new and change.then and change.now
    ]
    return {
        "then": then.verdict,
        "now": now.verdict,
        "probability_then": then.probability,
        "probability_now": now.probability,
        "words": _verdicts(ClaimVerdict(0, then.verdict, then.probability),
                           ClaimVerdict(0, now.verdict, now.probability), lang),
        "claims": claims,
    }  # fmt: skip


def _verdicts(then: ClaimVerdict, now: ClaimVerdict, lang: Lang) -> str:
    return t(
        "compare.eligibility",
        lang,
        then=t(f"report.verdict_short.{then.verdict}", lang),
        before=round(100 * then.probability),
        now=t(f"report.verdict_short.{now.verdict}", lang),
        after=round(100 * now.probability),
    )


def _claim(change: ClaimChange, old: Assessment, new: Assessment, lang: Lang) -> dict[str, Any]:
    claim = change.new or change.old
    assert claim is not None  # one of the two is always there
    then = change.old.number if change.old else None
    key = "changed_number" if change.became == "changed" and then != claim.number else change.became
    words = t(f"compare.claim.{key}", lang, **({"then": then} if key in ("renumbered", "changed_number") else {}))
    if change.taken_up is not None:
        words = t("compare.claim.taken_up", lang, number=change.taken_up)
    if change.refers_otherwise:
        words += t("list.comma", lang) + t("compare.claim.refers", lang)
    return {
        "became": change.became,
        "label": t(f"compare.claim.{'number' if change.new else 'number_then'}", lang, number=claim.number),
        "number": claim.number,
        "number_then": then,
        "number_now": change.new.number if change.new else None,
        "independent": claim.independent,
        "refers_otherwise": change.refers_otherwise,
        "taken_up": change.taken_up,
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "words": words,
        "runs": _runs(change.runs, old.draft.text, new.draft.text),
    }


def _claims_summary(claims: Iterable[ClaimChange], lang: Lang) -> str:
    counts = Counter(change.became for change in claims)
    became = ("changed", "added", "dropped", "renumbered", "same")
    return t("compare.claims_summary", lang, **{name: counts[name] for name in became})  # type: ignore[index]


def compare_text(comparison: Comparison, lang: Lang) -> str:
    """The comparison as plain text for a terminal."""
    return to_text(comparison_dict(comparison, lang), lang)


# --- HTML ------------------------------------------------------------------------------------------------------------


@cache
def style() -> str:
    """The style sheet of the fragment; it takes its colours from the page around it."""
    return (Path(__file__).parent / "compare.css").read_text(encoding="utf-8")


def compare_html(comparison: Comparison, lang: Lang) -> Markup:
    """The comparison as a fragment for a page. Everything that comes from the drafts is escaped."""
    return _part(comparison_dict(comparison, lang), lang)


def compare_page(comparison: Comparison, lang: Lang) -> str:
    """The comparison as one HTML file without outside references."""
    from patentprep.report.templates import template

    c = comparison_dict(comparison, lang)
    return str(
        template("compare.html.j2").render(
            c=c,
            part=_part(c, lang),
            title=c["new"]["title"] or c["old"]["title"],
            style=Markup(style()),
            colours=COLOURS,
            lang=lang,
            t=lambda key, **facts: t(key, lang, **facts),
        )
    )


def _part(c: dict[str, Any], lang: Lang) -> Markup:
    from patentprep.report.templates import template

    words = template("compare_part.html.j2").render(
        c=c, shapes=SHAPES, lang=lang, gone_runs=gone_runs, t=lambda key, **facts: t(key, lang, **facts)
    )
    return Markup(words)
