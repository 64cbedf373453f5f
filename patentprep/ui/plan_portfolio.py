"""The Timeline page for many families: a CSV in, every deadline of all of them in one list."""

from __future__ import annotations

import hashlib
from datetime import date

import streamlit as st
from markupsafe import Markup

from patentprep.errors import PatentprepError, UsageError
from patentprep.planning.offices import offices
from patentprep.planning.periods import add_months
from patentprep.planning.portfolio import Entry, Portfolio, entries, read_portfolio
from patentprep.report import plan as reports
from patentprep.report.portfolio import CALENDAR_STATES, portfolio_csv, portfolio_ics, portfolio_rows
from patentprep.resources import folder
from patentprep.strings import t
from patentprep.ui import desk, html, plan_view
from patentprep.ui.desk import choose, fill, lang, w

MOST_BYTES = 1_000_000  # some ten thousand families
SHOWN = 200  # rows drawn at once; files hold all
MONTHS = (0, 1, 3, 6, 12, 24)  # 0: all


class TooLarge(UsageError):
    """Facts: name."""

    key = "ui.error.portfolio_large"


def example() -> bytes:
    """A CSV to begin with."""
    return (folder("data") / "planning" / "portfolio_example.csv").read_bytes()


def many_families() -> None:
    """The file, then its list."""
    _take()
    held: tuple[str, bytes] | None = desk.desk().kept.get("portfolio")
    if held is None:
        html.empty(w("many.empty"), [w("many.empty_1"), w("many.empty_2"), w("many.empty_3")])
        return
    try:
        portfolio = _planned(*held)
    except PatentprepError as error:
        html.trouble(error, held[0])
        return
    _list(portfolio, held[0])


def _take() -> None:
    """Upload, example, and taking the file away again. The file is kept whatever page or language is chosen."""
    kept = desk.desk().kept
    with st.container(key="pp-many"):
        given = st.file_uploader(w("many.upload"), type=["csv"], key=f"portfolio_{kept.get('portfolio_turn', 0)}")
    if given is not None:
        kept["portfolio"] = (given.name, given.getvalue())
        kept["portfolio_turn"] = kept.get("portfolio_turn", 0) + 1  # the file is on the desk; the field is free again
        st.rerun()
    with st.container(horizontal=True):
        st.download_button(
            w("many.example"), example, file_name="portfolio.csv", mime="text/csv", key="portfolio_example",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.button(w("many.try"), key="portfolio_try", on_click=_lay, args=(("portfolio.csv", example()),))
        if "portfolio" in kept:
            st.button(w("many.clear"), key="portfolio_clear", on_click=_lay, args=(None,), type="tertiary")


def _lay(file: tuple[str, bytes] | None) -> None:
    kept = desk.desk().kept
    if file is None:
        kept.pop("portfolio", None)
    else:
        kept["portfolio"] = file


def _planned(name: str, data: bytes) -> Portfolio:
    """The portfolio of a file, planned once a day. Raises PatentprepError."""
    if len(data) > MOST_BYTES:
        raise TooLarge(name=name)
    key = (name, hashlib.sha256(data).hexdigest(), date.today())
    known = st.session_state.get("portfolio_planned")
    if known is None or known[0] != key:
        with st.spinner(w("many.planning")):
            known = (key, read_portfolio(data, name, today=date.today()))
        st.session_state["portfolio_planned"] = known
    found: Portfolio = known[1]
    return found


def _list(portfolio: Portfolio, name: str) -> None:
    bad = [_bad(row.line, row.reference, row.error) for row in portfolio.bad_rows]
    html.band(bad, w("many.bad", count=len(bad)))
    if not portfolio.families:
        return
    one, two, three = st.columns([3, 2, 2], vertical_alignment="bottom")
    there = sorted({item.office for family in portfolio.families for item in family.timeline.deadlines})
    known = [code for code in there if code in offices()]
    names = {code: f"{code} · {reports.office_name(code, lang())}" for code in known}
    wanted = choose(
        one.multiselect, w("many.offices"), known, "portfolio_offices", [], format_func=names.__getitem__,
        placeholder=w("plan.all_offices"), filter_mode="contains", select_all=False, wrap=True,
    )  # fmt: skip
    spans = {n: w("many.months", count=n) if n else w("many.any_time") for n in MONTHS}
    months = choose(
        two.selectbox, w("many.within"), MONTHS, "portfolio_within", 0,
        format_func=spans.__getitem__, filter_mode=None,
    )  # fmt: skip
    with three:
        over = fill(st.toggle, w("many.over"), "portfolio_over", False)
    until = add_months(date.today(), months) if months else None
    found = entries(portfolio, offices=wanted, until=until)
    shown = [entry for entry in found if over or entry.state in CALENDAR_STATES]
    late = sum(entry.state == "overdue" for entry in shown)
    html.section(w("many.count", name=name, families=len(portfolio.families), count=len(shown), late=late))
    if not shown:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("many.none")))
        return
    _files(shown)
    html.put(plan_view.portfolio(portfolio_rows(shown[:SHOWN], lang())))
    if len(shown) > SHOWN:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("many.more", shown=SHOWN, count=len(shown))))
    html.put(Markup('<p class="pp-notice">{} {}</p>').format(w("many.doubt"), t("plan.table.disclaimer", lang())))


def _bad(line: int, reference: str, error: PatentprepError) -> str:
    family = w("many.bad_family", family=reference) if reference else ""
    return w("many.bad_row", line=line, family=family, message=html.sentence(error))


def _files(shown: list[Entry]) -> None:
    language = lang()
    with st.container(horizontal=True):
        st.download_button(
            w("many.csv"), lambda: "\ufeff" + portfolio_csv(shown, language), file_name="deadlines.csv",
            mime="text/csv", key="portfolio_csv", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        st.download_button(
            w("many.ics"), lambda: portfolio_ics(shown, language), file_name="deadlines.ics",
            mime="text/calendar", key="portfolio_ics", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
