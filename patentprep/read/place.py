"""Where words of a PDF stand on the page, and what the page looks like.

The text layer of a PDF differs from ``Document.text`` in spaces, line breaks, hyphens and the width of characters, so
the two are compared by letters and digits only. A place that is not certain is left out.

Pages are drawn in a process of their own, bounded in time and memory: a page may be made to exhaust the machine.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from patentprep.errors import DraftError
from patentprep.model import Document
from patentprep.read.pdf import _pdfium

Rectangle = tuple[float, float, float, float, int]  # x0, y0, x1, y1 as shares of the page; index of the span
Box = tuple[float, float, float, float]

MOST_PIXELS = 2000  # of the longer side
MOST_ENLARGED = 6.0  # a page of a few points is not blown up to fill the width
SECONDS = 15.0  # for one process that draws
MEMORY = 3_000_000_000
SMALL = 100_000  # bytes aimed at for a page on the screen
_CONTEXT = ((24, 24), (24, 0), (0, 24), (8, 8))  # letters before and after that tell equal quotes apart
_GRAIN = 100_000


class PageNotDrawn(DraftError):
    """A page that does not exist, or cannot be drawn within bounds. Facts: page."""

    key = "error.page_not_drawn"


# --- where a span stands ---------------------------------------------------------------------------------


def rectangles(data: bytes, document: Document, spans: Sequence[tuple[int, int]]) -> dict[int, list[Rectangle]]:
    """For each page number, the rectangles around the characters of each span ``(start, end)`` of the text.

    ``data`` is the PDF the document was read from. Coordinates are shares of the page as it is shown, (0, 0) at the top
    left. A span over two lines has several rectangles, one over two pages has some on each; what is not found for
    certain has none. A file that PDFium cannot open has none at all.
    """
    import pypdfium2

    wanted: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for index, (start, end) in enumerate(spans):
        for page in document.pages:
            if start < page.end and page.start < end:
                wanted[page.number].append((max(start, page.start), min(end, page.end), index))
    if not wanted:
        return {}
    bounds = {page.number: (page.start, page.end) for page in document.pages}
    found: dict[int, list[Rectangle]] = {}
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError:
            return {}
        try:
            for number in sorted(wanted):
                if number > len(pdf):
                    continue
                low, high = bounds[number]
                try:
                    boxes = _on_page(pdf[number - 1], document.text[low:high], low, wanted[number])
                except pypdfium2.PdfiumError:
                    continue
                if boxes:
                    found[number] = boxes
        finally:
            pdf.close()
    return found


def _on_page(page: Any, text: str, start: int, pieces: Iterable[tuple[int, int, int]]) -> list[Rectangle]:
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    handle = textpage.raw
    printed = [chr(code) if (code := raw.FPDFText_GetUnicode(handle, i)) < 0x110000 else " " for i in range(
        textpage.count_chars())]  # fmt: skip
    ours, offsets = _letters(text)
    everything = _letters(printed)
    layers = [everything, _without_line_numbers(printed)]
    boxes: list[Rectangle] = []
    for low, high, index in pieces:
        first = next((n for n, at in enumerate(offsets) if at >= low - start), len(ours))
        last = next((n for n, at in enumerate(offsets) if at >= high - start), len(ours))
        for letters, places in layers:
            at = _find(ours, first, last, letters)
            if at is not None:
                around = _boxes(page, handle, dict.fromkeys(places[at : at + last - first]), raw)
                boxes += [(*box, index) for box in around]
                break
    textpage.close()
    page.close()
    return boxes


def _letters(characters: Iterable[str]) -> tuple[str, list[int]]:
    """The letters and digits, without accents, width and case; and for each the place it has in the original."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(characters):
        if character.isascii():
            if character.isalnum():
                letters.append(character.lower())
                places.append(place)
            continue
        for part in unicodedata.normalize("NFKD", character).casefold():
            if part.isalnum():
                letters.append(part)
                places.append(place)
    return "".join(letters), places


