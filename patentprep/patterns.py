"""Patterns of the law, and one quick look at a text that tells which of them could match.

Two thousand expressions stand in a checklist, and a sentence answers to a handful. From each expression follow words
one of which stands in every text it matches ("converg", or "early stop"). One pass over a sentence finds which of all
these words it holds; only expressions whose words are there are tried. The answers are those of the expressions
themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from math import fsum, prod
from pathlib import Path
from typing import Any, Literal

from ahocorasick_rs import AhoCorasick, Implementation

from patentprep.resources import folder
from patentprep.text import has_han

Script = Literal["zh", "en"]
Owner = tuple[int, str]  # the ``id`` of a pattern and one of its alternatives

MOST_SPELLINGS = 32  # of one stretch of an expression; where there are more it is taken in parts
MOST_CLAUSES = 3  # of one expression; the rarest ones say nearly all
COMMON = 8.0  # a clause met more often than this in a sentence is not worth asking for

DIGIT = "\0d"  # stands at the end of the words of a text with a digit

# An i or an s to an expression that ignores case, and nothing of the kind in a text in small letters; and halves of
# characters, which the search for words cannot read.
ODD = re.compile("[\u0130\u0131\u017f\ud800-\udfff]")

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Alternatives of which one must match. Each language's are tried only where its script occurs.

    Expressions are compiled when first used: a draft in one language needs half of them, and ``--help`` none.
    """

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text; to ask many patterns of many texts use a ``Screen``."""
        han, latin, lower = _seen(text)
        if self.zh and han and (match := _compiled(self.zh).search(text)):
            return match
        if self.en and latin and _lowered(self.en).search(lower):
            return _compiled(self.en).search(text)
        return None

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@cache
def _compiled(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in alternatives), re.IGNORECASE)


@cache
def _lowered(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    """The same for a text in small letters: twice as quick where nothing matches, and that is nearly everywhere."""
    if _cased(alternatives):
        return re.compile("")
    return re.compile("|".join(f"(?:{in_small_letters(text)})" for text in alternatives))


@cache
def _cased(alternatives: tuple[str, ...]) -> bool:
    """Whether capitals matter in one of them, or name a group: then small letters tell nothing."""
    return any("(?-" in text or "(?P" in text for text in alternatives)


_CAPITAL = re.compile(r"(\\.)|([A-Z])")


def in_small_letters(expression: str) -> str:
    """An expression for texts in small letters, where its case did not matter: without IGNORECASE it is quicker."""
    return _CAPITAL.sub(lambda match: match[1] or match[2].lower(), expression)


@lru_cache(maxsize=256)
def _seen(text: str) -> tuple[bool, bool, str]:
    """Whether a text has Chinese characters, whether it has Latin words, and the text in small letters."""
    return has_han(text), _LATIN.search(text) is not None, text.lower()


_LATIN = re.compile("[A-Za-z]{2}")


class Screen:
    """Many patterns ready to be asked of one text after another."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._words: dict[Script, _Words] = {}
        self.known = frozenset(map(id, self._patterns))

    @property
    def expressions(self) -> frozenset[str]:
        """All of them, in both languages."""
        return frozenset(expression for p in self._patterns for expression in (*p.zh, *p.en))

    def __reduce__(self) -> tuple[Any, ...]:  # the numbers are of this process
        return Screen, (self._patterns,)

    def at(self, text: str) -> Look:
        """Read a text once, to ask the patterns of it."""
        han, latin, lower = _seen(text)
        zh = self._ready("zh").likely(text, lower) if han else {}
        return Look(self, text, lower, zh, self._ready("en").likely(text, lower) if latin else {})

    def _ready(self, script: Script) -> _Words:
        """The words of one language's expressions, gathered when the first text in it comes."""
        if script not in self._words:
            alternatives = {id(p): p.zh if script == "zh" else p.en for p in self._patterns}
            self._words[script] = _Words(alternatives)
        return self._words[script]


