"""Every piece of HTML the pages share. Text that is not ours is escaped by ``Markup.format``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit as st
from markupsafe import Markup, escape

from patentprep.errors import PatentprepError
from patentprep.palette import COLOURS, RED_FLAG, SHAPES
from patentprep.strings import keys, say, t
from patentprep.ui import desk

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#24506e"/>'
    '<path d="M9 8h14M9 14h14M9 20h8" stroke="#fdfcf9" stroke-width="2.4" stroke-linecap="round"/>'
    '<path d="M19 23l3 3 5-7" stroke="#e69f00" stroke-width="2.6" fill="none" stroke-linecap="round"/></svg>'
)
SIGNS = {"fatal": "■", "serious": "▲", "advisory": "·"}

# Clicks on anything with data-goto bring the draft to that place; with data-open they unfold that element. Both ways.
_SCROLL = st.components.v2.component(
    "patentprep_links",
    js=(Path(__file__).parent / "links.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@cache
def _sheet() -> str:
    on_dark = "color-mix(in srgb, {} 70%, white)"  # the same hues, light enough for a dark ground
    colours = "".join(f".pp-{n} {{ --c: light-dark({c}, {on_dark.format(c)}); }}\n" for n, c in COLOURS.items())
    flag = f".pp-red_flag {{ --flag: light-dark({RED_FLAG}, #ff9d90); }}\n"
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8") + colours + flag


def dress() -> None:
    """Our style sheet, and Streamlit's own words in the language of the interface."""
    drop, hint, browse = (desk.w(f"start.{name}").replace('"', "") for name in ("drop", "drop_hint", "browse"))
    none, many, rows = (desk.w(name).replace('"', "") for name in ("no_match", "many.drop", "many.drop_hint"))
    words = f':root {{ --pp-drop: "{drop}"; --pp-drop-hint: "{hint}"; --pp-browse: "{browse}"; --pp-none: "{none}"; }}'
    words += f' .st-key-pp-many {{ --pp-drop: "{many}"; --pp-drop-hint: "{rows}"; }}'
    for name, key in (("pp-filled", "walk.filled_drop"), ("pp-import", "cases.import_drop")):
        drop, hint = (desk.w(k).replace('"', "") for k in (key, f"{key}_hint"))
        words += f' .st-key-{name} {{ --pp-drop: "{drop}"; --pp-drop-hint: "{hint}"; }}'
    st.html(f"<style>{_sheet()}{words}</style>")


def put(markup: Markup) -> None:
    """Show a piece of our HTML."""
    st.html(str(markup))


def draw(markup: Markup) -> None:
    """Show a drawing of ours (SVG), which ``st.html`` would take out."""
    st.markdown(str(markup), unsafe_allow_html=True)


def links() -> None:
    """Make the links between draft and margin work, and the browser's back button."""
    with st.container(key="pp-links"):
        _SCROLL(key="links")


def heading(title: str, lead: str = "") -> None:
    """The top of a page: its title, and one sentence below."""
    put(
        Markup('<header class="pp-head"><h1>{}</h1>{}</header>').format(
            title, Markup("<p>{}</p>").format(lead) if lead else ""
        )
    )


def dated(text: str) -> Markup:
    """A text whose dates are not broken over two lines."""
    return Markup(re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r'<span class="pp-day">\g<0></span>', str(escape(text))))


def section(title: str) -> None:
    """The heading of a part of a page."""
    put(Markup('<h2 class="pp-h2">{}</h2>').format(title))


def band(sentences: Iterable[str], label: str = "") -> None:
    """A quiet band: what was not read or not recognised."""
    lines = Markup("").join(Markup("<p>{}</p>").format(text) for text in sentences)
    if lines:
        head = Markup("<b>{}</b>").format(label) if label else ""
        put(Markup('<div class="pp-band" role="note">{}{}</div>').format(head, lines))


def sentence(error: PatentprepError) -> str:
    """What is wrong with the input. A sentence that tells of options of the command line has a form for the page."""
    own = f"ui.{error.key}"
    return t(own, desk.lang(), **error.facts) if own in keys(desk.lang()) else say(error, desk.lang())


def trouble(error: PatentprepError, where: str = "") -> None:
    """What is wrong with the input, in one sentence, in a calm box."""
    say_so(sentence(error), where)


def wrong(error: PatentprepError | None) -> None:
    """What is wrong with a field, below it; nothing where nothing is."""
    if error:
        put(Markup('<p class="pp-wrong" role="alert">{}</p>').format(dated(sentence(error))))


def say_so(sentence: str, where: str = "", kind: str = "") -> None:
    """One sentence in a calm box."""
    head = Markup("<b>{}</b> ").format(where) if where else ""
    put(Markup('<div class="{}" role="alert">{}{}</div>').format(f"pp-trouble {kind}".strip(), head, sentence))


def empty(title: str, lines: Iterable[str]) -> None:
    """An empty place that says what will stand here and how to fill it."""
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    put(Markup('<div class="pp-empty"><b>{}</b><ul>{}</ul></div>').format(title, items))


def state(name: str, words: str) -> Markup:
    """A state as shape and words, never colour alone."""
    return Markup('<span class="pp-state pp-is-{}"><i aria-hidden="true">{}</i> {}</span>').format(
        name, SHAPES[name], words
    )


def law(text: str, more: str = "") -> Markup:
    """The provision behind a small mark; the full text on click."""
    extra = Markup("<br>{}").format(more) if more else ""
    return Markup('<details class="pp-law"><summary title="{}">§</summary><p>{}{}</p></details>').format(
        text, text, extra
    )
