"""``check --format pdf``: the readiness report as PDF, set by typst with a Chinese font that comes along.

The templates (``report.typ`` and others) are ours and fixed; everything from the draft reaches them as JSON data and is
never markup.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from patentprep.cases.compose import printable
from patentprep.errors import UsageError
from patentprep.model import Assessment, Lang
from patentprep.palette import COLOURS, SHAPES
from patentprep.report.as_docx import facts
from patentprep.report.as_json import to_dict
from patentprep.strings import t

MOST_QUOTED = 400  # characters of one quotation


class PdfNotInstalled(UsageError):
    """typst or the font is not installed (extra ``pdf``)."""

    key = "error.pdf_not_installed"


def to_pdf(assessment: Assessment, lang: Lang) -> bytes:
    """The report as PDF: the same facts as JSON, text and HTML. Raises PdfNotInstalled."""
    return typeset("report.typ", _content(to_dict(assessment, lang), lang))


def installed() -> bool:
    """Whether typst and the font are there."""
    return find_spec("typst") is not None and _fonts() is not None


def _fonts() -> Path | None:
    """The folder of the font, None where it is not installed."""
    font = find_spec("noto_cjk_sans_otc")
    return Path(font.origin).parent if font and font.origin else None


def typeset(template: str, content: dict[str, Any]) -> bytes:
    """A template beside this file, filled in. Raises PdfNotInstalled."""
    fonts = _fonts()
    try:
        import typst
    except ImportError as error:
        raise PdfNotInstalled() from error
    if fonts is None:
        raise PdfNotInstalled()
    write: Any = typst.compile
    return bytes(
        write(
            (Path(__file__).parent / template).read_bytes(),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,  # the same file on every computer
            sys_inputs={"content": json.dumps(_clean(content), ensure_ascii=False)},
        )
    )


def _content(report: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """What the template lays out, in words."""
    draft, eligibility = report["draft"], report["eligibility"]
    law = t("list.comma", lang).join(f"{c['title']} ({c['edition']})" for c in report["checklists"])
    return {
        "lang": lang,
        "title": draft["title"] or t("report.untitled", lang),
        "facts": " · ".join(facts(report, lang)),
        "warnings": draft["warnings"],
        "level": t(f"report.level.{report['readiness']['level']}", lang),
        "summary": report["readiness"]["summary"],
        "headings": {name: t(f"report.heading.{name}", lang) for name in (
            "next", "requirements", "eligibility", "findings", "versions")},
        "steps": report["readiness"]["next_steps"],
        "no_steps": t("report.nothing_urgent", lang),
        "requirements": [_requirement(r, lang) for r in report["requirements"]],
        "verdict": t(f"report.verdict.{eligibility['verdict']}", lang)
        + " " + t("report.probability", lang, percent=round(100 * eligibility["probability"])),
        "claims": " · ".join(
            t("report.claim_verdict", lang, number=c["number"], verdict=t(f"report.verdict_short.{c['verdict']}", lang))
            for c in eligibility["claims"]),
        "reasons": [
            {"text": _short(r["text"]) if r["start"] is not None else "", "note": r["note"],
             "weight": f"{r['weight']:+.2f}" if r["weight"] else ""}
            for r in eligibility["reasons"]],
        "findings": [
            {"severity": t(f"report.severity.{f['severity']}", lang), "message": f["message"],
             "source": f"{f['provision']} · {f['rule']}", "fix": f["fix"],
             "quote": _short(f["quote"]) + _place(f, lang) if f["quote"] else ""}
            for f in report["findings"]],
        "versions": [f"{law} · patentprep {report['patentprep']['version']} · {report['patentprep']['model']}",
                     f"SHA-256 {draft['sha256']}"],
        "notice": report["notice"],
        "page_of": t("files.page_of", lang, page="\ue000", pages="\ue001"),
    }  # fmt: skip


def _requirement(requirement: dict[str, Any], lang: Lang) -> dict[str, Any]:
    asked = [e for e in requirement["elements"] if e["status"] != "not_applicable"]
    found = sum(e["status"] == "found" for e in asked)
    shown: set[int] = set()
    elements = []
    for e in asked:
        quotes = [item for item in e["evidence"][:1] if item["start"] not in shown]
        shown |= {item["start"] for item in quotes}
        elements.append(
            {
                "shape": SHAPES[e["status"]],
                "id": e["id"],
                "title": e["title"],
                "source": f"{t('report.element.' + e['status'], lang)} · {e['provision']}",
                "quotes": [_short(item["quote"]) + _place(item, lang) for item in quotes],
                "ask": {"not_found": e["question"], "vague": e["advice"]}.get(e["status"], ""),
            }
        )
    return {
        "title": requirement["title"],
        "colour": COLOURS[requirement["id"]],
        "state": f"{SHAPES[requirement['status']]} {t('report.status.' + requirement['status'], lang)}",
        "count": t("report.found_of", lang, found=found, asked=len(asked)) if asked else "",
        "asks": f"{requirement['asks']} ({requirement['provision']})",
        "elements": elements,
    }


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_QUOTED else flat[: MOST_QUOTED - 1] + "…"


def _place(item: dict[str, Any], lang: Lang) -> str:
    place = [t("report.page", lang, page=item["page"])] if item.get("page") else []
    place += [item["paragraph"]] if item.get("paragraph") else []
    return f" ({' '.join(place)})" if place else ""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value
