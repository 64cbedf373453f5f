"""Interface words in Chinese and English. The law's own words live in ``checklists/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from patentprep.errors import PatentprepError
from patentprep.model import Lang, Warned
from patentprep.resources import Block, load_yaml

LANGUAGES: tuple[Lang, ...] = ("zh", "en")


@cache
def _table(lang: Lang) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "locale").glob(f"*.{lang}.yaml")):
        _flatten(load_yaml(path), "", words)
    return words


def _flatten(block: Block, prefix: str, into: dict[str, str]) -> None:
    for key, value in block.items():
        name = f"{prefix}{key}"
        if isinstance(value, Block):
            _flatten(value, f"{name}.", into)
        elif name in into:
            raise block.at(key).error(f"string {name!r} is defined in two files")
        else:
            into[name] = str(value)


def t(key: str, lang: Lang, **facts: Any) -> str:
    """The words for ``key``. Raises KeyError for a key that does not exist: that is a bug, and tests look for it.

    Where a count is 1 and the language has a form of its own for it, that is ``<key>_one``.
    """
    table = _table(lang)
    if str(facts.get("count")) == "1":  # warnings carry their facts as text
        return table.get(f"{key}_one", table[key]).format(**facts)
    return table[key].format(**facts)


def keys(lang: Lang) -> frozenset[str]:
    """All string keys of a language."""
    return frozenset(_table(lang))


def say(error: PatentprepError, lang: Lang) -> str:
    """One sentence: what is wrong, where, and what to do."""
    return t(error.key, lang, **error.facts)


def warn(warning: Warned, lang: Lang) -> str:
    """One sentence about something the reader of a file noticed."""
    return t(f"warning.{warning.key}", lang, page=warning.page, **dict(warning.facts))
