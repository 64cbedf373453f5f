"""Triage: which of these fifty first? Files, a folder or all cases; a ranked table that fills as they are read."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st
from markupsafe import Markup

from patentprep.cases import store as cases
from patentprep.cases.model import CaseUnknown
from patentprep.errors import PatentprepError
from patentprep.model import REQUIREMENTS, Lang
from patentprep.report import triage as reports
from patentprep.report.as_pdf import installed
from patentprep.strings import LANGUAGES, t
from patentprep.triage.model import DECISIONS, Row
from patentprep.triage.rank import ranked
from patentprep.ui import case_desk, case_list, desk, html, steps, triage_intake, triage_pile, triage_view
from patentprep.ui.desk import lang, w
from patentprep.ui.triage_pile import DOCUMENTS, Pile

SHOWN = 100  # drafts on one page of the table
EVERY = 1.5  # seconds between two looks at what is finished
SORTS = (
    "urgency", "next_deadline", "decision", "level", "gaps:desc", "red_flags:desc", "probability:desc", "confidence",
    "claims:desc", "pages:desc", "language", "title", "path", "modified:desc", *REQUIREMENTS,
)  # fmt: skip
MIME = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
SUMMARIES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}

# A click on the title of a draft, in the table or the heat map, tells its number; on the head of a column, the order.
_CLICKED = st.components.v2.component(
    "patentprep_triage",
    js="""export default function ({ setTriggerValue }) {
  function open(event) {
    const link = event.target.closest && event.target.closest("[data-draft], [data-sort]");
    if (!link || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (link.dataset.sort) setTriggerValue("sort", link.dataset.sort);
    else setTriggerValue("number", Number(link.dataset.draft));
  }
  document.addEventListener("click", open);
  document.addEventListener("keydown", open);
  return () => {
    document.removeEventListener("click", open);
    document.removeEventListener("keydown", open);
  };
}""",
    isolate_styles=False,
)


# --- the run ----------------------------------------------------------------------------------------------------------


def status(pile: Pile) -> None:
    """How far it is, in words; drawn again while it lasts."""
    if not pile.busy:
        st.rerun()  # the last look: the page is drawn as a whole once more
    done = len(pile.rows)
    line = t("triage.progress", lang(), done=done, total=pile.total) if pile.total else w("triage.collecting")
    if not pile.running:
        line = w("triage.stopping")
    if (left := pile.seconds_left()) is not None:
        minutes, seconds = divmod(left, 60)
        time = t("triage.minutes" if minutes else "triage.seconds", lang(), minutes=minutes, seconds=seconds)
        line += w("list.semicolon") + t("triage.remaining", lang(), time=time)
    one, two = st.columns([6, 1], vertical_alignment="center")
    one.progress(min(done / pile.total, 1.0) if pile.total else 0.0, text=line)
    two.button(
        w("triage.stop"),
        key="triage_stop",
        on_click=pile.stop,
        disabled=not pile.running,
        icon=":material/stop:",
        width="stretch",
    )


def ended(pile: Pile) -> None:
    """What came of it."""
    if pile.error:
        html.trouble(pile.error)
    elif pile.state == "stopped":
        left = max(pile.total - len(pile.rows), 0)
        html.put(
            Markup('<p class="pp-text" role="status">{}</p>').format(
                w("triage.stopped", done=len(pile.rows), left=left)
            )
        )
        if pile.kind != "cases" and left:
            st.button(w("triage.go_on"), key="triage_go_on", on_click=triage_intake.go_on, args=(pile,))


def deadlines() -> dict[str, date]:
    """From the portfolio on the Timeline page, if one lies there."""
    given = desk.desk().kept.get("portfolio")
    if not given:
        return {}
    from patentprep.planning.portfolio import read_portfolio
    from patentprep.triage.deadlines import next_deadlines

    key = (given[0], hash(given[1]), date.today())
    known = desk.desk().kept.get("triage_deadlines")
    if known is None or known[0] != key:
        try:
            found = next_deadlines(read_portfolio(given[1], given[0], today=date.today()))
        except PatentprepError:  # said on that page
            found = {}
        known = desk.desk().kept["triage_deadlines"] = (key, found)
    result: dict[str, date] = known[1]
    return result


# --- table ------------------------------------------------------------------------------------------------------------


def controls(pile: Pile) -> None:
    """Which drafts are shown, in which order, and how."""
    with st.container(key="pp-triage-controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        views = {name: w(f"triage.view_{name}") for name in ("list", "heat")}
        desk.choose(
            st.segmented_control, w("triage.view"), tuple(views), "triage_view", "list",
            format_func=views.__getitem__, required=True,
        )  # fmt: skip
        names = {name: t(f"triage.decision.{name}", lang()) for name in DECISIONS}
        desk.choose(
            st.segmented_control, t("triage.column.decision", lang()), DECISIONS, "triage_decisions", [],
            format_func=names.__getitem__, selection_mode="multi",
        )  # fmt: skip
        languages = {"": w("triage.any")} | {name: t(f"triage.language.{name}", lang()) for name in LANGUAGES}
        desk.choose(
            st.selectbox, t("triage.column.language", lang()), tuple(languages), "triage_language", "",
            format_func=languages.__getitem__, filter_mode=None, width=120,
        )  # fmt: skip
        desk.choose(
            st.selectbox, w("triage.sort"), SORTS, "triage_sort", "urgency",
            format_func={name: triage_view.sort_name(name) for name in SORTS}.__getitem__, filter_mode=None, width=190,
        )  # fmt: skip
        st.text_input(w("triage.text"), key=desk.keep("triage_text", ""), placeholder=w("triage.text_hint"), width=190)
        if any(row.superseded for row in pile.table(deadlines())):
            desk.fill(st.toggle, w("triage.newest"), "triage_newest", False)


def shown(pile: Pile) -> list[tuple[int, Row]]:
    """The drafts that the filters leave, in the chosen order, each with its number in the pile."""
    rows = pile.table(deadlines())
    number = {id(row): n for n, row in enumerate(rows)}
    wanted = desk.held("triage_decisions", []) or DECISIONS
    newest = bool(desk.held("triage_newest", False))
    language, text = desk.held("triage_language", ""), str(desk.held("triage_text", "")).strip().casefold()
    kept = [
        row
        for row in rows
        if row.ok
        and row.decision in wanted
        and (not language or row.language == language)
        and not (newest and row.superseded)
        and (not text or text in f"{row.title}\n{row.path}".casefold())
    ]
    return [(number[id(row)], row) for row in ranked(kept, desk.held("triage_sort", "urgency"))]


def listing(pile: Pile) -> None:
    """The table or the heat map, and the files that were not read; drawn again while the pile is worked through."""
    rows = pile.table(deadlines())
    if not rows:
        return
    counts = t("triage.summary", lang(), **reports.summary(rows))
    html.put(Markup('<p class="pp-sentence">{}</p>').format(counts))
    found = shown(pile)
    page = 1
    if len(found) > SHOWN:
        pages = -(-len(found) // SHOWN)
        page = min(int(desk.held("triage_page", 1)), pages)
        page = int(
            desk.fill(
                st.number_input, w("triage.page", first=SHOWN * (page - 1) + 1, total=len(found)), "triage_page", 1,
                min_value=1, max_value=pages, width=220,
            )
        )  # fmt: skip
    start = SHOWN * (page - 1)
    numbered = [
        (start + n, number, triage_view.near(row, pile.folder))
        for n, (number, row) in enumerate(found[start : start + SHOWN], 1)
    ]
    if not numbered:
        if any(row.ok for row in rows):
            html.put(Markup('<p class="pp-calm">{}</p>').format(w("triage.nothing_left")))
    elif desk.held("triage_view", "list") == "heat":
        html.put(triage_view.heat(numbered, desk.held("triage_sort", "urgency")))
    else:
        html.put(triage_view.table(numbered, desk.held("triage_sort", "urgency")))
    if unread := ranked(row for row in rows if not row.ok):
        html.section(w("triage.unread", count=len(unread)))
        html.put(triage_view.not_read([triage_view.near(row, pile.folder) for row in unread]))


# --- what is made of it -----------------------------------------------------------------------------------------------


def open_draft(pile: Pile, row: Row, keep: bool) -> None:
    """Go to the Check page of a draft; with ``keep`` it becomes a case, once."""
    slot = st.empty()
    try:
        if known := pile.cases.get(row.path):
            try:
                cases.load(case_desk.store(), known)
            except CaseUnknown:
                if pile.kind == "cases":
                    raise
                del pile.cases[row.path]
            else:
                case_desk.open_case(known)
                st.switch_page(steps.page("check"))
        _, data = next(triage_pile.read_bytes(pile, [row]))
        if isinstance(data, PatentprepError):
            raise data
        with slot, steps.watching(w("start.reading", name=row.name)) as on_step:
            if keep:
                draft = case_desk.read_once(data, row.name, on_step)
                case = case_list.new_case(draft.title or row.name, (row.name, data))
                pile.cases[row.path] = case.id
            else:
                desk.put_draft(data, row.name, on_step)
                case_desk.close_case()
    except PatentprepError as error:
        slot.empty()
        html.trouble(error, row.name)
        return
    st.switch_page(steps.page("check"))


def keeps(pile: Pile) -> bool:
    """Whether a draft that is opened becomes a case: uploads do, files of a folder have a place already."""
    return pile.kind == "files" and bool(desk.held("keep_case", True))


def one_draft(pile: Pile, found: list[tuple[int, Row]]) -> None:
    """Open one of the drafts."""
    if not found:
        return
    html.section(w("triage.open"))
    short = {row.path: triage_view.near(row, pile.folder).path for _, row in found}
    names = {row.path: f"{row.title} · {short[row.path]}" if row.title else short[row.path] for _, row in found}
    rows = {row.path: row for _, row in found}
    with st.container(horizontal=True, vertical_alignment="bottom", key="pp-triage-open"):
        path = desk.choose(
            st.selectbox, w("triage.one"), tuple(rows), "triage_one", next(iter(rows)), format_func=names.__getitem__,
            label_visibility="collapsed", width=460,
        )  # fmt: skip
        check = st.button(w("triage.show_check"), key="triage_check", icon=":material/fact_check:")
        keep = pile.kind != "cases" and st.button(
            w("triage.as_case"), key="triage_as_case", icon=":material/create_new_folder:"
        )
    if path in rows and (check or keep):
        open_draft(pile, rows[path], keep=bool(keep))


def files(pile: Pile, found: list[tuple[int, Row]]) -> None:
    """The table as files, the page for the manager, and the archive of annotated copies."""
    html.section(w("triage.files"))
    rows = [row for _, row in found] + ranked(row for row in pile.table(deadlines()) if not row.ok)
    with st.container(horizontal=True, key="pp-triage-files"):
        for fmt, mime in SUMMARIES.items():
            if fmt == "docx" or installed():
                st.download_button(
                    w(f"triage.download_manager_{fmt}"), partial(_manager, rows, fmt, lang()), mime=mime,
                    file_name=f"{w('triage.file.manager')}.{fmt}", key=f"triage_manager_{fmt}", on_click="ignore",
                    icon=":material/summarize:", type="primary" if fmt == "docx" else "secondary",
                )  # fmt: skip
        for fmt, mime in MIME.items():
            st.download_button(
                w(f"triage.download_{fmt}"), partial(reports.render, rows, fmt, lang()), mime=mime,
                file_name=f"{w('triage.file.table')}.{fmt}", key=f"triage_{fmt}", on_click="ignore",
            )  # fmt: skip
    how = w("triage.files_how") if installed() else f"{w('triage.files_how')} {w('triage.no_pdf')}"
    html.put(Markup('<p class="pp-place">{}</p>').format(how))
    archive(pile, [row for _, row in found])


def _manager(rows: list[Row], fmt: str, language: Lang) -> bytes:
    from patentprep.report.manager import manager_page

    return manager_page(rows, fmt, language, date.today())


def archive(pile: Pile, rows: list[Row]) -> None:
    """For each chosen draft the chosen documents, made when asked for."""
    if not rows:
        return
    html.section(w("triage.archive"))
    html.put(Markup('<p class="pp-calm">{}</p>').format(w("triage.archive_how")))
    names = {row.path: f"{row.title} · {row.name}" if row.title else row.name for row in rows}
    chosen = desk.choose(
        st.multiselect, w("triage.chosen"), tuple(names), "triage_chosen", [], format_func=names.__getitem__,
        placeholder=w("triage.chosen_hint", count=min(len(rows), triage_pile.MOST_PACKED)),
        label_visibility="collapsed",
    )  # fmt: skip
    kinds = {name: w(f"triage.document_{name}") for name in DOCUMENTS if name != "report_pdf" or installed()}
    wanted = desk.choose(
        st.pills, w("triage.documents"), tuple(kinds), "triage_documents", list(kinds),
        format_func=kinds.__getitem__, selection_mode="multi",
    )  # fmt: skip
    picked = [row for row in rows if not chosen or row.path in chosen][: triage_pile.MOST_PACKED]
    own = any(row.language not in (None, lang()) for row in picked) and bool(
        desk.fill(st.toggle, w("triage.own_language"), "triage_own_language", False)
    )
    key = (lang(), own, tuple(wanted), tuple(row.path for row in picked))
    slot = st.empty()
    if key in pile.packed:
        slot.download_button(
            w("triage.archive_save", count=len(picked)), pile.packed[key], mime="application/zip",
            file_name=f"{w('triage.file.archive')}.zip", key="triage_archive_save", on_click="ignore", type="primary",
            icon=":material/download:",
        )  # fmt: skip
    elif slot.button(
        w("triage.archive_go", count=len(picked)), key="triage_archive", disabled=pile.busy or not wanted,
        icon=":material/folder_zip:",
    ):  # fmt: skip
        try:
            with slot.container():
                bar = st.progress(0.0, text=w("triage.packing", done=0, total=len(picked), name=""))

                def tell(done: int, row: Row) -> None:
                    words = w("triage.packing", done=done + 1, total=len(picked), name=row.name)
                    bar.progress(done / len(picked), text=words)

                store = case_desk.store() if pile.kind == "cases" else None
                made = triage_pile.pack(pile, picked, wanted, lang(), store, tell, own_language=own)
        except PatentprepError as error:
            slot.empty()
            html.trouble(error)
            return
        pile.packed.clear()  # one at a time
        pile.packed[key] = made
        st.rerun()


# --- page -------------------------------------------------------------------------------------------------------------


def show() -> None:
    """The page."""
    html.heading(w("triage.title"), w("triage.lead"))
    pile = triage_intake.the_pile()
    if pile is None:
        triage_intake.intake()
        html.empty(w("triage.empty"), [w(f"triage.empty_{n}") for n in (1, 2, 3)])
    else:
        with st.container(key="triage_opened"):
            clicked = _CLICKED(key="triage_click", on_number_change=lambda: None, on_sort_change=lambda: None)
        if (sort := getattr(clicked, "sort", None)) in SORTS:
            desk.lay_down("triage_sort", sort)
        number = getattr(clicked, "number", None)
        if isinstance(number, int | float) and 0 <= int(number) < len(pile.rows):
            open_draft(pile, pile.rows[int(number)], keeps(pile))
        top = st.container()  # there in every run, so that nothing jumps when the run ends
        controls(pile)
        st.fragment(run_every=EVERY if pile.busy else None)(listing)(pile)
        below = st.container()
        with top:
            if pile.busy:
                st.fragment(run_every=EVERY)(status)(pile)
            else:
                ended(pile)
        with below:
            if not pile.busy:
                found = shown(pile)
                one_draft(pile, found)
                if pile.rows:
                    files(pile, found)
        with st.expander(w("triage.more"), expanded=not pile.rows and not pile.busy):
            triage_intake.intake()
            st.button(w("triage.clear"), key="triage_clear", on_click=triage_intake.clear, type="tertiary")
    html.put(Markup('<p class="pp-notice">{}<br>{}</p>').format(_terminal(pile), t("triage.notice", lang())))


def _terminal(pile: Pile | None) -> Markup:
    folder = pile.folder if pile and pile.kind == "folder" else w("triage.terminal_folder")
    shown_as = f'"{folder}"' if " " in folder else folder
    return Markup("{} <code>patentprep triage {}</code>").format(w("triage.terminal"), shown_as)


try:
    show()
except PatentprepError as error:
    html.trouble(error)
