"""What is still to be asked of the inventor, in the order one would ask it in a talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from patentprep.cases.compose import draft_end
from patentprep.checklist import SEVERITIES, Checklist, Words, load_checklist, words_of
from patentprep.model import Assessment, ElementResult, InventionType, Lang, RequirementId, RequirementResult
from patentprep.resources import folder, load_yaml

if TYPE_CHECKING:
    from patentprep.cases.model import Answer

StageId = Literal["problem", "concept", "detail", "variants"]
STAGES: tuple[StageId, ...] = ("problem", "concept", "detail", "variants")


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the talk with the inventor, and the elements asked in it."""

    id: StageId
    title: Words
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One open point. ``seen`` is what the draft says so far, too vaguely or at the wrong place, or empty.

    ``decisive``: its requirement is not covered, and this is one of the points that would cover it.
    """

    element: str
    requirement: RequirementId
    stage: StageId
    text: str
    seen: str
    decisive: bool = False


@cache
def stages() -> tuple[Stage, ...]:
    """The four stages of ``data/questions.yaml`` in their order. Raises ChecklistError when one is missing."""
    root = load_yaml(folder("data") / "questions.yaml")
    found = tuple(
        Stage(block.one_of("id", STAGES), words_of(block, "title"), block.texts("elements"))  # type: ignore[arg-type]
        for block in root.blocks("stages")
    )
    if tuple(stage.id for stage in found) != STAGES:
        raise root.at("stages").error(f"the stages must be {', '.join(STAGES)}, in this order")
    return found


def stage_of(element: str) -> StageId:
    """The stage an element is asked in; one that no stage lists is a detail."""
    return next((stage.id for stage in stages() if element in stage.elements), "detail")


def open_questions(assessment: Assessment, answers: Mapping[str, Answer], lang: Lang) -> tuple[Question, ...]:
    """A question for each point not found, or found only vaguely, that applies to this kind of invention.

    Points answered or stated not to apply are left out; "unknown" stays open. Where there is no draft, silence on a
    model and its training does not mean that there is none, so these points are asked. Sorted by stage, then severity,
    then order of the checklist.
    """
    from patentprep.assessment import OF_THE_MODEL

    text = assessment.draft.text
    no_draft = draft_end(assessment.draft) == 0
    found: dict[str, tuple[tuple[int, int, int], Question]] = {}
    for result in assessment.requirements:
        law = load_checklist(result.checklist)
        silent = no_draft and result.status == "not_applicable" and result.id in OF_THE_MODEL
        silent = silent and not law.filters["draft_no_training"].search(text)
        decisive = _decisive(result, law, assessment.invention_type)
        for item in result.elements:
            element = law.element(item.id)
            is_open = item.status in ("not_found", "vague") or (
                silent and (not element.when or element.when.search(text) is not None)
            )
            if not is_open or item.id in found or _settled(answers.get(item.id)):
                continue
            if assessment.invention_type not in element.applies_to:
                continue
            stage = stage_of(item.id)
            place = law.elements.index(element)
            rank = (STAGES.index(stage), SEVERITIES.index(element.severity), place)
            question = Question(item.id, result.id, stage, element.question.in_(lang), _seen(item), item.id in decisive)
            found[item.id] = (rank, question)
    return tuple(question for _, question in sorted(found.values(), key=lambda pair: pair[0]))


def _decisive(result: RequirementResult, law: Checklist, kind: InventionType) -> frozenset[str]:
    """The elements that would cover a requirement: those of the groups of which none is found."""
    if result.status == "covered":
        return frozenset()
    needs = next(r.needs[kind] for r in law.requirements if r.id == result.id)
    found = {item.id for item in result.elements if item.status == "found"}
    return frozenset(name for group in needs if not found.intersection(group) for name in group)


def _settled(answer: Answer | None) -> bool:
    if answer is None or answer.state == "unknown":
        return False
    return answer.state == "not_applicable" or bool(answer.text.strip())


def _seen(item: ElementResult) -> str:
    return item.evidence[0].quote if item.status == "vague" and item.evidence else ""
