"""SARIF 2.1.0 (OASIS), for teams that keep disclosures in a repository and look at findings where they look at code.

Levels: "error" for what makes a draft not ready, so that a build can fail on it as the exit status does; "warning" for
what must be mended; "note" for the rest. Lines and columns are those of the text file itself; Word and PDF files have
no lines: there ``properties`` name page and quotation.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from patentprep.cases.compose import known_elements, printable
from patentprep.checklist import load_checklist
from patentprep.errors import UsageError
from patentprep.model import Assessment, Lang
from patentprep.report.notes import Note, notes, title_place
from patentprep.strings import t
from patentprep.versions import program_version

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
    "md": "text/markdown",
}
MOST_QUOTED = 300


def to_sarif(assessment: Assessment, lang: Lang, *, path: str | None = None, data: bytes | None = None) -> str:
    """One draft as a SARIF log. ``path`` as it was given on the command line; ``data``: the bytes of the file.

    Without ``data``, results on text files have no lines and columns.
    """
    return sarif_log([sarif_part(assessment, lang, path=path, data=data)], lang)


def sarif_part(
    assessment: Assessment, lang: Lang, *, path: str | None = None, data: bytes | None = None
) -> dict[str, Any]:
    """What one draft adds to a log: its ``artifact``, ``rules`` by id, and ``results``. Plain values, small."""
    document = assessment.draft.document
    location = _location(path or document.name)
    artifact: dict[str, Any] = {"location": location, "mimeType": MIME[document.format]}
    artifact["hashes"] = {"sha-256": document.sha256}
    if data is not None:
        artifact["length"] = len(data)
    lines = _Lines(data, assessment) if data is not None and document.format in ("txt", "md") else None
    rules: dict[str, Any] = {}
    results = []
    counted: Counter[str] = Counter()
    for note in notes(assessment, lang):
        rules.setdefault(note.rule, _rule(note, assessment, lang))
        results.append(_result(note, assessment, location, lines, counted))
    return {"artifact": artifact, "rules": rules, "results": results}


def sarif_log(parts: Iterable[dict[str, Any]], lang: Lang, not_read: Sequence[tuple[str, str]] = ()) -> str:
    """A log of many drafts. ``not_read``: path, and the sentence that says why."""
    artifacts: list[Any] = []
    rules: list[Any] = []
    index: dict[str, int] = {}
    results: list[Any] = []
    for number, part in enumerate(parts):
        artifacts.append(part["artifact"])
        for name, rule in part["rules"].items():
            if name not in index:
                index[name] = len(rules)
                rules.append(rule)
        for result in part["results"]:
            physical = result["locations"][0]["physicalLocation"]
            place = physical | {"artifactLocation": physical["artifactLocation"] | {"index": number}}
            results.append(
                result | {"ruleIndex": index[result["ruleId"]], "locations": [{"physicalLocation": place}]}
            )  # fmt: skip
    driver = {
        "name": "patentprep",
        "version": program_version(),
        "fullDescription": {"text": t("sarif.information", lang)},
        "rules": rules,
    }
    notifications = [
        {"level": "error", "message": {"text": message},
         "locations": [{"physicalLocation": {"artifactLocation": _location(path)}}]}
        for path, message in not_read
    ]  # fmt: skip
    run = {
        "tool": {"driver": driver},
        "language": "zh-CN" if lang == "zh" else "en-US",
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "artifacts": artifacts,
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _location(path: str) -> dict[str, str]:
    """A relative path below the root of the sources, an absolute one as a file address."""
    pure = PurePath(path)
    if pure.is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(printable(pure.as_posix()), safe="/"), "uriBaseId": "%SRCROOT%"}


def _rule(note: Note, assessment: Assessment, lang: Lang) -> dict[str, Any]:
    from patentprep.report.explain import explain

    title = note.title
    if note.kind == "vague":
        title = known_elements()[note.rule].title.in_(lang)
    try:
        told = explain(note.rule, lang)
    except UsageError:  # a requirement, or a verdict that none is
        asks = [r.asks.in_(lang) for c in assessment.checklists for r in load_checklist(c.id).requirements
                if r.id == note.rule]  # fmt: skip
        told = "\n".join([*asks, note.message, note.provision]).strip()
    name = "".join(part[:1].upper() + part[1:] for part in note.rule.replace("_", "-").replace("/", "-").split("-"))
    return {
        "id": note.rule,
        "name": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title} ({note.provision})" if note.provision else title},
        "help": {"text": told},
        "defaultConfiguration": {"level": note.level},
        "properties": {"tags": ["patent", note.kind]},
    }


def _result(
    note: Note, assessment: Assessment, location: dict[str, str], lines: _Lines | None, counted: Counter[str]
) -> dict[str, Any]:
    draft = assessment.draft
    words = draft.text[note.start : note.end] if note.start is not None and note.end is not None else ""
    flat = " ".join(words.split())
    flat = flat if len(flat) <= MOST_QUOTED else flat[: MOST_QUOTED - 1] + "…"
    place: dict[str, Any] = {"artifactLocation": location}
    region = lines.region(*_span(note, assessment)) if lines else None
    if region:
        place["region"] = region | {"snippet": {"text": printable(flat)}}
    properties: dict[str, Any] = {"kind": note.kind, "status": note.label}
    if flat:
        properties["quote"] = printable(flat)
    if note.start is not None and draft.document.pages:
        properties["page"] = draft.document.page_at(note.start)
    # A gap is the same gap wherever in the draft it is told; a passage is known by its words, not by its line.
    known_by = note.rule if note.kind in ("gap", "eligibility") else note.rule + "\n" + _bare(words)
    counted[known_by] += 1
    print_ = hashlib.sha256(f"{known_by}\n{counted[known_by]}".encode("utf-8", "replace")).hexdigest()
    return {
        "ruleId": note.rule,
        "level": note.level,
        "message": {"text": printable("\n".join([f"{note.title}: {note.message}", *note.asks]))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"patentprep/v1": print_, "primaryLocationLineHash": f"{print_[:16]}:1"},
        "properties": properties,
    }


def _span(note: Note, assessment: Assessment) -> tuple[int, int]:
    """Its place; a note on the draft as a whole stands at the title."""
    if note.start is None or note.end is None:
        return title_place(assessment.draft)
    return note.start, note.end


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).casefold()


class _Lines:
    """From places in ``Document.text`` to lines and columns of the text file it was read from."""

    def __init__(self, data: bytes, assessment: Assessment) -> None:
        from patentprep.read.place import _letters
        from patentprep.read.plain import decode

        self.raw = decode(data)[0]
        self.ours, self.offsets = _letters(assessment.draft.text)
        self.theirs, self.places = _letters(self.raw)
        self.starts = [0]
        for at, character in enumerate(self.raw):
            if character == "\n" or (character == "\r" and self.raw[at + 1 : at + 2] != "\n"):
                self.starts.append(at + 1)

    def region(self, start: int, end: int) -> dict[str, Any] | None:
        """Lines and columns from 1, the end column one beyond; None where the place is not certain."""
        from patentprep.read.place import _find

        first, last = bisect_left(self.offsets, start), bisect_left(self.offsets, end)
        at = _find(self.ours, first, last, self.theirs) if first < last else None
        if at is None:
            return None
        low, high = self.places[at], self.places[at + last - first - 1] + 1
        one, other = bisect_right(self.starts, low), bisect_right(self.starts, high - 1)
        return {
            "startLine": one,
            "startColumn": low - self.starts[one - 1] + 1,
            "endLine": other,
            "endColumn": high - self.starts[other - 1] + 1,
        }
