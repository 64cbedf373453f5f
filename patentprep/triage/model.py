"""One line of the table: what a manager needs to know of a draft, small enough to keep for a hundred thousand of them.

A row holds ids, numbers and keys, no words of an interface; ``report/triage.py`` looks the words up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from sys import intern
from typing import Any, Literal, get_args

from patentprep.errors import PatentprepError, UsageError
from patentprep.model import (
    REQUIREMENTS,
    Assessment,
    Eligibility,
    Lang,
    ReadinessLevel,
    RequirementId,
    RequirementResult,
    RequirementStatus,
    Verdict,
)

Decision = Literal["go", "fix", "hold"]
Confidence = Literal["sure", "fair", "low"]
ReasonKey = Literal[
    "unreadable", "unknown_kind", "no_draft", "pure_algorithm", "red_flag", "fatal", "not_found", "partial",
    "uncertain", "serious", "ready",
]  # fmt: skip

DECISIONS: tuple[Decision, ...] = get_args(Decision)
REASONS: tuple[ReasonKey, ...] = get_args(ReasonKey)
PURE_ALGORITHM = "eligibility/pure-algorithm"
RED_FLAG = "ethics/"
NO_DRAFT = "not_a_patent"  # the warning about a text that does not read like the description of an invention

# The words of the drafts that make an answer less sure, and from where on.
CLEAR_MARGIN = 0.1  # of the probability, beyond the band in which no verdict is forced
FIRM = 0.7  # confidence of the best sentence that a covered requirement rests on
MISSING_TEXT = frozenset({"image_pages", "broken_pages", "recovered", "encoding_guessed", "claims_not_recognised"})


class UnknownKind(UsageError):
    """A file that is no PDF, DOCX, TXT or MD by its name. Facts: name."""

    key = "error.triage_unknown_kind"


def file_name(path: str) -> str:
    """The last part of a path, of whatever system it came from."""
    return path.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One draft, or one file that could not be read. Tuples hold ids; their order is that of the checklist."""

    path: str  # as given, or found below what was given; members of archives after "!/"
    suffix: str
    size: int  # bytes
    mtime_ns: int  # when it was last written, nanoseconds since 1970
    sha256: str = ""
    error: str = ""  # key of the sentence that says why it was not read; empty: it was read
    error_facts: tuple[tuple[str, str], ...] = ()
    title: str = ""
    language: Lang | None = None
    pages: int | None = None
    characters: int = 0
    claims: int = 0
    independent: int = 0
    level: ReadinessLevel | None = None
    score: int = 0  # readiness, 0..100
    statuses: tuple[tuple[RequirementId, RequirementStatus], ...] = ()
    coverage: tuple[tuple[RequirementId, float], ...] = ()  # share of the applicable points met, 0..1
    gaps: tuple[str, ...] = ()  # elements not found in requirements that are not covered
    next_steps: tuple[str, ...] = ()  # as in ``Readiness``
    red_flags: tuple[str, ...] = ()  # rules, one for each place
    fatal: tuple[str, ...] = ()
    serious: tuple[str, ...] = ()
    verdict: Verdict | None = None
    probability: float | None = None  # of reading as a pure algorithm
    confidence: Confidence = "low"
    decision: Decision = "hold"
    reason: ReasonKey = "unreadable"
    about: tuple[str, ...] = ()  # the rules or requirements that the reason names
    duplicate_of: str = ""  # path of the draft that says nearly the same
    version_of: str = ""  # path of the newest version of this draft
    next_deadline: date | None = None
    sketch: bytes = b""  # see ``duplicates``; in no report
    sarif: str = ""  # JSON of its part of a SARIF log, where that was asked for

    @property
    def ok(self) -> bool:
        """Whether it was read and judged."""
        return not self.error

    @property
    def superseded(self) -> bool:
        """Whether it is a copy, or an older version, of another draft in the pile."""
        return bool(self.duplicate_of or self.version_of)

    @property
    def name(self) -> str:
        """The file's own name."""
        return file_name(self.path)


def row_of(assessment: Assessment, path: str, suffix: str, size: int, mtime_ns: int) -> Row:
    """What the table says of one assessed draft."""
    draft = assessment.draft
    findings = assessment.findings
    decision, reason, about = decide(assessment)
    statuses = _statuses(assessment.requirements)
    return Row(
        path=path,
        suffix=suffix,
        size=size,
        mtime_ns=mtime_ns,
        sha256=draft.document.sha256,
        title=draft.title,
        language=draft.language,
        pages=len(draft.document.pages) or None,
        characters=len(draft.text),
        claims=len(draft.claims),
        independent=sum(claim.independent for claim in draft.claims),
        level=assessment.readiness.level,
        score=assessment.readiness.score,
        statuses=statuses,
        coverage=tuple(
            (name, min(r.score for r in assessment.requirements if r.id == name and r.status == status))
            for name, status in statuses
        ),
        gaps=tuple(
            element.id
            for result in assessment.requirements
            if result.status in ("partial", "not_found")
            for element in result.elements
            if element.status == "not_found"
        ),
        next_steps=assessment.readiness.next_steps,
        red_flags=tuple(f.rule for f in findings if f.rule.startswith(RED_FLAG)),
        fatal=tuple(f.rule for f in findings if f.severity == "fatal"),
        serious=tuple(f.rule for f in findings if f.severity == "serious"),
        verdict=assessment.eligibility.verdict,
        probability=assessment.eligibility.probability,
        confidence=confidence(assessment),
        decision=decision,
        reason=reason,
        about=about,
    )


