"""What a worker does: read one file, judge it, keep the row. Importable by name, as other processes must."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache

from patentprep.errors import PatentprepError
from patentprep.model import Lang, Progress
from patentprep.triage.collect import Item, Opened
from patentprep.triage.duplicates import sketch
from patentprep.triage.model import Row, row_of, unreadable

TIME_LIMIT = 300.0  # seconds of one draft; a book of four hundred pages takes about thirty
FORGET_AFTER = 50  # drafts: then what was remembered of their sentences is dropped; about 40 MB


class Failed(PatentprepError):
    """A fault of ours with one draft; the others go on. Facts: name, kind."""

    key = "error.triage_failed"


class TooSlow(PatentprepError):
    """A draft took longer than it may. Facts: name, seconds."""

    key = "error.triage_too_slow"


def judge_items(
    items: Sequence[tuple[int, Item]],
    checklists: Sequence[str],
    sarif: Lang | None = None,
    seconds: float = TIME_LIMIT,
) -> list[tuple[int, Row]]:
    """A batch in a process of its own: the models are loaded with the first one, and one thread does the work."""
    _alone()
    with Opened() as files:
        found = []
        for number, item in items:
            found.append((number, judge_item(item, files, checklists, sarif, seconds)))
            _count()
        return found


def judge_item(
    item: Item, files: Opened, checklists: Sequence[str], sarif: Lang | None = None, seconds: float = TIME_LIMIT
) -> Row:
    """The row of one file, with its part of a SARIF log in that language. Never raises for what a file may hold.

    A draft that is not judged after ``seconds`` is given up at the next page or the next hundred sentences.
    """
    import hashlib
    import json
    from dataclasses import replace

    from patentprep.assessment import assess
    from patentprep.structure import read_draft

    facts = (item.label, item.suffix, item.size, item.mtime_ns)
    sha256 = ""
    on_step = _until(time.monotonic() + seconds, TooSlow(name=item.name, seconds=round(seconds)))
    try:
        data = files.read(item)
        sha256 = hashlib.sha256(data).hexdigest()
        draft = read_draft(data, item.name, on_step=on_step)
        assessment = assess(draft, checklists, on_step=on_step)
        row = replace(row_of(assessment, *facts), sketch=sketch(draft.text))
        if sarif:
            from patentprep.report.sarif import sarif_part

            part = sarif_part(assessment, sarif, path=item.label, data=data)
            row = replace(row, sarif=json.dumps(part, ensure_ascii=False))
        return row
    except TooSlow as error:
        return unreadable(error, *facts)  # without the hash nothing is kept: next time it may be quicker
    except PatentprepError as error:
        return unreadable(error, *facts, sha256)
    except (Exception, RecursionError) as error:  # a list of a thousand must not end with the first surprise
        return unreadable(Failed(name=item.name, kind=type(error).__name__), *facts)


def _until(end: float, error: TooSlow) -> Progress:
    """Raises ``error`` at the first step after ``end``, by the monotonic clock."""

    def on_step(step: str, done: int, total: int) -> None:
        if time.monotonic() > end:
            raise error

    return on_step


@cache
def _alone() -> None:
    """Once in a worker: load the models; as many workers as processors means one thread in each."""
    from patentprep import encoder, evidence
    from patentprep.eligibility import load_model

    encoder.load()
    evidence.load_model()
    load_model()
    encoder.work_alone()
    try:
        from threadpoolctl import threadpool_limits

        threadpool_limits(1)
    except ImportError:
        pass


@cache
def _counter() -> list[int]:
    return [0]


def _count() -> None:
    """Forget what was remembered of drafts that will not come again, so that memory stays as it is."""
    counter = _counter()
    counter[0] += 1
    if counter[0] % FORGET_AFTER == 0:
        forget()


def forget() -> None:
    """Drop all remembered answers of this process."""
    from patentprep import encoder, evidence

    encoder.forget()
    evidence.forget()
