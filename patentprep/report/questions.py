"""The question list an inventor fills in, as Word file or text, and its way back.

A question is recognised by its id in square brackets, whatever else was changed: fonts, numbering, boxes, wording.
"""

from __future__ import annotations

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from patentprep.cases.compose import known_elements, printable
from patentprep.cases.questions import Question, stages
from patentprep.errors import PatentprepError
from patentprep.model import Lang
from patentprep.report.word import grey, new_document, saved, small
from patentprep.strings import LANGUAGES, t

if TYPE_CHECKING:
    from patentprep.cases.model import Answer

State = Literal["answered", "not_applicable", "unknown"]


class NotAQuestionList(PatentprepError):
    """A file that holds no question of ours. Facts: name."""

    key = "error.not_a_question_list"


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())


def question_text(case_name: str, questions: Sequence[Question], lang: Lang) -> str:
    """The question list as text: an empty line beginning with ``>`` below each question takes the answer."""
    out = [
        t("questions.title", lang, name=_one_line(case_name)),
        t("questions.mark", lang),
        "",
        t("questions.how", lang),
    ]
    if not questions:
        out += ["", t("questions.none", lang)]
    for number, (heading, stage, question) in enumerate(_in_parts(questions, lang), 1):
        if heading:
            out += ["", "", f"=== {heading} ==="]
        if stage:
            out += ["", "", f"== {stage} =="]
        out += ["", f"{number}. [{question.element}] {question.text}"]
        if question.seen:
            out.append(t("questions.so_far", lang, quote=_one_line(question.seen)))
        out.append("> ")
    return "\n".join([*out, ""])


def question_docx(case_name: str, questions: Sequence[Question], lang: Lang) -> bytes:
    """The question list as DOCX: a box, that is a table of one cell, below each question takes the answer."""
    from docx.shared import Mm

    title = t("questions.title", lang, name=_one_line(case_name))
    word = new_document(title, lang)
    word.add_paragraph(title, style="Title")
    small(word, t("questions.mark", lang))
    word.add_paragraph(t("questions.how", lang))
    if not questions:
        word.add_paragraph(t("questions.none", lang))
    for number, (heading, stage, question) in enumerate(_in_parts(questions, lang), 1):
        if heading:
            word.add_heading(heading, 1)
        if stage:
            word.add_heading(stage, 2)
        paragraph = word.add_paragraph(f"{number}. ")
        grey(paragraph, f"[{question.element}] ")
        paragraph.add_run(question.text)
        paragraph.paragraph_format.keep_with_next = True
        if question.seen:
            seen = small(word, t("questions.so_far", lang, quote=_one_line(question.seen)))
            seen.paragraph_format.keep_with_next = True
        row = word.add_table(1, 1, style="Table Grid").rows[0]
        row.height = Mm(18)
        word.add_paragraph()
    return saved(word)


def _in_parts(questions: Sequence[Question], lang: Lang) -> Iterator[tuple[str, str, Question]]:
    """What decides before the rest, each by stage; with the first of a part its heading, of a stage its title."""
    for decisive, key in ((True, "questions.decisive"), (False, "questions.further")):
        heading = t(key, lang)
        for stage in stages():
            title = stage.title.in_(lang)
            for question in questions:
                if question.decisive == decisive and question.stage == stage.id:
                    yield heading, title, question
                    heading = title = ""


# --- reading it back ---------------------------------------------------------------------------------------------

