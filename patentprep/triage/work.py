"""What a worker does: read one file, judge it, keep the row. Importable by name, as other processes must."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from patentprep.errors import PatentprepError
from patentprep.model import Lang
from patentprep.triage.collect import Item, Opened
from patentprep.triage.duplicates import sketch
from patentprep.triage.model import Row, row_of, unreadable

FORGET_AFTER = 50  # drafts: then what was remembered of their sentences is dropped; about 40 MB


class Failed(PatentprepError):
    """A fault of ours with one draft; the others go on. Facts: name, kind."""

    key = "error.triage_failed"


def judge_items(
    items: Sequence[tuple[int, Item]], checklists: Sequence[str], sarif: Lang | None = None
) -> list[tuple[int, Row]]:
    """A batch in a process of its own: the models are loaded with the first one, and one thread does the work."""
    _alone()
    with Opened() as files:
        found = []
        for number, item in items:
            found.append((number, judge_item(item, files, checklists, sarif)))
            _count()
        return found


def judge_item(item: Item, files: Opened, checklists: Sequence[str], sarif: Lang | None = None) -> Row:
    """The row of one file, with its part of a SARIF log in that language. Never raises for what a file may hold."""
    import hashlib
    import json
    from dataclasses import replace

    from patentprep.assessment import assess
    from patentprep.structure import read_draft

    facts = (item.label, item.suffix, item.size, item.mtime_ns)
    sha256 = ""
    try:
        data = files.read(item)
        sha256 = hashlib.sha256(data).hexdigest()
        draft = read_draft(data, item.name)
        assessment = assess(draft, checklists)
        row = replace(row_of(assessment, *facts), sketch=sketch(draft.text))
        if sarif:
            from patentprep.report.sarif import sarif_part

            part = sarif_part(assessment, sarif, path=item.label, data=data)
            row = replace(row, sarif=json.dumps(part, ensure_ascii=False))
        return row
    except PatentprepError as error:
        return unreadable(error, *facts, sha256)
    except (Exception, RecursionError) as error:  # a list of a thousand must not end with the first surprise
        return unreadable(Failed(name=item.name, kind=type(error).__name__), *facts)


@cache
def _alone() -> None:
    """Once in a worker: load the models; as many workers as processors means one thread in each."""
    from patentprep import encoder, evidence
    from patentprep.eligibility import load_model

    encoder.load()
    evidence.load_first()
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
