"""The invention disclosure as a Word file, made of the draft's own sections and the inventor's own answers.

Nothing is invented: what is missing is marked as an open question at the place where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from patentprep.cases.compose import draft_end, known_elements, printable
from patentprep.cases.questions import Question, open_questions, stages
from patentprep.checklist import Element, Pattern, Words, pattern_of, words_of
from patentprep.model import Assessment, Draft, Evidence, Lang, Section
from patentprep.report.word import grey, heading, lines, new_document, run_in, saved, small, subheading
from patentprep.resources import folder, load_yaml
from patentprep.strings import t
from patentprep.structure.headings import NUMBERED, form_kind, normal
from patentprep.versions import program_version

if TYPE_CHECKING:
    from docx.document import Document as WordFile

    from patentprep.cases.model import Answer, Case

MOST_QUOTES = 12  # sentences quoted in a chapter for which the draft has no section


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the disclosure: which sections of a draft and which elements go there."""

    id: str
    title: Words
    part_of: str
    kinds: tuple[str, ...]
    elements: tuple[str, ...]
    headings: Pattern


@cache
def chapters() -> tuple[Chapter, ...]:
    """The chapters of ``data/questions.yaml`` in the order patent agents expect them."""
    return tuple(
        Chapter(
            block.text("id"),
            words_of(block, "title"),
            block.text("part_of") if "part_of" in block else "",
            block.texts("kinds"),
            block.texts("elements"),
            pattern_of(block, "headings") if "headings" in block else Pattern(),
        )
        for block in load_yaml(folder("data") / "questions.yaml").blocks("chapters")
    )


@cache
def _tried() -> tuple[tuple[Chapter, ...], Pattern]:
    """The chapters whose words a free heading is held against, in turn, and the headings that keep to their kind."""
    root = load_yaml(folder("data") / "questions.yaml")
    by_id = {chapter.id: chapter for chapter in chapters()}
    return tuple(by_id[name] for name in root.texts("try")), pattern_of(root, "series")


def chapter_of(section: Section) -> str:
    """Where a section of the draft belongs: a free heading by its words, any other section by its kind."""
    free = section.heading and form_kind(section.heading) is None
    if free and section.kind in ("background", "summary", "embodiments", "other"):
        words = _bare(section.heading)
        tried, series = _tried()
        for chapter in () if series.search(words) else tried:
            if (section.kind != "background" or chapter.id == "problem") and chapter.headings.search(words):
                return chapter.id
    return next((c.id for c in chapters() if section.kind in c.kinds), "further")


def _bare(head: str) -> str:
    """A heading without its number and wrapping."""
    number = NUMBERED.match(head)
    return normal(head[number.end() :] if number else head)


