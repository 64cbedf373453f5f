"""What a draft says of the parts of its model: input, layers, output, loss, optimisation, parameters.

Guidelines Part II Chapter 9, 6.3.1 asks the description to make the necessary modules, levels and connections of a
model clear, and the specific steps and parameters of its training. Which checklist elements tell of which part is in
``data/components.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from patentprep.checklist import Words, words_of
from patentprep.model import REQUIREMENTS, Assessment, ElementResult, Evidence, RequirementId
from patentprep.resources import Block, folder, load_yaml

ComponentId = Literal["input", "layers", "output", "parameters", "optimiser", "loss"]
ComponentStatus = Literal["found", "vague", "not_found"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model as ``data/components.yaml`` describes it."""

    id: ComponentId
    requirement: RequirementId
    label: Words
    question: Words
    names: re.Pattern[str]  # what the part is called, in either language
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """What the draft says of one part. ``quote`` is empty and ``start`` None where it says nothing."""

    id: ComponentId
    elements: tuple[str, ...]  # those that were asked of this draft
    status: ComponentStatus
    quote: str
    start: int | None


@cache
def load_parts() -> dict[ComponentId, Part]:
    """The parts of a model, by id, in the order data pass through them. Raises ChecklistError for a broken file."""
    root = load_yaml(folder("data") / "components.yaml")
    root.expect({"source", "components"})
    parts = {}
    for block in root.blocks("components"):
        part = _part(block)
        if part.id in parts:
            raise block.at("id").error(f"component {part.id!r} stands twice")
        parts[part.id] = part
    return parts


def _part(block: Block) -> Part:
    block.expect({"id", "requirement", "label", "question", "names", "elements"})
    name = block.one_of("id", get_args(ComponentId))
    requirement = block.one_of("requirement", REQUIREMENTS)
    return Part(
        next(known for known in get_args(ComponentId) if known == name),
        next(known for known in REQUIREMENTS if known == requirement),
        words_of(block, "label"),
        words_of(block, "question"),
        _pattern(block.block("names")),
        block.texts("elements"),
    )


def _pattern(block: Block) -> re.Pattern[str]:
    block.expect({"zh", "en"})
    try:
        return re.compile("|".join(block.texts("zh") + block.texts("en")), re.IGNORECASE)
    except re.error as error:
        raise block.where.error(f"no regular expression: {error}") from error


def components(assessment: Assessment) -> tuple[Component, ...]:
    """Each part of the model with the best sentence about it: found where one of its elements is, else vague, else not.

    A part whose elements are not asked of this draft (the scheme has no model, or the law of the filing date did not
    ask yet) is left out.
    """
    results = {e.id: e for r in assessment.requirements for e in r.elements if e.status != "not_applicable"}
    found = []
    for part in load_parts().values():
        asked = [results[name] for name in part.elements if name in results]
        if asked:
            found.append(_component(part, asked))
    return tuple(found)


def _component(part: Part, asked: list[ElementResult]) -> Component:
    statuses = {element.status for element in asked}
    status: ComponentStatus = "found" if "found" in statuses else "vague" if "vague" in statuses else "not_found"
    said = [item for element in asked for item in element.evidence if element.status == status]

    def weight(item: Evidence) -> tuple[bool, bool, float]:
        return item.strength == "substantive", part.names.search(item.quote) is not None, item.confidence

    best = max(said, key=weight, default=None)
    elements = tuple(element.id for element in asked)
    return Component(part.id, elements, status, best.quote if best else "", best.start if best else None)
