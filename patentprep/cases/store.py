"""Cases in one SQLite file on the user's machine: appended revisions, so that nothing overwrites anything unseen.

Every call opens a connection of its own (many threads may call), and holds the folder's lock while it does: shared
for reading and saving, alone for what rewrites the whole file. A save is on the disk when the call returns.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from patentprep.cases import files
from patentprep.cases.model import (
    MAX_CASE,
    MAX_SOURCE,
    MAX_SOURCES,
    MAX_VALUE,
    NO_ENTRY,
    AnswerTooLong,
    Case,
    CaseHead,
    CaseTooLarge,
    CaseUnknown,
    Changed,
    Entry,
    Json,
    Source,
    SourceUnknown,
    StoreLocked,
    StoreUnusable,
    clean_name,
    is_field,
)

SPELL = timedelta(minutes=5)  # versions of a field that follow each other faster are one spell of typing
LOSS = 80  # characters of JSON: a version at least this long is kept when the next one is less than half of it

_HEADS = """
SELECT c.id, c.name, c.created, c.changed,
  (SELECT value FROM entry WHERE case_id = c.id AND field = 'summary' ORDER BY revision DESC LIMIT 1),
  (SELECT count(*) FROM entry e WHERE e.case_id = c.id AND e.field > 'answer.' AND e.field < 'answer/'
     AND e.revision = (SELECT max(revision) FROM entry WHERE case_id = c.id AND field = e.field)
     AND json_extract(e.value, '$.state') IN ('answered', 'not_applicable', 'unknown')
     AND (json_extract(e.value, '$.state') <> 'answered'
          OR trim(json_extract(e.value, '$.text'), char(9, 10, 13, 32, 160, 12288)) <> '')),
  (SELECT count(*) FROM source WHERE case_id = c.id)
FROM case_ c ORDER BY c.changed DESC, c.id
"""
_LATEST = """
SELECT field, value, revision, changed FROM entry e WHERE case_id = ?
  AND revision = (SELECT max(revision) FROM entry WHERE case_id = e.case_id AND field = e.field) ORDER BY field
"""


@dataclass(frozen=True, slots=True)
class Store:
    """Where cases are kept. ``Store(store_path())`` can be made by hand to ``delete_all`` without the passphrase."""

    path: Path
    passphrase: str | None = field(default=None, repr=False)


def store_path(folder: Path | None = None) -> Path:
    """The file of cases: in ``folder``, else in $PATENTPREP_HOME, else in the platform's data folder."""
    if folder is None and os.environ.get("PATENTPREP_HOME"):
        folder = Path(os.environ["PATENTPREP_HOME"]).expanduser()
    if folder is None:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("patentprep", appauthor=False))
    try:
        return (folder / "cases.sqlite3").resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreUnusable("denied", path=folder / "cases.sqlite3") from error


def open_store(folder: Path | None = None, passphrase: str | None = None) -> Store:
    """Find or make the file of cases and bring it up to date.

    ``passphrase`` opens an encrypted file; where there is no file yet, the new one is encrypted with it; a file that
    is not encrypted opens without, and the Store returned says so (its passphrase is None).
    Raises StoreLocked, StoreNewer, StoreUnusable, EncryptionMissing.
    """
    store = Store(store_path(folder), passphrase or None)
    with files.explained(store.path):
        files.tidy(store.path)
        with _connect(store):
            plain = files.is_plain(store.path)
    return replace(store, passphrase=None) if plain else store


def create(store: Store, name: str, now: datetime, draft: tuple[str, bytes] | None = None) -> Case:
    """A new case, with a first draft (name, bytes) if there is one. Raises CaseTooLarge."""
    sources = [] if draft is None else [(draft[0], draft[1], now)]
    return restore(store, name, now, now, {}, sources)


def restore(
    store: Store,
    name: str,
    created: datetime,
    now: datetime,
    histories: Mapping[str, Sequence[Entry]],
    sources: Iterable[tuple[str, bytes, datetime]],
) -> Case:
    """A new case with a past: all of it or, when anything fails, nothing. Raises CaseTooLarge, AnswerTooLong."""
    case_id = secrets.token_hex(8)
    with _writing(store) as connection:
        row = (case_id, clean_name(name), _stamp(created), _stamp(now))
        connection.execute("INSERT INTO case_ (id, name, created, changed) VALUES (?, ?, ?, ?)", row)
        for field_, entries in histories.items():
            for entry in entries:
                _insert(connection, case_id, field_, entry.revision, _json(entry.value), entry.changed)
        for source_name, data, added in sources:
            _insert_source(connection, case_id, source_name, data, added)
        return _load(connection, case_id)


