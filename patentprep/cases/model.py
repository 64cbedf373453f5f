"""What a case is, and what can go wrong with the file that keeps it. No clock and no database in here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

from patentprep.errors import PatentprepError

Json: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None
AnswerState = Literal["answered", "not_applicable", "unknown"]
ANSWER_STATES: tuple[AnswerState, ...] = get_args(AnswerState)

MAX_SOURCE = 100_000_000  # bytes of one draft
MAX_SOURCES = 500  # versions of the draft in one case
MAX_CASE = 500_000_000  # bytes of all drafts of one case
MAX_VALUE = 200_000  # characters of one field, as JSON
MAX_NAME = 200  # characters of the name of a case or a draft

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_./:-]{0,99}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a case as it was at one time. Revisions of a field count up from 1; 0 means there is none yet."""

    value: Json
    revision: int
    changed: datetime  # aware, UTC


@dataclass(frozen=True, slots=True)
class Source:
    """One uploaded draft, a version of it. ``size`` is in bytes."""

    id: int
    name: str
    sha256: str
    size: int
    added: datetime  # aware, UTC


@dataclass(frozen=True, slots=True)
class Answer:
    """What the inventor said about one checklist element; ``text`` is the answer, or why it does not apply."""

    element: str
    state: AnswerState
    text: str


@dataclass(frozen=True, slots=True)
class CaseHead:
    """One line of the list of cases. ``answers`` and ``sources`` are counts."""

    id: str
    name: str
    created: datetime
    changed: datetime
    summary: dict[str, Any] | None
    answers: int
    sources: int


@dataclass(frozen=True, slots=True)
class Case:
    """One invention. ``entries`` hold the latest revision of every field; ``sources`` stand oldest first."""

    id: str
    name: str
    created: datetime
    changed: datetime
    entries: Mapping[str, Entry]
    sources: tuple[Source, ...]

    @property
    def latest(self) -> Source | None:
        """The newest version of the draft."""
        return self.sources[-1] if self.sources else None

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered, by element id. An answer without words is none."""
        found = {}
        for field, entry in self.entries.items():
            if not field.startswith("answer.") or not isinstance(entry.value, dict):
                continue
            element, state = field.removeprefix("answer."), entry.value.get("state")
            text = entry.value.get("text", "")
            if state in ANSWER_STATES and isinstance(text, str) and (state != "answered" or text.strip()):
                found[element] = Answer(element, state, text)
        return found

    def value(self, field: str, default: Any = None) -> Any:
        """The value of a field, or ``default`` where nothing was ever saved."""
        entry = self.entries.get(field)
        return default if entry is None else entry.value

    def revision(self, field: str) -> int:
        """What ``store.save`` expects of a writer who has seen this case: 0 where nothing was ever saved."""
        entry = self.entries.get(field)
        return 0 if entry is None else entry.revision


NO_ENTRY = Entry(None, 0, datetime(1970, 1, 1, tzinfo=UTC))


def is_field(name: str) -> bool:
    """Whether ``name`` can name a field: a letter, then letters, digits and ``_ . / : -``, 100 characters at most."""
    return _FIELD.fullmatch(name) is not None


def clean_name(name: str) -> str:
    """A name as it can be stored and shown: one line, no control characters, not endless."""
    line = " ".join(name.encode("utf-8", "replace").decode("utf-8").split())
    return "".join(character for character in line if character.isprintable())[:MAX_NAME]


class CaseUnknown(PatentprepError):
    """There is no case of that id (any more)."""

    key = "error.case_unknown"


class SourceUnknown(CaseUnknown):
    """The case has no draft of that id."""

    key = "error.source_unknown"


class Changed(PatentprepError):
    """Somebody else saved the field meanwhile; ``current`` is what is stored now."""

    key = "error.case_changed"

    def __init__(self, current: Entry = NO_ENTRY) -> None:
        super().__init__()
        self.current = current


class CaseTooLarge(PatentprepError):
    """More or larger drafts than one case may hold. Facts: each, all (MB), count."""

    key = "error.case_too_large"


class AnswerTooLong(PatentprepError):
    """A field longer than MAX_VALUE. Facts: characters."""

    key = "error.answer_too_long"


class StoreLocked(PatentprepError):
    """The cases are encrypted and no passphrase was given, or a wrong one (then ``wrong`` is true)."""

    key = "error.store_locked"

    def __init__(self, why: str = "locked") -> None:
        self.key = f"error.store_{why}"
        super().__init__()

    @property
    def wrong(self) -> bool:
        return self.key == "error.store_wrong_passphrase"


class StoreNewer(PatentprepError):
    """The file was written by a newer patentprep. Facts: path."""

    key = "error.store_newer"


class StoreUnusable(PatentprepError):
    """The file cannot be used. ``why``: unusable, foreign, denied, busy, full, damaged. Facts: path."""

    key = "error.store_unusable"

    def __init__(self, why: str = "unusable", **facts: object) -> None:
        self.key = f"error.store_{why}"
        super().__init__(**facts)


class EncryptionMissing(PatentprepError):
    """Encryption needs the extra ``patentprep[encrypt]``, which is not installed."""

    key = "error.encryption_missing"


class BadBundle(PatentprepError):
    """Not a file that ``export_case`` wrote. ``why``: bad, too_large, newer."""

    key = "error.bundle_bad"

    def __init__(self, why: str = "bad") -> None:
        self.key = f"error.bundle_{why}"
        super().__init__()
