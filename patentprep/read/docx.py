"""The text of a Word file, element by element: nothing seen is lost, nothing deleted comes back."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from patentprep.errors import DamagedDraft, EncryptedDraft
from patentprep.model import ParagraphLabel, Warned
from patentprep.read.equations import linear, tag_of
from patentprep.read.limits import too_long
from patentprep.read.lines import Line, clean, width
from patentprep.read.numbering import Numbering, W, number_of, read_numbering
from patentprep.read.paragraphs import assemble

MAX_PART = 100_000_000  # bytes of one unpacked part
MAX_ENTRIES = 20_000
# All that OOXML allows; the other methods of ``zipfile`` fail in ways of their own, and differ by Python version.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SKIP = frozenset(
    [
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "rPr",
        "pPr",
        "sectPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "sdtPr",
        "sdtEndPr",
        "annotationRef",
        "rt",
        "rubyPr",
        "fldData",
        "binData",
    ]
)
# The Symbol font keeps its letters in the private use area
_SYMBOL = dict(zip(range(0xF041, 0xF05B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)) | dict(
    zip(range(0xF061, 0xF07B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)
)
_SYMBOL |= {
    0xF0B4: "×",
    0xF0B1: "±",
    0xF0A3: "≤",
    0xF0B3: "≥",
    0xF0B9: "≠",
    0xF0CE: "∈",
    0xF0E5: "∑",
    0xF0D7: "·",
    0xF0B0: "°",
}
_SYMBOL |= {
    0xF0A5: "∞",
    0xF0D6: "√",
    0xF0BB: "≈",
    0xF0B6: "∂",
    0xF0D1: "∇",
    0xF0AE: "→",
    0xF0B7: "•",
    0xF02D: "−",
    0xF02B: "+",
    0xF03D: "=",
}
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_SENTENCE = re.compile(r"[。；;]|[.!?](?:\s|$)|，")


class _Walk:
    """State of one pass through the document."""

    def __init__(self, numbering: Numbering, notes: dict[str, Any]) -> None:
        self.numbering = numbering
        self.notes = notes
        self.lines: list[Line] = []
        self.after: list[Any] = []  # text boxes and notes that follow the paragraph they hang on
        self.hidden = False
        self.pictures = 0  # equations stored as pictures
        self.open = ""  # text of a paragraph whose end mark was deleted


def read_docx(data: bytes, name: str) -> tuple[str, tuple[ParagraphLabel, ...], tuple[Warned, ...]]:
    """Text, paragraph numbers and warnings. Raises DamagedDraft, EncryptedDraft, TooLong."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
        KeyError,
    ) as error:
        raise DamagedDraft(name=name) from error
    body = parts["document"]
    if body is None:
        raise DamagedDraft(name=name)
    notes = {
        f"{kind}:{item.get(f'{W}id')}": item
        for kind in ("footnote", "endnote")
        if parts[f"{kind}s"] is not None
        for item in parts[f"{kind}s"].iter(f"{W}{kind}")
        if item.get(f"{W}type") in (None, "normal")
    }
    walk = _Walk(read_numbering(parts["numbering"], parts["styles"]), notes)
    _blocks(body, walk)
    _end(walk)
    for line in walk.lines:
        line.fixed = True
    text, _, labels = assemble(walk.lines, 0)
    warnings = []
    if walk.hidden:
        warnings.append(Warned("hidden_words"))
    if walk.pictures:
        warnings.append(Warned("equation_pictures", None, (("count", str(walk.pictures)),)))
    return text, labels, tuple(warnings)