def heads(store: Store) -> tuple[CaseHead, ...]:
    """All cases for a list, the one changed last first."""
    with _connect(store) as connection:
        rows = connection.execute(_HEADS).fetchall()
    found = []
    for case_id, name, created, changed, summary, answers, sources in rows:
        value = None if summary is None else json.loads(summary)
        kept = value if isinstance(value, dict) else None
        found.append(CaseHead(case_id, name, _time(created), _time(changed), kept, answers, sources))
    return tuple(found)


def load(store: Store, case_id: str) -> Case:
    """One case as it is now. Raises CaseUnknown."""
    with _connect(store) as connection:
        connection.execute("BEGIN")  # one moment for all that is read
        return _load(connection, case_id)


def save(store: Store, case_id: str, field: str, value: Json, expected: int, now: datetime) -> Entry:
    """Append a version of one field, and return it once it is on the disk.

    ``expected`` is the revision the writer has seen, 0 for none. The same value again changes nothing. The version
    before is dropped if it is younger than SPELL: history keeps one version per spell of typing. It is kept when
    most of a longer text has just gone, which may be a mistake. The field ``summary`` is computed by the program, and
    does not count as a change of the case.
    Raises Changed when somebody else saved meanwhile, CaseUnknown, AnswerTooLong.
    """
    text = _json(value)
    with _writing(store) as connection:
        _require(connection, case_id)
        row = connection.execute(
            "SELECT value, revision, changed FROM entry WHERE case_id = ? AND field = ? ORDER BY revision DESC LIMIT 1",
            (case_id, field),
        ).fetchone()
        current = NO_ENTRY if row is None else _entry(row)
        if row is not None and row[0] == text:
            return current
        if current.revision != expected:
            raise Changed(current)
        if row is not None and timedelta(0) <= now - current.changed < SPELL and not _loses(row[0], text):
            connection.execute(
                "DELETE FROM entry WHERE case_id = ? AND field = ? AND revision = ?", (case_id, field, expected)
            )
        _insert(connection, case_id, field, expected + 1, text, now)
        if field != "summary":
            _touch(connection, case_id, now)
    return _entry((text, expected + 1, _stamp(now)))


def history(store: Store, case_id: str, field: str) -> tuple[Entry, ...]:
    """The versions of one field that were kept, oldest first. Raises CaseUnknown."""
    return histories(store, case_id).get(field, ())


def histories(store: Store, case_id: str) -> dict[str, tuple[Entry, ...]]:
    """The versions of every field that were kept, oldest first. Raises CaseUnknown."""
    found: dict[str, list[Entry]] = {}
    with _connect(store) as connection:
        _require(connection, case_id)
        query = "SELECT field, value, revision, changed FROM entry WHERE case_id = ? ORDER BY field, revision"
        for name, *row in connection.execute(query, (case_id,)):
            found.setdefault(name, []).append(_entry(row))
    return {name: tuple(entries) for name, entries in found.items()}


def rename(store: Store, case_id: str, name: str, now: datetime) -> Case:
    """Give a case another name. Raises CaseUnknown."""
    with _writing(store) as connection:
        _require(connection, case_id)
        changed = connection.execute(
            "UPDATE case_ SET name = ? WHERE id = ? AND name <> ?", (clean_name(name), case_id, clean_name(name))
        ).rowcount
        if changed:
            _touch(connection, case_id, now)
        return _load(connection, case_id)


def add_source(store: Store, case_id: str, name: str, data: bytes, now: datetime) -> Case:
    """Add a version of the draft; the same bytes as the latest are nothing new. Raises CaseUnknown, CaseTooLarge."""
    with _writing(store) as connection:
        case = _load(connection, case_id)
        if case.latest is not None and case.latest.sha256 == hashlib.sha256(data).hexdigest():
            return case
        _insert_source(connection, case_id, name, data, now)
        _touch(connection, case_id, now)
        return _load(connection, case_id)


def source_bytes(store: Store, case_id: str, source_id: int) -> bytes:
    """The file of one version of the draft, as it was uploaded. Raises SourceUnknown (a CaseUnknown)."""
    with _connect(store) as connection:
        row = connection.execute(
            "SELECT data FROM source WHERE case_id = ? AND id = ?", (case_id, source_id)
        ).fetchone()
    if row is None:
        raise SourceUnknown(case=case_id)
    return bytes(row[0])


def delete(store: Store, case_id: str) -> None:
    """Delete a case so that its text stands nowhere in the file any more. Raises CaseUnknown.

    What a file system or an SSD keeps of overwritten blocks is beyond us: encryption is the answer to that.
    """
    with _connect(store, alone=True) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _require(connection, case_id)
        connection.execute("DELETE FROM case_ WHERE id = ?", (case_id,))
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def delete_all(store: Store) -> None:
    """Delete all cases: the files are overwritten and removed. Works without the passphrase."""
    with files.explained(store.path), files.lock(store.path, alone=True):
        files.remove(store.path)


