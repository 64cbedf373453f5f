"""One step of the walk-through: what the law asks, what was found, and one question for each gap."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st
from markupsafe import Markup

from patentprep.cases import store as cases
from patentprep.cases.compose import answer_spans, draft_end
from patentprep.cases.model import ANSWER_STATES, Answer, Case
from patentprep.checklist import Element, Words, load_checklist, words_of
from patentprep.component_map import components
from patentprep.model import Assessment
from patentprep.palette import SHAPES
from patentprep.resources import folder, load_yaml
from patentprep.strings import t
from patentprep.ui import case_desk, component_view, html, review
from patentprep.ui.desk import Held, lang, w

LAW = "cn-2026"
FIRST = 3  # open points shown at once; the others are folded away
FACT_STATES = ("yes", "no", "unknown")
Report = dict[str, Any]


def requirement(case: Case, name: str, held: Held | None, assessment: Assessment | None, report: Report | None) -> None:
    """The step of one requirement."""
    law = load_checklist(LAW)
    asked = next(r for r in law.requirements if r.id == name)
    result = next((r for r in report["requirements"] if r["id"] == name), None) if report else None
    status = result["status"] if result else "not_found"
    html.put(
        Markup('<header class="pp-step-head pp-{}"><h2>{} {}</h2><div class="pp-asked">{} {}</div></header>').format(
            name, asked.title.in_(lang()), html.state(status, t(f"report.status.{status}", lang())),
            asked.asks.in_(lang()), html.law(asked.provision.in_(lang())),
        )
    )  # fmt: skip
    kind = assessment.invention_type if assessment else case_desk.kind_of(case) or "application"
    elements = [e for e in law.elements if e.requirement == name]
    rows = {row["id"]: row for row in result["elements"]} if result else {}
    spans = answer_spans(held.draft) if held else {}
    end = draft_end(held.draft) if held else 0
    wanted = [i for group in asked.needs[kind] for i in group]
    with st.container():  # there in every run: what comes and goes must not push away the field somebody types in
        if status == "not_applicable" and name != "ethics":
            html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.seems_not")))
        elif name == "model_construction" and assessment:
            html.draw(component_view.drawing(components(assessment)))
    forward = ethics_facts(case) if name == "ethics" else []
    wanted = [*forward, *wanted]
    answered = case.answers
    open_points = [e for e in elements if e.id in answered or _open(e, rows.get(e.id), kind, end, told=e.id in forward)]
    open_points.sort(key=lambda e: wanted.index(e.id) if e.id in wanted else len(wanted))
    first = [e.id for n, e in enumerate(open_points) if n < FIRST or e.id in answered]
    mark = (case.id, name, tuple(forward), case.latest and case.latest.id, case_desk.kind_of(case))
    shown, rest = _places(mark, elements, first, [e.id for e in open_points if e.id not in first])
    left, right = st.columns([3, 2], gap="large")
    with left:
        if shown or rest:
            html.section(w("walk.questions"))
        elif name == "ethics" and status == "not_applicable":
            html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.after_facts")))
        else:
            html.section(w("walk.no_questions"))
        for element in shown:
            with st.container():
                point(case, element, rows.get(element.id), spans.get(element.id), report)
        if rest:
            with st.expander(w("walk.more", count=len(rest))):
                for element in rest:
                    with st.container():
                        point(case, element, rows.get(element.id), spans.get(element.id), report)
    with right:
        example = next((e for e in open_points if e.id not in answered), None) or elements[0]
        if shown or rest:
            html.section(w("walk.example"))
            html.put(
                Markup(
                    '<p class="pp-place">{}</p><p class="pp-place pp-which">{}</p><p class="pp-fact-good">{}</p>'
                    '<p class="pp-place pp-which">{}</p><p class="pp-fact-bad">{}</p>'
                    '<p class="pp-place pp-which">{}</p>'
                ).format(
                    example.title.in_(lang()), w("walk.example_good"), example.good.in_(lang()),
                    w("walk.example_bad"), example.bad.in_(lang()), w("walk.example_how"),
                )
            )  # fmt: skip
        found = [row for row in rows.values() if _from_draft(row, end)]
        html.section(w("walk.found"))
        if found:
            html.put(Markup("").join(_found(row, end) for row in found))
        else:
            html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.found_none")))


def _places(
    mark: tuple[Any, ...], elements: list[Element], first: list[str], rest: list[str]
) -> tuple[list[Element], list[Element]]:
    """The points shown at once and those folded away, as they were when the step was opened.

    An answer moves no field while it is being typed: a field that moves loses the cursor. Points that come up since are
    added at the end. ``mark``: what the order depends on besides.
    """
    known = st.session_state.get("places")
    if known is None or known[0] != mark:
        known = st.session_state["places"] = (mark, first, rest)
    _, shown, folded = known
    shown += [i for i in first if i not in shown and i not in folded]
    folded += [i for i in rest if i not in shown and i not in folded]
    by_id = {e.id: e for e in elements}
    return [by_id[i] for i in shown], [by_id[i] for i in folded]


def _open(element: Element, row: dict[str, Any] | None, kind: str, end: int, told: bool) -> bool:
    """Whether the draft itself leaves the point open; what was answered since does not move it away.

    ``told``: a fact the inventor gave calls for it, whether or not the draft speaks of the matter.
    """
    if kind not in element.applies_to:
        return False
    if row is None or row["status"] == "not_applicable":
        return told or not element.when  # what the draft does not speak of is asked all the same
    return not _from_draft(row, end)


def _from_draft(row: dict[str, Any], end: int) -> bool:
    return any(item["strength"] == "substantive" and item["start"] < end for item in row["evidence"])


def _found(row: dict[str, Any], end: int) -> Markup:
    best = next(item for item in row["evidence"] if item["strength"] == "substantive" and item["start"] < end)
    return Markup(
        '<div class="pp-element"><div class="pp-what"><i aria-hidden="true">{}</i> <b>{}</b></div>{}</div>'
    ).format(SHAPES["found"], row["title"], quoted(best))


def quoted(item: dict[str, Any]) -> Markup:
    """A quote with its place; the draft is on another page, so it is no link."""
    where = Markup(' <span class="pp-place">{}</span>').format(review.place(item)) if review.place(item) else ""
    return Markup('<blockquote class="pp-quote pp-still">{}{}</blockquote>').format(
        review.short(item["quote"], review.QUOTE), where
    )


# --- one point ------------------------------------------------------------------------------------------------------


def point(
    case: Case, element: Element, row: dict[str, Any] | None, span: tuple[int, int] | None, report: Report | None
) -> None:
    """The question of an element, what was seen of it so far, and the field for the answer."""
    field = f"answer.{element.id}"
    text_key, state_key = f"pp-answer-{element.id}", f"pp-state-{element.id}@{lang()}"
    stored, here = case_desk.answer_of(case, element.id), case_desk.answer_here(case, element.id)
    case_desk.begin(case, field, {text_key: here.text, state_key: here.state})
    status = (row or {}).get("status", "not_found")
    if status == "not_applicable" and stored.state != "not_applicable":
        status = "not_found"  # it is asked all the same; that it does not apply is for the inventor to say
    vague = [i for i in (row or {}).get("evidence", ()) if i["strength"] == "vague" and not _within(i, span)]
    html.put(
        Markup(
            '<div class="pp-point pp-is-{}" id="pp-{}"><div class="pp-what"><i aria-hidden="true">{}</i> <b>{}</b>'
            ' <span class="pp-place">{} · {}</span> {}</div>{}<p class="pp-ask">{}</p></div>'
        ).format(
            status, element.id, SHAPES.get(status, SHAPES["not_found"]), element.title.in_(lang()), element.id,
            t(f"report.element.{status}", lang()), html.law(element.provision.in_(lang())),
            _vague(vague, element), element.question.in_(lang()),
        )
    )  # fmt: skip

    def keep() -> None:
        case_desk.put(
            case, field, {"state": st.session_state[state_key] or "answered", "text": st.session_state[text_key]}
        )

    state = st.session_state[state_key]
    st.text_area(
        element.question.in_(lang()), key=text_key, on_change=keep, height=96, label_visibility="collapsed",
        placeholder=w("walk.reason_hint" if state == "not_applicable" else "walk.answer_hint"),
    )  # fmt: skip
    names = {name: w(f"walk.state.{name}") for name in ANSWER_STATES}
    one, two = st.columns([6, 1], vertical_alignment="center")
    if case.revision(field) > 1:
        with two.popover("", icon=":material/history:", help=w("walk.earlier")):
            earlier(case, field)
    one.segmented_control(
        w("walk.state_label"), ANSWER_STATES, key=state_key, on_change=keep, format_func=names.__getitem__,
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    conflict(case, field, lambda value: _theirs(case_desk.read_answer(element.id, value)))
    line = reading(stored, element, row, span, report)
    if line:
        html.put(line)


def earlier(case: Case, field: str) -> None:
    """The earlier versions of an answer, the latest first; one of them can be put back."""
    html.section(w("walk.earlier"))
    for entry in reversed(cases.history(case_desk.store(), case.id, field)[:-1]):
        text = entry.value.get("text", "") if isinstance(entry.value, dict) else ""
        if not text.strip():
            continue
        html.put(Markup('<p class="pp-place">{:%Y-%m-%d %H:%M}</p><p>{}</p>').format(entry.changed.astimezone(), text))
        st.button(
            w("walk.put_back"),
            key=f"back_{field}_{entry.revision}",
            on_click=_put_back,
            args=(case, field, entry.value),
        )


def _put_back(case: Case, field: str, value: Any) -> None:
    case_desk.put(case, field, value)
    case_desk.show_stored(case, field)


def _vague(items: list[dict[str, Any]], element: Element) -> Markup:
    if not items:
        return Markup("")
    return Markup('<p class="pp-place">{}</p>{}<p class="pp-advice">{}</p>').format(
        w("walk.so_far"), quoted(items[0]), element.advice.in_(lang())
    )


def _within(item: dict[str, Any], span: tuple[int, int] | None) -> bool:
    return span is not None and span[0] <= item["start"] < span[1]


def reading(
    answer: Answer, element: Element, row: dict[str, Any] | None, span: tuple[int, int] | None, report: Report | None
) -> Markup:
    """How the answer reads: found, still vague, counts elsewhere, or not made out; in words."""
    if answer.state == "unknown":
        return _line("vague", w("walk.reads.unknown"))
    if answer.state == "not_applicable":
        return _line("not_applicable", w("walk.reads.not_applicable" if answer.text.strip() else "walk.reads.reason"))
    if not answer.text.strip() or report is None or span is None:
        return Markup("")
    own = [item for item in (row or {}).get("evidence", ()) if _within(item, span)]
    good = next((item for item in own if item["strength"] == "substantive"), None)
    if good:
        return _line("found", w("walk.reads.found"), good["quote"])
    others = [e for r in report["requirements"] for e in r["elements"] for i in e["evidence"]
              if i["strength"] == "substantive" and _within(i, span)]  # fmt: skip
    if others:
        titles = w("list.comma").join(dict.fromkeys(e["title"] for e in others[:2]))
        return _line("found", w("walk.reads.elsewhere", titles=titles))
    if own:
        return _line("vague", w("walk.reads.vague"), own[0]["quote"], element.advice.in_(lang()))
    return _line("not_found", w("walk.reads.nothing"), "", element.advice.in_(lang()))


def _line(status: str, words: str, quote: str = "", advice: str = "") -> Markup:
    said = (
        Markup(" {}{}{}").format(w("quote.open"), review.short(quote, review.CARD_QUOTE), w("quote.close"))
        if quote
        else ""
    )
    more = Markup('<span class="pp-advice">{}</span>').format(advice) if advice else ""
    return Markup('<p class="pp-reads pp-is-{}" role="status"><i aria-hidden="true">{}</i> {}{} {}</p>').format(
        status, SHAPES[status], words, said, more
    )


def _theirs(answer: Answer) -> str:
    """An answer in words: its state too, where it is not simply the text."""
    state = "" if answer.state == "answered" else w(f"walk.state.{answer.state}")
    return " ".join(part for part in (state, answer.text) if part)


def conflict(case: Case, field: str, words: Callable[[Any], str]) -> None:
    """Another window saved this field meanwhile: both texts, and whose stands. ``words`` says a value in words."""
    waiting = case_desk.pending().get((case.id, field))
    if waiting is None or waiting.current is None:
        return
    html.say_so(w("walk.conflict", text=words(waiting.current.value)), kind="pp-conflict")
    with st.container(horizontal=True):
        st.button(w("walk.keep_mine"), key=f"mine_{field}", on_click=case_desk.choose_mine, args=(case, field))
        st.button(w("walk.take_theirs"), key=f"theirs_{field}", on_click=case_desk.choose_theirs, args=(case, field))


# --- law and ethics: facts first --------------------------------------------------------------------------------------


@cache
def facts() -> tuple[tuple[str, Words, tuple[str, ...], str, Words], ...]:
    """The facts of ``data/walk.yaml``: id, question, elements a yes brings forward, element of a no, its words."""
    return tuple(
        (b.text("id"), words_of(b, "question"), b.texts("elements"), b.text("element"), words_of(b, "no"))
        for b in load_yaml(folder("data") / "walk.yaml").blocks("facts")
    )


def ethics_facts(case: Case) -> list[str]:
    """Ask the facts; the elements that a yes brings to the front."""
    forward: list[str] = []
    html.section(w("walk.facts"))
    html.put(Markup('<p class="pp-calm">{}</p>').format(w("walk.facts_how")))
    names = {name: w(f"walk.fact.{name}") for name in FACT_STATES}
    for name, question, elements, element, no in facts():
        field, key = f"ethics.{name}", f"pp-fact-{name}@{lang()}"
        here = case_desk.standing(case, field)
        case_desk.begin(case, field, {key: here if here in FACT_STATES else None})

        def keep(field: str = field, key: str = key) -> None:
            case_desk.put(case, field, st.session_state[key] or "")

        wide, narrow = st.columns([5, 3], vertical_alignment="center")
        wide.markdown(question.in_(lang()))
        narrow.segmented_control(
            question.in_(lang()), FACT_STATES, key=key, on_change=keep, format_func=names.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip
        said = st.session_state[key]
        sentence = no.in_(case_desk.language_of(case))
        if said == "yes":
            forward += [e for e in elements if e not in forward]
        elif said == "no" and sentence not in case_desk.answer_of(case, element).text:
            wide.button(
                w("walk.say_no", sentence=sentence), key=f"say_{name}", on_click=_say, args=(case, element, sentence),
                type="tertiary", icon=":material/add:",
            )  # fmt: skip
        conflict(case, field, lambda value: names.get(value, "–"))
    return forward


def _say(case: Case, element: str, sentence: str) -> None:
    """Put a statement the inventor has just confirmed into the answer of its element."""
    key = f"pp-answer-{element}"  # it may hold more than what was saved when the page was drawn
    before = str(st.session_state.get(key, case_desk.answer_here(case, element).text)).rstrip()
    text = f"{before}\n{sentence}" if before else sentence
    case_desk.put(case, f"answer.{element}", {"state": "answered", "text": text})
    case_desk.show_stored(case, f"answer.{element}")
