"""The file of cases itself: who may open it and when, its schema, its encryption, and making it vanish."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from patentprep.cases.model import EncryptionMissing, StoreLocked, StoreNewer, StoreUnusable

if sys.platform != "win32":
    import fcntl

PATIENCE = 10.0  # seconds to wait for other writers
APPLICATION = 0x50505243  # PRAGMA application_id of our files: "PPRC"

# One step per user_version: step 0 makes an empty file a file of version 1. Steps are never edited, only added.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE case_ (id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL)",
        "CREATE TABLE source (id INTEGER PRIMARY KEY, case_id TEXT NOT NULL REFERENCES case_ (id) ON DELETE CASCADE, "
        "name TEXT NOT NULL, sha256 TEXT NOT NULL, data BLOB NOT NULL, added TEXT NOT NULL)",
        "CREATE INDEX source_case ON source (case_id)",
        "CREATE TABLE entry (case_id TEXT NOT NULL REFERENCES case_ (id) ON DELETE CASCADE, field TEXT NOT NULL, "
        "revision INTEGER NOT NULL, value TEXT NOT NULL, changed TEXT NOT NULL, "
        "PRIMARY KEY (case_id, field, revision))",
    ),
)

_PLAIN = b"SQLite format 3\0"
_NOT_A_DATABASE = 26
_WHY = {3: "denied", 5: "busy", 6: "busy", 8: "denied", 10: "unusable", 11: "damaged", 13: "full", 14: "denied"}


def connect(path: Path, passphrase: str | None) -> sqlite3.Connection:
    """A connection to a file that is there, ours, open and up to date. The caller holds the lock and closes it.

    Raises StoreLocked, StoreNewer, StoreUnusable, EncryptionMissing, and what ``explained`` translates.
    """
    _secure(path)
    head = _head(path)
    encrypted = passphrase is not None if not head else not head.startswith(_PLAIN)
    if encrypted and head and not _looks_random(head):
        raise StoreUnusable("foreign", path=path)
    if encrypted and passphrase is None:
        _cipher()  # without the package, a passphrase would not help
        raise StoreLocked
    salt = head[:16] or os.urandom(16)
    module: Any = _cipher() if encrypted else sqlite3
    connection: sqlite3.Connection = module.connect(str(path), timeout=PATIENCE, isolation_level=None)
    try:
        if encrypted:
            key = _key(unicodedata.normalize("NFC", passphrase or ""), salt)
            connection.execute(f"PRAGMA key = \"x'{key}{salt.hex()}'\"")
        # Temporary files would put what is confidential elsewhere on the disk.
        for pragma in ("temp_store = MEMORY", "foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(connection, path)
    except module.DatabaseError as error:
        connection.close()
        if _code(error) != _NOT_A_DATABASE:
            raise
        if not encrypted:
            raise StoreUnusable("foreign", path=path) from error
        if not head and _head(path)[:16] != salt:  # another process was first to make the file
            return connect(path, passphrase)
        raise StoreLocked("wrong_passphrase") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    def number(pragma: str) -> int:
        return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    connection.execute("BEGIN")  # one moment for all three questions
    version, application = number("user_version"), number("application_id")
    empty = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    connection.execute("COMMIT")
    if application != APPLICATION and not (empty and version == 0):
        raise StoreUnusable("foreign", path=path)
    if version > len(STEPS):
        raise StoreNewer(path=path)
    if version == len(STEPS):
        return
    _write_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    version = number("user_version")  # another process may have been faster
    for step in STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    if version < len(STEPS):
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. SQLite does not wait by itself when others are opening the same new file."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except Exception as error:
            if _code(error) not in (5, 6) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system and SQLite raise into StoreUnusable. Anything else is a bug and passes."""
    try:
        yield
    except OSError as error:
        raise StoreUnusable("full" if error.errno == 28 else "denied", path=path) from error
    except Exception as error:
        why = _WHY.get(_code(error) or 0)
        if why is None:
            raise
        raise StoreUnusable(why, path=path) from error


