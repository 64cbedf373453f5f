"""The open case: read from the store in every run, saved at every change, found again by its id in the address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from patentprep.cases import store as cases
from patentprep.cases.compose import compose, given
from patentprep.cases.model import ANSWER_STATES, Answer, Case, CaseUnknown, Changed, Entry
from patentprep.cases.store import Store
from patentprep.checklist import INVENTION_TYPES
from patentprep.errors import PatentprepError
from patentprep.model import Assessment, Draft, InventionType, Lang, Progress
from patentprep.strings import LANGUAGES
from patentprep.ui import case_plan, desk, plan_facts
from patentprep.ui.desk import Held, lang

MOST_READ = 8  # drafts kept as read; the others are read again
NOTHING: Mapping[str, Any] = {"state": "answered", "text": ""}


@dataclass(slots=True)
class _Read:
    """What was read and assessed for open cases, by case."""

    drafts: OrderedDict[str, Draft]
    held: OrderedDict[str, tuple[str, Held]]


@dataclass(frozen=True, slots=True)
class Pending:
    """What was typed here and is not saved: another window saved ``current`` first, or ``error`` stood in the way."""

    value: Any
    current: Entry | None = None
    error: PatentprepError | None = None


@st.cache_resource(show_spinner=False)
def _read() -> _Read:
    return _Read(OrderedDict(), OrderedDict())


@st.cache_resource(show_spinner=False)
def _passphrase() -> dict[str, str]:
    return {}


def now() -> datetime:
    """The time of a change."""
    return datetime.now(UTC)


def store() -> Store:
    """The store of this computer. Raises StoreLocked, StoreNewer or StoreUnusable."""
    return cases.open_store(None, _passphrase().get("passphrase"))


def unlock(passphrase: str) -> None:
    """Remember the passphrase while the program runs. Raises StoreLocked when it is wrong."""
    cases.open_store(None, passphrase)
    _passphrase()["passphrase"] = passphrase


def take_passphrase(passphrase: str | None) -> None:
    """The passphrase was set, changed or taken away."""
    _passphrase().clear()
    if passphrase:
        _passphrase()["passphrase"] = passphrase


# --- which case is open ------------------------------------------------------------------------------------------


def sit_down() -> None:
    """Find the case named in the address, or the one that was open. Call in every run, after ``desk.sit_down``."""
    state = st.session_state
    wanted = st.query_params.get("case", "")
    if "case" not in state:
        state["case"] = wanted
    desk.into_address({"case": [state["case"]] if state["case"] else []})
    _save_plan(state.get("plan_drawn", ()))  # what was typed just before leaving a page
    with suppress(PatentprepError):  # locked or not usable: said by the pages that need the store
        _lay_plan(current())


def open_id() -> str:
    """The id of the open case, or nothing."""
    return str(st.session_state.get("case", ""))


def open_case(case_id: str) -> None:
    """Take up a case, at its first step unless it is open already."""
    if case_id != open_id():
        for key in ("walk_step", "walk_language"):
            desk.forget_choice(key)
    st.session_state["case"] = case_id
    desk.forget_check_form()
    desk.into_address({"case": [case_id]})


def close_case() -> None:
    """Put the case back on its shelf; it stays saved."""
    st.session_state["case"] = ""
    desk.into_address({"case": []})


def current() -> Case | None:
    """The open case as it is stored now; None where none is open, or it was deleted meanwhile.

    What could not be saved before is tried again.
    """
    if not open_id():
        return None
    try:
        case = cases.load(store(), open_id())
        again = [(field, p.value) for (owner, field), p in pending().items() if owner == case.id and p.error]
        for field, value in again:
            put(case, field, value)
        return cases.load(store(), case.id) if again else case
    except CaseUnknown as error:
        forget_read(open_id())
        close_case()
        st.session_state["case_gone"] = error
        return None


def gone() -> PatentprepError | None:
    """That the case which was open does not exist any more; said once."""
    error: PatentprepError | None = st.session_state.pop("case_gone", None)
    return error


def forget_read(case_id: str) -> None:
    """Drop what was read and typed for a case that was deleted."""
    _read().held.pop(case_id, None)
    for known in (_seen(), pending()):
        for mark in [mark for mark in known if mark[0] == case_id]:
            del known[mark]


def put_down() -> None:
    """Close the case and drop all that was read for cases; what is saved stays saved."""
    _read().drafts.clear()
    _read().held.clear()
    close_case()


def forget_all() -> None:
    """Drop everything that was read and typed for cases."""
    put_down()
    _seen().clear()
    pending().clear()
    take_passphrase(None)


# --- what is typed ------------------------------------------------------------------------------------------------


def _seen() -> dict[tuple[str, str], tuple[int, Any]]:
    seen: dict[tuple[str, str], tuple[int, Any]] = st.session_state.setdefault("seen", {})
    return seen


def pending() -> dict[tuple[str, str], Pending]:
    """Fields of cases that hold something here which is not saved."""
    found: dict[tuple[str, str], Pending] = st.session_state.setdefault("pending", {})
    return found


def not_saved(case: Case) -> PatentprepError | None:
    """Why something of the case could not be saved; None where all is, or waits for a choice between two windows."""
    errors = [p.error for (owner, _), p in pending().items() if owner == case.id and p.error]
    return errors[0] if errors else st.session_state.get("plan_error")


def standing(case: Case, field: str) -> Any:
    """The value of a field here: what waits to be saved, else what is stored."""
    waiting = pending().get((case.id, field))
    return waiting.value if waiting else case.value(field)


def put(case: Case, field: str, value: Any) -> None:
    """Save a field on the ground of what this window has seen of it; what cannot be saved waits, and is said."""
    mark = (case.id, field)
    seen = _seen().setdefault(mark, (case.revision(field), case.value(field)))
    try:
        entry = cases.save(store(), case.id, field, value, seen[0], now())
    except Changed as error:
        pending()[mark] = Pending(value, current=error.current)
    except PatentprepError as error:
        pending()[mark] = Pending(value, error=error)
    else:
        _seen()[mark] = (entry.revision, value)
        pending().pop(mark, None)


def begin(case: Case, field: str, keys: Mapping[str, Any]) -> None:
    """Give the widgets of a field what stands in it, unless they hold something of their own.

    ``keys``: widget key and the value it shows for ``standing``. Where another window changed the field and nobody
    touched it here, the widgets follow.
    """
    mark = (case.id, field)
    known, stored, waits = _seen().get(mark), case.revision(field), mark in pending()
    fresh = any(key not in st.session_state for key in keys)
    if fresh or known is None or (known[0] != stored and not waits):
        for key, value in keys.items():
            st.session_state[key] = value
        if not waits:  # what waits was written on the ground of what had been seen then
            _seen()[mark] = (stored, case.value(field))


def show_stored(case: Case, field: str) -> None:
    """Let the field's widgets start anew from what is stored."""
    _seen().pop((case.id, field), None)


