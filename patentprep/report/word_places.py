"""Where words of a draft stand in the XML of its Word file, and marks for comments around exactly these words.

The file is walked in the order in which ``read/docx.py`` reads it, and compared with ``Document.text`` by letters and
digits only, as places on PDF pages are. A place that is not certain is left out. Nothing a reader sees is changed: a
run may be cut in two that look the same, and the marks of comments stand between runs.
"""

from __future__ import annotations

import copy
import io
import zipfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from patentprep.read.docx import _SKIP, _alternative, _descend, _number, _parts, _symbol, _Walk
from patentprep.read.equations import linear, tag_of
from patentprep.read.lines import paragraph_label
from patentprep.read.numbering import W, read_numbering
from patentprep.read.place import _find, _letters

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
OPEN_INSIDE = frozenset(["hyperlink", "ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo"])
EDGE = 24  # letters at either end by which a passage is found whose middle is printed differently

PARAGRAPH, RUN, TEXT = f"{W}p", f"{W}r", f"{W}t"

Place = tuple[Any, int]  # a ``w:t`` and an offset in its text; or any other element, and -1


@dataclass(slots=True)
class _Printed:
    """The characters of a Word file in reading order, each with its element."""

    walk: _Walk  # numbering and notes, as the reader keeps them
    characters: list[str] = field(default_factory=list)
    places: list[Place | None] = field(default_factory=list)  # None: printed, but in no element (automatic numbers)
    after: list[Any] = field(default_factory=list)
    host: Any = None  # the paragraph of the body that text boxes and notes hang on
    continues: bool = False  # the end mark of the paragraph before was deleted


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a comment is tied to: the places of its first and last character. Not ``exact``: only their paragraphs."""

    first: Place
    last: Place
    exact: bool


def anchors(data: bytes, root: Any, name: str, text: str, spans: Sequence[tuple[int, int]]) -> list[Anchor | None]:
    """For each span of ``text`` its anchor below ``root``, the ``w:document`` element of the file in ``data``.

    Raises what the reader of Word files raises.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = _parts(archive, name)
    notes = {
        f"{kind}:{item.get(f'{W}id')}": item
        for kind in ("footnote", "endnote")
        if parts[f"{kind}s"] is not None
        for item in parts[f"{kind}s"].iter(f"{W}{kind}")
    }
    printed = _Printed(_Walk(read_numbering(parts["numbering"], parts["styles"]), notes))
    _blocks(root, printed)
    theirs, at = _letters(printed.characters)
    ours, offsets = _letters(text)
    found = []
    for start, end in spans:
        first, last = bisect_left(offsets, start), bisect_left(offsets, end)
        found.append(_anchor(printed, text, start, end, ours, offsets, first, last, theirs, at))
    return found


def _anchor(
    printed: _Printed, text: str, start: int, end: int, ours: str, offsets: Sequence[int],
    first: int, last: int, theirs: str, at: Sequence[int],
) -> Anchor | None:  # fmt: skip
    if first >= last:
        return None
    exact = True
    place = _find(ours, first, last, theirs)
    if place is not None:
        low, high = at[place], at[place + last - first - 1]
    else:  # numbers or labels stand between the lines of a long passage
        size = min(EDGE, last - first)
        head, tail = _find(ours, first, first + size, theirs), _find(ours, last - size, last, theirs)
        if head is None and tail is None:
            return None
        if head is not None and tail is not None and head <= tail and tail - head < 2 * (last - first) + 200:
            low, high = at[head], at[tail + size - 1]
        else:
            edge = head if head is not None else tail
            assert edge is not None
            low = high = at[edge]
            exact = False
    before = text[start : offsets[first]]  # an opening quotation mark, a closing full stop
    after = text[offsets[last - 1] + 1 : end]
    characters = printed.characters
    while exact and before and low and characters[low - 1] == before[-1]:
        low, before = low - 1, before[:-1]
    while exact and after and high + 1 < len(characters) and characters[high + 1] == after[0]:
        high, after = high + 1, after[1:]
    while low < high and printed.places[low] is None:
        low += 1
    while high > low and printed.places[high] is None:
        high -= 1
    one, other = printed.places[low], printed.places[high]
    if one is None or other is None:
        return None
    boxed = any(place[0].tag == PARAGRAPH for place in (one, other))
    return Anchor(one, other, exact and not boxed)


