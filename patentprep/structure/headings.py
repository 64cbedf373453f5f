"""Headings of a draft. The words that make a heading live in ``data/headings.yaml``."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from patentprep.model import SectionKind
from patentprep.resources import folder, load_yaml
from patentprep.text import HAN, simplified


@dataclass(frozen=True, slots=True)
class Heading:
    kind: SectionKind
    start: int  # of its line
    end: int  # of the heading itself; the body begins here
    words: str  # as printed
    form: bool  # one of the headings of a full application
    container: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    words: dict[str, tuple[SectionKind, bool, bool]]  # normalised heading -> kind, form, container
    contains: tuple[tuple[SectionKind, re.Pattern[str]], ...]
    forms: frozenset[str]
    titles: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    data = load_yaml(folder("data") / "headings.yaml")
    words: dict[str, tuple[SectionKind, bool, bool]] = {}
    for block in data.blocks("headings"):
        kind: SectionKind = block.text("kind")  # type: ignore[assignment]
        for word in (*block.texts("zh"), *block.texts("en")):
            words.setdefault(word, (kind, "form" in block, "container" in block))
    contains = tuple(
        (entry.text("kind"), re.compile("|".join((*entry.texts("zh"), *entry.texts("en"))), re.IGNORECASE))
        for entry in data.blocks("contains")
    )
    forms, titles = (
        frozenset((*data.block(key).texts("zh"), *data.block(key).texts("en"))) for key in ("forms", "titles")
    )
    return Vocabulary(words, contains, forms, titles)  # type: ignore[arg-type]


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CN = "一二三四五六七八九十"
NUMBERED = re.compile(
    rf"\s*(?:#{{1,6}}\s*)?(?P<n>第[{_CN}\d]{{1,3}}(?:部分|章|节|節)[、:：\s]*|[（(](?:[{_CN}]{{1,3}}"
    rf"|\d{{1,2}}|[a-zA-Z])[）)]\s*[.、]?\s*"
    rf"|[{_CN}]{{1,3}}[、.．:：]\s*|[{_CN}]{{1,3}}\s+|\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}(?:[.、．)）:：]\s*"
    rf"|\s+)|\d{{1,2}}(?=[{HAN}])"
    r"|[IVX]{1,5}[.)]\s*|[A-H][.)、]\s*|(?:Section|Part|SECTION|PART)\s+(?:\d{1,2}|[IVXA-H]{1,4})[.:]?\s+)"
)
_HAN_GAP = re.compile(rf"(?<=[{HAN}])[\s\u3000]+(?=[{HAN}])")
# Stripped, not matched: an expression for a run at a line's end takes quadratic time on a long run inside it.
_BLANK = "".join(character for character in map(chr, range(0x3001)) if character.isspace())
_OPENING, _CLOSING = _BLANK + "【[《<（(*_-—=•■◆●▪·", _BLANK + "】]》>）)*_-—=:：.．"
_REMARK = re.compile(r"\s*[（(][^()（）]{1,24}[)）]$")
_CODE = re.compile(r"^\s*[（(]\d\d[)）]\s*")
_INLINE = re.compile(r"\s*(?P<head>[^:：|\n]{1,48}?)\s*(?P<mark>[:：]|\s\|\s|】\s*(?=\S)|[—–]\s)\s*(?=\S)")
TERMINAL = re.compile(r"[。；;，,！!？?、…]\s*$|[a-z\d)]\.\s*$")
# A list item that says something: "2. 变换：短时傅里叶变换，窗长256", "1. hydrophone, 8 kHz"
_STATES = re.compile(r"[，；=]|\d\s?(?:[kMG]?Hz|ms|mm|cm|km|kg|%|dB|°C|℃|[kM]?[WV])(?![A-Za-z])")
_EXTRA = re.compile(r"(?:补充|附录|附件|补充说明|Appendix|Annex)\s*(?:[A-Z\d]\b)?[\s:：]+\S.{0,30}$")
_SERIES = re.compile(
    rf"(?:实施例|實施例|实施方式|實施方式|应用例|对比例"
    rf"|具体实施例)\s*[{_CN}\d]{{1,3}}(?:[\s:：、]\s*[^。；]{{0,40}})?$"
    r"|(?:(?:Comparative |Working |COMPARATIVE )?(?:Example|EXAMPLE|Embodiment|EMBODIMENT)|(?:First|Second"
    r"|Third|Fourth|Fifth) [Ee]mbodiment)"
    r"(?:\s+(?:\d{1,2}|[A-Z]|[IVX]{1,4}))?(?:[:.\s-]\s*[^.;]{0,60})?$"
)
_MARKED_ONLY = _words("问题 图 步骤 参数 样本 例子 目的 测试 流程 实现 做法 结果 软件 硬件 效果 思路 方案 数据")


_LINE = re.compile(r"[^\n]+")


def text_lines(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Ranges of the lines of ``text[start:end]`` that are not blank, without the white space at their ends."""
    for match in _LINE.finditer(text, start, len(text) if end is None else end):
        piece = match.group()
        if not piece.isspace():
            yield match.start() + len(piece) - len(piece.lstrip()), match.start() + len(piece.rstrip())


