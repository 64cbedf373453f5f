"""What a person has on the desk: drafts, and what was typed and chosen.

All of it stays in the memory of this process and is found again by a random token in the page's address, so that
reloading or switching the language loses nothing. Both the desks and the drafts on each are bounded.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep import assess, read_draft
from patentprep.model import Assessment, Draft, InventionType, Lang, Progress
from patentprep.planning import parse_date
from patentprep.strings import LANGUAGES, t

MOST_DESKS = 24
MOST_DRAFTS = 6
MOST_ASSESSMENTS = 8  # per draft: invention types and filing dates that were tried
NAMES: dict[Lang, str] = {"zh": "中文", "en": "English"}


@dataclass(slots=True)
class Held:
    """A draft that was read, and how it was assessed so far."""

    draft: Draft
    data: bytes = b""  # the file itself, for the pictures of its pages
    sheets: dict[tuple[str, int, str], Markup] = field(default_factory=dict)  # by language, page, and what is marked
    assessments: OrderedDict[tuple[InventionType | None, date | None], Assessment] = field(default_factory=OrderedDict)


@dataclass(slots=True)
class Desk:
    drafts: OrderedDict[str, Held] = field(default_factory=OrderedDict)  # by content and name, latest last
    kept: dict[str, Any] = field(default_factory=dict)  # values of widgets, by key


@st.cache_resource(show_spinner=False)
def _desks() -> OrderedDict[str, Desk]:
    return OrderedDict()


@st.cache_resource(show_spinner=False)
def load_models() -> bool:
    """The law and the trained models, once per process."""
    from patentprep import eligibility, encoder, evidence
    from patentprep.checklist import load_checklist

    load_checklist("cn-2026")
    evidence.load_model()
    encoder.load()
    eligibility.load_model()
    return True


def sit_down() -> None:
    """Find this person's desk and language, and write both into the address. Call first in every run."""
    desks, state = _desks(), st.session_state
    token = state.get("desk") or st.query_params.get("desk", "")
    if token not in desks:
        token = secrets.token_urlsafe(12)
        desks[token] = Desk()
        while len(desks) > MOST_DESKS:
            desks.popitem(last=False)
    desks.move_to_end(token)
    state["desk"] = token
    if state.get("lang") not in LANGUAGES:
        asked = st.query_params.get("lang") or state.get("lang_before") or (st.context.locale or "")[:2].lower()
        state["lang"] = asked if asked in LANGUAGES else "en"
    put_away()  # what was typed just before leaving a page, whose own run may never have come
    state["lang_before"] = state["lang"]
    state["keys"] = {}
    into_address({"desk": [token], "lang": [state["lang"]]})


def into_address(params: dict[str, list[str]]) -> None:
    """Write parameters into the page's address in one go; an empty list takes one out."""
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    wanted = {name: values for name, values in (given | params).items() if values}
    if wanted != given:
        st.query_params.from_dict(wanted)


def day(text: str) -> date:
    """The date of a field. Year, month, day in that order may be written as 2026/1/31, 20260131 or 2026年1月31日.

    Raises DateError. Orders that can be mistaken, such as 3/1/2026, are not guessed at.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", plain)
    found = found or re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", plain)
    return parse_date("{}-{:0>2}-{:0>2}".format(*found.groups()) if found else plain)


def put_away() -> None:
    """Keep what the widgets of this run hold. Call last."""
    state = st.session_state
    for widget, key in state.get("keys", {}).items():
        if widget in state:
            desk().kept[key] = state[widget]
            if widget != key:
                state[key] = state[widget]


def desk() -> Desk:
    """The desk of whoever looks at this page."""
    found: Desk = _desks().setdefault(st.session_state["desk"], Desk())
    return found


def lang() -> Lang:
    """The language of the interface."""
    chosen: Lang = st.session_state["lang"]
    return chosen


def w(key: str, **facts: Any) -> str:
    """Interface words ``ui.<key>`` in the language of the interface."""
    return t(f"ui.{key}", lang(), **facts)


def shown_name(name: str) -> str:
    """The name of a draft's file; pasted text is called so in the language of the interface."""
    return w("start.pasted_name") if name in {t("ui.start.pasted_name", language) for language in LANGUAGES} else name


def keep(key: str, default: Any) -> str:
    """Give the widget of that key the value it had last, on whatever page or after a reload. Returns the key."""
    if key not in st.session_state:
        st.session_state[key] = desk().kept.get(key, default)
    st.session_state["keys"][key] = key
    return key