def parts_of(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """The draft's own text without the answers, as (chapter, heading, text): all of it, in its order."""
    at, end = 0, draft_end(draft)
    for section in draft.sections:
        if section.start >= end:
            break
        if draft.text[at : section.start].strip():  # text outside every section
            yield "further", "", draft.text[at : section.start]
        body = max(section.start, at)
        head = draft.text[body : section.end]
        if section.heading and head.lstrip().startswith(section.heading):
            body += head.find(section.heading) + len(section.heading)
        text = draft.text[body : min(section.end, end)].lstrip(" :：\t\n")
        at = max(at, section.end)
        if text.strip() == draft.title and form_kind(section.heading) is not None:
            continue  # the document's name and the title again
        if text.strip() or (section.heading != draft.title and form_kind(section.heading) is None):
            yield chapter_of(section), section.heading, text
    if draft.text[at:end].strip():
        yield "further", "", draft.text[at:end]


def disclosure_docx(case: Case, assessment: Assessment, lang: Lang, today: date) -> bytes:
    """The invention disclosure (技术交底书) of a case as DOCX.

    ``assessment`` is that of the draft and the answers together (``compose``). The draft's text and the answers stand
    word for word under the heading where they belong; what fits nowhere stands under further material. An element that
    a requirement still lacks is a shaded open question at its place, and all open questions follow at the end. "Not
    applicable" is reported as the inventor's statement.
    """
    draft = assessment.draft
    name = printable(draft.title or case.name).strip() or t("disclosure.untitled", lang)
    word = new_document(name, lang, today)
    word.add_paragraph(t("disclosure.kind", lang), style="Title")
    small(word, t("disclosure.about", lang, date=today.isoformat(), version=program_version()))
    small(word, _source(case, draft, lang) + ("" if lang == "zh" else " ") + _count(case.answers, lang))
    number = 1
    heading(word, t("disclosure.name", lang), number, lang)
    word.add_paragraph(name)
    material = _material(word, assessment, case.answers, lang)
    sub = 0
    for chapter in chapters():
        if chapter.part_of:
            sub += 1
            subheading(word, chapter.title.in_(lang), number, sub, lang)
        else:
            number += 1
            heading(word, chapter.title.in_(lang), number, lang)
        if not any(other.part_of == chapter.id for other in chapters()):
            _chapter(material, chapter)
    heading(word, t("disclosure.open", lang), number + 1, lang)
    _open(word, material.questions, lang)
    return saved(word)


def _source(case: Case, draft: Draft, lang: Lang) -> str:
    if not draft.document.name or draft_end(draft) == 0:
        return t("disclosure.no_source", lang)
    name = printable(draft.document.name)
    if case.latest is None:
        return t("disclosure.source_bare", lang, name=name)
    return t("disclosure.source", lang, name=name, sha256=case.latest.sha256[:16])


def _count(answers: Mapping[str, Answer], lang: Lang) -> str:
    return t("disclosure.answers", lang, count=sum(a.state != "unknown" for a in answers.values()))


def _open(word: WordFile, questions: Sequence[Question], lang: Lang) -> None:
    if not questions:
        word.add_paragraph(t("disclosure.none_open", lang))
        return
    small(word, t("disclosure.open_intro", lang))
    for stage in stages():
        mine = [q for q in questions if q.stage == stage.id]
        if mine:
            word.add_heading(stage.title.in_(lang), 2)
        for question in mine:
            paragraph = word.add_paragraph(question.text, style="List Bullet")
            grey(paragraph, f"  {question.element}")


@dataclass(frozen=True, slots=True)
class Material:
    """What the chapters are written from, and the file they are written into."""

    word: WordFile
    lang: Lang
    draft: Draft
    parts: tuple[tuple[str, str, str], ...]
    answers: Mapping[str, Answer]
    known: Mapping[str, Element]
    questions: tuple[Question, ...]
    gaps: Mapping[str, Question]  # questions shown in their chapter, by element
    evidence: Mapping[str, Sequence[Evidence]]  # of the draft itself, by element


def _material(word: WordFile, assessment: Assessment, answers: Mapping[str, Answer], lang: Lang) -> Material:
    questions = open_questions(assessment, answers, lang)
    lacking = {r.id for r in assessment.requirements if r.status != "covered"}
    end = draft_end(assessment.draft)
    evidence: dict[str, list[Evidence]] = {}
    for element in (e for result in assessment.requirements for e in result.elements):
        mine = [e for e in element.evidence if e.strength == "substantive" and e.start < end]
        evidence.setdefault(element.id, []).extend(mine)
    return Material(
        word=word,
        lang=lang,
        draft=assessment.draft,
        parts=tuple(parts_of(assessment.draft)),
        answers=answers,
        known=known_elements(),
        questions=questions,
        gaps={q.element: q for q in questions if q.requirement in lacking or _unknown(q.element, answers)},
        evidence=evidence,
    )


def _unknown(element: str, answers: Mapping[str, Answer]) -> bool:
    return element in answers and answers[element].state == "unknown"


def _chapter(m: Material, chapter: Chapter) -> None:
    """The draft's sections, or else quotations; then answers and open questions, element by element."""
    elements = list(chapter.elements)
    if chapter.id == "further":  # elements that no chapter lists
        placed = {name for one in chapters() for name in one.elements}
        elements += [name for name in (*m.known, *m.answers) if name not in placed]
    order = {name: n for n, name in enumerate(m.known)}
    elements = sorted(dict.fromkeys(elements), key=lambda name: (order.get(name, len(order)), name))
    mine = [(head, text) for where, head, text in m.parts if where == chapter.id]
    for head, text in mine:
        if head and _bare(head) not in (normal(chapter.title.zh), normal(chapter.title.en)):
            number = NUMBERED.match(head)  # the draft's own number would stand among ours
            run_in(m.word, printable(head[number.end() :] if number else head).replace("\n", " ").strip())
        lines(m.word, text)
    empty = not mine and not _quotes(m, elements)
    for name in elements:
        if name in m.answers:
            empty &= not _answer(m, name, m.answers[name])
        if name in m.gaps:
            _gap(m, m.gaps[name])
            empty = False
    if empty:
        small(m.word, t("disclosure.nothing", m.lang))


def _quotes(m: Material, elements: Sequence[str]) -> bool:
    """The surest sentences of the draft that speak to these elements, with their places. False: there are none."""
    found = {e.start: e for name in elements for e in m.evidence.get(name, ())}
    best = sorted(found.values(), key=lambda e: (-e.confidence, e.start))[:MOST_QUOTES]
    if best:
        small(m.word, t("disclosure.quoted", m.lang))
    for e in sorted(best, key=lambda e: e.start):
        paragraph = m.word.add_paragraph(printable(e.quote).replace("\n", " "), style="Quote")
        grey(paragraph, "  " + _place(m, e))
    return bool(best)


def _place(m: Material, e: Evidence) -> str:
    section = next((s for s in m.draft.sections if s.start <= e.start < s.end and s.heading), None)
    where = [t("disclosure.heading_of", m.lang, heading=printable(section.heading))] if section else []
    where += [t("report.page", m.lang, page=e.page)] if e.page else []
    where += [e.paragraph] if e.paragraph else []
    return t("disclosure.separator", m.lang).join(where)


def _answer(m: Material, name: str, answer: Answer) -> bool:
    """An answer under the title of its element. False: it says nothing."""
    text = printable(answer.text).strip()
    if answer.state != "not_applicable" and not text:
        return False
    paragraph = run_in(m.word, m.known[name].title.in_(m.lang) if name in m.known else printable(name))
    grey(paragraph, f"  {printable(name)}")
    if answer.state == "answered":
        lines(m.word, text)
    elif answer.state == "unknown":
        lines(m.word, t("disclosure.inventor_said", m.lang, text=text))
    elif text:
        lines(m.word, t("disclosure.not_applicable", m.lang, reason=text))
    else:
        lines(m.word, t("disclosure.not_applicable_bare", m.lang))
    return True


def _gap(m: Material, question: Question) -> None:
    key = "disclosure.unknown" if _unknown(question.element, m.answers) else "disclosure.to_complete"
    paragraph = m.word.add_paragraph(t(key, m.lang, question=question.text), style="Open Question")
    grey(paragraph, f"  {question.element}")
    if question.seen:
        paragraph.add_run().add_break()
        grey(paragraph, t("disclosure.so_far", m.lang, quote=printable(question.seen).replace("\n", " ")))
