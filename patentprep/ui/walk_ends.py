"""The first and the last step of the walk-through: the facts of the case, and the documents made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep import report as reports
from patentprep.cases import store as cases
from patentprep.cases.model import Case
from patentprep.cases.questions import open_questions
from patentprep.checklist import INVENTION_TYPES
from patentprep.errors import PatentprepError
from patentprep.model import REQUIREMENTS, Assessment, Lang
from patentprep.strings import LANGUAGES, t
from patentprep.ui import case_desk, desk, heat, html, plan_form, review, steps, walk_step
from patentprep.ui.desk import NAMES, Held, lang, w

STEPS = ("start", *REQUIREMENTS, "finish")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Report = dict[str, Any]


def start(case: Case) -> None:
    """What kind of invention, in which language, for which offices, and what was disclosed so far."""
    html.section(w("walk.start_title"))
    one, two = st.columns(2, gap="large")
    kinds = {name: t(f"report.invention_type.{name}", lang()) for name in INVENTION_TYPES} | {"": w("walk.kind_open")}
    with one:
        _choice(case, "start.kind", w("walk.kind"), ["", *INVENTION_TYPES], kinds, w("check.type_help"))
    with two:
        _choice(
            case,
            "start.language",
            w("walk.language"),
            list(LANGUAGES),
            {str(k): v for k, v in NAMES.items()},
            "",
            default=case_desk.language_of(case),
        )
    html.section(w("walk.draft"))
    if case.sources:
        rows = Markup("").join(
            Markup("<li>{} <span class='pp-place'>{}</span></li>").format(
                desk.shown_name(source.name), html.dated(source.added.astimezone().date().isoformat())
            )
            for source in reversed(case.sources)
        )
        html.put(Markup('<ul class="pp-versions">{}</ul>').format(rows))
    else:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.no_draft")))
    # Emptied by another key once it is taken in: a file that stays would be taken in again in every run.
    key = f"newer_{st.session_state.get('newer', 0)}"
    file = st.file_uploader(w("walk.newer" if case.sources else "walk.first"), key=key)
    if file is not None:
        newer(case, file.name, file.getvalue())
    html.section(w("walk.dates"))
    html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.dates_how")))
    plan_form.usual_and_disclosures()
    st.page_link(steps.page("timeline"), label=w("walk.to_timeline"), icon=":material/calendar_month:")


def newer(case: Case, name: str, data: bytes) -> None:
    """Lay a newer version of the draft into the case, once it can be read."""
    try:
        with steps.watching(w("start.reading", name=name)) as on_step:
            case_desk.read_once(data, name, on_step)
        cases.add_source(case_desk.store(), case.id, name, data, case_desk.now())
    except PatentprepError as error:
        html.trouble(error, name)
        return
    st.session_state["newer"] = st.session_state.get("newer", 0) + 1
    st.rerun()


def _choice(
    case: Case, field: str, label: str, options: list[str], names: dict[str, str], tip: str, default: str = ""
) -> None:
    key = f"pp-{field}@{lang()}"
    here = case_desk.standing(case, field) or default
    case_desk.begin(case, field, {key: here if here in options else options[0]})

    def keep() -> None:
        case_desk.put(case, field, st.session_state[key])
        desk.forget_check_form()  # the Check page and the documents follow what the case says
        desk.forget_choice("walk_language")

    st.selectbox(
        label, options, key=key, format_func=names.__getitem__, help=tip or None, filter_mode=None, on_change=keep
    )
    walk_step.conflict(case, field, lambda value: names.get(value or default, "–"))


# --- finish -----------------------------------------------------------------------------------------------------------


def finish(case: Case, held: Held | None, assessment: Assessment | None, report: Report | None) -> None:
    """Where the case stands, what to do next, and the documents."""
    if held is None or assessment is None or report is None:
        html.empty(w("walk.nothing_yet"), [w("walk.nothing_1"), w("walk.nothing_2")])
        return
    html.put(review.sentence(report))
    html.put(review.eligibility(report))
    html.section(t("report.heading.next", lang()))
    html.put(review.next_steps(report, assessment.readiness.next_steps, STEPS))
    html.section(w("check.heat"))
    html.put(heat.heat(report))
    html.section(w("walk.documents"))
    language = st.segmented_control(
        w("walk.in_language"), LANGUAGES, key=desk.keep("walk_language", case_desk.language_of(case)),
        format_func=NAMES.__getitem__, required=True,
    )  # fmt: skip
    documents(case, assessment, language or lang())
    html.section(w("walk.come_back"))
    key = f"filled_{st.session_state.get('filled', 0)}"  # emptied by another key once it is taken in
    with st.container(key="pp-filled"):
        file = st.file_uploader(w("walk.filled"), key=key)  # whatever it is: our own words say what is wrong with it
    if file is not None:
        take_answers(case, file.getvalue(), file.name)
    for line in st.session_state.pop("taken", []):
        html.put(Markup('<p class="pp-done" role="status">{}</p>').format(line))


def documents(case: Case, assessment: Assessment, language: Lang) -> None:
    """Disclosure, question list, report; each is made when it is asked for."""
    from patentprep.report import disclosure, questions

    asked = open_questions(assessment, case.answers, language)
    files: dict[str, tuple[str, str, Callable[[], str | bytes]]] = {
        "disclosure": ("docx", WORD, lambda: disclosure.disclosure_docx(case, assessment, language, date.today())),
        "questions": ("docx", WORD, lambda: questions.question_docx(case.name, asked, language)),
        "question_text": ("txt", "text/plain", lambda: questions.question_text(case.name, asked, language)),
        "report": ("html", "text/html", lambda: reports.render(assessment, "html", language)),
    }
    with st.container(horizontal=True, key="walk_files"):
        for name, (ending, mime, make) in files.items():
            st.download_button(
                w(f"walk.file.{name}"), make, mime=mime,
                file_name=f"{case.name}-{w(f'walk.file_name.{name}')}.{ending}",
                key=f"walk_file_{name}", on_click="ignore", icon=":material/download:",
                type="primary" if name == "disclosure" else "secondary",
            )  # fmt: skip
    html.put(Markup('<p class="pp-place">{}</p>').format(w("walk.asked", count=len(asked))))


def take_answers(case: Case, data: bytes, name: str) -> None:
    """Read a filled-in question list back into the case; answers given here meanwhile are not overwritten."""
    from patentprep.report.questions import read_answers

    try:
        found, unknown = read_answers(data, name)
    except PatentprepError as error:
        html.trouble(error)
        return
    mine = {e: a for e, a in case.answers.items() if a.state != "unknown"}
    kept = [e for e, a in found.items() if e in mine and (mine[e].state, mine[e].text.strip()) != (a.state, a.text)]
    for element, answer in found.items():
        if element not in kept:
            case_desk.put(case, f"answer.{element}", {"state": answer.state, "text": answer.text})
    lines = [w("walk.taken", count=len(found) - len(kept))]
    if kept:
        lines.append(w("walk.not_taken", names=w("list.comma").join(kept)))
    st.session_state["taken"] = [*lines, *unknown]
    st.session_state["filled"] = st.session_state.get("filled", 0) + 1
    st.rerun()