def _without_line_numbers(printed: list[str]) -> tuple[str, list[int]]:
    """As ``_letters``, less the numbers of one to four digits that open or close a printed line."""
    kept = list(printed)
    at = 0
    while at < len(printed):
        end = at
        while end < len(printed) and printed[end] not in "\r\n\x02\ufffe":
            end += 1
        line = "".join(printed[at:end])
        for part, where in ((line.split(" ", 1)[0], at), (line.rsplit(" ", 1)[-1], -1)):
            if part.isdecimal() and len(part) <= 4:
                low = where if where >= 0 else end - len(part)
                kept[low : low + len(part)] = " " * len(part)
        at = end + 1
    return _letters(kept)


def _find(ours: str, first: int, last: int, printed: str) -> int | None:
    """Where ``ours[first:last]`` begins in the printed letters, if there is one place that it must be."""
    key = ours[first:last]
    if not key or key not in printed:
        return None
    for before, after in _CONTEXT:
        low = max(first - before, 0)
        around = ours[low : last + after]
        places = _all(around, printed, 2)
        if len(places) == 1 and len(around) >= 6:
            return places[0] + first - low
    here, there = _all(key, ours, 200), _all(key, printed, 200)
    if len(key) < 2 or len(here) != len(there) or len(here) == 200:
        return None
    return there[here.index(first)]


def _all(key: str, text: str, most: int) -> list[int]:
    places: list[int] = []
    at = text.find(key)
    while at >= 0 and len(places) < most:
        places.append(at)
        at = text.find(key, at + 1)
    return places


def _boxes(page: Any, handle: Any, places: Iterable[int], raw: Any) -> list[Box]:
    """One rectangle for each run of characters on a line. The page may be turned or cropped: PDFium knows."""
    width, height = page.get_size()
    rectangle, x, y = raw.FS_RECTF(), ctypes.c_int(), ctypes.c_int()
    runs: list[list[float]] = []
    for place in places:
        if not raw.FPDFText_GetLooseCharBox(handle, place, rectangle):
            continue
        corners = []
        for across, up in ((rectangle.left, rectangle.top), (rectangle.right, rectangle.bottom)):
            raw.FPDF_PageToDevice(page, 0, 0, _GRAIN, _GRAIN, 0, across, up, x, y)
            corners.append((x.value / _GRAIN, y.value / _GRAIN))
        (ax, ay), (bx, by) = corners
        box = [max(min(ax, bx), 0.0), max(min(ay, by), 0.0), min(max(ax, bx), 1.0), min(max(ay, by), 1.0)]
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        if runs and _same_line(runs[-1], box, width / height):
            run = runs[-1]
            run[:] = [min(run[0], box[0]), min(run[1], box[1]), max(run[2], box[2]), max(run[3], box[3])]
        else:
            runs.append(box)
    return [(box[0], box[1], box[2], box[3]) for box in runs]


def _same_line(run: list[float], box: list[float], shape: float) -> bool:
    tall = max(run[3] - run[1], box[3] - box[1])
    level = abs((run[1] + run[3]) - (box[1] + box[3])) / 2 < 0.6 * tall
    gap = (box[0] - run[2]) * shape  # in shares of the height, as ``tall``
    return level and -tall < gap < 4 * tall


# --- what a page looks like ------------------------------------------------------------------------------


def page_png(data: bytes, number: int, width: int) -> bytes:
    """Page ``number`` (from 1) as PNG, ``width`` pixels wide, no side longer than 2000. Raises PageNotDrawn."""
    drawn = draw_pages(data, [number], width, small=False)
    if number not in drawn:
        raise PageNotDrawn(page=number)
    return drawn[number]


def draw_pages(
    data: bytes, numbers: Sequence[int], width: int, *, small: bool = True, seconds: float = SECONDS
) -> dict[int, bytes]:
    """Several pages as PNG, or with ``small`` as PNG or JPEG of about 100 KB. A page that cannot be drawn is left out.

    A page that exhausts the process is passed over once; then the rest is tried once more.
    """
    drawn: dict[int, bytes] = {}
    todo = list(dict.fromkeys(numbers))
    for _ in range(2):
        if not todo:
            break
        answers, ended = _run(data, todo, width, small, seconds)
        drawn |= {number: image for number, image in answers.items() if image}
        if ended:
            break
        todo = [number for number in todo if number not in answers][1:]
    return drawn


