"""Lines on their way to becoming paragraphs, and the small questions every reader asks about them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CONTROLS = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]"
)
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f]")
_HAN = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_FIRST_WORD = re.compile(r"[^\s\u2e80-\u303f\u3400-\u9fff\uff00-\uffef]+|\S")

# Headings on a line of their own. Only their shape matters here: which section they open is decided later.
_SPACED_HEADINGS = [
    "权利要求书",
    "权利要求",
    "说明书",
    "说明书附图",
    "说明书摘要",
    "摘要附图",
    "摘要",
    "技术领域",
    "背景技术",
    "现有技术",
    "发明内容",
    "实用新型内容",
    "附图说明",
    "具体实施方式",
    "实施方式",
    "具体实施例",
    "实施例",
    "有益效果",
    "技术方案",
    "发明名称",
    "技术交底书",
    "附图标记说明",
    "申請專利範圍",
    "請求項",
    "發明說明",
    "發明說明書",
    "說明書",
    "技術領域",
    "先前技術",
    "背景技術",
    "發明內容",
    "圖式簡單說明",
    "圖式簡單說明書",
    "實施方式",
    "發明摘要",
    "中文發明摘要",
    "符號說明",
    "代表圖",
    "權利要求書",
    "附圖說明",
    "具體實施方式",
]
_ZH_HEADING = re.compile(
    r"[【\[［]?(?:(?:第?[一二三四五六七八九十]{1,3}|\d{1,2}(?:\.\d{1,2})*)\s*[、.．章节]?\s*"
    r"|[（(]\s*[一二三四五六七八九十\d]{1,3}\s*[）)]\s*)?(?:"
    + "|".join(r"\s*".join(heading) for heading in _SPACED_HEADINGS)
    + r")\s*(?:[一二三四五六七八九十\d]{1,3})?[】\]］]?\s*[:：]?"
)
_EN_HEADING = re.compile(
    r"(?:(?:[IVX]{1,4}|[A-Z]|\d{1,2}(?:\.\d{1,2})*)[.)]?\s+)?(?:"
    r"technical field|field(?: of (?:the )?(?:invention|disclosure|art))?"
    r"|background(?: art| of (?:the )?(?:invention|disclosure))?|related art|prior art"
    r"|(?:brief )?summary(?: of (?:the )?(?:invention|disclosure))?"
    r"|(?:brief )?description of (?:the )?(?:several views of the )?(?:drawings?|figures?|embodiments?)"
    r"|detailed description(?: of (?:the )?(?:preferred |exemplary |illustrative )?"
    r"(?:embodiments?|invention|drawings?))?"
    r"|(?:description of (?:the )?)?(?:preferred )?embodiments?|description|specification"
    r"|disclosure(?: of (?:the )?invention)?|cross[- ]references? to related applications?"
    r"|claims?|abstract(?: of the disclosure)?|drawings?|examples?(?: \d{1,2})?|industrial applicability"
    r"|best mode(?: for carrying out the invention)?|advantageous effects(?: of (?:the )?invention)?"
    r")\s*:?|what is claimed(?: is)?\s*:?|(?:we|i) claim\s*:?|the invention claimed is\s*:?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*(?:[\[【〔［]\s*(\d{4,5})\s*[\]】〕］]|(\d{4})\s*[\]】]|[\[【](\d{4})(?=\s))\s*")
_LABEL_STARTS = frozenset("[【〔［ 　0123456789")


@dataclass(slots=True)
class Line:
    """One printed line. Lengths are points (PDF) or half-width columns (plain text); ``y`` grows upwards."""

    text: str
    page: int = 1
    x0: float = 0.0
    x1: float = 0.0
    y: float = 0.0
    size: float = 2.0  # height of the line: about the width of one Han character
    font: float = 0.0  # nominal font size; 0 when not known
    left: float = 0.0  # bounds of the column the line stands in
    right: float = 0.0
    pitch: float = 0.0  # usual distance between base lines; 0 when not known
    gap: bool = False  # blank space above
    fixed: bool = False  # never joined with its neighbours
    after_number: float = 0.0  # where the text begins behind a leading number; 0 when not known
    before_number: float = 0.0  # where it ends before a trailing number
    turned: bool = False  # does not run from left to right


def clean(text: str) -> str:
    """NFC without control, format or exotic space characters; newlines stay. Full-width punctuation stays."""
    if text.isascii() and text.isprintable():
        return text
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
        .replace("\x85", "\n")
    )
    text = _SPACES.sub(" ", _CONTROLS.sub("", text))
    text = _LONE_SURROGATES.sub("\ufffd", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_han(char: str) -> bool:
    """Han characters and the full-width punctuation that goes with them: no space is put beside these."""
    return char >= "\u2e80" and _HAN.match(char) is not None


def width(text: str) -> int:
    """Display width in half-width columns."""
    return len(text) if text.isascii() else len(text) + len(_HAN.findall(text))


def first_word(text: str) -> str:
    """What must fit on a line before it may be broken: a Latin word, or one Han character."""
    if text.isascii():
        return text.split(None, 1)[0] if text.strip() else ""
    match = _FIRST_WORD.match(text.lstrip())
    return match.group() if match else ""


def is_heading(text: str) -> bool:
    """A line that is nothing but a section heading of a patent, an application or a disclosure form."""
    text = text.strip()
    if not text or len(text) > 70 or text[-1] in ".,;。，；":
        return False
    if not text.isascii():
        return _ZH_HEADING.fullmatch(text) is not None
    first = text.lstrip("0123456789.IVX) ")[:1]
    return (first.isupper() or text.isupper()) and _EN_HEADING.fullmatch(text) is not None


def paragraph_label(text: str) -> tuple[str, str]:
    """Split a printed paragraph number off: ``("[0012]", rest)``, or ``("", text)``."""
    match = _LABEL.match(text) if text[:1] in _LABEL_STARTS else None
    if not match:
        return "", text
    return f"[{next(group for group in match.groups() if group)}]", text[match.end() :]
