"""Which wording of an older text stands in a newer one, and what was changed in it, word by word.

Words are compared as tokens: a Han character, a Latin word, a number, any other sign. Width, simplified or traditional
characters, a capital at the beginning of a word and punctuation make no difference; figures, signs of comparison and
the case of units (mW, MW) do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from patentprep.text import HAN, simplified

ALIKE = 0.5  # share of common wording from which two texts count as two versions of one
MOST_TOKENS = 1_500  # of a changed passage whose words are compared; longer ones are shown as replaced
FINE = 600  # tokens up to which a text is compared word by word at once, not first clause by clause
MOST_PLACES = 50  # what stands in more places than that tells no text from another
MOST_TRIED = 8  # texts looked at closely for each one

_TOKEN = re.compile(rf"[{HAN}]|[0-9０-９]+(?:[.,，．][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f\u0370-\u03ff]+|\S")
_CLAUSE = re.compile(r"[^，。；,;\n]*[，。；,;\n]+|[^，。；,;\n]+")
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)}
_DASHES = dict.fromkeys(map(ord, "–—−~～"), "-")
_SIGNS = set("<>≤≥≦≧=≠≈±+×÷%‰°℃℉∈∉√∑∏∫²³")  # whatever else is no letter and no digit is punctuation
_FUNCTION_WORDS = {
    *("a", "an", "the", "said", "of", "to", "in", "on", "at", "by", "for", "with", "and", "or", "is", "are", "was"),
    *("were", "be", "been", "being", "it", "its", "this", "that", "these", "those", "as", "which", "wherein", "then"),
    *("thereof", "therein", "thereby", "also"),
    *"的了该所述其在和与及以并或而且则即将被由于之为是中",
}

Op = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a comparison. Offsets count in the older text where ``op`` is "removed", else in the newer one."""

    op: Op
    start: int
    end: int


@lru_cache(maxsize=50_000)
def _folded(token: str) -> str:
    token = token.translate(_NARROW).translate(_DASHES)
    if len(token) > 2 and token[0].isupper() and token[1:].islower():
        return token.lower()
    if token in ("A", "An", "In", "On", "If", "By", "To", "At", "As", "It", "Of", "Or", "We"):
        return token.lower()
    return token if token.isascii() else simplified(token)


def tokens(text: str) -> list[str]:
    """The words of a text in the form in which they are compared, punctuation left out."""
    found = [_folded(match.group()) for match in _TOKEN.finditer(text)]
    return [token for n, token in enumerate(found) if _counts(token) or (token == "-" and _before_figures(found, n))]


def _counts(token: str) -> bool:
    return token[0].isalnum() or token in _SIGNS


def _before_figures(found: Sequence[str], n: int) -> bool:
    return n + 1 < len(found) and found[n + 1][0].isdigit()


def wording(text: str) -> str:
    """What two texts that say the same in the same words have in common."""
    return " ".join(tokens(text))


def says_something(text: str) -> bool:
    """Whether a stretch of text holds more than function words and punctuation."""
    return any(token not in _FUNCTION_WORDS for token in tokens(text))


# --- which text became which ---------------------------------------------------------------------------------------


Grams = Counter[str]


def grams(text: str) -> Grams:
    """What makes a text recognisable: pairs of Han characters, Latin words and numbers, with their counts."""
    found = tokens(text)
    counts: Grams = Counter()
    for n, token in enumerate(found):
        if len(token) == 1 and not token.isascii() and token not in _SIGNS:
            following = found[n + 1] if n + 1 < len(found) else ""
            counts[token + (following if following and not following.isascii() else "")] += 1
        elif token not in _FUNCTION_WORDS:
            counts[token] += 1
    return counts


def likeness(one: Grams, other: Grams) -> float:
    """Common wording of two texts, 0 to 1 (Dice's coefficient)."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0


def contained(one: Grams, other: Grams) -> float:
    """Share of a text's wording that another one holds, 0 to 1."""
    return (one & other).total() / one.total() if one else 0.0


def index(texts: Sequence[Grams]) -> dict[str, list[int]]:
    """In which texts each gram stands."""
    places: dict[str, list[int]] = {}
    for n, text in enumerate(texts):
        for gram in text:
            places.setdefault(gram, []).append(n)
    return places


def nearest(one: Grams, places: Mapping[str, Sequence[int]]) -> list[int]:
    """The few texts that share most with ``one``, the best first; what stands nearly everywhere is not counted."""
    shared: Counter[int] = Counter()
    for gram in one:
        where = places.get(gram, ())
        if len(where) <= MOST_PLACES:
            shared.update(where)
    return sorted(shared, key=lambda n: (-shared[n], n))[:MOST_TRIED]