def choose_mine(case: Case, field: str) -> None:
    """Keep what stands here although another window saved something else."""
    waiting = pending().get((case.id, field))
    if waiting and waiting.current:
        _seen()[case.id, field] = (waiting.current.revision, waiting.current.value)
        put(case, field, waiting.value)


def choose_theirs(case: Case, field: str) -> None:
    """Take what the other window saved."""
    pending().pop((case.id, field), None)
    _seen().pop((case.id, field), None)


def answer_of(case: Case, element: str) -> Answer:
    """The answer as stored; empty where nothing was answered."""
    return read_answer(element, case.value(f"answer.{element}"))


def answer_here(case: Case, element: str) -> Answer:
    """The answer as it stands here, saved or not."""
    return read_answer(element, standing(case, f"answer.{element}"))


def read_answer(element: str, value: Any) -> Answer:
    """A stored value as an answer. Whatever a file from elsewhere may hold in its place is an empty one."""
    answer = value if isinstance(value, dict) else NOTHING
    state, text = answer.get("state"), answer.get("text")
    return Answer(element, state if state in ANSWER_STATES else "answered", text if isinstance(text, str) else "")


# --- reading and assessing ------------------------------------------------------------------------------------------


def base_draft(case: Case, watch: Callable[[], Progress]) -> Draft | None:
    """The latest draft of the case as read, without the answers. Raises DraftError."""
    source = case.latest
    if source is None:
        return None
    known = _read().drafts.get(f"{source.sha256} {source.name}")
    return known or read_once(cases.source_bytes(store(), case.id, source.id), source.name, watch())


def read_once(data: bytes, name: str, on_step: Progress) -> Draft:
    """Read a draft and keep it as read. Raises DraftError."""
    from patentprep import read_draft

    drafts = _read().drafts
    draft = read_draft(data, name, on_step=on_step)
    drafts[f"{draft.document.sha256} {name}"] = draft
    while len(drafts) > MOST_READ:
        drafts.popitem(last=False)
    return draft