def normal(words: str) -> str:
    """A heading without its wrapping (its number is the caller's matter), Han unspaced, Latin lower case."""
    words = simplified(_CODE.sub("", words).lstrip(_OPENING).rstrip(_CLOSING))
    words = _HAN_GAP.sub("", words)
    return " ".join(words.replace("’", "'").split()).casefold().strip("\"'“”")


def _look_up(words: str) -> tuple[SectionKind, bool, bool] | None:
    known = vocabulary().words
    plain = normal(words)
    found = known.get(plain) or known.get(plain.replace("(s)", "s"))
    bare = _REMARK.sub("", words.strip().rstrip(":：*"))  # "附图说明（建议）", "Claims (draft)"
    if not found and bare != words:
        found = known.get(normal(bare))
    return found


def find_headings(text: str, lines: list[tuple[int, int]]) -> list[Heading]:
    """Every heading, in order. Numbered short lines count when the draft numbers its headings."""
    found: list[Heading] = []
    styles: dict[str, int] = {}
    candidates: list[tuple[int, int, int, str]] = []  # index, start, end, style of numbered lines still undecided
    in_form_claims = False
    for index, (start, end) in enumerate(lines):
        heading = _heading(text, start, end)
        if heading and in_form_claims and not heading.form:
            continue
        if heading and heading.kind == "claims" and not heading.form and _is_claim_line(text, start, end):
            continue
        inside = found[-1].kind if found and found[-1].form else None
        if heading and heading.end < end and not heading.form and heading.kind == inside:
            continue  # "训练过程：损失函数为……" within the embodiments opens a paragraph, not a section
        if heading:
            found.append(heading)
            in_form_claims = heading.kind == "claims" and heading.form
            style = _style(text, start, heading.end)
            if style:
                styles[style] = styles.get(style, 0) + 1
        elif not in_form_claims and end - start <= 60:
            style = _style(text, start, end)
            line = text[start:end]
            if (style and not TERMINAL.search(line) and " | " not in line and not _STATES.search(line)) or (
                _EXTRA.match(line)
            ):
                candidates.append((index, start, end, style or "extra"))
    if len(found) >= 2 or any(count >= 2 for count in styles.values()):
        found.extend(_numbered_headings(text, lines, candidates, styles, found))
        found.sort(key=lambda heading: heading.start)
    return found or _run_in(text)