def pair(old: Sequence[str], new: Sequence[str], least: float = ALIKE) -> dict[int, int]:
    """Which of ``new`` is which of ``old``, one to one: first what says the same, then what is most alike.

    Order does not matter, except between equals. Keys are places in ``new``, values in ``old``.
    """
    waiting: dict[str, list[int]] = {}
    for n, text in enumerate(old):
        waiting.setdefault(wording(text), []).append(n)
    found: dict[int, int] = {}
    for n, text in enumerate(new):
        same = waiting.get(wording(text))
        if same:
            found[n] = same.pop(0)
    left = [n for same in waiting.values() for n in same]
    left.sort()
    known = [grams(old[n]) for n in left]
    places = index(known)
    ranked = []
    for n, text in enumerate(new):
        if n not in found:
            one = grams(text)
            for at in nearest(one, places):
                score = likeness(one, known[at])
                if score >= least:
                    ranked.append((-score, abs(left[at] - n), n, left[at]))
    taken: set[int] = set()
    for _, _, n, at in sorted(ranked):
        if n not in found and at not in taken:
            found[n] = at
            taken.add(at)
    return found


# --- what was changed ----------------------------------------------------------------------------------------------

_Piece = tuple[str, int, int]  # folded, start, end


def word_diff(old: str, new: str, old_start: int = 0, new_start: int = 0) -> tuple[Run, ...]:
    """What was taken out of ``old`` and put into ``new``; the runs that are not "removed" make up ``new``.

    ``old_start`` and ``new_start`` are added to the offsets. Where only punctuation differs, nothing was changed.
    """
    a, b = _pieces(_TOKEN, old), _pieces(_TOKEN, new)
    blocks = _blocks(a, b) if max(len(a), len(b)) <= FINE else _by_clauses(old, new, a, b)
    runs: list[Run] = []
    for same, a_low, a_high, b_low, b_high in blocks:
        if a_low < a_high and not same:
            runs.append(Run("removed", old_start + a[a_low][1], old_start + _end(a, a_high, old)))
        if b_low < b_high:
            low, high = b[b_low][1] if b_low else 0, _end(b, b_high, new)
            runs.append(Run("same" if same else "added", new_start + low, new_start + high))
    return tuple(runs)


def _pieces(pattern: re.Pattern[str], text: str) -> list[_Piece]:
    return [(_folded(match.group()), match.start(), match.end()) for match in pattern.finditer(text)]


def _end(pieces: Sequence[_Piece], upto: int, text: str) -> int:
    """Where the pieces before ``upto`` end, white space after them included."""
    return pieces[upto][1] if upto < len(pieces) else len(text)


_Block = tuple[bool, int, int, int, int]  # whether it is the same, range in old, range in new


def _blocks(a: Sequence[_Piece], b: Sequence[_Piece], a_from: int = 0, b_from: int = 0) -> list[_Block]:
    matcher = SequenceMatcher(None, [p[0] for p in a], [p[0] for p in b], autojunk=False)
    found: list[_Block] = []
    codes = matcher.get_opcodes()
    for n, (op, a_low, a_high, b_low, b_high) in enumerate(codes):
        common = [p[0] for p in b[b_low:b_high]]
        inside = 0 < n < len(codes) - 1
        # A lone character or a comma between two changes is chance, and would only break the reading.
        same = op == "equal" and not (inside and _slight(common))
        same = same or not any(map(_counts, [p[0] for p in a[a_low:a_high]] + common))
        found.append((same, a_from + a_low, a_from + a_high, b_from + b_low, b_from + b_high))
    return _joined(found)


def _slight(common: Sequence[str]) -> bool:
    words = [token for token in common if token[0].isalnum() and token not in _FUNCTION_WORDS]
    return not words or (len(common) == 1 and not common[0].isascii())


def _joined(blocks: Sequence[_Block]) -> list[_Block]:
    found: list[_Block] = []
    for block in blocks:
        if found and found[-1][0] == block[0]:
            same, a_low, _, b_low, _ = found[-1]
            found[-1] = (same, a_low, block[2], b_low, block[4])
        else:
            found.append(block)
    return found


def _by_clauses(old: str, new: str, a: Sequence[_Piece], b: Sequence[_Piece]) -> list[_Block]:
    """A long text is compared clause by clause, and word by word only where clauses differ."""
    one, two = _counted(old, a), _counted(new, b)
    matcher = SequenceMatcher(None, [c[0] for c in one], [c[0] for c in two], autojunk=False)
    found: list[_Block] = []
    for op, i, j, k, m in matcher.get_opcodes():
        a_low, a_high = _range(one, i, j, len(a))
        b_low, b_high = _range(two, k, m, len(b))
        if op == "replace" and max(a_high - a_low, b_high - b_low) <= MOST_TOKENS:
            found += _blocks(a[a_low:a_high], b[b_low:b_high], a_low, b_low)
        else:
            found.append((op == "equal", a_low, a_high, b_low, b_high))
    return _joined(found)


def _counted(text: str, pieces: Sequence[_Piece]) -> list[tuple[str, int, int]]:
    """Clauses with the range of tokens in each."""
    found, at = [], 0
    for match in _CLAUSE.finditer(text):
        low = at
        while at < len(pieces) and pieces[at][1] < match.end():
            at += 1
        if low < at:
            found.append((" ".join(p[0] for p in pieces[low:at]), low, at))
    return found


def _range(clauses: Sequence[tuple[str, int, int]], low: int, high: int, end: int) -> tuple[int, int]:
    if low < high:
        return clauses[low][1], clauses[high - 1][2]
    at = clauses[low][1] if low < len(clauses) else end
    return at, at
