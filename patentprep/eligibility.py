"""Does a claim or text read as a pure algorithm? (Patent Law Art. 25.1(2) and 2.2; Guidelines II-9, 6.1.2, 6.1.3)

A linear model looks at each step of a text: what it acts on (a physical signal, a hardware resource, or bare samples),
what the output is used for, which words are mere generic hardware, together with n-grams and a sentence encoder. Its
score is a sum, so the reasons add up. Claims are judged one by one; a disclosure without claims is judged by its
solution text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from patentprep import encoder, learned
from patentprep.checklist import Pattern, pattern_of
from patentprep.model import ClaimVerdict, Draft, Eligibility, Reason, Verdict
from patentprep.resources import folder, load_yaml
from patentprep.text import simplified

# The paths the Guidelines accept (II-9, 6.1.3 and II-9, 2), each with the lexicon entries that are its raw material.
PATHS: dict[str, tuple[str, ...]] = {
    "P1": ("physical_signal", "text_with_origin", "network_technique"),
    "P2": ("hardware_resource",),
    "P3": ("behaviour_correlation",),
    "P4": ("acts_on_world",),
}
_STEP = re.compile(r"[^。；;\n]+?(?:[。；;\n]|(?<=[a-z\d)])\.(?=\s|$)|[:：](?=\s*\S{8})|$)", re.DOTALL)
EMPHASIS = 2.0  # of what the lexicon sees, against n-grams and vector: it travels best to texts of other kinds
MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a claim or a sentence of a text, with what the lexicon sees in it."""

    start: int
    end: int
    hits: dict[str, tuple[int, int]]


@cache
def lexicon() -> dict[str, Pattern]:
    """The word lists of ``data/eligibility/lexicon.yaml`` in file order."""
    block = load_yaml(folder("data") / "eligibility" / "lexicon.yaml")
    return {name: pattern_of(block, name) for name in block}


def steps(text: str) -> tuple[Step, ...]:
    """Cut a text into its steps and look each up in the lexicon. Offsets are into ``text``."""
    found = []
    for match in _STEP.finditer(text):
        body = match.group()
        if sum(c.isalnum() for c in body) < 4:
            continue
        hits = {}
        for name, pattern in lexicon().items():
            if hit := pattern.search(body):
                hits[name] = (match.start() + hit.start(), match.start() + hit.end())
        lead = len(body) - len(body.lstrip())
        found.append(Step(match.start() + lead, match.start() + len(body.rstrip()), hits))
    return tuple(found)


def feature_names() -> tuple[str, ...]:
    """Names of the features beside n-grams and encoder."""
    return (
        *(f"share:{name}" for name in lexicon()),
        *(f"twice:{name}" for name in lexicon()),
        *(f"only_first:{name}" for name in lexicon()),
    )


def features(cut: Sequence[tuple[Step, ...]]) -> learned.Array:
    """For each text: the share of its steps with a hit, whether two steps have one, whether only the preamble has."""
    rows = []
    for parts in cut:
        share, twice, first = [], [], []
        for name in lexicon():
            where = [n for n, step in enumerate(parts) if name in step.hits]
            share.append(len(where) / max(len(parts), 1))
            twice.append(float(len(where) >= 2))
            first.append(float(where == [0] and len(parts) > 1))
        rows.append(share + twice + first)
    return EMPHASIS * np.array(rows, dtype=np.float64).reshape(len(rows), 3 * len(lexicon()))


def vectors(texts: Sequence[str], cut: Sequence[tuple[Step, ...]]) -> learned.Array:
    """The encoder's view of each text: the sum of what its steps add."""
    parts = [[text[s.start : s.end] for s in found] for text, found in zip(texts, cut, strict=True)]
    seen = encoder.passages(parts)
    return np.array([rows.sum(axis=0) for rows in seen], dtype=np.float64).reshape(len(texts), encoder.WIDTH)


def normal(text: str) -> str:
    """The text as the model reads it; as long as the original unless it is in Traditional Chinese."""
    return simplified(text)


@cache
def load_model() -> learned.TextModel:
    return learned.load(folder("data") / "models" / "eligibility.npz")


@cache
def uncertain_band() -> tuple[float, float]:
    """The probabilities between which no verdict is forced; their distance was chosen from held-out texts."""
    with np.load(folder("data") / "models" / "eligibility.npz", allow_pickle=False) as arrays:
        low, high = arrays["uncertain"].tolist()
    return low, high


def probabilities(texts: Sequence[str]) -> list[float]:
    """Probability of reading as a pure algorithm, one a text. The reference for every other function here."""
    read = [normal(text) for text in texts]
    cut = [steps(text) for text in read]
    scores = learned.score(load_model(), read, features(cut), vectors(read, cut))
    return [round(float(p), 4) for p in scores.probability[:, 0]]


def verdict_of(probability: float) -> Verdict:
    """A verdict outside the uncertain band, "uncertain" inside it."""
    low, high = uncertain_band()
    if probability >= high:
        return "pure_algorithm"
    return "technical_solution" if probability <= low else "uncertain"


def assess_eligibility(text: str) -> Eligibility:
    """Judge one claim, abstract or disclosure text by itself."""
    probability = probabilities([text])[0]
    return Eligibility(verdict_of(probability), probability, (), explain(text, probability))


