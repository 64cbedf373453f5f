"""A pile of drafts that is triaged in the background: what came in, what is finished, and what is made of it.

Nothing here draws. A pile lies on the desk, in memory, so a reload finds it again; it goes on while nobody looks, until
it is done, stopped, or taken off the desk. Uploads are held as bytes and never written to the disk.
"""

from __future__ import annotations

import hashlib
import io
import logging
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from patentprep.cases.compose import compose, given, printable
from patentprep.cases.model import Answer, Case
from patentprep.cases.store import Store, heads, load, source_bytes
from patentprep.errors import FileMissing, PatentprepError
from patentprep.model import Assessment, Lang
from patentprep.report import FileFormat
from patentprep.strings import say, t
from patentprep.triage.collect import ARCHIVE, BETWEEN, DRAFTS, TOLD, Opened, Source, collect
from patentprep.triage.deadlines import deadline_of
from patentprep.triage.model import Row, UnknownKind, row_of, unreadable

Kind = Literal["files", "folder", "cases"]
State = Literal["running", "done", "stopped", "failed"]
MOST_HELD = 1_000_000_000  # bytes of uploads; more is read from a folder
MOST_PACKED = 100  # drafts in one archive of annotated copies
MARKED_WHILE_RUNNING = 2_000  # rows up to which copies are looked for before the end
AT_ONCE = 0.2  # seconds: rows that come closer to each other at the beginning were kept from an earlier run
FIRST_GUESS = 3  # drafts judged before the remaining time is told
REPORTS: dict[str, FileFormat] = {"report_docx": "docx", "report_pdf": "pdf"}
DOCUMENTS = ("annotated", "questions", *REPORTS)  # of one draft
LONGEST = 60  # characters of a name in an archive


class PileTooLarge(PatentprepError):
    """More uploads than are held in memory. Facts: limit (MB)."""

    key = "ui.triage.too_large"


class CaseEmpty(PatentprepError):
    """A case that holds neither a draft nor an answer. Facts: name."""

    key = "ui.triage.case_empty"


class NoDraft(PatentprepError):
    """A case of answers alone has no file to annotate. Facts: name."""

    key = "ui.triage.no_draft"


class Unexpected(PatentprepError):
    """A fault of ours."""

    key = "ui.unexpected"


@dataclass(slots=True)
class Pile:
    """One run. ``rows`` only grows, and a row keeps its place in it."""

    kind: Kind
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    folder: str = ""
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    state: State = "running"
    error: PatentprepError | None = None
    cases: dict[str, str] = field(default_factory=dict)  # path of a row -> id of its case
    packed: dict[Any, bytes] = field(default_factory=dict)  # the last archive, by what is in it
    thread: threading.Thread | None = None
    _started: float = 0.0
    _known: int = 0  # rows that came without work
    _view: tuple[Any, list[Row]] = ((), [])

    @property
    def running(self) -> bool:
        """Whether drafts are still being judged."""
        return self.state == "running"

    @property
    def busy(self) -> bool:
        """Whether rows may still come: a pile that was stopped finishes the drafts in hand."""
        return self.running or (self.thread is not None and self.thread.is_alive())

    @property
    def sources(self) -> list[Source]:
        """Where its files are."""
        return [self.folder] if self.kind == "folder" else list(self.uploads)

    def stop(self) -> None:
        """No further drafts; what is finished stays."""
        if self.running:
            self.state = "stopped"

    def tell(self, done: int, total: int) -> None:
        """A row came."""
        now = time.monotonic()
        self.total = total
        if now - self._started < AT_ONCE and done == self._known + 1:
            self._known, self._started = done, now

    def seconds_left(self) -> int | None:
        """As far as the drafts judged so far tell."""
        judged = len(self.rows) - self._known
        if not self.running or judged < FIRST_GUESS or not self.total:
            return None
        return round((time.monotonic() - self._started) / judged * max(self.total - len(self.rows), 0))

    def table(self, deadlines: Mapping[str, date]) -> list[Row]:
        """The rows so far in their order, copies and versions marked, deadlines filled in."""
        from patentprep.triage.duplicates import marked

        rows = list(self.rows)
        key = (len(rows), self.busy, tuple(sorted(deadlines.items())))
        if self._view[0] != key:
            if not self.busy or len(rows) <= MARKED_WHILE_RUNNING:
                rows = marked(rows)
            if deadlines and self.kind != "cases":
                rows = [replace(row, next_deadline=deadline_of(row, deadlines)) for row in rows]
            self._view = (key, rows)
        return self._view[1]