def _run(data: bytes, numbers: Sequence[int], width: int, small: bool, seconds: float) -> tuple[dict[int, bytes], bool]:
    """What the process drew (nothing for a page that PDFium refused), and whether it came to its end."""
    home = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    order = [",".join(map(str, numbers)), str(width), "small" if small else "png"]
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "patentprep.read.place", *order],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=os.environ | {"PYTHONPATH": paths},
        )
        return _unpack(done.stdout), done.returncode == 0
    except subprocess.TimeoutExpired as late:
        return _unpack(late.stdout or b""), False
    except OSError:
        return {}, True


def _unpack(stream: bytes) -> dict[int, bytes]:
    images: dict[int, bytes] = {}
    at = 0
    while at + 8 <= len(stream):
        number = int.from_bytes(stream[at : at + 4], "big")
        size = int.from_bytes(stream[at + 4 : at + 8], "big")
        if at + 8 + size > len(stream):
            break
        images[number] = stream[at + 8 : at + 8 + size]
        at += 8 + size
    return images


def _draw(data: bytes, numbers: Sequence[int], width: int, small: bool) -> None:
    """Runs in the process of its own: each image to standard output as soon as it is there."""
    import pypdfium2

    _limit()
    pdf = pypdfium2.PdfDocument(data)
    for number in numbers:
        image = b""
        if 1 <= number <= len(pdf):
            try:
                image = _image(pdf[number - 1], width, small)
            except (pypdfium2.PdfiumError, MemoryError, ValueError, OSError):
                image = b""
        sys.stdout.buffer.write(number.to_bytes(4, "big") + len(image).to_bytes(4, "big") + image)
        sys.stdout.buffer.flush()


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, int(3 * SECONDS))):
        try:
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
        except (ValueError, OSError):  # a lower limit is in force already, or the platform has none
            continue


def _image(page: Any, width: int, small: bool) -> bytes:
    wide, high = page.get_size()
    scale = min(max(width, 1) / wide, MOST_PIXELS / wide, MOST_PIXELS / high, MOST_ENLARGED)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    picture.thumbnail((MOST_PIXELS, MOST_PIXELS))  # PDFium rounds up
    if not small:
        return _saved(picture, "PNG", compress_level=6)
    # Print is black on white: few greys are enough, and smaller than any JPEG.
    grey = picture.convert("L") if _no_colour(picture) else picture
    if _few_tones(picture):
        for tones, most in ((16, SMALL), (5, 1.6 * SMALL)):
            image = _saved(grey.quantize(tones), "PNG", compress_level=6)
            if len(image) <= most:
                return image
    for quality, share in ((72, 1.0), (50, 1.0), (45, 0.8)):
        image = _saved(
            grey.resize((int(grey.width * share) or 1, int(grey.height * share) or 1)), "JPEG", quality=quality
        )
        if len(image) <= SMALL:
            break
    return image


def _no_colour(picture: Any) -> bool:
    red, green, blue = picture.resize((64, 64)).split()
    return all(abs(a - b) < 12 and abs(b - c) < 12 for a, b, c in zip(
        red.tobytes(), green.tobytes(), blue.tobytes(), strict=True))  # fmt: skip


def _few_tones(picture: Any) -> bool:
    """Whether nearly all of the page is paper and ink: photographs would suffer from few tones."""
    histogram = picture.convert("L").histogram()
    return bool(sum(histogram[:48]) + sum(histogram[224:]) > 0.85 * sum(histogram))


def _saved(picture: Any, kind: str, **options: Any) -> bytes:
    import io

    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


if __name__ == "__main__":
    _draw(sys.stdin.buffer.read(), [int(number) for number in sys.argv[1].split(",")], int(sys.argv[2]),
          sys.argv[3] == "small")  # fmt: skip
