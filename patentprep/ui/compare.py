"""Compare: what did the new version change? Two versions of the open case, or two files, side by side."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

import streamlit as st
from markupsafe import Markup

from patentprep.cases import store as cases
from patentprep.cases.model import Case, Source, StoreLocked
from patentprep.compare import Comparison, compare
from patentprep.errors import PatentprepError
from patentprep.model import InventionType
from patentprep.report import compare as reports
from patentprep.strings import t
from patentprep.ui import case_desk, case_list, desk, html, steps
from patentprep.ui.desk import Held, lang, w

SIDES = ("old", "new")
MIME = {"html": "text/html", "json": "application/json", "text": "text/plain"}


def chosen(case: Case | None) -> dict[str, Held]:
    """What is to be compared, by side; a side that is not chosen yet is missing."""
    enough = case is not None and len(case.sources) > 1
    source = "files"
    if case is not None and enough:
        names = {name: w(f"compare.{name}") for name in ("versions", "files")}
        source = desk.choose(
            st.segmented_control, w("compare.source"), tuple(names), "compare_source", "versions",
            format_func=names.__getitem__, label_visibility="collapsed", required=True,
        )  # fmt: skip
        if source == "versions":
            return versions(case)
    elif case is not None:
        html.put(Markup('<p class="pp-calm">{}</p>').format(w("compare.one_version")))
    return files()


def versions(case: Case) -> dict[str, Held]:
    """Two drafts of the case; at first the last one and the one before it."""
    count = len(case.sources)
    options = tuple(range(count))

    names = {
        n: w("compare.version", number=n + 1, name=source.name, day=source.added.astimezone().date().isoformat())
        for n, source in enumerate(case.sources)
    }
    found = {}
    for side, column, start in zip(SIDES, st.columns(2, gap="large"), (count - 2, count - 1), strict=True):
        with column:
            n = desk.choose(
                st.selectbox, w(f"compare.{side}"), options, f"compare_{side}_of_{case.id}", start,
                format_func=names.__getitem__, filter_mode=None,
            )  # fmt: skip
            held = version(case, case.sources[n])
            if held:
                found[side] = held
    return found


def version(case: Case, source: Source) -> Held | None:
    """A draft of the case as it was handed in, without the answers: those are in no file."""
    known = kept()
    mark = f"{source.sha256} {source.name}"
    if mark not in known:
        slot = st.empty()
        try:
            with slot, steps.watching(w("start.reading", name=source.name)) as on_step:
                data = cases.source_bytes(case_desk.store(), case.id, source.id)
                known[mark] = Held(case_desk.read_once(data, source.name, on_step))
        except PatentprepError as error:
            html.trouble(error, source.name)
            return None
        finally:
            slot.empty()
        while len(known) > desk.MOST_DRAFTS:
            known.pop(next(iter(known)))
    return known[mark]


def files() -> dict[str, Held]:
    """Two files, each kept until another one is laid on its side."""
    found = {}
    held: dict[str, Held] = desk.desk().kept.setdefault("compare_files", {})
    for side, column in zip(SIDES, st.columns(2, gap="large"), strict=True):
        with column:
            html.section(w(f"compare.{side}"))
            place = st.empty()
            file = st.file_uploader(w(f"compare.{side}"), key=f"compare_{side}", label_visibility="collapsed")
            if file is not None and st.session_state.get(f"compare_{side}_seen") != file.file_id:
                try:
                    with place, steps.watching(w("start.reading", name=file.name)) as on_step:
                        held[side] = Held(case_desk.read_once(file.getvalue(), file.name, on_step))
                    st.session_state[f"compare_{side}_seen"] = file.file_id
                except PatentprepError as error:
                    held.pop(side, None)
                    place.empty()
                    html.trouble(error, file.name)
                    continue
            if side in held:
                draft = held[side].draft
                about = Markup('<b>{}</b> <span class="pp-place pp-file">{}</span>').format(
                    draft.title, draft.document.name
                )
                with place:
                    html.put(Markup('<p class="pp-text">{}</p>').format(about))
                found[side] = held[side]
    return found


def kept() -> dict[str, Held]:
    """Versions as read and assessed, few at a time."""
    found: dict[str, Held] = desk.desk().kept.setdefault("compare_versions", {})
    return found


def compared(old: Held, new: Held, kind: InventionType | None) -> Comparison:
    """The comparison, from memory while both sides stay the same."""
    mark = [(h.draft.document.sha256, h.draft.document.name) for h in (old, new)], kind
    known = desk.desk().kept.get("compare_result")
    if known and known[0] == mark:
        result: Comparison = known[1]
        return result
    with steps.watching_if_needed(w("compare.comparing")) as watch:
        result = compare(desk.assessed(old, kind, None, watch), desk.assessed(new, kind, None, watch))
    desk.desk().kept["compare_result"] = (mark, result)
    return result


def downloads(comparison: Comparison) -> None:
    """The comparison as files."""
    name = PurePath(desk.shown_name(comparison.new.draft.document.name)).stem
    with st.container(horizontal=True, key="pp-compare-files"):
        for fmt, mime in MIME.items():
            st.download_button(
                w(f"compare.download_{fmt}"), partial(reports.render, comparison, fmt, lang()), mime=mime,
                file_name=f"{name}-{w('compare.file_name')}.{'txt' if fmt == 'text' else fmt}",
                key=f"compare_{fmt}", on_click="ignore",
            )  # fmt: skip


def show() -> None:
    """The page."""
    html.heading(w("compare.title"), w("compare.lead"))
    case = case_desk.current()
    sides = chosen(case)
    if len(sides) < len(SIDES):
        html.empty(w("compare.empty_what"), [w("compare.empty_1"), w("compare.empty_2"), w("compare.empty_3")])
        return
    old, new = sides["old"], sides["new"]
    if old.draft.text == new.draft.text:
        html.say_so(w("compare.same"))
        return
    comparison = compared(old, new, case_desk.kind_of(case) if case else None)
    st.html(f"<style>{reports.style()}</style>")
    html.put(reports.compare_html(comparison, lang()))
    downloads(comparison)
    html.put(Markup('<p class="pp-notice">{}</p>').format(t("report.notice", lang())))


try:
    show()
except StoreLocked as error:
    case_list.unlock(error)
except PatentprepError as error:
    html.trouble(error)
