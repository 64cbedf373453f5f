"""Which sentences of a draft speak to which checklist element, and with how much substance.

Two judges decide together, for each of the six requirements, whether a sentence gives substance, is vague, or describes
conduct Patent Law Art. 5 would not bear. The first knows words alone: a linear model of n-grams, and of what the
checklist notices (its cues, prior art, negation, boilerplate, wishes, figures). The second is a fine-tuned sentence
encoder. It is asked only where the first hears anything at all, and reads thoroughly only where, with the first, its
quick network does. The checklist's cues then name the elements. The same sentence in the same section always gets the
same answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, Literal, TypeVar

import numpy as np

from patentprep import encoder, learned
from patentprep.checklist import Checklist, Pattern, RedFlag
from patentprep.model import (
    REQUIREMENTS,
    Draft,
    Evidence,
    Progress,
    RequirementId,
    SectionKind,
    Sentence,
    Strength,
    silent,
)
from patentprep.recall import recall
from patentprep.resources import folder
from patentprep.text import has_han, simplified

Part = TypeVar("Part")
Context = Literal["background", "summary", "embodiment", "claim", "disclosure", "notes"]
CONTEXTS: tuple[Context, ...] = ("background", "summary", "embodiment", "claim", "disclosure", "notes")

OUTPUTS = (*(f"{r}:{s}" for r in REQUIREMENTS for s in ("substantive", "vague")), "ethics:red_flag")
COUNTS = {"substantive": 1.0, "vague": 1.5, "red_flag": 3.0}  # in what a quicker judge hears: rare, or worse to miss
_COUNTED = np.array([COUNTS[name.partition(":")[2]] for name in OUTPUTS])
UNLIKELY = -2.7  # a score of the encoder for an element; odds of one to fifteen
MOST_COUNTED = 3  # matched elements of one requirement in one sentence; more say no more

# The corpus was written full of vague words and red flags; in a whole draft both are many times rarer. So there they
# are shown only from this probability on, unless the checklist's own pattern shows the red flag.
SURE_IN_A_DRAFT = 0.9
ASKED = 0.4  # from this probability on an answer to the question of an element is substance for its requirement
NOTHING = Pattern()
AT_ONCE = 100  # sentences judged between two words about progress
ADJACENT = 1  # characters between two sentences of one paragraph, at most
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
    asked: str = ""  # the element it answers, where somebody was asked for that very thing


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a passage is evidence of. ``elements`` are ranked, the best first."""

    requirement: RequirementId
    strength: Strength
    confidence: float
    elements: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the checklist's own patterns find in a sentence: the matched words by element, red flags, and filters."""

    found: dict[str, str]
    vague: dict[str, str]
    flags: tuple[RedFlag, ...]
    filters: frozenset[str]  # by name


def notice(text: str, checklist: Checklist) -> Noticed:
    """Read one sentence with every cue of the checklist, as ``Element.reads`` and ``RedFlag.matches`` do."""
    look = checklist.screen.at(text)
    search, may_match, memory = look.search, look.may_match, _memory(checklist)
    found: dict[str, str] = {}
    vague: dict[str, str] = {}
    for element in memory.elements.worth_asking(may_match):
        weak = search(element.vague)
        match = weak or search(element.cues)
        if match and not search(element.unless):
            (vague if weak else found)[element.id] = match.group(0)
    flags = tuple(flag for flag in memory.flags.worth_asking(may_match) if flag.shown(search))
    filters = (name for name in memory.filters.worth_asking(may_match) if search(checklist.filters[name]))
    return Noticed(found, vague, flags, frozenset(filters))


def feature_names(checklist: Checklist) -> tuple[str, ...]:
    """Names of the features beside n-grams and encoder."""
    shape = ("length", "digits", "equation", "han")
    return (
        *(f"filter:{name}" for name in _sentence_filters(checklist)),
        *(f"in:{c}" for c in CONTEXTS),
        *shape,
        *(f"cue:{r}:{kind}" for r in REQUIREMENTS for kind in ("found", "vague", "count")),
        "cue:red_flag",
    )


