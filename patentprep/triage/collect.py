"""From what was named on the command line to single files: folders, archives and patterns, in a stable order.

Names inside an archive are only shown, never used as a path: members are read by their position. What is no draft is
listed with the reason; only hidden and system files are passed over.
"""

from __future__ import annotations

import glob
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from patentprep.errors import DamagedDraft, DraftError, EncryptedDraft, FileMissing, PatentprepError
from patentprep.read.limits import MAX_BYTES, too_long
from patentprep.triage.model import UnknownKind, file_name

DRAFTS = frozenset({".pdf", ".docx", ".txt", ".md", ".markdown"})
TOLD = frozenset({".doc", ".dot", ".wps", ".rtf"})  # the reader says what to do with these
ARCHIVE = ".zip"
SYSTEM = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information", "icon\r"})
BETWEEN = "!/"  # an archive and its member

MOST_MEMBERS = 10_000  # of one archive
MOST_MEMBER = 100_000_000  # bytes of one member
MOST_ARCHIVE = 2_000_000_000  # bytes of all members that are read
MOST_NESTED = 200_000_000  # bytes of an archive inside an archive, which is held in memory
MOST_RATIO = 200  # unpacked to packed; text reaches 20
RATIO_FROM = 10_000_000  # bytes: smaller members may be as dense as they like

Source = str | Path | tuple[str, bytes]


class ArchiveTooLarge(DraftError):
    """An archive, or a member, beyond the limits above. Facts: name."""

    key = "error.triage_archive_too_large"


class MemberBroken(DraftError):
    """A member that cannot be unpacked. Facts: name."""

    key = "error.triage_member_broken"


@dataclass(frozen=True, slots=True)
class Item:
    """A file to read: on disk, in memory, or a member of an archive that is either."""

    label: str  # shown to people
    suffix: str
    size: int
    mtime_ns: int = 0  # of the draft; of a member, what the archive says
    file: str = ""  # of the draft, or of the archive that holds it
    stamp: tuple[int, int, int] = (0, 0, 0)  # size, mtime and inode of that file: as long as they stay, so does it
    data: bytes | None = None  # instead of a file
    members: tuple[int, ...] = ()  # its position in the archive, and in an archive therein
    error: PatentprepError | None = None  # why it is listed only

    @property
    def name(self) -> str:
        return file_name(self.label)


def collect(sources: Iterable[Source]) -> Iterator[Item]:
    """Every file below ``sources``, each once: names in the order of their characters, folders after files.

    A source is a path, a pattern (where no such file exists), or a name with its bytes. Never raises for a bad file:
    its item has an ``error``.
    """
    seen: set[str] = set()
    for source in sources:
        for item in _of_source(source):
            key = f"{os.path.normcase(_absolute(item.file))}{BETWEEN}{item.members}"
            if item.data is not None or key not in seen:
                seen.add(key)
                yield item


def _absolute(path: str) -> str:
    try:
        return str(Path(path).absolute().resolve())
    except (OSError, RuntimeError, ValueError):
        return path


def _of_source(source: Source) -> Iterator[Item]:
    if isinstance(source, tuple):
        name, data = source
        yield from _named(Item(name, _suffix(name), len(data), data=data))
        return
    path = str(source)
    try:
        exists = Path(path).exists()
    except (OSError, ValueError):
        exists = False
    if not exists and glob.has_magic(path) and "\0" not in path:
        found = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 (a pattern may begin with a root)
        for name in found:
            yield from _of_path(name)
        if found:
            return
    if exists:
        yield from _of_path(path)
    else:
        yield Item(_plain(path), _suffix(path), 0, file=path, error=FileMissing(name=_plain(path)))


def _of_path(path: str) -> Iterator[Item]:
    """A file that was named is read whatever its name ends in."""
    if Path(path).is_dir():
        yield from _folder(path)
        return
    item = _on_disk(path)
    yield from _named(item)


def _named(item: Item) -> Iterator[Item]:
    if item.error is None and item.suffix == ARCHIVE:
        yield from _archive(item)
    else:
        yield item


