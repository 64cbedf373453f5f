"""The app's entry: page setup, language, navigation. Pages live in ``patentprep/ui``."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

import patentprep.ui
from patentprep.ui import case_desk, desk, html

HERE = Path(patentprep.ui.__file__).parent
PAGES = {
    "start": ":material/draft:",
    "check": ":material/fact_check:",
    "walk": ":material/route:",
    "triage": ":material/sort:",
    "compare": ":material/difference:",
    "timeline": ":material/calendar_month:",
    "checklists": ":material/gavel:",
    "settings": ":material/tune:",
}

st.set_page_config(page_title="patentprep", page_icon=html.ICON, layout="wide")
desk.sit_down()
case_desk.sit_down()
pages = [
    st.Page(HERE / f"{name}.py", title=desk.w(f"nav.{name}"), icon=icon, url_path=name, default=name == "start")
    for name, icon in PAGES.items()
]
page = st.navigation(pages, position="top")
html.dress()
desk.language_picker()
html.links()
try:
    page.run()
except Exception:  # a bug of ours: said calmly here, in full on the terminal
    logging.getLogger("patentprep").exception("page %s", page.url_path or "start")
    html.say_so(desk.w("unexpected"), kind="pp-unexpected")
finally:
    desk.put_away()
    case_desk.keep_plan()
