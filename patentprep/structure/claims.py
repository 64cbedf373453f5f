"""Claims: where each begins and ends, what it is directed to, and which claims it refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patentprep.model import Claim, ClaimCategory, Warned

_ZH_CLAIM = r"(?:权利要求|權利要求|请求项|請求項|申请专利范围|申請專利範圍)"
_NUMBER = re.compile(
    rf"[ \t\u3000]*(?P<prefix>[【\[（(]?\s*(?:{_ZH_CLAIM}|[Cc]laim"
    rf"|CLAIM)\s*第?\s*)?[【\[（(]?(?P<n>\d{{1,3}})(?!\d)"
    r"(?:[】\]）)]|[项項])*(?P<sep>\s*(?:[.．](?!\d)|[、:：,，)）]|[—–-](?=\s))\s*|[ \t\u3000]+"
    r"|(?<=[】\]）)]))"
)
_REFERS = rf"(?:{_ZH_CLAIM}\s*第?\s*\d|(?:preceding|previous|foregoing|above)\s+claim|\bclaims?\s+\d)"
_STARTS = re.compile(
    r"(?:一种|一種|一类|一類|一个|一個|一套|一组|一組|如|根据|根據|按照|依据|依據|依照|按|"
    rf"{_ZH_CLAIM}|前述|上述任|用于|用於|计算机|非暂|电子设备|存储|"
    r"(?:An?|The|One or more|At least one|In an?|Use|Apparatus|Method|System|Device|Computer|Non-transitory"
    r"|Process|"
    r"Article|Circuitry|Means|Kit|Method)\b)"
    rf"|.{{0,60}}{_REFERS}"
)
_STRICT = re.compile(
    rf"(?:如|根据|根據|按照|依据|依據|依照|按)?(?:前述|上述)?(?:任一项?)?{_ZH_CLAIM}\s*第?\s*\d"
    r"|(?:一种|一種|一类|一個|一个)[^。\n]{2,300}?(?:其特征|其特徵|包括|包含|所述|步骤|用于|用於"
    r"|由.{1,40}组成)"
    rf"|(?:The|An?|One or more)\b[^.\n]{{2,120}}?{_REFERS}"
    r"|(?:An?|One or more|At least one|In an?|Apparatus|Method|System|Process|Use|Computer|Non-transitory)\b"
    r"[^\n]{3,400}?\b(?:compris\w+|includ\w+|wherein|characteri[sz]ed|consisting|having|that, when|storing|when executed"
    r"|configured to|the steps)"
)
_INLINE = re.compile(rf"(?<=[。.；;])\s*(?:{_ZH_CLAIM}|[Cc]laim\s)?\s*(\d{{1,3}})\s*(?:[、．:：]|\.(?!\d))\s*")
# A claim's number on a line of its own, as Markdown drafts have it: "Claim 2 (dependent on claim 1)", "权利要求3："
_OWN_LINE = re.compile(
    rf"[ \t\u3000]*(?:(?:Independent|Dependent|独立|从属|獨立|從屬)\s*)?(?:{_ZH_CLAIM}|Claim)\s*(?P<n>\d{{1,3}})\s*"
    r"(?:[（(][^\n]{0,90}[)）]|[—–-]\s[^\n]{0,80})?\s*[:：.]?",
    re.IGNORECASE,
)
# Captions between claims: "从属权利要求", "Independent claims"
_CAPTION = re.compile(
    rf"\s*(?:[（(]?[一二三四五\d]{{1,2}}[)）、.]\s*)?(?:(?:独立|从属|附属|獨立|附屬|方法|装置|系统|产品){_ZH_CLAIM}"
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
    lines = _lines(text, start, end)
    for index, (low, high) in enumerate(lines):
        if high - low < 130 and _CAPTION.fullmatch(text, low, high) or _GONE.match(text, low, high):
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
        for low, high in _lines(text, start, end)
        if text[low].isdigit() and (match := _GONE.match(text, low, high))
        for number in range(int(match["a"]), int(match["b"]) + 1)
    }


_LINE = re.compile(r"[^\n]+")


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of the lines that are not blank, without the white space at their ends."""
    ranges = []
    for match in _LINE.finditer(text, start, end):
        line = match.group()
        low, high = match.start() + len(line) - len(line.lstrip()), match.start() + len(line.rstrip())
        if low < high:
            ranges.append((low, high))
    return ranges


def _split_inline(text: str, marks: list[tuple[int, int, int]], high: int) -> None:
    """Claims that follow one another on one line: "1. A method ... . 2. The method of claim 1 ..."."""
    at = marks[-1][2]
    while match := _INLINE.search(text, at, high):
        if int(match[1]) == marks[-1][0] + 1 and _STRICT.match(text, match.end(), min(high, match.end() + 800)):
            marks.append((int(match[1]), match.start(), match.end()))
        at = match.end()


