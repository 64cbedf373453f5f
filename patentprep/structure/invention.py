"""Which of the four types of AI-related invention a draft describes.

The types are those of CNIPA's guide of 2024-12-31; the cue words live in ``data/invention_type.yaml``.
"""

from __future__ import annotations

import re
from functools import cache

from patentprep.model import Claim, InventionType, Section, Sentence
from patentprep.patterns import in_small_letters
from patentprep.resources import folder, load_yaml
from patentprep.text import simplified

_GROUPS = ("ai_generated", "ai_assisted", "matter", "model", "field", "patent")
_SAMPLE = 400  # sentences looked at; more do not change the answer


@cache
def _cues() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    data = load_yaml(folder("data") / "invention_type.yaml")
    return {
        group: (
            re.compile("|".join(data.block(group).texts("zh"))),
            # one boundary test for all words: an alternation is tried at every character otherwise
            re.compile(
                r"\b(?:" + "|".join(word.removeprefix(r"\b") for word in data.block(group).texts("en")) + ")",
                re.IGNORECASE,
            ),
        )
        for group in _GROUPS
    }


@cache
def _small_cues(group: str) -> re.Pattern[str]:
    return re.compile(in_small_letters(_cues()[group][1].pattern))


def _has(group: str, words: str) -> bool:
    if words.isascii():
        return bool(_small_cues(group).search(words.lower()))  # the same, in half the time
    chinese, english = _cues()[group]
    return bool(chinese.search(words) or english.search(words))


def invention_type(
    title: str, sections: tuple[Section, ...], claims: tuple[Claim, ...], sentences: tuple[Sentence, ...]
) -> InventionType:
    """``model`` when the contribution is the algorithm, network or training itself, ``application``
    when it serves a field, ``ai_assisted`` for an ordinary invention found with AI, ``ai_generated`` when no
    human had a part.

    A field that stands in the title alone does not make an application.
    """
    step = max(1, len(sentences) // _SAMPLE)
    sample = [(simplified(sentence.text[:300]), sentence) for sentence in sentences[::step]]
    if any(_has("ai_generated", words) for words, _ in sample):
        return "ai_generated"
    subject = title + " " + " ".join(claim.text[:60] for claim in claims if claim.independent)
    made = any(claim.category == "composition" for claim in claims if claim.independent)
    if (made or _has("matter", simplified(subject))) and any(_has("ai_assisted", words) for words, _ in sample):
        learns = any(claim.category in ("method", "medium", "program") for claim in claims if claim.number == 1)
        if made or not learns:
            return "ai_assisted"
    core = [(words, s) for words, s in sample if s.section not in ("background", "technical_field")]
    claimed = [words for words, s in sample if s.claim is not None]
    field = sum(_has("field", words) for words, _ in core)
    model = sum(_has("model", words) for words, _ in core)
    total = max(1, len(core))
    in_claims = sum(_has("field", words) for words in claimed) / max(1, len(claimed))
    if field == 0 and model > 0 and total >= 5:
        return "model"
    if claimed and in_claims >= 0.15:
        return "application"
    if model / total >= 0.25 and field / total < (0.12 if claimed and in_claims < 0.05 else 0.15):
        return "model"
    if claimed and in_claims < 0.05 and model > field:
        return "model"
    return "application"


_CODE_LINE = re.compile(
    r"\s*(?:(?:def|class|import|from|return|elif|else|try|except|public|private|static|void|const|var|let|func|fn"
    r"|#include|package|using)\b|[@}\])]|//|/\*)|.*(?:[{};]|\):|=\s*[\[({]|\w\(.*\),?)$"
)


def patent_words(text: str) -> bool:
    """Whether a text uses the words of inventions often enough to be taken for a draft; source code never does."""
    sample = simplified(text[:20_000])
    lines = [line for line in sample.split("\n") if line.strip()]
    if len(lines) > 20 and sum(bool(_CODE_LINE.match(line[:200])) for line in lines) > 0.4 * len(lines):
        return False
    hits = sum(1 for words in _cues()["patent"] for _ in words.finditer(sample))
    return hits >= (1 if len(sample) < 120 else 2) and hits * 1500 >= len(sample)
