"""Going from page to page, and saying what is being done while it takes time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from patentprep.model import Progress
from patentprep.strings import t
from patentprep.ui.desk import lang, w


def page(name: str) -> str:
    """The file of a page, as ``st.switch_page`` and ``st.page_link`` take it."""
    return str(Path(__file__).parent / f"{name}.py")


@contextmanager
def watching(title: str) -> Iterator[Progress]:
    """A status line that names each step in words, for the ``on_step`` of the layers below."""
    with st.status(title, expanded=False) as status:

        def on_step(step: str, done: int, total: int) -> None:
            words = t(f"progress.{step}", lang())
            status.update(label=f"{words} {w('of', done=done, total=total)}" if total > 2 else words)

        yield on_step
