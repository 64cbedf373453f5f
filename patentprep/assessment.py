"""One draft against one or more checklists: the status of each element and requirement, and what to do next.

The status rule is published in the checklist (``needs``) and in docs/how-it-decides.md: a requirement is *covered* when
every group of its ``needs`` has an element found, or three elements are; *partial* when it is addressed but a group is
empty; *not_found* when there is hardly a mention; *not_applicable* when the scheme has no such part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from patentprep.checklist import Checklist, Element, Requirement, load_checklist
from patentprep.eligibility import assess_draft_eligibility
from patentprep.errors import UsageError
from patentprep.evidence import Judgement, evidence_of, find_evidence
from patentprep.formal import formal_findings, load_formal_rules
from patentprep.model import (
    Assessment,
    ChecklistEdition,
    Draft,
    ElementResult,
    ElementStatus,
    Eligibility,
    Evidence,
    Finding,
    InventionType,
    Progress,
    Readiness,
    ReadinessLevel,
    RequirementId,
    RequirementResult,
    RequirementStatus,
    Sentence,
    Verdict,
    silent,
)
from patentprep.versions import model_version

MOST_QUOTES = 5  # shown per element; the strongest come first
STEPS = 3  # next steps named
SURE = 0.7  # a single vague sentence of this confidence shows that a topic is addressed
FEW = 3  # sentences of substance that show a scenario although no step of the claims touches it
MANY = 3  # elements found that settle a requirement whichever they are
OF_THE_MODEL = ("model_construction", "training_data_source", "training_method")


class BeforeFirstRule(UsageError):
    """A filing date before the first rule of a checklist was in force. Facts: day, first."""

    key = "error.before_first_rule"


def assess(
    draft: Draft,
    checklists: Sequence[str] = ("cn-2026",),
    *,
    invention_type: InventionType | None = None,
    filed_on: date | None = None,
    on_step: Progress = silent,
) -> Assessment:
    """Hold a draft against the law in force on ``filed_on`` (None: the latest edition).

    ``invention_type`` overrides what was inferred (CNIPA guide of 2024-12-31: model, application, ai_assisted,
    ai_generated). A checklist named twice counts once. Raises UsageError for an unknown checklist, or a day before its
    first rule was in force.
    """
    kind = invention_type or draft.invention_type
    laws = tuple(law_on(name, filed_on) for name in dict.fromkeys(checklists))
    on_step("eligibility", 0, len(laws) + 2)
    eligibility = assess_draft_eligibility(draft)
    text = said(draft)
    requirements: list[RequirementResult] = []
    findings: list[Finding] = []
    if eligibility.verdict == "pure_algorithm":
        findings.append(Finding("eligibility/pure-algorithm", "fatal"))
    for law in laws:
        judged = find_evidence(draft, law, on_step)
        requirements += [_requirement(draft, text, law, r, kind, judged, eligibility.verdict) for r in law.requirements]
        findings += _red_flags(law, judged)
    on_step("formal", len(laws) + 1, len(laws) + 2)
    findings += [f for f in formal_findings(draft) if load_formal_rules()[f.rule].in_force.holds(filed_on)]
    on_step("done", len(laws) + 2, len(laws) + 2)
    return Assessment(
        draft=draft,
        checklists=tuple(ChecklistEdition(law.id, law.edition, law.in_force.start) for law in laws),
        invention_type=kind,
        requirements=tuple(requirements),
        eligibility=eligibility,
        findings=tuple(findings),
        readiness=_readiness(laws, requirements, eligibility, findings),
        model_version=model_version(),
        filed_on=filed_on,
    )


@lru_cache(maxsize=8)  # the same object again: what was judged with it is remembered
def law_on(name: str, filed_on: date | None) -> Checklist:
    """A checklist as in force on a day. Raises UsageError before its first rule."""
    law = load_checklist(name)
    then = law.at(filed_on)
    if not then.elements and filed_on is not None:
        raise BeforeFirstRule(day=filed_on.isoformat(), first=min(e.in_force.start for e in law.elements).isoformat())
    return then


def _red_flags(law: Checklist, judged: Sequence[tuple[Sentence, Judgement]]) -> list[Finding]:
    known = {flag.id: flag for flag in law.red_flags}
    found = []
    for sentence, judgement in judged:
        if judgement.strength == "red_flag":
            flag = known.get(judgement.because)
            found.append(
                Finding(
                    rule=f"ethics/{flag.id}" if flag else "ethics/red-flag",
                    severity=flag.severity if flag else "serious",
                    start=sentence.start,
                    end=sentence.end,
                    page=sentence.page,
                )
            )
    return found


def _requirement(
    draft: Draft,
    text: str,
    law: Checklist,
    requirement: Requirement,
    kind: InventionType,
    judged: Sequence[tuple[Sentence, Judgement]],
    verdict: Verdict,
) -> RequirementResult:
    elements = tuple(
        _element(draft, text, element, kind, judged)
        for element in law.elements
        if element.requirement == requirement.id
    )
    status = _status(text, law, requirement, kind, elements, judged, verdict)
    if status == "not_applicable":
        elements = tuple(ElementResult(e.id, "not_applicable") for e in elements)
    asked = [e for e in elements if e.status != "not_applicable"]
    points = sum({"found": 1.0, "vague": 0.5}.get(e.status, 0.0) for e in asked)
    return RequirementResult(
        id=requirement.id,
        checklist=law.id,
        status=status,
        score=round(points / len(asked), 3) if asked else 0.0,
        elements=elements,
    )


def _element(
    draft: Draft, text: str, element: Element, kind: InventionType, judged: Sequence[tuple[Sentence, Judgement]]
) -> ElementResult:
    good: list[Evidence] = []
    weak: list[Evidence] = []
    for sentence, judgement in judged:
        if judgement.strength == "red_flag" or element.id not in judgement.elements:
            continue
        evidence = evidence_of(sentence, judgement, element.id)
        misplaced = element.where == "claims" and bool(draft.claims) and sentence.claim is None
        (weak if judgement.strength == "vague" or misplaced else good).append(evidence)
    if good or weak:
        status: ElementStatus = "found" if good else "vague"
        best = sorted(good or weak, key=lambda e: (-e.confidence, e.start))[:MOST_QUOTES]
        return ElementResult(element.id, status, tuple(best))
    if kind not in element.applies_to or (element.when and not element.when.search(text)):
        return ElementResult(element.id, "not_applicable")
    return ElementResult(element.id, "not_found")


def _status(
    text: str,
    law: Checklist,
    requirement: Requirement,
    kind: InventionType,
    elements: Sequence[ElementResult],
    judged: Sequence[tuple[Sentence, Judgement]],
    verdict: Verdict,
) -> RequirementStatus:
    if not elements:  # the law of that day did not ask it
        return "not_applicable"
    mine = [j for _, j in judged if j.requirement == requirement.id]
    substance = [j.confidence for j in mine if j.strength == "substantive"]
    vague = [j.confidence for j in mine if j.strength == "vague"]
    flagged = any(j.strength == "red_flag" for j in mine)
    if requirement.id in OF_THE_MODEL and not _speaks_of_a_model(text, law):
        return "not_applicable"  # what looks like evidence in a text about a heat exchanger is none
    if not substance and not flagged and _has_no_such_part(text, law, requirement.id, verdict):
        return "not_applicable"
    # One doubtful vague sentence in a long draft is a bare mention, not the topic addressed.
    addressed = bool(substance) or (bool(vague) and max(vague) >= SURE) or len(vague) > 1
    if flagged:  # safeguards beside conduct that Art. 5 would not bear do not settle the point
        return "partial" if addressed else "not_found"
    found = {e.id for e in elements for item in e.evidence if item.strength == "substantive"}
    settled = all(any(name in found for name in group) for group in requirement.needs[kind]) or len(found) >= MANY
    settled = settled and bool(substance)
    if verdict == "pure_algorithm" and requirement.id == "technical_scenario":
        return "partial" if len(substance) >= FEW else "not_found"  # a field that no step touches is no scenario
    if verdict == "pure_algorithm" and requirement.id == "technical_effect":
        settled = False  # a gain of an abstract algorithm is not yet a technical effect
    if settled:
        return "covered"
    return "partial" if addressed else "not_found"


def said(draft: Draft) -> str:
    """The text of a draft without the headings over an inventor's answers: those are the checklist's words."""
    answered = {s.start for s in draft.sentences if s.asked}
    if not answered:
        return draft.text
    text = draft.text
    for section in reversed(draft.sections):
        if section.kind == "other" and any(section.start <= start < section.end for start in answered):
            text = text[: section.start] + text[section.start + len(section.heading) :]
    return text


def _has_no_such_part(text: str, law: Checklist, requirement: str, verdict: Verdict) -> bool:
    """Whether the draft says, or plainly shows, that the scheme has no such part (see the labelling of ``draft_*``)."""
    if requirement in ("training_data_source", "training_method"):
        return bool(law.filters["draft_no_training"].search(text))
    if requirement == "ethics":
        if law.filters["draft_no_personal_data"].search(text):
            return True
        only_machines = law.filters["draft_machine_data"].search(text) and not law.filters["draft_people"].search(text)
        return verdict == "technical_solution" and bool(only_machines)
    return False


def _speaks_of_a_model(text: str, law: Checklist) -> bool:
    return any(law.filters[name].search(text) for name in ("draft_learning", "draft_model"))


def _readiness(
    laws: Sequence[Checklist],
    requirements: Sequence[RequirementResult],
    eligibility: Eligibility,
    findings: Sequence[Finding],
) -> Readiness:
    fatal = any(f.severity == "fatal" for f in findings)
    if fatal or any(r.status == "not_found" for r in requirements):
        level: ReadinessLevel = "not_ready"
    elif any(r.status == "partial" for r in requirements) or eligibility.verdict == "uncertain":
        level = "needs_work"
    else:
        level = "needs_work" if any(f.severity == "serious" for f in findings) else "ready"
    worth = {"covered": 1.0, "partial": 0.5, "not_found": 0.0}
    asked = [r for r in requirements if r.status != "not_applicable"]
    share = sum(worth[r.status] for r in asked) / len(asked) if asked else 1.0
    score = round(100 * share * (0.5 + 0.5 * (1 - eligibility.probability))) - 5 * sum(
        f.severity == "fatal" for f in findings
    )
    return Readiness(level, max(score, 0), _next_steps(laws, requirements, findings))


def _next_steps(
    laws: Sequence[Checklist], requirements: Sequence[RequirementResult], findings: Sequence[Finding]
) -> tuple[str, ...]:
    """Rules and elements to see to first: what bars a grant, then gaps that no later amendment can fill (Art. 33).

    One step per requirement: three questions about one would hide the others.
    """
    steps = [f.rule for f in findings if f.severity == "fatal"]
    order = {"fatal": 0, "serious": 1, "advisory": 2}
    gaps: list[tuple[int, int, int, str, RequirementId]] = []
    for r in requirements:
        law = next(law for law in laws if law.id == r.checklist)
        kinds = next(q for q in law.requirements if q.id == r.id).needs
        wanted = {name for groups in kinds.values() for group in groups for name in group}
        if r.status in ("covered", "not_applicable"):
            continue
        for n, e in enumerate(r.elements):
            if e.status in ("not_found", "vague"):
                element = law.element(e.id)
                gaps.append(
                    (
                        int(r.status != "not_found"),
                        order[element.severity] + 3 * (e.id not in wanted),
                        n,
                        e.id,
                        r.id,
                    )
                )
    most_urgent: dict[RequirementId, str] = {}
    for *_, name, requirement in sorted(gaps):
        most_urgent.setdefault(requirement, name)
    steps += most_urgent.values()
    steps += [f.rule for f in findings if f.severity == "serious"]
    return tuple(dict.fromkeys(steps))[:STEPS]
