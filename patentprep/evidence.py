"""Which sentences of a draft speak to which checklist element, and with how much substance.

Two judges join. A learned model (n-grams, sentence encoder, and what the checklist's filters notice: prior art,
negation, boilerplate, wishes, figures) says for each of the six requirements whether a sentence gives substance, is
vague, or describes conduct Patent Law Art. 5 would not bear. The checklist's cues then name the elements. The same
sentence in the same section always gets the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from patentprep import learned
from patentprep.checklist import Checklist, Pattern
from patentprep.model import REQUIREMENTS, Draft, Evidence, RequirementId, SectionKind, Sentence, Strength
from patentprep.resources import folder
from patentprep.text import simplified

Context = Literal["background", "summary", "embodiment", "claim", "disclosure", "notes"]
CONTEXTS: tuple[Context, ...] = ("background", "summary", "embodiment", "claim", "disclosure", "notes")

SHOWN = 0.50  # from this probability on a sentence is shown as substance
WEAK = 0.50  # ... as vague
FLAGGED = 0.60  # ... as a red flag

FORM_SECTIONS = 3  # a draft with that many recognised sections has a head, not a text, before the first of them

_CONTEXT: Mapping[SectionKind, Context] = {
    "abstract": "summary",
    "claims": "claim",
    "technical_field": "summary",
    "background": "background",
    "summary": "summary",
    "drawings": "embodiment",
    "embodiments": "embodiment",
    "other": "disclosure",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or a short passage, and the part of a draft it stands in."""

    text: str
    context: Context = "disclosure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a passage is evidence of. ``elements`` are ranked, the best first."""

    requirement: RequirementId
    strength: Strength
    confidence: float
    elements: tuple[str, ...]
    because: str


def feature_names(checklist: Checklist) -> tuple[str, ...]:
    """Names of the features beside n-grams and encoder."""
    shape = ("length", "digits", "equation", "han")
    return (
        *(f"filter:{name}" for name in _sentence_filters(checklist)),
        *(f"in:{c}" for c in CONTEXTS),
        *shape,
    )


def features(passages: Sequence[Passage], checklist: Checklist) -> learned.Array:
    """One row a passage, in the order of ``feature_names``."""
    filters = _sentence_filters(checklist)
    rows = []
    for passage in passages:
        text = passage.text
        size = max(len(text), 1)
        row = [float(pattern.search(text) is not None) for pattern in filters.values()]
        row += [float(passage.context == context) for context in CONTEXTS]
        row += [
            min(size, 200) / 200,
            sum(c.isdigit() for c in text) / size * 5,
            float("=" in text),
            float(any("\u4e00" <= c <= "\u9fff" for c in text)),
        ]
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(filters) + len(CONTEXTS) + 4)


def _sentence_filters(checklist: Checklist) -> dict[str, Pattern]:
    return {name: pattern for name, pattern in checklist.filters.items() if not name.startswith("draft_")}


_WIDE = dict(zip(",;:!?()", "，；：！？（）", strict=True))
_NARROW_BY_HAN = re.compile("(?<=[\u4e00-\u9fff])[,;:!?()]|[,;:!?()](?=[\u4e00-\u9fff])")


def normal(text: str) -> str:
    """The text as the judges read it: simplified characters, no line breaks, Chinese punctuation full width.

    Half of all Chinese notes are typed with half-width commas; that must not change an answer.
    """
    return _NARROW_BY_HAN.sub(lambda match: _WIDE[match.group()], simplified(" ".join(text.split())))


def judge(passages: Sequence[Passage], checklist: Checklist) -> list[tuple[Judgement, ...]]:
    """What each passage is evidence of; an empty tuple means nothing was found."""
    if not passages:
        return []
    model = load_model()
    read = [Passage(normal(p.text), p.context) for p in passages]
    texts = [p.text for p in read]
    vectors = learned.encode(texts)
    scores = learned.score(model, texts, features(read, checklist), vectors)
    column = {name: n for n, name in enumerate(model.outputs)}
    results = []
    for n, passage in enumerate(read):
        found = []
        for requirement in REQUIREMENTS:
            substance = float(scores.probability[n, column[f"{requirement}:substantive"]])
            vague = float(scores.probability[n, column[f"{requirement}:vague"]])
            if passage.context == "background" and requirement != "technical_scenario":
                continue  # what the art does is no evidence of this invention
            if substance >= SHOWN and substance >= vague:
                strength, confidence = "substantive", substance
            elif vague >= WEAK and passage.context != "background":
                strength, confidence = "vague", vague
            else:
                continue
            elements, because = _elements(passage.text, vectors[n], requirement, strength, checklist)
            if not elements:
                continue
            if not because:
                because = "、".join(learned.top_ngrams(model, passage.text, f"{requirement}:{strength}"))
            found.append(Judgement(requirement, strength, confidence, elements, because))  # type: ignore[arg-type]
        found += _red_flags(passage, float(scores.probability[n, column["ethics:red_flag"]]), vectors[n], checklist)
        results.append(tuple(found))
    return results