def features(passages: Sequence[Passage], noticed: Sequence[Noticed], checklist: Checklist) -> learned.Array:
    """One row a passage, in the order of ``feature_names``."""
    filters = _sentence_filters(checklist)
    requirement = {element.id: element.requirement for element in checklist.elements}
    rows = []
    for passage, cues in zip(passages, noticed, strict=True):
        text = passage.text
        size = max(len(text), 1)
        row = [float(name in cues.filters) for name in filters]
        row += [float(passage.context == context) for context in CONTEXTS]
        row += [
            min(size, 200) / 200,
            sum(map(str.isdigit, text)) / size * 5,
            float("=" in text),
            float(has_han(text)),
        ]
        found = Counter(requirement[name] for name in cues.found)
        vague = Counter(requirement[name] for name in cues.vague)
        for r in REQUIREMENTS:
            row += [float(found[r] > 0), float(vague[r] > 0), min(found[r], MOST_COUNTED) / MOST_COUNTED]
        rows.append([*row, float(bool(cues.flags))])
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(feature_names(checklist)))


def _sentence_filters(checklist: Checklist) -> tuple[str, ...]:
    return tuple(name for name in checklist.filters if not name.startswith(("draft_", "scope_")))


_WIDE = dict(zip(",;:!?()", "，；：！？（）", strict=True))
_NARROW_BY_HAN = re.compile("(?<=[\u4e00-\u9fff])[,;:!?()]|[,;:!?()](?=[\u4e00-\u9fff])")


@lru_cache(maxsize=2_000)  # the sentences of a draft are asked for three times
def normal(text: str) -> str:
    """The text as the judges read it: simplified characters, no line breaks, Chinese punctuation full width, one mu.

    Half of all Chinese notes are typed with half-width commas, and half of all micrometres with the micro sign; that
    must not change an answer.
    """
    line = simplified(" ".join(text.split())).replace("\u00b5", "\u03bc")
    return _NARROW_BY_HAN.sub(lambda match: _WIDE[match.group()], line)


def judge(passages: Sequence[Passage], checklist: Checklist) -> list[tuple[Judgement, ...]]:
    """What each passage is evidence of; an empty tuple means nothing was found.

    Answers are remembered for the life of the process: after one change to a draft one sentence is judged anew.
    """
    return recall(_memory(checklist).answers, passages, lambda missing: _judge(missing, checklist), encoder.MOST_KNOWN)


class _Index(Generic[Part]):
    """Parts of a checklist by the patterns without one of which they say nothing."""

    def __init__(self, parts: Mapping[Part, Iterable[Pattern]]) -> None:
        self._parts = tuple(parts)
        self._places: dict[int, list[int]] = {}
        for place, patterns in enumerate(parts.values()):
            for pattern in patterns:
                self._places.setdefault(id(pattern), []).append(place)

    def worth_asking(self, may_match: Set[int]) -> list[Part]:
        """Those that a text can match, in the checklist's order; for ``may_match`` see ``patterns.Look``."""
        places = {place for pattern in self._places.keys() & may_match for place in self._places[pattern]}
        return [self._parts[place] for place in sorted(places)]


class _Memory:
    """What was judged with one checklist, and the parts of it by their patterns."""

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        self.answers: dict[Passage, tuple[Judgement, ...]] = {}
        self.elements = _Index({element: (element.vague, element.cues) for element in checklist.elements})
        self.flags = _Index({flag: [one[0] for one in flag.all_of if one] for flag in checklist.red_flags})
        self.filters = _Index({name: (checklist.filters[name],) for name in _sentence_filters(checklist)})


_remembered: list[_Memory] = []
MOST_CHECKLISTS = 4


def _memory(checklist: Checklist) -> _Memory:
    for one in _remembered:
        if one.checklist is checklist:
            return one
    _remembered.append(_Memory(checklist))
    del _remembered[:-MOST_CHECKLISTS]
    return _remembered[-1]


def forget() -> None:
    """Drop every remembered answer."""
    _remembered.clear()


