"""Check: is it ready, and what is missing most? The draft on the left, our findings in the margin."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep import report as reports
from patentprep.cases.model import Case
from patentprep.checklist import INVENTION_TYPES, load_checklist
from patentprep.errors import PatentprepError
from patentprep.model import Progress
from patentprep.report.as_html import marks
from patentprep.strings import t
from patentprep.ui import case_desk, claims_tree, desk, heat, html, page_image, review, steps
from patentprep.ui.desk import Held, lang, w


def show(held: Held, case: Case | None = None) -> None:
    """The page for one draft, which may be that of a case."""
    usual = (case_desk.kind_of(case) if case else None) or held.draft.invention_type
    top = st.container()
    with top:
        head = st.empty()
    with st.container(key="pp-controls", horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = desk.choose(
            st.selectbox,
            w("check.type"),
            INVENTION_TYPES,
            "check_type",
            usual,
            format_func={name: t(f"report.invention_type.{name}", lang()) for name in INVENTION_TYPES}.__getitem__,
            help=w("check.type_help"),
            filter_mode=None,
            width=340,
        )
        filed_text = st.text_input(
            w("check.filed"),
            key=desk.keep("check_filed", ""),
            placeholder="2026-01-31",
            help=w("check.filed_help"),
            width=200,
        )
        downloads = st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content")
    filed_on = _day(filed_text)
    with steps.watching_if_needed(w("check.assessing"), lambda: len(held.draft.text)) as watch:

        def named() -> Progress:
            with head:  # what was read is named at once, what was found follows
                html.heading(
                    held.draft.title or t("report.untitled", lang()), desk.shown_name(held.draft.document.name)
                )
            return watch()

        assessment = desk.assessed(held, kind, filed_on, named)
    if case and kind == usual and filed_on is None:
        case_desk.summarise(case, assessment)

    report = reports.to_dict(assessment, lang())
    with head:
        html.put(review.head(report))
    with top:
        html.band(report["draft"]["warnings"], t("report.heading.unread", lang()))
        html.put(review.sentence(report))
        html.put(review.eligibility(report))
    with downloads:
        file = desk.shown_name(held.draft.document.name)
        name = file.rpartition(".")[0] or file
        for fmt, mime in (("html", "text/html"), ("json", "application/json"), ("text", "text/plain")):
            st.download_button(
                w(f"check.download_{fmt}"),
                partial(reports.render, assessment, fmt, lang()),
                file_name=f"{name}-report.{'txt' if fmt == 'text' else fmt}",
                mime=mime,
                key=f"download_{fmt}",
                on_click="ignore",
            )
    html.put(review.desk_view(held.draft.document, report, pictures(held, report)))
    html.section(t("report.heading.next", lang()))
    html.put(review.next_steps(report, assessment.readiness.next_steps))
    if case:
        st.page_link(steps.page("walk"), label=w("check.to_walk"), icon=":material/route:")
    if report["findings"]:
        html.section(t("report.heading.findings", lang()))
        html.put(review.findings(report))
    html.section(w("check.heat"))
    html.put(heat.heat(report))
    if report["draft"]["claims"]:
        html.section(w("check.claims"))
        html.put(claims_tree.tree(report))
    editions = w("list.semicolon").join(f"{c['title']} ({c['edition']})" for c in report["checklists"])
    html.put(Markup('<p class="pp-notice">{}<br>{}</p>').format(editions, report["notice"]))


def pictures(held: Held, report: dict[str, Any]) -> Markup | None:
    """The pages of a PDF as printed, where they are asked for; None shows the text."""
    document = held.draft.document
    if document.format != "pdf" or not held.data:
        return None
    one, two = st.columns([2, 5], vertical_alignment="center")
    views = {name: w(f"check.view_{name}") for name in ("text", "pages")}
    chosen = desk.choose(
        one.segmented_control, w("check.view"), tuple(views), "check_view", "text",
        format_func=views.__getitem__, label_visibility="collapsed", required=True,
    )  # fmt: skip
    if chosen != "pages":
        return None
    count, page = document.pages[-1].number, 1
    if count > page_image.MOST_PAGES:
        page = int(
            desk.fill(two.number_input, w("check.page"), "check_page", 1, min_value=1, max_value=count, width=160)
        )
    key = (lang(), page, str(sorted(marks(report))))
    if key not in held.sheets:
        with st.spinner(w("check.drawing")):
            held.sheets.clear()
            sheets = page_image.pages(held.data, document, report, page)
            if sheets is None:
                return None
            held.sheets[key] = sheets
    return held.sheets[key]


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = desk.day(text)
    except PatentprepError as error:
        html.trouble(error, w("check.filed"))
        return None
    first = min(element.in_force.start for element in load_checklist("cn-2026").elements)
    if day < first:
        html.say_so(w("check.too_early", first=first.isoformat()), w("check.filed"))
        return None
    return day


def taken_up(case: Case | None) -> Held | None:
    """The open case with its answers, or else the draft that lies on top."""
    if case is None:
        return desk.current()
    with steps.watching_if_needed(w("check.assessing")) as watch:
        return case_desk.held(case, watch)


case: Case | None = None
try:
    case = case_desk.current()
    if gone := case_desk.gone():
        html.trouble(gone)
    held = taken_up(case)
except PatentprepError as error:
    html.trouble(error)
    held = None if case else desk.current()  # never another draft in the place of the case's own
if held is None:
    html.heading(w("check.empty_title"), w("check.empty_lead"))
    html.empty(w("check.empty_what"), [w("check.empty_1"), w("check.empty_2"), w("check.empty_3")])
    st.page_link(steps.page("start"), label=w("check.empty_go"), icon=":material/arrow_back:")
else:
    try:
        show(held, case)
    except PatentprepError as error:
        html.trouble(error)
