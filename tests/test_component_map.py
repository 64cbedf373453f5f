"""The parts of a model a description should make clear (Guidelines Part II Chapter 9, 6.3.1)."""

from __future__ import annotations

from typing import get_args

import pytest

from patentprep.checklist import load_checklist
from patentprep.component_map import ComponentId, components, load_parts
from patentprep.model import (
    Assessment,
    Document,
    Draft,
    ElementResult,
    ElementStatus,
    Eligibility,
    Evidence,
    Readiness,
    RequirementResult,
    Strength,
)
from patentprep.strings import LANGUAGES


def said(element: str, quote: str, start: int = 0, strength: Strength = "substantive", sure: float = 0.8) -> Evidence:
    return Evidence(element, "training_method", strength, quote, start, start + len(quote), None, None, sure, "")


def assessed(**elements: tuple[ElementStatus, list[Evidence]]) -> Assessment:
    draft = Draft(Document("x.txt", "txt", "", (), (), (), ""), "en", "", (), (), (), "application")
    results = tuple(ElementResult(name, status, tuple(found)) for name, (status, found) in elements.items())
    whole = RequirementResult("training_method", "cn-2026", "partial", 0.5, results)
    nothing = Eligibility("technical_solution", 0.1, (), ())
    return Assessment(draft, (), "application", (whole,), nothing, (), Readiness("needs_work", 50, ()), "")


def test_every_part_is_described_and_asks_of_elements_that_exist() -> None:
    parts, law = load_parts(), load_checklist("cn-2026")
    assert set(parts) == set(get_args(ComponentId))
    for part in parts.values():
        assert part.elements
        for name in part.elements:
            assert name[:2] in ("MC", "TM", "TS")
            assert law.element(name).id == name
        for lang in LANGUAGES:
            assert part.label.in_(lang)
            assert part.question.in_(lang)[-1] in "?？"


def test_no_element_tells_of_two_parts() -> None:
    named = [name for part in load_parts().values() for name in part.elements]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("input", "MC5"),
        ("layers", "MC3"),
        ("output", "MC6"),
        ("loss", "TM3"),
        ("optimiser", "TM4"),
        ("parameters", "TM5"),
    ],
)
def test_what_the_guidelines_name_is_asked_by_the_element_for_it(name: ComponentId, element: str) -> None:
    assert element in load_parts()[name].elements


@pytest.mark.parametrize(
    ("elements", "status", "quote"),
    [
        ({"MC2": ("not_found", []), "MC3": ("not_found", [])}, "not_found", ""),
        ({"MC2": ("vague", [said("MC2", "any layers", 5, "vague")]), "MC3": ("not_found", [])}, "vague", "any layers"),
        (
            {
                "MC2": ("vague", [said("MC2", "any", 5, "vague", 1)]),
                "MC3": ("found", [said("MC3", "six layers", 9)]),
            },
            "found",
            "six layers",
        ),
        (  # the sentence that names the part is shown before one that is surer
            {"MC3": ("found", [said("MC3", "it is deep", 5, sure=0.95), said("MC3", "two layers", 40, sure=0.6)])},
            "found",
            "two layers",
        ),
    ],
)
def test_found_where_one_element_is(
    elements: dict[str, tuple[ElementStatus, list[Evidence]]], status: str, quote: str
) -> None:
    (layers,) = components(assessed(**elements))
    assert (layers.id, layers.status, layers.quote) == ("layers", status, quote)
    assert layers.elements == tuple(elements)
    assert (layers.start is None) == (quote == "")


def test_a_validation_loss_is_no_loss_function() -> None:
    names = load_parts()["loss"].names
    assert not names.search("halved whenever the validation loss has not fallen")
    assert names.search("The loss is a weighted sum")
    assert names.search("损失函数为均方误差")
    assert not names.search("验证损失不再下降时停止")


def test_what_is_not_asked_is_left_out() -> None:
    found = components(assessed(TM3=("not_applicable", []), TM4=("not_found", [])))
    assert [component.id for component in found] == ["optimiser"]
    assert components(assessed()) == ()
