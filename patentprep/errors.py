"""Problems we can explain to the person whose draft it is."""

from __future__ import annotations


class PatentprepError(Exception):
    """A problem with the input, not with the program.

    ``key`` names a sentence in ``locale/*.yaml`` that says what is wrong, where, and what to do; ``facts`` fill
    its placeholders. ``strings.say(error, lang)`` writes the sentence. Anything that is not a PatentprepError is a bug.
    """

    key = "error.unknown"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(f"{self.key} {facts}" if facts else self.key)


class DraftError(PatentprepError):
    """A draft that cannot be read or assessed."""

    key = "error.draft_unreadable"


class FileMissing(DraftError):
    """There is no file of that name."""

    key = "error.file_missing"


class FolderGiven(FileMissing):
    """What is there is a folder."""

    key = "error.folder_given"


class EmptyDraft(DraftError):
    """The file has no bytes, or no words."""

    key = "error.empty_draft"


class UnknownFormat(DraftError):
    """Not a PDF, DOCX, TXT or MD file, whatever its name says."""

    key = "error.unknown_format"


class OldWordFormat(DraftError):
    """A .doc file of Word 97-2003."""

    key = "error.old_word"


class EncryptedDraft(DraftError):
    """The file opens only with a password."""

    key = "error.encrypted"


class DamagedDraft(DraftError):
    """The file is truncated or its structure is broken."""

    key = "error.damaged"


class ScannedDraft(DraftError):
    """The PDF has pages but no text layer."""

    key = "error.scanned"


class TooLong(DraftError):
    """More pages or characters than a draft can sensibly have."""

    key = "error.too_long"


class UnsupportedLanguage(DraftError):
    """Neither Chinese nor English."""

    key = "error.language"


class NotADraft(DraftError):
    """The text holds no sentence to assess."""

    key = "error.not_a_draft"


class ChecklistError(PatentprepError):
    """A checklist or data file of ours, or of the user's, breaks its own rules. Facts: file, line, problem."""

    key = "error.checklist"


class UsageError(PatentprepError):
    """A wrong argument. Facts: what, hint."""

    key = "error.usage"


class DateError(PatentprepError):
    """A date that does not exist, or dates in an impossible order."""

    key = "error.date"


class UnknownOffice(PatentprepError):
    """Not a WIPO ST.3 code in our table."""

    key = "error.office"