def _end_of_last(text: str, start: int, end: int) -> int:
    """The last claim ends at its full stop when what follows is a new paragraph of another kind."""
    for _, high in _lines(text, start, end):
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
    for low, high in _lines(text, start, end):
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
    rf"{_ZH_CLAIM}书?\s*第?\s*(?P<zh>\d{{1,3}}(?:\s*[项項]?\s*{_ZH_JOIN}\s*第?\s*(?:{_ZH_CLAIM}\s*第?\s*)?\d{{1,3}})*)\s*[项項]?"
    rf"|\bclaims?\s+(?P<en>\d{{1,3}}(?:\s*{_EN_JOIN}\s*(?:(?:any\s+(?:one\s+)?of\s+)?claims?\s+)?\d{{1,3}})*)"
    r"|(?P<all>\b(?:any|one|each|either|all)\b(?:\s+(?:one|or\s+more|of|the))*\s+(?:preceding|previous"
    r"|foregoing|above|prior|earlier)"
    r"(?:\s+\w+)?\s+claims?\b|\bthe\s+(?:preceding|previous|foregoing)\s+claims?\b"
    rf"|(?:前述|上述|前面|以上)(?:的)?(?:任一项?|任意一项|任何一项|各项|所有)?(?:的"
    rf"|所述的?)?{_ZH_CLAIM}(?!\s*第?\s*\d)"
    rf"|任(?:意)?(?:一|何)?(?:一)?项?(?:前述|上述)的?{_ZH_CLAIM})",
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


# --- what a claim is directed to -----------------------------------------------------------------------

_ZH_CATEGORIES: tuple[tuple[ClaimCategory, str], ...] = (
    ("medium", r"(?:存储|储存|記錄|记录|儲存|可读|可讀)(?:介质|媒介|媒体|媒體|介質)|(?:介质|介質)"),
    ("program", r"(?:程序|程式)(?:产品|產品)?|软件|軟體"),
    ("use", r"应用|用途|應用"),
    ("method", r"方法|工艺|工藝|流程"),
    ("composition", r"组合物|組合物|化合物|合金|药物|制剂|抗体|蛋白|多肽|涂料|材料|催化剂|电解液|混合物"),
    ("system", r"系统|系統|平台|网络|網路"),
    (
        "apparatus",
        r"装置|裝置|设备|設備|终端|終端|机器人|機器人|芯片|晶片|服务器|伺服器|电路|電路|处理器|處理器|车辆"
        r"|車輛|汽车|相机|相機"
        r"|传感器|感測器|控制器|计算机|電腦|无人机|加速器|仪|器|机|機|车|模组|模块|电子设备|组件|单元|结构"
        r"|设施|产品|生产线",
    ),
)
_EN_CATEGORIES: tuple[tuple[ClaimCategory, str], ...] = (
    ("medium", r"(?:medium|media|memory|memories|storage devices?|storage|memory devices?)"),
    ("program", r"(?:programs?(?: products?)?|software)"),
    ("use", r"use"),
    ("method", r"(?:methods?|process(?:es)?|procedure)"),
    (
        "composition",
        r"(?:compositions?|compounds?|alloys?|formulations?|antibod(?:y|ies)|materials?|mixtures?|polymers?)",
    ),
    ("system", r"(?:systems?|platforms?|networks?)"),
    (
        "apparatus",
        r"(?:apparatus(?:es)?|devices?|circuits?|circuitry|processors?|servers?|terminals?|robots?"
        r"|vehicles?|machines?|cameras?"
        r"|sensors?|chips?|accelerators?|controllers?|computers?|instruments?|tools?|assembl(?:y|ies)"
        r"|units?|equipment"
        r"|articles?|products?|interfaces?|modules?|engines?|detectors?|scanners?|drones?|aircraft|hardware"
        r"|structures?|kits?)",
    ),
)
_ZH_WORDS = [(category, re.compile(words)) for category, words in _ZH_CATEGORIES]
_EN_WORDS = [(category, re.compile(rf"\b{words}\b", re.IGNORECASE)) for category, words in _EN_CATEGORIES]
_ZH_SUBJECT_END = re.compile(r"[，,：:；;。]|其特征|其特徵|，?包括|包含|上存储|上儲存|存储有|儲存有")
_ZH_LEAD = re.compile(
    rf"^(?:一种|一種)?\s*(?:如|根据|根據|按照|依据|依據|依照|按|基于)?\s*(?:前述|上述|任意?一?项?"
    rf"|任一)*{_ZH_CLAIM}"
    r"[^，,：:；;。]{0,60}?(?:所述|所記載|所述之|所记载|所载|中?任意?一?[项項](?:所述)?|之)(?:的"
    r"|之)?(?P<subject>[^，,：:；;。\n]{0,60})"
)
_EN_LEAD = re.compile(
    r"^(?:The|An?|One or more)?\s*(?P<subject>[^,;:.\n]{0,150}?)[\s,]*(?:\b(?:of|according to|as (?:claimed"
    r"|recited|defined|set forth"
    r"|described|in|per|specified|claimed)(?: in)?|in accordance with|in|per|under|by|recited in|defined by"
    r"|claimed in|as per))\s+"
    r"(?:(?:any|one|each|either|all)\b(?:\s+(?:one|or more|of|the))*\s+)?(?:the\s+)?(?:(?:preceding"
    r"|previous|foregoing|above)\s+)?claims?\b",
    re.IGNORECASE,
)
_EN_NOUN_END = re.compile(
    r"[,:;.\n]|\b(?:for|of|to|comprising|comprises|including|includes|wherein|having|that|which|storing"
    r"|encoded|containing|configured"
    r"|in|with|on|by|using|performed|implemented by|executed|operable|adapted|being|according|as claimed"
    r"|as recited|when|whose)\b",
    re.IGNORECASE,
)


