"""Checklists: what an office asks of an AI draft, loaded strictly from ``checklists/*.yaml``.

An element is one checkable point of the law with its provision, its words in both languages, the cues by which a
sentence is recognised, and the sentences that prove the cues right. Python only knows how to ask; the law is data.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from patentprep.errors import UsageError
from patentprep.model import REQUIREMENTS, InventionType, Lang, RequirementId, Severity
from patentprep.patterns import Pattern as Pattern
from patentprep.patterns import Screen
from patentprep.resources import Block, files, folder, load_yaml

INVENTION_TYPES: tuple[InventionType, ...] = ("model", "application", "ai_assisted", "ai_generated")
SEVERITIES: tuple[Severity, ...] = ("fatal", "serious", "advisory")

_ELEMENT_KEYS = {
    *("id", "requirement", "title", "provision", "source", "in_force", "severity", "where", "applies_to"),
    *("when", "cues", "vague", "unless", "asks", "advice", "question", "good", "bad", "finds", "passes_over"),
}
_FLAG_KEYS = {
    *("id", "element", "severity", "title", "provision", "all_of", "unless"),
    *("advice", "question", "finds", "passes_over"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Period:
    """In force from the first day up to and excluding ``until``."""

    start: date
    until: date | None

    def holds(self, day: date | None) -> bool:
        """Whether the rule is in force on ``day``; None asks for the law as it stands last."""
        if day is None:
            return self.until is None
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Element:
    """One point the law asks for. ``where`` says where it must stand: claims, description or either.

    ``named_by_cue``: in a sentence of substance for the requirement, a cue of this element is never a coincidence.
    """

    id: str
    requirement: RequirementId
    title: Words
    provision: Words
    source: str
    in_force: Period
    severity: Severity
    where: str
    applies_to: tuple[InventionType, ...]
    when: Pattern
    cues: Pattern
    vague: Pattern
    unless: Pattern
    named_by_cue: bool
    asks: Words
    advice: Words
    question: Words
    good: Words
    bad: Words
    finds: tuple[str, ...]
    passes_over: tuple[str, ...]

    def reads(self, text: str) -> str:
        """What the cues alone make of a sentence: "found", "vague" or "" for nothing."""
        if self.unless.search(text):
            return ""
        if self.vague.search(text):
            return "vague"
        return "found" if self.cues.search(text) else ""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Conduct that Patent Law Art. 5 would not bear: every group of ``all_of`` must match one sentence."""

    id: str
    element: str
    severity: Severity
    title: Words
    provision: Words
    all_of: tuple[tuple[Pattern, ...], ...]  # one tuple of groups per language
    unless: Pattern
    advice: Words
    question: Words
    finds: tuple[str, ...]
    passes_over: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Whether one sentence describes this conduct and nothing in it says otherwise."""
        return self.shown(lambda pattern: pattern.search(text))

    def shown(self, search: Callable[[Pattern], object]) -> bool:
        """The same, of a sentence in which ``search`` looks for a pattern."""
        return any(all(map(search, groups)) for groups in self.all_of if groups) and not search(self.unless)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of the six headings. ``needs`` is the published status rule: groups of elements, one of each must be met."""

    id: RequirementId
    title: Words
    asks: Words
    provision: Words
    needs: dict[InventionType, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Checklist:
    id: str
    title: Words
    edition: str
    in_force: Period
    sources: dict[str, Words]
    requirements: tuple[Requirement, ...]
    elements: tuple[Element, ...]
    red_flags: tuple[RedFlag, ...]
    filters: dict[str, Pattern]
    screen: Screen = field(compare=False, repr=False)  # all patterns by which sentences are read

    def element(self, element_id: str) -> Element:
        for element in self.elements:
            if element.id == element_id:
                return element
        raise UsageError(what=element_id, hint=f"{self.elements[0].id} ... {self.elements[-1].id}")

    def at(self, filed_on: date | None) -> Checklist:
        """The law on a filing date: the elements in force that day. None means the latest edition."""
        kept = tuple(e for e in self.elements if e.in_force.holds(filed_on))
        ids = {e.id for e in kept}
        requirements = tuple(
            Requirement(
                r.id,
                r.title,
                r.asks,
                r.provision,
                {
                    kind: tuple(g for g in (tuple(i for i in group if i in ids) for group in groups) if g)
                    for kind, groups in r.needs.items()
                },
            )
            for r in self.requirements
        )
        flags = tuple(f for f in self.red_flags if f.element in ids)
        return replace(self, requirements=requirements, elements=kept, red_flags=flags)


def available() -> tuple[str, ...]:
    """Ids of the requirement checklists that are shipped."""
    return tuple(p.stem for p in files("checklists", "*.yaml") if not p.stem.startswith("cn-formal"))


@cache
def load_checklist(checklist_id: str) -> Checklist:
    """Load and prove one checklist. Raises UsageError for an unknown id, ChecklistError with file and line."""
    if checklist_id not in available():
        raise UsageError(what=checklist_id, hint=", ".join(available()))
    return parse(load_yaml(folder("checklists") / f"{checklist_id}.yaml"))


def parse(root: Block) -> Checklist:
    """A checklist from its YAML. Raises ChecklistError for unknown or missing keys, wrong ids, broken patterns."""
    root.expect({"id", "title", "edition", "in_force", "sources", "requirements", "filters", "elements", "red_flags"})
    sources = root.block("sources")
    elements = tuple(_element(block, sources) for block in root.blocks("elements"))
    expect_unique_ids(root.blocks("elements"))
    ids = {element.id for element in elements}
    requirements = tuple(_requirement(block, ids) for block in root.blocks("requirements"))
    if {r.id for r in requirements} != set(REQUIREMENTS):
        raise root.at("requirements").error("the six requirements must each stand once")
    flags = tuple(_red_flag(block, ids) for block in root.blocks("red_flags"))
    expect_unique_ids(root.blocks("red_flags"))
    block = root.block("filters")
    filters = {key: pattern_of(block, key) for key in block}
    return Checklist(
        id=root.text("id"),
        title=words_of(root, "title"),
        edition=root.text("edition"),
        in_force=period_of(root),
        sources={key: words_of(sources, key) for key in sources},
        requirements=requirements,
        elements=elements,
        red_flags=flags,
        filters=filters,
        screen=Screen(
            [
                *(pattern for e in elements for pattern in (e.cues, e.vague, e.unless)),
                *(pattern for f in flags for pattern in (f.unless, *(group for one in f.all_of for group in one))),
                *filters.values(),
            ]
        ),
    )


def expect_unique_ids(blocks: tuple[Block, ...]) -> None:
    """Raise ChecklistError when an id stands twice."""
    seen: dict[str, int] = {}
    for block in blocks:
        name = block.text("id")
        if name in seen:
            raise block.at("id").error(f"id {name!r} stands twice (first on line {seen[name]})")
        seen[name] = block.at("id").line


def words_of(block: Block, key: str) -> Words:
    """The text under ``key`` in both languages. Raises ChecklistError when one is missing."""
    pair = block.block(key)
    pair.expect({"zh", "en"})
    return Words(pair.text("zh"), pair.text("en"))


def _date(block: Block, key: str) -> date:
    try:
        return date.fromisoformat(block.text(key))
    except ValueError as error:
        raise block.at(key).error(f"{key!r} must be a date such as 2026-01-01") from error


def period_of(block: Block) -> Period:
    """``in_force``: from a day, and until another if it has one. Raises ChecklistError for what is no date."""
    pair = block.block("in_force")
    pair.expect({"from"}, {"until"})
    return Period(_date(pair, "from"), _date(pair, "until") if "until" in pair else None)


def pattern_of(block: Block, key: str) -> Pattern:
    """The patterns under ``key``, per language."""
    pair = block.block(key)
    pair.expect({"zh", "en"})
    return Pattern(pair.texts("zh"), pair.texts("en"))


def source_of(block: Block, sources: Container[str]) -> str:
    """The key of a source. Raises ChecklistError when ``sources`` does not list it."""
    source = block.text("source")
    if source not in sources:
        raise block.at("source").error(f"source {source!r} is not listed under 'sources'")
    return source


def _element(block: Block, sources: Container[str]) -> Element:
    block.expect(_ELEMENT_KEYS, {"named_by_cue"})
    applies = block.texts("applies_to")
    for kind in applies:
        if kind not in INVENTION_TYPES:
            raise block.at("applies_to").error(f"{kind!r} is no invention type")
    return Element(
        id=block.text("id"),
        requirement=block.one_of("requirement", REQUIREMENTS),  # type: ignore[arg-type]
        title=words_of(block, "title"),
        provision=words_of(block, "provision"),
        source=source_of(block, sources),
        in_force=period_of(block),
        severity=block.one_of("severity", SEVERITIES),  # type: ignore[arg-type]
        where=block.one_of("where", ("claims", "description", "either")),
        applies_to=applies,  # type: ignore[arg-type]
        when=pattern_of(block, "when"),
        cues=pattern_of(block, "cues"),
        vague=pattern_of(block, "vague"),
        unless=pattern_of(block, "unless"),
        named_by_cue="named_by_cue" in block and block.one_of("named_by_cue", ("yes", "no")) == "yes",
        asks=words_of(block, "asks"),
        advice=words_of(block, "advice"),
        question=words_of(block, "question"),
        good=words_of(block, "good"),
        bad=words_of(block, "bad"),
        finds=block.texts("finds"),
        passes_over=block.texts("passes_over"),
    )


def _groups(block: Block, key: str) -> tuple[tuple[str, ...], ...]:
    value = block.get(key)
    if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
        raise block.at(key).error(f"{key!r} must be a list of lists")
    return tuple(tuple(str(item) for item in group) for group in value)


def _requirement(block: Block, ids: set[str]) -> Requirement:
    block.expect({"id", "title", "asks", "provision", "needs"})
    needs = block.block("needs")
    needs.expect({"default"}, set(INVENTION_TYPES))
    by_type = {kind: _groups(needs, kind if kind in needs else "default") for kind in INVENTION_TYPES}
    for kind, groups in by_type.items():
        for element_id in (i for group in groups for i in group):
            if element_id not in ids:
                raise needs.at(kind).error(f"element {element_id!r} does not exist")
    return Requirement(
        id=block.one_of("id", REQUIREMENTS),  # type: ignore[arg-type]
        title=words_of(block, "title"),
        asks=words_of(block, "asks"),
        provision=words_of(block, "provision"),
        needs=by_type,
    )


def _red_flag(block: Block, ids: set[str]) -> RedFlag:
    block.expect(_FLAG_KEYS)
    if block.text("element") not in ids:
        raise block.at("element").error(f"element {block.text('element')!r} does not exist")
    both = block.block("all_of")
    both.expect({"zh", "en"})
    return RedFlag(
        id=block.text("id"),
        element=block.text("element"),
        severity=block.one_of("severity", SEVERITIES),  # type: ignore[arg-type]
        title=words_of(block, "title"),
        provision=words_of(block, "provision"),
        all_of=(
            tuple(Pattern(zh=group) for group in _groups(both, "zh")),
            tuple(Pattern(en=group) for group in _groups(both, "en")),
        ),
        unless=pattern_of(block, "unless"),
        advice=words_of(block, "advice"),
        question=words_of(block, "question"),
        finds=block.texts("finds"),
        passes_over=block.texts("passes_over"),
    )