def _judge(passages: Sequence[Passage], checklist: Checklist) -> list[tuple[Judgement, ...]]:
    if not passages:
        return []
    words, threshold = load_model(), dict(zip(OUTPUTS, encoder.tuned().threshold.tolist(), strict=True))
    read = [Passage(normal(p.text), p.context, p.asked) for p in passages]
    noticed = [notice(p.text, checklist) for p in read]
    chances, spoken_to = probabilities(read, features(read, noticed, checklist))
    home: dict[str, RequirementId] = {element.id: element.requirement for element in checklist.elements}
    results = []
    for passage, cues, row, said in zip(read, noticed, chances.tolist(), spoken_to.tolist(), strict=True):
        chance = dict(zip(OUTPUTS, row, strict=True))
        near = dict(zip(encoder.tuned().elements, said, strict=True))
        flags = _red_flags(passage, chance["ethics:red_flag"], threshold["ethics:red_flag"], cues, near, checklist)
        found = []
        for requirement in REQUIREMENTS:
            if passage.context == "background" and requirement != "technical_scenario":
                continue  # what the art does is no evidence of this invention
            answers = home.get(passage.asked) == requirement
            wanted = threshold | {f"{requirement}:substantive": ASKED} if answers else threshold
            strength = strength_of(requirement, chance, wanted, max((f.confidence for f in flags), default=0.0))
            if not strength or (strength == "vague" and passage.context == "background"):
                continue
            name = f"{requirement}:{strength}"
            elements, because = _elements(cues, near, requirement, strength, checklist)
            if not elements:
                continue
            if answers and passage.asked not in elements and near.get(passage.asked, UNLIKELY) >= UNLIKELY:
                elements = (*elements, passage.asked)
            if not because:
                because = "、".join(learned.top_ngrams(words, passage.text, name))
            found.append(Judgement(requirement, strength, chance[name], elements, because))
        results.append((*found, *flags))
    return results


def probabilities(passages: Sequence[Passage], rows: learned.Array) -> tuple[learned.Array, learned.Array]:
    """The probability of each of ``OUTPUTS``, and how much a passage speaks to each element.

    Both are nought where words and cues alone hear nothing at all, or they and the encoder's quick network: most
    sentences of a description are evidence of nothing, and reading them thoroughly takes many times as long as words
    and cues. ``rows``: see ``features``.
    """
    tuned = encoder.tuned()
    texts = [p.text for p in passages]
    glance = learned.score(load_model(), texts, rows, np.zeros((len(texts), 0)))
    words, (least_of_words, least) = glance.score, tuned.limits.tolist()
    speaks = [any(map(str.isalpha, text)) for text in texts]  # dots and figures say nothing
    heard = np.flatnonzero(speaks & (loudness(glance.probability) >= least_of_words))
    entering: encoder.Entering = {}
    quick = encoder.quick_scores([texts[n] for n in heard], entering)
    heard = heard[loudness(tuned.quick.probability(quick + words[heard])) >= least]
    said = encoder.scores([texts[n] for n in heard], rows[heard], entering)
    chances, elements = np.zeros((len(texts), len(OUTPUTS))), np.zeros((len(texts), len(tuned.elements)))
    chances[heard] = tuned.thorough.probability(said[:, : len(OUTPUTS)] + words[heard])
    elements[heard] = said[:, len(OUTPUTS) :]
    return chances, elements


def loudness(chances: learned.Array) -> learned.Array:
    """How much a judge hears in each text: its probabilities added up, each as often as ``COUNTS`` says."""
    return np.asarray(chances @ _COUNTED)


def strength_of(
    requirement: RequirementId, chance: Mapping[str, float], threshold: Mapping[str, float], flagged: float = 0.0
) -> Literal["substantive", "vague", ""]:
    """How a sentence is shown for a requirement, if at all: "" for not.

    A sentence that is shown as a red flag with the confidence ``flagged`` is no safeguard, unless that is likelier.
    """
    good, weak = f"{requirement}:substantive", f"{requirement}:vague"
    if requirement == "ethics" and flagged and flagged >= chance[good]:
        return ""
    if chance[good] >= threshold[good] and chance[good] >= chance[weak]:
        return "substantive"
    return "vague" if chance[weak] >= threshold[weak] else ""


def _elements(
    cues: Noticed, near: Mapping[str, float], requirement: RequirementId, strength: str, checklist: Checklist
) -> tuple[tuple[str, ...], str]:
    """The elements a sentence speaks to: the one the encoder names first, then those whose cues it matches.

    A cue alone names no element that the encoder holds for quite unlikely, unless the checklist says that it is no
    coincidence: a sentence of the corpus has one label a requirement, so the encoder thinks little of the second.
    """
    phrases = cues.vague if strength == "vague" else cues.found
    own = [element for element in checklist.elements if element.requirement == requirement]
    if not own:
        return (), ""
    nearness = {element.id: near.get(element.id, UNLIKELY) for element in own}
    first = max(nearness, key=lambda name: (nearness[name], name in phrases))
    matched = (element for element in own if element.id in phrases and element.id != first)
    likely = (
        element.id
        for element in matched
        if nearness[element.id] >= UNLIKELY or (element.named_by_cue and strength == "substantive")
    )
    others = sorted(likely, key=lambda name: -nearness[name])
    return (first, *others), next((phrases[name] for name in (first, *others) if name in phrases), "")


