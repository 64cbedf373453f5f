"""The form of the Timeline page: the usual facts open, the others in groups folded away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st
from markupsafe import Markup

from patentprep.planning.leads import NAMES as LEADS
from patentprep.planning.leads import lead_meaning, leads
from patentprep.planning.offices import examining_offices, offices, receiving_offices
from patentprep.planning.timeline import DISCLOSURE_KINDS, Timeline
from patentprep.report import plan as reports
from patentprep.strings import t
from patentprep.ui import desk, html, plan_facts
from patentprep.ui.desk import choose, fill, lang, w
from patentprep.ui.plan_facts import ALL, COMMON, DAYS, DEFAULTS, ROWS, Wrong, claims, put_rows, rows, value

DATE = "2026-01-31"


def form(wrong: Wrong, timeline: Timeline | None) -> None:
    """All fields; ``wrong`` says what stands below which. The plan lends its deadlines to the list of what is done."""
    _usual(wrong)
    groups = {
        "disclosures": _disclosures,
        "examination": _examination,
        "claims": _claims,
        "absences": _absences,
        "leads": _leads,
    }
    for name, put in groups.items():
        with st.expander(w(f"plan.group_{name}"), expanded=_told(name) or bool(wrong.keys() & _fields(name))):
            put(wrong)
    with st.expander(w("plan.group_done"), expanded=_told("done") or bool(wrong.keys() & _fields("done"))):
        _done(wrong, timeline)


def usual_and_disclosures() -> None:
    """The facts that every case has: dates, offices, and what was shown to others. The rest stands on the Timeline."""
    _, wrong = plan_facts.planned()
    _usual(wrong)
    _disclosures(wrong)


def _fields(group: str) -> set[str]:
    """The keys of a group's fields."""
    if group in ("disclosures", "absences"):
        name = f"plan_{group}"
        return {f"{key}_{n}" for n in range(len(rows(name))) for key in ROWS[name]} | {name}
    return {
        "leads": {f"plan_lead_{name}" for name in LEADS},
        "examination": {*(DAYS[n] for n in ("search_report_date", "early_publication", "demand_date", "record_from")),
                        "plan_ipea"},
        "claims": {"plan_added", "plan_claimed", "plan_right", "plan_changed", "plan_withdraw", "plan_withdrawn"},
        "done": {"plan_today", "plan_done", "plan_family"},
    }[group]  # fmt: skip


def _told(group: str) -> bool:
    """Whether anything was given there: what counts in a plan is not hidden."""
    return any(value(key) for key in _fields(group))


def _field(place: Any, key: str, wrong: Wrong, placeholder: str = DATE, label: str = "", tip: str = "") -> None:
    """One field, and below it what is wrong with it."""
    name = key.removeprefix("plan_")
    with place:
        fill(
            st.text_input, label or w(f"plan.{name}"), key, "",
            placeholder=placeholder, help=tip or w(f"plan.{name}_help"),
        )  # fmt: skip
        html.wrong(wrong.get(key))


def _office(place: Any, key: str, codes: Sequence[str], tip: str | None = None) -> None:
    """A choice among offices; no code stands for none."""
    names = {code: f"{code} · {reports.office_name(code, lang())}" for code in codes if code}
    name = key.removeprefix("plan_")
    choose(
        place.selectbox,
        w(f"plan.{name}"),
        codes,
        key,
        DEFAULTS.get(key, ""),
        format_func=(names | {"": w("plan.not_said")}).__getitem__,
        help=tip,
        filter_mode="contains",
    )


def _usual(wrong: Wrong) -> None:
    codes = list(offices())
    one, two, three, four = st.columns(4)
    _field(one, "plan_priority", wrong)
    _field(two, "plan_filing", wrong)
    _office(three, "plan_receiving", list(receiving_offices()))
    _office(four, "plan_made", ["", *codes], w("plan.made_help"))
    wide, narrow = st.columns([4, 1], vertical_alignment="bottom")
    names = {code: f"{code} · {reports.office_name(code, lang())}" for code in codes}
    narrow.button(
        w("plan.usual"),
        key="plan_usual",
        help=w("plan.usual_help", codes=w("list.comma").join(COMMON)),
        on_click=_add_usual,
        width="stretch",
    )
    choose(
        wide.multiselect,
        w("plan.offices"),
        codes,
        "plan_offices",
        DEFAULTS["plan_offices"],
        format_func=names.__getitem__,
        placeholder=w("plan.offices_hint"),
        filter_mode="contains",
        select_all=False,
        wrap=True,
    )


def _add_usual() -> None:
    desk.lay_down("plan_offices", list(dict.fromkeys([*COMMON, *value("plan_offices")])))


