"""One page for the manager: how many drafts can go, which cannot and why, and what to see to first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from patentprep.cases.compose import printable
from patentprep.model import REQUIREMENTS, Assessment, Lang, RequirementId
from patentprep.palette import SHAPES
from patentprep.report.triage import cut, decision_words, name_of, shown_decision, why
from patentprep.report.word import new_document, saved, shade, small
from patentprep.strings import t
from patentprep.triage.model import DECISIONS

if TYPE_CHECKING:
    from docx.document import Document as WordFile

    from patentprep.triage.model import Row

MOST_ROWS = 15  # what fits on the page; a single one more takes no more room than the words that say so
MOST_FIRST = 5
MOST_COMMON = 3
NAME, WHY, REASON = 56, 60, 120  # columns in a cell; a Chinese character takes two
WIDTHS = {"draft": 56, "decision": 17, "why": 46, "score": 13, "missing": 17, "deadline": 21}  # columns, mm
FILLS = {"go": "DDEFE3", "fix": "FFF2CC", "hold": "F6D9D9", "unread": "EDEFF1"}


def manager_docx(drafts: Sequence[Row | Assessment], lang: Lang, today: date) -> bytes:
    """The page as DOCX, of triage rows in the order given, or of assessments.

    Rows that are a duplicate or an older version of another are not counted. With more than 15 drafts the table shows
    the first 15 and says how many more there are; of 16 it shows all.
    """
    page = _page(drafts, lang, today)
    word = new_document(page["title"], lang, today)
    _narrow(word)
    word.add_paragraph(page["title"], style="Title")
    small(word, page["as_of"])
    word.add_paragraph().add_run(page["counts"]).bold = True
    for heading, lines in page["lists"]:
        word.add_heading(heading, 1)
        for bold, rest in lines:
            paragraph = word.add_paragraph(style="List Bullet")
            paragraph.add_run(bold).bold = True
            paragraph.add_run(rest)
    if page["rows"]:
        word.add_heading(page["all"], 1)
        _table(word, page)
    if page["more"]:
        small(word, page["more"])
    return saved(word)


def manager_pdf(drafts: Sequence[Row | Assessment], lang: Lang, today: date) -> bytes:
    """The same page as PDF. Raises PdfNotInstalled."""
    from patentprep.report.as_pdf import typeset

    return typeset("manager.typ", _page(drafts, lang, today) | {"lang": lang, "notice": t("report.notice", lang)})


def manager_page(drafts: Sequence[Row | Assessment], fmt: str, lang: Lang, today: date) -> bytes:
    """The page as "docx" or "pdf". Raises PdfNotInstalled."""
    return (manager_docx if fmt == "docx" else manager_pdf)(drafts, lang, today)


def _page(drafts: Sequence[Row | Assessment], lang: Lang, today: date) -> dict[str, Any]:
    """What stands on the page, in words."""
    rows = [row for row in map(_row, drafts) if not row.superseded]
    read = [row for row in rows if row.ok]
    texts = [row for row in read if row.reason != "no_draft"]
    shown = rows if len(rows) == MOST_ROWS + 1 else rows[:MOST_ROWS]
    counted = Counter(row.decision for row in read)
    counts = t("manager.counts", lang, **{name: counted[name] for name in DECISIONS})
    if len(read) < len(rows):
        counts += ("" if lang == "zh" else " ") + t("manager.not_read", lang, count=len(rows) - len(read))
    return {
        "title": t("manager.title", lang),
        "as_of": t("manager.as_of", lang, date=today.isoformat(), count=len(rows)),
        "counts": counts if rows else t("manager.none", lang),
        "lists": [(heading, lines) for heading, lines in (_first(texts, lang), _common(texts, lang)) if lines],
        "all": t("manager.all", lang),
        "columns": [t(f"manager.column.{name}", lang) for name in WIDTHS],
        "widths": list(WIDTHS.values()),
        "rows": [_cells(row, lang) for row in shown],
        "fills": [FILLS[shown_decision(row)] for row in shown],
        "more": t("manager.more", lang, count=len(rows) - len(shown)) if len(rows) > len(shown) else "",
    }


def _row(draft: Row | Assessment) -> Row:
    from patentprep.triage.model import row_of

    if isinstance(draft, Assessment):
        document = draft.draft.document
        return row_of(draft, document.name, f".{document.format}", 0, 0)
    return draft


def _narrow(word: WordFile) -> None:
    """Closer margins than a report has: it is to stay on one page."""
    from docx.shared import Mm, Pt

    section = word.sections[0]
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(16)
    section.header.paragraphs[0].text = ""
    styles: Any = word.styles
    for name, size, before, after in (
        ("Title", 18, 0, 4), ("Heading 1", 12, 8, 3), ("Normal", 10, 0, 3), ("List Bullet", 10, 0, 2),
    ):  # fmt: skip
        styles[name].font.size = Pt(size)
        styles[name].paragraph_format.space_before, styles[name].paragraph_format.space_after = Pt(before), Pt(after)
        styles[name].paragraph_format.line_spacing = 1.1


Lines = list[tuple[str, str]]  # what is set in bold, and the rest


def _first(rows: Sequence[Row], lang: Lang) -> tuple[str, Lines]:
    """The drafts on which somebody must decide and why, the gravest first; then those to be mended, and their steps."""
    waiting = sorted((row for row in rows if row.decision != "go"), key=_gravity)[:MOST_FIRST]
    colon = "：" if lang == "zh" else ": "
    return t("manager.first", lang), [(_name(row), colon + _to_do(row, lang)) for row in waiting]


def _gravity(row: Row) -> int:
    if row.red_flags:
        return 0
    if row.reason == "pure_algorithm":
        return 1
    return 2 if row.decision == "hold" else 3


def _to_do(row: Row, lang: Lang) -> str:
    if row.decision == "hold" or not row.next_steps:
        return cut(printable(why(row, lang)), REASON)
    return t("list.comma", lang).join(name_of(step, lang) for step in row.next_steps)


def _common(rows: Sequence[Row], lang: Lang) -> tuple[str, Lines]:
    """The requirements of which most drafts say nothing."""
    lacking: Counter[RequirementId] = Counter()
    for row in rows:
        lacking.update(name for name, status in row.statuses if status == "not_found")
    most = sorted(lacking.items(), key=lambda item: (-item[1], REQUIREMENTS.index(item[0])))[:MOST_COMMON]
    return t("manager.common", lang), [
        ("", t("manager.common_line", lang, title=name_of(name, lang), count=count, total=len(rows)))
        for name, count in most
        if len(rows) > 1
    ]


def _cells(row: Row, lang: Lang) -> list[str]:
    """The cells of a draft, in the order of ``WIDTHS``."""
    lacking = sum(status == "not_found" for _, status in row.statuses)
    return [
        _name(row),
        decision_words(row, lang),
        cut(printable(why(row, lang)), WHY),
        str(row.score) if row.ok else "",
        f"{lacking} {SHAPES['not_found']}" if lacking else "",
        row.next_deadline.isoformat() if row.next_deadline else "",
    ]


def _table(word: WordFile, page: dict[str, Any]) -> None:
    from docx.shared import Mm, Pt

    table = word.add_table(1, len(WIDTHS), style="Table Grid")
    table.autofit = False
    for cell, name in zip(table.rows[0].cells, page["columns"], strict=True):
        cell.text = name
    for words, fill in zip(page["rows"], page["fills"], strict=True):
        cells = table.add_row().cells
        for cell, text in zip(cells, words, strict=True):
            cell.text = text
        shade(cells[1]._tc.get_or_add_tcPr(), fill)
    for column, width in zip(table.columns, page["widths"], strict=True):
        column.width = Mm(width)
    for line in table.rows:
        for cell, width in zip(line.cells, page["widths"], strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(1)
                paragraph.paragraph_format.line_spacing = Pt(10.5)  # Chinese fonts differ in their own: one page
                for run in paragraph.runs:
                    run.font.size = Pt(8)


def _name(row: Row) -> str:
    return cut(printable(row.title or row.name), NAME)
