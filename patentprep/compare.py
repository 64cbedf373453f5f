"""An older and a newer version of a draft side by side: what was closed, opened and left, and what it means in time.

Patent Law Art. 33: an amendment may not go beyond what the description and claims disclosed on the day of filing. So
what only the newer version says could not be brought into an application that was filed with the older one. The
abstract is no part of that disclosure (Guidelines II-2, 2.4) and is left out on both sides.

Sentences and claims are recognised by their words, never by their place or number. Words are all that is compared:
whether something follows directly and without doubt from the older text is for a person to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from patentprep import evidence
from patentprep.assessment import law_on  # the very object: judgements are remembered by it
from patentprep.disclosed import CLAIM_NUMBERS, Matter, Spoken, not_in, own_words
from patentprep.model import (
    Assessment,
    Claim,
    ClaimVerdict,
    Draft,
    ElementStatus,
    Evidence,
    Finding,
    RequirementId,
    RequirementResult,
    RequirementStatus,
    Sentence,
)
from patentprep.text_diff import (
    Run,
    contained,
    grams,
    pair,
    word_diff,
    wording,
)

Unlike = Literal["", "language", "text"]
Change = Literal["closed", "opened", "still_open", "kept", "met", "no_longer_asked", "not_asked"]
Became = Literal["same", "renumbered", "changed", "added", "dropped"]

TAKEN_UP = 0.8  # share of a dropped claim's own words found in another claim: it was taken up there
MOST_UNLIKE = 0.1  # share of sentences with a counterpart below which the two are hardly versions of one draft


@dataclass(frozen=True, slots=True)
class ElementChange:
    """One point of the checklist then and now.

    "closed": found now, vague or not found before. "opened": vague or not found now, and found, or not asked, before.
    "still_open": neither then nor now. "kept": found both times. "met": found now, not asked before.
    """

    id: str
    requirement: RequirementId
    change: Change
    then: ElementStatus
    now: ElementStatus
    evidence_then: Evidence | None  # the strongest
    evidence_now: Evidence | None


@dataclass(frozen=True, slots=True)
class EvidenceChange:
    """A sentence of substance that only one version has, or that is substance in one version only.

    ``counterpart`` is the sentence it was, or became, in the other version, as far as there is one.
    """

    sentence: Sentence
    elements: tuple[str, ...]
    counterpart: Sentence | None


@dataclass(frozen=True, slots=True)
class RequirementChange:
    id: RequirementId
    checklist: str
    then: RequirementStatus
    now: RequirementStatus
    elements: tuple[ElementChange, ...]
    gained: tuple[EvidenceChange, ...]  # sentences of the newer version
    lost: tuple[EvidenceChange, ...]  # sentences of the older version


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """What became of a claim. ``refers_otherwise``: it depends on other claims than before.

    ``taken_up`` is the number of the newer claim that holds the words of a dropped one.
    """

    became: Became
    old: Claim | None
    new: Claim | None
    runs: tuple[Run, ...] = ()
    refers_otherwise: bool = False
    taken_up: int | None = None
    then: ClaimVerdict | None = None
    now: ClaimVerdict | None = None


@dataclass(frozen=True, slots=True)
class TextChange:
    """A reworded sentence outside the claims that speaks, or spoke, to a requirement."""

    old: Sentence
    new: Sentence
    runs: tuple[Run, ...]
    requirements: tuple[RequirementId, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``unlike`` warns: texts in two languages ("language": only statuses are compared), or hardly a common sentence.

    ``beyond``: what the newer version claims, or says with substance, and the older one does not; ``lost``: reversed.
    ``beyond_more`` and ``lost_more`` are further such sentences of the description, which speak to no requirement.
    """

    old: Assessment
    new: Assessment
    unlike: Unlike
    requirements: tuple[RequirementChange, ...]
    findings_gone: tuple[Finding, ...]
    findings_new: tuple[Finding, ...]
    findings_left: int
    claims: tuple[ClaimChange, ...]
    text_changes: tuple[TextChange, ...]
    beyond: tuple[Matter, ...]
    beyond_more: tuple[Matter, ...]
    lost: tuple[Matter, ...]
    lost_more: tuple[Matter, ...]

    @property
    def identical(self) -> bool:
        """Whether both versions hold the very same text."""
        return self.old.draft.text == self.new.draft.text

    def elements(self, change: Change) -> tuple[ElementChange, ...]:
        """All points that went one way."""
        return tuple(e for r in self.requirements for e in r.elements if e.change == change)