def assess_draft_eligibility(draft: Draft) -> Eligibility:
    """Judge a draft: its independent claims first; without claims, the text of its solution.

    Each independent claim gets its own verdict. The draft's probability is the mean in log-odds with claim 1 counted
    double, so that a long description cannot drown an abstract claim.
    """
    independent = [claim for claim in draft.claims if claim.independent and not claim.depends_on]
    if not independent:
        start, end = solution_range(draft)
        text = draft.text[start:end]
        probability = probabilities([text])[0]
        return Eligibility(verdict_of(probability), probability, (), explain(text, probability, start))
    chances = probabilities([claim.text for claim in independent])
    verdicts = tuple(
        ClaimVerdict(claim.number, verdict_of(p), p, explain(claim.text, p, claim.start))
        for claim, p in zip(independent, chances, strict=True)
    )
    odds = np.log(np.clip(chances, 1e-3, 1 - 1e-3) / (1 - np.clip(chances, 1e-3, 1 - 1e-3)))
    weight = np.array([2.0] + [1.0] * (len(independent) - 1))
    probability = round(float(learned.sigmoid(np.array([odds @ weight / weight.sum()]))[0]), 4)
    return Eligibility(verdict_of(probability), probability, verdicts, verdicts[0].reasons)


MOST_CHARACTERS = 6000
SHORTEST = 60  # a section below that is a remark, not a solution


def solution_range(draft: Draft) -> tuple[int, int]:
    """Where a draft without claims describes its solution: its summary, else its embodiments, else all of it."""
    for kind in ("summary", "embodiments", "abstract"):
        chosen = [s for s in draft.sections if s.kind == kind and s.end - s.start >= SHORTEST]
        if chosen:
            longest = max(chosen, key=lambda s: s.end - s.start)
            return longest.start, min(longest.end, longest.start + MOST_CHARACTERS)
    return 0, min(len(draft.text), MOST_CHARACTERS)


def explain(text: str, probability: float, offset: int = 0) -> tuple[Reason, ...]:
    """What moved the verdict most, in both directions, with offsets shifted by ``offset``; then the paths tried."""
    read = normal(text)
    parts = steps(read)
    if not parts:
        return (Reason("absence", "", 0.0, note="nothing_to_judge"),)
    reasons = sorted(contributions(text, offset), key=lambda r: -abs(r.weight))
    paths = _paths(text, parts, offset, len(read) == len(text), probability)
    return (*reasons[:MOST_REASONS], *paths)


def contributions(text: str, offset: int = 0) -> list[Reason]:
    """Every reason for the score of a text, in the order of the text: with the intercept, their weights add up to it.

    A step's weight is what it adds to the encoder's score, read beside its neighbours, plus the share of its lexicon
    entries. The n-grams are summed into one reason. Weights are rounded to three decimals.
    """
    model = load_model()
    read = normal(text)
    parts = steps(read)
    same = len(read) == len(text)  # otherwise offsets of steps would point into the converted copy
    row = features([parts])
    seen = vectors([read], [parts])
    scores = learned.score(model, [read], row, seen)
    added = encoder.passages([[read[s.start : s.end] for s in parts]])[0]
    step_share = added @ model.encoder_weights[:, 0] * learned.ENCODER_SCALE
    named = row[0] * model.feature_weights[:, 0] * learned.FEATURE_SCALE
    by_name: dict[str, float] = {}
    for name, value in zip(model.feature_names, named, strict=True):
        by_name[name.partition(":")[2]] = by_name.get(name.partition(":")[2], 0.0) + float(value)
    reasons = []
    for step, share in zip(parts, step_share, strict=True):
        weight = float(share)
        for name in step.hits:
            weight += by_name.get(name, 0.0) / sum(name in s.hits for s in parts)
        reasons.append(_reason("sentence", text, step.start, step.end, weight, offset, same))
    ngrams = float(scores.ngrams[0, 0])
    terms = learned.top_ngrams(model, read, "pure_algorithm", sign=1.0 if ngrams >= 0 else -1.0)
    reasons.append(Reason("terms", "、".join(terms), round(ngrams, 3), note="terms"))
    return reasons


def _reason(kind: str, text: str, start: int, end: int, weight: float, offset: int, same: bool) -> Reason:
    note = "towards_algorithm" if weight > 0 else "towards_technical"
    if not same:
        return Reason(kind, "", round(weight, 3), note=note)
    return Reason(kind, text[start:end], round(weight, 3), start + offset, end + offset, note)


def _paths(text: str, parts: Sequence[Step], offset: int, same: bool, probability: float) -> list[Reason]:
    """For each path of Guidelines II-9, 6.1.3: where the text takes it up, or that no step does."""
    found, missing = [], []
    for path, names in PATHS.items():
        hits = [step.hits[name] for step in parts for name in names if name in step.hits]
        if hits:
            start, end = hits[-1]
            note = f"{path}_taken" if len(hits) > 1 else f"{path}_once"
            if same:
                found.append(Reason("path", text[start:end], 0.0, start + offset, end + offset, note))
            else:
                found.append(Reason("path", "", 0.0, note=note))
        else:
            missing.append(Reason("path", "", 0.0, note=f"{path}_missing"))
    if verdict_of(probability) == "technical_solution":
        return found
    provision = "art_2_2" if found else "art_25_1_2"
    return [*found, *missing, Reason("provision", "", 0.0, note=provision)]