_MARKER = re.compile(
    r"^(?P<quoted>[\s>]*)[\s#*_|\\]*(?P<number>\d{1,3}\s*[.、)]?[\s*_]*)?"
    r"\\?[\[【〔(]\s*(?P<id>[A-Za-z]{2,3}\s?\d{1,3})\s*\\?[\]】〕)][\s*_:]*"
)
MARKER_WITHIN = 200  # characters of a line: the expression takes quadratic time on a long run of spaces
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)}  # letters, digits and brackets typed full width, one for one
_MARKS = re.compile("patentprep ?(?:问题清单|question ?list)", re.IGNORECASE)
_CELL = re.compile(r"\s*[|│]\s(?P<words>.*?)\s[|│]\s*")
_RULER = re.compile(r"[\s=\-_─━┌┐└┘├┤│|+*]*")
_BECAUSE = r"(?:because(?: of)?|since|as|due to|reason|因为|由于|原因是?|理由是?)?\s*[:：,，]?\s*"
_NOT_APPLICABLE = re.compile(
    rf"(?:n\s*[/.]\s*a\b\.?|not applicable(?=\s*(?:$|[:：,，.。;；(（—–-]|because\b|since\b|as\b|due\b))"
    rf"|不适用(?=$|\s|[:：,，.。;；、(（—–-]|因为|由于|原因|理由))[\s:：,，.。;；、—–-]*{_BECAUSE}",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:(?:i |we )?(?:don't|do not|dont) know yet|not known yet"
    r"|(?:目前|现在)?(?:暂时?还?|还|尚)不太?(?:清楚|知道|确定))"
    r"(?=$|\s|[,，.。;；:：(（!！—–-])[\s,，.。;；:：!！—–-]*"
    r"|(?:(?:i |we )?(?:don't|do not|dont) know|unknown|tbd|不清楚|不知道|不确定|待定|待确认|[?？]+)[.。!！\s]*$",
    re.IGNORECASE,
)
_APOSTROPHES = str.maketrans("’‘＇", "'''")


def read_answers(data: bytes, name: str, lang: Lang | None = None) -> tuple[dict[str, Answer], tuple[str, ...]]:
    """The answers in a filled-in question list, by element, and warnings about ids that are not known.

    Reads DOCX, text and whatever else a draft may be. Answers may stand in the box, above, below or beside it. An empty
    box gives no answer. Warnings are in ``lang``, or the language of the list. Raises NotAQuestionList for a file with
    no question in it, and DraftError subclasses for one that cannot be opened.
    """
    from patentprep.cases.model import Answer

    found, typed = _lines(data, name)
    whole = "\n".join(found)
    tongue: Lang = lang or ("zh" if any(t("questions.mark", "zh") in line for line in found) else "en")
    known = known_elements()
    asked = _split(found, typed)
    if not any(q.element in known for q in asked) and not _MARKS.search(whole):
        raise NotAQuestionList(name=name)
    texts: dict[str, list[str]] = {}
    warnings = []
    for question in asked:
        text = _tidy(question.answer)
        if question.element not in known:
            warnings.append(t("questions.unknown_id", tongue, id=question.element))
        elif text and text not in texts.setdefault(question.element, []):
            texts[question.element].append(text)
    answers = {}
    for element, parts in texts.items():
        if parts:
            state, text = _state("\n".join(parts))
            answers[element] = Answer(element, state, text)
    return answers, tuple(dict.fromkeys(warnings))


@dataclass(slots=True)
class _Asked:
    """A question met in the file, and the lines below it."""

    element: str
    answer: list[str] = field(default_factory=list)


def _state(text: str) -> tuple[State, str]:
    plain = text.translate(_APOSTROPHES)  # as long as the text
    if match := _NOT_APPLICABLE.match(plain):
        return "not_applicable", text[match.end() :].strip()
    if match := _UNKNOWN.match(plain):
        return "unknown", text[match.end() :].strip()
    return "answered", text


def _split(found: Sequence[str], typed: bool) -> list[_Asked]:
    """Each question with the lines that are neither its own words nor furniture of the list.

    ``typed``: the file is plain text, where lines may be wrapped and boxes and mails have ``>`` before a line.
    """
    asked: list[_Asked] = []
    furniture = _furniture()
    openings, titles = _openings("questions.so_far", quote="\0"), _openings("questions.title", name="\0")
    quotation = False  # inside a quotation of the draft that goes on on the next line
    expected: list[str] = []  # what may still follow of the question's own words, in either language
    depth = 1  # signs ``>`` that may stand before a line of the answer
    for line in found:
        marker = _marker(line)
        if marker:
            element = marker["id"].replace(" ", "").upper()
            asked.append(_Asked(element))
            expected, rest = _own_words(element, line[marker.end() :])
            asked[-1].answer.append(rest)
            quotation, depth = False, 1 + marker["quoted"].count(">")
            continue
        if not asked:
            continue
        bare = _bare(line)
        left = [words[len(bare) :] for words in expected if bare and words.startswith(bare)]
        if left:  # the question was wrapped
            expected = [words for words in left if words]
            continue
        if quotation and bare and line.count(">", 0, depth + 1) < depth:
            quotation = not line.rstrip(" *_").endswith(("”", '"'))
            continue
        quotation = False
        if line.strip(" *_>").startswith(openings):
            end = max(line.rfind("”"), line.rfind('"'))
            if end >= 0:
                asked[-1].answer.append(line[end + 1 :].strip(" *_"))
            quotation = typed and end < 0
            continue
        if bare in furniture:
            if _MARKS.search(line) and asked[-1].answer and asked[-1].answer[-1].startswith(titles):
                asked[-1].answer.pop()  # another list begins here
            continue
        expected = [] if bare else expected
        if typed:
            line = re.sub(rf"^\s*(?:>\s?){{0,{depth}}}", "", line)
            cell = _CELL.fullmatch(line)
            line = cell["words"] if cell else line
        asked[-1].answer.append(line.rstrip())
    return asked


def _marker(line: str) -> re.Match[str] | None:
    """The id that opens a question. One we do not know counts only where the line looks like a question of ours."""
    match = _MARKER.match(line[:MARKER_WITHIN].translate(_NARROW))
    if match is None or match["id"].replace(" ", "").upper() in known_elements():
        return match
    ours = match["number"] and line.strip("* _").endswith(("?", "？"))
    return match if ours else None


def _own_words(element: str, rest: str) -> tuple[list[str], str]:
    """What may follow of the question on the next lines, and what stands on its line beside its own words."""
    given = _bare(rest)
    known = known_elements()
    if not given or element not in known:
        return [], ""
    following = []
    for lang in LANGUAGES:
        words = _bare(known[element].question.in_(lang))
        if given.startswith(words):
            return [], _after(rest, len(words))
        if words.startswith(given):
            following.append(words[len(given) :])
    if following:
        return following, ""
    asks = max(rest.rfind("?"), rest.rfind("？"))
    alike = max(_likeness(known[element].question.in_(lang), rest[: asks + 1] or rest) for lang in LANGUAGES)
    if asks >= 0 or alike > 0.6:  # asked in other words; an answer may follow the question mark
        return [], rest[asks + 1 :].strip(" *_") if asks >= 0 else ""
    return [], rest.strip(" *_")


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, _bare(one), _bare(other)[:1000], autojunk=False).ratio()