def _parts(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise too_long(name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedDraft(name=name)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise DamagedDraft(name=name)
    by_name = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
    main = _main_part(archive, by_name, name)
    folder = main.rpartition("/")[0]
    result: dict[str, Any] = {"document": _root(archive, by_name.get(main), name)}
    for part in ("numbering", "styles", "footnotes", "endnotes"):
        try:
            result[part] = _root(archive, by_name.get(f"{folder}/{part}.xml"), name)
        except DamagedDraft:  # the words themselves are in the main part
            result[part] = None
    return result


def _main_part(archive: zipfile.ZipFile, by_name: dict[str, zipfile.ZipInfo], name: str) -> str:
    try:
        relations = _root(archive, by_name.get("_rels/.rels"), name)
    except DamagedDraft:
        relations = None
    for relation in relations if relations is not None else ():
        if tag_of(relation) == "Relationship" and str(relation.get("Type", "")).endswith("/officeDocument"):
            target = str(relation.get("Target", "")).lstrip("/").lower()
            if target in by_name:
                return target
    return "word/document.xml"


def _root(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, name: str) -> Any:
    """Parse one part: never more than MAX_PART bytes, no entities, no network."""
    from lxml import etree

    if entry is None:
        return None
    with archive.open(entry) as stream:
        data = stream.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise too_long(name)
    if _STRICT in data:
        data = data.replace(_STRICT, W[1:-1].encode())
    try:
        return etree.fromstring(
            data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        )
    except etree.XMLSyntaxError as error:
        raise DamagedDraft(name=name) from error


def _blocks(parent: Any, walk: _Walk) -> None:
    """Paragraphs, tables and whatever wraps them."""
    for item in parent:
        tag = tag_of(item)
        if tag == "p":
            _paragraph(item, walk)
        elif tag == "tbl":
            _end(walk)
            _table(item, walk)
        elif tag == "AlternateContent":
            _blocks(_alternative(item), walk)
        elif tag and tag not in _SKIP:
            _blocks(item, walk)


def _paragraph(item: Any, walk: _Walk) -> None:
    waiting, walk.after = walk.after, []
    text = _runs(item, walk)
    properties = item.find(f"{W}pPr")
    mark_deleted = properties is not None and properties.find(f"{W}rPr/{W}del") is not None
    if text.strip() or not mark_deleted:
        number = _number(properties, walk) if not walk.open else ""
        # an empty numbered paragraph counts, though its line does not matter
        walk.open += (number + text) if text.strip() or walk.open else ""
    if not mark_deleted:
        _end(walk)
    hanging, walk.after = walk.after, waiting
    for block in hanging:
        _end(walk)
        _blocks(block, walk)


def _end(walk: _Walk) -> None:
    for part in clean(walk.open).split("\n"):
        if part.strip():
            walk.lines.append(Line(part.strip()))
    walk.open = ""


def _number(properties: Any, walk: _Walk) -> str:
    if properties is None:
        return ""
    style = properties.find(f"{W}pStyle")
    num_id, depth = (
        walk.numbering.styles.get(style.get(f"{W}val", ""), (None, None)) if style is not None else (None, None)
    )
    own = properties.find(f"{W}numPr")
    if own is not None:
        own_id, own_depth = number_of(own)
        num_id = own_id if own_id is not None else num_id
        depth = own_depth if own_depth is not None else depth
    return walk.numbering.next(num_id, depth or 0) if num_id not in (None, "0") else ""


def _runs(item: Any, walk: _Walk) -> str:
    """Everything printed inside a paragraph, in order."""
    out: list[str] = []
    for child in item:
        tag = tag_of(child)
        if tag == "t":
            out.append(child.text or "")
        elif tag == "r":
            if child.find(f"{W}rPr/{W}vanish") is not None and child.find(f"{W}rPr/{W}vanish").get(f"{W}val") not in (
                "0",
                "false",
            ):
                walk.hidden |= bool(_runs(child, _Walk(walk.numbering, {})).strip())
                continue
            out.append(_runs(child, walk))
        elif tag in ("oMath", "oMathPara"):
            out.append(linear(child))
        elif tag in ("br", "cr"):
            out.append("\n")
        elif tag in ("tab", "ptab"):
            out.append(" ")
        elif tag == "noBreakHyphen":
            out.append("-")
        elif tag == "sym":
            out.append(_symbol(child))
        elif tag in ("footnoteReference", "endnoteReference"):
            note = walk.notes.pop(f"{tag[:-9]}:{child.get(f'{W}id')}", None)
            if note is not None:
                walk.after.append(note)
        elif tag == "txbxContent":
            walk.after.append(child)
        elif tag == "AlternateContent":
            out.append(_runs(_alternative(child), walk))
        elif tag == "OLEObject" and "Equation" in str(child.get("ProgID", "")):
            walk.pictures += 1
        elif tag and tag not in _SKIP:
            out.append(_runs(child, walk))
    return "".join(out)


def _symbol(item: Any) -> str:
    try:
        code = int(item.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        if "symbol" in str(item.get(f"{W}font", "")).lower():
            return _SYMBOL.get(code, chr(code - 0xF000) if 0xF020 <= code < 0xF07F else "")
        return ""
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _alternative(item: Any) -> Any:
    """The first choice, or the fallback: Word stores a text box twice."""
    for wanted in ("Choice", "Fallback"):
        for child in item:
            if tag_of(child) == wanted and len(child):
                return child
    return ()


def _table(table: Any, walk: _Walk) -> None:
    """A row per line, cells joined by `` | ``. A form with whole passages is read cell by cell."""
    for row in _descend(table, "tr"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        cells: list[list[Line]] = []
        for cell in _descend(row, "tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            if merged is not None and merged.get(f"{W}val") != "restart":
                continue
            outer, walk.lines = walk.lines, []
            _blocks(cell, walk)
            _end(walk)
            cells.append(walk.lines)
            walk.lines = outer
        cells = [cell for cell in cells if cell]
        if (
            any(len(cell) > 1 for cell in cells) and sum(width(line.text) for cell in cells for line in cell) > 120
        ) or _is_form_row(cells):
            walk.lines += [line for cell in cells for line in cell]
        elif cells:
            walk.lines.append(Line(" | ".join(" ".join(line.text for line in cell) for cell in cells)))


def _is_form_row(cells: list[list[Line]]) -> bool:
    """A short label beside a passage, as in a disclosure form."""
    if len(cells) != 2 or any(len(cell) != 1 for cell in cells):
        return False
    label, passage = cells[0][0].text, cells[1][0].text
    return width(label) <= 40 and width(passage) > 80 and _SENTENCE.search(passage) is not None


def _descend(parent: Any, wanted: str) -> list[Any]:
    """Rows or cells, also inside content controls and tracked insertions, but not those of nested tables."""
    found: list[Any] = []
    for child in parent:
        tag = tag_of(child)
        if tag == wanted:
            found.append(child)
        elif tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo"):
            found += _descend(child, wanted)
    return found
