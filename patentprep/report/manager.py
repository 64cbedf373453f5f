"""One page for the manager: how many drafts can go, which cannot and why, and what to see to first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from patentprep.cases.compose import printable
from patentprep.model import REQUIREMENTS, Assessment, Lang, RequirementId
from patentprep.palette import SHAPES
from patentprep.report.triage import name_of, why
from patentprep.report.word import new_document, saved, shade, small
from patentprep.strings import t

if TYPE_CHECKING:
    from docx.document import Document as WordFile

    from patentprep.triage.model import Row

MOST_ROWS = 15  # what fits on the page
MOST_FIRST = 4
MOST_COMMON = 3
NAME, WHY = 56, 60  # characters in a cell
FILLS = {"go": "DDEFE3", "fix": "FFF2CC", "hold": "F6D9D9"}


def manager_docx(drafts: Sequence[Row | Assessment], lang: Lang, today: date) -> bytes:
    """The page as DOCX, of triage rows in the order given, or of assessments.

    Rows that are a duplicate or an older version of another are not counted. With more than 15 drafts the table shows
    the first 15 and says how many more there are.
    """
    rows = [row for row in map(_row, drafts) if not (row.duplicate_of or row.version_of)]
    read = [row for row in rows if row.ok]
    title = t("manager.title", lang)
    word = new_document(title, lang, today)
    _narrow(word)
    word.add_paragraph(title, style="Title")
    small(word, t("manager.as_of", lang, date=today.isoformat(), count=len(rows)))
    if not rows:
        word.add_paragraph(t("manager.none", lang))
        return saved(word)
    counted = Counter(row.decision for row in read)
    counts = t("manager.counts", lang, **{name: counted[name] for name in ("go", "fix", "hold")})
    if len(read) < len(rows):
        counts += ("" if lang == "zh" else " ") + t("manager.not_read", lang, count=len(rows) - len(read))
    word.add_paragraph().add_run(counts).bold = True
    _first(word, read, lang)
    _common(word, read, lang)
    word.add_heading(t("manager.all", lang), 1)
    _table(word, rows[:MOST_ROWS], lang)
    if len(rows) > MOST_ROWS:
        small(word, t("manager.more", lang, count=len(rows) - MOST_ROWS))
    return saved(word)


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


def _first(word: WordFile, rows: Sequence[Row], lang: Lang) -> None:
    """The first step of the first drafts that cannot go as they are."""
    waiting = [row for row in rows if row.decision != "go" and row.next_steps][:MOST_FIRST]
    if not waiting:
        return
    word.add_heading(t("manager.first", lang), 1)
    for row in waiting:
        paragraph = word.add_paragraph(style="List Bullet")
        paragraph.add_run(_name(row)).bold = True
        steps = t("list.comma", lang).join(name_of(step, lang) for step in row.next_steps)
        paragraph.add_run((":" if lang == "en" else "：") + (" " if lang == "en" else "") + steps)


def _common(word: WordFile, rows: Sequence[Row], lang: Lang) -> None:
    """The requirements that most drafts lack."""
    lacking: Counter[RequirementId] = Counter()
    for row in rows:
        lacking.update(name for name, status in row.statuses if status in ("not_found", "partial"))
    if not lacking or len(rows) < 2:
        return
    word.add_heading(t("manager.common", lang), 1)
    for name, count in sorted(lacking.items(), key=lambda item: (-item[1], REQUIREMENTS.index(item[0])))[:MOST_COMMON]:
        words = t("manager.common_line", lang, title=name_of(name, lang), count=count, total=len(rows))
        word.add_paragraph(words, style="List Bullet")


def _table(word: WordFile, rows: Sequence[Row], lang: Lang) -> None:
    from docx.shared import Mm, Pt

    columns = ("draft", "decision", "why", "score", "missing", "deadline")
    widths = (56, 17, 46, 13, 17, 21)
    table = word.add_table(1, len(columns), style="Table Grid")
    table.autofit = False
    for cell, name in zip(table.rows[0].cells, columns, strict=True):
        cell.text = t(f"manager.column.{name}", lang)
    for row in rows:
        lacking = sum(status in ("not_found", "partial") for _, status in row.statuses)
        cells = table.add_row().cells
        words = (
            _name(row),
            t(f"triage.decision.{row.decision}", lang),
            _short(why(row, lang), WHY),
            str(row.score) if row.ok else "",
            f"{lacking} {SHAPES['not_found']}" if lacking else "",
            row.next_deadline.isoformat() if row.next_deadline else "",
        )
        for cell, text in zip(cells, words, strict=True):
            cell.text = text
        shade(cells[1]._tc.get_or_add_tcPr(), FILLS[row.decision])
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for line in table.rows:
        for cell, width in zip(line.cells, widths, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(1)
                for run in paragraph.runs:
                    run.font.size = Pt(8.5)


def _name(row: Row) -> str:
    return _short(printable(row.title or row.name).replace("\n", " "), NAME)


def _short(text: str, most: int) -> str:
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
