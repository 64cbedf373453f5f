"""Going from page to page, and saying what is being done while it takes time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from patentprep.model import Progress
from patentprep.strings import t
from patentprep.ui.desk import lang, w

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_status_container import StatusContainer

LONG = 40_000  # characters; above it, looking for evidence takes more than a few seconds


def page(name: str) -> str:
    """The file of a page, as ``st.switch_page`` and ``st.page_link`` take it."""
    return str(Path(__file__).parent / f"{name}.py")


@contextmanager
def watching(title: str) -> Iterator[Progress]:
    """A status line that names each step in words, for the ``on_step`` of the layers below."""
    with st.status(title, expanded=False) as status:
        yield _teller(status)


@contextmanager
def watching_if_needed(title: str, length: Callable[[], int] = lambda: 0) -> Iterator[Callable[[], Progress]]:
    """The status line of ``watching``, opened only once there is work: the ``watch`` of ``desk`` and ``case_desk``.

    What is known from before comes at once, and a line that only flashed up would tell nothing. The line has its place
    where the block begins. However often it is asked for, it is one line, which begins again with its title. It goes
    when the block ends; when an error ends the block, it stays and shows where the work stopped.
    ``length``: characters to be assessed, asked only then, for it may take reading to know. Where there are many, the
    step that takes longest says about how long.
    """
    slot = st.empty()
    with ExitStack() as stack:
        opened: list[StatusContainer] = []

        def watch() -> Progress:
            if opened:
                opened[0].update(label=title)
            else:
                stack.enter_context(slot)
                opened.append(stack.enter_context(st.status(title, expanded=False)))
            return _teller(opened[0], length)

        yield watch
    slot.empty()


def _teller(status: StatusContainer, length: Callable[[], int] = lambda: 0) -> Progress:
    """Pages and sentences are counted; a count of the other steps, of very different length, would tell nothing."""

    def on_step(step: str, done: int, total: int) -> None:
        words = t(f"progress.{step}", lang())
        if step in ("read", "evidence") and total > 2:
            words = f"{words} {w('of', done=done, total=total)}"
        if step == "evidence" and length() > LONG:
            words = f"{words} · {w('check.patience')}"
        status.update(label=words)

    return on_step
