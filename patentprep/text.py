"""Language, script and sentence boundaries of draft text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from patentprep.model import Lang
from patentprep.resources import folder, load_yaml

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SCRIPTS = {
    "han": re.compile(f"[{HAN}]"),
    "kana": re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]"),
    "hangul": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
    "other": re.compile("[\u0370-\u10ff\u1200-\u1dbf\u1e00-\u1fff\u2c00-\u2dff\ua000-\uabff]"),
}
_COMMON_HAN = re.compile("[\u4e00-\u9fff]")
_SAMPLE = 200_000  # characters of a long text that decide its language
_UNIT = re.compile(r"[^\n。！？!?]+?(?:[\n。！？!?]|\.\s|$)")
_WORD = re.compile(r"[^\W\d_]+")


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH = _words(
    "the of and to a an in is for that with as by on are be or from at this which it can each wherein "
    "said has have was were not into one we i you but if than then its our their such may when will "
    "between per where no all only so do does use uses used using over after before them they there "
    "these those any more up out also"
)
_FOREIGN = _words(
    # German, Dutch, French, Spanish, Portuguese, Italian, Scandinavian, Polish, Turkish, Indonesian ...
    "der die das und ist ein eine einer eines einem einen den dem des mit von zu für auf bei wird "
    "werden nach sich nicht oder aus zur zum durch het een van voor wordt worden niet zijn le la les "
    "des du une un est et dans pour par avec sur au aux qui que ce cette sont dont el los las del una "
    "y con para por como se su al o os as um uma do da em no na não com il lo gli di che della delle "
    "nel nella per sono och att det som en är av til og ikke den w z na się jest nie ve bir bu için "
    "ile dan yang di untuk dengan của và là được các trong"
) - {"a", "do", "as", "no", "per", "in", "on"}


def scripts(text: str) -> dict[str, float]:
    """Share of each script among the letters of ``text``; a Han character counts as one letter.

    Keys: han, kana, hangul, latin, other. All zero when there is no letter.
    """
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    total = sum(counts.values()) or 1
    return {name: count / total for name, count in counts.items()}


def language(text: str) -> Lang | None:
    """The language most sentences are written in; None for any language but Chinese and English."""
    if len(text) > _SAMPLE:
        step = len(text) // 10
        text = "\n".join(text[at : at + _SAMPLE // 10] for at in range(0, step * 10, step))
    units: dict[str, int] = {"zh": 0, "latin": 0, "foreign": 0}
    letters: dict[str, int] = {"zh": 0, "latin": 0, "foreign": 0}
    latin_parts: list[str] = []
    for match in _UNIT.finditer(text):
        unit = match.group()
        kind, size = _script_of(unit)
        if not kind:
            continue
        letters[kind] += size
        if size >= (6 if kind == "zh" else 12):
            units[kind] += 1
        if kind == "latin":
            latin_parts.append(unit)
    if not any(letters.values()):
        return None
    ranked = max(units, key=lambda kind: (units[kind], letters[kind]))
    if units[ranked] == 0:
        ranked = max(letters, key=lambda kind: letters[kind])
    if ranked == "zh":
        return "zh"
    if ranked == "latin":
        return "en" if _is_english(" ".join(latin_parts)) else None
    return None


def _script_of(unit: str) -> tuple[str, int]:
    """(zh, latin, foreign or nothing; size). A Han character weighs as much as three Latin letters."""
    if unit.isascii():
        latin = sum(map(str.isalpha, unit))
        return ("latin", latin) if latin else ("", 0)
    count = {name: len(pattern.findall(unit)) for name, pattern in _SCRIPTS.items()}
    foreign = count["hangul"] + count["other"]
    if count["kana"] * 6 > count["han"] and count["kana"] > 1:
        foreign += count["kana"] + count["han"]
        count["han"] = 0
    elif count["hangul"] > count["han"]:
        count["han"] = 0
    han, latin = count["han"] * 3, count["latin"]
    # Formulas use single Greek letters in every language.
    if foreign * 2 > han + latin and foreign > 3:
        return "foreign", foreign
    if han and han >= latin * 0.8:
        return "zh", han
    return ("latin", latin) if latin else ("", 0)


def _is_english(text: str) -> bool:
    words = [word.lower() for word in _WORD.findall(text) if word.isalpha()]
    if not words:
        return False
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN or not word.isascii() for word in words)
    if foreign > english:
        return False
    return english >= 0.08 * len(words) or len(words) < 40 or foreign < 0.02 * len(words)


@cache
def _traditional(character: str) -> bool:
    """Whether a Han character occurs in traditional text only (Big5 has it, GB 2312 does not)."""
    if not "\u4e00" <= character <= "\u9fff":
        return False
    try:
        character.encode("gb2312")
        return False
    except UnicodeEncodeError:
        pass
    try:
        character.encode("big5")
        return True
    except UnicodeEncodeError:
        return False


def has_han(text: str) -> bool:
    """Whether any character is a common Han character: the test for words written in Chinese."""
    return _COMMON_HAN.search(text) is not None


def is_traditional(text: str) -> bool:
    """Whether any character of ``text`` belongs to traditional Chinese only."""
    return not text.isascii() and any(map(_traditional, set(text)))


@cache
def _converter() -> object:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _mainland_terms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Technical words of Taiwan as ``t2s`` leaves them, and what mainland drafts call the same thing."""
    block = load_yaml(folder("data") / "taiwan_terms.yaml")
    terms = {name: block.text(name) for name in block}
    return re.compile("|".join(sorted(map(re.escape, terms), key=len, reverse=True))), terms