# --- the walk, in the order of read/docx.py ------------------------------------------------------------------------


def _blocks(parent: Any, out: _Printed) -> None:
    for item in parent:
        tag = tag_of(item)
        if tag == "p":
            _paragraph(item, out)
        elif tag == "tbl":
            out.continues = False
            for row in _descend(item, "tr"):
                properties = row.find(f"{W}trPr")
                if properties is not None and properties.find(f"{W}del") is not None:
                    continue
                for cell in _descend(row, "tc"):
                    merged = cell.find(f"{W}tcPr/{W}vMerge")
                    if merged is None or merged.get(f"{W}val") == "restart":
                        _blocks(cell, out)
                        out.continues = False
        elif tag == "AlternateContent":
            _blocks(_alternative(item), out)
        elif tag and tag not in _SKIP:
            _blocks(item, out)


def _paragraph(item: Any, out: _Printed) -> None:
    waiting, out.after = out.after, []
    at = len(out.characters)
    _inline(item, out, item)
    properties = item.find(f"{W}pPr")
    deleted = properties is not None and properties.find(f"{W}rPr/{W}del") is not None
    text = "".join(out.characters[at:])
    if (text.strip() or not deleted) and not out.continues:
        number = _number(properties, out.walk)
        out.characters[at:at] = number
        out.places[at:at] = [None] * len(number)
        _, rest = paragraph_label(number + text)  # "[0012]" is kept apart from the text by the reader
        label = len(number + text) - len(rest)
        out.characters[at : at + label] = " " * label
    out.continues = deleted and (out.continues or bool(text.strip()))
    _add(out, "\n", None)
    hanging, out.after = out.after, waiting
    outer, out.host = out.host, out.host if out.host is not None else item
    for block in hanging:
        _blocks(block, out)
    out.host = outer


def _inline(item: Any, out: _Printed, paragraph: Any) -> None:
    for child in item:
        tag = tag_of(child)
        if tag == "t":
            for offset, character in enumerate(child.text or ""):
                _add(out, character, (child, offset if child.tag == TEXT else -1))
        elif tag == "r":
            hidden = child.find(f"{W}rPr/{W}vanish")
            if hidden is None or hidden.get(f"{W}val") in ("0", "false"):
                _inline(child, out, paragraph)
        elif tag in ("oMath", "oMathPara"):
            for character in linear(child):
                _add(out, character, (child, -1))
        elif tag in ("br", "cr", "tab", "ptab"):
            _add(out, " ", (child, -1))
        elif tag == "noBreakHyphen":
            _add(out, "-", (child, -1))
        elif tag == "sym":
            for character in _symbol(child):
                _add(out, character, (child, -1))
        elif tag in ("footnoteReference", "endnoteReference"):
            note = out.walk.notes.pop(f"{tag[:-9]}:{child.get(f'{W}id')}", None)
            if note is not None:
                out.after.append(note)
        elif tag == "txbxContent":
            out.after.append(child)
        elif tag == "AlternateContent":
            _inline(_alternative(child), out, paragraph)
        elif tag and tag not in _SKIP:
            _inline(child, out, paragraph)


def _add(out: _Printed, character: str, place: Place | None) -> None:
    """In a text box or a note Word takes no comment: there the place is the paragraph of the body it hangs on."""
    out.characters.append(character)
    out.places.append((out.host, -1) if out.host is not None and place is not None else place)


# --- marks ---------------------------------------------------------------------------------------------------------


def mark(found: Sequence[tuple[Anchor, int]]) -> None:
    """Put the marks of each comment (its anchor and its id) around its words."""
    cuts: dict[Any, set[tuple[Any, int]]] = {}
    for anchor, _ in found:
        for (element, at), after in ((anchor.first, 0), (anchor.last, 1)) if anchor.exact else ():
            run = _run_of(element)
            if run is not None:
                cuts.setdefault(run, set()).add((element, max(at, 0) + after))
    starts: dict[tuple[Any, int], Any] = {}
    ends: dict[tuple[Any, int], Any] = {}
    for run, points in cuts.items():
        _cut(run, points, starts, ends)
    for anchor, number in found:
        if anchor.exact:
            (first, at), (last, to) = anchor.first, anchor.last
            _around(_side(starts, first, max(at, 0)), _side(ends, last, max(to, 0) + 1), number)
        else:
            _around_paragraphs(_paragraph_of(anchor.first[0]), _paragraph_of(anchor.last[0]), number)


