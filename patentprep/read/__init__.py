"""Read a draft: PDF, DOCX, TXT or Markdown to clean text with pages and paragraph numbers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from patentprep.errors import DraftError, EmptyDraft, FileMissing, FolderGiven, ScannedDraft
from patentprep.model import Document, Page, ParagraphLabel, Progress, Warned, silent
from patentprep.read.limits import MAX_BYTES, MAX_CHARACTERS, too_long
from patentprep.read.sniff import sniff

__all__ = ["read_document"]


def read_document(source: str | Path | bytes, name: str | None = None, *, on_step: Progress = silent) -> Document:
    """Read a file, or the bytes of one called ``name``.

    The content decides the format; its name, or "#" headings, tell Markdown from plain text. Every problem with the
    file raises a DraftError subclass: FileMissing, FolderGiven, EmptyDraft, UnknownFormat, OldWordFormat,
    EncryptedDraft, DamagedDraft, ScannedDraft, TooLong. ``on_step`` hears ``read`` with the pages done and
    the pages in all.
    """
    data, name = _load(source, name)
    if not data.strip(b"\x00 \t\r\n"):
        raise EmptyDraft(name=name)
    kind = sniff(data, name)
    pages: tuple[Page, ...] = ()
    format_: Literal["pdf", "docx", "txt", "md"]
    if kind == "pdf":
        format_ = "pdf"
        text, pages, labels, warnings = _read_pdf(data, name, on_step)
    elif kind == "docx":
        from patentprep.read.docx import read_docx

        format_ = "docx"
        on_step("read", 0, 1)
        text, labels, warnings = read_docx(data, name)
        on_step("read", 1, 1)
    else:
        from patentprep.read.plain import read_plain

        format_ = "md" if name.lower().endswith((".md", ".markdown")) else "txt"
        on_step("read", 0, 1)
        text, labels, warnings = read_plain(data, name, markdown=format_ == "md")
        on_step("read", 1, 1)
    if not any(char.isalnum() for char in text):
        raise EmptyDraft(name=name)
    if len(text) > MAX_CHARACTERS:
        raise too_long(name)
    return Document(name, format_, text, pages, labels, warnings, hashlib.sha256(data).hexdigest())


def _load(source: str | Path | bytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "draft"
    path = Path(source)
    name = name or path.name or str(path)
    try:
        if path.is_dir():
            raise FolderGiven(name=str(source))
        if not path.is_file():
            raise FileMissing(name=str(source))
        if path.stat().st_size > MAX_BYTES:
            raise too_long(name)
        return path.read_bytes(), name
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError | ValueError):
            raise FileMissing(name=str(source)) from error
        raise DraftError(name=name) from error


def _read_pdf(
    data: bytes, name: str, on_step: Progress
) -> tuple[str, tuple[Page, ...], tuple[ParagraphLabel, ...], tuple[Warned, ...]]:
    from patentprep.read.columns import set_columns
    from patentprep.read.furniture import without_furniture, without_line_numbers
    from patentprep.read.paragraphs import assemble
    from patentprep.read.pdf import read_pages

    result = read_pages(data, name, on_step)
    pages = without_furniture(without_line_numbers(result.lines), result.heights)
    bare = [number for number, lines in enumerate(pages, 1) if sum(len(line.text) for line in lines) < 5]
    pictures = [number for number in bare if number in result.pictures]
    if len(bare) == len(pages):
        raise ScannedDraft(name=name, pages=len(pages)) if pictures else EmptyDraft(name=name)
    warnings = [
        Warned(key, numbers[0], (("pages", _ranges(numbers)),))
        for key, numbers in (
            ("image_pages", pictures),
            ("hidden_text", sorted(set(result.hidden))),
            ("broken_pages", sorted(set(result.broken))),
            ("no_font", result.fontless),
        )
        if numbers
    ]
    if result.rescued:
        warnings.append(Warned("recovered"))
    text, ranges, labels = assemble([line for lines in pages for line in set_columns(lines)], len(pages))
    return text, ranges, labels, tuple(warnings)


def _ranges(numbers: list[int]) -> str:
    """``[6, 7, 8, 11]`` as ``6-8, 11``."""
    parts: list[str] = []
    start = end = numbers[0]
    for number in [*numbers[1:], 0]:
        if number == end + 1:
            end = number
            continue
        parts.append(str(start) if start == end else f"{start}-{end}")
        start = end = number
    return ", ".join(parts)
