"""The ``compare`` command: two versions of a draft in, what changed between them out."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from patentprep.errors import UsageError

if TYPE_CHECKING:
    from patentprep.model import Progress

FORMATS = ("text", "json", "html")
STDIN = "-"


class BothFromStdin(UsageError):
    """Standard input can be read once only."""

    key = "error.compare_stdin_twice"


def add_options(command: argparse.ArgumentParser) -> None:
    """All options of ``patentprep compare`` besides --format, -o and --lang."""
    command.add_argument("old", metavar="OLD", help="the earlier version: PDF, DOCX, TXT or MD; - reads standard input")
    command.add_argument("new", metavar="NEW", help="the newer version; may be of another format")
    command.add_argument("--checklist", action="append", metavar="ID", help="default: cn-2026; may be repeated")
    command.add_argument(
        "--law-on", metavar="DATE", help="hold both versions against the law in force on that day; default: the latest"
    )


def run(
    args: argparse.Namespace,
    source: Callable[[str], tuple[Any, str]],
    write: Callable[[str], None],
    on_step: Progress,
) -> int:
    """Write the comparison; the exit status, always 0. ``source`` opens a name or ``-``. Raises PatentprepError."""
    from patentprep.assessment import assess
    from patentprep.compare import compare
    from patentprep.planning import parse_date
    from patentprep.report.compare import render
    from patentprep.structure import read_draft

    if args.old == STDIN and args.new == STDIN:
        raise BothFromStdin()
    law_on = parse_date(args.law_on) if args.law_on else None
    drafts = [read_draft(*source(name), on_step=on_step) for name in (args.old, args.new)]  # before the slow part
    laws = args.checklist or ["cn-2026"]
    old, new = (assess(draft, laws, filed_on=law_on, on_step=on_step) for draft in drafts)
    write(render(compare(old, new), args.format, args.lang or new.draft.language))
    return 0