def subject_title(text: str) -> str:
    """What the claim calls its subject: the words up to the first break, or what follows the reference."""
    head = text[:600]
    lead = _ZH_LEAD.match(head)
    if lead and lead["subject"]:
        return re.split(r"其特征|其特徵", lead["subject"])[0].strip()
    english = _EN_LEAD.match(head)
    if english and english["subject"].strip():
        return english["subject"].strip()
    if not head.isascii() and re.match(r"[^\x00-\x7f]", head):
        end = _ZH_SUBJECT_END.search(head, 2)
        return re.sub(r"^(?:一种|一種|一个|一個|一类|一類)", "", head[: end.start()] if end else head[:60]).strip()
    words = re.sub(r"^(?:An?|The|One or more|At least one)\s+", "", head, flags=re.IGNORECASE)
    end = _EN_NOUN_END.search(words)
    return (words[: end.start()] if end else words[:80]).strip()


def category_of(text: str) -> ClaimCategory:
    """Product or method (Guidelines II-2, 3.1.1), in the finer kinds a draft distinguishes."""
    subject = subject_title(text)
    head = text[:300]
    if any("\u4e00" <= character <= "\u9fff" for character in head[:40]):
        return _last_word(subject, _ZH_WORDS) or _last_word(head[:80], _ZH_WORDS) or "other"
    if re.match(r"\s*(?:The\s+)?use\s+of\b", head, re.IGNORECASE):
        return "use"
    noun = _EN_NOUN_END.split(subject)[0]
    return _last_word(noun, _EN_WORDS) or _first_word(head, _EN_WORDS) or "other"


_Words = list[tuple[ClaimCategory, re.Pattern[str]]]


def _last_word(text: str, words: _Words) -> ClaimCategory | None:
    """The category word that ends last; of two that end together, the longer one."""
    best: tuple[int, int] = (-1, 0)
    category: ClaimCategory | None = None
    for name, pattern in words:
        for match in pattern.finditer(text):
            rank = (match.end(), match.end() - match.start())
            if rank > best:
                best, category = rank, name
    return category


def _first_word(text: str, words: _Words) -> ClaimCategory | None:
    hits = [(match.start(), name) for name, pattern in words if (match := pattern.search(text))]
    return min(hits)[1] if hits else None


_CLASSES: dict[ClaimCategory, str] = {"system": "product", "apparatus": "product"}


def same_class(one: ClaimCategory, other: ClaimCategory) -> bool:
    """Whether two categories may stand in one chain of dependency; a system may be called a device."""
    return _CLASSES.get(one, one) == _CLASSES.get(other, other) or "other" in (one, other)


_ZH_CARRIER = re.compile(r"(?:方法|装置|系统|设备|介质|程序|模型)(?:步骤)?的")
_EN_CARRIER = re.compile(
    r"\b(?:for|to|configured|adapted|performing|carrying|executing|implementing|comprising|including"
    r"|storing|using|having"
    r"|arranged|operable|that|which|with|when)\b",
    re.IGNORECASE,
)


def leading_reference(text: str) -> bool:
    """Whether the claim opens as a dependent claim does: reference first, then the subject itself."""
    head = text[:600]
    lead = _ZH_LEAD.match(head)
    if lead:
        return not _ZH_CARRIER.search(lead["subject"])
    english = _EN_LEAD.match(head)
    return bool(english) and not _EN_CARRIER.search(english["subject"] if english else "")


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
