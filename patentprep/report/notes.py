"""What a draft's margin should say: one note for each finding, vague sentence, doubt and gap, with its place.

The annotated Word and PDF files and SARIF are written from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from patentprep.cases.compose import draft_end
from patentprep.checklist import SEVERITIES
from patentprep.model import Assessment, Draft, Lang
from patentprep.report.as_json import to_dict
from patentprep.report.disclosure import chapter_of, chapters
from patentprep.strings import t

NoteKind = Literal["finding", "red_flag", "eligibility", "vague", "gap"]
Level = Literal["error", "warning", "note"]

MOST_QUESTIONS = 4  # written out in one note; further gaps are only named
LEVELS: dict[str, Level] = {"fatal": "error", "serious": "warning", "advisory": "note"}


@dataclass(frozen=True, slots=True)
class Note:
    """One remark. ``level`` is "error" for what makes a draft not ready. ``start`` is None for the draft as a whole.

    ``rule`` is what ``patentprep explain`` knows: a rule, an element, or a requirement for its gaps.
    """

    kind: NoteKind
    rule: str
    level: Level
    label: str  # severity or status, in words
    title: str
    message: str
    asks: tuple[str, ...]  # what to do or to answer, one a line
    provision: str
    start: int | None = None
    end: int | None = None

    def text(self) -> str:
        """The whole note, one thought a line."""
        parts = (f"{self.label} · {self.title}", self.message, *self.asks, self.provision)
        return "\n".join(part for part in parts if part)


def notes(assessment: Assessment, lang: Lang) -> tuple[Note, ...]:
    """All notes on a draft in the order of its text; those without a place come first, the most serious first of all.

    Gaps are told for requirements that are not covered: one note a requirement, at the sentence that speaks to it most
    clearly, else at the section where it belongs. Answers composed onto the draft are no part of the file: no notes.
    """
    report = to_dict(assessment, lang)
    end = draft_end(assessment.draft)
    found = [*_findings(assessment, report, lang), *_vague(report, lang), *_gaps(assessment, report, lang)]
    placed = [note for note in found if note.start is None or note.start < end]
    order = ("error", "warning", "note")
    return tuple(sorted(placed, key=lambda n: (-1 if n.start is None else n.start, order.index(n.level), n.rule)))


def nothing_found(lang: Lang) -> Note:
    """The one remark on a draft without notes: that it was looked at, and that silence is no promise."""
    told = (t("notes.nothing_label", lang), t("notes.nothing_title", lang), t("notes.nothing", lang))
    return Note("finding", "", "note", *told, (t("report.notice", lang),), "")


def title_place(draft: Draft) -> tuple[int, int]:
    """Where the title stands, or else the first line: for notes on the draft as a whole."""
    at = draft.text.find(draft.title) if draft.title.strip() else -1
    if at >= 0:
        return at, at + len(draft.title)
    first = next((line for line in draft.text.split("\n") if line.strip()), "")
    at = draft.text.find(first)
    return at, at + len(first)


def _findings(assessment: Assessment, report: dict[str, Any], lang: Lang) -> Iterator[Note]:
    claim = _first_claim(assessment.draft)
    for finding in report["findings"]:
        rule, severity = finding["rule"], finding["severity"]
        start, end = finding["start"], finding["end"]
        kind: NoteKind = "finding"
        if rule.startswith("ethics/"):
            kind = "red_flag"
        elif rule.startswith("eligibility/"):
            kind, (start, end) = "eligibility", claim
        label = t(f"report.severity.{severity}", lang)
        yield Note(
            kind, rule, LEVELS[severity], label, finding["title"], finding["message"],
            (finding["fix"],), finding["provision"], start, end,
        )  # fmt: skip
    if report["eligibility"]["verdict"] == "uncertain":
        reasons = [r for r in report["eligibility"]["reasons"] if r["kind"] in ("path", "provision")]
        yield Note(
            "eligibility", "eligibility/uncertain", "warning", t("report.verdict_short.uncertain", lang),
            t("report.heading.eligibility", lang), t("report.verdict.uncertain", lang),
            tuple(reason["note"] for reason in reasons), "", *claim,
        )  # fmt: skip


def _first_claim(draft: Draft) -> tuple[int | None, int | None]:
    claim = next((c for c in draft.claims if c.independent), None)
    return (claim.start, claim.end) if claim else (None, None)


def _vague(report: dict[str, Any], lang: Lang) -> Iterator[Note]:
    """One note a sentence, however many elements it fails to give."""
    seen: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for requirement in report["requirements"]:
        for element in requirement["elements"]:
            for item in element["evidence"] if element["status"] == "vague" else ():
                seen.setdefault((item["start"], item["end"]), []).append(element)
    for (start, end), elements in seen.items():
        names = t("list.comma", lang).join(f"{e['id']} {e['title']}" for e in elements)
        yield Note(
            "vague", elements[0]["id"], "note", t("report.element.vague", lang), names, t("notes.vague", lang),
            tuple(dict.fromkeys(e["advice"] for e in elements)), elements[0]["provision"], start, end,
        )  # fmt: skip


def _gaps(assessment: Assessment, report: dict[str, Any], lang: Lang) -> Iterator[Note]:
    for requirement in report["requirements"]:
        status = requirement["status"]
        missing = [e for e in requirement["elements"] if e["status"] == "not_found"]
        if status not in ("partial", "not_found") or not missing:
            continue
        missing.sort(key=lambda e: SEVERITIES.index(e["severity"]))
        asks = [f"{e['id']} {e['question']}" for e in missing[:MOST_QUESTIONS]]
        if len(missing) > MOST_QUESTIONS:
            rest = t("list.comma", lang).join(f"{e['id']} {e['title']}" for e in missing[MOST_QUESTIONS:])
            asks.append(t("notes.also", lang, names=rest))
        yield Note(
            "gap", requirement["id"], "error" if status == "not_found" else "warning",
            t(f"report.status.{status}", lang), requirement["title"], t(f"notes.gap_{status}", lang),
            tuple(asks), requirement["provision"], *_nearest(assessment.draft, requirement, missing),
        )  # fmt: skip


def _nearest(
    draft: Draft, requirement: dict[str, Any], missing: Sequence[dict[str, Any]]
) -> tuple[int, int] | tuple[None, None]:
    """Where a gap is best filled."""
    end = draft_end(draft)
    spoken = [item for e in requirement["elements"] for item in e["evidence"] if item["start"] < end]
    if spoken:
        best = max(spoken, key=lambda item: (item["strength"] == "substantive", item["confidence"], -item["start"]))
        return best["start"], best["end"]
    wanted = {chapter.id for chapter in chapters() for e in missing if e["id"] in chapter.elements}
    wanted |= {chapter.part_of for chapter in chapters() if chapter.id in wanted}
    for section in draft.sections:
        if section.heading and section.start < end and chapter_of(section) in wanted:
            at = draft.text.find(section.heading, section.start, section.end)
            if at >= 0:
                return at, at + len(section.heading)
    return None, None
