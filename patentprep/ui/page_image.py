"""The pages of a PDF as they are printed, the evidence marked on them."""

from __future__ import annotations

import base64
from typing import Any

from markupsafe import Markup

from patentprep.model import Document
from patentprep.read.place import PageNotDrawn, Rectangle, draw_pages, page_png, rectangles
from patentprep.report.as_html import marks
from patentprep.strings import say, t
from patentprep.ui.desk import lang, w
from patentprep.ui.review import _elements_at

__all__ = ["page_png", "pages", "window"]

Report = dict[str, Any]
MOST_PAGES = 12  # drawn at once
PIXELS = 1000  # across a page


def window(count: int, page: int) -> range:
    """The numbers of the pages drawn when ``page`` is looked at, of ``count`` in all."""
    first = max(1, min(page - MOST_PAGES // 2, count - MOST_PAGES + 1))
    return range(first, min(first + MOST_PAGES, count + 1))


def pages(data: bytes, document: Document, report: Report, page: int = 1) -> Markup | None:
    """The pages around ``page`` one below the other, evidence laid over them; None where the draft is no PDF.

    ``data`` is the PDF the document was read from. The pages are drawn anew by every call.
    """
    if document.format != "pdf" or not document.pages:
        return None
    shown = window(document.pages[-1].number, page)
    images = draw_pages(data, shown, PIXELS)
    if not images:
        return None
    low = next(p.start for p in document.pages if p.number == shown[0])
    high = next(p.end for p in document.pages if p.number == shown[-1])
    marked = [mark for mark in marks(report) if mark[0] < high and low < mark[1]]
    anchors = sorted(start for start in _anchors(report) if low <= start < high)
    spans = [(start, end) for start, end, *_ in marked]
    spans += [(start, _line_end(document.text, start)) for start in anchors]
    placed = rectangles(data, document, spans)
    elements = _elements_at(report)
    sheets = [_away(1, shown[0] - 1, 0)] if shown[0] > 1 else []
    for number in shown:
        over: list[tuple[int, Markup]] = []
        seen: set[int] = set()
        for box in placed.get(number, []):
            if box[4] < len(marked):
                over.append(_mark(box, marked[box[4]], elements))
            elif box[4] not in seen:  # the first line tells the place
                seen.add(box[4])
                over.append(_anchor(box, anchors[box[4] - len(marked)]))
        at = next(p.start for p in document.pages if p.number == number)
        # links.js goes to the last anchor before a place: they must stand in the order of the text
        over.sort(key=lambda pair: pair[0])
        sheets.append(_sheet(number, at, images.get(number), Markup("").join(markup for _, markup in over)))
    if shown[-1] < document.pages[-1].number:
        sheets.append(_away(shown[-1] + 1, document.pages[-1].number, high))
    return Markup('<div class="pp-draft pp-sheets" tabindex="0" aria-label="{}">{}</div>').format(
        w("views.pages.label"), Markup("").join(sheets)
    )


def _anchors(report: Report) -> set[int]:
    """Places of the draft that other views point at and that are no evidence."""
    draft = report["draft"]
    starts = {item["start"] for item in (*draft["claims"], *draft["sections"], *report["findings"])}
    starts |= {r["start"] for c in (report["eligibility"], *report["eligibility"]["claims"]) for r in c["reasons"]}
    return starts - {None}


def _line_end(text: str, start: int) -> int:
    """The end of the first words at a place: enough to find it."""
    end = text.find("\n", start, start + 60)
    return end if end > start else min(start + 60, len(text))


def _style(box: Rectangle) -> str:
    x0, y0, x1, y1, _ = box
    return f"left:{x0:.2%};top:{y0:.2%};width:{x1 - x0:.2%};height:{y1 - y0:.2%}"


def _mark(
    box: Rectangle, mark: tuple[int, int, str, str, str], elements: dict[int, list[tuple[str, str]]]
) -> tuple[int, Markup]:
    start, _, requirement, strength, title = mark
    targets = elements.get(start) or [("", title)]
    words = " / ".join(dict.fromkeys(text for _, text in targets))
    return start, Markup(
        '<mark class="pp-{} pp-is-{}" data-s="{}" data-open="{}" role="button" tabindex="0" title="{}" aria-label="{}" '
        'style="{}"></mark>'
    ).format(requirement, strength, start, targets[0][0], words, words, _style(box))


def _anchor(box: Rectangle, start: int) -> tuple[int, Markup]:
    return start, Markup('<p class="pp-spot" data-s="{}" style="{}"></p>').format(start, _style(box))


def _sheet(number: int, start: int, image: bytes | None, over: Markup) -> Markup:
    label = t("report.page", lang(), page=number)
    if image:
        kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
        shown = Markup('<img loading="lazy" width="{}" height="{}" alt="{}" src="data:image/{};base64,{}">').format(
            *_size(image), w("views.pages.alt", page=number), kind, base64.b64encode(image).decode("ascii")
        )
    else:
        shown = Markup('<span class="pp-undrawn">{}</span>').format(say(PageNotDrawn(page=number), lang()))
    return Markup('<p class="pp-sheet-no" data-s="{}">{}</p><div class="pp-sheet" data-page="{}">{}{}</div>').format(
        start, label, number, shown, over
    )


def _size(image: bytes) -> tuple[int, int]:
    """Told to the browser, so that nothing jumps when a page comes into view and is loaded."""
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(image)) as opened:
        return opened.size


def _away(first: int, last: int, start: int) -> Markup:
    key = "views.pages.away" if last > first else "views.pages.away_one_page"
    return Markup('<p class="pp-away" data-s="{}">{}</p>').format(start, w(key, first=first, last=last))