def simplified(text: str) -> str:
    """Simplified Chinese with mainland terms, for matching only; lengths may change."""
    if not is_traditional(text):
        return text
    converted = str(_converter().convert(text))  # type: ignore[attr-defined]
    pattern, terms = _mainland_terms()
    return pattern.sub(lambda match: terms[match.group()], converted)


# --- sentences -----------------------------------------------------------------------------------------

_CLOSING = "”’」』》）)]】\"'"
# A run of dots is tried once, from its first dot: the leaders of a table of contents must cost no quadratic time.
_STOP = re.compile(
    rf"[。！？!?]+[{re.escape(_CLOSING)}]*|(?<!\.)\.++[{re.escape(_CLOSING)}]*(?=\s|[{HAN}]|$)|(?<!…)…++(?=\s+[A-Z]|$)"
)
_LINE = re.compile(r"[^\n\r\v\f\u0085\u2028\u2029]+")
_BEFORE = re.compile(r"(?:[A-Za-z](?:\.[A-Za-z])+|[A-Za-z\u00c0-\u024f]+)$")
_ITEM = re.compile(r"\s*[(（\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,4}|[一二三四五六七八九十]{1,3})[)）\]]?$")
_SEMICOLON = re.compile(r"[；;]\s*(?:and\b|or\b|以及|和|及|或)?[\s,，:：]*")
_COMMA = re.compile(r"[，,、]\s*|\s+")
_LONG_ZH, _LONG_EN, _HUGE = 120, 320, 1200

_NEVER_LAST = _words(
    "fig figs no nos e.g i.e cf viz vol vols pp pat ser app appl eq eqs eqn ref refs sec sect ch "
    "trans proc dr mr mrs ms prof vs resp col cols para paras art arts st int conf univ jan feb mar "
    "apr jun jul aug sep sept oct nov dec ex tab nr acad natl symp lett comput sci eng phys"
)
_SELDOM_LAST = _words(
    "al etc u.s u.k e.u u.s.c c.f.r p.m a.m ph.d inc ltd corp co approx deg ll dept est incl max min "
    "avg std temp freq corresp spec sol jr sr usu abbr wt hr hrs sq ft"
)
_OPENERS = _words(
    "The A An In It This These That Those If When For We He She They There Each However Therefore "
    "Thus As At On By To After Before Then Here Such Some All Both One Its Our Accordingly Further "
    "Furthermore Moreover Next Finally Also First Second Third While Since Where With"
)


