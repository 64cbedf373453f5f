"""What one text discloses and another does not: the question of Patent Law Art. 33.

Compared are the words of description and claims. The abstract is no part of the disclosure as filed (Guidelines II-2,
2.4); the preamble of a claim, and the numbers of claims it refers to, are no matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patentprep.model import Draft, RequirementId, Sentence
from patentprep.structure.subject import ZH_CLAIM
from patentprep.text_diff import (
    Grams,
    Run,
    contained,
    grams,
    index,
    nearest,
    says_something,
    tokens,
    word_diff,
    wording,
)

SAME_MATTER = 0.5  # share of a sentence's wording that stands in one of the other text: its counterpart
AROUND = 2  # sentences before and after a counterpart in which moved words are looked for
MOVED = 6  # words: a stretch no longer than that stands elsewhere by chance
REPLACED = 8  # words: a longer stretch that something else stands for is no changed value
MOST_COUNTERPARTS = 3  # sentences looked at for what a sentence says

CLAIM_NUMBERS = re.compile(
    rf"(?P<word>{ZH_CLAIM}书?\s*第?\s*|\bclaims?\s+)"
    r"(?P<numbers>[0-9]{1,3}(?:\s*(?:[、,，~～–-]|或者?|[和至到]|and|or|to)\s*[0-9]{1,3})*)",
    re.IGNORECASE,
)
# "根据权利要求1所述的方法，其特征在于": one clause that names a claim. Never more than that: it may be matter.
_LEAD = re.compile(
    rf"[^，,;；]*(?:{ZH_CLAIM}|\bclaims?\b)[^，,;；]*[，,]?\s*"
    r"(?:其特[征徵]在于|其中|(?:is )?characteri[sz]ed (?:in that|by)|wherein|further compris\w+)",
    re.IGNORECASE,
)

_BETWEEN = " \t\n，,；;：:、"  # punctuation that joins a clause to its neighbours

Spoken = dict[int, dict[RequirementId, tuple[str, ...]]]  # start of a sentence: elements it speaks to, by requirement


@dataclass(frozen=True, slots=True)
class Matter:
    """A sentence that the other version does not hold, or not in full.

    ``counterpart`` is the nearest sentence of the other version and ``runs`` the words: "added" is what the other
    version does not say. Both are empty when the whole sentence has no counterpart. ``changed``: every word added
    stands for others in the sentence it became, or was, in the other version: a value was changed, nothing more.
    """

    sentence: Sentence
    requirements: tuple[RequirementId, ...]
    elements: tuple[str, ...]
    counterpart: Sentence | None = None
    runs: tuple[Run, ...] = ()
    changed: bool = False


def not_in(
    draft: Draft, spoken: Spoken, base: Draft, counterparts: Mapping[int, Sentence]
) -> tuple[tuple[Matter, ...], tuple[Matter, ...]]:
    """What ``draft`` says and ``base`` does not: claims and sentences of substance, and the others."""
    held = [s for s in base.sentences if s.section != "abstract"]
    known = {wording(_matter(s)[1]) for s in held} | {wording(s.text) for s in held}
    at = {s.start: n for n, s in enumerate(held)}
    read = [grams(s.text) for s in held]
    places = index(read)
    found: list[Matter] = []
    more: list[Matter] = []
    for sentence in draft.sentences:
        offset, text = _matter(sentence)
        words = wording(text)
        if sentence.section == "abstract" or not says_something(text) or words in known:
            continue
        known.add(words)  # the same sentence once more is named once
        start = sentence.start + offset
        near = _counterparts(grams(text), read, places)
        other = counterparts.get(sentence.start)
        own = at.get(other.start) if other else None
        tried = near if own is None or own in near else [*near, own]
        diffs = {n: word_diff(held[n].text, text, held[n].start, start) for n in tried}
        if any(_nothing_new(diffs[n], text, start, _around(held, n)) for n in tried):
            continue
        speaks = spoken.get(sentence.start, {})
        elements = tuple(dict.fromkeys(e for names in speaks.values() for e in names))
        best = own if own in near else next(iter(tried), None)
        one = None if best is None else held[best]
        runs = _own_diff(one, text, start) if one else ()
        changed = one is not None and own in near and _only_replaced(runs, base.text, draft.text)
        matter = Matter(sentence, tuple(speaks), elements, one, runs, changed)
        (found if speaks or sentence.claim is not None else more).append(matter)
    return tuple(found), tuple(more)


def _matter(sentence: Sentence) -> tuple[int, str]:
    """What a sentence says, and where that begins in it."""
    return (0, sentence.text) if sentence.claim is None else own_words(sentence.text)


def _own_diff(one: Sentence, text: str, start: int) -> tuple[Run, ...]:
    """What was changed in the counterpart's own words: the preamble of a claim was not taken out of another claim."""
    offset, own = _matter(one)
    return word_diff(own, text, one.start + offset, start)


def _only_replaced(runs: Sequence[Run], base: str, text: str) -> bool:
    """Whether what was added are a few words each time, and other words made room for them."""
    replaced = False
    for before, run in pairwise([None, *runs]):
        if run is None or run.op != "added" or not says_something(text[run.start : run.end]):
            continue
        if before is None or before.op != "removed" or not says_something(base[before.start : before.end]):
            return False
        if len(tokens(text[run.start : run.end])) > REPLACED:
            return False
        replaced = True
    return replaced


def own_words(claim: str) -> tuple[int, str]:
    """Where the own words of a claim begin, and those words: no preamble, and the numbers of other claims blanked.

    A comma behind the preamble and a semicolon at the end are no part of them.
    """
    text = CLAIM_NUMBERS.sub(lambda match: match["word"] + " " * len(match["numbers"]), claim)
    lead = _LEAD.match(text)
    offset = lead.end() if lead and says_something(text[lead.end() :]) else 0
    bare = text[offset:].lstrip(_BETWEEN)
    return len(text) - len(bare), bare.rstrip(_BETWEEN)


def _counterparts(one: Grams, read: Sequence[Grams], places: Mapping[str, Sequence[int]]) -> list[int]:
    shares = {n: contained(one, read[n]) for n in nearest(one, places)}
    return sorted((n for n in shares if shares[n] >= SAME_MATTER), key=lambda n: (-shares[n], n))[:MOST_COUNTERPARTS]


def _nothing_new(runs: Iterable[Run], text: str, start: int, around: str) -> bool:
    """Whether what was added to a counterpart is only function words, or stands beside it."""
    for run in runs:
        words = wording(text[run.start - start : run.end - start]) if run.op == "added" else ""
        if says_something(words) and not (words.count(" ") >= MOVED and words in around):
            return False
    return True


def _around(held: Sequence[Sentence], best: int) -> str:
    """A sentence and its neighbours: one long sentence may be two short ones in the other version."""
    return " ".join(wording(s.text) for s in held[max(best - AROUND, 0) : best + AROUND + 1])
