"""The draft itself with our notes in its margin: comments in a Word file, highlights with notes in a PDF.

What the draft says is never changed. A passage that cannot be marked for certain is not marked: its note stands at the
paragraph, or at the head of the page, and quotes it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from patentprep.cases.compose import printable
from patentprep.errors import PatentprepError
from patentprep.model import Assessment, Lang
from patentprep.report.notes import Note, notes, nothing_found, title_place
from patentprep.report.word import new_document, saved
from patentprep.strings import t

if TYPE_CHECKING:
    from docx.document import Document as WordFile

AUTHOR, INITIALS = "patentprep", "pp"
MOST_AT_TITLE = 12  # comments on the draft as a whole
MOST_NOTES = 400  # a file with more is no help to anybody
MOST_UNPACKED = 400_000_000  # bytes of all parts of a Word file
QUOTED = 80  # characters of a passage quoted because it could not be marked
COLOURS = {"finding": "FFD866", "red_flag": "FF9B9B", "eligibility": "D9C2F0", "vague": "FFF2B3", "gap": "BFDDF5"}


class NotAnnotated(PatentprepError):
    """A file we can read, but that comments cannot be written into. Facts: name."""

    key = "error.not_annotated"


def suffix(assessment: Assessment) -> str:
    """The ending of an annotated copy's name: ".pdf" for a PDF, ".docx" for everything else."""
    return ".pdf" if assessment.draft.document.format == "pdf" else ".docx"


def annotate(data: bytes, assessment: Assessment, lang: Lang) -> bytes:
    """The annotated copy of a draft: of a PDF or Word file itself, of a text file as a new Word file.

    ``data`` are the bytes the draft was read from. Raises NotAnnotated.
    """
    kind = assessment.draft.document.format
    if kind == "pdf":
        return annotate_pdf(data, assessment, lang)
    return annotate_docx(data, assessment, lang) if kind == "docx" else annotate_text(assessment, lang)


def annotate_docx(data: bytes, assessment: Assessment, lang: Lang) -> bytes:
    """The Word file with a comment by "patentprep" at the exact words of each note; everything else stays as it is.

    In text boxes and notes Word takes no comments: there the comment stands at the paragraph they hang on. Comments
    bear no date. Raises NotAnnotated.
    """
    import docx

    name = assessment.draft.document.name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise NotAnnotated(name=name)
        word = docx.Document(io.BytesIO(data))
        return _commented(word, data, assessment, lang)
    except NotAnnotated:
        raise
    except Exception as error:  # python-docx fails in many ways on the odd files that our reader still reads
        raise NotAnnotated(name=name) from error


def annotate_text(assessment: Assessment, lang: Lang) -> bytes:
    """A new Word file with the text of the draft, line by line, and our comments."""
    draft = assessment.draft
    word = new_document(draft.title or draft.document.name, lang)
    headings = {section.start: section.heading for section in draft.sections if section.heading}
    at = 0
    for line in draft.text.split("\n"):
        if line.strip():
            lead = len(line) - len(line.lstrip())
            is_heading = headings.get(at + lead, "\0") == line.strip()
            word.add_paragraph(printable(line), style="Heading 2" if is_heading else "Normal")
        at += len(line) + 1
    return _commented(word, saved(word), assessment, lang)


def _commented(word: WordFile, data: bytes, assessment: Assessment, lang: Lang) -> bytes:
    from patentprep.report.word_places import anchors, mark

    draft = assessment.draft
    whole, placed = _shared(assessment, lang)
    title = title_place(draft)
    spans = [title, *(span for span, _ in placed)]
    found = anchors(data, word.element, draft.document.name, draft.text, spans)
    head, rest = found[0], found[1:]
    texts = [(anchor, "\n\n".join(_with_quote(note, draft.text, anchor, lang) for note in group))
             for anchor, (_, group) in zip(rest, placed, strict=True)]  # fmt: skip
    at_title = [note.text() for note in whole] + [text for anchor, text in texts if anchor is None]
    at_title = list(dict.fromkeys(at_title))
    if len(at_title) > MOST_AT_TITLE:
        left = len(at_title) - MOST_AT_TITLE + 1
        at_title = [*at_title[: MOST_AT_TITLE - 1], t("notes.more", lang, count=left)]
    marks = []
    if head is not None:
        marks += [(head, _comment(word, text)) for text in at_title]
    marks += [(anchor, _comment(word, text)) for anchor, text in texts if anchor is not None]
    mark(marks)
    if head is None and at_title:  # the title itself is not in the file's body
        first = next((p for p in word.paragraphs if p.text.strip()), None) or word.add_paragraph()
        from patentprep.report.word_places import Anchor

        place = (first._p, -1)
        mark([(Anchor(place, place, False), _comment(word, text)) for text in at_title])
    return saved(word)


def _shared(assessment: Assessment, lang: Lang) -> tuple[list[Note], list[tuple[tuple[int, int], list[Note]]]]:
    """Notes on the draft as a whole; and those with a place, notes on the very same words together."""
    every = notes(assessment, lang) or (nothing_found(lang),)
    whole = [note for note in every if note.start is None or note.end is None]
    with_place = sorted((note for note in every if note not in whole), key=lambda n: (n.start or 0, n.end or 0))
    groups = [((start or 0, end or 0), list(group))
              for (start, end), group in groupby(with_place, key=lambda n: (n.start, n.end))]  # fmt: skip
    return whole, groups[:MOST_NOTES]


def _with_quote(note: Note, text: str, anchor: Any, lang: Lang) -> str:
    if anchor is not None and anchor.exact:
        return note.text()
    return note.text() + "\n" + t("notes.about", lang, quote=_quote(note, text))


