"""The published status rule: what makes a requirement covered, partial, not found or not applicable, and a draft ready.

The judges of sentences and claims are replaced here: a sentence such as ``(MC2 substantive 0.9)`` says itself what it
is evidence of, so that only the rule is tested.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from patentprep import assessment as module
from patentprep.assessment import assess
from patentprep.checklist import Checklist, load_checklist
from patentprep.errors import UsageError
from patentprep.evidence import Judgement
from patentprep.model import REQUIREMENTS, Assessment, Document, Draft, Eligibility, Sentence
from patentprep.structure import structure

LAW = load_checklist("cn-2026")
PROBABILITY = {"technical_solution": 0.05, "uncertain": 0.5, "pure_algorithm": 0.95}
_SAYS = re.compile(r"\(([A-Z]{2}\d+) (substantive|vague|red_flag) (0\.\d+)(?: ([a-z-]+))?\)")


def draft(*sentences: str, claims: str = "", topic: str = "The network model is trained on user data.") -> Draft:
    """A disclosure that holds the sentences; ``topic`` decides what the scheme plainly has or has not."""
    text = "DETAILED DESCRIPTION\n" + "\n".join(
        f"{topic} {s}" if n == 0 else s for n, s in enumerate(sentences or ("",))
    )
    text += f"\nCLAIMS\n{claims}\n" if claims else "\n"
    return structure(Document("draft.txt", "txt", text, (), (), (), ""))


def judged(made: Draft, law: Checklist, on_step: object = None) -> tuple[tuple[Sentence, Judgement], ...]:
    found = []
    for sentence in made.sentences:
        for element, strength, confidence, flag in _SAYS.findall(sentence.text):
            if element not in {e.id for e in law.elements}:
                continue
            requirement = "ethics" if strength == "red_flag" else law.element(element).requirement
            found.append((sentence, Judgement(requirement, strength, float(confidence), (element,), flag)))
    return tuple(found)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Assessment]:
    monkeypatch.setattr(module, "find_evidence", judged)
    monkeypatch.setattr(module, "formal_findings", lambda made: ())

    def go(made: Draft, verdict: str = "technical_solution", **options: Any) -> Assessment:
        answer = Eligibility(verdict, PROBABILITY[verdict], (), ())  # type: ignore[arg-type]
        monkeypatch.setattr(module, "assess_draft_eligibility", lambda made: answer)
        return assess(made, **options)

    return go


def status(result: Assessment, requirement: str) -> str:
    return next(r.status for r in result.requirements if r.id == requirement)


def element(result: Assessment, name: str) -> Any:
    return next(e for r in result.requirements for e in r.elements if e.id == name)


def good(*names: str) -> list[str]:
    return [f"This is a sentence of the description that states a point ({name} substantive 0.9)." for name in names]


def settled(requirement: str) -> list[str]:
    """One sentence of substance for every group of points the requirement needs."""
    groups = next(r for r in LAW.requirements if r.id == requirement).needs["application"]
    return good(*(group[0] for group in groups))


# --- covered, partial, not found -------------------------------------------------------------------------------


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_covered_when_every_group_has_substance(requirement: str, run: Callable[..., Assessment]) -> None:
    assert status(run(draft(*settled(requirement))), requirement) == "covered"


@pytest.mark.parametrize("requirement", [r for r in REQUIREMENTS if r != "ethics"])
def test_partial_when_a_group_is_empty(requirement: str, run: Callable[..., Assessment]) -> None:
    groups = next(r for r in LAW.requirements if r.id == requirement).needs["application"]
    for left_out in range(len(groups)):
        shared = [i for n, group in enumerate(groups) if n != left_out for i in group if i not in groups[left_out]]
        assert status(run(draft(*good(shared[0]))), requirement) == "partial"


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_not_found_when_nothing_speaks_to_it(requirement: str, run: Callable[..., Assessment]) -> None:
    assert status(run(draft()), requirement) == "not_found"


@pytest.mark.parametrize(
    ("sentences", "expected", "why"),
    [
        (["(MC3 substantive 0.9)."], "partial", "one sure sentence addresses the topic"),
        (["(MC3 substantive 0.6)."], "partial", "what is shown as substance addresses the topic"),
        (["(MC3 substantive 0.6).", "(MC4 substantive 0.6)."], "partial", "two sentences address it"),
        (["(MC3 vague 0.9)."], "partial", "addressed, but only vaguely"),
        (["(MC3 vague 0.6)."], "not_found", "one doubtful vague sentence is a bare mention"),
        (["(MC3 vague 0.6).", "(MC2 vague 0.6)."], "partial", "addressed twice, vaguely"),
        (["(MC1 vague 0.9).", "(MC3 vague 0.9).", "(MC4 vague 0.9)."], "partial", "vague words never settle a point"),
        (["(MC1 substantive 0.9).", "(MC3 vague 0.9)."], "partial", "the second group has no substance"),
        (["(MC1 substantive 0.55).", "(MC3 substantive 0.55)."], "covered", "every group has substance"),
    ],
)
def test_model_construction(sentences: list[str], expected: str, why: str, run: Callable[..., Assessment]) -> None:
    assert status(run(draft(*sentences)), "model_construction") == expected, why


@pytest.mark.parametrize(
    ("requirement", "sentences", "expected", "why"),
    [
        ("technical_scenario", 0, "not_found", "a field that no step touches is no scenario"),
        ("technical_scenario", 2, "not_found", "two sentences do not tie it to a field"),
        ("technical_scenario", 3, "partial", "a field is described, but no step is tied to it"),
        ("technical_effect", 3, "partial", "a gain of an abstract algorithm is not yet a technical effect"),
        ("model_construction", 3, "covered", "structure is structure"),
    ],
)
def test_pure_algorithm(
    requirement: str, sentences: int, expected: str, why: str, run: Callable[..., Assessment]
) -> None:
    made = draft(*(settled(requirement) * 3)[:sentences])
    assert status(run(made, "pure_algorithm"), requirement) == expected, why


# --- not applicable --------------------------------------------------------------------------------------------

FIXED = "A fixed threshold is compared with the pressure."
PUBLISHED = "No model is trained; the network weights are published."
NOBODY = "A model of user data is trained; no personal data are used."
MACHINE = "The vibration of the bearing is measured by a sensor and a network model is trained."


@pytest.mark.parametrize(
    ("topic", "requirement", "verdict", "expected"),
    [
        (FIXED, "training_method", "technical_solution", "not_applicable"),
        (FIXED, "model_construction", "technical_solution", "not_applicable"),
        (PUBLISHED, "training_method", "technical_solution", "not_applicable"),
        (PUBLISHED, "training_data_source", "technical_solution", "not_applicable"),
        (PUBLISHED, "model_construction", "technical_solution", "not_found"),
        ("不涉及模型的训练，直接使用公开的网络权重。", "training_method", "technical_solution", "not_applicable"),
        ("The network model is trained on user data.", "training_method", "technical_solution", "not_found"),
        (MACHINE, "ethics", "technical_solution", "not_applicable"),  # machine data only
        (MACHINE + " The driver is filmed.", "ethics", "technical_solution", "not_found"),  # people occur
        (MACHINE, "ethics", "pure_algorithm", "not_found"),
        (NOBODY, "ethics", "technical_solution", "not_applicable"),
        ("模型用用户终端的温度训练，不涉及任何个人信息。", "ethics", "technical_solution", "not_applicable"),
    ],
)  # fmt: skip
def test_the_scheme_has_no_such_part(
    topic: str, requirement: str, verdict: str, expected: str, run: Callable[..., Assessment]
) -> None:
    result = run(draft(topic=topic), verdict)
    assert status(result, requirement) == expected
    if expected == "not_applicable":
        mine = next(r for r in result.requirements if r.id == requirement)
        assert {e.status for e in mine.elements} == {"not_applicable"} and mine.score == 0


def test_substance_outweighs_a_denial(run: Callable[..., Assessment]) -> None:
    made = draft(*settled("ethics"), topic="A model is trained; no personal data are used.")
    assert status(run(made), "ethics") == "covered"


# --- red flags -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["(ET1 red_flag 0.9 covert-capture)."], "not_found"),  # red flag, no safeguard
        (["(ET1 red_flag 0.9 covert-capture).", "(ET4 substantive 0.9)."], "partial"),  # a safeguard beside it
        (["(ET1 red_flag 0.9 covert-capture).", "(ET4 vague 0.9)."], "partial"),
        (["(ET4 substantive 0.9)."], "covered"),
    ],
)
def test_a_red_flag_keeps_ethics_from_being_covered(
    sentences: list[str], expected: str, run: Callable[..., Assessment]
) -> None:
    assert status(run(draft(*sentences)), "ethics") == expected


def test_a_red_flag_is_a_finding_at_its_sentence(run: Callable[..., Assessment]) -> None:
    made = draft("Harmless.", "They film (ET1 red_flag 0.9 covert-capture).", "A guess (ET2 red_flag 0.7).")
    first, second = run(made).findings
    flag = next(f for f in LAW.red_flags if f.id == "covert-capture")
    assert (first.rule, first.severity) == ("ethics/covert-capture", flag.severity)
    assert made.text[first.start : first.end] == "They film (ET1 red_flag 0.9 covert-capture)."
    assert (second.rule, second.severity) == ("ethics/red-flag", "serious")  # the model's guess alone bars nothing


def test_a_red_flag_is_no_evidence_for_its_element(run: Callable[..., Assessment]) -> None:
    assert element(run(draft("(ET1 red_flag 0.9 covert-capture).")), "ET1").status == "not_found"


@pytest.mark.parametrize(("flag", "level"), [("covert-capture", "not_ready"), ("", "needs_work")])
def test_a_fatal_red_flag_bars_readiness(flag: str, level: str, run: Callable[..., Assessment]) -> None:
    everything = [s for r in REQUIREMENTS for s in settled(r)]
    assert run(draft(*everything, f"(ET1 red_flag 0.9 {flag}).".replace(" )", ")"))).readiness.level == level


# --- elements --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("(MC2 substantive 0.9).", "found"),
        ("(MC2 vague 0.9).", "vague"),
        ("(MC2 substantive 0.6) and (MC2 vague 0.9).", "found"),
        ("(MC3 substantive 0.9).", "not_found"),
    ],
)
def test_status_of_an_element(sentence: str, expected: str, run: Callable[..., Assessment]) -> None:
    result = element(run(draft(sentence)), "MC2")
    assert result.status == expected
    assert bool(result.evidence) == (expected in ("found", "vague"))


CLAIM = "1. A method of training a network, comprising: collecting vibration signals{}."


@pytest.mark.parametrize(
    ("claims", "body", "expected", "why"),
    [
        (CLAIM.format(" (TS2 substantive 0.9)"), "", "found", "it stands in the claim"),
        (CLAIM.format(""), "(TS2 substantive 0.9).", "vague", "it must stand in the claims, and does not"),
        ("", "(TS2 substantive 0.9).", "found", "there are no claims yet"),
    ],
)
def test_a_point_that_must_stand_in_the_claims(
    claims: str, body: str, expected: str, why: str, run: Callable[..., Assessment]
) -> None:
    assert LAW.element("TS2").where == "claims"
    assert element(run(draft(body or "Nothing.", claims=claims)), "TS2").status == expected, why


def test_the_strongest_quotes_come_first_and_are_few(run: Callable[..., Assessment]) -> None:
    made = draft(*(f"Number {n} (MC2 substantive 0.{n})." for n in (55, 91, 62, 97, 73, 88, 69, 91)))
    shown = element(run(made), "MC2").evidence
    assert [e.confidence for e in shown] == [0.97, 0.91, 0.91, 0.88, 0.73]
    assert shown[1].start < shown[2].start
    for item in shown:
        assert made.text[item.start : item.end] == item.quote


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("A reinforcement learning agent learns a policy with a reward.", "not_found"),
        ("The network model is trained on images.", "not_applicable"),
    ],
)
def test_reward_is_asked_only_of_reinforcement_learning(
    topic: str, expected: str, run: Callable[..., Assessment]
) -> None:
    assert element(run(draft(topic=topic)), "TM13").status == expected


@pytest.mark.parametrize("kind", ["model", "application", "ai_assisted", "ai_generated"])
def test_points_of_another_kind_of_invention_are_not_asked(kind: str, run: Callable[..., Assessment]) -> None:
    result = run(draft(), invention_type=kind)
    assert result.invention_type == kind
    for requirement in result.requirements:
        for e in requirement.elements:
            if kind not in LAW.element(e.id).applies_to:
                assert e.status == "not_applicable", e.id


def test_the_kind_is_taken_from_the_draft_unless_given(run: Callable[..., Assessment]) -> None:
    made = draft()
    assert run(made).invention_type == made.invention_type
    asked = {
        kind: {e.id for r in run(made, invention_type=kind).requirements for e in r.elements if e.status == "not_found"}
        for kind in ("model", "ai_assisted")
    }
    assert asked["model"] != asked["ai_assisted"]


@pytest.mark.parametrize(
    ("sentences", "score"),
    [([], 0.0), (["(TE2 vague 0.9)."], 0.5), (["(TE2 substantive 0.9)."], 1.0)],
)
def test_the_score_is_the_share_of_points_met(
    sentences: list[str], score: float, run: Callable[..., Assessment]
) -> None:
    mine = next(r for r in run(draft(*sentences)).requirements if r.id == "technical_effect")
    asked = [e for e in mine.elements if e.status != "not_applicable"]
    assert mine.score == round(score / len(asked), 3)


# --- readiness -------------------------------------------------------------------------------------------------

ALL = [s for r in REQUIREMENTS for s in settled(r)]


@pytest.mark.parametrize(
    ("sentences", "verdict", "level", "why"),
    [
        (ALL, "technical_solution", "ready", "everything is there"),
        (ALL, "uncertain", "needs_work", "no verdict is forced"),
        (ALL, "pure_algorithm", "not_ready", "Patent Law Art. 25.1(2), 2.2: a bar to grant"),
        (ALL[:-1], "technical_solution", "not_ready", "ethics is not found"),
        ([*ALL[:-1], "(ET4 vague 0.9)."], "technical_solution", "needs_work", "ethics is partly there"),
        ([], "technical_solution", "not_ready", "nothing is there"),
    ],
)
def test_readiness_level(
    sentences: list[str], verdict: str, level: str, why: str, run: Callable[..., Assessment]
) -> None:
    assert run(draft(*sentences), verdict).readiness.level == level, why


@pytest.mark.parametrize(
    ("severity", "level"), [("advisory", "ready"), ("serious", "needs_work"), ("fatal", "not_ready")]
)
def test_formal_findings_count_by_severity(
    severity: Any, level: str, run: Callable[..., Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    from patentprep.model import Finding

    monkeypatch.setattr(module, "formal_findings", lambda made: (Finding("claims/numbering", severity),))
    result = run(draft(*ALL))
    assert result.readiness.level == level
    assert ("claims/numbering" in result.readiness.next_steps) == (severity != "advisory")


def test_a_better_draft_has_a_better_score(run: Callable[..., Assessment]) -> None:
    scores = [run(draft(*ALL[:n])).readiness.score for n in range(0, len(ALL) + 1, 3)]
    assert scores == sorted(scores) and scores[0] == 0 and scores[-1] <= 100
    assert run(draft(*ALL), "pure_algorithm").readiness.score < run(draft(*ALL)).readiness.score


def test_next_steps_start_with_what_bars_a_grant(run: Callable[..., Assessment]) -> None:
    steps = run(draft("(ET1 red_flag 0.9 covert-capture)."), "pure_algorithm").readiness.next_steps
    assert steps[:2] == ("eligibility/pure-algorithm", "ethics/covert-capture")
    assert len(steps) == 3


def test_next_steps_are_about_different_requirements(run: Callable[..., Assessment]) -> None:
    steps = run(draft()).readiness.next_steps
    assert len(steps) == 3 and len({step[:2] for step in steps}) == 3
    assert all(LAW.element(step).severity == "fatal" for step in steps)


def test_a_ready_draft_has_no_next_step(run: Callable[..., Assessment]) -> None:
    assert run(draft(*ALL)).readiness.next_steps == ()


# --- the law on a filing date ------------------------------------------------------------------------------------


def test_a_draft_filed_before_2026_is_held_against_the_older_law(run: Callable[..., Assessment]) -> None:
    made = draft(*good("MC2", "MC4"))
    old, new = run(made, filed_on=date(2025, 12, 31)), run(made, filed_on=date(2026, 1, 1))
    asked_old = {e.id for r in old.requirements for e in r.elements}
    asked_new = {e.id for r in new.requirements for e in r.elements}
    assert "MC2" in asked_new and "MC2" not in asked_old and asked_old < asked_new
    assert old.filed_on == date(2025, 12, 31) and run(made).filed_on is None


def test_formal_rules_not_yet_in_force_are_left_out(
    run: Callable[..., Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    from patentprep.formal import load_formal_rules
    from patentprep.model import Finding

    monkeypatch.setattr(module, "formal_findings", lambda made: (Finding("claims/numbering", "serious"),))
    first_day = load_formal_rules()["claims/numbering"].in_force.start
    shown = [f.rule for f in run(draft(), filed_on=first_day).findings]
    assert shown == ["claims/numbering"]


def test_a_day_before_any_rule_is_refused(run: Callable[..., Assessment]) -> None:
    with pytest.raises(UsageError):
        run(draft(), filed_on=date(1990, 1, 1))


def test_unknown_checklist_is_refused(run: Callable[..., Assessment]) -> None:
    with pytest.raises(UsageError):
        run(draft(), checklists=["us-2026"])


def test_what_was_asked_is_recorded(run: Callable[..., Assessment]) -> None:
    steps: list[tuple[str, int, int]] = []
    result = run(draft(), on_step=lambda *step: steps.append(step))
    assert [(c.id, c.in_force) for c in result.checklists] == [("cn-2026", date(2026, 1, 1))]
    assert [r.id for r in result.requirements] == list(REQUIREMENTS)
    assert re.fullmatch(r"evidence [0-9a-f]{12}, eligibility [0-9a-f]{12}", result.model_version)
    assert steps[0][0] == "eligibility" and steps[-1][0] == "done" and steps[-1][1] == steps[-1][2]


def test_the_same_draft_gets_the_same_answer() -> None:
    """With the real judges."""
    made = draft("The network has three convolutional layers and two fully connected layers with 64 units each.")
    assert assess(made) == assess(made)
