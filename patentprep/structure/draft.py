"""From the text of a document to a draft: title, sections, claims and sentences.

The words that make a heading live in ``data/headings.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path

from patentprep import text as language_of_text
from patentprep.errors import NotADraft, UnsupportedLanguage
from patentprep.model import (
    Claim,
    Document,
    Draft,
    Lang,
    Progress,
    Section,
    SectionKind,
    Sentence,
    Warned,
    silent,
)
from patentprep.structure.claims import Span, claim_spans, is_caption, read_claims
from patentprep.structure.headings import Heading, find_headings, text_lines
from patentprep.structure.invention import invention_type, patent_words
from patentprep.structure.title import MAIL, find_title, is_form_name
from patentprep.text import split_sentences


def read_draft(source: str | Path | bytes, name: str | None = None, *, on_step: Progress = silent) -> Draft:
    """Read a file and recognise its structure. Raises DraftError subclasses with a message for people."""
    from patentprep.read import read_document

    document = read_document(source, name, on_step=on_step)
    on_step("structure", 0, 1)
    draft = structure(document)
    on_step("structure", 1, 1)
    return draft


def structure(document: Document) -> Draft:
    """Title, sections, claims, sentences and invention type of a document.

    Raises UnsupportedLanguage for text in neither Chinese nor English, NotADraft when there is no sentence.
    A draft without any heading becomes one section of kind ``other``, with a warning in ``unparsed``.
    """
    text = document.text
    if not any(map(str.isalnum, text)):
        raise NotADraft(name=document.name)
    language = language_of_text.language(text)
    if language is None:
        raise UnsupportedLanguage(name=document.name)
    lines = list(text_lines(text))
    headings = find_headings(text, lines)
    title, title_range = find_title(text, lines, headings)
    blocks = _blocks(text, headings, title_range)
    blocks, claims, unparsed = _claims(text, blocks, language)
    if not headings:
        unparsed.insert(0, Warned("no_sections"))
        if not claims and not patent_words(text):
            unparsed.append(Warned("not_a_patent"))
    sections = tuple(Section(block.kind, block.heading, block.start, block.end) for block in blocks)
    sentences = _sentences(document, blocks, claims, title, title_range)
    if not sentences and title:  # a single line, taken for a title
        title, title_range = "", None
        sentences = _sentences(document, blocks, claims, title, title_range)
    if not sentences:
        raise NotADraft(name=document.name)
    kind = invention_type(title, sections, claims, sentences)
    return Draft(document, language, title, sections, claims, sentences, kind, tuple(unparsed))


# --- sections, claims, sentences -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A section with the place where its own text begins."""

    kind: SectionKind
    heading: str
    start: int
    body: int
    end: int
    form: bool


def _blocks(text: str, headings: list[Heading], title: tuple[int, int] | None) -> list[Block]:
    end = len(text)
    if not headings:
        return [Block("other", "", 0, 0, end, False)]
    blocks = []
    if headings[0].start and text[: headings[0].start].strip():
        blocks.append(_front(text, headings[0].start, title))
    for index, heading in enumerate(headings):
        if blocks and heading.kind == blocks[-1].kind == "claims" and not _body(text, blocks[-1]):
            # "CLAIMS", then "What is claimed is:"
            high = headings[index + 1].start if index + 1 < len(headings) else end
            blocks[-1] = replace(blocks[-1], body=heading.end, end=high)
            continue
        low = heading.start if blocks or index else 0
        high = headings[index + 1].start if index + 1 < len(headings) else end
        blocks.append(Block(heading.kind, heading.words, low, heading.end, high, heading.form))
    return blocks


def _body(text: str, block: Block) -> str:
    return text[block.body : block.end].strip()


def _front(text: str, end: int, title: tuple[int, int] | None) -> Block:
    """What stands before the first heading; the name of the form or the title serves as its heading."""
    low, high = next(text_lines(text[:end]))
    if is_form_name(text[low:high]) or title == (low, high):
        return Block("other", text[low:high], 0, high, end, False)
    return Block("other", "", 0, 0, end, False)