def set_passphrase(store: Store, new: str | None) -> Store:
    """Encrypt the whole file, change its passphrase, or (None) decrypt it; return the Store that opens it from now on.

    All rows are copied into a new file that takes the old one's place at the end: a crash leaves one or the other.
    Raises EncryptionMissing, StoreLocked, StoreUnusable.
    """
    if new == "":
        raise StoreLocked("empty_passphrase")
    goal = replace(store, passphrase=new)
    with _connect(store):  # the old passphrase is right, the file is up to date
        pass
    with files.explained(store.path), files.lock(store.path, alone=True):
        target = files.beside(store.path)
        files.remove(target)
        with closing(files.connect(store.path, store.passphrase)) as old, closing(files.connect(target, new)) as copy:
            copy.execute("BEGIN IMMEDIATE")
            for table in ("case_", "source", "entry"):
                columns = len(old.execute(f"PRAGMA table_info({table})").fetchall())
                insert = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"
                for row in old.execute(f"SELECT * FROM {table}"):
                    copy.execute(insert, row)
            copy.execute("COMMIT")
            if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise StoreUnusable("damaged", path=store.path)
        files.swap(target, store.path)
    return goal


# --- inside one transaction ------------------------------------------------------------------------------


@contextmanager
def _connect(store: Store, alone: bool = False) -> Iterator[sqlite3.Connection]:
    with (
        files.explained(store.path),
        files.lock(store.path, alone),
        closing(files.connect(store.path, store.passphrase)) as connection,
    ):
        yield connection


@contextmanager
def _writing(store: Store) -> Iterator[sqlite3.Connection]:
    """One write transaction. Anything raised inside undoes it."""
    with _connect(store) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _require(connection: sqlite3.Connection, case_id: str) -> None:
    if connection.execute("SELECT 1 FROM case_ WHERE id = ?", (case_id,)).fetchone() is None:
        raise CaseUnknown(case=case_id)


def _load(connection: sqlite3.Connection, case_id: str) -> Case:
    row = connection.execute("SELECT name, created, changed FROM case_ WHERE id = ?", (case_id,)).fetchone()
    if row is None:
        raise CaseUnknown(case=case_id)
    entries = {name: _entry(rest) for name, *rest in connection.execute(_LATEST, (case_id,))}
    query = "SELECT id, name, sha256, length(data), added FROM source WHERE case_id = ? ORDER BY id"
    rows = connection.execute(query, (case_id,)).fetchall()
    sources = tuple(Source(number, name, sha256, size, _time(added)) for number, name, sha256, size, added in rows)
    return Case(case_id, row[0], _time(row[1]), _time(row[2]), entries, sources)


def _touch(connection: sqlite3.Connection, case_id: str, now: datetime) -> None:
    connection.execute("UPDATE case_ SET changed = ? WHERE id = ?", (_stamp(now), case_id))


def _insert(connection: sqlite3.Connection, case_id: str, name: str, revision: int, text: str, now: datetime) -> None:
    if not is_field(name):
        raise ValueError(f"not the name of a field: {name!r}")
    connection.execute(
        "INSERT INTO entry (case_id, field, revision, value, changed) VALUES (?, ?, ?, ?, ?)",
        (case_id, name, revision, text, _stamp(now)),
    )


def _insert_source(connection: sqlite3.Connection, case_id: str, name: str, data: bytes, now: datetime) -> None:
    query = "SELECT count(*), coalesce(sum(length(data)), 0) FROM source WHERE case_id = ?"
    count, total = connection.execute(query, (case_id,)).fetchone()
    if len(data) > MAX_SOURCE or count >= MAX_SOURCES or total + len(data) > MAX_CASE:
        raise CaseTooLarge(each=MAX_SOURCE // 1_000_000, all=MAX_CASE // 1_000_000, count=MAX_SOURCES)
    connection.execute(
        "INSERT INTO source (case_id, name, sha256, data, added) VALUES (?, ?, ?, ?, ?)",
        (case_id, clean_name(name), hashlib.sha256(data).hexdigest(), data, _stamp(now)),
    )


def _loses(before: str, after: str) -> bool:
    return len(before) >= LOSS and len(after) * 2 < len(before)


def _json(value: Json) -> str:
    """Canonical JSON: equal values are equal texts."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    if len(text) > MAX_VALUE:
        raise AnswerTooLong(characters=MAX_VALUE)
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be stored


def _entry(row: Sequence[object]) -> Entry:
    value, revision, changed = row
    return Entry(json.loads(str(value)), int(str(revision)), _time(str(changed)))


def _stamp(moment: datetime) -> str:
    """UTC in one width, so that the texts sort as the times do."""
    if moment.tzinfo is None:
        raise ValueError("times need a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _time(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
