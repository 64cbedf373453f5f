"""Join printed lines to paragraphs and keep track of pages and paragraph numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from patentprep.model import Page, ParagraphLabel
from patentprep.read.lines import Line, first_word, is_han, is_heading, paragraph_label, width

_CLOSERS = "\"'”’」』)）]】"
_ENDERS = frozenset(".。!！?？;；:：…")
_NEVER_FIRST = frozenset("。，、；：！？）》」』”’,;:!?)]}%％")  # cannot begin a line: it belongs to the one above
_SPLIT_NUMBER = re.compile(r"\d+[^\d\s.．、)）]")
_OPEN_END = re.compile(r"(?:[,，、(（\[［“‘=＝+×-]|\b(?:and|or|of|the|a|an|to|in|with|by|for|from|is|are|wherein))$")
_REFERENCE_END = re.compile(
    r"(?:\b(?:claims?|figs?\.?|figures?|eqs?\.?|equations?|tables?|steps?|nos?\.?|sections?|vol\.|pp?\.)|权利要求|請求項|图|圖|式|公式|表|步骤|第"
    r"|\b(?:to|and|or)\s*|[至或和~～-])$",
    re.IGNORECASE,
)
_CLAIM_START = re.compile(
    r"\d{1,3}\s*[.．、]\s*(?!\d)\S|[【\[]\s*[请請]求[项項]\s*\d+|[权權]利要求\s*\d+\s*[:：]|claim\s+\d+\s*[:.]",
    re.I,
)
_SURE_CLAIM = re.compile(
    r"\d{1,3}\s*[.．、]\s*(?:一种|一種|根据|根據|如|按照|依据|权利要求|權利要求|An?\s|The\s|One\s|In\s|Apparatus|Method|System|Use\s)"
)
_LIST_END = re.compile(r"[;；,，]\s*(?:and|or|以及|和|或)$")
_FIELD_CODE = re.compile(r"[(\[]\d\d[)\]]\s*[A-Z一-龥]")  # (54) Title, on front pages
_FIGURE_LABEL = re.compile(r"(?:FIGS?\.?|Figure|图|圖)\s*\d{1,3}\s*[A-Za-z]?(?:\([a-z]\))?")
_ITEM_START = re.compile(
    r"[（(]\s*(?:\d{1,2}|[A-Za-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})\s*[)）]|(?:\d{1,2}|[a-z])\s*[)）]\s*\S|[•●▪■◆◇○□–—*-]\s+\S|[①-⑳]"
    r"|[一二三四五六七八九十]{1,3}、|步骤\s*[S\d一二三四五六七八九十]|S\d{1,4}\s*[.:：、，]|Step\s+\S{1,5}\s*[:.]"
    r"|FIGS?\.?\s*\d+\S*\s+(?:is|are|shows?|illustrates?|depicts?)\b|附?[图圖]\s*\d+\S*\s*(?:为|為|是|示)"
)
_TAIL_WORD = re.compile(r"([A-Za-z]+)[-\u00ad\u2010\x02]$")
_HYPHENS = ("-", "\u00ad", "\u2010", "\x02")
_HEAD_WORD = re.compile(r"[A-Za-z]+")
_COMPOUND_STARTS = frozenset(
    [
        "self",
        "non",
        "multi",
        "cross",
        "real",
        "high",
        "low",
        "well",
        "semi",
        "pre",
        "post",
        "co",
        "computer",
        "machine",
        "time",
        "data",
        "end",
        "on",
        "two",
        "three",
        "one",
        "half",
        "full",
        "user",
        "long",
        "short",
        "open",
        "closed",
        "state",
        "mean",
        "max",
        "min",
        "so",
        "per",
        "anti",
        "inter",
        "intra",
        "pseudo",
        "quasi",
        "ex",
    ]
)


def assemble(lines: Sequence[Line], page_count: int) -> tuple[str, tuple[Page, ...], tuple[ParagraphLabel, ...]]:
    """Paragraphs separated by newlines, page ranges that cover all of it, and the printed paragraph numbers.

    ``page_count`` 0 means that the format has no pages.
    """
    pieces: list[str] = []
    first_piece: dict[int, int] = {}  # page -> index of its first piece
    labelled: list[tuple[int, str]] = []
    words = _Words(lines)
    previous: Line | None = None
    pending = ""  # a paragraph number that stood on a line by itself

    for line in lines:
        label, text = paragraph_label(line.text)
        text = text.strip()
        if not text:
            if label:
                pending, previous = label, None
            continue
        label = label or pending
        pending = ""
        if previous is None or label or ends_paragraph(previous, line):
            if pieces:
                pieces[-1] = words.closed(pieces[-1]) + "\n"
        else:
            pieces[-1] = words.joint(pieces[-1], text)
        first_piece.setdefault(line.page, len(pieces))
        if label:
            labelled.append((len(pieces), label))
        pieces.append(text)
        previous = line
    if pieces:
        pieces[-1] = words.closed(pieces[-1])

    starts = [0, *accumulate(map(len, pieces))]
    total = starts[-1]
    pages: list[Page] = []
    end = total
    for number in range(page_count, 0, -1):
        start = starts[first_piece[number]] if number in first_piece else end
        start = 0 if number == 1 else start
        pages.append(Page(number, start, end))
        end = start
    return (
        "".join(pieces),
        tuple(reversed(pages)),
        tuple(ParagraphLabel(starts[index], label) for index, label in labelled),
    )


def ends_paragraph(a: Line, b: Line) -> bool:
    """Whether a paragraph ends between two lines that follow each other in reading order."""
    above, below = a.text.rstrip(), b.text.lstrip()
    if a.fixed or b.fixed or b.gap:
        return True
    if below[:1] in _NEVER_FIRST:
        return False
    last = above.rstrip(_CLOSERS)[-1:]
    ended = last in _ENDERS
    if last == "." and above[-2:-1].isdigit() and _SPLIT_NUMBER.match(below) and not above.isascii():
        return False  # Chinese typesetting breaks anywhere: "1." / "9%"
    lower = below[:1].islower()
    if lower and not ended and below[1:2] != ")":  # in mid-sentence, whatever the layout says
        if above.endswith((" and", " or")) and _LIST_END.search(above[-8:]) and _next_word_fits(a, b):
            return True  # the next item of a list
        return is_heading(above)
    short = _next_word_fits(a, b) and not _ragged(a, b)
    if is_heading(above) or (is_heading(below) and (ended or short or below.isupper())):
        return True
    open_end = not ended and _OPEN_END.search(above[-10:]) is not None
    comma = last in ",，、"

    referring = _REFERENCE_END.search(above[-14:]) is not None
    if _CLAIM_START.match(below):
        if not referring and (ended or short or comma):
            return True
        if _SURE_CLAIM.match(below) and (not (referring or open_end) or _LIST_END.search(above[-8:])):
            return True
    if _FIELD_CODE.match(below) and not referring:
        return True
    if _FIGURE_LABEL.fullmatch(above) or _FIGURE_LABEL.fullmatch(below):
        return ended or not referring
    if (ended or comma) and not referring and _ITEM_START.match(below):
        return True
    if open_end:
        return False
    if a.font and b.font and abs(a.font - b.font) > 0.1 * max(a.font, b.font) and not lower:
        return True
    if a.page == b.page and a.left == b.left and a.pitch and a.y - b.y > 1.55 * a.pitch:
        return True
    if short:
        return True
    indented = b.x0 - b.left > 1.2 * (a.size or 1) and a.right - b.x1 < 0.5 * (b.right - b.left)
    return ended and indented


def _next_word_fits(a: Line, b: Line) -> bool:
    """The typesetter broke the line although the next word had room: the break was meant."""
    room = a.right - a.x1
    column = max(1, width(a.text))
    per_column = (a.x1 - a.x0) / column if a.x1 > a.x0 else a.size / 2
    need = (width(first_word(b.text)) + 1) * per_column
    return room > need * 1.1 + 1.2 * per_column


def _ragged(a: Line, b: Line) -> bool:
    """Chinese set without justification: a line almost full that stops in mid-sentence goes on."""
    above, below = a.text.rstrip(), b.text.lstrip()
    if not (is_han(above[-1:]) and is_han(below[:1]) and above[-1] not in "。！？；：…，、") or a.x0 > a.left + a.size:
        return False
    if above.isascii() or a.right - a.left < 20 * a.size or a.right - a.x1 > 0.12 * (a.right - a.left):
        return False
    return a.font == b.font and not is_heading(below) and not _ITEM_START.match(below)


class _Words:
    """The words of the whole draft: the evidence for what a hyphen at a line end stands for."""

    def __init__(self, lines: Sequence[Line]) -> None:
        texts = [line.text for line in lines]
        # words inside a line only: those at its ends may be halves, and stick together here
        printed = "\n".join(texts).lower().replace(", ", " ").replace(". ", " ").replace("; ", " ")
        self.inside = set(printed.split(" "))
        hyphens = sum(text.endswith(_HYPHENS) for text in texts)
        self.divides = hyphens > 3 and hyphens > 0.03 * len(texts)  # a layout that divides words

    def joint(self, above: str, below: str) -> str:
        """``above`` with the right ending for ``below`` to follow it in the same paragraph."""
        tail = _TAIL_WORD.search(above[-40:]) if above.endswith(_HYPHENS) else None
        head = _HEAD_WORD.match(below) if tail else None
        if tail and head:
            return above[:-1] + ("" if self._one_word(tail.group(1), head.group()) else "-")
        above = above.replace("\x02", "-") if above.endswith("\x02") else above
        if above.endswith(("-", "\u2010")) and len(above) > 1 and above[-2].isalnum():
            return above
        if is_han(above[-1:]) or is_han(below[:1]) or below[0] in ",;:!?)]}%":
            return above.rstrip()
        if above.endswith(".") and above[-2:-1].isdigit() and below[0].isdigit():
            return above
        if self._lost_hyphen(above, below):
            return above.rstrip()
        return above + " "

    def closed(self, piece: str) -> str:
        return piece.replace("\x02", "-")

    def _one_word(self, first: str, second: str) -> bool:
        first, second = first.lower(), second.lower()
        if first + second in self.inside:
            return True
        if f"{first}-{second}" in self.inside or first in _COMPOUND_STARTS:
            return False
        if second in self.inside and (first in self.inside or not self.divides):
            return False
        return self.divides or second not in self.inside

    def _lost_hyphen(self, above: str, below: str) -> bool:
        """Scans drop the hyphen: ``Gov`` / ``ernment``. Join only what the draft itself spells out."""
        if not (above[-1:].isalpha() and below[:1].islower()):
            return False
        first, second = above[above.rfind(" ") + 1 :].lower(), below.split(" ", 1)[0].rstrip(".,;:")
        return first + second in self.inside and not (first in self.inside and second in self.inside)
