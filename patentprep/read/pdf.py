"""The text of a PDF as a person sees it: reading order, without furniture, line numbers or hidden words."""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from patentprep.errors import DamagedDraft, EncryptedDraft
from patentprep.model import Progress
from patentprep.read.limits import MAX_CHARACTERS, MAX_PAGES, too_long
from patentprep.read.lines import Line, clean
from patentprep.text import HAN

RESCUE_SECONDS = 20

_pdfium = threading.Lock()  # PDFium is not thread safe, not even across documents

_LEADING = re.compile(r"\d{1,4}\s+(?=\S)")
_CHINESE = re.compile(f"[{HAN}]")
_TRAILING = re.compile(r"(?<=\S)(?=\s+\d{1,4}$)")

# Fonts made by some office suites map common characters to their look-alikes among the radicals.
_LOOKALIKES: dict[int, str] = {}


def _lookalikes() -> dict[int, str]:
    import unicodedata

    if not _LOOKALIKES:
        for code in (*range(0x2E80, 0x2FE0), *range(0xFB00, 0xFB07)):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code):
                _LOOKALIKES[code] = plain
    return _LOOKALIKES


class PdfPages:
    """What came out of the file. ``lines[i]``, ``heights[i]`` belong to page ``i + 1``."""

    def __init__(self) -> None:
        self.lines: list[list[Line]] = []
        self.heights: list[float] = []
        self.hidden: list[int] = []  # pages with text nobody can see
        self.pictures: set[int] = set()  # pages with little text and a picture over most of them
        self.broken: list[int] = []
        self.fontless: list[int] = []  # pages with Chinese in a font that neither the file nor this computer has
        self.rescued = False  # PDFium could not open the file


def read_pages(data: bytes, name: str, on_step: Progress) -> PdfPages:
    """Read every page. Raises EncryptedDraft, DamagedDraft, TooLong."""
    if b"%%EOF" not in data[-4096:] and b"startxref" not in data[-4096:]:
        raise DamagedDraft(name=name)
    import pypdfium2
    import pypdfium2.raw as raw

    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            return _rescue(data, name, locked=getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD)
        try:
            return _read_document(document, name, on_step)
        finally:
            document.close()


def _read_document(document: Any, name: str, on_step: Progress) -> PdfPages:
    import pypdfium2

    result = PdfPages()
    count = len(document)
    if count > MAX_PAGES:
        raise too_long(name)
    characters = 0
    for index in range(count):
        on_step("read", index, count)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            result.lines.append([])
            result.heights.append(0.0)
            result.broken.append(index + 1)
            continue
        lines = _read_page(page, index + 1, result)
        result.lines.append(lines)
        characters += sum(len(line.text) for line in lines)
        if characters > MAX_CHARACTERS:
            raise too_long(name)
        page.close()
    on_step("read", count, count)
    if count == 0 or len(result.broken) == count:
        raise DamagedDraft(name=name)
    return result


def _read_page(page: Any, number: int, result: PdfPages) -> list[Line]:
    import pypdfium2
    import pypdfium2.raw as raw

    height = page.get_height()
    result.heights.append(height)
    try:
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError:
        result.broken.append(number)
        return []
    visible = textpage.get_text_bounded()
    total = textpage.count_chars()
    everything, offsets = visible, None
    if len(visible) != total:
        everything = textpage.get_text_range(0, total) if total else ""
        offsets = _align(visible, everything)
    letters = len("".join(visible.split()))
    if letters < 100:
        cover, objects = _picture_cover(page, raw)
        if cover > 0.5 or (letters == 0 and objects >= 50):
            result.pictures.add(number)
    if _fontless(textpage, visible, offsets, raw):
        result.fontless.append(number)
    places: list[Sequence[int]] = []
    lines = _measured_lines(textpage, visible, offsets, number, places, raw)
    lines = _split_columns(lines, places, page.get_width(), textpage.raw, raw)
    if total - len(visible) > 4 and len("".join(everything.split())) - letters > 4:
        result.hidden.append(number)
    seen = _without_invisible(page, textpage, lines, raw)
    if len(seen) < len(lines):
        result.hidden.append(number)
    textpage.close()
    return [line for line, _ in seen]


def _fontless(textpage: Any, visible: str, offsets: list[int] | None, raw: Any) -> bool:
    """Whether PDFium has no shape for the first Chinese character: then it drops marks that stand alone, too.

    A file may name a font without holding it, and a computer without any Chinese font has nothing in its stead.
    """
    first = _CHINESE.search(visible)
    if not first:
        return False
    at = _places(first.start(), first.start(), offsets)[0]
    if at < 0:
        return False
    left, bottom, right, top = textpage.get_charbox(at)
    font = raw.FPDFTextObj_GetFont(raw.FPDFText_GetTextObject(textpage.raw, at))
    flat = top - bottom < 0.01 * (right - left)
    return bool(flat and raw.FPDFFont_GetIsEmbedded(font) == 0)