@contextmanager
def lock(path: Path, alone: bool) -> Iterator[None]:
    """Hold the folder's lock, shared or alone. The kernel lets go of it when a process dies.

    Where the system or the file system has no such locks, SQLite's own still keep the file whole.
    """
    if sys.platform == "win32":
        yield
        return
    _folder(path)
    handle = os.open(path.parent, os.O_RDONLY)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise StoreUnusable("busy", path=path) from error
                time.sleep(0.005)
            except OSError:
                break
        yield
    finally:
        os.close(handle)


# --- rights ----------------------------------------------------------------------------------------------


def _folder(path: Path) -> None:
    """Make the folder, for its owner only. A folder that also holds other things keeps the rights it has."""
    folder = path.parent
    if folder.is_dir():
        if not path.exists() and not any(folder.iterdir()):
            with suppress(PermissionError):
                folder.chmod(0o700)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _secure(path: Path) -> None:
    """See to it that the file exists and only its owner may read it; SQLite gives -wal and -shm the same rights."""
    _folder(path)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


# --- encryption ------------------------------------------------------------------------------------------


def is_plain(path: Path) -> bool:
    """Whether the file is an SQLite file that anybody can read."""
    return _head(path).startswith(_PLAIN)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _looks_random(head: bytes) -> bool:
    """Encrypted pages look like noise: a whole page in which nearly every byte value occurs."""
    return len(head) == 4096 and len(set(head)) > 200


def _cipher() -> Any:
    try:
        return import_module("sqlcipher3.dbapi2")
    except ImportError as error:
        raise EncryptionMissing from error


@lru_cache(maxsize=4)
def _key(passphrase: str, salt: bytes) -> str:
    """The key as SQLCipher 4 derives it, so that its own tools open the file; once, not for every connection."""
    return hashlib.pbkdf2_hmac("sha512", passphrase.encode("utf-8", "replace"), salt, 256_000, 32).hex()


# --- whole files -----------------------------------------------------------------------------------------


def beside(path: Path) -> Path:
    """Where a new version of the whole file is written before it takes the old one's place."""
    return path.with_name(path.name + ".new")


def swap(new: Path, path: Path) -> None:
    """Put ``new`` in the place of ``path`` and wipe what was there. Both are closed, and the caller is alone."""
    for file in (new, path):
        for ending in ("-wal", "-journal"):
            rest = file.with_name(file.name + ending)
            if rest.exists() and rest.stat().st_size:  # it would be taken for the log of the other file
                raise StoreUnusable("busy", path=path)
            rest.unlink(missing_ok=True)
    if os.name != "posix":  # an open file cannot be replaced
        new.replace(path)
        return
    with path.open("r+b") as old:
        new.replace(path)
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        _wipe(old)


def tidy(path: Path) -> None:
    """Wipe what a crash during ``remove`` or before ``swap`` left beside the file. Takes the lock if there is any."""
    if any(file.exists() for file in _leftovers(path)):
        with lock(path, alone=True):
            for file in _leftovers(path):
                _erase(file)


def remove(path: Path) -> None:
    """Overwrite and remove a database and all that SQLite or a crash may have left beside it. The caller is alone."""
    for file in _leftovers(path):
        _erase(file)
    for ending in ("-wal", "-shm", "-journal"):
        _erase(path.with_name(path.name + ending))
    if path.exists():
        gone = _leftovers(path)[-1]
        path.replace(gone)  # from here on a crash leaves no half-wiped file in its place
        _erase(gone)


def _leftovers(path: Path) -> list[Path]:
    endings = ("-wal", "-shm", "-journal", "")
    return [path.with_name(f"{path.name}{kind}{ending}") for kind in (".new", ".deleted") for ending in endings]


def _erase(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        _wipe(file)
    path.unlink()


def _wipe(file: Any) -> None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    for start in range(0, size, 1 << 20):
        file.write(bytes(min(1 << 20, size - start)))
    file.flush()
    os.fsync(file.fileno())
