"""``check --format text``: the report for a terminal, plain text in 96 columns."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Any

from patentprep.model import Assessment, Lang
from patentprep.palette import SHAPES
from patentprep.report.as_json import to_dict
from patentprep.strings import t

WIDTH = 96
MOST_QUESTIONS = 4  # written out per requirement; further gaps are only named


def to_text(assessment: Assessment, lang: Lang) -> str:
    """The report as plain text."""
    report = to_dict(assessment, lang)
    draft, readiness = report["draft"], report["readiness"]
    lines = wrap(draft["title"] or t("report.untitled", lang))
    facts = [
        draft["path"],
        t(f"report.invention_type.{draft['invention_type']}", lang),
        t("report.claims_count", lang, count=len(draft["claims"])),
    ]
    if draft["pages"]:
        facts.insert(1, t("report.pages_count", lang, count=draft["pages"]))
    lines += [*wrap(" · ".join(facts)), ""]
    for warning in draft["warnings"]:
        lines += wrap("! " + warning)
    lines += wrap(f"{t('report.level.' + readiness['level'], lang)}  {readiness['summary']}")
    lines += ["", t("report.heading.next", lang)]
    for number, step in enumerate(readiness["next_steps"], 1):
        lines += wrap(step, f"  {number}. ", "     ")
    if not readiness["next_steps"]:
        lines += wrap(t("report.nothing_urgent", lang), "  ")
    lines += ["", t("report.heading.requirements", lang)]
    for requirement in report["requirements"]:
        lines += _requirement(requirement, lang)
    lines += _eligibility(report["eligibility"], lang)
    if report["findings"]:
        lines += ["", t("report.heading.findings", lang)]
        for finding in report["findings"]:
            lines += wrap(
                f"[{t('report.severity.' + finding['severity'], lang)}] {finding['message']} ({finding['provision']})",
                "  ",
                "    ",
            )
            if finding["quote"]:
                lines += wrap(_short(finding["quote"]) + _place(finding, lang), "    > ", "      ")
    lines += ["", *wrap(report["notice"])]
    law = t("list.comma", lang).join(f"{c['title']} ({c['edition']})" for c in report["checklists"])
    lines += wrap(f"{law} · patentprep {report['patentprep']['version']} · {report['patentprep']['model']}")
    lines += [f"SHA-256 {draft['sha256']}", ""]
    return "\n".join(lines)


def _requirement(requirement: dict[str, Any], lang: Lang) -> list[str]:
    asked = [e for e in requirement["elements"] if e["status"] != "not_applicable"]
    found = sum(e["status"] == "found" for e in asked)
    status = requirement["status"]
    head = f"{SHAPES[status]} {pad(requirement['title'], 22)} {t('report.status.' + status, lang)}"
    if asked:
        head += "  " + t("report.found_of", lang, found=found, asked=len(asked))
    lines = ["  " + head]
    shown: set[int] = set()
    for element in asked:
        if element["status"] == "not_found" or not element["evidence"]:
            continue
        best = element["evidence"][0]
        label = f"{SHAPES[element['status']]} {element['id']} {element['title']}"
        if element["status"] == "vague":
            label += f" ({t('report.element.vague', lang)})"
        lines += wrap(label, "      ", "        ")
        if best["start"] not in shown:
            lines += wrap(f"“{_short(best['quote'])}”" + _place(best, lang), "        ", "        ")
            shown.add(best["start"])
        if element["status"] == "vague":
            lines += wrap(element["advice"], "        → ", "          ")
    missing = [e for e in asked if e["status"] == "not_found"]
    for element in missing[:MOST_QUESTIONS]:
        asks = t("report.step", lang, title=element["title"], ask=element["question"])
        lines += wrap(f"○ {element['id']} {asks}", "      ", "        ")
    if len(missing) > MOST_QUESTIONS:
        rest = t("list.comma", lang).join(f"{e['id']} {e['title']}" for e in missing[MOST_QUESTIONS:])
        lines += wrap(f"○ {rest}", "      ", "        ")
    return lines


def _eligibility(eligibility: dict[str, Any], lang: Lang) -> list[str]:
    lines = ["", t("report.heading.eligibility", lang)]
    lines += wrap(
        t("report.verdict." + eligibility["verdict"], lang)
        + " "
        + t("report.probability", lang, percent=round(100 * eligibility["probability"])),
        "  ",
    )
    for claim in eligibility["claims"]:
        verdict = t("report.verdict_short." + claim["verdict"], lang)
        lines.append(
            "    "
            + t("report.claim_verdict", lang, number=claim["number"], verdict=verdict)
            + f" ({claim['probability']:.2f})"
        )
    for reason in eligibility["reasons"]:
        quote = f"“{_short(reason['text'], 60)}” " if reason["text"] else ""
        weight = f" ({reason['weight']:+.2f})" if reason["weight"] else ""
        lines += wrap(f"{quote}{reason['note']}{weight}", "    - ", "      ")
    return lines


def _place(item: dict[str, Any], lang: Lang) -> str:
    parts = [t("report.page", lang, page=item["page"])] if item.get("page") else []
    if item.get("paragraph"):
        parts.append(item["paragraph"])
    return f" ({' '.join(parts)})" if parts else ""


def _short(text: str, most: int = 110) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def width(text: str) -> int:
    """Columns a text takes in a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """The text with spaces after it, up to a width in columns."""
    return text + " " * max(columns - width(text), 0)


def wrap(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most ``WIDTH`` columns, the first and the rest with an indent each.

    Chinese breaks anywhere, English between words.
    """
    rest = first if rest is None else rest
    if width(text) + width(first) <= WIDTH:
        return [first + text]
    if not any(unicodedata.east_asian_width(c) in "WF" for c in text):
        return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)
    lines, line = [], first
    for token in _tokens(text):
        if width(line) + width(token) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = rest + token.lstrip()
        else:
            line += token
    return [*lines, line.rstrip()]


def _tokens(text: str) -> list[str]:
    tokens, word = [], ""
    for c in text:
        wide = unicodedata.east_asian_width(c) in "WF"
        if not wide and not c.isspace():
            word += c
            continue
        if word:
            tokens.append(word)
            word = ""
        if wide and c in "，。；：、）”！？" and tokens:
            tokens[-1] += c  # no line starts with closing punctuation
        else:
            tokens.append(c)
    return [*tokens, word] if word else tokens