def compare(old: Assessment, new: Assessment) -> Comparison:
    """Hold two versions of a draft side by side. Both should be assessed with the same checklists and filing date.

    A checklist that only one of them was held against counts as not asked in the other.
    """
    a, b = old.draft, new.draft
    unlike: Unlike = "language" if a.language != b.language else ""
    pairs = {} if unlike else pair([s.text for s in a.sentences], [s.text for s in b.sentences])
    if not unlike and len(pairs) < MOST_UNLIKE * min(len(a.sentences), len(b.sentences)):
        unlike = "text"
    then, now = _substance(old), _substance(new)
    forth = {b.sentences[n].start: a.sentences[m] for n, m in pairs.items()}  # start in the newer text: older sentence
    back = {a.sentences[m].start: b.sentences[n] for n, m in pairs.items()}
    claims = () if unlike == "language" else _claims(old, new)
    gone, came, left = _findings(old, new, forth, claims)
    nothing: tuple[tuple[Matter, ...], tuple[Matter, ...]] = ((), ())
    beyond, beyond_more = nothing if unlike == "language" else not_in(b, now, a, forth)
    lost, lost_more = nothing if unlike == "language" else not_in(a, then, b, back)
    return Comparison(
        old=old,
        new=new,
        unlike=unlike,
        requirements=_requirements(old, new, then, now, forth, back),
        findings_gone=gone,
        findings_new=came,
        findings_left=left,
        claims=claims,
        text_changes=_text_changes(a, b, pairs, _touched(old), _touched(new)),
        beyond=beyond,
        beyond_more=beyond_more,
        lost=lost,
        lost_more=lost_more,
    )


# --- requirements and evidence ---------------------------------------------------------------------------------------


def _substance(assessment: Assessment) -> Spoken:
    """Every sentence of substance, not only the strongest few that a report quotes."""
    return _spoken(assessment, ("substantive",))


def _touched(assessment: Assessment) -> Spoken:
    return _spoken(assessment, ("substantive", "vague", "red_flag"))


def _spoken(assessment: Assessment, strengths: Sequence[str]) -> Spoken:
    found: Spoken = {}
    for edition in assessment.checklists:
        for sentence, judgement in evidence.find_evidence(assessment.draft, law_on(edition.id, assessment.filed_on)):
            if judgement.strength in strengths:
                mine = found.setdefault(sentence.start, {})
                mine[judgement.requirement] = (*mine.get(judgement.requirement, ()), *judgement.elements)
    return found


def _requirements(
    old: Assessment, new: Assessment, then: Spoken, now: Spoken,
    forth: Mapping[int, Sentence], back: Mapping[int, Sentence],
) -> tuple[RequirementChange, ...]:  # fmt: skip
    before = {(r.checklist, r.id): r for r in old.requirements}
    after = {(r.checklist, r.id): r for r in new.requirements}
    matched = old.draft.language == new.draft.language
    changes = []
    for mark in dict.fromkeys([*after, *before]):
        one, two = before.get(mark), after.get(mark)
        checklist, requirement = mark
        changes.append(
            RequirementChange(
                requirement,
                checklist,
                one.status if one else "not_applicable",
                two.status if two else "not_applicable",
                _elements(requirement, one, two),
                _only_here(new.draft, requirement, now, then, forth) if matched else (),
                _only_here(old.draft, requirement, then, now, back) if matched else (),
            )
        )
    return tuple(changes)


def _elements(
    requirement: RequirementId, one: RequirementResult | None, two: RequirementResult | None
) -> tuple[ElementChange, ...]:
    before = {e.id: e for e in one.elements} if one else {}
    after = {e.id: e for e in two.elements} if two else {}
    changes = []
    for name in dict.fromkeys([*after, *before]):
        was, is_ = before.get(name), after.get(name)
        then: ElementStatus = was.status if was else "not_applicable"
        now: ElementStatus = is_.status if is_ else "not_applicable"
        best_then = was.evidence[0] if was and was.evidence else None
        best_now = is_.evidence[0] if is_ and is_.evidence else None
        changes.append(ElementChange(name, requirement, change_of(then, now), then, now, best_then, best_now))
    return tuple(changes)


def change_of(then: ElementStatus, now: ElementStatus) -> Change:
    """Which way a point went; see ``ElementChange``."""
    if now == "not_applicable":
        return "not_asked" if then == "not_applicable" else "no_longer_asked"
    if now == "found":
        return {"found": "kept", "not_applicable": "met"}.get(then, "closed")  # type: ignore[return-value]
    return "still_open" if then in ("vague", "not_found") else "opened"


def _only_here(
    draft: Draft, requirement: RequirementId, mine: Spoken, others: Spoken, counterparts: Mapping[int, Sentence]
) -> tuple[EvidenceChange, ...]:
    found = []
    for sentence in draft.sentences:
        elements = mine.get(sentence.start, {}).get(requirement)
        if elements is None:
            continue
        other = counterparts.get(sentence.start)
        if other is None or requirement not in others.get(other.start, {}):
            found.append(EvidenceChange(sentence, elements, other))
    return tuple(found)


# --- findings --------------------------------------------------------------------------------------------------------


