"""Start: drop a draft, paste text, open a sample, or take up the last one again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from patentprep.cases.model import StoreLocked
from patentprep.errors import PatentprepError
from patentprep.model import Draft
from patentprep.strings import LANGUAGES, t
from patentprep.ui import case_desk, case_list, desk, html, review, samples, steps
from patentprep.ui.desk import lang, w

MOST_NAME = 40  # characters of a case's name taken from pasted notes
PASTED = {t("ui.start.pasted_name", language) for language in LANGUAGES}


def open_draft(read: Callable[[], bytes], name: str, slot: DeltaGenerator, keep: bool = False) -> None:
    """Read a draft and go to its Check page, or say in one sentence why not.

    With ``keep`` it becomes a case of this computer; without, it is held in memory only.
    """
    try:
        with slot, steps.watching(w("start.reading", name=name)) as on_step:
            data = read()
            if keep:
                draft = case_desk.read_once(data, name, on_step)
                case_list.new_case(draft.title or first_words(draft, name), (name, data))
                st.session_state["paste_kept"] = name in PASTED
            else:
                desk.put_draft(data, name, on_step)
                case_desk.close_case()
    except PatentprepError as error:
        with slot:
            html.trouble(error)
        return
    slot.empty()
    st.switch_page(steps.page("check"))


def first_words(draft: Draft, name: str) -> str:
    """What a case without a title is called: a file by its name, pasted notes by how they begin."""
    if name not in PASTED:
        return name
    line = " ".join(draft.text.strip().partition("\n")[0].split())
    end = next((n for n, sign in enumerate(line) if sign in "。；！？;!?" and n > 5), len(line))
    return review.short(line[:end].rstrip("."), MOST_NAME)


html.heading(w("start.title"), w("start.lead"))

left, right = st.columns([3, 2], gap="large")
with left:
    uploaded = st.file_uploader(w("start.upload"), key="upload", label_visibility="collapsed")
    upload_slot = st.empty()  # there in every run: what is being read must not push away what stands below
    if uploaded is not None:
        open_draft(uploaded.getvalue, uploaded.name, upload_slot, bool(desk.held("keep_case", True)))
    if st.session_state.pop("paste_kept", False):
        desk.lay_down("paste", "")  # it is a case now; left here, it would become a second one
    pasted = st.text_area(w("start.paste"), key=desk.keep("paste", ""), height=150, placeholder=w("start.paste_hint"))
    check = st.button(w("start.check_text"), key="check_text", type="primary")
    paste_slot = st.empty()
    if check and not pasted.strip():
        with paste_slot:
            html.say_so(w("start.nothing_pasted"))
    elif check:
        open_draft(lambda: pasted.encode(), w("start.pasted_name"), paste_slot, bool(desk.held("keep_case", True)))
    desk.fill(st.checkbox, w("start.keep"), "keep_case", True, help=w("start.keep_help"))
    html.put(Markup('<p class="pp-private">{}</p>').format(w("start.private")))
    html.section(w("start.what"))
    html.put(
        Markup('<div class="pp-three">{}</div>').format(
            Markup("").join(
                Markup("<div><b>{}</b><p>{}</p></div>").format(w(f"start.{name}_title"), w(f"start.{name}_text"))
                for name in ("one", "two", "three")
            )
        )
    )

with right:
    try:
        if case_list.any_case():
            html.section(w("cases.title"))
            case_list.say_deleted()
            case_list.shelf()
        else:
            case_list.say_deleted()
        case_list.tour()
    except StoreLocked as error:
        case_list.unlock(error)
    except PatentprepError as error:  # not usable: everything else still works
        html.trouble(error, w("cases.title"))
    st.page_link(steps.page("walk"), label=w("start.questions"), icon=":material/route:")
    drafts = desk.desk().drafts
    if drafts:
        html.section(w("start.continue"))
        for number, (key, held) in enumerate(reversed(drafts.items())):
            name = desk.shown_name(held.draft.document.name)
            title = held.draft.title or name
            if st.button(title, key=f"again_{number}", width="stretch"):
                desk.lay_on_top(key)
                case_desk.close_case()
                st.switch_page(steps.page("check"))
            html.put(Markup('<p class="pp-about"><span class="pp-place">{}</span></p>').format(name))
    html.section(w("start.samples"))
    shelf = samples.shelf()
    if not shelf:
        html.empty(w("start.no_samples"), [w("start.no_samples_hint")])
    for sample in shelf:
        if st.button(sample.title.in_(lang()), key=f"sample_{sample.file}", width="stretch"):
            open_draft(sample.read, sample.file, st.empty())
        html.put(
            Markup('<p class="pp-about">{} <span class="pp-place">{} · {}</span></p>').format(
                sample.about.in_(lang()),
                w(f"language.{sample.language}"),
                sample.file.rpartition(".")[2].upper(),
            )
        )

html.put(Markup('<p class="pp-notice">{}</p>').format(t("report.notice", lang())))
