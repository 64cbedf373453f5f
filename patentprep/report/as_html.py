"""``check --format html``: one file that needs nothing from outside, the evidence marked in the draft's text."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from patentprep.model import Assessment, Lang
from patentprep.palette import COLOURS, RED_FLAG, SHAPES
from patentprep.report.as_json import to_dict
from patentprep.report.templates import template
from patentprep.strings import t


def to_html(assessment: Assessment, lang: Lang) -> str:
    """The report as HTML. Everything that comes from the draft is escaped."""
    report = to_dict(assessment, lang)
    return str(
        template("report.html.j2").render(
            report=report,
            colours=COLOURS,
            red_flag=RED_FLAG,
            shapes=SHAPES,
            lang=lang,
            t=lambda key, **facts: t(key, lang, **facts),
            marked=marked_text(assessment.draft.text, report),
        )
    )


def marks(report: dict[str, Any]) -> list[tuple[int, int, str, str, str]]:
    """Where the draft is marked: (start, end, requirement, strength, title), without overlaps, in order of the text.

    A sentence that serves several requirements is marked in the colour of its most confident one; a red flag wins.
    """
    best: dict[int, tuple[float, int, str, str, str]] = {}
    for finding in report["findings"]:
        if finding["rule"].startswith("ethics/") and finding["start"] is not None:
            best[finding["start"]] = (9.0, finding["end"], "ethics", "red_flag", finding["title"])
    for requirement in report["requirements"]:
        for element in requirement["elements"]:
            for item in element["evidence"]:
                weight = item["confidence"] + (item["strength"] == "substantive")
                if weight > best.get(item["start"], (0.0,))[0]:
                    title = f"{requirement['title']} · {element['id']} {element['title']}"
                    best[item["start"]] = (weight, item["end"], requirement["id"], item["strength"], title)
    ranges, last = [], 0
    for start in sorted(best):
        _, end, requirement_id, strength, title = best[start]
        if start >= last:
            ranges.append((start, end, requirement_id, strength, title))
            last = end
    return ranges


def marked_text(text: str, report: dict[str, Any]) -> Markup:
    """The draft's text as HTML, evidence underlined in the colour of its requirement."""
    parts: list[Markup] = []
    at = 0
    for start, end, requirement, strength, title in marks(report):
        parts.append(escape(text[at:start]))
        parts.append(
            Markup('<mark id="c{}" class="{} {}" title="{}">{}</mark>').format(
                start, requirement, strength, title, text[start:end]
            )
        )
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)
