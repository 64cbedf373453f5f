"""One case as one file, ``NAME.patentprep``: a ZIP of ``case.json`` (fields with their histories) and the drafts.

What is read back may come from anybody: it is bounded before it is unpacked, and every part of it is checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from patentprep.cases.model import (
    MAX_CASE,
    MAX_SOURCE,
    MAX_SOURCES,
    MAX_VALUE,
    AnswerTooLong,
    BadBundle,
    Case,
    Entry,
    clean_name,
    is_field,
)
from patentprep.cases.store import Store, histories, load, restore, source_bytes

SCHEMA_VERSION = 1
FORMAT = "patentprep-case"
MAX_JSON = 64_000_000  # bytes of case.json
MAX_ENTRIES = 100_000  # versions of all fields together
MAX_DIRECTORY = 1_000_000  # bytes of the ZIP's own table of contents

_SUFFIX = re.compile(r"\.(pdf|docx|txt|md)", re.IGNORECASE)
_MEMBER = re.compile(r"sources/[0-9]{4}(\.(pdf|docx|txt|md))?")
_END = struct.Struct("<4s4H2LH")  # end of central directory
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
)


def file_name(case_name: str) -> str:
    """A file name to offer for the bundle of a case."""
    safe = re.sub(r'[<>:"/\\|?*]+', " ", clean_name(case_name))
    return (" ".join(safe.split()).strip(". ")[:80] or "case") + ".patentprep"


def export_case(store: Store, case_id: str) -> bytes:
    """The whole case as a file. The same case gives the same bytes. Raises CaseUnknown.

    Where the histories are longer than a bundle may be, only the latest version of each field is written.
    """
    case, fields = load(store, case_id), histories(store, case_id)
    members = [
        f"sources/{number:04d}{_suffix(source.name)}" for number, source in enumerate(case.sources[:MAX_SOURCES], 1)
    ]
    text = _case_json(case, fields, members)
    if len(text) > MAX_JSON or sum(map(len, fields.values())) > MAX_ENTRIES:
        text = _case_json(case, {name: entries[-1:] for name, entries in fields.items()}, members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as bundle:
        bundle.writestr(_info("case.json"), text)
        for member, source in zip(members, case.sources, strict=True):
            bundle.writestr(_info(member), source_bytes(store, case_id, source.id))
    return buffer.getvalue()


def import_case(store: Store, data: bytes, now: datetime) -> Case:
    """Add a case from a file, under a new id: all of it or nothing.

    The field ``summary`` is left out: it is computed, and the sender's program may compute it differently.
    Raises BadBundle.
    """
    try:
        with _bundle(data) as bundle:
            return _import(store, bundle, now)
    except (*_BROKEN, AnswerTooLong) as error:
        raise BadBundle from error


def _suffix(name: str) -> str:
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    return ending if _SUFFIX.fullmatch(ending) else ""


def _info(member: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))  # no clock
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _case_json(case: Case, fields: dict[str, tuple[Entry, ...]], members: list[str]) -> bytes:
    content = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "name": case.name,
        "created": case.created.isoformat(),
        "changed": case.changed.isoformat(),
        "fields": {
            name: [{"value": e.value, "revision": e.revision, "changed": e.changed.isoformat()} for e in entries]
            for name, entries in fields.items()
        },
        "sources": [
            {
                "file": member,
                "name": source.name,
                "sha256": source.sha256,
                "size": source.size,
                "added": source.added.isoformat(),
            }
            for member, source in zip(members, case.sources, strict=True)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")


# --- reading what somebody sent --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    file: str
    name: str
    sha256: str
    size: int
    added: datetime


def _bundle(data: bytes) -> zipfile.ZipFile:
    """Open the ZIP after a look at its end: a comment, ZIP64 or a huge table of contents is nothing we write."""
    if len(data) > MAX_CASE + MAX_JSON + MAX_DIRECTORY:
        raise BadBundle("too_large")
    if len(data) < _END.size or data[-42:-38] == b"PK\x06\x07":
        raise BadBundle
    signature, *_, directory, _offset, comment = _END.unpack(data[-_END.size :])
    if signature != b"PK\x05\x06" or comment or directory > MAX_DIRECTORY:
        raise BadBundle
    return zipfile.ZipFile(io.BytesIO(data))


def _import(store: Store, bundle: zipfile.ZipFile, now: datetime) -> Case:
    members = {info.filename: info for info in bundle.infolist()}
    if len(members) != len(bundle.infolist()) or len(members) > MAX_SOURCES + 1:
        raise BadBundle
    if members["case.json"].file_size > MAX_JSON:
        raise BadBundle("too_large")
    case = json.loads(_read(bundle, members["case.json"]).decode("utf-8"), object_pairs_hook=_once)
    if not isinstance(case, dict) or case.get("format") != FORMAT:
        raise BadBundle
    version = _whole(case["schema_version"], 1)
    if version > SCHEMA_VERSION:
        raise BadBundle("newer")
    _keys(case, "format", "schema_version", "name", "created", "changed", "fields", "sources")
    _moment(case["changed"])
    if not isinstance(case["fields"], dict) or not isinstance(case["sources"], list):
        raise BadBundle
    fields = {name: _entries(name, entries) for name, entries in case["fields"].items()}
    if sum(map(len, fields.values())) > MAX_ENTRIES:
        raise BadBundle("too_large")
    fields.pop("summary", None)
    listed = [_listed(source, members) for source in case["sources"]]
    if {source.file for source in listed} | {"case.json"} != members.keys() or len(listed) + 1 != len(members):
        raise BadBundle
    if any(source.size > MAX_SOURCE for source in listed) or sum(source.size for source in listed) > MAX_CASE:
        raise BadBundle("too_large")

    def sources() -> Iterator[tuple[str, bytes, datetime]]:
        for source in listed:
            content = _read(bundle, members[source.file])
            if hashlib.sha256(content).hexdigest() != source.sha256:
                raise BadBundle
            yield source.name, content, source.added

    return restore(store, _text(case["name"]), _moment(case["created"]), now, fields, sources())


def _read(bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one member: as many as it says, and not encrypted."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
        raise BadBundle
    with bundle.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise BadBundle
    return data


def _listed(source: Any, members: dict[str, zipfile.ZipInfo]) -> _Listed:
    _keys(source, "file", "name", "sha256", "size", "added")
    file, size = _text(source["file"]), _whole(source["size"], 0)
    if not _MEMBER.fullmatch(file) or members[file].file_size != size:
        raise BadBundle
    return _Listed(file, _text(source["name"]), _text(source["sha256"]), size, _moment(source["added"]))


def _entries(name: str, entries: Any) -> list[Entry]:
    if not is_field(name) or not isinstance(entries, list):
        raise BadBundle
    found, last = [], 0
    for entry in entries:
        _keys(entry, "value", "revision", "changed")
        revision = _whole(entry["revision"], last + 1)
        found.append(Entry(entry["value"], revision, _moment(entry["changed"])))
        last = revision
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadBundle
    return found


def _keys(value: Any, *expected: str) -> None:
    if not isinstance(value, dict) or set(value) != set(expected):
        raise BadBundle


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_VALUE:
        raise BadBundle
    return value


def _whole(value: Any, least: int) -> int:
    if type(value) is not int or not least <= value < 2**53:
        raise BadBundle
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise BadBundle
    return moment.astimezone(UTC)
