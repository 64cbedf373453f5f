"""How long a draft may be. What exceeds this is a mistake, or made to exhaust the machine."""

from __future__ import annotations

from patentprep.errors import TooLong

MAX_BYTES = 300_000_000  # of the file
MAX_PAGES = 2_000
MAX_CHARACTERS = 5_000_000


def too_long(name: str) -> TooLong:
    """The error for a draft beyond any of these limits."""
    return TooLong(name=name, pages=MAX_PAGES, characters=MAX_CHARACTERS)
