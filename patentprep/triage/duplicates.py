"""Which drafts say nearly the same: copies, and versions of one draft, of which the newest leads.

Each text is reduced to a sketch of 128 numbers (MinHash of datasketch, over runs of characters of the normalised
text): the share of numbers in which two sketches agree estimates the share of runs that the texts have in common
(Jaccard). Candidates meet in bands of four numbers; sorted arrays hold them, 60 MB for a hundred thousand drafts.

* at least 0.95 in common: a *copy*;
* at least 0.40 under the same title, or 0.70 under any: a *version* of the same draft.

The newest leads: by a final mark or a number in its name, then by when it was last written (where that is known of all
of the pile: uploads have no time, and would lose to any file that has one), then the one that is not called a copy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from patentprep.text import simplified
from patentprep.triage.model import Row

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Sketches = npt.NDArray[np.uint32]

NUMBERS = 128  # of a sketch: the error of the estimate is 0.02 near 0.95, 0.04 near 0.5
BAND = 4  # numbers that must agree for two drafts to be compared: 0.5 in common are met with 87 %, 0.7 with 99.99 %
SAME, FAMILY, ALIKE = 0.95, 0.40, 0.70
LONG, SHORT = 12, 5  # characters of a run where Latin letters, or Chinese characters, prevail
SHORTEST = 200  # characters of a text worth comparing: of two such notes a copy is nothing to tell
ROUNDS = 20  # times a group of drafts is divided again, so that a made-up set cannot keep us

_MARK = re.compile(
    r"(?:v|ver|version|rev|draft|版本|版|稿|修改稿|修订稿|第)[\s._-]*(\d{1,4})(?!\d)|(?<!\d)(20\d{2}[-_.]?[01]\d[-_.]?[0-3]\d)(?!\d)"
    r"|[（(]\s*(\d{1,3})\s*[)）]|(?<![\d.])(\d{1,3})(?![\d.])",
    re.IGNORECASE,
)
_CHINESE = re.compile("第?([一二三四五六七八九十])[版稿]")
_FINAL = re.compile(r"final|clean|定稿|终稿|終稿|最终|最終|正式|提交版", re.IGNORECASE)
_COPY = re.compile(r"(?<![^\W_])(?:copy|copia)(?![^\W_])|副本|复制|複製", re.IGNORECASE)
_TITLE_NOISE = re.compile(
    r"(?:第?[\d一二三四五六七八九十]+[版稿]|v(?:er(?:sion)?)?[\s._-]*\d+(?:\.\d+)*|rev[\s._-]*\d+|draft|final|clean|copy|副本|"
    r"初稿|修改稿|修订稿|修订版|定稿|终稿|最终版)",
    re.IGNORECASE,
)


def sketch(text: str) -> bytes:
    """The sketch of a text; empty for one too short to compare. The same text gives the same sketch anywhere."""
    import numpy as np
    from datasketch import MinHash

    points = np.frombuffer(_normal(text).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(points) < SHORTEST:
        return b""
    chinese = float(np.mean((points >= 0x4E00) & (points <= 0x9FFF))) > 0.3
    length = SHORT if chinese else LONG
    mixed = np.zeros(len(points) - length + 1, dtype=np.uint64)
    for at in range(length):  # a polynomial of the run's characters, modulo 2**64
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + points[at : at + len(mixed)] + np.uint64(1)
    runs = np.unique((mixed ^ (mixed >> np.uint64(29))) >> np.uint64(32))
    made = MinHash(num_perm=NUMBERS, seed=1, hashfunc=int)
    made.update_batch(runs.tolist())
    return np.asarray(made.hashvalues).astype("<u4").tobytes()


def _normal(text: str) -> str:
    """Letters and digits alone, small, in simplified characters: layout and punctuation make no version."""
    return "".join(filter(str.isalnum, simplified(text).lower()))


def marked(rows: Sequence[Row]) -> list[Row]:
    """The rows in their order, with ``duplicate_of`` and ``version_of`` filled in with the path of the newest."""
    import numpy as np

    result = [replace(row, duplicate_of="", version_of="") for row in rows]
    leaders: dict[str, int] = {}
    numbers = []  # of the rows to compare: one for all files with the same bytes
    timed = all(row.mtime_ns for row in rows if row.ok)
    for n in sorted(range(len(rows)), key=lambda n: _age(rows[n], timed), reverse=True):
        row = rows[n]
        same = f"{row.sha256} {row.suffix}" if row.sha256 else ""
        if same and same in leaders:
            result[n] = replace(result[n], duplicate_of=rows[leaders[same]].path)
            continue
        leaders[same] = n
        if row.ok and len(row.sketch) == 4 * NUMBERS:
            numbers.append(n)
    if len(numbers) < 2:
        return result
    sketches = np.frombuffer(b"".join(rows[n].sketch for n in numbers), dtype="<u4").reshape(-1, NUMBERS)
    titles = [title_key(rows[n]) for n in numbers]
    for group in _groups(sketches, titles):
        _lead(sorted(group), numbers, rows, sketches, titles, result)  # numbers stand with the newest first
    paths = {row.path: row for row in result}
    return [_to_the_newest(row, paths) for row in result]


def _to_the_newest(row: Row, rows: dict[str, Row]) -> Row:
    """A copy of an older version is itself an older version: nobody should open it."""
    if row.duplicate_of and (above := rows.get(row.duplicate_of)) and above.version_of:
        return replace(row, version_of=above.version_of)
    return row


def _groups(sketches: Sketches, titles: Sequence[str]) -> Iterable[list[int]]:
    """Drafts that hang together, each directly alike to another of its group."""
    parent = list(range(len(titles)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for a, b in _candidates(sketches, titles):
        if root(a) != root(b) and _alike(sketches[a], sketches[b]) >= _needed(titles[a], titles[b]):
            parent[root(a)] = root(b)
    found = defaultdict(list)
    for n in range(len(titles)):
        found[root(n)].append(n)
    return [group for group in found.values() if len(group) > 1]


def _candidates(sketches: Sketches, titles: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Pairs worth comparing: neighbours of those that share a band or a title, and each with the first of them.

    Never all pairs: a hundred thousand drafts made from one template are compared twice a band each.
    """
    import numpy as np

    for start in range(0, NUMBERS, BAND):
        band = np.ascontiguousarray(sketches[:, start : start + BAND]).view(f"V{4 * BAND}").ravel()
        order = np.argsort(band, kind="stable")
        equal = band[order][1:] == band[order][:-1]
        first = int(order[0]) if len(order) else 0
        for at in np.flatnonzero(equal).tolist():
            if at == 0 or not equal[at - 1]:
                first = int(order[at])
            a, b = int(order[at]), int(order[at + 1])
            yield a, b
            if first != a:
                yield first, b
    last: dict[str, list[int]] = {}
    for n, title in enumerate(titles):
        if title:
            known = last.setdefault(title, [])
            yield from ((other, n) for other in known)
            known.append(n)
            del known[8:-8]


