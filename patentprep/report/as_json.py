"""``check --format json``: keys and values as the public contract names them, with the words of the chosen language."""

from __future__ import annotations

import json
from typing import Any

from patentprep.checklist import Checklist, load_checklist
from patentprep.formal import load_formal_rules
from patentprep.model import Assessment, Eligibility, Evidence, Finding, Lang, Reason, RequirementResult
from patentprep.strings import t, warn
from patentprep.versions import program_version

SCHEMA_VERSION = 1


def to_json(assessment: Assessment, lang: Lang) -> str:
    """The assessment as JSON text."""
    return json.dumps(to_dict(assessment, lang), ensure_ascii=False, indent=2) + "\n"


def to_dict(assessment: Assessment, lang: Lang) -> dict[str, Any]:
    """The assessment as the contract's dictionary; every other format is written from it."""
    draft, document = assessment.draft, assessment.draft.document
    laws = {edition.id: load_checklist(edition.id) for edition in assessment.checklists}
    return {
        "schema_version": SCHEMA_VERSION,
        "patentprep": {"version": program_version(), "model": assessment.model_version},
        "language": lang,
        "draft": {
            "path": document.name,
            "format": document.format,
            "sha256": document.sha256,
            "language": draft.language,
            "pages": len(document.pages) or None,
            "ocr_pages": [page.number for page in document.pages if page.ocr],
            "title": draft.title,
            "invention_type": assessment.invention_type,
            "characters": len(draft.text),
            "sections": [
                {"kind": s.kind, "heading": s.heading, "start": s.start, "end": s.end} for s in draft.sections
            ],
            "claims": [
                {
                    "number": c.number,
                    "text": c.text,
                    "category": c.category,
                    "independent": c.independent,
                    "depends_on": list(c.depends_on),
                    "start": c.start,
                    "end": c.end,
                }
                for c in draft.claims
            ],
            "warnings": [warn(w, lang) for w in (*document.warnings, *draft.unparsed)],
        },
        "filed_on": assessment.filed_on.isoformat() if assessment.filed_on else None,
        "checklists": [
            {
                "id": edition.id,
                "title": laws[edition.id].title.in_(lang),
                "edition": edition.edition,
                "in_force": edition.in_force.isoformat(),
            }
            for edition in assessment.checklists
        ],
        "requirements": [_requirement(r, laws[r.checklist], lang) for r in assessment.requirements],
        "eligibility": _eligibility(assessment.eligibility, lang),
        "findings": [_finding(f, assessment, laws, lang) for f in assessment.findings],
        "readiness": {
            "level": assessment.readiness.level,
            "score": assessment.readiness.score,
            "summary": summary(assessment, lang),
            "next_steps": [_step(step, assessment, laws, lang) for step in assessment.readiness.next_steps],
        },
        "notice": t("report.notice", lang),
    }


def summary(assessment: Assessment, lang: Lang) -> str:
    """The report in one or two sentences: facts about the draft, no grade."""
    asked = [r for r in assessment.requirements if r.status != "not_applicable"]
    parts = [
        t(
            "report.summary.covered",
            lang,
            covered=sum(r.status == "covered" for r in asked),
            asked=len(asked),
        )
    ]
    for status in ("not_found", "partial"):
        names = [requirement_title(r, lang) for r in asked if r.status == status]
        if names:
            parts.append(t(f"report.summary.{status}", lang, names=_listed(names, lang)))
    flags = sum(f.rule.startswith("ethics/") for f in assessment.findings)
    if flags:
        parts.append(t("report.summary.red_flags", lang, count=flags))
    parts.append(t(f"report.verdict.{assessment.eligibility.verdict}", lang))
    return ("" if lang == "zh" else " ").join(parts)


def _listed(names: list[str], lang: Lang) -> str:
    """Titles in mid-sentence."""
    return t("list.comma", lang).join(name[0].lower() + name[1:] for name in names)


def requirement_title(result: RequirementResult, lang: Lang) -> str:
    """The heading of a requirement."""
    law = load_checklist(result.checklist)
    return next(r for r in law.requirements if r.id == result.id).title.in_(lang)


