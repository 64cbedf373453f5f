"""Walk-through: an inventor is led from first notes to a disclosure, one requirement a step."""

from __future__ import annotations

import streamlit as st

from patentprep import report as reports
from patentprep.cases.model import Case, StoreLocked
from patentprep.errors import PatentprepError
from patentprep.model import REQUIREMENTS
from patentprep.palette import SHAPES
from patentprep.strings import t
from patentprep.ui import case_desk, case_list, desk, html, steps, walk_ends, walk_step
from patentprep.ui.desk import Held, lang, w

STEPS = walk_ends.STEPS


def walk(case: Case) -> None:
    """The steps, and the one that is open."""
    case_list.name_line(case)
    held: Held | None = None
    unread: PatentprepError | None = None
    with steps.watching_if_needed(w("check.assessing"), lambda: len(held.draft.text) if held else 0) as watch:
        try:
            held = case_desk.held(case, watch)
        except PatentprepError as error:  # a draft that cannot be read: another one may be laid in
            unread = error
        kind = (case_desk.kind_of(case) or held.draft.invention_type) if held else None
        assessment = desk.assessed(held, kind, None, watch) if held else None
    notes = st.container()  # there in every run: what comes and goes must not push away the field somebody types in
    if unread:
        with notes:
            html.trouble(unread)
    report = reports.to_dict(assessment, lang()) if assessment else None
    if assessment:
        case_desk.summarise(case, assessment)
    status = {r["id"]: r["status"] for r in report["requirements"]} if report else {}

    def label(step: str) -> str:
        name = t(f"ui.walk.short.{step}", lang())
        return f"{SHAPES[status.get(step, 'not_found')]} {name}" if step in REQUIREMENTS else name

    step = desk.choose(
        st.segmented_control, w("walk.steps"), STEPS, "walk_step", "start",
        format_func={name: label(name) for name in STEPS}.__getitem__, label_visibility="collapsed", required=True,
        width="stretch",
    )  # fmt: skip
    with st.container():
        case_list.guide(case, step)
        if unsaved := case_desk.not_saved(case):
            html.trouble(unsaved, w("walk.not_saved"))
    if step == "start":
        walk_ends.start(case)
    elif step == "finish":
        walk_ends.finish(case, held, assessment, report)
    else:
        walk_step.requirement(case, step, held, assessment, report)
    here = STEPS.index(step)
    with st.container(horizontal=True, key="walk_go"):
        if here:
            st.button(w("walk.back"), key="walk_back", on_click=desk.lay_down, args=("walk_step", STEPS[here - 1]))
        if here + 1 < len(STEPS):
            st.button(
                w("walk.next", step=t(f"ui.walk.short.{STEPS[here + 1]}", lang())),
                key="walk_next", type="primary", on_click=desk.lay_down, args=("walk_step", STEPS[here + 1]),
            )  # fmt: skip


try:
    case = case_desk.current()
    if case is None:
        html.heading(w("walk.title"), w("walk.lead"))
        if error := case_desk.gone():
            html.trouble(error)
        case_list.begin()
    else:
        walk(case)
except StoreLocked as error:
    case_list.unlock(error)
except PatentprepError as error:
    html.trouble(error)