def split_sentences(text: str, start: int = 0, *, clauses: bool = False) -> list[tuple[int, int]]:
    """Sentence ranges in ``text``, shifted by ``start``; no white space at their ends, no overlap.

    A line break always ends a sentence, so a heading or table row is one by itself. Semicolons divide only
    long sentences, or every sentence when ``clauses`` is set (claims).
    """
    ranges: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        begin = line.start()
        for stop in _STOP.finditer(text, line.start(), line.end()):
            if stop.start() >= begin and _ends_sentence(text, begin, stop, line.end()):
                ranges.extend(_pieces(text, begin, stop.end(), clauses))
                begin = stop.end()
        ranges.extend(_pieces(text, begin, line.end(), clauses))
    return [(start + low, start + high) for low, high in ranges] if start else ranges


def _ends_sentence(text: str, begin: int, stop: re.Match[str], line_end: int) -> bool:
    mark, at = stop.group(), stop.start()
    follow = text[stop.end() : stop.end() + 40].lstrip(" \t\u3000\u00a0")
    following = follow[:1]
    if mark[0] == "。":
        return not (len(mark) > 1 and following in "，,、；;")
    if mark[0] in "！？":
        # “……到店！”提醒: the quotation is part of a sentence that goes on
        return not (len(mark) > 1 and mark[-1] in "”’」』" and _is_han(following)) and following not in "，,、；;"
    if stop.end() >= line_end:
        return True
    spaced = text[stop.end()].isspace()
    if mark[0] in "!?":
        return (spaced and not following.islower()) or _is_han(following)
    if mark[0] == "…":
        return True
    previous = text[at - 1] if at else ""
    if _is_han(previous):
        return _is_han(following) or spaced
    if not spaced:
        # "图1.流程": a full stop glued to Han text is a separator unless a word or bracket stands before it
        return previous in ")）]%℃" and at - begin > 12
    if _ITEM.fullmatch(text, begin, at):
        return False
    before = _BEFORE.search(text, max(begin, at - 24), at)
    word = before.group() if before else ""
    lowered = word.lower()
    if lowered in _NEVER_LAST:
        return False
    if lowered in _SELDOM_LAST or (len(word) == 1 and word.isupper()) or ("." in word):
        opener = _WORD.match(follow)
        return bool(opener and opener.group() in _OPENERS and len(lowered) + (opener.group() != "A") > 1)
    if following.islower():
        return len(word) >= 4 and word.islower() and mark == "."
    return bool(following)


def _is_han(character: str) -> bool:
    return bool(character) and ("\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf")


def _pieces(text: str, begin: int, end: int, clauses: bool) -> Iterator[tuple[int, int]]:
    size = end - begin
    if size <= 0:
        return
    if clauses or size > _LONG_ZH:
        limit = 0 if clauses else (_LONG_ZH if _mostly_han(text, begin, end) else _LONG_EN)
        if size > limit:
            at = begin
            for mark in _SEMICOLON.finditer(text, begin, end):
                if mark.end() - at >= 6 and end - mark.end() >= 4:
                    yield from _limited(text, at, _after_mark(mark))
                    at = _after_mark(mark)
            begin = at
    yield from _limited(text, begin, end)


def _after_mark(mark: re.Match[str]) -> int:
    return mark.start() + 1


def _mostly_han(text: str, begin: int, end: int) -> bool:
    part = text[begin : min(end, begin + 400)]
    return len(_SCRIPTS["han"].findall(part)) * 3 > len(part)


def _limited(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Trimmed ranges of at most about _HUGE characters: a broken paragraph must cost no quadratic time."""
    while end - begin > _HUGE:
        cut = begin + _HUGE
        for mark in _COMMA.finditer(text, begin + _HUGE // 2, begin + _HUGE):
            cut = mark.end()
        yield from _trimmed(text, begin, cut)
        begin = cut
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[begin:end]
    low = begin + len(piece) - len(piece.lstrip())
    high = end - (len(piece) - len(piece.rstrip()))
    if low < high and any(map(str.isalnum, text[low:high])):
        yield low, high