def _requirement(result: RequirementResult, law: Checklist, lang: Lang) -> dict[str, Any]:
    heading = next(r for r in law.requirements if r.id == result.id)
    elements = []
    for e in result.elements:
        element = law.element(e.id)
        elements.append(
            {
                "id": e.id,
                "title": element.title.in_(lang),
                "status": e.status,
                "severity": element.severity,
                "where": element.where,
                "provision": element.provision.in_(lang),
                "evidence": [_evidence(item) for item in e.evidence],
                "advice": element.advice.in_(lang),
                "question": element.question.in_(lang),
            }
        )
    return {
        "id": result.id,
        "checklist": result.checklist,
        "title": heading.title.in_(lang),
        "asks": heading.asks.in_(lang),
        "provision": heading.provision.in_(lang),
        "status": result.status,
        "score": result.score,
        "missing": [e["title"] for e in elements if e["status"] == "not_found"],
        "elements": elements,
    }


def quoted(item: Evidence) -> dict[str, Any]:
    """A sentence as evidence: its words, its place, and how much substance it has."""
    return {
        "quote": item.quote,
        "start": item.start,
        "end": item.end,
        "page": item.page,
        "paragraph": item.paragraph,
        "strength": item.strength,
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return {**quoted(item), "confidence": item.confidence, "because": item.because}


def _eligibility(eligibility: Eligibility, lang: Lang) -> dict[str, Any]:
    return {
        "verdict": eligibility.verdict,
        "probability": eligibility.probability,
        "claims": [
            {
                "number": c.number,
                "verdict": c.verdict,
                "probability": c.probability,
                "reasons": [_reason(r, lang) for r in c.reasons],
            }
            for c in eligibility.claims
        ],
        "reasons": [_reason(r, lang) for r in eligibility.reasons],
    }


def _reason(reason: Reason, lang: Lang) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "text": reason.text,
        "start": reason.start,
        "end": reason.end,
        "weight": reason.weight,
        "note": t(f"reason.{reason.note}", lang),
    }


def _finding(finding: Finding, assessment: Assessment, laws: dict[str, Checklist], lang: Lang) -> dict[str, Any]:
    title, message, provision, fix = _rule_words(finding.rule, dict(finding.facts), laws, lang)
    text = assessment.draft.text
    quoted = finding.start is not None and finding.end is not None
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "title": title,
        "message": message,
        "provision": provision,
        "fix": fix,
        "quote": text[finding.start : finding.end] if quoted else None,
        "start": finding.start,
        "end": finding.end,
        "page": finding.page,
    }


def _rule_words(rule: str, facts: dict[str, str], laws: dict[str, Checklist], lang: Lang) -> tuple[str, str, str, str]:
    """Title, message, provision and smallest fix of a finding's rule."""
    if rule == "eligibility/pure-algorithm":
        return (
            t("report.pure_algorithm.title", lang),
            t("report.pure_algorithm.message", lang),
            t("report.pure_algorithm.provision", lang),
            t("report.pure_algorithm.fix", lang),
        )
    if rule.startswith("ethics/"):
        for law in laws.values():
            for flag in law.red_flags:
                if rule == f"ethics/{flag.id}":
                    return (
                        flag.title.in_(lang),
                        t("report.red_flag.message", lang, title=flag.title.in_(lang)),
                        flag.provision.in_(lang),
                        flag.advice.in_(lang),
                    )
        return (
            t("report.red_flag.title", lang),
            t("report.red_flag.message", lang, title=t("report.red_flag.title", lang)),
            t("report.red_flag.provision", lang),
            t("report.red_flag.fix", lang),
        )
    formal = load_formal_rules()[rule]
    return (
        formal.title.in_(lang),
        formal.message.in_(lang).format(**facts),
        formal.provision.in_(lang),
        formal.fix.in_(lang).format(**facts),
    )


def _step(step: str, assessment: Assessment, laws: dict[str, Checklist], lang: Lang) -> str:
    if "/" in step:
        finding = next(f for f in assessment.findings if f.rule == step)
        title, _, _, fix = _rule_words(step, dict(finding.facts), laws, lang)
        return t("report.step", lang, title=title, ask=fix)
    for law in laws.values():
        for element in law.elements:
            if element.id == step:
                return t("report.step", lang, title=element.title.in_(lang), ask=element.question.in_(lang))
    raise KeyError(step)
