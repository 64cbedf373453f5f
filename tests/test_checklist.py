"""The law as data: every element proves its own cues, and a file that breaks the rules is refused with its line."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from patentprep.checklist import (
    INVENTION_TYPES,
    Checklist,
    Element,
    Pattern,
    Period,
    RedFlag,
    Words,
    available,
    load_checklist,
    parse,
)
from patentprep.errors import ChecklistError, UsageError
from patentprep.evidence import normal
from patentprep.formal import load_formal_rules
from patentprep.model import REQUIREMENTS
from patentprep.patterns import _compiled, _lowered
from patentprep.resources import load_yaml
from patentprep.strings import LANGUAGES, say

LAW = load_checklist("cn-2026")
# Section d of the reference: so many points under each heading.
POINTS = {"TS": 12, "TE": 12, "MC": 14, "DS": 13, "TM": 15, "ET": 13}
HEADING = dict(zip(POINTS, REQUIREMENTS, strict=True))
CASES = ("finds", "passes_over", "good", "bad")

every_element = pytest.mark.parametrize("element", LAW.elements, ids=lambda e: e.id)
every_flag = pytest.mark.parametrize("flag", LAW.red_flags, ids=lambda f: f.id)


def test_every_point_of_the_reference_is_there_once() -> None:
    wanted = [f"{letters}{n}" for letters, count in POINTS.items() for n in range(1, count + 1)]
    assert sorted(e.id for e in LAW.elements) == sorted(wanted)
    assert len(wanted) == 79


@every_element
def test_the_letters_of_an_element_name_its_requirement(element: Element) -> None:
    assert element.requirement == HEADING[element.id[:2]]


# --- the sentences that prove the cues -------------------------------------------------------------------


@every_element
def test_element_finds_what_meets_it(element: Element) -> None:
    for sentence in (*element.finds, element.good.zh, element.good.en):
        assert element.reads(normal(sentence)) == "found", sentence


@every_element
def test_element_passes_over_what_only_sounds_so(element: Element) -> None:
    for sentence in (*element.passes_over, element.bad.zh, element.bad.en):
        assert element.reads(normal(sentence)) != "found", sentence


@every_flag
def test_red_flag_sees_the_conduct(flag: RedFlag) -> None:
    for sentence in flag.finds:
        assert flag.matches(normal(sentence)), sentence


@every_flag
def test_red_flag_leaves_the_innocent_alone(flag: RedFlag) -> None:
    for sentence in flag.passes_over:
        assert not flag.matches(normal(sentence)), sentence


def is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


@every_element
def test_element_is_proved_in_both_languages(element: Element) -> None:
    for sentences, least in ((element.finds, 3), (element.passes_over, 2)):
        languages = Counter(is_chinese(sentence) for sentence in sentences)
        assert languages[True] >= least and languages[False] >= least
    assert len(set(element.finds)) == len(element.finds)


@every_flag
def test_flag_is_proved_in_both_languages(flag: RedFlag) -> None:
    for sentences in (flag.finds, flag.passes_over):
        assert {is_chinese(sentence) for sentence in sentences} == {True, False}


# --- words ---------------------------------------------------------------------------------------------------

WORDS = ("title", "provision", "asks", "advice", "question", "good", "bad")
PROMISES = re.compile(
    r"(will|shall|must) be granted|guarantee|complies with|必然授权|保证授权|一定(能|会)授权|符合专利法", re.IGNORECASE
)


@every_element
def test_element_has_all_words_in_both_languages(element: Element) -> None:
    for name in WORDS:
        words = getattr(element, name)
        assert isinstance(words, Words) and words.zh.strip() and words.en.strip(), name
        assert is_chinese(words.zh) and not is_chinese(words.en), name
    assert element.question.zh.rstrip("”").endswith("？") and element.question.en.endswith("?")
    assert element.source in LAW.sources


@every_element
def test_element_promises_nothing(element: Element) -> None:
    for name in ("asks", "advice", "question"):
        words = getattr(element, name)
        assert not PROMISES.search(words.zh + " " + words.en)


@every_flag
def test_flag_has_all_words_in_both_languages(flag: RedFlag) -> None:
    for name in ("title", "provision", "advice", "question"):
        words = getattr(flag, name)
        assert is_chinese(words.zh) and not is_chinese(words.en), name


def test_flags_concern_ethics_or_the_lawful_origin_of_data() -> None:
    assert {flag.element[:2] for flag in LAW.red_flags} <= {"ET", "DS"}
    assert all("5" in flag.provision.en for flag in LAW.red_flags)


@pytest.mark.parametrize("kind", INVENTION_TYPES)
def test_needs_name_points_that_the_law_asks(kind: str) -> None:
    """Points of another heading are allowed on purpose only: handling of personal data settles ethics."""
    for requirement in LAW.requirements:
        groups = requirement.needs[kind]  # type: ignore[index]
        assert groups and all(groups)
        strangers = {i for group in groups for i in group if LAW.element(i).requirement != requirement.id}
        assert strangers <= ({"DS8", "DS9", "DS10", "DS13"} if requirement.id == "ethics" else set())


# --- patterns ------------------------------------------------------------------------------------------------


def patterns() -> Iterator[tuple[str, str, str]]:
    """Every single alternative: where it stands, its language, its expression."""

    def both(where: str, pattern: Pattern) -> Iterator[tuple[str, str, str]]:
        yield from ((where, "zh", text) for text in pattern.zh)
        yield from ((where, "en", text) for text in pattern.en)

    for element in LAW.elements:
        for name in ("when", "cues", "vague", "unless"):
            yield from both(f"{element.id}.{name}", getattr(element, name))
    for flag in LAW.red_flags:
        yield from both(f"{flag.id}.unless", flag.unless)
        for groups in flag.all_of:
            for group in groups:
                yield from both(f"{flag.id}.all_of", group)
    for name, pattern in LAW.filters.items():
        yield from both(f"filters.{name}", pattern)


def test_every_pattern_compiles_by_itself() -> None:
    broken = []
    for where, lang, text in patterns():
        try:
            re.compile(text, re.IGNORECASE)
        except re.error as error:
            broken.append((where, lang, text, str(error)))
    assert broken == []
    assert sum(1 for _ in patterns()) > 1500


def test_no_pattern_matches_an_empty_sentence() -> None:
    """Such a pattern would match every sentence."""
    assert [(where, text) for where, _, text in patterns() if re.search(text, "", re.IGNORECASE)] == []


def runs_away(pattern: str) -> bool:
    """``(a+)+`` and ``(a*b?)*`` take exponential time; ``(a+)?`` and ``(b,a+)*`` do not."""
    return re.search(r"\((?:\?:)?(?:\\?[^()\\|]|\[[^\]]*\])[+*]\)[+*]", pattern) is not None


def test_no_pattern_can_run_away() -> None:
    assert runs_away(r"(?:\d+)+") and runs_away("(.*)*") and not runs_away(r"\d+(?:,\d+)*")
    assert [(where, text) for where, _, text in patterns() if runs_away(text)] == []


def test_patterns_are_quick_on_a_hostile_sentence() -> None:
    import time

    hostile = ("the camera records " * 400, "采集用户的数据，" * 400, "a" * 6000, "1" * 6000, "，" * 6000)
    started = time.process_time()
    for sentence in hostile:
        for element in LAW.elements:
            element.reads(sentence)
        for flag in LAW.red_flags:
            flag.matches(sentence)
    assert time.process_time() - started < 10


# --- the law on a filing date --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        (date(2025, 12, 31), False),  # Order No. 84 is in force from 2026-01-01
        (date(2026, 1, 1), True),
        (None, True),  # the latest edition
    ],
)
def test_points_of_2026_are_asked_from_their_first_day(day: date | None, asked: bool) -> None:
    new = {e.id for e in LAW.elements if e.in_force.start == date(2026, 1, 1)}
    assert {"MC2", "MC4", "TM1", "TM5", "DS8", "ET6"} <= new  # GL II-9, 6.1.1 and 6.3.1 as amended
    then = LAW.at(day)
    kept = {e.id for e in then.elements}
    assert (new <= kept) if asked else not (new & kept)
    for requirement in then.requirements:
        for groups in requirement.needs.values():
            assert all(group for group in groups)
            assert {i for group in groups for i in group} <= kept
    assert {flag.element for flag in then.red_flags} <= kept


def test_old_points_are_asked_before_and_after() -> None:
    old = {e.id for e in LAW.elements if e.in_force.start < date(2026, 1, 1)}
    assert old
    assert {e.id for e in LAW.at(date(2025, 12, 31)).elements} == old


@pytest.mark.parametrize(
    ("period", "day", "holds"),
    [
        (Period(date(2026, 1, 1), None), date(2026, 1, 1), True),
        (Period(date(2026, 1, 1), None), date(2025, 12, 31), False),
        (Period(date(2020, 2, 1), date(2024, 1, 20)), date(2024, 1, 19), True),
        (Period(date(2020, 2, 1), date(2024, 1, 20)), date(2024, 1, 20), False),  # `until` is excluded
        (Period(date(2020, 2, 1), date(2024, 1, 20)), None, False),  # repealed: no part of the latest law
    ],
)
def test_period(period: Period, day: date | None, holds: bool) -> None:
    assert period.holds(day) is holds


def test_formal_rules_carry_dates_of_their_own() -> None:
    for rule in load_formal_rules().values():
        assert rule.in_force.holds(None) and not rule.in_force.holds(date(1990, 1, 1)), rule.id


# --- strict loading ------------------------------------------------------------------------------------------

REQUIREMENT = """
  - id: {id}
    title: {{zh: 标题, en: Title}}
    asks: {{zh: 问, en: asks}}
    provision: {{zh: 条款, en: provision}}
    needs: {{default: [[X1]]}}"""

ELEMENT = """
  - id: {id}
    requirement: technical_scenario
    title: {{zh: 技术领域, en: Field}}
    provision: {{zh: 实施细则第20条, en: IR Rule 20}}
    source: S1
    in_force: {{from: "2026-01-01"}}
    severity: serious
    where: either
    applies_to: [model]
    when: {{zh: [], en: []}}
    cues: {{zh: [轴承], en: [bearing]}}
    vague: {{zh: [], en: []}}
    unless: {{zh: [], en: []}}
    asks: {{zh: 问, en: asks}}
    advice: {{zh: 写, en: write}}
    question: {{zh: 什么？, en: What?}}
    good: {{zh: 轴承, en: bearing}}
    bad: {{zh: 机器, en: machine}}
    finds: [轴承, bearing]
    passes_over: [机器, machine]"""

FLAG = """
  - id: covert
    element: X1
    severity: fatal
    title: {zh: 偷拍, en: Covert}
    provision: {zh: 第5条, en: Art. 5}
    all_of: {zh: [[偷拍]], en: [[covert]]}
    unless: {zh: [], en: []}
    advice: {zh: 改, en: change}
    question: {zh: 知道吗？, en: Known?}
    finds: [偷拍]
    passes_over: [拍]"""


def minimal() -> str:
    """The smallest checklist that loads."""
    return (
        "id: tiny\ntitle: {zh: 小, en: Tiny}\nedition: e\nin_force: {from: 2026-01-01}\n"
        "sources: {S1: {zh: 来源, en: Source}}\nfilters: {}\n"
        "requirements:" + "".join(REQUIREMENT.format(id=name) for name in REQUIREMENTS) + "\n"
        "elements:" + ELEMENT.format(id="X1") + ELEMENT.format(id="X2") + "\nred_flags:" + FLAG + "\n"
    )


def load(text: str, folder: Path) -> Checklist:
    path = folder / "tiny.yaml"
    path.write_text(text, encoding="utf-8")
    return parse(load_yaml(path))


def test_the_minimal_checklist_loads(tmp_path: Path) -> None:
    law = load(minimal(), tmp_path)
    assert [e.id for e in law.elements] == ["X1", "X2"] and [f.id for f in law.red_flags] == ["covert"]


BROKEN = [
    # what is wrong, changed from, changed to, a line that holds this, words of the message
    ("key twice", "edition: e\n", "edition: e\nedition: f\n", "edition: f", "stands twice"),
    (
        "key twice in an element",
        "severity: serious",
        "severity: serious\n    severity: fatal",
        "severity: fatal",
        "twice",
    ),
    ("unknown key", "edition: e\n", "edition: e\ncolour: red\n", "colour", "unknown key 'colour'"),
    ("unknown key in an element", "where: either", "where: either\n    were: claims", "were:", "unknown key 'were'"),
    ("missing key", "    severity: serious\n", "", "- id: X1", "'severity' is missing"),
    ("missing language", "{zh: 技术领域, en: Field}", "{zh: 技术领域}", "{zh: 技术领域}", "'en' is missing"),
    ("wrong severity", "severity: serious", "severity: grave", "severity: grave", "'grave'; allowed: fatal"),
    ("wrong place", "where: either", "where: abstract", "where: abstract", "allowed: claims"),
    ("wrong requirement", "requirement: technical_scenario", "requirement: novelty", "requirement: novelty", "novelty"),
    ("unknown source", "source: S1", "source: S9", "source: S9", "source 'S9' is not listed"),
    ("wrong invention type", "[model]", "[robot]", "[robot]", "'robot' is no invention type"),
    ("element twice", "- id: X2", "- id: X1", None, "id 'X1' stands twice"),
    ("needs an unknown element", "[[X1]]", "[[X7]]", "[[X7]]", "element 'X7' does not exist"),
    (
        "needs of an unknown type",
        "{default: [[X1]]}",
        "{default: [[X1]], robot: [[X1]]}",
        "robot",
        "unknown key 'robot'",
    ),
    ("needs is no list of lists", "[[X1]]", "[X1]", "[X1]", "list of lists"),
    ("flag for an unknown element", "element: X1", "element: X8", "element: X8", "element 'X8' does not exist"),
    ("requirement left out", "id: ethics", "id: technical_effect", "requirements:", "six requirements"),
    ("impossible date", '"2026-01-01"', '"2026-02-30"', "2026-02-30", "must be a date"),
    ("empty text", "title: {zh: 小, en: Tiny}", "title: {zh: '', en: Tiny}", "zh: ''", "non-empty"),
    ("text for a list", "finds: [轴承, bearing]", "finds: 轴承", "finds: 轴承", "list of texts"),
    ("not YAML", "edition: e\n", "edition: [e\n", None, ""),
    ("tab", "edition: e\n", "edition: e\n\tx: y\n", "x: y", ""),
]


@pytest.mark.parametrize(("before", "after", "at", "says"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_file_is_refused_with_file_and_line(
    before: str, after: str, at: str | None, says: str, tmp_path: Path
) -> None:
    text = minimal()
    assert before in text
    broken = text.replace(before, after, 1)
    with pytest.raises(ChecklistError) as refused:
        load(broken, tmp_path)
    facts = refused.value.facts
    assert facts["file"] == "tiny.yaml"
    assert says in str(facts["problem"])
    line = facts["line"]
    assert isinstance(line, int) and 1 <= line <= broken.count("\n") + 1
    if at is not None:
        assert at in broken.splitlines()[line - 1]
    for lang in LANGUAGES:
        assert "tiny.yaml" in say(refused.value, lang) and str(line) in say(refused.value, lang)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words\n"])
def test_a_file_that_is_no_mapping_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ChecklistError):
        load(text, tmp_path)


def test_scalars_stay_what_was_written(tmp_path: Path) -> None:
    """Plain YAML would make false of NO and 6.1 of 6.10."""
    law = load(minimal().replace("edition: e", "edition: NO").replace("第20条", "6.10"), tmp_path)
    assert law.edition == "NO" and "6.10" in law.elements[0].provision.zh


# --- choosing a checklist ------------------------------------------------------------------------------------


def test_unknown_checklist_names_those_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        load_checklist("us-2026")
    assert refused.value.facts["what"] == "us-2026" and "cn-2026" in str(refused.value.facts["hint"])


def test_shipped_checklists() -> None:
    assert "cn-2026" in available() and not any(name.startswith("cn-formal") for name in available())


def test_unknown_element() -> None:
    assert LAW.element("TS1").id == "TS1"
    with pytest.raises(UsageError):
        LAW.element("TS99")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("采用Adam优化", True),  # Latin letters inside Chinese text
        ("ADAM optimiser", True),  # case does not matter
        ("madame", False),  # part of another word
        ("采用梯度下降", False),
        ("", False),
    ],
)
def test_pattern_looks_into_both_scripts(text: str, found: bool) -> None:
    pattern = Pattern(zh=("Adam",), en=(r"(?<![A-Za-z])adam(?![A-Za-z])",))
    assert (pattern.search(text) is not None) is found


def test_the_quick_look_in_small_letters_misses_nothing() -> None:
    """Patterns are first tried on the text in small letters; what they say must be what they say of the text itself."""
    texts = {text for e in LAW.elements for text in (*e.finds, *e.passes_over, e.good.en, e.bad.en)}
    patterns = {p.en for e in LAW.elements for p in (e.cues, e.vague, e.unless) if p.en}
    wrong = [
        (text, pattern[0])
        for text in sorted(texts)
        if text.isascii()
        for pattern in patterns
        if _compiled(pattern).search(text) and not _lowered(pattern).search(text.lower())
    ]
    assert wrong == []


@pytest.mark.parametrize("data", [b"id: \xff\xfe\n", b"id: a\x01b\n", "id: 核对表\n".encode("gb18030")])
def test_bytes_that_are_no_text_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_bytes(data)
    with pytest.raises(ChecklistError) as refused:
        load_yaml(path)
    assert refused.value.facts["file"] == "tiny.yaml" and "UTF-8" in say(refused.value, "en")