def held(key: str, default: Any) -> Any:
    """What the field or choice of that key holds now, before it is drawn, or although it is not."""
    for source in (st.session_state, desk().kept):
        if key in source:
            return source[key]
    return default


def lay_down(key: str, value: Any) -> None:
    """Give a field or choice another value, before it is drawn."""
    forget_choice(key)
    st.session_state[key] = desk().kept[key] = value
    st.session_state.setdefault("laid", set()).add(key)


def _start(widget: str, key: str, value: Any, name: str, start: Any) -> dict[str, Any]:
    """How a widget gets its value: as its own start, or, where a button laid down another, through the session.

    The start is given in every run. A value given through the session is told to the browser in one run only; if that
    run is cut short, a field new to the browser would fall back to nothing.
    """
    st.session_state["keys"][widget] = key
    if key in st.session_state.get("laid", ()):
        st.session_state["laid"].discard(key)
        st.session_state[widget] = value
        return {}
    return {name: start}


def fill(put: Callable[..., Any], label: str, key: str, default: Any, **more: Any) -> Any:
    """A field or switch whose value is kept under ``key``."""
    value = held(key, default)
    return put(label, key=key, **_start(key, key, value, "value", value), **more)


def choose(put: Callable[..., Any], label: str, options: Sequence[Any], key: str, default: Any, **more: Any) -> Any:
    """A choice among words, kept under ``key``. Its widget has a twin per language.

    Streamlit goes on showing a choice in the words it was made in; a twin starts in the words of its own language.
    What is no longer among the options is not chosen.
    """
    twin, value = f"{key}@{lang()}", held(key, default)
    if isinstance(value, list):
        value = [item for item in value if item in options]
    elif value not in options:
        value = default
    one = put.__name__ == "selectbox"
    start = _start(twin, key, value, "index" if one else "default", options.index(value) if one else value)
    chosen = put(label, options, key=twin, **start, **more)
    st.session_state[key] = desk().kept[key] = chosen
    return chosen


def forget_choice(key: str) -> None:
    """Let the next ``choose`` or ``keep`` of that key start from its default."""
    desk().kept.pop(key, None)
    for name in (key, *(f"{key}@{language}" for language in LANGUAGES)):
        st.session_state.pop(name, None)


def language_picker() -> None:
    """中文 or English, at the same place on every page."""
    with st.container(key="pp-language"):
        st.segmented_control(
            "中文 / English",
            LANGUAGES,
            format_func=NAMES.__getitem__,
            key="lang",
            label_visibility="collapsed",
        )


def put_draft(data: bytes, name: str, on_step: Progress) -> None:
    """Read a draft and lay it on top. Raises PatentprepError."""
    draft = read_draft(data, name, on_step=on_step)
    drafts = desk().drafts
    key = f"{draft.document.sha256} {name}"
    if key not in drafts:
        drafts[key] = Held(draft, data)
        forget_check_form()
    drafts.move_to_end(key)
    while len(drafts) > MOST_DRAFTS:
        drafts.popitem(last=False)


def current() -> Held | None:
    """The draft that lies on top."""
    drafts = desk().drafts
    return next(reversed(drafts.values())) if drafts else None


def lay_on_top(key: str) -> None:
    """Take up a draft again."""
    desk().drafts.move_to_end(key)
    forget_check_form()


def forget_check_form() -> None:
    """Kind and filing date were chosen for the draft that lay on top before."""
    for key in ("check_type", "check_filed"):
        forget_choice(key)


def assessed(
    held: Held, kind: InventionType | None, filed_on: date | None, watch: Callable[[], Progress]
) -> Assessment:
    """The assessment, from memory where it was made before. ``watch`` opens the progress display when needed."""
    key = (kind, filed_on)
    if key not in held.assessments:
        on_step = watch()
        load_models()
        held.assessments[key] = assess(held.draft, invention_type=kind, filed_on=filed_on, on_step=on_step)
        while len(held.assessments) > MOST_ASSESSMENTS:
            held.assessments.popitem(last=False)
    held.assessments.move_to_end(key)
    return held.assessments[key]


def forget() -> None:
    """Drop every draft and everything typed from this desk."""
    desk().drafts.clear()
    desk().kept.clear()
    for key in list(st.session_state):
        if key not in ("desk", "lang", "lang_before", "keys"):
            del st.session_state[key]
