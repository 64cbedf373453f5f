"""Claims: where each begins and ends, what it is directed to, and which claims it refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patentprep.model import Claim, ClaimCategory, Warned
from patentprep.structure.headings import text_lines
from patentprep.structure.subject import ZH_CLAIM, category_of, leading_reference, same_class, subject_title

_NUMBER = re.compile(
    rf"[ \t\u3000]*(?P<prefix>[【\[（(]?\s*(?:{ZH_CLAIM}|[Cc]laim"
    rf"|CLAIM)\s*第?\s*)?[【\[（(]?(?P<n>\d{{1,3}})(?!\d)"
    r"(?:[】\]）)]|[项項])*(?P<sep>\s*(?:[.．](?!\d)|[、:：,，)）]|[—–-](?=\s))\s*|[ \t\u3000]+"
    r"|(?<=[】\]）)]))"
)
_REFERS = rf"(?:{ZH_CLAIM}\s*第?\s*\d|(?:preceding|previous|foregoing|above)\s+claim|\bclaims?\s+\d)"
_STARTS = re.compile(
    r"(?:一种|一種|一类|一類|一个|一個|一套|一组|一組|如|根据|根據|按照|依据|依據|依照|按|"
    rf"{ZH_CLAIM}|前述|上述任|用于|用於|计算机|非暂|电子设备|存储|"
    r"(?:An?|The|One or more|At least one|In an?|Use|Apparatus|Method|System|Device|Computer|Non-transitory"
    r"|Process|"
    r"Article|Circuitry|Means|Kit|Method)\b)"
    rf"|.{{0,60}}{_REFERS}"
)
_STRICT = re.compile(
    rf"(?:如|根据|根據|按照|依据|依據|依照|按)?(?:前述|上述)?(?:任一项?)?{ZH_CLAIM}\s*第?\s*\d"
    r"|(?:一种|一種|一类|一個|一个)[^。\n]{2,300}?(?:其特征|其特徵|包括|包含|所述|步骤|用于|用於"
    r"|由.{1,40}组成)"
    rf"|(?:The|An?|One or more)\b[^.\n]{{2,120}}?{_REFERS}"
    r"|(?:An?|One or more|At least one|In an?|Apparatus|Method|System|Process|Use|Computer|Non-transitory)\b"
    r"[^\n]{3,400}?\b(?:compris\w+|includ\w+|wherein|characteri[sz]ed|consisting|having|that, when"
    r"|storing|when executed"
    r"|configured to|the steps)"
)
_INLINE = re.compile(rf"(?<=[。.；;])\s*(?:{ZH_CLAIM}|[Cc]laim\s)?\s*(\d{{1,3}})\s*(?:[、．:：]|\.(?!\d))\s*")
# A claim's number on a line of its own, as Markdown drafts have it: "Claim 2 (dependent on claim 1)", "权利要求3："
_OWN_LINE = re.compile(
    rf"[ \t\u3000]*(?:(?:Independent|Dependent|独立|从属|獨立|從屬)\s*)?(?:{ZH_CLAIM}|Claim)\s*(?P<n>\d{{1,3}})\s*"
    r"(?:[（(][^\n]{0,90}[)）]|[—–-]\s[^\n]{0,80})?\s*[:：.]?",
    re.IGNORECASE,
)
# Captions between claims: "从属权利要求", "Independent claims"
_CAPTION = re.compile(
    rf"\s*(?:[（(]?[一二三四五\d]{{1,2}}[)）、.]\s*)?(?:(?:独立|从属|附属|獨立|附屬|方法|装置|系统|产品){ZH_CLAIM}"
    r"|(?:independent|dependent|method|system|apparatus|device|medium)\s+claims?)\s*[:：]?\s*",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"[ \t]*(?P<a>\d{1,3})\s*\.?\s*(?:[-–—~]|to\b|至)\s*(?P<b>\d{1,3})\s*[.、:]?\s*"
    r"[(（\[]?\s*(?:cancel|withdraw|删除|刪除|取消)",
    re.IGNORECASE,
)
_HAN_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:[)）]\s*[、.．]?|[、.．])\s*")
_ENDED = re.compile(r"[。.．]\s*[”\"）)]?\s*$")
_GOES_ON = re.compile(r"\s*(?:[a-z(（•\-–—*·①-⑳]|其中|所述|以及|并且|和|\d|步骤|[Ss]\d|wherein|and\b)")


@dataclass(frozen=True, slots=True)
class Span:
    number: int
    start: int
    end: int


def claim_spans(text: str, start: int, end: int, *, inferred: bool = False) -> tuple[list[Span], list[Warned]]:
    """The claims in ``text[start:end]``, in order, with what is odd about their numbers.

    With ``inferred`` there is no heading, so only what reads like a claim counts and a full stop at a
    line's end ends it.
    """
    marks: list[tuple[int, int, int]] = []  # number, where the number stands, where the text starts
    cuts: list[int] = []  # where cancelled claims or captions end the one before
    style = ""
    ended = True
    stop = end
    lines = list(text_lines(text, start, end))
    for index, (low, high) in enumerate(lines):
        if (high - low < 130 and _CAPTION.fullmatch(text, low, high)) or _GONE.match(text, low, high):
            cuts.append(low)
            ended = True
            continue
        header = _OWN_LINE.fullmatch(text, low, high) if high - low < 130 else None
        if header and index + 1 < len(lines) and _opens_claim(text, *lines[index + 1]):
            marks.append((int(header["n"]), low, lines[index + 1][0]))
            style = style or "own line"
            ended = False
            continue
        match = _NUMBER.match(text, low, high)
        if match and match.end() < high:
            number = int(match["n"])
            kind = ("p" if match["prefix"] else "") + match["sep"].strip()[:1]
            claimlike = bool(_STARTS.match(text, match.end(), high))
            strict = claimlike and bool(_STRICT.match(text, match.end(), min(high, match.end() + 800)))
            expected = marks[-1][0] + 1 if marks else 1
            if not marks:
                accept = strict if inferred else claimlike or (number == 1 and bool(match["sep"].strip()))
                style = kind
            elif not match["sep"].strip() and not match["prefix"] and kind != style:
                accept = strict and number == expected
            else:
                same = kind == style or number == expected
                accept = same and (
                    strict or (claimlike and (ended or number == expected)) or (ended and number == expected)
                )
            if accept:
                marks.append((number, low, match.end()))
                _split_inline(text, marks, high)
                ended = bool(_ENDED.search(text[max(low, high - 8) : high]))
                continue
        if inferred and marks and ended:
            stop = low
            break
        if text[low:high].strip():
            ended = bool(_ENDED.search(text[max(low, high - 8) : high]))
    if not marks and not inferred:
        return _unnumbered(text, start, end)
    spans = []
    for index, (number, _, body) in enumerate(marks):
        last = index + 1 == len(marks)
        limit = stop if last else marks[index + 1][1]
        limit = min((cut for cut in cuts if body < cut < limit), default=limit)
        if last and not inferred:
            limit = _end_of_last(text, body, limit)
        trimmed = text[body:limit]
        low = body + len(trimmed) - len(trimmed.lstrip())
        spans.append(Span(number, low, max(low, body + len(trimmed.rstrip()))))
    return spans, _odd_numbers([span.number for span in spans], cancelled_numbers(text, start, end))


def is_caption(text: str, start: int, end: int) -> bool:
    """Whether a line only announces claims: ``Dependent claims``, ``Claim 2 (dependent on claim 1)``."""
    if end - start >= 130:
        return False
    return bool(_CAPTION.fullmatch(text, start, end) or _OWN_LINE.fullmatch(text, start, end))


def _opens_claim(text: str, low: int, high: int) -> bool:
    """Whether the line under a number on a line of its own begins a claim."""
    return bool(_STRICT.match(text, low, min(high, low + 800)) or _STARTS.match(text, low, high))


def cancelled_numbers(text: str, start: int, end: int) -> set[int]:
    """Numbers given up in one line, such as ``20-22. (canceled)``."""
    return {
        number
        for low, high in text_lines(text, start, end)
        if text[low].isdigit() and (match := _GONE.match(text, low, high))
        for number in range(int(match["a"]), int(match["b"]) + 1)
    }


def _split_inline(text: str, marks: list[tuple[int, int, int]], high: int) -> None:
    """Claims that follow one another on one line: "1. A method ... . 2. The method of claim 1 ..."."""
    at = marks[-1][2]
    while match := _INLINE.search(text, at, high):
        if int(match[1]) == marks[-1][0] + 1 and _STRICT.match(text, match.end(), min(high, match.end() + 800)):
            marks.append((int(match[1]), match.start(), match.end()))
        at = match.end()


def _end_of_last(text: str, start: int, end: int) -> int:
    """The last claim ends at its full stop when what follows is a new paragraph of another kind."""
    for _, high in text_lines(text, start, end):
        if _ENDED.search(text[max(start, high - 8) : high]) and not _GOES_ON.match(
            text, _next_word(text, high, end), end
        ):
            return high
    return end


def _next_word(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _unnumbered(text: str, start: int, end: int) -> tuple[list[Span], list[Warned]]:
    """Claims without printed numbers: each paragraph that starts like a claim begins one."""
    starts = []
    for low, high in text_lines(text, start, end):
        number = _HAN_NUMBER.match(text, low, high)
        low = number.end() if number else low
        if _STRICT.match(text, low, min(high, low + 800)):
            starts.append(low)
    spans = []
    for index, low in enumerate(starts):
        limit = text.rfind("\n", 0, starts[index + 1]) if index + 1 < len(starts) else _end_of_last(text, low, end)
        spans.append(Span(index + 1, low, low + len(text[low:limit].rstrip())))
    return spans, [Warned("claims_unnumbered")] if spans else []


def _odd_numbers(numbers: list[int], cancelled: set[int]) -> list[Warned]:
    if not numbers:
        return []
    warnings = []
    missing = [str(n) for n in range(1, max(numbers) + 1) if n not in numbers and n not in cancelled]
    repeated = sorted({n for n in numbers if numbers.count(n) > 1})
    if missing:
        warnings.append(Warned("claim_numbers_missing", facts=(("numbers", ", ".join(missing[:20])),)))
    if repeated:
        warnings.append(Warned("claim_numbers_repeated", facts=(("numbers", ", ".join(map(str, repeated))),)))
    return warnings


# --- references ----------------------------------------------------------------------------------------

_ZH_JOIN = r"(?:至|到|[-－—–~～]|或者|或|和|及|与|與|以及|、|[,，](?=\s*\d+\s*(?:[、,，或和及至到中任所項项之的-])))"
_EN_JOIN = (
    r"(?:,?\s*(?:and/or|and|or)\b|to\b|through\b|thru\b|[-–—~]"
    r"|,(?=\s*\d+\s*(?:,|and\b|or\b|to\b|[-–]|wherein|in which)))"
)
_REFERENCE = re.compile(
    rf"{ZH_CLAIM}书?\s*第?\s*(?P<zh>\d{{1,3}}(?:\s*[项項]?\s*{_ZH_JOIN}\s*第?\s*(?:{ZH_CLAIM}\s*第?\s*)?\d{{1,3}})*)\s*[项項]?"
    rf"|\bclaims?\s+(?P<en>\d{{1,3}}(?:\s*{_EN_JOIN}\s*(?:(?:any\s+(?:one\s+)?of\s+)?claims?\s+)?\d{{1,3}})*)"
    r"|(?P<all>\b(?:any|one|each|either|all)\b(?:\s+(?:one|or\s+more|of|the))*\s+(?:preceding|previous"
    r"|foregoing|above|prior|earlier)"
    r"(?:\s+\w+)?\s+claims?\b|\bthe\s+(?:preceding|previous|foregoing)\s+claims?\b"
    rf"|(?:前述|上述|前面|以上)(?:的)?(?:任一项?|任意一项|任何一项|各项|所有)?(?:的"
    rf"|所述的?)?{ZH_CLAIM}(?!\s*第?\s*\d)"
    rf"|任(?:意)?(?:一|何)?(?:一)?项?(?:前述|上述)的?{ZH_CLAIM})",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?P<n>\d+)|(?P<range>至|到|[-－—–~～]|\bto\b|\bthrough\b|\bthru\b)|(?P<and>和|及|与|與|以及"
    r"|\band\b(?!/or))"
)
_CHOICE = re.compile(r"或|任|之一|\bor\b|\bany\b|\bone of\b|\beither\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of other claims inside a claim; offsets are within the claim's text."""

    numbers: tuple[int, ...]
    start: int
    end: int
    alternative: bool  # joined by "or", "any one of", or a single number