@dataclass(frozen=True, slots=True)
class Look:
    """One text and, per language, the expressions by pattern that it may match."""

    screen: Screen  # kept, so that no other pattern gets the number of one of its own
    text: str
    lower: str
    zh: dict[int, list[str]]
    en: dict[int, list[str]]

    @property
    def may_match(self) -> Set[int]:
        """The ``id`` of every pattern that is worth asking for: no other one matches this text."""
        return self.zh.keys() | self.en.keys()

    def search(self, pattern: Pattern) -> re.Match[str] | None:
        """The words that ``Pattern.search`` finds: in Chinese before English, leftmost, of the first alternative.

        Raises KeyError for a pattern that the screen was not made of.
        """
        name = id(pattern)
        if name not in self.screen.known:
            raise KeyError(pattern)
        likely = self.zh.get(name)
        if likely and (match := self._first(likely)):
            return match
        likely = self.en.get(name)
        if likely and (_cased(pattern.en) or any(_lowered((one,)).search(self.lower) for one in likely)):
            return self._first(likely)
        return None

    def _first(self, expressions: Sequence[str]) -> re.Match[str] | None:
        best: re.Match[str] | None = None
        for expression in expressions:
            match = _compiled((expression,)).search(self.text)
            if match and (best is None or match.start() < best.start()):
                best = match
        return best


class _Words:
    """The expressions of one language by the words they need."""

    def __init__(self, patterns: Mapping[int, tuple[str, ...]]) -> None:
        self._owners: list[Owner] = [(name, one) for name, found in patterns.items() for one in found]
        places: dict[str, list[int]] = {}
        for place, (_, expression) in enumerate(self._owners):
            places.setdefault(expression, []).append(place)
        ids: dict[Clause, int] = {}
        self._always: list[int] = []  # places in ``_owners``; so everywhere
        self._by_clause: dict[int, list[tuple[frozenset[int], list[int]]]] = {}  # other clauses, and places
        for expression, owned in places.items():
            first, *others = [ids.setdefault(clause, len(ids)) for clause in needs(expression)] or [-1]
            if first < 0:
                self._always += owned
            else:
                self._by_clause.setdefault(first, []).append((frozenset(others), owned))
        words: dict[str, list[int]] = {}
        for clause, name in ids.items():
            for word in clause:
                words.setdefault(word, []).append(name)
        self._clauses = list(words.values())
        self._search = AhoCorasick(words, implementation=Implementation.ContiguousNFA)

    def likely(self, text: str, lower: str) -> dict[int, list[str]]:
        """By pattern, in their order, the expressions that a text may match; ``lower`` is the text in small letters."""
        every = ODD.search(text) is not None
        places = range(len(self._owners)) if every else self._of(lower + DIGIT * bool(_DIGIT.search(text)))
        found: dict[int, list[str]] = {}
        for place in places:
            pattern, expression = self._owners[place]
            found.setdefault(pattern, []).append(expression)
        return found

    def _of(self, lower: str) -> list[int]:
        words = self._search.find_matches_as_indexes(lower, overlapping=True)
        met = {clause for word, _, _ in words for clause in self._clauses[word]}
        found = [*self._always]
        for clause in met & self._by_clause.keys():
            for others, owned in self._by_clause[clause]:
                if others <= met:
                    found += owned
        return sorted(found)


# --- which words an expression needs -----------------------------------------------------------------------

Clause = frozenset[str]  # one of these, in small letters, stands in every text that matches


def needs(expression: str) -> tuple[Clause, ...]:
    """``worked_out``, but quicker for the expressions of the checklists: their clauses are shipped."""
    known = _shipped().get(expression)
    return worked_out(expression) if known is None else tuple(frozenset(clause) for clause in known)


@cache
def _shipped() -> dict[str, list[list[str]]]:
    path = needs_file()
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def needs_file() -> Path:
    """Where the clauses of all expressions of the checklists are kept."""
    return folder("data") / "models" / "needs.json"


def write_needs(expressions: Iterable[str]) -> None:
    """Work out the clauses of all expressions and keep them."""
    found = {e: [sorted(clause) for clause in worked_out(e)] for e in sorted(set(expressions))}
    lines = (f"{json.dumps(e, ensure_ascii=False)}: {json.dumps(c, ensure_ascii=False)}" for e, c in found.items())
    needs_file().write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    _shipped.cache_clear()


def worked_out(expression: str) -> tuple[Clause, ...]:
    """The rarest clauses that every text matched by an expression meets; none when nothing sure can be said.

    Read from Python's own parse of the expression. What is not understood is taken to match anything.
    """
    try:
        from re import _parser  # type: ignore[attr-defined]  # nothing public tells the parts of an expression

        parts = _parser.parse(expression, re.IGNORECASE)
    except ImportError:
        return ()
    clauses = {c for c in _clauses(parts) if _chance(c) < COMMON}
    return tuple(sorted(clauses, key=lambda c: (_chance(c), sorted(c)))[:MOST_CLAUSES])


Part = tuple[Any, Any]  # what kind it is, by a constant with a name, and what it holds
_NOTHING: Clause = frozenset([""])


