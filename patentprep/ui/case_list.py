"""The shelf of cases: the list, a new case, and what is done with one as a whole."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from patentprep.cases import bundle
from patentprep.cases import store as cases
from patentprep.cases.compose import given
from patentprep.cases.model import Case, CaseHead, StoreLocked
from patentprep.errors import PatentprepError
from patentprep.model import REQUIREMENTS, Lang
from patentprep.palette import SHAPES
from patentprep.strings import keys, t
from patentprep.ui import case_desk, desk, html, samples, steps
from patentprep.ui.desk import lang, w

TOURS: dict[Lang, str] = {"zh": "memory-scheduling-zh.md", "en": "drone-crop-gaps-en.docx"}  # drafts with gaps
MOST_LISTED = 8  # the others unfold


def shelf() -> None:
    """All cases, the one changed last first: where each stands, and the next date."""
    heads = cases.heads(case_desk.store())
    for head in heads[:MOST_LISTED]:
        _row(head)
    if heads[MOST_LISTED:]:
        with st.expander(w("cases.more", count=len(heads) - MOST_LISTED)):
            for head in heads[MOST_LISTED:]:
                _row(head)


def any_case() -> bool:
    """Whether there is a case to go on with."""
    return bool(cases.heads(case_desk.store()))


def _row(head: CaseHead) -> None:
    one, two = st.columns([7, 1], vertical_alignment="center", gap="small")
    if one.button(head.name, key=f"case_{head.id}", width="stretch", icon=":material/folder_open:"):
        case_desk.open_case(head.id)
        st.switch_page(steps.page("walk"))
    with two.popover("", icon=":material/more_horiz:", help=w("cases.do")):
        manage(head.id, head.name)
    html.put(Markup('<p class="pp-about">{}</p>').format(_about(head)))


def _about(head: CaseHead) -> Markup:
    parts: list[Markup] = []
    level = f"report.level.{(head.summary or {}).get('level')}"
    if head.summary and level in keys(lang()):  # whatever version of the program wrote it
        statuses = head.summary.get("statuses", {})
        marks = Markup("").join(
            Markup('<i class="pp-{}" title="{}">{}</i>').format(
                r,
                f"{t(f'ui.walk.short.{r}', lang())}: {t(f'report.status.{statuses[r]}', lang())}",
                SHAPES[statuses[r]],
            )
            for r in REQUIREMENTS
            if statuses.get(r) in SHAPES
        )
        parts.append(Markup('<span class="pp-shapes">{}</span> {}').format(marks, t(level, lang())))
    changed = head.changed.astimezone()
    parts.append(html.dated(w("cases.changed", day=changed.date().isoformat(), time=f"{changed:%H:%M}")))
    if head.summary and head.summary.get("next_deadline"):
        parts.append(html.dated(w("cases.deadline", day=head.summary["next_deadline"])))
    return Markup(" · ").join(parts)


def manage(case_id: str, name: str) -> None:
    """Rename, take along, or delete a case."""

    def rename() -> None:
        new = st.session_state[f"name_{case_id}"].strip()
        if new:
            try:
                cases.rename(case_desk.store(), case_id, new, case_desk.now())
            except PatentprepError as error:  # said below the field, in the run that follows
                st.session_state["not_renamed"] = error

    st.text_input(w("cases.name"), value=name, key=f"name_{case_id}", on_change=rename, max_chars=200)
    html.wrong(st.session_state.pop("not_renamed", None))
    st.download_button(
        w("cases.export"), lambda: bundle.export_case(case_desk.store(), case_id), file_name=bundle.file_name(name),
        mime="application/zip", key=f"export_{case_id}", on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    sure = st.checkbox(w("cases.sure"), key=f"sure_{case_id}")
    if st.button(w("cases.delete"), key=f"delete_{case_id}", disabled=not sure, icon=":material/delete:"):
        cases.delete(case_desk.store(), case_id)
        case_desk.forget_read(case_id)
        if case_desk.open_id() == case_id:
            case_desk.close_case()
        st.session_state["case_deleted"] = True  # not its name, which is gone too
        st.rerun()


def say_deleted() -> None:
    """That a case was deleted; said once."""
    if st.session_state.pop("case_deleted", False):
        html.put(Markup('<p class="pp-done" role="status">{}</p>').format(w("cases.deleted")))


def new_case(name: str, draft: tuple[str, bytes] | None = None) -> Case:
    """Begin a case and take it up."""
    case = cases.create(case_desk.store(), name, case_desk.now(), draft)
    case_desk.adopt_plan(case)
    case_desk.open_case(case.id)
    return case


def begin() -> None:
    """Where no case is open: begin one, or go on with another."""
    say_deleted()
    one, two = st.columns([2, 3], gap="large")
    with one:
        html.section(w("cases.new"))
        name = st.text_input(w("cases.new_name"), key="new_case_name", placeholder=w("cases.new_name_hint"))
        if st.button(w("cases.new_go"), key="new_case", type="primary"):
            new_case(name.strip() or w("cases.unnamed"))
            st.rerun()
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("cases.new_or")))
        st.page_link(steps.page("start"), label=w("cases.to_start"), icon=":material/arrow_back:")
        bring_back()
    with two:
        if any_case():
            html.section(w("cases.title"))
            shelf()


def bring_back() -> None:
    """A case exported elsewhere."""
    with st.expander(w("cases.import")), st.container(key="pp-import"):
        file = st.file_uploader(w("cases.import"), key="import_case", label_visibility="collapsed")
        if file is not None:
            try:
                case = bundle.import_case(case_desk.store(), file.getvalue(), case_desk.now())
            except PatentprepError as error:
                html.trouble(error, file.name)
                return
            case_desk.open_case(case.id)
            st.session_state.pop("import_case", None)
            st.switch_page(steps.page("walk"))


def name_line(case: Case) -> None:
    """The open case: its name, where it is kept, and a way to the others."""
    one, two, three = st.columns([5, 1.3, 1.3], vertical_alignment="bottom")
    with one:
        html.heading(
            case.name, w("cases.saved", file=desk.shown_name(case.latest.name) if case.latest else w("cases.no_draft"))
        )
    if (case.latest or given(case.answers)) and two.button(w("cases.to_check"), key="to_check", width="stretch"):
        st.switch_page(steps.page("check"))
    with three.popover(w("cases.do_short"), width="stretch"):
        manage(case.id, case.name)
        if st.button(w("cases.close"), key="close_case"):
            case_desk.close_case()
            st.rerun()


def unlock(error: StoreLocked) -> None:
    """Ask for the passphrase of the store."""
    html.heading(w("cases.locked"), w("cases.locked_how"))
    typed = st.text_input(w("cases.passphrase"), type="password", key="unlock")
    if typed:
        attempt(lambda: case_desk.unlock(typed))


def attempt(do: Callable[[], object]) -> None:
    """Do it and draw the page anew, or say in one sentence why it cannot be done."""
    try:
        do()
    except PatentprepError as error:
        html.trouble(error)
        return
    st.rerun()


def tour() -> None:
    """A case made of a sample, with a word of guidance at each step; offered in full on a first visit."""
    first = not any_case()
    if first:
        what = Markup('<div class="pp-tour"><b>{}</b><p>{}</p></div>')
        html.put(what.format(w("walk.tour.offer"), w("walk.tour.what")))
    name, kind = ("walk.tour.go", "secondary") if first else ("walk.tour.again", "tertiary")
    if st.button(w(name), key="tour_go", icon=":material/explore:", type=kind):  # type: ignore[arg-type]
        wanted = TOURS[lang()]
        sample = next((s for s in samples.shelf() if s.file == wanted), samples.shelf()[0])
        case = new_case(sample.title.in_(lang()), (sample.file, sample.read()))
        case_desk.put(case, "tour", True)
        desk.lay_down("walk_step", "start")
        st.switch_page(steps.page("walk"))


def guide(case: Case, step: str) -> None:
    """The word of guidance of a step, while the tour lasts."""
    if not case.value("tour"):
        return
    html.put(Markup('<div class="pp-tour" role="note"><p>{}</p></div>').format(t(f"ui.walk.tour.{step}", lang())))
    st.button(w("walk.tour.end"), key="tour_end", type="tertiary", on_click=case_desk.put, args=(case, "tour", False))


def storage() -> None:
    """What is stored and where; encrypting it, and deleting all of it."""
    store = case_desk.store()
    heads = cases.heads(store)
    size = store.path.stat().st_size / 1e6 if store.path.exists() else 0.0
    html.put(
        Markup('<p class="pp-text">{}</p>').format(
            w("cases.where", path=str(store.path), count=len(heads), size=f"{size:.1f}")
        )
    )
    html.put(Markup('<p class="pp-text">{}</p>').format(w("cases.what")))
    with st.expander(w("cases.encrypt")):
        _encrypt(store)
    with st.expander(w("cases.delete_all")):
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("cases.delete_all_how", count=len(heads))))
        sure = st.checkbox(w("cases.sure_all"), key="sure_all")
        if st.button(w("cases.delete_all"), key="delete_all", disabled=not sure, icon=":material/delete_forever:"):
            cases.delete_all(store)
            case_desk.forget_all()
            st.session_state["all_deleted"] = True
            st.rerun()
    if st.session_state.pop("all_deleted", False):
        html.put(Markup('<p class="pp-done" role="status">{}</p>').format(w("cases.all_deleted")))


def _encrypt(store: cases.Store) -> None:
    """Set, change or take away the passphrase."""
    html.put(Markup('<p class="pp-calm">{}</p>').format(w("cases.encrypt_how")))
    first = st.text_input(w("cases.new_passphrase"), type="password", key="new_passphrase")
    again = st.text_input(w("cases.passphrase_again"), type="password", key="passphrase_again")
    if first and again and first != again:
        html.put(Markup('<p class="pp-wrong" role="alert">{}</p>').format(w("cases.passphrase_differs")))

    def change(passphrase: str | None) -> None:
        cases.set_passphrase(store, passphrase)
        case_desk.take_passphrase(passphrase)

    with st.container(horizontal=True):
        if st.button(w("cases.encrypt_go"), key="encrypt_go", disabled=not first or first != again):
            attempt(lambda: change(first))
        if store.passphrase and st.button(w("cases.decrypt_go"), key="decrypt_go"):
            attempt(lambda: change(None))
