"""The values every layer shares: small, frozen, and pointing back at the draft.

All offsets are Unicode code points into ``Document.text``; ranges are half-open, so ``text[start:end]`` is the thing
itself. ``page`` counts from 1 and is None where the format has no pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Lang = Literal["zh", "en"]
Progress = Callable[[str, int, int], None]  # step key (strings: progress.<key>), done, total

SectionKind = Literal[
    "abstract", "claims", "technical_field", "background", "summary", "drawings", "embodiments", "other"
]
ClaimCategory = Literal["method", "apparatus", "system", "medium", "program", "composition", "use", "other"]
InventionType = Literal["model", "application", "ai_assisted", "ai_generated"]
RequirementId = Literal[
    "technical_scenario",
    "technical_effect",
    "model_construction",
    "training_data_source",
    "training_method",
    "ethics",
]
Strength = Literal["substantive", "vague", "red_flag"]
ElementStatus = Literal["found", "vague", "not_found", "not_applicable"]
RequirementStatus = Literal["covered", "partial", "not_found", "not_applicable"]
Severity = Literal["fatal", "serious", "advisory"]
Verdict = Literal["technical_solution", "pure_algorithm", "uncertain"]
ReadinessLevel = Literal["ready", "needs_work", "not_ready"]

REQUIREMENTS: tuple[RequirementId, ...] = (
    "technical_scenario",
    "technical_effect",
    "model_construction",
    "training_data_source",
    "training_method",
    "ethics",
)


def silent(step: str, done: int, total: int) -> None:
    """The progress callback of those who do not watch."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about the reading that the user should know. ``key`` names a sentence ``warning.<key>``."""

    key: str
    page: int | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    start: int
    end: int
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class ParagraphLabel:
    """A printed paragraph number such as ``[0012]``; it is kept here and is no part of the text.

    ``start`` is where the paragraph's own text begins; the label holds until the next one.
    """

    start: int
    label: str


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: clean text, and where each character came from."""

    name: str
    format: Literal["pdf", "docx", "txt", "md"]
    text: str
    pages: tuple[Page, ...]  # empty where the format has no pages
    labels: tuple[ParagraphLabel, ...]
    warnings: tuple[Warned, ...]
    sha256: str  # of the file's bytes

    def page_at(self, offset: int) -> int | None:
        """The page that holds the character at ``offset``."""
        for page in self.pages:
            if page.start <= offset < page.end:
                return page.number
        return self.pages[-1].number if self.pages else None


@dataclass(frozen=True, slots=True)
class Section:
    kind: SectionKind
    heading: str  # as printed; empty when inferred
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    number: int
    text: str  # without the printed number
    category: ClaimCategory
    independent: bool
    depends_on: tuple[int, ...]  # as written, even when such a claim does not exist
    start: int  # text == draft.text[start:end]
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One unit of evidence. In a claim, a long claim is cut at its semicolons and line breaks."""

    text: str
    start: int
    end: int
    section: SectionKind
    page: int | None = None
    paragraph: str | None = None  # the label in force, e.g. "[0012]"
    claim: int | None = None  # number of the claim it stands in
    asked: str | None = None  # the element it was written to answer, where it is an answer of the inventor


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with its structure recognised."""

    document: Document
    language: Lang
    title: str
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]
    sentences: tuple[Sentence, ...]
    invention_type: InventionType
    unparsed: tuple[Warned, ...] = ()  # what structure could not make sense of

    @property
    def text(self) -> str:
        return self.document.text


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of the draft that speaks to one checklist element."""

    element: str
    requirement: RequirementId
    strength: Strength
    quote: str
    start: int
    end: int
    page: int | None
    paragraph: str | None
    confidence: float  # 0..1
    because: str  # the cue or terms that decided, in the draft's words


@dataclass(frozen=True, slots=True)
class ElementResult:
    id: str
    status: ElementStatus
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class RequirementResult:
    id: RequirementId
    checklist: str
    status: RequirementStatus
    score: float  # share of the applicable points met, 0..1
    elements: tuple[ElementResult, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """What moved an eligibility verdict. Negative weight pulls towards a technical solution."""

    kind: str  # "path", "acts_on", "output_use", "boilerplate", "terms", "sentence", ...
    text: str  # the draft's own words, or empty when the reason is an absence
    weight: float
    start: int | None = None
    end: int | None = None
    note: str = ""  # key of the sentence that explains it: strings "reason.<note>"


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    number: int
    verdict: Verdict
    probability: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``probability`` is always that of reading as a pure algorithm (Patent Law Art. 25.1(2) or 2.2)."""

    verdict: Verdict
    probability: float
    claims: tuple[ClaimVerdict, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend at one place: a formal defect, or an ethics red flag. ``rule`` is looked up for its words."""

    rule: str
    severity: Severity
    start: int | None = None
    end: int | None = None
    page: int | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    level: ReadinessLevel
    score: int  # 0..100
    next_steps: tuple[str, ...]  # ids of elements or rules, most urgent first, three at most


@dataclass(frozen=True, slots=True)
class ChecklistEdition:
    id: str
    edition: str
    in_force: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the report says about one draft. Wording is looked up when the report is written."""

    draft: Draft
    checklists: tuple[ChecklistEdition, ...]
    invention_type: InventionType
    requirements: tuple[RequirementResult, ...]
    eligibility: Eligibility
    findings: tuple[Finding, ...]
    readiness: Readiness
    model_version: str
    filed_on: date | None = None
