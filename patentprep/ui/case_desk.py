"""The open case: read from the store in every run, saved at every change, found again by its id in the address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from patentprep.cases import store as cases
from patentprep.cases.compose import compose, given
from patentprep.cases.model import Answer, Case, CaseUnknown, Changed, Entry
from patentprep.cases.store import Store
from patentprep.errors import PatentprepError
from patentprep.model import Assessment, Draft, InventionType, Progress
from patentprep.ui import desk, plan_facts
from patentprep.ui.desk import Held, lang

MOST_READ = 8  # drafts kept as read; the others are read again
NO_FACTS = ("plan_view", "plan_mode", "plan_only", "plan_everything")  # how the page is looked at
NOTHING: Mapping[str, Any] = {"state": "answered", "text": ""}


@dataclass(slots=True)
class _Read:
    """What was read and assessed for open cases, by case."""

    drafts: OrderedDict[str, Draft]
    held: OrderedDict[str, tuple[str, Held]]


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


def open_id() -> str:
    """The id of the open case, or nothing."""
    return str(st.session_state.get("case", ""))


def open_case(case_id: str) -> None:
    """Take up a case."""
    st.session_state["case"] = case_id
    desk.forget_check_form()
    desk.into_address({"case": [case_id]})


def close_case() -> None:
    """Put the case back on its shelf; it stays saved."""
    st.session_state["case"] = ""
    desk.into_address({"case": []})


def current() -> Case | None:
    """The open case as it is stored now; None where none is open, or it was deleted meanwhile."""
    if not open_id():
        return None
    try:
        case = cases.load(store(), open_id())
    except CaseUnknown:
        close_case()
        return None
    if st.session_state.get("plan_of") != case.id:
        _lay_plan(case)
    return case


def forget_read(case_id: str) -> None:
    """Drop what was read for a case that was deleted."""
    _read().held.pop(case_id, None)


def forget_all() -> None:
    """Drop everything that was read and typed for cases."""
    _read().drafts.clear()
    _read().held.clear()
    _seen().clear()
    conflicts().clear()
    take_passphrase(None)
    close_case()


# --- what is typed ------------------------------------------------------------------------------------------------


def _seen() -> dict[tuple[str, str], tuple[int, Any]]:
    seen: dict[tuple[str, str], tuple[int, Any]] = st.session_state.setdefault("seen", {})
    return seen


def conflicts() -> dict[tuple[str, str], Entry]:
    """Fields that somebody else changed while they were being written here, with what is stored."""
    found: dict[tuple[str, str], Entry] = st.session_state.setdefault("conflicts", {})
    return found


def put(case: Case, field: str, value: Any) -> None:
    """Save a field on the ground of what this window has seen of it; what cannot be saved is said on the page."""
    seen = _seen().get((case.id, field), (case.revision(field), None))
    try:
        entry = cases.save(store(), case.id, field, value, seen[0], now())
    except Changed as error:
        conflicts()[case.id, field] = error.current
    except PatentprepError as error:
        st.session_state["not_saved"] = error
    else:
        _seen()[case.id, field] = (entry.revision, value)
        conflicts().pop((case.id, field), None)
        st.session_state.pop("not_saved", None)


def begin(case: Case, field: str, keys: Mapping[str, Any]) -> None:
    """Give the widgets of a field what is stored, unless they hold something of their own.

    ``keys``: widget key and the value it shows for what is stored. Where another window changed the field and nobody
    touched it here, the widgets follow.
    """
    mark = (case.id, field)
    known, stored = _seen().get(mark), case.revision(field)
    fresh = any(key not in st.session_state for key in keys)
    if fresh or known is None or (known[0] != stored and mark not in conflicts()):
        for key, value in keys.items():
            st.session_state[key] = value
        _seen()[mark] = (stored, case.value(field))


def choose_mine(case: Case, field: str, value: Any) -> None:
    """Keep what stands here although another window saved something else."""
    current = conflicts().pop((case.id, field))
    _seen()[case.id, field] = (current.revision, current.value)
    put(case, field, value)


def choose_theirs(case: Case, field: str) -> None:
    """Take what the other window saved."""
    conflicts().pop((case.id, field), None)
    _seen().pop((case.id, field), None)


def answer_of(case: Case, element: str) -> Answer:
    """The answer as stored; empty where nothing was answered."""
    value = case.value(f"answer.{element}") or NOTHING
    return Answer(element, value["state"], value["text"])


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
    whole = compose(base, case.answers, base.language if base else case.value("start.language") or lang())
    known = _read().held
    if case.id not in known or known[case.id][0] != whole.document.sha256:
        source = case.latest
        data = cases.source_bytes(store(), case.id, source.id) if source and whole.document.format == "pdf" else b""
        known[case.id] = (whole.document.sha256, Held(whole, data))
        while len(known) > MOST_READ:
            known.popitem(last=False)
    known.move_to_end(case.id)
    return known[case.id][1]


def kind_of(case: Case) -> InventionType | None:
    """The kind of invention the inventor chose; None leaves it to the draft."""
    kind: InventionType | None = case.value("start.kind") or None
    return kind


def summarise(case: Case, assessment: Assessment) -> None:
    """Keep what the list of cases shows, where it changed."""
    summary = {
        "level": assessment.readiness.level,
        "score": assessment.readiness.score,
        "statuses": {r.id: r.status for r in assessment.requirements},
        "next_deadline": next_deadline(),
    }
    if case.value("summary") != summary:
        try:
            cases.save(store(), case.id, "summary", summary, case.revision("summary"), now())
        except Changed:
            pass  # another window has just written it
        except PatentprepError as error:
            st.session_state["not_saved"] = error


def next_deadline() -> str:
    """The next day by which something must be filed, as far as the case's dates tell; else nothing."""
    timeline, _ = plan_facts.planned()
    today = date.today()
    ahead = [d.date for d in timeline.deadlines if d.date >= today] if timeline else []
    return min(ahead).isoformat() if ahead else ""


# --- dates and offices ----------------------------------------------------------------------------------------------


def _plan() -> dict[str, Any]:
    """What the planner's form holds beyond its defaults."""
    found = {}
    for key, value in desk.desk().kept.items():
        if (
            key.startswith("plan_")
            and key not in NO_FACTS
            and value not in ("", [], None, plan_facts.DEFAULTS.get(key))
        ):
            found[key] = value
    return found


def keep_plan() -> None:
    """Keep the dates and offices of the planner's form with the open case. Call last in every run."""
    case = current()
    if case is not None and st.session_state.get("plan_of") == case.id and (case.value("plan") or {}) != _plan():
        put(case, "plan", _plan())


def _lay_plan(case: Case) -> None:
    """Lay the dates and offices of a case into the planner's form."""
    for key in [k for k in desk.desk().kept if k.startswith("plan_") and k not in NO_FACTS]:
        desk.lay_down(key, plan_facts.DEFAULTS.get(key, [] if isinstance(desk.desk().kept[key], list) else ""))
    for key, value in (case.value("plan") or {}).items():
        desk.lay_down(key, value)
    st.session_state["plan_of"] = case.id