# Headings of a draft that was pasted without its line breaks. Each must stand where a section can begin.
_RUN_IN = re.compile(
    r"(?:(?<=[。；;.．!！?？\s])|(?<![\s\S]))(?P<zh>权利要求书|技术领域|背景技术|发明内容|附图说明|具体实施方式|说明书)"
    r"(?![的中所及和与、，,。]|摘要|附图)"
    r"|(?P<title>技术领域|说明书摘要|摘要)\s?(?=本发明|本申请|本公开|本实用新型|一种)"
    r"|(?:(?<=[.:;]\s)|(?<=[A-Z]\s)|(?<![\s\S]))(?P<en>TECHNICAL FIELD|FIELD(?: OF THE (?:INVENTION|DISCLOSURE))?"
    r"|BACKGROUND(?: ART| OF THE INVENTION)?|(?:BRIEF )?SUMMARY(?: OF THE (?:INVENTION|DISCLOSURE))?"
    r"|BRIEF DESCRIPTION OF (?:THE )?(?:DRAWINGS|FIGURES)|DETAILED DESCRIPTION(?: OF (?:THE )?(?:[A-Z]+ )?[A-Z]+S)?"
    r"|DESCRIPTION OF EMBODIMENTS|CLAIMS|ABSTRACT(?: OF THE DISCLOSURE)?|DESCRIPTION|[Ww]hat is claimed is:|We claim:)"
    r"(?=\s(?:[A-Z\d]|[Ww]hat))"
)


def _run_in(text: str) -> list[Heading]:
    """Headings inside the line, when three or more kinds of an application's sections follow one another."""
    found: list[Heading] = []
    for match in _RUN_IN.finditer(text):
        group = match.lastgroup or "zh"
        entry = _look_up(match[group])
        if entry and not any(heading.kind == entry[0] and entry[0] not in ("other", "claims") for heading in found):
            found.append(Heading(entry[0], match.start(group), match.end(group), match[group], True, entry[2]))
    return found if len({heading.kind for heading in found} - {"other"}) >= 3 else []


def _is_claim_line(text: str, start: int, end: int) -> bool:
    return bool(re.match(r"\s*claims?\s+\d", text[start:end], re.IGNORECASE))


def _heading(text: str, start: int, end: int) -> Heading | None:
    size = end - start
    if size <= 72:
        line = text[start:end]
        number = NUMBERED.match(line)
        rest = line[number.end() :] if number else line
        entry = _look_up(rest) or (_look_up(line) if number else None)
        if entry and _looks_set_off(rest, bool(number), line):
            return Heading(entry[0], start, end, line, entry[1], entry[2])
        if _SERIES.match(line) and not TERMINAL.search(line):
            return Heading("embodiments", start, end, line, True)
    inline = _INLINE.match(text, start, min(end, start + 80))
    if inline and inline.end() < end:
        head = inline["head"]
        number = NUMBERED.match(head)
        entry = _look_up(head[number.end() :] if number else head)
        if entry and entry[0] != "other" and not (inline["mark"].strip() in "—–" and not head.isupper()):
            if normal(head) in _SOFT_INLINE and not number:
                return None
            return Heading(entry[0], start, inline.end(), text[start : inline.start() + len(head)].strip(), entry[1])
    return None


_SOFT_INLINE = _words(
    "disclosure introduction why today context example examples embodiment network system method "
    "algorithm process operation steps loss parameters scope area idea data model training results "
    "effect tests 图 数据 步骤 算法 模型 结果 参数 硬件 软件 样本 方案 测试 训练 实现 问题 举例 例子 目的"
)


def _looks_set_off(rest: str, numbered: bool, line: str) -> bool:
    """A bare word may be a table cell or end a broken line; a heading has a capital, number or colon."""
    first = rest.lstrip(' 【[《<（(*_-—=•■◆●▪·"“#')[:1]
    if line.rstrip().endswith(("，", ",", "；", ";", "。")):
        return False
    if first.isascii() and first.isalpha():
        return first.isupper() or numbered or line.rstrip().endswith((":", "："))
    if normal(rest) in _MARKED_ONLY:
        return numbered or line.rstrip().endswith((":", "：", "】", "]")) or line.lstrip()[:1] in "【[#"
    return True