def _folder(path: str) -> Iterator[Item]:
    """Files first, then folders; links to folders are not followed, so that no ring can catch us."""
    try:
        with os.scandir(path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield Item(_plain(path), "", 0, file=path, error=DraftError(name=_plain(path)))
        return
    folders = []
    for entry in found:
        if _hidden(entry):
            continue
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            is_file = entry.is_file()
        except OSError:
            is_folder, is_file = False, True
        if is_folder:
            folders.append(entry.path)
        elif is_file:
            yield from _listed(_on_disk(entry.path))
    for folder in folders:
        yield from _folder(folder)


def _hidden(entry: os.DirEntry[str]) -> bool:
    if is_hidden(entry.name):
        return True
    if os.name != "nt":
        return False
    try:
        marks: int = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    except OSError:
        return False
    return bool(marks & (stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM))


def is_hidden(name: str) -> bool:
    """Names that systems and office programs make for themselves."""
    return name.startswith((".", "~$")) or name.lower() in SYSTEM


def _listed(item: Item) -> Iterator[Item]:
    """What was found, not named: only kinds that hold drafts are opened."""
    if item.error is None and item.suffix == ARCHIVE:
        yield from _archive(item)
    elif item.error is None and item.suffix not in DRAFTS | TOLD:
        yield _wrong(item, UnknownKind(name=item.name))
    else:
        yield item


def _on_disk(path: str) -> Item:
    label, suffix = _plain(path), _suffix(path)
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return Item(label, suffix, 0, file=path, error=DraftError(name=_plain(Path(path).name)))
    item = Item(label, suffix, found.st_size, found.st_mtime_ns, path, (found.st_size, found.st_mtime_ns, found.st_ino))
    if not stat.S_ISREG(found.st_mode):
        return _wrong(item, UnknownKind(name=item.name))
    return item


def _wrong(item: Item, error: PatentprepError) -> Item:
    return replace(item, error=error)


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _plain(name: str) -> str:
    """A name that can be shown and written: no control characters, no bytes that are no text."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


# --- archives --------------------------------------------------------------------------------------------


def _archive(item: Item) -> Iterator[Item]:
    try:
        with _open(item) as archive:
            yield from _members(item, archive, ())
    except Exception as error:  # whatever a made-up archive makes zipfile stumble over
        yield _wrong(item, _explained(error, item.name))


def _members(
    item: Item, archive: zipfile.ZipFile, above: tuple[int, ...], budget: int = MOST_ARCHIVE
) -> Iterator[Item]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        yield _wrong(item, ArchiveTooLarge(name=item.name))
        return
    order = sorted((_member_name(info), n) for n, info in enumerate(infos) if not info.is_dir())
    for name, number in order:
        info = infos[number]
        parts = [part for part in name.split("/") if part not in ("", ".", "..")]
        if not parts or any(map(is_hidden, parts)):
            continue
        label = item.label + BETWEEN + "/".join(map(_plain, parts))
        member = Item(label, _suffix(parts[-1]), info.file_size, _when(info, item), item.file, item.stamp,
                      item.data, (*above, number))  # fmt: skip
        if member.suffix not in DRAFTS | TOLD | {ARCHIVE}:
            yield _wrong(member, UnknownKind(name=member.name))
        elif info.flag_bits & 1:
            yield _wrong(member, EncryptedDraft(name=member.name))
        elif _too_large(info, budget):
            yield _wrong(member, ArchiveTooLarge(name=member.name))
        elif member.suffix != ARCHIVE:
            budget -= info.file_size
            yield member
        elif above or info.file_size > MOST_NESTED:  # one level: an archive in an archive in an archive is a trap
            yield _wrong(member, ArchiveTooLarge(name=member.name))
        else:
            budget -= info.file_size
            try:
                with zipfile.ZipFile(io.BytesIO(_unpack(archive, number, member.name))) as inner:
                    yield from _members(member, inner, member.members, budget)
            except Exception as error:
                yield _wrong(member, _explained(error, member.name))


def _too_large(info: zipfile.ZipInfo, budget: int) -> bool:
    if info.file_size > min(MOST_MEMBER, budget):
        return True
    return info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1)


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: without the mark for UTF-8, Chinese systems write GB18030."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding).replace("\\", "/")
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _when(info: zipfile.ZipInfo, item: Item) -> int:
    from datetime import UTC, datetime

    try:
        return int(datetime(*info.date_time, tzinfo=UTC).timestamp()) * 1_000_000_000
    except ValueError:
        return item.mtime_ns


def _open(item: Item) -> zipfile.ZipFile:
    return zipfile.ZipFile(item.file if item.data is None else io.BytesIO(item.data))


def _unpack(archive: zipfile.ZipFile, number: int, name: str) -> bytes:
    """The bytes of a member, however many it claims to have. Raises DraftError."""
    try:
        info = archive.infolist()[number]
        with archive.open(info) as stream:
            data = stream.read(MOST_MEMBER + 1)
    except Exception as error:
        raise _explained(error, name, MemberBroken) from error
    if len(data) > MOST_MEMBER:
        raise ArchiveTooLarge(name=name)
    return data


def _explained(error: Exception, name: str, damaged: type[DraftError] = DamagedDraft) -> PatentprepError:
    if isinstance(error, PatentprepError):
        return error
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError | NotImplementedError | ValueError | IndexError):
        return damaged(name=name)
    if isinstance(error, RuntimeError) and "password" in str(error):
        return EncryptedDraft(name=name)
    if isinstance(error, OSError):
        return DraftError(name=name)
    return damaged(name=name)


# --- reading ---------------------------------------------------------------------------------------------


class Opened:
    """Reads items one after another and keeps the last archive open: its members follow each other."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        if self._archive is not None:
            self._archive.close()
        self._archive, self._key = None, ()

    def read(self, item: Item) -> bytes:
        """The bytes of a draft. Raises DraftError."""
        if not item.members:
            return _whole(item) if item.data is None else item.data
        key = (item.file, item.stamp, id(item.data), item.members[:-1])
        if key != self._key or self._archive is None:
            self.__exit__()
            try:
                archive = _open(item)
                for number in item.members[:-1]:
                    with archive:
                        data = _unpack(archive, number, item.name)
                    archive = zipfile.ZipFile(io.BytesIO(data))
            except Exception as error:
                raise _explained(error, item.name) from error
            self._key, self._archive = key, archive
        return _unpack(self._archive, item.members[-1], item.name)


def _whole(item: Item) -> bytes:
    if item.size > MAX_BYTES:
        raise too_long(item.name)
    try:
        return Path(item.file).read_bytes()
    except FileNotFoundError as error:
        raise FileMissing(name=item.name) from error
    except (OSError, ValueError) as error:
        raise DraftError(name=item.name) from error
