"""Checklists: who says so? Every element, red flag and formal rule with its provision, source and examples."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from patentprep.checklist import available, load_checklist
from patentprep.errors import PatentprepError
from patentprep.strings import t
from patentprep.ui import desk, html, law_view
from patentprep.ui.desk import choose, keep, lang, w

ALL, FLAGS, FORMAL = "all", "red_flags", "formal"

html.heading(w("law.title"), w("law.lead"))
one, two, three = st.columns([2, 2, 1])
names = [load_checklist(name) for name in available()]
law = names[0]
parts = [ALL, *(r.id for r in law.requirements), FLAGS, FORMAL]
titles = {r.id: r.title.in_(lang()) for r in law.requirements} | {n: w(f"law.{n}") for n in (ALL, FLAGS, FORMAL)}
part = choose(one.selectbox, w("law.part"), parts, "law_part", ALL, format_func=titles.__getitem__)
words = two.text_input(w("law.search"), key=keep("law_search", ""), placeholder=w("law.search_hint"))
day = three.text_input(w("law.on"), key=keep("law_day", ""), placeholder="2026-01-31", help=w("law.on_help"))

try:
    filed_on = desk.day(day) if day.strip() else None
except PatentprepError as error:
    html.trouble(error, w("law.on"))
    filed_on = None

entries = law_view.entries(law.at(filed_on), filed_on, lang())
shown = [e for e in entries if part in (ALL, e.part) and law_view.matches(e, words)]
if filed_on and filed_on < law.in_force.start:
    html.band([w("law.older", day=filed_on.isoformat(), edition=law.in_force.start.isoformat())])
html.put(Markup('<p class="pp-calm">{} · {}</p>').format(law.title.in_(lang()), w("law.count", count=len(shown))))
if not shown:
    html.empty(w("law.none"), [w("law.none_1"), w("law.none_2")])
for name in parts[1:]:
    here = [e for e in shown if e.part == name]
    if here:
        html.section(titles[name])
        asks = next(
            (r.asks.in_(lang()) for r in law.requirements if r.id == name),
            w(f"law.asks_{name}") if name in (FLAGS, FORMAL) else "",
        )
        html.put(law_view.listed(asks, here))
html.put(Markup('<p class="pp-notice">{}</p>').format(t("report.notice", lang())))