def begin(pile: Pile, rows: Callable[[], Iterator[Row]], wanted: Callable[[], bool]) -> None:
    """Let the pile be worked through in a thread of its own. ``wanted`` tells whether it still lies on its desk."""
    pile._started, pile._known = time.monotonic(), len(pile.rows)

    def work() -> None:
        try:
            with closing(rows()) as coming:  # type: ignore[type-var]  # generators, which can be closed
                for row in coming:
                    pile.rows.append(row)
                    if not pile.running or not wanted():
                        pile.stop()
                        return
            if pile.running:
                pile.state = "done"
        except PatentprepError as error:
            pile.error, pile.state = error, "failed"
        except Exception:  # a bug of ours: said calmly on the page, in full on the terminal
            logging.getLogger("patentprep").exception("triage")
            pile.error, pile.state = Unexpected(), "failed"

    pile.thread = threading.Thread(target=work, name="patentprep-triage", daemon=True)
    pile.thread.start()


# --- what comes in ----------------------------------------------------------------------------------------------------


def with_files(before: Pile | None, uploads: Iterable[tuple[str, bytes]]) -> tuple[Pile, list[Source]]:
    """A pile of what lay there and the new uploads, and the sources that are still to be judged.

    Rows of files that lie there already are taken over. The same file twice counts once; another file of the same
    name gets a number. Raises PileTooLarge.
    """
    pile = Pile("files")
    old = before if before and before.kind == "files" else Pile("files", state="stopped")
    pile.cases = dict(old.cases)
    rows, new = list(old.rows), list[Source]()
    for name, data in old.uploads:
        pile.uploads.append((name, data))
        mine = [row for row in rows if row.path == name or row.path.startswith(f"{name}{BETWEEN}")]
        if mine and (old.state == "done" or not name.lower().endswith(ARCHIVE)):
            pile.rows += mine
        else:
            new.append((name, data))
    names = {name for name, _ in pile.uploads}
    seen = {hashlib.sha256(data).digest() for _, data in pile.uploads}
    for name, data in uploads:
        mark = hashlib.sha256(data).digest()
        if mark in seen and name in names:
            continue
        seen.add(mark)
        stem, dot, suffix = name.rpartition(".")
        own, number = name, 1
        while own in names:
            number += 1
            own = f"{stem} ({number}){dot}{suffix}" if dot else f"{name} ({number})"
        names.add(own)
        pile.uploads.append((own, data))
        new.append((own, data))
    if sum(len(data) for _, data in pile.uploads) > MOST_HELD:
        raise PileTooLarge(limit=MOST_HELD // 1_000_000)
    return pile, new


def judged(pile: Pile, sources: Sequence[Source], cache: Path | None) -> Iterator[Row]:
    """Rows of files and folders. A cache that cannot be used is done without.

    Of uploads only those are opened whose names end as drafts or archives do, as in a folder.
    """
    from patentprep.triage.cache import CacheUnusable
    from patentprep.triage.run import triage

    other = [source for source in sources if isinstance(source, tuple) and not _is_draft(source[0])]
    sources = [source for source in sources if source not in other]
    for name, data in other:
        yield unreadable(UnknownKind(name=name), name, Path(name).suffix, len(data))
    before = len(pile.rows)

    def on_row(row: Row, done: int, total: int) -> None:
        pile.tell(before + done, before + total)

    try:
        yield from triage(sources, cache=cache, on_row=on_row)
    except CacheUnusable:
        yield from triage(sources, on_row=on_row)


def _is_draft(name: str) -> bool:
    return name.lower().endswith((*DRAFTS, *TOLD, ARCHIVE))


def cases_judged(pile: Pile, store: Store, lang: Lang) -> Iterator[Row]:
    """Rows of all cases of this computer, each draft with its answers. Nothing of them is kept on the disk."""
    from patentprep.triage.work import FORGET_AFTER, forget

    listed = heads(store)
    pile.total = len(listed)
    for number, head in enumerate(listed, 1):
        path, again = head.name, 1
        while path in pile.cases:
            again += 1
            path = f"{head.name} ({again})"
        pile.cases[path] = head.id
        mtime = int(head.changed.timestamp()) * 1_000_000_000
        try:
            row = _case_row(store, head.id, path, mtime, lang)
        except PatentprepError as error:
            row = unreadable(error, path, "", mtime_ns=mtime)
        pile.tell(number, len(listed))
        yield row
        if number % FORGET_AFTER == 0:
            forget()


def _case_row(store: Store, case_id: str, path: str, mtime_ns: int, lang: Lang) -> Row:
    from patentprep.triage.duplicates import sketch

    case = load(store, case_id)
    _, _, assessment = case_read(store, case, lang)
    draft = assessment.draft
    row = row_of(assessment, path, "", len(draft.text), mtime_ns)
    return replace(row, next_deadline=_day(case), sketch=sketch(draft.text))


def _day(case: Case) -> date | None:
    summary = case.value("summary")
    try:
        return date.fromisoformat(summary["next_deadline"])
    except (KeyError, TypeError, ValueError):  # nothing planned, or a file from elsewhere
        return None


def case_read(store: Store, case: Case, lang: Lang) -> tuple[bytes, Any, Assessment]:
    """The latest draft of a case, as bytes and as read (None without one), and the assessment with its answers."""
    from patentprep import assess, read_draft
    from patentprep.checklist import INVENTION_TYPES

    source = case.latest
    data = source_bytes(store, case.id, source.id) if source else b""
    base = read_draft(data, source.name) if source else None
    if base is None and not given(case.answers):
        raise CaseEmpty(name=case.name)
    whole = compose(base, case.answers, base.language if base else lang)
    kind = next((kind for kind in INVENTION_TYPES if kind == case.value("start.kind")), None)
    return data, base, assess(whole, invention_type=kind)


# --- what is made of it -----------------------------------------------------------------------------------------------


def read_bytes(pile: Pile, rows: Sequence[Row]) -> Iterator[tuple[Row, bytes | PatentprepError]]:
    """The files of rows that are no cases, as they are now. Names inside archives are compared, never opened."""
    wanted = {(row.path, row.size): row for row in rows}
    near: Iterable[Source] = pile.sources
    if pile.kind == "folder":
        plain = [row.path for row in rows]
        near = plain if all(BETWEEN not in path and Path(path).is_file() for path in plain) else pile.sources
    with Opened() as files:
        for item in collect(near):
            row = wanted.pop((item.label, item.size), None)
            if row is None:
                continue
            try:
                yield row, files.read(item)
            except PatentprepError as error:
                yield row, error
            if not wanted:
                return
    for row in wanted.values():
        yield row, FileMissing(name=row.name)


def pack(
    pile: Pile,
    rows: Sequence[Row],
    wanted: Sequence[str],
    lang: Lang,
    store: Store | None,
    tell: Callable[[int, Row], None],
    *,
    own_language: bool = False,
) -> bytes:
    """An archive with the wanted ``DOCUMENTS`` of each draft; what cannot be made is said in a file.

    ``tell`` is called before each draft with how many are done. ``own_language``: documents speak the language of their
    draft, where it is known, and else ``lang``.
    """
    order = {row.path: number for number, row in enumerate(rows, 1)}
    out, trouble = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (row, found) in enumerate(_read(pile, rows, store, lang)):
            tell(done, row)
            stem = f"{order[row.path]:03d} {_file_name(row)}"
            if isinstance(found, PatentprepError):
                trouble.append(f"{row.path}: {say(found, lang)}")
                continue
            for kind in wanted:
                try:
                    ending, content = _document(kind, found, (own_language and row.language) or lang)
                    archive.writestr(f"{stem}/{stem}-{ending}", content)
                except PatentprepError as error:
                    trouble.append(f"{row.path}: {say(error, lang)}")
        if trouble:
            archive.writestr(t("ui.triage.file.trouble", lang), "\ufeff" + "\r\n".join(map(printable, trouble)))
    return out.getvalue()


Found = tuple[bytes, Any, Assessment, Mapping[str, Answer], str]


def _read(
    pile: Pile, rows: Sequence[Row], store: Store | None, lang: Lang
) -> Iterator[tuple[Row, Found | PatentprepError]]:
    """Each draft read and assessed once more: rows are small and hold no text."""
    from patentprep import assess, read_draft

    if pile.kind == "cases" and store is not None:
        for row in rows:
            try:
                case = load(store, pile.cases[row.path])
                yield row, (*case_read(store, case, lang), case.answers, case.name)
            except PatentprepError as error:
                yield row, error
        return
    for row, data in read_bytes(pile, rows):
        if isinstance(data, PatentprepError):
            yield row, data
            continue
        try:
            draft = read_draft(data, row.name)
            yield row, (data, draft, assess(draft), {}, row.title or row.name)
        except PatentprepError as error:
            yield row, error


def _document(kind: str, found: Found, lang: Lang) -> tuple[str, bytes]:
    """The end of its name, and the document. Raises NotAnnotated, PdfNotInstalled, NoDraft."""
    from patentprep import assess
    from patentprep.cases.questions import open_questions
    from patentprep.report import render
    from patentprep.report.annotated import annotate, suffix
    from patentprep.report.questions import question_docx

    data, draft, assessment, answers, name = found
    words = t(f"ui.triage.file.{kind}", lang)
    if kind == "questions":
        return f"{words}.docx", question_docx(name, open_questions(assessment, answers, lang), lang)
    if kind in REPORTS:
        fmt = REPORTS[kind]
        return f"{words}.{fmt}", render(assessment, fmt, lang)
    if draft is None:
        raise NoDraft(name=name)
    own = assessment if assessment.draft is draft else assess(draft)  # the answers stand in no file
    return f"{words}{suffix(own)}", annotate(data, own, lang)


def _file_name(row: Row) -> str:
    stem = row.name.rpartition(".")[0] or row.name
    plain = "".join(c if c.isalnum() or c in " -_()（）" else "_" for c in printable(stem)).strip(" .")
    return plain[:LONGEST].strip() or "draft"
