"""A draft and the inventor's answers as one Draft, so that ``assess`` judges them together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from patentprep.checklist import Element, available, load_checklist
from patentprep.model import Document, Draft, Lang, Section, Sentence
from patentprep.text import language, split_sentences

if TYPE_CHECKING:
    from patentprep.cases.model import Answer

_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
_ID = re.compile(r"[A-Z][A-Z0-9_-]{1,20}")
_HEADING = re.compile(rf"(?P<id>{_ID.pattern}) · .+")


def printable(text: str) -> str:
    """The text with plain line breaks and without characters that no XML or UTF-8 file can hold."""
    return _ILLEGAL.sub("", _BREAKS.sub("\n", text))


def known_elements() -> dict[str, Element]:
    """Every element of every checklist by its id, in the order of the checklists."""
    found: dict[str, Element] = {}
    for name in available():
        for element in load_checklist(name).elements:
            found.setdefault(element.id, element)
    return found


def given(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The texts of the answers that say something, by element in the order of the checklist; unknown ids come last."""
    order = {name: n for n, name in enumerate(known_elements())}
    texts = {
        name: printable(answer.text).strip()
        for name, answer in sorted(answers.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
        if answer.state == "answered" and _ID.fullmatch(name)
    }
    return {name: text for name, text in texts.items() if text}


def compose(draft: Draft | None, answers: Mapping[str, Answer], lang: Lang) -> Draft:
    """The draft followed by the answered texts, each in a section of its own under the title of its element.

    Offsets, pages, paragraph labels, sections, claims and sentences of the draft stay as they are. Answers in the state
    "not_applicable" or "unknown" say nothing of the invention and are left out. Headings are written in ``lang`` and
    are no sentences. Without answers the draft itself comes back; without a draft the text is the answers alone, and
    empty when there is none.
    """
    texts = given(answers)
    if draft and not texts:
        return draft
    text = draft.text if draft else ""
    known = known_elements()
    sections: list[Section] = []
    sentences: list[Sentence] = []
    for name, answer in texts.items():
        if text and not text.endswith("\n"):
            text += "\n"
        heading = f"{name} · {known[name].title.in_(lang) if name in known else name}"
        start, body = len(text), len(text) + len(heading) + 1
        text += f"{heading}\n{answer}\n"
        sections.append(Section("other", heading, start, len(text)))
        sentences += [
            Sentence(text[low:high], low, high, "other", asked=name)
            for low, high in split_sentences(text[body : len(text)], body)
        ]
    sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    if draft:
        return replace(
            draft,
            document=replace(draft.document, text=text, sha256=sha256),
            sections=(*draft.sections, *sections),
            sentences=(*draft.sentences, *sentences),
        )
    from patentprep.structure.invention import invention_type

    return Draft(
        document=Document("", "txt", text, (), (), (), sha256),
        language=language("\n".join(texts.values())) or lang,
        title="",
        sections=tuple(sections),
        claims=(),
        sentences=tuple(sentences),
        invention_type=invention_type("", tuple(sections), (), tuple(sentences)),
    )


def answer_spans(draft: Draft) -> dict[str, tuple[int, int]]:
    """Where the answers stand in a composed draft, by element; their headings are not counted.

    Only the sections at the end of the text that ``compose`` writes are meant; any other draft gives nothing.
    """
    spans: dict[str, tuple[int, int]] = {}
    for section in reversed(draft.sections):
        match = _HEADING.fullmatch(section.heading)
        if section.kind != "other" or match is None:
            break
        start = section.start + len(section.heading) + 1
        spans[match["id"]] = (start, start + len(draft.text[start : section.end].rstrip()))
    return dict(reversed(spans.items()))


def draft_end(draft: Draft) -> int:
    """Where the draft's own text ends and the answers to it begin."""
    answers = answer_spans(draft)
    starts = [s.start for s in draft.sections[len(draft.sections) - len(answers) :]] if answers else []
    return min(starts, default=len(draft.text))
