"""Timeline: what must be filed by when, why, and what we advise."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep.errors import PatentprepError
from patentprep.planning import plan_timeline
from patentprep.planning.offices import INTERNATIONAL_BUREAU, offices
from patentprep.planning.timeline import DISCLOSURE_KINDS, DisclosureKind, Timeline
from patentprep.report import plan as reports
from patentprep.strings import t
from patentprep.ui import desk, html, plan_view
from patentprep.ui.desk import choose, keep, lang, w

# The form in the page's address, so that a reload or a copied link gives the same plan: parameter -> widget key.
ADDRESS = {
    "priority": "plan_priority",
    "filing": "plan_filing",
    "search_report": "plan_report",
    "today": "plan_today",
    "receiving": "plan_receiving",
    "made_in": "plan_made",
}
COMMON = ["CN", "US", "EP", "JP", "KR"]
DATE = "2026-01-31"


def from_address() -> None:
    """Take the form from the address, once per session."""
    if "plan_address_read" in st.session_state:
        return
    st.session_state["plan_address_read"] = True
    given, kept = st.query_params, desk.desk().kept
    for name, key in ADDRESS.items():
        if name in given:
            kept[key] = given[name]
    if "office" in given:
        kept["plan_offices"] = [code for code in given.get_all("office") if code in offices()]
    if "disclosure" in given:
        pairs = [text.partition(":") for text in given.get_all("disclosure")]
        kept["plan_disclosures"] = len(pairs)
        for number, (day, _, kind) in enumerate(pairs):
            kept[f"plan_day_{number}"] = day
            kept[f"plan_kind_{number}"] = kind if kind in DISCLOSURE_KINDS else DISCLOSURE_KINDS[0]
    for key, options in (
        ("plan_receiving", [*offices(), INTERNATIONAL_BUREAU]),
        ("plan_made", ["", *offices()]),
    ):
        if kept.get(key) not in options:
            kept.pop(key, None)


def into_address(told: list[tuple[str, str]]) -> None:
    """Write the form into the address."""
    state = st.session_state
    fields = {name: [state[key]] if state[key] else [] for name, key in ADDRESS.items()}
    disclosures = [f"{day}:{kind}" for day, kind in told]
    desk.into_address(fields | {"office": list(state["plan_offices"]), "disclosure": disclosures})


def take_out(number: int) -> None:
    """Take one disclosure out of the form; those after it move up."""
    state, kept = st.session_state, desk.desk().kept
    rows = range(state["plan_disclosures"])
    left = [(state[f"plan_day_{n}"], state[f"plan_kind_{n}"]) for n in rows if n != number]
    for n in rows:
        desk.forget_choice(f"plan_day_{n}")
        desk.forget_choice(f"plan_kind_{n}")
    for n, (day, kind) in enumerate(left):
        kept[f"plan_day_{n}"], kept[f"plan_kind_{n}"] = day, kind
    state["plan_disclosures"] = kept["plan_disclosures"] = len(left)


def form() -> list[tuple[str, str]]:
    """The form; returns the disclosures as typed, (day, kind)."""
    codes = list(offices())
    names = {code: f"{code} · {reports.office_name(code, lang())}" for code in [*codes, INTERNATIONAL_BUREAU]}
    office = (names | {"": w("plan.anywhere")}).__getitem__
    kind_names = {kind: t(f"plan.kind.{kind}", lang()) for kind in DISCLOSURE_KINDS}
    one, two, three, four = st.columns(4)
    one.text_input(w("plan.priority"), key=keep("plan_priority", ""), placeholder=DATE, help=w("plan.priority_help"))
    two.text_input(w("plan.filing"), key=keep("plan_filing", ""), placeholder=DATE, help=w("plan.filing_help"))
    choose(
        three.selectbox,
        w("plan.receiving"),
        [*codes, INTERNATIONAL_BUREAU],
        "plan_receiving",
        "CN",
        format_func=office,
        filter_mode="contains",
    )
    choose(
        four.selectbox,
        w("plan.made"),
        ["", *codes],
        "plan_made",
        "CN",
        format_func=office,
        help=w("plan.made_help"),
        filter_mode="contains",
    )
    choose(
        st.multiselect,
        w("plan.offices"),
        codes,
        "plan_offices",
        COMMON,
        format_func=office,
        placeholder=w("plan.offices_hint"),
        filter_mode="contains",
        select_all=False,
    )
    told: list[tuple[str, str]] = []
    st.session_state.setdefault("plan_disclosures", desk.desk().kept.get("plan_disclosures", 0))
    kept = desk.desk().kept
    told_more = st.session_state["plan_disclosures"] > 0 or kept.get("plan_report") or kept.get("plan_today")
    with st.expander(w("plan.more"), expanded=bool(told_more)):
        one, two, _ = st.columns([1, 1, 2])
        one.text_input(w("plan.report"), key=keep("plan_report", ""), placeholder=DATE, help=w("plan.report_help"))
        two.text_input(
            w("plan.today"),
            key=keep("plan_today", ""),
            placeholder=date.today().isoformat(),
            help=w("plan.today_help"),
        )
        for number in range(st.session_state["plan_disclosures"]):
            one, two, three, _ = st.columns([2, 2, 1, 3], vertical_alignment="bottom")
            day = one.text_input(w("plan.disclosed_on"), key=keep(f"plan_day_{number}", ""), placeholder=DATE)
            kind = choose(
                two.selectbox,
                w("plan.disclosed_how"),
                DISCLOSURE_KINDS,
                f"plan_kind_{number}",
                DISCLOSURE_KINDS[0],
                format_func=kind_names.__getitem__,
                filter_mode=None,
            )
            three.button(w("plan.take_out"), key=f"plan_out_{number}", on_click=take_out, args=(number,))
            if day.strip():
                told.append((day.strip(), kind))
        if st.button(w("plan.add_disclosure"), key="plan_add", icon=":material/add:"):
            st.session_state["plan_disclosures"] += 1
            desk.desk().kept["plan_disclosures"] = st.session_state["plan_disclosures"]
            st.rerun()
    return told


def dates(text: str) -> list[date]:
    """The ISO dates of a field; several may stand in it. Raises DateError."""
    return [desk.day(part) for part in re.split(r"[\s,，、;；]+", text.strip()) if part]


def plan(told: list[tuple[str, str]]) -> Timeline:
    """The plan of what the form holds. Raises PatentprepError."""
    state = st.session_state

    def one(key: str) -> date | None:
        return desk.day(state[key]) if state[key].strip() else None

    disclosures: list[tuple[date, DisclosureKind]] = [(desk.day(day), kind) for day, kind in told]  # type: ignore[misc]
    return plan_timeline(
        priority_date=dates(state["plan_priority"]) or None,
        filing_date=one("plan_filing"),
        receiving_office=state["plan_receiving"],
        offices=state["plan_offices"],
        search_report_date=one("plan_report"),
        made_in=state["plan_made"] or None,
        disclosures=disclosures,
        today=one("plan_today") or date.today(),
    )


def show(timeline: Timeline) -> None:
    """Warnings first, then dates to aim at, the picture, and every deadline."""
    told: dict[str, Any] = reports.to_json_dict(timeline, lang())
    if told["warnings"]:
        html.put(plan_view.warnings(told))
    html.section(t("plan.table.suggestions", lang()))
    html.put(plan_view.suggestions(told))
    html.section(w("plan.picture"))
    st.altair_chart(plan_view.chart(told), width="stretch", key="plan_chart")
    html.section(t("plan.table.deadlines", lang()))
    html.put(plan_view.deadlines(told))
    st.download_button(
        w("plan.download"),
        "\ufeff" + reports.to_csv(timeline, lang()),
        file_name="timeline.csv",
        mime="text/csv",
        key="plan_download",
        on_click="ignore",
    )
    html.put(Markup('<p class="pp-notice">{}</p>').format(t("plan.table.disclaimer", lang())))


from_address()
html.heading(w("plan.title"), w("plan.lead"))
disclosed = form()
into_address(disclosed)
if not st.session_state["plan_priority"].strip() and not st.session_state["plan_filing"].strip():
    html.empty(w("plan.empty"), [w("plan.empty_1"), w("plan.empty_2"), w("plan.empty_3")])
else:
    try:
        made = plan(disclosed)
    except PatentprepError as error:
        html.trouble(error)
    else:
        show(made)