def _quote(note: Note, text: str) -> str:
    flat = " ".join(text[note.start : note.end].split())
    return flat if len(flat) <= QUOTED else flat[: QUOTED - 1] + "…"


def _comment(word: WordFile, text: str) -> int:
    """A comment with a bold first line; its id."""
    comment = word.part._comments_part.comments.add_comment("", AUTHOR, INITIALS)
    element: Any = comment._comment_elm
    element.attrib.pop(next((key for key in element.attrib if key.endswith("}date")), ""), None)
    for n, line in enumerate(printable(text).split("\n")):
        paragraph = comment.paragraphs[0] if n == 0 else comment.add_paragraph()
        paragraph.add_run(line).bold = True if n == 0 else None
    return comment.comment_id


# --- PDF -----------------------------------------------------------------------------------------------------------


def annotate_pdf(data: bytes, assessment: Assessment, lang: Lang) -> bytes:
    """The PDF with a highlight and its note around the exact words of each note; pages and text stay as they are.

    A passage that cannot be found on its page for certain has a note at the head of the page. Raises NotAnnotated.
    """
    import logging

    from pypdf import PdfReader, PdfWriter
    from pypdf.annotations import Text

    from patentprep.read.place import rectangles

    draft = assessment.draft
    whole, placed = _shared(assessment, lang)
    boxes = rectangles(data, draft.document, [span for span, _ in placed])
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in a file is not the reader's business
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            reader.decrypt("")
        writer = PdfWriter(clone_from=reader)
        found: set[int] = set()
        for number, rects in sorted(boxes.items()):
            page = writer.pages[number - 1]
            for index, mine in groupby(sorted(rects, key=lambda box: box[4]), key=lambda box: box[4]):
                _highlight(writer, page, number - 1, [box[:4] for box in mine], placed[index][1], index in found)
                found.add(index)
        heads = {1: [note.text() for note in whole]}
        for index, ((start, _), group) in enumerate(placed):
            if index not in found:
                number = draft.document.page_at(start) or 1
                quoted = [f"{n.text()}\n{t('notes.about_page', lang, quote=_quote(n, draft.text))}" for n in group]
                heads.setdefault(number, []).append("\n\n".join(quoted))
        for number, texts in heads.items():
            if len(texts) > MOST_AT_TITLE:
                left = len(texts) - MOST_AT_TITLE + 1
                texts = [*texts[: MOST_AT_TITLE - 1], t("notes.more", lang, count=left)]
            page = writer.pages[number - 1]
            for n, text in enumerate(texts):
                (x, y), *_ = _corners(page, [(0.02 + 0.032 * n, 0.015, 0.05 + 0.032 * n, 0.04)])[0]
                note = Text(rect=(x, y - 20, x + 20, y), text=printable(text))
                _add(writer, number - 1, note, COLOURS["finding"])
        out = io.BytesIO()
        writer.write(out)
    except Exception as error:  # pypdf fails in many ways on files that PDFium still shows
        raise NotAnnotated(name=draft.document.name) from error
    return out.getvalue()


def _highlight(
    writer: Any, page: Any, index: int, boxes: Sequence[tuple[float, float, float, float]], group: Sequence[Note],
    told: bool,
) -> None:  # fmt: skip
    """``told``: the passage began on the page before, where its note stands."""
    from pypdf.annotations import Highlight
    from pypdf.generic import ArrayObject, FloatObject

    corners = _corners(page, boxes)
    quads = ArrayObject(FloatObject(round(v, 2)) for quad in corners for point in quad for v in point)
    xs, ys = zip(*(point for quad in corners for point in quad), strict=True)
    colour = COLOURS[min(group, key=lambda n: list(COLOURS).index(n.kind) if n.kind != "red_flag" else -1).kind]
    note = Highlight(rect=(min(xs), min(ys), max(xs), max(ys)), quad_points=quads, highlight_color=colour)
    text = "" if told else printable("\n\n".join(n.text() for n in group))
    _add(writer, index, note, colour, text)


def _add(writer: Any, index: int, note: Any, colour: str, text: str = "") -> None:
    from pypdf.generic import ArrayObject, FloatObject, NameObject, NumberObject, TextStringObject

    if text:
        note[NameObject("/Contents")] = TextStringObject(text)
    note[NameObject("/T")] = TextStringObject(AUTHOR)
    note[NameObject("/F")] = NumberObject(4)  # printed with the page
    note[NameObject("/C")] = ArrayObject(FloatObject(round(int(colour[i : i + 2], 16) / 255, 3)) for i in (0, 2, 4))
    writer.add_annotation(index, note)


def _corners(page: Any, boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[tuple[float, float], ...]]:
    """Top left, top right, bottom left, bottom right of each box, as the reader sees it, in the page's own points.

    Boxes are shares of the page as it is shown: cropped and turned.
    """
    media, crop = page.mediabox, page.cropbox
    left, right = max(float(media.left), float(crop.left)), min(float(media.right), float(crop.right))
    bottom, top = max(float(media.bottom), float(crop.bottom)), min(float(media.top), float(crop.top))
    if right <= left or top <= bottom:  # PDFium shows the whole sheet then
        left, right, bottom, top = float(media.left), float(media.right), float(media.bottom), float(media.top)
    turned = int(page.rotation or 0) % 360

    def point(x: float, y: float) -> tuple[float, float]:
        along, up = {0: (x, 1 - y), 90: (y, x), 180: (1 - x, y), 270: (1 - y, 1 - x)}.get(turned, (x, 1 - y))
        return left + along * (right - left), bottom + up * (top - bottom)

    return [(point(a, b), point(c, b), point(a, d), point(c, d)) for a, b, c, d in boxes]
