"""The formal rules about abstract, title, description and drawings, one small function each."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from patentprep.formal.rules import Hit, Hits, load_formal_rules
from patentprep.model import Draft
from patentprep.structure.headings import form_kind
from patentprep.text import simplified

_DESCRIPTION = ("technical_field", "background", "summary", "drawings", "embodiments")


def is_full_application(draft: Draft) -> bool:
    """Whether the draft has the headings of an application rather than of a disclosure form or notes."""
    kinds = {form_kind(section.heading) for section in draft.sections if section.heading}
    described = sum(kind in kinds for kind in _DESCRIPTION)
    return described >= 3 or ("claims" in kinds and described >= 1)


def _body(draft: Draft, index: int) -> tuple[int, int]:
    section = draft.sections[index]
    start = section.start + (
        draft.text[section.start : section.end].find(section.heading) + len(section.heading) if section.heading else 0
    )
    text = draft.text[start : section.end]
    start += len(text) - len(text.lstrip(" \t\n:：】]|"))
    return start, start + len(draft.text[start : section.end].rstrip())


_AFTER_ABSTRACT = re.compile(
    r"\s*(?:(?:附)?图\s*\d+\W*$|圖\s*\d+\W*$|关键词|關鍵詞|Keywords?\b|\(?FIGS?\.?\s*\d+\)?\W*$|【|代表图"
    r"|指定代表)",
    re.IGNORECASE,
)


def _abstract_too_long(draft: Draft) -> Hits:
    for index, section in enumerate(draft.sections):
        if section.kind != "abstract":
            continue
        start, end = _body(draft, index)
        lines = []
        for line in draft.text[start:end].split("\n"):
            if _AFTER_ABSTRACT.match(line):
                break
            lines.append(line)
        text = "\n".join(lines)
        if len(lines) > 8 or not text.strip():
            continue  # more than an abstract stands here
        han = sum("\u4e00" <= character <= "\u9fff" for character in text)
        if draft.language == "zh":
            count, limit = len("".join(text.split())), 300
            if han * 3 < count:
                continue
        else:
            count, limit = len(text.split()), 150
        if count > limit:
            yield Hit(start, start + len(text.rstrip()), (("count", str(count)), ("limit", str(limit))))


def _title_place(draft: Draft) -> tuple[int | None, int | None]:
    at = draft.text.find(draft.title) if draft.title else -1
    return (at, at + len(draft.title)) if at >= 0 else (None, None)


def _title_too_long(draft: Draft) -> Hits:
    count = len("".join(draft.title.split()))
    if count > 25:
        yield Hit(*_title_place(draft), (("count", str(count)),), "serious" if count > 60 else None)


def _title_words(draft: Draft) -> Hits:
    pattern = load_formal_rules()["title/words"].pattern
    match = pattern.search(simplified(draft.title.strip())) if pattern else None
    if match:
        yield Hit(*_title_place(draft), (("quote", match.group()),))


def _refers_to_claims(draft: Draft) -> Hits:
    pattern = load_formal_rules()["description/refers-to-claims"].pattern
    for section in draft.sections:
        if pattern and section.kind in _DESCRIPTION:
            match = pattern.search(draft.text, section.start, section.end)
            if match:
                yield Hit(match.start(), match.end(), (("quote", match.group()),))
                return


def _section_order(draft: Draft) -> Hits:
    seen: list[tuple[int, int, int, str]] = []
    for section in draft.sections:
        kind = form_kind(section.heading) if section.heading else None
        if kind in _DESCRIPTION and all(kind != other for *_, other in seen):
            seen.append((_DESCRIPTION.index(kind), section.start, section.start + len(section.heading), kind))
    for before, after in pairwise(seen):
        if after[0] < before[0]:
            headings = draft.text[after[1] : after[2]].strip(), draft.text[before[1] : before[2]].strip()
            yield Hit(after[1], after[2], (("heading", headings[0]), ("before", headings[1])))
            return


_FIGURE = re.compile(
    r"(?:(?<![表示像构])[图圖]|\bFIGS?\b\.?|\bFigures?\b"
    r"|\bFig\b\.?)\s*(?P<list>\d{1,2}(?!\d)(?:\s*[(（]?[a-zA-Z]{1,2}[)）]?(?![a-zA-Z]))?"
    r"(?:\s*(?:[-–—~～]|至|到|和|及|与|、|，|,|\band\b|\bto\b|\bthrough\b)\s*(?:[图圖]"
    r"|FIGS?\.?)?\s*\d{1,2}(?!\d|\.\d|[%个次])(?:\s*[(（]?[a-zA-Z]{1,2}[)）]?(?![a-zA-Z]))?)*)",
    re.IGNORECASE,
)
_OTHERS_FIGURE = re.compile(r"(?:文献|专利|对比文件|论文|\bD\d|[Rr]eference|[Pp]atent|et al\.?)[^。；]{0,16}$")


def _figures(text: str, start: int, end: int) -> dict[int, tuple[int, int]]:
    """Figure numbers mentioned in a range, with the place of the first mention."""
    found: dict[int, tuple[int, int]] = {}
    for match in _FIGURE.finditer(text, start, end):
        if _OTHERS_FIGURE.search(text, max(start, match.start() - 30), match.start()):
            continue
        if match.group().startswith("figure") and match.group().endswith("3D"):
            continue  # "in this figure 3D analysis yields ..."
        numbers: list[int] = []
        ranged = False
        for part in re.finditer(r"\d+|[-–—~～至到]|\bto\b|\bthrough\b", match["list"]):
            if not part.group().isdigit():
                ranged = True
                continue
            number = int(part.group())
            if ranged and numbers and numbers[-1] < number:
                numbers.extend(range(numbers[-1] + 1, number))
            numbers.append(number)
            ranged = False
        for number in numbers:
            found.setdefault(number, match.span())
    return found


def _drawings(draft: Draft) -> Hits:
    listed: dict[int, tuple[int, int]] = {}
    mentioned: dict[int, tuple[int, int]] = {}
    has_list = has_body = False
    for section in draft.sections:
        if section.kind == "drawings" and form_kind(section.heading):
            has_list = True
            listed.update(_figures(draft.text, section.start, section.end))
        elif section.kind in ("summary", "embodiments", "technical_field"):
            has_body = has_body or section.kind == "embodiments"
            for number, place in _figures(draft.text, section.start, section.end).items():
                mentioned.setdefault(number, place)
    if not has_body:
        return
    absent = sorted(mentioned.keys() - listed.keys())
    if absent:
        yield Hit(*mentioned[absent[0]], (("figures", ", ".join(map(str, absent))),))
    unused = sorted(listed.keys() - mentioned.keys())
    if has_list and unused and mentioned:
        yield Hit(*listed[unused[0]], (("figures", ", ".join(map(str, unused))),))


DESCRIPTION_CHECKS: dict[str, Callable[[Draft], Hits]] = {
    "abstract/too-long": _abstract_too_long,
    "title/too-long": _title_too_long,
    "title/words": _title_words,
    "description/refers-to-claims": _refers_to_claims,
    "description/section-order": _section_order,
    "drawings/mismatch": _drawings,
}
