"""Rows kept between runs, so that a file that has not changed is not read again.

One SQLite file. A row's key is the hash of the file's bytes, the ending of its name, and of everything that its answer
depends on: checklists, other data, models and the program itself. A second table remembers which bytes a path held when
its size, time and inode were last seen. A cache that is damaged, or of another version, is begun anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache as once
from pathlib import Path

from patentprep.errors import UsageError
from patentprep.resources import folder
from patentprep.triage.collect import BETWEEN, Item
from patentprep.triage.model import Row, from_cache, to_cache

FILE = "triage.sqlite3"
SCHEMA = 1
MOST_ROWS = 300_000  # about 1 GB; the oldest go first
PATIENCE = 10.0  # seconds to wait for another run
_TABLES = (
    "CREATE TABLE row_ (key BLOB PRIMARY KEY, size INTEGER NOT NULL, row TEXT NOT NULL, sketch BLOB NOT NULL, "
    "used INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX row_size ON row_ (size)",
    "CREATE TABLE seen (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL, inode INTEGER NOT NULL, "
    "sha256 TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE run (number INTEGER PRIMARY KEY)",
)


class CacheUnusable(UsageError):
    """The cache cannot be made or opened. Facts: name, reason (of the system)."""

    key = "error.triage_cache"


def cache_folder() -> Path:
    """Where the cache is kept: $PATENTPREP_HOME, else the platform's cache folder."""
    if home := os.environ.get("PATENTPREP_HOME"):
        return Path(home).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("patentprep", appauthor=False))


@once
def engine() -> str:
    """A hash over all files that an answer depends on: program, law, word lists, models."""
    from importlib import resources

    from patentprep.versions import program_version

    package = Path(str(resources.files("patentprep")))
    judged = [
        path
        for path in package.rglob("*.py")
        if not {"ui", "report", "training", "planning", "cases", "_bundled"} & set(path.relative_to(package).parts)
        and not path.stem.endswith("_command")
    ]
    data = folder("data")
    judged += [*data.glob("*.yaml"), *data.glob("eligibility/*.yaml"), *data.glob("models/*.np*")]
    judged += [*data.glob("models/*.onnx"), *folder("checklists").glob("*.yaml")]
    digest = hashlib.blake2b(program_version().encode(), digest_size=16)
    for path in sorted(judged, key=lambda p: (p.name, str(p))):
        content = path.read_bytes()
        if path.suffix in (".py", ".yaml"):
            content = content.replace(b"\r\n", b"\n")  # a checkout on Windows answers the same
        digest.update(path.name.encode() + hashlib.blake2b(content, digest_size=16).digest())
    return digest.hexdigest()


class Cache:
    """The open cache; one process writes, in one thread. Use with ``with``."""

    def __init__(self, place: Path, checklists: Iterable[str]) -> None:
        """Open or make the cache in the folder ``place``. Raises CacheUnusable."""
        self._path = place / FILE
        self._law = f"{engine()} {' '.join(sorted(set(checklists)))}"
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._db = _opened(self._path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # locked, no rights: not ours to remove
                    raise
                for ending in ("", "-wal", "-shm"):
                    self._path.with_name(FILE + ending).unlink(missing_ok=True)
                self._db = _opened(self._path)
            self._run = int(self._db.execute("INSERT INTO run DEFAULT VALUES").lastrowid or 0)
        except (OSError, sqlite3.Error) as error:
            raise CacheUnusable(name=self._path, reason=_reason(error)) from error

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._db), suppress(sqlite3.Error):
            self._db.execute(
                "DELETE FROM row_ WHERE key IN (SELECT key FROM row_ ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (MOST_ROWS,),
            )
            self._db.execute("DELETE FROM run WHERE number < ?", (self._run,))

    def seen(self, item: Item) -> str:
        """The hash of the bytes that an unchanged file holds, as an earlier run found it; else empty."""
        if not item.file:
            return ""
        try:
            found = self._db.execute(
                "SELECT sha256, size, mtime, inode FROM seen WHERE path = ?", (_place(item),)
            ).fetchone()
        except sqlite3.Error:
            return ""
        return str(found[0]) if found and tuple(found[1:]) == _stamp(item) else ""

    def knows_size(self, size: int) -> bool:
        """Whether any row is of a file of that many bytes: only then is it worth hashing."""
        try:
            return self._db.execute("SELECT 1 FROM row_ WHERE size = ? LIMIT 1", (size,)).fetchone() is not None
        except sqlite3.Error:
            return False

    def get(self, sha256: str, item: Item) -> Row | None:
        """The row of these bytes, for the file ``item``."""
        key = self._key(sha256, item.suffix)
        try:
            found = self._db.execute("SELECT row, sketch, used FROM row_ WHERE key = ?", (key,)).fetchone()
            if found is None:
                return None
            row = from_cache(json.loads(found[0]), item.label, item.suffix, item.size, item.mtime_ns, bytes(found[1]))
            if found[2] != self._run:
                self._db.execute("UPDATE row_ SET used = ? WHERE key = ?", (self._run, key))
        except (sqlite3.Error, ValueError, KeyError, TypeError):
            return None
        return row

    def put(self, row: Row, item: Item) -> None:
        """Keep a row. It is on its way to the disk when this returns; a run that is killed loses none of them."""
        with self._writing():
            self._db.execute(
                "INSERT OR REPLACE INTO row_ VALUES (?, ?, ?, ?, ?)",
                (self._key(row.sha256, item.suffix), item.size, json.dumps(to_cache(row), ensure_ascii=False,
                 separators=(",", ":")), row.sketch, self._run),
            )  # fmt: skip
        self.note(row.sha256, item)

    def note(self, sha256: str, item: Item) -> None:
        """Remember what bytes a file holds, as long as it looks the same from outside."""
        if item.file and sha256:
            with self._writing():
                self._db.execute(
                    "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", (_place(item), *_stamp(item), sha256)
                )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Many small changes at once."""
        with self._writing():
            self._db.execute("BEGIN")
        try:
            yield
        finally:
            with self._writing():
                if self._db.in_transaction:
                    self._db.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A cache that cannot be written, because the disk is full or busy, must not stop the work."""
        with suppress(sqlite3.Error):
            yield

    def _key(self, sha256: str, suffix: str) -> bytes:
        return hashlib.blake2b(f"{sha256} {suffix} {self._law}".encode(), digest_size=16).digest()


def _opened(path: Path) -> sqlite3.Connection:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)  # it holds titles of drafts
    # The caller may be a generator that another thread goes on with; never two at a time.
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA:
            db.execute("BEGIN IMMEDIATE")
            for table in ("row_", "seen", "run"):
                db.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA}")
            db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _place(item: Item) -> str:
    path = str(Path(item.file).absolute())
    return path.encode("utf-8", "backslashreplace").decode() + (
        BETWEEN + ",".join(map(str, item.members)) if item.members else ""
    )


def _stamp(item: Item) -> tuple[int, int, int]:
    size, mtime, inode = item.stamp
    return size, mtime, inode & 0x7FFF_FFFF_FFFF_FFFF  # SQLite has no 64-bit integers without a sign


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