def _after(text: str, letters: int) -> str:
    """What follows the first so many letters and digits, without the punctuation that ends a question."""
    for at, character in enumerate(text):
        letters -= character.isalnum()
        if letters == 0:
            return text[at + 1 :].lstrip(" \t?？.。:：)）*_").rstrip(" *_")
    return ""


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).casefold()


_FIXED = ("questions.mark", "questions.how", "questions.none", "questions.decisive", "questions.further")


def _furniture() -> frozenset[str]:
    words = [stage.title.in_(lang) for stage in stages() for lang in LANGUAGES]
    words += [t(key, lang) for lang in LANGUAGES for key in _FIXED]
    words += [t("report.notice", lang) for lang in LANGUAGES]
    return frozenset(map(_bare, words))


def _openings(key: str, **blank: str) -> tuple[str, ...]:
    """How a line with these words begins, in each language, up to what varies in it."""
    return tuple(t(key, lang, **blank).partition("\0")[0].rstrip("“ ") for lang in LANGUAGES)


def _tidy(answer: Sequence[str]) -> str:
    """The answer without rulers and blank lines around it; one blank line may stand inside."""
    kept: list[str] = []
    for line in answer:
        line = "" if _RULER.fullmatch(line) else line.rstrip()
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _lines(data: bytes, name: str) -> tuple[list[str], bool]:
    """The lines of the file, and whether it is plain text. ``read_document`` would join the paragraphs of a box."""
    from patentprep.read import read_document
    from patentprep.read.lines import clean
    from patentprep.read.plain import decode

    document = read_document(data, name)  # raises for what cannot be opened, is no text, or is too long
    text = document.text
    if document.format == "docx":
        text = _word_text(data) or text
    elif document.format in ("txt", "md"):
        text = decode(data)[0]
    return clean(printable(text)).split("\n"), document.format != "docx"


_GONE = frozenset(["del", "moveFrom", "delText", "instrText", "Fallback", "pPr", "rPr", "tblPr", "sectPr", "fldData"])
MAX_PART = 100_000_000


def _word_text(data: bytes) -> str:
    """Every paragraph of a Word file on a line of its own, also those in tables and text boxes."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as stream:
            xml = stream.read(MAX_PART + 1)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError, NotImplementedError):
        return ""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return ""
    out: list[str] = []
    _walk(root, out)
    return "".join(out)


def _walk(parent: Any, out: list[str]) -> None:
    from patentprep.read.equations import linear, tag_of

    for item in parent:
        tag = tag_of(item)
        if not tag or tag in _GONE:
            continue
        if tag == "t":
            out.append((item.text or "").replace("\n", " "))
        elif tag in ("br", "cr"):
            out.append("\n")
        elif tag == "noBreakHyphen":
            out.append("-")
        elif tag in ("tab", "ptab"):
            out.append(" ")
        elif tag in ("oMath", "oMathPara"):
            out.append(linear(item))
        else:
            _walk(item, out)
            if tag == "p":
                out.append("\n")