def _side(runs: dict[tuple[Any, int], Any], element: Any, offset: int) -> Any:
    return _outer(runs.get((element, offset), element))


def _cut(run: Any, points: set[tuple[Any, int]], starts: dict[Any, Any], ends: dict[Any, Any]) -> None:
    """Cut a run at the given places into runs of the same look, and note which begins and which ends there."""
    groups: list[list[Any]] = [[]]
    begins: list[list[tuple[Any, int]]] = [[]]
    finishes: list[list[tuple[Any, int]]] = [[]]

    def part(point: tuple[Any, int]) -> None:
        if groups[-1]:
            finishes[-1].append(point)
            groups.append([])
            begins.append([])
            finishes.append([])
        begins[-1].append(point)

    look = run.find(f"{W}rPr")
    for child in [child for child in run if child is not look]:
        text = child.text or "" if child.tag == TEXT else ""
        size = len(text) if child.tag == TEXT else 1
        at = 0
        for offset in sorted({offset for element, offset in points if element is child}):
            if at < offset <= size:
                groups[-1].append(_slice(child, text, at, offset) if (at, offset) != (0, size) else child)
                at = offset
            part((child, offset))
        if at < size or not size:
            groups[-1].append(_slice(child, text, at, size) if at else child)
    for child in [child for child in run if child is not look]:
        run.remove(child)
    last = run
    for n, group in enumerate(groups):
        piece = run
        if n and group:
            piece = run.makeelement(run.tag, dict(run.attrib))
            if look is not None:
                piece.append(copy.deepcopy(look))
            last.addnext(piece)
            last = piece
        elif n:
            piece = last
        piece.extend(group)
        for point in begins[n]:
            starts[point] = piece
        for point in finishes[n]:
            ends[point] = piece
        if n and not group:  # the cut was at the run's very end
            for point in begins[n]:
                ends.setdefault(point, last)


def _slice(child: Any, text: str, start: int, end: int) -> Any:
    piece = child.makeelement(child.tag, dict(child.attrib))
    piece.text = text[start:end]
    piece.set(SPACE, "preserve")
    return piece


def _around(first: Any, last: Any, number: int) -> None:
    first.addprevious(_element(first, "commentRangeStart", number))
    stop = _element(last, "commentRangeEnd", number)
    last.addnext(stop)
    top = stop  # a reference inside a link or an insertion would belong to it
    while top.getparent().tag != PARAGRAPH:
        top = top.getparent()
    top.addnext(_reference(last, number))


def _around_paragraphs(first: Any, last: Any, number: int) -> None:
    properties = first.find(f"{W}pPr")
    first.insert(0 if properties is None else first.index(properties) + 1, _element(first, "commentRangeStart", number))
    last.append(_element(last, "commentRangeEnd", number))
    last.append(_reference(last, number))


def _element(near: Any, tag: str, number: int) -> Any:
    return near.makeelement(f"{W}{tag}", {f"{W}id": str(number)})


def _reference(near: Any, number: int) -> Any:
    run = near.makeelement(f"{W}r", {})
    look = near.makeelement(f"{W}rPr", {})
    look.append(near.makeelement(f"{W}rStyle", {f"{W}val": "CommentReference"}))
    run.append(look)
    run.append(_element(near, "commentReference", number))
    return run


def _run_of(element: Any) -> Any:
    while element is not None and element.tag not in (RUN, PARAGRAPH):
        element = element.getparent()
    return element if element is not None and element.tag == RUN else None


def _paragraph_of(element: Any) -> Any:
    while element.tag != PARAGRAPH:
        element = element.getparent()
    return element


def _outer(element: Any) -> Any:
    """The element that marks may stand beside: the run itself, or what wraps it and does not take marks inside."""
    outer = element if element.tag != TEXT else element.getparent()
    at = outer.getparent()
    while at.tag != PARAGRAPH:
        if tag_of(at) not in OPEN_INSIDE:
            outer = at
        at = at.getparent()
    return outer