def _clauses(parts: Iterable[Part]) -> Iterator[Clause]:
    """Clauses of parts that follow one another."""
    stretch = _NOTHING
    for name, value in _runs(parts):
        spelled = _of_one(name, value)
        joined = _followed(stretch, spelled)
        if joined:
            stretch = joined
            continue
        yield _fewest(stretch)
        stretch = spelled or _NOTHING
        if not spelled:
            yield from _inside(name, value)
    yield _fewest(stretch)


def _runs(parts: Iterable[Part]) -> Iterator[tuple[str, Any]]:
    """The parts by name, with letters that follow one another as one word."""
    word = ""
    for code, value in parts:
        letter = _characters(value, value) if code.name == "LITERAL" else None
        if letter:
            word += next(iter(letter))
            continue
        if word:
            yield "WORD", word
            word = ""
        yield code.name, value
    if word:
        yield "WORD", word


def _inside(name: str, value: Any) -> Iterator[Clause]:
    """Clauses of one part that has too many spellings, or none that can be listed."""
    if name == "SUBPATTERN":
        yield from _clauses(value[-1])
    elif name == "ATOMIC_GROUP":
        yield from _clauses(value)
    elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        yield from _clauses(value[2])
    elif name == "IN" and [str(one) for _, one in value] == ["CATEGORY_DIGIT"]:
        yield frozenset([DIGIT])
    elif name == "BRANCH":
        rarest = [min(_clauses(branch), key=_chance) for branch in value[1]]
        yield _fewest(frozenset().union(*rarest))


def _spellings(parts: Iterable[Part]) -> Clause | None:
    """All texts, in small letters, that parts following one another match; None when they cannot be listed."""
    found = _NOTHING
    for name, value in _runs(parts):
        longer = _followed(found, _of_one(name, value))
        if longer is None:
            return None
        found = longer
    return found


def _of_one(name: str, value: Any) -> Clause | None:
    if name == "WORD":
        return frozenset([value])
    if name == "LITERAL":
        return _characters(value, value)
    if name in ("AT", "ASSERT", "ASSERT_NOT"):  # they take up no room
        return _NOTHING
    if name == "IN":
        return _any_of(_characters(*one) if code.name == "RANGE" else _of_one(code.name, one) for code, one in value)
    if name == "SUBPATTERN":
        return _spellings(value[-1])
    if name == "BRANCH":
        return _any_of(_spellings(branch) for branch in value[1])
    if name in ("MAX_REPEAT", "MIN_REPEAT") and int(value[1]) <= 2:
        return _repeated(_spellings(value[2]), int(value[0]), int(value[1]))
    return None


def _repeated(once: Clause | None, least: int, most: int) -> Clause | None:
    found: set[str] = set()
    spelled: Clause | None = _NOTHING
    for times in range(most + 1):
        if spelled is None:
            return None
        if times >= least:
            found |= spelled
        spelled = _followed(spelled, once)
    return _any_of([frozenset(found)])


@cache
def _characters(first: int, last: int) -> Clause | None:
    """The characters of a range in small letters; None where some are not safe to tell from a text in small letters."""
    if last - first >= MOST_SPELLINGS:
        return None
    found = [chr(code) for code in range(first, last + 1)]
    safe = all(c.isascii() or c.lower() == c == c.upper() for c in found)
    return frozenset(c.lower() for c in found) if safe else None


def _any_of(choices: Iterable[Clause | None]) -> Clause | None:
    found: set[str] = set()
    for choice in choices:
        if choice is None:
            return None
        found |= choice
        if len(found) > MOST_SPELLINGS:
            return None
    return frozenset(found) or None


def _followed(before: Clause, after: Clause | None) -> Clause | None:
    if after is None or len(before) * len(after) > MOST_SPELLINGS:
        return None
    if after == _NOTHING:
        return before
    return frozenset(a + b for a in before for b in after)


def _fewest(words: frozenset[str]) -> Clause:
    """The same clause without words that hold another one of it."""
    kept: list[str] = []
    for word in sorted(words, key=len):
        if not any(other in word for other in kept):
            kept.append(word)
    return frozenset(kept)


def _chance(clause: Clause) -> float:
    """Roughly how often a clause is met in a sentence: a Chinese character tells far more than a letter."""
    return fsum(200 * prod(_share(c) for c in word) for word in clause)  # the same in whatever order they come


@cache
def _share(character: str) -> float:
    if character.isascii():
        return 1 / 12 if character.isalpha() else 1 / 6 if character == " " else 1 / 60
    return 1 / 500
