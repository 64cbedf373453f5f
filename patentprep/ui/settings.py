"""Settings: language, where things are kept, versions."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from patentprep.cases.model import StoreLocked
from patentprep.checklist import available, load_checklist
from patentprep.errors import PatentprepError
from patentprep.ui import case_desk, case_list, desk, html
from patentprep.ui.desk import lang, w
from patentprep.versions import model_version, program_version


def facts(rows: list[tuple[str, str]]) -> None:
    """Names and values."""
    items = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows)
    html.put(Markup('<dl class="pp-facts">{}</dl>').format(items))


html.heading(w("settings.title"), w("settings.lead"))

html.section(w("settings.language"))
html.put(Markup('<p class="pp-text">{}</p>').format(w("settings.language_text")))

html.section(w("settings.storage"))
html.put(Markup('<p class="pp-text">{}</p>').format(w("settings.storage_text")))
drafts = desk.desk().drafts
if drafts:
    facts([(desk.shown_name(held.draft.document.name), held.draft.title or "–") for held in reversed(drafts.values())])
if st.button(w("settings.forget"), key="forget", icon=":material/delete_sweep:", help=w("settings.forget_help")):
    desk.forget()
    case_desk.put_down()
    st.session_state["forgotten"] = True
    st.rerun()
if st.session_state.pop("forgotten", False):
    html.put(Markup('<p class="pp-done" role="status">{}</p>').format(w("settings.forgotten")))

html.section(w("cases.title"))
try:
    case_list.storage()
except StoreLocked as error:
    case_list.unlock(error)
except PatentprepError as error:
    html.trouble(error)

html.section(w("settings.versions"))
laws = [load_checklist(name) for name in available()]
facts(
    [
        ("patentprep", program_version()),
        *((law.title.in_(lang()), w("settings.edition", edition=law.edition)) for law in laws),
        (w("settings.models"), model_version()),
    ]
)