def _findings(
    old: Assessment, new: Assessment, forth: Mapping[int, Sentence], claims: Iterable[ClaimChange]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], int]:
    """Findings gone and new, and how many stayed: at the same words, the same sentence or the same claim."""
    waiting, came = list(old.findings), list(new.findings)
    was = {c.new.start: c.old for c in claims if c.old and c.new}

    def words(draft: Draft, finding: Finding) -> str:
        return wording(draft.text[finding.start : finding.end]) if finding.start is not None else ""

    def exactly(one: Finding, two: Finding) -> bool:
        return words(old.draft, one) == words(new.draft, two)

    def same_sentence(one: Finding, two: Finding) -> bool:
        mine, theirs = _holder(new.draft.sentences, two), _holder(old.draft.sentences, one)
        other = forth.get(mine.start) if mine else None
        return other is not None and other is theirs

    def same_claim(one: Finding, two: Finding) -> bool:
        mine, theirs = _holder(new.draft.claims, two), _holder(old.draft.claims, one)
        return mine is not None and theirs is not None and was.get(mine.start) is theirs

    tests: tuple[Callable[[Finding, Finding], bool], ...] = (exactly, same_sentence, same_claim)
    for same in tests:
        for finding in list(came):
            match = next((f for f in waiting if f.rule == finding.rule and same(f, finding)), None)
            if match:
                waiting.remove(match)
                came.remove(finding)
    return tuple(waiting), tuple(came), len(new.findings) - len(came)


def _holder(places: Iterable[Sentence] | Iterable[Claim], finding: Finding) -> Sentence | Claim | None:
    if finding.start is None:
        return None
    return next((p for p in places if p.start <= finding.start < p.end), None)


# --- claims ----------------------------------------------------------------------------------------------------------


def _claims(old: Assessment, new: Assessment) -> tuple[ClaimChange, ...]:
    """Every claim of the newer version in its order, then what was dropped."""
    before, after = old.draft.claims, new.draft.claims
    pairs = _claim_pairs(before, after)
    number = {before[m].number: after[n].number for n, m in pairs.items()}
    then = {c.number: c for c in old.eligibility.claims}
    now = {c.number: c for c in new.eligibility.claims}
    changes = []
    for n, claim in enumerate(after):
        if n not in pairs:
            changes.append(ClaimChange("added", None, claim, now=now.get(claim.number)))
            continue
        was = before[pairs[n]]
        otherwise = sorted(number.get(d, -d) for d in was.depends_on) != sorted(claim.depends_on)
        reworded = _unnumbered(was.text) != _unnumbered(claim.text)
        became: Became = "same" if was.number == claim.number else "renumbered"
        if reworded or otherwise:
            became = "changed"
        runs = word_diff(was.text, claim.text, was.start, claim.start) if became == "changed" else ()
        changes.append(
            ClaimChange(became, was, claim, runs, otherwise, None, then.get(was.number), now.get(claim.number))
        )
    held = [grams(claim.text) for claim in after]
    for m, claim in enumerate(before):
        if m not in pairs.values():
            own = grams(own_words(claim.text)[1])
            best = max(range(len(after)), key=lambda n: contained(own, held[n]), default=None)
            taken = after[best].number if best is not None and contained(own, held[best]) >= TAKEN_UP else None
            changes.append(ClaimChange("dropped", claim, None, taken_up=taken, then=then.get(claim.number)))
    return tuple(changes)


def _claim_pairs(before: Sequence[Claim], after: Sequence[Claim]) -> dict[int, int]:
    """Which claim is which: the same words first, then independent claims among themselves, then dependent ones.

    A dependent claim is known by what it adds: its preamble is that of every other.
    """
    old, new = [_unnumbered(c.text) for c in before], [_unnumbered(c.text) for c in after]
    waiting: dict[str, list[int]] = {}
    for m, text in enumerate(old):
        waiting.setdefault(text, []).append(m)
    found: dict[int, int] = {}
    for n, text in enumerate(new):
        same = waiting.get(text)
        if same:  # where two claims have the same words, the one of the same number
            m = next((m for m in same if before[m].number == after[n].number), same[0])
            same.remove(m)
            found[n] = m
    for independent in (True, False):
        left = [m for m, c in enumerate(before) if c.independent == independent and m not in found.values()]
        right = [n for n, c in enumerate(after) if c.independent == independent and n not in found]
        close = pair([own_words(before[m].text)[1] for m in left], [own_words(after[n].text)[1] for n in right])
        found |= {right[n]: left[m] for n, m in close.items()}
    for category in sorted({c.category for c in before}):  # an independent claim written anew is still the method claim
        left = [m for m, c in enumerate(before) if c.independent and c.category == category]
        right = [n for n, c in enumerate(after) if c.independent and c.category == category]
        if len(left) == len(right) == 1 and right[0] not in found and left[0] not in found.values():
            found[right[0]] = left[0]
    return found


def _unnumbered(text: str) -> str:
    return wording(CLAIM_NUMBERS.sub(lambda match: match["word"], text))


# --- reworded sentences ---------------------------------------------------------------------------------------


def _text_changes(a: Draft, b: Draft, pairs: Mapping[int, int], then: Spoken, now: Spoken) -> tuple[TextChange, ...]:
    changes = []
    for n, m in sorted(pairs.items()):
        one, two = a.sentences[m], b.sentences[n]
        if one.claim is not None and two.claim is not None:
            continue  # shown claim by claim
        touched = tuple(dict.fromkeys([*now.get(two.start, {}), *then.get(one.start, {})]))
        if touched and wording(one.text) != wording(two.text):
            changes.append(TextChange(one, two, word_diff(one.text, two.text, one.start, two.start), touched))
    return tuple(changes)
