"""The ``triage`` command: many drafts in, one ranked table out, with progress and the remaining time on a terminal."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from patentprep.errors import UsageError
from patentprep.model import Lang

if TYPE_CHECKING:
    from patentprep.triage.model import Row

SUMMARIES = ("docx", "pdf")  # the page for the manager
FORMATS = ("table", "csv", "json", "xlsx", "html", "sarif", *SUMMARIES)
MOST_JOBS = 256
MOST_SECONDS = 86_400
STDIN = "-"
FIRST_GUESS = 3  # drafts judged before the remaining time is told
EVERY = 0.2  # seconds between two lines of progress
COLUMNS = 70


class BadJobs(UsageError):
    """Facts: jobs."""

    key = "error.triage_jobs"


class BadTimeLimit(UsageError):
    """Facts: given."""

    key = "error.triage_time_limit"


class BadOnly(UsageError):
    """Facts: given."""

    key = "error.triage_only"


class NoPaths(UsageError):
    """Nothing to read."""

    key = "error.triage_no_paths"


class NothingThere(UsageError):
    """Folders and archives without a file. Facts: names."""

    key = "error.triage_nothing_there"


class NoTerminal(UsageError):
    """A workbook or a document cannot be shown. Facts: format."""

    key = "error.binary_output"


def add_options(command: argparse.ArgumentParser) -> None:
    """All options of ``patentprep triage`` besides --format, -o and --lang."""
    command.add_argument(
        "paths", nargs="*", metavar="PATH", help="drafts, folders and ZIP files; - reads a list of paths, one a line"
    )
    command.add_argument("--checklist", action="append", metavar="ID", help="default: cn-2026; may be repeated")
    command.add_argument("--sort", default="urgency", metavar="COLUMN", help="such as score or probability:desc; "
                         "default: %(default)s")  # fmt: skip
    command.add_argument("--only", metavar="go,fix,hold", help="show only these decisions")
    command.add_argument("--newest", action="store_true", help="leave out copies and older versions of a draft")
    command.add_argument(
        "--portfolio", metavar="FILE.csv", help="families as for plan --portfolio: their references in file names give "
        "each draft its next deadline",
    )  # fmt: skip
    command.add_argument("--today", metavar="DATE", help="deadlines as of that day")
    work = command.add_argument_group("how to work")
    work.add_argument("--jobs", metavar="N", help="processes; default: one for each processor")
    work.add_argument("--time-limit", metavar="SECONDS", help="give up a draft that takes longer; default: 300")
    work.add_argument("--dask", metavar="ADDRESS|local", help="a Dask scheduler, or a cluster on this machine")
    work.add_argument("--no-cache", action="store_true", help="judge every draft anew, and keep nothing")


def run(
    args: argparse.Namespace, lang: Lang, write: Callable[[str | bytes], None], complain: Callable[[str], None]
) -> int:
    """Write the table; 0, or 2 when nothing could be read. Raises PatentprepError, NothingThere among them.

    ``write`` takes text, or the bytes of a workbook or a document.
    """
    from patentprep.report.manager import manager_page
    from patentprep.report.triage import render
    from patentprep.strings import t
    from patentprep.triage.cache import cache_folder
    from patentprep.triage.duplicates import marked
    from patentprep.triage.rank import ranked
    from patentprep.triage.run import triage

    if args.format in ("xlsx", *SUMMARIES) and args.output is None and sys.stdout.isatty():
        raise NoTerminal(format=args.format)  # before the work
    wanted = _only(args.only)
    today = _today(args)
    ranked([], args.sort)  # a column that does not exist is told before the work
    rows: list[Row] = []
    progress = _Progress(lang)
    try:
        for row in triage(
            _paths(args.paths),
            checklists=args.checklist or ["cn-2026"],
            jobs=_jobs(args.jobs),
            backend=f"dask {args.dask.strip()}" if args.dask is not None else "processes",
            cache=None if args.no_cache else cache_folder(),
            on_row=progress.tell,
            deadlines=_deadlines(args, lang, today, complain),
            sarif=lang if args.format == "sarif" else None,
            seconds=_seconds(args.time_limit),
        ):
            rows.append(row)
    finally:
        progress.end()
    if not rows:
        raise NothingThere(names=", ".join(args.paths)[:200])
    table = ranked(marked(rows), args.sort)
    shown = [row for row in table if row.decision in wanted and not (args.newest and row.superseded)]
    write(
        manager_page(shown, args.format, lang, today)
        if args.format in SUMMARIES
        else render(shown, args.format, lang, len(rows) - len(shown), _columns(args))
    )
    if "hold" not in wanted and (unread := sum(not row.ok for row in rows)):
        complain(t("triage.unread_hidden", lang, count=unread))
    if any(row.ok for row in rows):
        return 0
    complain(t("triage.nothing_read", lang, count=len(rows)))
    return 2


def _columns(args: argparse.Namespace) -> int | None:
    """How wide the terminal is that the table goes to, if it goes to one."""
    return shutil.get_terminal_size().columns if args.output is None and sys.stdout.isatty() else None


def _today(args: argparse.Namespace) -> date:
    if not args.today:
        return date.today()
    from patentprep.planning import parse_date

    return parse_date(args.today)


class _Progress:
    """One line on a terminal, nothing in a pipe. The time left is told from what judging has taken so far."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._shown = sys.stderr.isatty()
        self._start = self._last = time.monotonic()
        self._known = -1  # rows that came without work, from the cache

    def tell(self, row: Row, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._shown:
            return
        if self._known < 0 or (now - self._start < EVERY and done == self._known + 1):
            self._known, self._start = done, now
        if now - self._last < EVERY and done < total:
            return
        self._last = now
        self._line(_progress_line(done, total, done - self._known, now - self._start, self._lang))

    def end(self) -> None:
        if self._shown:
            self._line("")

    def _line(self, text: str) -> None:
        from patentprep.report.as_text import pad

        # Blanks, not an escape sequence: the classic Windows console would print that.
        print(f"\r{pad(text, COLUMNS)}", end="\r", file=sys.stderr, flush=True)  # noqa: T201


def _progress_line(done: int, total: int, judged: int, seconds: float, lang: Lang) -> str:
    from patentprep.strings import t

    line = t("triage.progress", lang, done=done, total=total)
    if judged < FIRST_GUESS or done >= total:
        return line
    left = round(seconds / judged * (total - done))
    minutes, rest = divmod(left, 60)
    words = (
        t("triage.minutes", lang, minutes=minutes, seconds=rest) if minutes else t("triage.seconds", lang, seconds=rest)
    )
    return f"{line}, {t('triage.remaining', lang, time=words)}"


def _paths(given: list[str]) -> list[str]:
    paths: list[str] = []
    for path in given:
        if path == STDIN:
            text = sys.stdin.buffer.read().decode(sys.getfilesystemencoding(), "surrogateescape")
            paths += [line.rstrip("\r") for line in text.split("\0" if "\0" in text else "\n") if line.strip()]
        elif path:
            paths.append(path)
    if not paths:
        raise NoPaths()
    return [os.path.expanduser(path) if path.startswith("~") else path for path in paths]  # noqa: PTH111 (no such user)


def _jobs(text: str | None) -> int | None:
    return None if text is None else _whole(text, MOST_JOBS, BadJobs(jobs=text[:20]))


def _seconds(text: str | None) -> float:
    from patentprep.triage.work import TIME_LIMIT

    return TIME_LIMIT if text is None else _whole(text, MOST_SECONDS, BadTimeLimit(given=text[:20]))


def _whole(text: str, most: int, wrong: UsageError) -> int:
    """A whole number from one on. Raises ``wrong``."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise wrong
    return int(text)


def _only(text: str | None) -> set[str]:
    from patentprep.triage.model import DECISIONS

    if text is None:
        return set(DECISIONS)
    wanted = {part.strip().lower() for part in text.replace("，", ",").split(",") if part.strip()}
    if not wanted or not wanted <= set(DECISIONS):
        raise BadOnly(given=text[:40].strip() or '""')
    return wanted


def _deadlines(args: argparse.Namespace, lang: Lang, today: date, complain: Callable[[str], None]) -> dict[str, date]:
    if not args.portfolio:
        return {}
    from patentprep.plan_command import PortfolioNotRead
    from patentprep.planning.portfolio import read_portfolio
    from patentprep.strings import say, t
    from patentprep.triage.deadlines import next_deadlines

    try:
        data = Path(args.portfolio).read_bytes()
    except OSError as error:
        raise PortfolioNotRead(name=args.portfolio, reason=error.strerror or type(error).__name__) from error
    portfolio = read_portfolio(data, args.portfolio, today=today)
    for row in portfolio.bad_rows:
        complain(t("plan.portfolio.bad_row", lang, name=args.portfolio, line=row.line, message=say(row.error, lang)))
    known = next_deadlines(portfolio)
    if not known:
        complain(t("triage.deadlines_none", lang, name=args.portfolio))
    return known