def _elements(
    text: str, vector: learned.Array, requirement: RequirementId, strength: str, checklist: Checklist
) -> tuple[tuple[str, ...], str]:
    """The elements a sentence speaks to: those whose cues it matches, else the nearest by meaning."""
    nearness = element_nearness(vector)
    hits: list[tuple[float, str]] = []
    phrases: dict[str, str] = {}
    for element in checklist.elements:
        if element.requirement != requirement or element.unless.search(text):
            continue
        weak = element.vague.search(text)
        match = weak if strength == "vague" else (None if weak else element.cues.search(text))
        if match:
            hits.append((nearness.get(element.id, 0.0), element.id))
            phrases[element.id] = match.group(0)
    if hits:
        ranked = tuple(name for _, name in sorted(hits, reverse=True))
        return ranked, phrases[ranked[0]]
    ids = {e.id for e in checklist.elements if e.requirement == requirement}
    nearest = max(ids, key=lambda i: (nearness.get(i, -1.0), i), default=None)
    return ((nearest,) if nearest else ()), ""


def _red_flags(passage: Passage, probability: float, vector: learned.Array, checklist: Checklist) -> list[Judgement]:
    if passage.context == "background":
        return []
    for flag in checklist.red_flags:
        if flag.matches(passage.text):
            return [Judgement("ethics", "red_flag", max(probability, 0.75), (flag.element,), flag.id)]
    if probability < FLAGGED or not checklist.red_flags:
        return []
    nearness = element_nearness(vector)
    nearest = max((f.element for f in checklist.red_flags), key=lambda i: (nearness.get(i, -1.0), i))
    return [Judgement("ethics", "red_flag", probability, (nearest,), "")]


def context_of(sentence: Sentence, draft: Draft) -> Context:
    """The part of a draft a sentence stands in, in the terms of the corpus."""
    if sentence.claim is not None:
        return "claim"
    if sentence.section == "summary" and not any(s.kind == "technical_field" for s in draft.sections):
        return "disclosure"
    return _CONTEXT[sentence.section]


def find_evidence(draft: Draft, checklist: Checklist) -> tuple[tuple[Sentence, Judgement], ...]:
    """Every judged sentence of a draft with what it is evidence of, in the order of the text."""
    body = _end_of_front_matter(draft)
    kept = [s for s in draft.sentences if s.start >= body and _worth_reading(s.text)]
    judged = judge([Passage(s.text, context_of(s, draft)) for s in kept], checklist)
    return tuple((sentence, j) for sentence, found in zip(kept, judged, strict=True) for j in found)


def _end_of_front_matter(draft: Draft) -> int:
    """Where a form's head ends: names, dates, departments before the first heading are no evidence."""
    known = [s for s in draft.sections if s.kind != "other"]
    first = draft.sections[0] if draft.sections else None
    if first is None or first.kind != "other" or len(known) < FORM_SECTIONS:
        return 0
    return min(section.start for section in known)


def _worth_reading(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= 4


def evidence_of(sentence: Sentence, judgement: Judgement, element: str) -> Evidence:
    """The sentence as evidence for one element."""
    return Evidence(
        element=element,
        requirement=judgement.requirement,
        strength=judgement.strength,
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        page=sentence.page,
        paragraph=sentence.paragraph,
        confidence=round(judgement.confidence, 3),
        because=judgement.because,
    )


# --- the shipped model -----------------------------------------------------------------------------------


@cache
def load_model() -> learned.TextModel:
    return learned.load(folder("data") / "models" / "evidence.npz")


@cache
def _element_vectors() -> tuple[tuple[str, ...], learned.Array]:
    with np.load(folder("data") / "models" / "elements.npz", allow_pickle=False) as arrays:
        names = tuple(arrays["names"].tobytes().decode().split("\0"))
        return names, arrays["vectors"].astype(np.float64)


def element_nearness(vector: learned.Array) -> dict[str, float]:
    """Cosine of a sentence vector with the typical sentence of each element."""
    names, vectors = _element_vectors()
    return dict(zip(names, (vectors @ vector).tolist(), strict=True))