def _disclosures(wrong: Wrong) -> None:
    _lead("plan.disclosures_about")
    kinds = {kind: t(f"plan.kind.{kind}", lang()) for kind in DISCLOSURE_KINDS}
    for n in range(len(rows("plan_disclosures"))):
        one, two, three, _ = st.columns([2, 2, 1, 3], vertical_alignment="bottom")
        fill(one.text_input, w("plan.disclosed_on"), f"plan_day_{n}", "", placeholder=DATE, label_visibility=_seen(n))
        choose(
            two.selectbox,
            w("plan.disclosed_how"),
            DISCLOSURE_KINDS,
            f"plan_kind_{n}",
            DISCLOSURE_KINDS[0],
            format_func=kinds.__getitem__,
            filter_mode=None,
            label_visibility=_seen(n),
        )
        _out(three, "plan_disclosures", n, f"plan_out_{n}")
        html.wrong(wrong.get(f"plan_day_{n}"))
    _more("plan_disclosures", ("", DISCLOSURE_KINDS[0]), "plan_add", w("plan.add_disclosure"))


def _examination(wrong: Wrong) -> None:
    one, two, three = st.columns(3)
    _field(one, "plan_report", wrong)
    _field(two, "plan_early", wrong)
    _field(three, "plan_record", wrong)
    one, two, _ = st.columns(3)
    _field(one, "plan_demand", wrong)
    _office(two, "plan_ipea", ["", *sorted(examining_offices())], w("plan.ipea_help"))


def _claims(wrong: Wrong) -> None:
    _lead("plan.claims_about")
    one, two, three, four = st.columns(4)
    _field(one, "plan_added", wrong)
    _field(two, "plan_claimed", wrong)
    _field(three, "plan_right", wrong)
    _field(four, "plan_changed", wrong)
    one, two, _, _ = st.columns(4)
    chosen = value("plan_withdraw")
    options = list(dict.fromkeys(["", ALL, *claims(value("plan_priority")), *([chosen] if chosen else [])]))
    names = {code: code for code in options} | {"": w("plan.none_withdrawn"), ALL: w("plan.all_withdrawn")}
    with one:
        choose(
            st.selectbox,
            w("plan.withdraw"),
            options,
            "plan_withdraw",
            "",
            format_func=names.__getitem__,
            help=w("plan.withdraw_help"),
            filter_mode=None,
        )
        html.wrong(wrong.get("plan_withdraw"))
    _field(two, "plan_withdrawn", wrong)


def _absences(wrong: Wrong) -> None:
    _lead("plan.absences_about")
    for n in range(len(rows("plan_absences"))):
        one, two, three, _ = st.columns([2, 2, 1, 3], vertical_alignment="bottom")
        for place, key, name in ((one, "plan_from", "away_from"), (two, "plan_until", "away_until")):
            fill(place.text_input, w(f"plan.{name}"), f"{key}_{n}", "", placeholder=DATE, label_visibility=_seen(n))
        _out(three, "plan_absences", n, f"plan_back_{n}")
        html.wrong(wrong.get(f"plan_from_{n}") or wrong.get(f"plan_until_{n}"))
    _more("plan_absences", ("", ""), "plan_add_absence", w("plan.add_absence"))


def _leads(wrong: Wrong) -> None:
    _lead("plan.leads_about")
    usual = leads()
    places = [place for start in range(0, len(LEADS), 4) for place in st.columns(4)]
    for place, name in zip(places, LEADS, strict=False):
        tip = w("plan.lead_help", meaning=lead_meaning(name, lang()), days=getattr(usual, name))
        _field(place, f"plan_lead_{name}", wrong, str(getattr(usual, name)), w(f"plan.lead_{name}"), tip)


def _done(wrong: Wrong, timeline: Timeline | None) -> None:
    one, two, _ = st.columns([1, 1, 2])
    _field(one, "plan_family", wrong, w("plan.family_hint"))
    _field(two, "plan_today", wrong, w("plan.today_hint"))
    chosen = value("plan_done")
    dated = {item.id: f" · {item.date}" for item in timeline.deadlines} if timeline else {}
    names = {id: reports.item_name(id, lang()) + dated.get(id, "") for id in [*dated, *chosen]}
    choose(
        st.multiselect,
        w("plan.done"),
        list(names),
        "plan_done",
        [],
        format_func=names.__getitem__,
        help=w("plan.done_help"),
        placeholder=w("plan.done_hint"),
        filter_mode="contains",
        select_all=False,
        wrap=True,
    )


def _seen(n: int) -> Literal["collapsed", "visible"]:
    """Labels above the first row only; the others have them for screen readers."""
    return "collapsed" if n else "visible"


def _lead(key: str) -> None:
    html.put(Markup('<p class="pp-calm">{}</p>').format(w(key)))


def _more(name: str, blank: tuple[str, str], key: str, label: str) -> None:
    st.button(label, key=key, icon=":material/add:", on_click=lambda: put_rows(name, [*rows(name), blank]))


def _out(place: Any, name: str, n: int, key: str) -> None:
    """Take a row out; those after it move up."""

    def take_out() -> None:
        put_rows(name, [pair for m, pair in enumerate(rows(name)) if m != n])

    place.button(w("plan.take_out"), key=key, on_click=take_out, type="tertiary", icon=":material/close:")
