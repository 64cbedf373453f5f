"""Going from page to page, and saying what is being done while it takes time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from patentprep.model import Progress
from patentprep.strings import t
from patentprep.ui.desk import lang, w

LONG = 40_000  # characters; above it, looking for evidence takes more than a few seconds


def page(name: str) -> str:
    """The file of a page, as ``st.switch_page`` and ``st.page_link`` take it."""
    return str(Path(__file__).parent / f"{name}.py")


@contextmanager
def watching(title: str, length: int = 0) -> Iterator[Progress]:
    """A status line that names each step in words, for the ``on_step`` of the layers below.

    Pages and sentences are counted; a count of the other steps, of very different length, would tell nothing.
    ``length``: characters to be assessed; where there are many, the step that takes longest says about how long.
    """
    with st.status(title, expanded=False) as status:

        def on_step(step: str, done: int, total: int) -> None:
            words = t(f"progress.{step}", lang())
            if step in ("read", "evidence") and total > 2:
                words = f"{words} {w('of', done=done, total=total)}"
            if step == "evidence" and length > LONG:
                words = f"{words} · {w('check.patience')}"
            status.update(label=words)

        yield on_step
