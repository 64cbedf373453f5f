"""Automatic paragraph numbers of a DOCX file: Word stores the scheme, not the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ZH = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TW = "零壹貳參肆伍陸柒捌玖"


@dataclass(slots=True)
class Level:
    format: str = "decimal"
    text: str = "%1."
    start: int = 1
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class Numbering:
    """Schemes by numId, the numbers styles carry, and the counters of the walk through the document."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    styles: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)

    def next(self, num_id: str, depth: int) -> str:
        """The printed number of the next paragraph of that scheme, with the space after it."""
        levels = self.levels.get(num_id)
        if not levels or depth not in levels:
            return ""
        counters = self.counters.setdefault(self.abstract[num_id], {})
        for restarted, start in self.restarts.pop(num_id, {}).items():
            counters[restarted] = start - 1
        level = levels[depth]
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [key for key in counters if key > depth]:
            limit = levels[deeper].restart if deeper in levels else None
            if limit is None or (limit > 0 and depth < limit):
                del counters[deeper]
        if level.format == "bullet":
            return ""
        text = level.text
        for index in range(9):
            mark = f"%{index + 1}"
            if mark in text:
                shown = levels.get(index, level)
                value = counters.get(index, shown.start)
                text = text.replace(mark, number(value, "decimal" if level.legal else shown.format))
        if not text:
            return ""
        return text if level.suffix == "nothing" or text[-1] in "、）．】。" else f"{text} "


def read_numbering(numbering: Any, styles: Any) -> Numbering:
    """From the roots of numbering.xml and styles.xml; either may be None."""
    result = Numbering()
    if styles is not None:
        _read_styles(styles, result)
    if numbering is None:
        return result
    abstracts: dict[str, dict[int, Level]] = {}
    links: dict[str, str] = {}
    for item in numbering.iter(f"{W}abstractNum"):
        key = item.get(f"{W}abstractNumId", "")
        abstracts[key] = {_int(level.get(f"{W}ilvl")): _level(level) for level in item.iter(f"{W}lvl")}
        link = item.find(f"{W}numStyleLink")
        if link is not None:
            links[key] = link.get(f"{W}val", "")
    for item in numbering.iter(f"{W}num"):
        num_id = item.get(f"{W}numId", "")
        reference = item.find(f"{W}abstractNumId")
        key = reference.get(f"{W}val", "") if reference is not None else ""
        result.abstract[num_id] = key
        result.levels[num_id] = dict(abstracts.get(key, {}))
        for override in item.iter(f"{W}lvlOverride"):
            depth = _int(override.get(f"{W}ilvl"))
            own = override.find(f"{W}lvl")
            if own is not None:
                result.levels[num_id][depth] = _level(own)
            start = override.find(f"{W}startOverride")
            if start is not None:
                result.restarts.setdefault(num_id, {})[depth] = _int(start.get(f"{W}val"), 1)
    for num_id, key in result.abstract.items():  # a list style: its levels stand in another scheme
        target = result.styles.get(links.get(key, ""), (None, None))[0]
        if not result.levels[num_id] and target in result.abstract:
            result.levels[num_id] = result.levels[target]
            result.abstract[num_id] = result.abstract[target]
    return result


def _read_styles(styles: Any, result: Numbering) -> None:
    parents: dict[str, str] = {}
    for style in styles.iter(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        based = style.find(f"{W}basedOn")
        if based is not None:
            parents[key] = based.get(f"{W}val", "")
        own = style.find(f"{W}pPr/{W}numPr")
        if own is not None:
            result.styles[key] = number_of(own)
    for key in parents:
        seen: set[str] = set()
        ancestor: str | None = key
        while ancestor and ancestor not in seen:
            seen.add(ancestor)
            if ancestor in result.styles:
                result.styles.setdefault(key, result.styles[ancestor])
                break
            ancestor = parents.get(ancestor)


def number_of(properties: Any) -> tuple[str | None, int | None]:
    """numId and level of a ``w:numPr``; None where it says nothing."""
    num, depth = properties.find(f"{W}numId"), properties.find(f"{W}ilvl")
    return (
        num.get(f"{W}val") if num is not None else None,
        _int(depth.get(f"{W}val")) if depth is not None else None,
    )


def _level(item: Any) -> Level:
    def value(tag: str, default: str) -> str:
        found = item.find(f"{W}{tag}")
        return default if found is None else str(found.get(f"{W}val", default))

    restart = item.find(f"{W}lvlRestart")
    return Level(
        format=value("numFmt", "decimal"),
        text=value("lvlText", ""),
        start=_int(value("start", "1"), 1),
        suffix=value("suff", "tab"),
        legal=item.find(f"{W}isLgl") is not None,
        restart=None if restart is None else _int(restart.get(f"{W}val")),
    )


def _int(text: str | None, default: int = 0) -> int:
    try:
        return max(0, min(int(text or default), 1_000_000))
    except ValueError:
        return default


def number(value: int, format_: str) -> str:
    """``value`` in one of Word's number formats; formats we do not know are shown in digits."""
    if format_ == "none":
        return ""
    if format_ == "decimalZero":
        return f"{value:02d}"
    if format_.startswith("decimalZero") or format_ == "custom":
        return f"{value:04d}"
    if format_ in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 30) if value > 0 else ""
        return letter.upper() if format_ == "upperLetter" else letter
    if format_ in ("lowerRoman", "upperRoman"):
        return _roman(value).lower() if format_ == "lowerRoman" else _roman(value)
    if format_ in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    ):
        return _counting(value, _ZH, "十百千")
    if format_ == "chineseLegalSimplified":
        return _counting(value, _LEGAL, "拾佰仟", keep_one=True)
    if format_ == "ideographLegalTraditional":
        return _counting(value, _LEGAL_TW, "拾佰仟", keep_one=True)
    if format_ in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_ZH[int(digit)] for digit in str(value))
    if format_ == "ideographTraditional" and 1 <= value <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[value - 1]
    if format_ == "ideographZodiac" and 1 <= value <= 12:
        return "子丑寅卯辰巳午未申酉戌亥"[value - 1]
    if format_ == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
    if format_ in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if format_ == "decimalEnclosedParen" and 1 <= value <= 20:
        return chr(0x2474 + value - 1)
    if format_ == "decimalEnclosedFullstop" and 1 <= value <= 20:
        return chr(0x2488 + value - 1)
    if format_ == "ideographEnclosedCircle" and 1 <= value <= 10:
        return chr(0x3280 + value - 1)
    if format_ == "numberInDash":
        return f"- {value} -"
    if format_ == "ordinal":
        ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return f"{value}{ending}"
    return str(value)


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return str(value)
    out = ""
    for size, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        out += sign * (value // size)
        value %= size
    return out


def _counting(value: int, digits: str, units: str, *, keep_one: bool = False) -> str:
    if value >= 10_000 or value <= 0:
        return digits[0] if value == 0 else str(value)
    out = ""
    zero = False
    for place, char in enumerate(reversed(f"{value:d}")):
        if char == "0":
            zero = bool(out) and not out.startswith(digits[0])
            continue
        gap = digits[0].replace("〇", "零") if zero else ""
        out = digits[int(char)] + (units[place - 1] if place else "") + gap + out
        zero = False
    return out[1:] if 10 <= value < 20 and not keep_one else out