def _style(text: str, start: int, end: int) -> str:
    """How a line is numbered: "1 ", "1.", "一、" ...; empty when it is not."""
    match = NUMBERED.match(text, start, end)
    if not match or re.match(r"[（(]\d\d[)）]", match["n"]):
        return ""  # not numbered, or an INID code such as (57)
    mark = re.sub(r"\d+", "1", match["n"].strip() + (" " if match["n"].endswith(" ") else ""))
    return re.sub(rf"[{_CN}]+", "一", mark)


def _ordinal(text: str, start: int, end: int) -> int:
    match = NUMBERED.match(text, start, end)
    digits = re.search(r"\d+", match["n"]) if match else None
    if digits:
        return int(digits.group())
    han = re.search(rf"[{_CN}]+", match["n"]) if match else None
    if not han:
        return 0
    tens, ten, ones = han.group().partition("十")
    if not ten:
        return _CN.index(tens[0]) + 1
    return 10 * (_CN.index(tens[0]) + 1 if tens else 1) + (_CN.index(ones[0]) + 1 if ones else 0)


def _numbered_headings(
    text: str,
    lines: list[tuple[int, int]],
    candidates: list[tuple[int, int, int, str]],
    styles: dict[str, int],
    known: list[Heading],
) -> Iterator[Heading]:
    """Numbered short lines in the style of the recognised headings, with a body, in ascending order."""
    known_starts = [heading.start for heading in known]
    marked = set(known_starts)
    sequence: dict[str, list[tuple[int, int]]] = {}  # style -> (start, number) of the recognised headings
    for heading in known:
        style = _style(text, heading.start, heading.end)
        if style:
            sequence.setdefault(style, []).append((heading.start, _ordinal(text, heading.start, heading.end)))
    least_after = {style: _running_least([number for _, number in marks]) for style, marks in sequence.items()}
    highest: dict[str, int] = {}
    passed = dict.fromkeys(sequence, 0)
    for index, start, end, style in candidates:
        at = bisect_right(known_starts, start) - 1
        before = known[at] if at >= 0 else None
        rest = text[start:end]
        if style != "extra":
            if not styles.get(style):
                continue
            number = _ordinal(text, start, end)
            following = lines[index + 1] if index + 1 < len(lines) else None
            if following is None or (_style(text, *following) == style and following[0] not in marked):
                continue  # a list, or nothing below it
            if index and _style(text, *lines[index - 1]) == style and lines[index - 1][0] not in marked:
                continue
            marks = sequence[style]
            while passed[style] < len(marks) and marks[passed[style]][0] < start:
                highest[style] = max(highest.get(style, 0), marks[passed[style]][1])
                passed[style] += 1
            if number <= highest.get(style, 0) or number >= least_after[style][passed[style]]:
                continue
            highest[style] = number
            marked.add(start)
            opening = NUMBERED.match(text, start, end)
            rest = text[opening.end() : end] if opening else rest
        kind: SectionKind | None = None
        plain = simplified(rest)
        if before is None or not before.form or before.kind in ("other", "background", "technical_field"):
            kind = next((kind for kind, words in vocabulary().contains if words.search(plain)), None)
        elif before.kind in ("embodiments", "summary"):
            kind = before.kind
        yield Heading(kind or "other", start, end, text[start:end], False)


def _running_least(numbers: list[int]) -> list[int]:
    """For each position the least number from there on; the last entry stands for "none"."""
    least = [10**6]
    for number in reversed(numbers):
        least.append(min(number, least[-1]))
    return least[::-1]


def form_kind(heading: str) -> SectionKind | None:
    """The kind of a printed heading when it is one of a full application, None for a free heading."""
    number = NUMBERED.match(heading)
    entry = _look_up(heading[number.end() :] if number else heading)
    return entry[0] if entry and entry[1] else None