def _measured_lines(
    textpage: Any, visible: str, offsets: list[int] | None, number: int, places: list[Sequence[int]], raw: Any
) -> list[tuple[Line, int]]:
    """Lines with their boxes, and the index of the first character of each."""
    box, last = raw.FS_RECTF(), raw.FS_RECTF()
    loose, font_size = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetFontSize
    handle = textpage.raw
    lookalikes = _lookalikes()
    lines: list[tuple[Line, int]] = []
    position = 0
    before: tuple[Line, int] | None = None
    marked = visible.replace("\ufffe", "\x02").replace("\x02", "\x02\n").replace("\xad\r", "\x03\r")
    for printed in marked.split("\n"):
        start = position
        # a divided word continues at once; every other line is followed by CR LF
        position += len(printed) + (0 if printed.endswith("\x02") else 1)
        stripped = printed.strip()
        if not stripped:
            continue
        divided = stripped.endswith(("\x02", "\x03"))  # \x03: a soft hyphen at the end of a line
        first = start + len(printed) - len(printed.lstrip())
        final = first + len(stripped) - (2 if divided and len(stripped) > 1 else 1)
        text = clean(stripped)
        if not text.isascii():
            text = text.translate(lookalikes)
        line = Line(text + ("\x02" if divided else ""), number)
        at = _places(first, final, offsets)
        if at[0] >= 0 and at[-1] >= 0 and loose(handle, at[0], box) and loose(handle, at[-1], last):
            line.x0, line.x1 = min(box.left, last.left), max(box.right, last.right)
            line.y, line.size = min(box.top, box.bottom), abs(box.top - box.bottom) or 1.0
            if before and abs(before[0].size - line.size) > 0.08 * line.size:  # ask only where it may matter
                before[0].font = before[0].font or font_size(handle, before[1])
                line.font = font_size(handle, at[0])
            before = (line, at[0])
            line.turned = len(text) > 3 and abs(last.bottom - box.bottom) > 2 * line.size
            if stripped[0].isdigit() and (front := _LEADING.match(stripped)) and loose(handle, at[front.end()], box):
                line.after_number = box.left
            back = _TRAILING.search(stripped[-8:]) if stripped[-1].isdigit() else None
            if back and loose(handle, at[back.start() - min(8, len(stripped)) - 1], box):
                line.before_number = box.right
        lines.append((line, at[0]))
        places.append(at)
    return lines


def _places(first: int, final: int, offsets: list[int] | None) -> Sequence[int]:
    """Indexes of a line's characters among all characters of the page; -1 where one is not found."""
    return range(first, final + 1) if offsets is None else offsets[first : final + 1]