def references(text: str, own_number: int) -> list[Reference]:
    """Every mention of other claims in a claim's text (IR Rule 25; PCT Rule 6.4)."""
    found = []
    for match in _REFERENCE.finditer(text):
        listed = match["zh"] or match["en"]
        numbers: list[int] = []
        if listed is None:
            numbers = list(range(1, own_number))
        else:
            ranged = False
            for part in _PART.finditer(listed.lower()):
                if part["range"]:
                    ranged = True
                elif part["n"]:
                    number = int(part["n"])
                    if ranged and numbers and numbers[-1] < number:
                        numbers.extend(range(numbers[-1] + 1, number))
                    numbers.append(number)
                    ranged = False
        around = text[max(0, match.start() - 24) : match.start()] + match.group() + text[match.end() : match.end() + 10]
        joined = listed is None or len(numbers) == 1 or bool(_CHOICE.search(around))
        found.append(Reference(tuple(dict.fromkeys(numbers)), match.start(), match.end(), joined))
    return found


# --- dependence ----------------------------------------------------------------------------------------


def read_claims(text: str, spans: list[Span]) -> tuple[Claim, ...]:
    """Claims with category, dependency and independence.

    A claim of another category that refers to a claim ("device carrying out the method of claim 1") is
    independent in substance (Guidelines II-2, 3.1.2) and still lists what it refers to.
    """
    categories: dict[int, ClaimCategory] = {}
    claims = []
    for span in spans:
        body = text[span.start : span.end]
        category = category_of(body)
        mentioned = dict.fromkeys(n for ref in references(body, span.number) for n in ref.numbers)
        parents = tuple(mentioned)
        independent = not parents
        if parents:
            leads = leading_reference(body)
            known = [categories[n] for n in parents if n in categories]
            if leads:
                if category == "other" and known:
                    category = known[0]
                independent = category == "use" and "use" not in known and bool(known)
            elif known:
                independent = not same_class(category, known[0]) or not _shares_subject(body, text, spans, parents)
            else:
                independent = True
        categories.setdefault(span.number, category)
        claims.append(Claim(span.number, body, category, independent, parents, span.start, span.end))
    return tuple(claims)


def _shares_subject(body: str, text: str, spans: list[Span], parents: tuple[int, ...]) -> bool:
    mine = subject_title(body)
    for span in spans:
        if span.number in parents:
            theirs = subject_title(text[span.start : span.end])
            if mine and theirs and (mine in theirs or theirs in mine):
                return True
    return False