def held(case: Case, watch: Callable[[], Progress]) -> Held | None:
    """Draft and answers as one; None while the case holds neither. Raises DraftError."""
    base = base_draft(case, watch)
    if base is None and not given(case.answers):
        return None
    whole = compose(base, case.answers, base.language if base else language_of(case))
    known = _read().held
    found = known.pop(case.id, None)
    if found is None or found[0] != whole.document.sha256:
        source = case.latest
        data = cases.source_bytes(store(), case.id, source.id) if source and whole.document.format == "pdf" else b""
        found = (whole.document.sha256, Held(whole, data))
    known[case.id] = found  # the latest last
    while len(known) > MOST_READ:
        known.popitem(last=False)
    return found[1]


def kind_of(case: Case) -> InventionType | None:
    """The kind of invention the inventor chose; None leaves it to the draft."""
    value = case.value("start.kind")
    return next((kind for kind in INVENTION_TYPES if kind == value), None)


def language_of(case: Case) -> Lang:
    """The language its documents are written in: the one chosen, else that of its draft, else that of the interface."""
    value, source = case.value("start.language"), case.latest
    read = _read().drafts.get(f"{source.sha256} {source.name}") if source else None
    return next((language for language in LANGUAGES if language == value), read.language if read else lang())


def summarise(case: Case, assessment: Assessment) -> None:
    """Keep what the list of cases shows, where it changed."""
    summary = {
        "level": assessment.readiness.level,
        "score": assessment.readiness.score,
        "statuses": {r.id: r.status for r in assessment.requirements},
        "next_deadline": next_deadline(),
    }
    if case.value("summary") != summary:
        with suppress(PatentprepError):  # another window has just written it, or the next assessment will
            cases.save(store(), case.id, "summary", summary, case.revision("summary"), now())


def next_deadline() -> str:
    """The next day by which something must be filed, as far as the case's dates tell; else nothing."""
    timeline, _ = plan_facts.planned()
    today = date.today()
    ahead = [d.date for d in timeline.deadlines if d.date >= today] if timeline else []
    return min(ahead).isoformat() if ahead else ""


# --- dates and offices ----------------------------------------------------------------------------------------------


def keep_plan() -> None:
    """Keep the dates and offices of the planner's form with the open case. Call last in every run."""
    state = st.session_state
    drawn = [key for key in state.get("keys", {}).values() if key.startswith("plan_") and key not in case_plan.NO_FACTS]
    state["plan_drawn"] = drawn
    _save_plan(drawn)


def adopt_plan(case: Case) -> None:
    """Take the dates that were typed before there was a case into the case that is begun now."""
    plan = case_plan.form()
    if plan and not open_id() and not desk.desk().kept.get("plan_of"):
        cases.save(store(), case.id, "plan", plan, 0, now())
        case_plan.fill_form({})


def _save_plan(drawn: Iterable[str]) -> None:
    """Save what the fields drawn in this window hold, where it differs from what was laid into them.

    The desk is shared by all windows of a browser, so only the fields of this one are asked. What another window
    changed in other fields meanwhile stays.
    """
    state = st.session_state
    if not drawn or not open_id() or state.get("plan_of") != open_id():
        return
    before: dict[str, Any] = state["plan_base"][1]
    mine = case_plan.typed(before, drawn)
    if mine == before:
        return
    try:
        case = cases.load(store(), open_id())
        stored = case_plan.plan_of(case)
        whole = case_plan.merged(before, mine, stored)
        entry = cases.save(store(), case.id, "plan", whole, case.revision("plan"), now())
    except PatentprepError as error:
        state["plan_error"] = error  # tried again in the next run
        return
    state.pop("plan_error", None)
    state["plan_base"] = (entry.revision if whole == mine else -1, mine)


def _lay_plan(case: Case | None) -> None:
    """See to it that the planner's form holds the dates of the open case, or those typed without any."""
    state, kept = st.session_state, desk.desk().kept
    owner, revision = (case.id, case.revision("plan")) if case else ("", 0)
    here, base = state.get("plan_of", ""), state.get("plan_base", (0, {}))
    if case:
        state["plan_address_read"] = True  # what is stored counts, not what the address says
    if here == owner and kept.get("plan_of", "") == owner and (case is None or base[0] == revision):
        return
    if here == owner and "plan_error" in state:
        return  # what stands here could not be saved yet
    if not kept.get("plan_of"):
        kept["loose_plan"] = case_plan.form()
    plan = case_plan.plan_of(case) if case else kept.get("loose_plan", {})
    case_plan.fill_form(plan)
    kept["plan_of"] = state["plan_of"] = owner
    state["plan_base"] = (revision, plan)
    state["plan_drawn"] = []
