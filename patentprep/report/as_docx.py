"""``check --format docx``: the readiness report as a Word file, to be sent round and worked in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from patentprep.cases.compose import printable
from patentprep.model import Assessment, Lang
from patentprep.palette import COLOURS, SHAPES
from patentprep.report.as_json import to_dict
from patentprep.report.word import bar, grey, new_document, saved, small
from patentprep.strings import t

if TYPE_CHECKING:
    from docx.document import Document as WordFile

MOST_QUOTED = 400  # characters of one quotation


def to_docx(assessment: Assessment, lang: Lang) -> bytes:
    """The report as DOCX: the same facts as JSON, text and HTML."""
    report = to_dict(assessment, lang)
    draft = report["draft"]
    title = printable(draft["title"] or t("report.untitled", lang)).replace("\n", " ")
    word = new_document(title, lang)
    word.add_paragraph(title, style="Title")
    small(word, " · ".join(facts(report, lang)))
    for warning in draft["warnings"]:
        small(word, printable(warning))
    paragraph = word.add_paragraph()
    paragraph.add_run(t(f"report.level.{report['readiness']['level']}", lang)).bold = True
    paragraph.add_run(("" if lang == "zh" else " ") + printable(report["readiness"]["summary"]))
    word.add_heading(t("report.heading.next", lang), 1)
    for step in report["readiness"]["next_steps"]:
        word.add_paragraph(printable(step), style="List Number")
    if not report["readiness"]["next_steps"]:
        word.add_paragraph(t("report.nothing_urgent", lang))
    word.add_heading(t("report.heading.requirements", lang), 1)
    _overview(word, report, lang)
    for requirement in report["requirements"]:
        _requirement(word, requirement, lang)
    _eligibility(word, report["eligibility"], lang)
    _findings(word, report, lang)
    word.add_heading(t("report.heading.versions", lang), 1)
    law = t("list.comma", lang).join(f"{c['title']} ({c['edition']})" for c in report["checklists"])
    small(word, f"{law} · patentprep {report['patentprep']['version']} · {report['patentprep']['model']}")
    small(word, f"SHA-256 {draft['sha256']}")
    return saved(word)


def facts(report: dict[str, Any], lang: Lang) -> list[str]:
    """File, pages, kind of invention and number of claims, in words."""
    draft = report["draft"]
    pages = [t("report.pages_count", lang, count=draft["pages"])] if draft["pages"] else []
    kind = t(f"report.invention_type.{draft['invention_type']}", lang)
    return [printable(draft["path"]), *pages, kind, t("report.claims_count", lang, count=len(draft["claims"]))]


def _overview(word: WordFile, report: dict[str, Any], lang: Lang) -> None:
    from docx.shared import Mm

    table = word.add_table(0, 3, style="Table Grid")
    for requirement in report["requirements"]:
        asked = [e for e in requirement["elements"] if e["status"] != "not_applicable"]
        found = sum(e["status"] == "found" for e in asked)
        row = table.add_row()
        words = (
            requirement["title"],
            f"{SHAPES[requirement['status']]} {t('report.status.' + requirement['status'], lang)}",
            t("report.found_of", lang, found=found, asked=len(asked)) if asked else "",
        )
        for cell, text, width in zip(row.cells, words, (62, 40, 52), strict=True):
            cell.text, cell.width = text, Mm(width)
        bar(row.cells[0], COLOURS[requirement["id"]])


def _requirement(word: WordFile, requirement: dict[str, Any], lang: Lang) -> None:
    word.add_heading(f"{requirement['title']} · {t('report.status.' + requirement['status'], lang)}", 2)
    small(word, f"{requirement['asks']} ({requirement['provision']})")
    shown: set[int] = set()
    for element in requirement["elements"]:
        if element["status"] == "not_applicable":
            continue
        paragraph = word.add_paragraph(style="Run-in")
        paragraph.add_run(f"{SHAPES[element['status']]} {element['title']}")
        grey(
            paragraph, f"  {element['id']} · {t('report.element.' + element['status'], lang)} · {element['provision']}"
        )
        for item in element["evidence"][:1]:
            if item["start"] not in shown:
                _quote(word, item, lang)
                shown.add(item["start"])
        if element["status"] == "not_found":
            word.add_paragraph(element["question"], style="Open Question")
        elif element["status"] == "vague":
            word.add_paragraph(element["advice"], style="Open Question")


def _quote(word: WordFile, item: dict[str, Any], lang: Lang) -> None:
    flat = " ".join(printable(item["quote"]).split())
    paragraph = word.add_paragraph(flat if len(flat) <= MOST_QUOTED else flat[: MOST_QUOTED - 1] + "…", style="Quote")
    place = [t("report.page", lang, page=item["page"])] if item.get("page") else []
    place += [item["paragraph"]] if item.get("paragraph") else []
    if place:
        grey(paragraph, "  " + " ".join(place))


def _eligibility(word: WordFile, eligibility: dict[str, Any], lang: Lang) -> None:
    word.add_heading(t("report.heading.eligibility", lang), 1)
    percent = round(100 * eligibility["probability"])
    verdict = t(f"report.verdict.{eligibility['verdict']}", lang)
    word.add_paragraph(f"{verdict} {t('report.probability', lang, percent=percent)}")
    claims = [
        t("report.claim_verdict", lang, number=c["number"], verdict=t(f"report.verdict_short.{c['verdict']}", lang))
        for c in eligibility["claims"]
    ]
    if claims:
        small(word, " · ".join(claims))
    for reason in eligibility["reasons"]:
        flat = " ".join(printable(reason["text"]).split())[:MOST_QUOTED] if reason["start"] is not None else ""
        paragraph = word.add_paragraph(flat or reason["note"], style="List Bullet")
        if flat:
            grey(paragraph, f"  {reason['note']}")
        if reason["weight"]:
            grey(paragraph, f"  {reason['weight']:+.2f}")


def _findings(word: WordFile, report: dict[str, Any], lang: Lang) -> None:
    if not report["findings"]:
        return
    word.add_heading(t("report.heading.findings", lang), 1)
    for finding in report["findings"]:
        paragraph = word.add_paragraph(style="Run-in")
        paragraph.add_run(f"{t('report.severity.' + finding['severity'], lang)} · {printable(finding['title'])}")
        grey(paragraph, f"  {finding['rule']}")
        word.add_paragraph(printable(f"{finding['message']} ({finding['provision']})"))
        if finding["quote"]:
            _quote(word, finding, lang)
        word.add_paragraph(printable(finding["fix"]), style="Open Question")
