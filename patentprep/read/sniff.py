"""Tell formats apart by their bytes, whatever the file is called."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from patentprep.errors import DamagedDraft, EncryptedDraft, OldWordFormat, UnknownFormat

_MAGIC = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"AT&TFORM", "DjVu"),
    (b"\xffWPC", "WordPerfect"),
)
_ZIP_PARTS = (
    ("xl/", "XLSX"),
    ("ppt/", "PPTX"),
    ("META-INF/container.xml", "EPUB"),
    ("content.xml", "ODT"),
    ("Index/", "Pages"),
)
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*<(?:div|p|table|span|meta|style|script|title|h[1-6]|section|article|ul|ol)\b[^<>]{0,300}>", re.I
)
_TAG = re.compile(r"</(?:div|p|table|td|span|style|script|title|h[1-6]|section|article|li|a)>", re.I)
_XML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)


def sniff(data: bytes, name: str) -> Literal["pdf", "docx", "text"]:
    """``pdf``, ``docx``, or ``text`` when nothing speaks against it. Else raises the DraftError that fits."""
    at = data[:1024].find(b"%PDF")
    if at == 0 or (at > 0 and b"endobj" in data):  # a draft about PDF files may well name their first bytes
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _sniff_zip(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedDraft(name=name)
        if "WordDocument".encode("utf-16-le") in data:
            raise OldWordFormat(name=name)
        raise (
            OldWordFormat(name=name)
            if name.lower().endswith((".doc", ".dot", ".wps"))
            else UnknownFormat(name=name, found="OLE")
        )
    for magic, found in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:512]):
            raise UnknownFormat(name=name, found=found)
    return "text"


def _sniff_zip(data: bytes, name: str) -> Literal["docx"]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        if b"word/" in data[:65_536] or name.lower().endswith(".docx"):
            raise DamagedDraft(name=name) from error
        raise UnknownFormat(name=name, found="ZIP") from error
    folded = {part.replace("\\", "/").lower() for part in names}
    if any(part.startswith("word/") and part.endswith(".xml") for part in folded):
        return "docx"
    for part, found in _ZIP_PARTS:
        if any(item.startswith(part.lower()) for item in folded):
            raise UnknownFormat(name=name, found=found)
    raise UnknownFormat(name=name, found="ZIP")


def refuse_markup(text: str, name: str) -> None:
    """HTML and XML are text, but not the draft's own."""
    head = text[:4096].lstrip("\ufeff")
    if _MARKUP.match(head):
        raise UnknownFormat(name=name, found="HTML")
    if _FRAGMENT.match(head) and len(_TAG.findall(head)) >= 2:
        raise UnknownFormat(name=name, found="HTML")
    if _XML.match(head):
        raise UnknownFormat(name=name, found="XML")
