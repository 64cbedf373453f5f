"""Terms in claims that point back to something never introduced (clarity, Patent Law Art. 26.4).

The check is lenient on purpose: a term counts as introduced when its words occur anywhere earlier in the
claim or in a claim it refers to. What remains is reported with confidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from patentprep.model import Claim
from patentprep.resources import folder, load_yaml
from patentprep.text import HAN, has_han

_BRANCHES = 24  # a claim with more ways through its references is checked on the first ones
_CLAIMS, _SIZE = 400, 20_000  # no real set is larger; what exceeds this is not checked


@dataclass(frozen=True, slots=True)
class Context:
    """What stands before a term: the claims referred to, and the claim itself up to ``before``."""

    above: str
    own: str
    before: int

    def has(self, words: str) -> bool:
        return words in self.above or self.own.find(words, 0, self.before) >= 0


Grounded = Callable[[Context], bool]  # whether the term is introduced in a context


def missing_antecedents(claims: tuple[Claim, ...]) -> Iterator[tuple[Claim, int, int, str]]:
    """(claim, start, end, term) of every term without antecedent on some branch, with offsets of the draft.

    Claims that refer, directly or not, to a claim that does not exist are passed over: what they lack is a
    consequence.
    """
    by_number: dict[int, Claim] = {}
    for claim in claims:
        by_number.setdefault(claim.number, claim)
    branches: dict[int, list[tuple[int, ...]] | None] = {}
    for claim in claims[:_CLAIMS]:
        if len(claim.text) > _SIZE:
            continue
        paths = _branches(claim.number, by_number, branches, ())
        if paths is None:
            continue
        reported: set[str] = set()
        contexts = ["\n".join(by_number[n].text for n in path) for path in paths[:_BRANCHES]]
        mentions = list(_mentions(claim.text, dependent=bool(claim.depends_on)))
        if not mentions:
            continue
        unique = list(dict.fromkeys(contexts))
        for start, end, term, grounded in mentions:
            key = term.lower()
            if key in reported or all(grounded(Context(above, claim.text, start)) for above in unique):
                continue
            reported.add(key)
            yield claim, claim.start + start, claim.start + end, term


def _branches(
    number: int,
    by_number: dict[int, Claim],
    known: dict[int, list[tuple[int, ...]] | None],
    seen: tuple[int, ...],
) -> list[tuple[int, ...]] | None:
    """The claims on each way through the references; None when one is missing or circular."""
    if number in known:
        return known[number]
    claim = by_number[number]
    paths: list[tuple[int, ...]] | None = [] if claim.depends_on else [()]
    for parent in claim.depends_on:
        if parent not in by_number or parent >= number or parent in seen or len(seen) > 60:
            paths = None
            break
        above = _branches(parent, by_number, known, (*seen, number))
        if above is None or paths is None:
            paths = None
            break
        paths.extend((*path, parent) for path in above)
        paths = paths[: _BRANCHES * 4]
    known[number] = paths
    return paths


def _mentions(text: str, *, dependent: bool) -> Iterator[tuple[int, int, str, Grounded]]:
    if has_han(text[:200]):
        yield from _chinese(text)
    else:
        yield from _english(text, dependent)


@cache
def _word_lists() -> dict[str, tuple[str, ...]]:
    data = load_yaml(folder("data") / "claim_terms.yaml")
    return {key: data.texts(key) for key in data if key not in ("source", "edition")}


# --- Chinese -------------------------------------------------------------------------------------------

_ZH_MENTION = re.compile(r"(?:所述|所说|上述)的?(?!的)|(?<![应應])[该該](?![种些類类等])")
_ZH_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
_ZH_STEP = re.compile(r"步骤(?P<n>[A-Za-z]?\d{1,3})")
_ZH_RUN = re.compile(rf"[{HAN}A-Za-z0-9_\-]+")
_ZH_COUNT = re.compile(
    r"(?:(?:[A-Za-z0-9]+|[一二两三四五六七八九十多若]干?|至少一|每一?|各|任一|任意|全部|所有)(?:个|種|种|组"
    r"|類|类|路|张|帧|条|层|幅|段|次)?"
    r"|预设的?|预定的?|多数|该些|些)?"
)
_ZH_REFERENCE = re.compile(r"(?:权利要求|請求項|请求项|權利要求)[^，。；;]{0,40}$")


@cache
def _zh_cut() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _word_lists()["zh_cuts"]), key=len, reverse=True)))


@cache
def _zh_tail() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(_word_lists()['zh_inherent'])})+$")


def _chinese(text: str) -> Iterator[tuple[int, int, str, Grounded]]:
    for match in _ZH_MENTION.finditer(text):
        strict = match.group()[0] not in "该該"
        if strict and _ZH_REFERENCE.search(text, max(0, match.start() - 60), match.start()):
            continue
        run = _ZH_RUN.match(text, match.end())
        if not run:
            continue
        words = run.group()
        symbol = _ZH_SYMBOL.match(words)
        if symbol and (symbol.end() == len(words) or _zh_cut().match(words, symbol.end())):
            continue  # "所述n为正整数", "对所述logits执行": a symbol or foreign word, the noun itself
        skip = _ZH_COUNT.match(words)
        offset = skip.end() if skip and len(words) - skip.end() >= 2 else 0
        plain, whole = words[offset:], words
        if len(plain) < 2 or not _all_han(plain[:2]):
            continue
        candidates = _zh_candidates(plain)
        if not candidates or len(candidates[0]) > 9:
            continue
        term = candidates[0]
        if _zh_tail().fullmatch(term):
            continue
        step = _ZH_STEP.match(plain)
        options = tuple(dict.fromkeys((*candidates, *_zh_candidates(whole))))
        # an unknown verb may follow the noun: "所述预测模块通信连接", "控制所述机床停机。"
        opening = plain[: 2 if len(candidates) == 1 and len(plain) >= 4 else 3]
        if step:  # "所述步骤S2": printed as "S2，"
            opening = step["n"]

        def test(
            context: Context,
            options: tuple[str, ...] = options,
            opening: str = opening,
            strict: bool = strict,
        ) -> bool:
            return context.has(opening) or any(_zh_introduced(option, context, strict) for option in options)

        end = run.start() + offset + len(term)
        yield match.start(), end, term, test


def _all_han(text: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in text)


def _zh_candidates(words: str) -> list[str]:
    """Where the noun may end: before each word that can follow a noun, or at the end of the run."""
    ends = [match.start() for match in _zh_cut().finditer(words) if match.start() >= 2]
    return [words[:end] for end in (*ends, len(words))]


def _zh_introduced(noun: str, context: Context, strict: bool) -> bool:
    if context.has(noun):
        return True
    core = _zh_tail().sub("", noun)
    if not core:
        return True
    if core != noun and len(core) >= 2 and context.has(core):
        return True
    # made of parts that occur: "图像特征" after "对图像提取特征"
    at, missed = 0, 0
    while at < len(core):
        size = next((n for n in range(len(core) - at, 1, -1) if context.has(core[at : at + n])), 0)
        if size:
            at += size
        else:
            missed += 1
            at += 1
    return missed <= (1 if strict and len(core) > 2 else max(1, len(core) - 2))


# --- English -------------------------------------------------------------------------------------------

_EN_MENTION = re.compile(r"\b(?P<d>the|said)\s+", re.IGNORECASE)
_EN_TOKEN = re.compile(r"[A-Za-z][\w'’/-]*|\d[\w.]*|[^\w\s]|\s+")


@cache
def _en_words(key: str) -> frozenset[str]:
    return frozenset(_word_lists()[key])


def _english(text: str, dependent: bool) -> Iterator[tuple[int, int, str, Grounded]]:
    for match in _EN_MENTION.finditer(text):
        words: list[str] = []
        end = match.end()
        follower = ""
        for token in _EN_TOKEN.finditer(text, match.end(), min(len(text), match.end() + 120)):
            word = token.group()
            if word.isspace():
                continue
            symbol = bool(words) and ("_" in word or (len(word) == 1 and word.isalpha()))
            if not word[0].isalpha() or word.lower() in _en_words("en_cuts") or len(words) >= 6 or symbol:
                follower = "=" if symbol else word.lower()
                break
            words.append(word)
            end = token.end()
        said = match["d"].lower() == "said"
        if not words or _en_exempt(words, follower, said):
            continue
        if not said and len(words) == 1 and not _is_subject(text, match.start(), follower):
            continue  # "above the median", "of the loss": a single noun is more often plain English
        if not said and not dependent and text.endswith("of ", 0, match.start()):
            continue  # "the speed of the pump": a part or property in its place
        heads = _en_heads(words)
        if any(_singular(head) in _en_words("en_inherent") for head in heads):
            continue
        count = _en_length(words)
        term = " ".join(words[:count])
        shown_end = match.end() + len(_joined(text[match.end() : end], count))
        initials = words[0] if words[0].isupper() and len(words[0]) > 1 else ""

        def test(context: Context, heads: tuple[str, ...] = heads, initials: str = initials) -> bool:
            if any(_en_introduced(head, context) for head in heads):
                return True
            return bool(initials) and _spelt_out(initials, context)

        yield match.start(), shown_end, term, test


def _joined(text: str, count: int) -> str:
    """The first ``count`` words of ``text`` with the white space between them."""
    found = re.match(rf"\s*(?:\S+\s+){{{count - 1}}}[\w'’/-]+", text) if count > 0 else None
    return found.group() if found else text


def _en_exempt(words: list[str], follower: str, said: bool) -> bool:
    lowered = [word.lower() for word in words]
    if any(word in _en_words("en_definite") or (len(word) > 5 and word.endswith("est")) for word in lowered):
        return True
    if follower in ("of", "claim", "claims", "(", "=") or len(lowered[-1]) == 1:
        return True  # "the edge of ...", "the error e(k)"
    if not said and len(words) > 1 and words[0].istitle() and words[-1].islower():
        return True  # "the Haversine formula", "the Euclidean distance"
    if any(word.endswith(("'s", "’s", "s'", "s’")) for word in lowered[:-1]):
        return True  # "the tile's contrast": a part in its place
    if (
        not said
        and len(lowered) > 1
        and (_PARTICIPLE.fullmatch(lowered[-1]) or lowered[-1] in _en_words("en_participles"))
    ):
        return True  # "the codes redeemed", "the price offered": says which one
    return not said and follower in (
        "they",
        "it",
        "we",
        "he",
        "she",
        "you",
        "that",
        "which",
        "in which",
        "whose",
        "where",
        "to",
        "by",
        "between",
        "for",
    )


_PARTICIPLE = re.compile(r"[a-z]{2,}(?:[^e]ed|[^e]eed)")
_BEFORE_SUBJECT = re.compile(r"(?:\bwherein|\bwhereby|\bin which|\bwhere)\s+$", re.IGNORECASE)
_AFTER_SUBJECT = frozenset(["is", "are", "was", "were", "comprises", "comprise", "includes", "include", "has", "have"])


def _is_subject(text: str, start: int, follower: str) -> bool:
    return follower in _AFTER_SUBJECT or bool(_BEFORE_SUBJECT.search(text, max(0, start - 12), start))


_VERBAL = re.compile(r"(?:s|ed|ing|ly)$", re.IGNORECASE)


def _en_heads(words: list[str]) -> tuple[str, ...]:
    """Possible head nouns: the last word, and the word before any that may be a verb or adverb."""
    heads = [words[-1]]
    heads.extend(words[at - 1] for at in range(1, len(words)) if _VERBAL.search(words[at]))
    for word in heads[:]:
        heads.extend(part for part in re.split(r"[-/]", word) if len(part) > 2)
    return tuple(dict.fromkeys(head.lower() for head in heads))


def _en_length(words: list[str]) -> int:
    for at in range(1, len(words)):
        if _VERBAL.search(words[at]) and at + 1 == len(words) and not words[at].endswith("ing"):
            return at if len(words) > 2 else len(words)
    return len(words)


def _singular(word: str) -> str:
    word = word.lower().removesuffix("'s").removesuffix("’s")
    irregular = {
        "media": "medium",
        "matrices": "matrix",
        "vertices": "vertex",
        "indices": "index",
        "axes": "axis",
    }
    if word in irregular:
        return irregular[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@lru_cache(maxsize=64)
def _first_places(text: str) -> dict[str, int]:
    """Where each word, in the singular, and each beginning of five letters (with a dash) first stands."""
    places: dict[str, int] = {}
    for match in re.finditer(r"[A-Za-z]+", text):
        word = _singular(match.group())
        places.setdefault(word, match.start())
        if len(word) >= 5:
            places.setdefault(word[:5] + "-", match.start())
    return places


def _en_introduced(head: str, context: Context) -> bool:
    word = _singular(head)
    above, own = _first_places(context.above), _first_places(context.own)
    for key in (word, word[:5] + "-") if len(word) >= 5 else (word,):
        if key in above or own.get(key, context.before) < context.before:
            return True
    return False


def _spelt_out(initials: str, context: Context) -> bool:
    words = re.findall(r"[A-Za-z]+", f"{context.above} {context.own[: context.before]}")
    return initials.lower().rstrip("s") in "".join(word[0] for word in words).lower()
