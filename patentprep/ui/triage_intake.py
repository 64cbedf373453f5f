"""What comes onto the Triage page: files and archives, a folder of this computer, or all cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from patentprep.cases import store as cases
from patentprep.cases.model import StoreLocked
from patentprep.errors import PatentprepError, UsageError
from patentprep.triage.model import Row
from patentprep.ui import case_desk, desk, html, triage_pile
from patentprep.ui.desk import lang, w
from patentprep.ui.triage_pile import Pile

PILE = "triage_pile"  # on the desk
LOCAL = ("127.0.0.1", "::1", "localhost")


class NoFolder(UsageError):
    """Facts: name."""

    key = "ui.triage.no_folder"


class NotHere(UsageError):
    """A folder of another computer."""

    key = "ui.triage.not_here"


def the_pile() -> Pile | None:
    """What lies on the desk of whoever looks at this page."""
    found: Pile | None = desk.desk().kept.get(PILE)
    return found


def lay(pile: Pile, rows: Callable[[], Iterator[Row]]) -> None:
    """Put a pile on the desk in the place of the one before, and begin with it."""
    if before := the_pile():
        before.stop()
    here = desk.desk()
    here.kept[PILE] = pile
    triage_pile.begin(pile, rows, lambda: here.kept.get(PILE) is pile)
    forget_view()


def forget_view() -> None:
    """Sorting stays; what was looked for in the pile before does not."""
    for key in ("triage_page", "triage_text", "triage_chosen", "triage_one"):
        desk.forget_choice(key)


def clear() -> None:
    """Take the pile off the desk."""
    if pile := the_pile():
        pile.stop()
    desk.desk().kept.pop(PILE, None)
    forget_view()


def intake() -> None:
    """Files, a folder of this computer, or all cases."""
    one, two = st.columns([3, 2], gap="large")
    turn = st.session_state.get("triage_turn", 0)  # emptied by another key once the files are taken
    words = {name: w(f"triage.{name}").replace('"', "") for name in ("drop", "drop_hint")}
    with one, st.container(key="pp-triage-drop"):
        st.html(
            f'<style>.st-key-pp-triage-drop {{ --pp-drop: "{words["drop"]}"; '
            f'--pp-drop-hint: "{words["drop_hint"]}"; }}</style>'
        )
        files = st.file_uploader(
            w("triage.upload"), accept_multiple_files=True, key=f"triage_files_{turn}", label_visibility="collapsed"
        )
    if files:
        try:
            pile, new = triage_pile.with_files(the_pile(), [(file.name, file.getvalue()) for file in files])
        except PatentprepError as error:
            html.trouble(error)
        else:
            st.session_state["triage_turn"] = turn + 1
            lay(pile, partial(triage_pile.judged, pile, new, None))
            st.rerun()
    with two:
        if on_this_computer():
            _folder()
        _cases()


def on_this_computer() -> bool:
    """Whether the browser runs where the program does: only then is "this computer" the reader's own."""
    address, headers = st.context.ip_address, {name.lower() for name in st.context.headers}
    return not (isinstance(address, str) and address not in LOCAL) and "x-forwarded-for" not in headers


def _folder() -> None:
    with st.form("triage_folder_form", border=False):
        typed = st.text_input(
            w("triage.folder"), key=desk.keep("triage_folder", ""), placeholder=w("triage.folder_hint"),
            help=w("triage.folder_help"),
        )  # fmt: skip
        go = st.form_submit_button(w("triage.folder_go"), key="triage_folder_go", icon=":material/folder_open:")
    if not go or not typed.strip():
        return
    try:
        path = local_path(typed)
    except PatentprepError as error:
        html.trouble(error)
        return
    read_folder(path)
    st.rerun()


def read_folder(path: str) -> None:
    """Begin with a folder. What an earlier run finished is not read again."""
    from patentprep.triage.cache import cache_folder

    pile = Pile("folder", folder=path)
    lay(pile, partial(triage_pile.judged, pile, [path], cache_folder()))


def local_path(typed: str) -> str:
    """A folder or file of this computer. Raises NoFolder or NotHere; nothing is looked for in a network."""
    text = typed.strip().strip("\"'“”").strip()
    if text.startswith(("\\\\", "//")) or "://" in text:
        raise NotHere()
    try:
        path = Path(text).expanduser()
        if not path.is_absolute() or not path.exists():
            raise NoFolder(name=text)
    except (OSError, RuntimeError, ValueError) as error:
        raise NoFolder(name=text) from error
    return str(path)


def _cases() -> None:
    try:
        count = len(cases.heads(case_desk.store()))
    except StoreLocked:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("triage.cases_locked")))
        return
    except PatentprepError as error:
        html.trouble(error)
        return
    if st.button(
        w("triage.cases_go", count=count), key="triage_cases", disabled=not count, icon=":material/folder_special:"
    ):
        pile = Pile("cases")
        lay(pile, partial(triage_pile.cases_judged, pile, case_desk.store(), lang()))
        st.rerun()


def go_on(pile: Pile) -> None:
    """Judge what a pile that was stopped has left."""
    if pile.kind == "folder":
        read_folder(pile.folder)
        return
    again, new = triage_pile.with_files(pile, [])
    lay(again, partial(triage_pile.judged, again, new, None))