def _claims(text: str, blocks: list[Block], language: Lang) -> tuple[list[Block], tuple[Claim, ...], list[Warned]]:
    spans: list[Span] = []
    unparsed: list[Warned] = []
    for block in blocks:
        if block.kind == "claims":
            some, odd = claim_spans(text, block.body, block.end)
            if some and spans:
                # a second set (another language or version) is not mixed into the first
                if _written_in(text, spans) == language or _written_in(text, some) != language:
                    continue
                spans, unparsed = [], []
            spans.extend(some)
            unparsed.extend(odd)
            if not some and block.form and text[block.body : block.end].strip():
                unparsed.append(Warned("claims_not_recognised"))
    if not spans:
        for index, block in enumerate(blocks):
            if block.kind == "claims":
                continue
            some, odd = claim_spans(text, block.body, block.end, inferred=True)
            if some:
                spans, unparsed = some, unparsed + odd
                blocks[index : index + 1] = _split_off(text, block, some)
                break
    return blocks, read_claims(text, spans), unparsed


def _written_in(text: str, spans: list[Span]) -> Lang | None:
    return language_of_text.language(text[spans[0].start : min(spans[-1].end, spans[0].start + 2000)])


def _split_off(text: str, block: Block, spans: list[Span]) -> list[Block]:
    """Cut a section in three where claims stand in it without a heading."""
    low = text.rfind("\n", 0, spans[0].start) + 1
    low, high = max(low, block.body), spans[-1].end
    parts = []
    if text[block.start : low].strip():
        parts.append(replace(block, end=low))
    else:
        low = block.start
    tail = text[high : block.end]
    if not tail.strip():
        high = block.end
    parts.append(Block("claims", "", low, low, high, False))
    if tail.strip():
        parts.append(replace(block, heading="", start=high, body=high))
    return parts


def _sentences(
    document: Document,
    blocks: list[Block],
    claims: tuple[Claim, ...],
    title: str,
    title_range: tuple[int, int] | None,
) -> tuple[Sentence, ...]:
    text = document.text
    page_starts = [page.start for page in document.pages]
    label_starts = [label.start for label in document.labels]
    ordered = sorted(claims, key=lambda claim: claim.start)
    sentences: list[Sentence] = []

    def add(start: int, end: int, kind: SectionKind, number: int | None) -> None:
        if title_range and start >= title_range[0] and end <= title_range[1]:
            return
        if number is None and end - start < 300 and text[start:end] == title:
            return
        page = None
        if page_starts:
            page = document.pages[max(0, bisect_right(page_starts, start) - 1)].number
        at = bisect_right(label_starts, start) - 1
        label = document.labels[at].label if at >= 0 and number is None else None
        sentences.append(Sentence(text[start:end], start, end, kind, page, label, number))

    for block in blocks:
        at = block.body
        for claim in ordered:
            if not block.body <= claim.start < block.end:
                continue
            for start, end in split_sentences(text[at : claim.start], at):
                if not _ONLY_NUMBER.fullmatch(text, start, end) and not is_caption(text, start, end):
                    add(start, end, block.kind, None)
            for start, end in split_sentences(claim.text, claim.start, clauses=len(claim.text) > 60):
                add(start, end, block.kind, claim.number)
            at = max(at, claim.end)
        for start, end in split_sentences(text[at : block.end], at):
            if block.kind == "claims" and is_caption(text, start, end):
                continue
            if block.kind != "other" or not MAIL.match(text[start : min(end, start + 20)]):
                add(start, end, block.kind, None)
    return tuple(sentences)


_ONLY_NUMBER = re.compile(
    r"\W*(?:权利要求|權利要求|请求项|請求項|[Cc]laim)?\s*\d{1,3}\W*|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]*"
)