def unreadable(
    error: PatentprepError, path: str, suffix: str, size: int = 0, mtime_ns: int = 0, sha256: str = ""
) -> Row:
    """The row of a file that could not be read: it is listed with its sentence, never dropped."""
    return Row(
        path=path,
        suffix=suffix,
        size=size,
        mtime_ns=mtime_ns,
        sha256=sha256,
        error=error.key,
        error_facts=tuple((name, str(value)) for name, value in error.facts.items()),
        reason="unknown_kind" if isinstance(error, UnknownKind) else "unreadable",
    )


def decide(assessment: Assessment) -> tuple[Decision, ReasonKey, tuple[str, ...]]:
    """Go, fix or hold, why, and the rules or requirements that the reason names. The first that applies:

    * **hold**: the text does not read like the description of an invention, and may be the wrong file; the draft reads
      as a pure algorithm (Art. 25.1(2), 2.2); a passage is a red flag of Art. 5; any other finding is fatal. No
      drafting mends these; somebody must decide first. A file that cannot be read is held too.
    * **fix**: a requirement is not found or only partly there; it is uncertain whether the draft is a technical
      solution; a finding is serious. The inventor or the agent can mend these, before filing (Art. 33).
    * **go**: none of these, which is the readiness level "ready".
    """
    if any(warning.key == NO_DRAFT for warning in assessment.draft.unparsed):
        return "hold", "no_draft", ()
    findings = assessment.findings
    fatal = tuple(dict.fromkeys(f.rule for f in findings if f.severity == "fatal"))
    flags = tuple(dict.fromkeys(f.rule for f in findings if f.rule.startswith(RED_FLAG)))
    if assessment.eligibility.verdict == "pure_algorithm" or PURE_ALGORITHM in fatal:
        return "hold", "pure_algorithm", ()
    if flags:
        return "hold", "red_flag", flags
    if fatal:
        return "hold", "fatal", fatal
    statuses = _statuses(assessment.requirements)
    for status, key in (("not_found", "not_found"), ("partial", "partial")):
        if named := tuple(name for name, found in statuses if found == status):
            return "fix", key, named  # type: ignore[return-value]
    if assessment.eligibility.verdict == "uncertain":
        return "fix", "uncertain", ()
    serious = tuple(dict.fromkeys(f.rule for f in findings if f.severity == "serious"))
    if serious or assessment.readiness.level != "ready":
        return "fix", "serious", serious
    return "go", "ready", ()


def confidence(assessment: Assessment) -> Confidence:
    """How sure the decision is.

    * **low**: part of the file was not read (pages that are images, broken pages, a guessed encoding, claims that
      were not recognised), no verdict on eligibility was forced, or the text does not read like a draft.
    * **fair**: the probability of a pure algorithm, of the draft or of one independent claim, lies within 0.1 of the
      band without a verdict; or a covered requirement rests on no sentence of at least 0.7.
    * **sure**: neither.
    """
    draft, eligibility = assessment.draft, assessment.eligibility
    if any(w.key in {*MISSING_TEXT, NO_DRAFT} for w in (*draft.document.warnings, *draft.unparsed)):
        return "low"
    if eligibility.verdict == "uncertain":
        return "low"
    if _margin(eligibility) < CLEAR_MARGIN or any(_best(r) < FIRM for r in assessment.requirements):
        return "fair"
    return "sure"


def _margin(eligibility: Eligibility) -> float:
    """How far the draft and its independent claims are from the band without a verdict; below 0 inside it."""
    from patentprep.eligibility import uncertain_band

    low, high = uncertain_band()
    chances = [eligibility.probability, *(claim.probability for claim in eligibility.claims)]
    return min(max(low - p, p - high) for p in chances)


def _best(result: RequirementResult) -> float:
    if result.status != "covered":
        return 1.0
    return max((item.confidence for e in result.elements for item in e.evidence), default=0.0)


def _statuses(results: tuple[RequirementResult, ...]) -> tuple[tuple[RequirementId, RequirementStatus], ...]:
    """One status a requirement: the worst, where several checklists ask for it."""
    order: tuple[RequirementStatus, ...] = ("not_found", "partial", "covered", "not_applicable")
    found = []
    for name in REQUIREMENTS:
        mine = [r.status for r in results if r.id == name]
        if mine:
            found.append((name, min(mine, key=order.index)))
    return tuple(found)


# --- for the cache ---------------------------------------------------------------------------------------

OF_THE_PLACE = ("path", "suffix", "size", "mtime_ns", "duplicate_of", "version_of", "next_deadline", "sketch",
                "sarif")  # fmt: skip
_LISTS = ("statuses", "coverage", "error_facts")


def to_cache(row: Row) -> dict[str, Any]:
    """What depends on the content alone, as values that JSON has."""
    return {name: value for name, value in asdict(row).items() if name not in OF_THE_PLACE}


def from_cache(kept: Mapping[str, Any], path: str, suffix: str, size: int, mtime_ns: int, sketch: bytes) -> Row:
    """The row again, for a file at ``path``. Raises KeyError or TypeError for what is no such row.

    Ids are shared between rows: they take the most memory of all.
    """
    values: dict[str, Any] = {}
    for field in fields(Row):
        if field.name in OF_THE_PLACE:
            continue
        value = kept[field.name]
        if field.name in _LISTS:
            value = tuple((intern(name), intern(item) if isinstance(item, str) else item) for name, item in value)
        elif isinstance(value, list):
            value = tuple(intern(item) for item in value)
        values[field.name] = value
    return moved(Row(path, suffix, size, mtime_ns, sketch=sketch, **values), path, mtime_ns)


def moved(row: Row, path: str, mtime_ns: int) -> Row:
    """The same content at another place, under another name."""
    row = replace(row, path=path, mtime_ns=mtime_ns)
    facts = tuple((key, row.name if key == "name" else value) for key, value in row.error_facts)
    return replace(row, error_facts=facts)
