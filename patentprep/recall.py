"""Answers remembered for the life of the process: what was computed once is not computed again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


def recall(
    known: dict[Key, Answer], keys: Sequence[Key], compute: Callable[[list[Key]], Iterable[Answer]], most: int
) -> list[Answer]:
    """The answer to each of ``keys``: from ``known``, else from ``compute``, asked once for all that are missing.

    ``known`` keeps the new answers; before it would hold more than ``most`` it forgets the old ones. Answers are never
    None.
    """
    found = {key: answer for key in keys if (answer := known.get(key)) is not None}
    missing = [key for key in dict.fromkeys(keys) if key not in found]
    new = dict(zip(missing, compute(missing), strict=True))
    remember(known, new, most)
    found.update(new)
    return [found[key] for key in keys]


def remember(known: dict[Key, Answer], new: Mapping[Key, Answer], most: int) -> None:
    """Keep new answers; before there would be more than ``most``, the old ones are forgotten."""
    if len(known) + len(new) > most:
        known.clear()
    known.update(new)
