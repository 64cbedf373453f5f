"""What one text discloses and another does not: the question of Patent Law Art. 33.

Compared are the words of description and claims. The abstract is no part of the disclosure as filed (Guidelines II-2,
2.4); the preamble of a claim, and the numbers of claims it refers to, are no matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from patentprep.model import Draft, RequirementId, Sentence
from patentprep.structure.subject import ZH_CLAIM
from patentprep.text_diff import Grams, Run, contained, grams, index, nearest, says_something, word_diff, wording

SAME_MATTER = 0.5  # share of a sentence's wording that stands in one of the other text: its counterpart
AROUND = 2  # sentences before and after a counterpart in which moved words are looked for
MOVED = 6  # words: a stretch no longer than that stands elsewhere by chance
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

Spoken = dict[int, dict[RequirementId, tuple[str, ...]]]  # start of a sentence: elements it speaks to, by requirement


@dataclass(frozen=True, slots=True)
class Matter:
    """A sentence that the other version does not hold, or not in full.

    ``counterpart`` is the nearest sentence of the other version and ``runs`` the words: "added" is what the other
    version does not say. Both are empty when the whole sentence has no counterpart.
    """

    sentence: Sentence
    requirements: tuple[RequirementId, ...]
    elements: tuple[str, ...]
    counterpart: Sentence | None = None
    runs: tuple[Run, ...] = ()


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
        near = _counterparts(grams(text), read, places)
        other = counterparts.get(sentence.start)
        if other and other.start in at and at[other.start] not in near:
            near.append(at[other.start])
        diffs = {n: word_diff(held[n].text, text, held[n].start, sentence.start + offset) for n in near}
        if any(_nothing_new(diffs[n], text, sentence.start + offset, _around(held, n)) for n in near):
            continue
        speaks = spoken.get(sentence.start, {})
        elements = tuple(dict.fromkeys(e for names in speaks.values() for e in names))
        one = held[near[0]] if near else None
        matter = Matter(sentence, tuple(speaks), elements, one, diffs[near[0]] if near else ())
        (found if speaks or sentence.claim is not None else more).append(matter)
    return tuple(found), tuple(more)


def _matter(sentence: Sentence) -> tuple[int, str]:
    """What a sentence says, and where that begins in it."""
    return (0, sentence.text) if sentence.claim is None else own_words(sentence.text)


def own_words(claim: str) -> tuple[int, str]:
    """Where the own words of a claim begin, and those words: no preamble, and the numbers of other claims blanked."""
    text = CLAIM_NUMBERS.sub(lambda match: match["word"] + " " * len(match["numbers"]), claim)
    lead = _LEAD.match(text)
    offset = lead.end() if lead and says_something(text[lead.end() :]) else 0
    return offset, text[offset:]


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
