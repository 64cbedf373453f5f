"""Timeline: what must be filed by when, why, and what we advise; for one application, or for many."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep.errors import PatentprepError
from patentprep.planning.agenda import agenda, next_steps
from patentprep.planning.scenarios import scenarios
from patentprep.planning.timeline import Timeline
from patentprep.report import agenda as agendas
from patentprep.report import plan as reports
from patentprep.report.scenarios import scenarios_json
from patentprep.strings import t
from patentprep.ui import case_desk, html, plan_chart, plan_facts, plan_form, plan_portfolio, plan_view
from patentprep.ui.desk import choose, fill, lang, w

VIEWS = ("dates", "months", "ways")


def switch(options: tuple[str, ...], key: str, label: str) -> str:
    """A choice of what is shown, kept like every other."""
    names = {name: w(f"plan.{key.removeprefix('plan_')}_{name}") for name in options}
    chosen = choose(
        st.segmented_control, label, options, key, options[0],
        format_func=names.__getitem__, label_visibility="collapsed", required=True,
    )  # fmt: skip
    return str(chosen or options[0])


def downloads(timeline: Timeline, family: str) -> None:
    """The plan to take along; each file is made when it is asked for."""
    from patentprep.report.calendar_file import to_ics
    from patentprep.report.plan_html import to_html

    language = lang()
    files: dict[str, tuple[str, Callable[[], str]]] = {
        "ics": ("text/calendar", lambda: to_ics(timeline, language, family)),
        "html": ("text/html", lambda: to_html(timeline, language, family)),
        "csv": ("text/csv", lambda: "\ufeff" + reports.to_csv(timeline, language)),
        "json": (
            "application/json",
            lambda: json.dumps(reports.to_json_dict(timeline, language), ensure_ascii=False, indent=2),
        ),
    }
    with st.container(horizontal=True, key="plan_files"):
        for kind, (mime, make) in files.items():
            st.download_button(
                w(f"plan.file_{kind}"),
                make,
                file_name=f"timeline.{kind}",
                mime=mime,
                key=f"plan_file_{kind}",
                on_click="ignore",
                icon=":material/download:",
            )
    if not family:
        html.put(Markup('<p class="pp-place">{}</p>').format(w("plan.no_family")))


def dates(plan: dict[str, Any]) -> None:
    """The picture, the dates we advise, every deadline, and every disclosure."""
    codes = ["", *plan["given"]["offices"]]
    one, two = st.columns([1, 3], vertical_alignment="bottom")
    named = {code: f"{code} · {reports.office_name(code, lang())}" if code else w("plan.all_offices") for code in codes}
    only = choose(one.selectbox, w("plan.only"), codes, "plan_only", "", format_func=named.__getitem__)
    with two:
        everything = fill(st.toggle, w("plan.everything"), "plan_everything", False)
    kept = plan | {name: plan_view.of_office(plan[name], only) for name in ("deadlines", "suggestions", "disclosures")}
    html.section(w("plan.picture"))
    st.altair_chart(plan_chart.chart(kept, everything), width="stretch", key="plan_chart")
    html.put(Markup('<p class="pp-place">{}</p>').format(w("plan.picture_how")))
    html.section(t("plan.table.suggestions", lang()))
    html.put(plan_view.suggestions(kept["suggestions"]))
    html.section(t("plan.table.deadlines", lang()))
    html.put(plan_view.deadlines(kept["deadlines"]))
    if kept["disclosures"]:
        html.section(t("plan.table.disclosures", lang()))
        html.put(plan_view.disclosures(kept))


def show(timeline: Timeline) -> None:
    """Warnings first, then what to do next, the files, and the plan as dates, by month, or against other ways."""
    plan: dict[str, Any] = reports.to_json_dict(timeline, lang())
    if plan["warnings"]:
        html.put(plan_view.warnings(plan))
    html.section(w("plan.next"))
    steps = agendas.step_rows(next_steps(timeline), lang())
    html.put(plan_view.steps(steps) if steps else Markup('<p class="pp-calm">{}</p>').format(w("plan.next_none")))
    downloads(timeline, plan_facts.value("plan_family").strip())
    view = switch(VIEWS, "plan_view", w("plan.view"))
    if view == "dates":
        dates(plan)
    elif view == "months":
        months = agendas.by_month(agenda(timeline), lang())
        html.put(
            plan_view.months(months) if months else Markup("<p class='pp-calm'>{}</p>").format(w("plan.next_none"))
        )
    else:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("plan.ways_about")))
        html.put(plan_view.ways(scenarios_json(scenarios(timeline), lang())["scenarios"]))
    html.put(Markup('<p class="pp-notice">{}</p>').format(t("plan.table.disclaimer", lang())))


def one_application() -> None:
    """The form and its plan; read before it is drawn, so that what is wrong stands below its field."""
    made, wrong = plan_facts.planned()
    plan_form.form(wrong, made)
    plan_facts.into_address()
    if made:
        show(made)
    elif wrong:
        html.say_so(w("plan.mend"))
    else:
        html.empty(w("plan.empty"), [w("plan.empty_1"), w("plan.empty_2"), w("plan.empty_3")])


plan_facts.from_address()
html.heading(w("plan.title"), w("plan.lead"))
with suppress(PatentprepError):  # locked or not usable: the planner works without
    if case := case_desk.current():
        html.put(Markup('<p class="pp-place">{}</p>').format(w("plan.of_case", name=case.name)))
if switch(("one", "many"), "plan_mode", w("plan.mode")) == "one":
    one_application()
else:
    plan_portfolio.many_families()