def _red_flags(
    passage: Passage,
    probability: float,
    threshold: float,
    cues: Noticed,
    near: Mapping[str, float],
    checklist: Checklist,
) -> list[Judgement]:
    if passage.context == "background":
        return []
    if cues.flags:
        flag = cues.flags[0]
        return [Judgement("ethics", "red_flag", max(probability, threshold), (flag.element,), flag.id)]
    if probability < threshold or not checklist.red_flags:
        return []
    nearest = max((f.element for f in checklist.red_flags), key=lambda i: (near.get(i, float("-inf")), i))
    return [Judgement("ethics", "red_flag", probability, (nearest,), "")]


def context_of(sentence: Sentence, draft: Draft) -> Context:
    """The part of a draft a sentence stands in, in the terms of the corpus."""
    if sentence.claim is not None:
        return "claim"
    if sentence.section == "summary" and not any(s.kind == "technical_field" for s in draft.sections):
        return "disclosure"
    return _CONTEXT[sentence.section]


def find_evidence(
    draft: Draft, checklist: Checklist, on_step: Progress = silent
) -> tuple[tuple[Sentence, Judgement], ...]:
    """Every judged sentence of a draft with what it is evidence of, in the order of the text.

    ``on_step`` is told "evidence" and how many sentences were read, of how many.
    """
    body = _end_of_front_matter(draft)
    title = _bare(draft.title or "")
    formal = checklist.filters.get("scope_formalities", NOTHING)
    names = {title, *(_bare(section.heading) for section in draft.sections)}
    kept = [
        s
        for s in draft.sentences
        if s.start >= body and _worth_reading(s.text) and _bare(s.text) not in names
        if not formal.search(normal(s.text))
    ]
    judged: list[tuple[Judgement, ...]] = []
    for at in range(0, len(kept), AT_ONCE):
        on_step("evidence", at, len(kept))
        part = kept[at : at + AT_ONCE]
        judged += judge([Passage(s.text, context_of(s, draft), s.asked or "") for s in part], checklist)
    patterns = {flag.id for flag in checklist.red_flags}
    return tuple(
        (sentence, j)
        for sentence, found, others in zip(kept, judged, _of_others(kept, checklist), strict=True)
        for j in found
        if not others or j.requirement == "technical_scenario"  # a problem of the art is the scheme's problem
        if j.strength == "substantive" or j.confidence >= SURE_IN_A_DRAFT or j.because in patterns
        if not _of_operation(sentence, j, checklist)
    )


def _of_operation(sentence: Sentence, judgement: Judgement, checklist: Checklist) -> bool:
    """Whether a vague word about data is likelier about a device at work than about training: it names no learning."""
    learning = checklist.filters.get("draft_learning", NOTHING)
    vague = (judgement.requirement, judgement.strength) == ("training_data_source", "vague")
    return vague and bool(learning) and not learning.search(normal(sentence.text))


def _of_others(sentences: Sequence[Sentence], checklist: Checklist) -> list[bool]:
    """Which sentences go on about the prior art or a third party that the sentence before them speaks of.

    "Vendor A uses two-stage detection. It was trained on five years of data." The second one says nothing of the
    prior art by itself. A sentence that turns to one's own scheme ends it, and so does a paragraph.
    """
    if not {"prior_art", "scope_own", "scope_goes_on"} <= checklist.filters.keys():
        return [False] * len(sentences)
    prior, own, on = (checklist.filters[name] for name in ("prior_art", "scope_own", "scope_goes_on"))
    marks = []
    speaking, last_end = False, 0
    for sentence in sentences:
        text = normal(sentence.text)
        follows = speaking and sentence.start - last_end <= ADJACENT and sentence.claim is None
        goes_on = follows and bool(on.search(text)) and not own.search(text)
        speaking = goes_on or (bool(prior.search(text)) and not own.search(text))
        marks.append(goes_on)
        last_end = sentence.end
    return marks


def _end_of_front_matter(draft: Draft) -> int:
    """Where a form's head ends: names, dates, departments before the first heading are no evidence."""
    known = [s for s in draft.sections if s.kind != "other"]
    first = draft.sections[0] if draft.sections else None
    if first is None or first.kind != "other" or len(known) < FORM_SECTIONS:
        return 0
    return min(section.start for section in known)


def _bare(text: str) -> str:
    """Letters and digits alone: a title repeated as a heading or in the abstract is still the title."""
    return "".join(filter(str.isalnum, text)).lower()


def _worth_reading(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 4


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
    """The judge of words and cues."""
    return learned.load(folder("data") / "models" / "evidence.npz")
