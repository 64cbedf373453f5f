"""The HTML templates beside this file, with everything that is filled in escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any


@cache
def template(name: str) -> Any:
    """A compiled template; jinja2 is loaded only for those who want HTML."""
    import jinja2

    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return env.get_template(name)