def _split_columns(
    lines: list[tuple[Line, int]], places: list[Sequence[int]], width: float, handle: Any, raw: Any
) -> list[tuple[Line, int]]:
    """Cut lines that run across two columns because the producer drew row by row."""
    wide = [order for order, (line, _) in enumerate(lines) if line.x1 - line.x0 > 0.6 * width and len(line.text) > 20]
    if len(wide) < 8 or len(wide) < 0.4 * len(lines):
        return lines
    box = raw.FS_RECTF()

    def gaps(order: int, low: float, high: float) -> list[tuple[int, float, float]]:
        """Wide gaps of a line between two shares of its length: offset of the space, left and right end."""
        line, at = lines[order][0], places[order]
        found: list[tuple[int, float, float]] = []
        if len(line.text) != len(at):  # characters were cleaned away: offsets do not match
            return found
        space = line.text.find(" ", int(low * len(line.text)))
        while 0 < space < min(high * len(line.text), len(at) - 1):
            if raw.FPDFText_GetLooseCharBox(handle, at[space - 1], box):
                left = box.right
                if raw.FPDFText_GetLooseCharBox(handle, at[space + 1], box) and box.left - left > 0.9 * line.size:
                    found.append((space, left, box.left))
            space = line.text.find(" ", space + 1)
        return found

    if not any(gaps(order, 0.38, 0.62) for order in wide[:: max(1, len(wide) // 4)]):
        return lines
    middles = [(gap[1] + gap[2]) / 2 for order in wide for gap in gaps(order, 0.2, 0.8)]
    gutter = sorted(middles)[len(middles) // 2]
    cuts = {order: gap for order in wide for gap in gaps(order, 0.1, 0.9) if gap[1] < gutter < gap[2]}
    if len(cuts) < 0.7 * len(wide) or min(
        sum(cut[0] for cut in cuts.values()),
        sum(len(lines[order][0].text) - cut[0] for order, cut in cuts.items()),
    ) < 15 * len(cuts):
        return lines
    result = []
    for order, (line, first) in enumerate(lines):
        if order not in cuts:
            result.append((line, first))
            continue
        space, left, right = cuts[order]
        result.append((replace(line, text=line.text[:space], x1=left, before_number=0.0), first))
        result.append(
            (replace(line, text=line.text[space + 1 :], x0=right, after_number=0.0), places[order][space + 1])
        )
    return result


def _align(visible: str, everything: str) -> list[int]:
    """For each character of the visible text its index among all characters, or -1."""
    offsets: list[int] = []
    at = 0
    for char in visible:
        if char.isspace():
            offsets.append(min(at, len(everything) - 1))
            continue
        found = everything.find(char, at, at + 4000)
        offsets.append(found)
        at = found + 1 if found >= 0 else at
    return offsets


def _without_invisible(page: Any, textpage: Any, lines: list[tuple[Line, int]], raw: Any) -> list[tuple[Line, int]]:
    """Leave out lines printed in white on white, without ink, or too small to see."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    suspects: list[int] = []
    handle = textpage.raw
    for order, (line, first) in enumerate(lines):
        if first < 0 or not line.x1:
            continue
        mode = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(handle, first))
        if (
            line.size < 1.5
            or mode in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
            or (
                raw.FPDFText_GetFillColor(handle, first, red, green, blue, alpha)
                and (alpha.value < 16 or min(red.value, green.value, blue.value) > 245)
            )
        ):
            suspects.append(order)
        if len(suspects) == 1 and order == suspects[0] and _picture_cover(page, raw)[0] > 0.5:
            return lines  # the text layer of a scan
    if not suspects:
        return lines
    hidden = set(_blank(page, lines, suspects))
    return [pair for order, pair in enumerate(lines) if order not in hidden]


def _blank(page: Any, lines: list[tuple[Line, int]], suspects: list[int]) -> list[int]:
    """Those of the suspects whose place on the rendered page shows nothing."""
    import pypdfium2

    scale = min(2.0, 2000 / max(1.0, *page.get_size()))
    try:
        pixels = page.render(scale=scale, grayscale=True).to_numpy()
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return []
    blank = []
    for order in suspects:
        line = lines[order][0]
        top, bottom = page.get_height() - line.y - line.size, page.get_height() - line.y
        part = pixels[
            max(0, int(top * scale)) : int(bottom * scale) + 1,
            max(0, int(line.x0 * scale)) : int(line.x1 * scale) + 1,
        ]
        if part.size == 0 or int(part.max()) - int(part.min()) < 24 or line.size < 1.5:
            blank.append(order)
    return blank


def _picture_cover(page: Any, raw: Any) -> tuple[float, int]:
    """The share of the page under its biggest picture (of the first 2,000 objects), and their number."""
    count = raw.FPDFPage_CountObjects(page)
    area = max(1.0, page.get_width() * page.get_height())
    edges = [ctypes.c_float() for _ in range(4)]
    cover = 0.0
    for index in range(min(count, 2_000)):
        item = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM) and raw.FPDFPageObj_GetBounds(item, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            if kind == raw.FPDF_PAGEOBJ_FORM and not _form_has_picture(item, raw):
                continue
            cover = max(cover, (right - left) * (top - bottom) / area)
            if cover > 0.5:
                break
    return cover, count


def _form_has_picture(form: Any, raw: Any) -> bool:
    return any(
        raw.FPDFPageObj_GetType(raw.FPDFFormObj_GetObject(form, index)) == raw.FPDF_PAGEOBJ_IMAGE
        for index in range(min(raw.FPDFFormObj_CountObjects(form), 50))
    )


def _rescue(data: bytes, name: str, *, locked: bool) -> PdfPages:
    """A second opinion from pypdf, in its own process: broken files can send a parser round in circles."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(Path(__file__).with_name("rescue.py"))],
            input=data,
            capture_output=True,
            timeout=RESCUE_SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, OSError, ValueError):
        answer = {}
    if answer.get("locked") or (locked and "pages" not in answer):
        raise EncryptedDraft(name=name)
    texts = answer.get("pages", [])
    if not any(text.strip() for text in texts):
        raise DamagedDraft(name=name)
    result = PdfPages()
    result.rescued = True
    lookalikes = _lookalikes()
    for number, text in enumerate(texts, 1):
        lines = [Line(clean(line).translate(lookalikes), number) for line in clean(text).split("\n") if line.strip()]
        result.lines.append(lines)
        result.heights.append(0.0)
    return result