def _alike(one: Any, other: Any) -> float:
    return float((one == other).mean())


def _needed(one: str, other: str) -> float:
    return FAMILY if one and one == other else ALIKE


def _lead(
    group: list[int], numbers: list[int], rows: Sequence[Row], sketches: Sketches, titles: list[str], result: list[Row]
) -> None:
    """Say of each member what it is to the newest; what is not alike to that one has a newest of its own."""
    for _ in range(ROUNDS):
        if len(group) < 2:
            return
        leader, *others = group
        shares = (sketches[others] == sketches[leader]).mean(axis=1).tolist()
        group = []
        for n, share in zip(others, shares, strict=True):
            row, path = result[numbers[n]], rows[numbers[leader]].path
            if share >= SAME:
                result[numbers[n]] = replace(row, duplicate_of=path)
            elif share >= _needed(titles[n], titles[leader]):
                result[numbers[n]] = replace(row, version_of=path)
            else:
                group.append(n)


def title_key(row: Row) -> str:
    """The title without what tells versions apart; without a title, the file's name without it."""
    title = row.title or _MARK.sub("", _COPY.sub("", PurePosixPath(row.name).stem))
    return "".join(c for c in _TITLE_NOISE.sub("", simplified(title).lower()) if c.isalnum())


def _age(row: Row, timed: bool) -> tuple[bool, int, tuple[int, ...], int, bool, str]:
    """Greater is newer; a name that says it is a copy gives way to the other where all else is equal.

    ``timed``: times count.
    """
    stem = PurePosixPath(row.name).stem
    dates, counts = [], []
    for match in _MARK.finditer(_COPY.sub("", stem)):
        if match[2]:
            dates.append(int(re.sub(r"\D", "", match[2])))
        else:
            counts.append(int(match[1] or match[3] or match[4]))
    counts += ["一二三四五六七八九十".index(m) + 1 for m in _CHINESE.findall(stem)]
    original = _COPY.search(stem) is None
    final = _FINAL.search(stem) is not None and original
    return final, max(dates, default=0), tuple(counts[-1:]), row.mtime_ns if timed else 0, original, row.path
