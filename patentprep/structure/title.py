"""The title of a draft: under its label, on the front page, over the first section, or in the subject of a mail."""

from __future__ import annotations

import re
from itertools import pairwise

from patentprep.structure.headings import NUMBERED, TERMINAL, Heading, normal, vocabulary
from patentprep.text import has_han

MAIL = re.compile(
    r"\s*(?:From|To|Cc|Bcc|Date|Sent|Subject|Re|Reply-To|Fwd?|Attachments?|发件人|收件人|抄送|日期|发送时间"
    r"|时间|主题|附件)\s*[:：]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\s*(?:Subject|主题)\s*[:：]\s*(?:(?:Re|RE|Fwd?|FW|AW|回复|答复|转发)\s*[:：]\s*)*(?P<t>\S.*)$",
    re.MULTILINE,
)
_TITLE_LABEL = re.compile(
    r"[\s\-•*·]*(?:[（(]54[)）])?\s*(?:\d{1,2}[.、)]?\s*|[一二三四五六七八九十]、)?(?P<label>[^:："
    r"|\n]{1,30}?)\s*(?:[:：|]\s*(?P<t>.*))?$"
)
_TITLE_CODE = re.compile(r"[（(\[]54[)）\]]\s*(?P<t>\S.{2,300})$")
_QUOTED = re.compile(r"[\"“「《](?P<t>[^\"”」》]{4,200})[\"”」》]")
_NO_TITLE = re.compile(
    r"^(?:(?:\(12\)\s*)?united states patent|https?:|www\."
    r"|hi\b|hello\b|dear\b|你好|您好|各位|\[|\||\d{4}[-./年]\d|docket|attorney"
    r"|application no|serial no|inventors?\b|applicants?\b"
    r"|assignee|申请号|申请人|发明人|代理|公开号|申请公布|\(?(?:1[0-9]|2[1-9]|[3-57-9]\d)\)|page \d"
    r"|confidential|draft\b|v\d|version|版本|日期|date\b|patent application)",
    re.IGNORECASE,
)


def find_title(text: str, lines: list[tuple[int, int]], headings: list[Heading]) -> tuple[str, tuple[int, int] | None]:
    """The title and the range it fills as a line of its own; empty when there is none."""
    known = vocabulary()
    by_start = {heading.start: heading for heading in headings}
    for index, (start, end) in enumerate(lines[:400]):
        if end - start > 460:
            continue
        coded = _TITLE_CODE.match(text[start:end])
        if coded and normal(coded["t"]) not in known.titles and ":" not in coded["t"] and "：" not in coded["t"]:
            return _clean_title(coded["t"]), (start, end)
        label = _TITLE_LABEL.match(text[start:end])
        if not label or normal(label["label"]) not in known.titles:
            continue
        value = (label["t"] or "").strip()
        while not value and index + 2 < len(lines) and not any(map(str.isalnum, text[slice(*lines[index + 1])])):
            index += 1  # a rule under the label
        if value and len(value) <= (90 if has_han(value) else 300) and "。" not in value:
            return _clean_title(value), (start, end)
        if not value and index + 1 < len(lines) and lines[index + 1][0] not in by_start:
            low, high = lines[index + 1]
            if high - low <= 200 and not MAIL.match(text[low:high]):
                return _clean_title(text[low:high]), (start, high)
    for heading in headings:
        if heading.container and normal(heading.words) not in ("drawings",):
            after = next(((low, high) for low, high in lines if low > heading.start), None)
            if after and after[0] not in by_start and _may_be_title(text[after[0] : after[1]]):
                return _clean_title(text[after[0] : after[1]]), after
    mail = False
    for start, end in lines[:12]:
        line = text[start:end]
        if start in by_start:
            break
        if MAIL.match(line):
            mail = True
            continue
        if is_form_name(line) or _NO_TITLE.match(line):
            continue
        if mail:
            break
        if _may_be_title(line) and (headings or _stands_alone(line, len(lines))):
            return _clean_title(line), (start, end)
        break
    if mail and (subject := _SUBJECT.search(text, 0, min(len(text), 3000))):
        return subject["t"].strip(), None
    return _title_before_body(text, headings)


def _title_before_body(text: str, headings: list[Heading]) -> tuple[str, tuple[int, int] | None]:
    """A line between the claims or abstract and the first section, or before the first of run-in headings."""
    first = text[: headings[0].start].strip() if headings else ""
    if first and "\n" not in first and _may_be_title(first) and not _NO_TITLE.match(first):
        start = text.index(first)
        return _clean_title(first), (start, start + len(first))
    for before, heading in pairwise([None, *headings]):
        if heading is None or heading.kind not in ("technical_field", "background") or not heading.form:
            continue
        low = before.end if before else 0
        if before and before.kind not in ("claims", "abstract", "other"):
            break
        body = text[low : heading.start].rstrip()
        low += max(body.rfind("\n"), body.rfind("。"), body.rfind(". ")) + 1
        words = text[low : heading.start]
        start = low + len(words) - len(words.lstrip())
        words = words.strip()
        if _may_be_title(words) and not NUMBERED.match(words) and not _NO_TITLE.match(words):
            return _clean_title(words), (start, start + len(words))
        break
    return "", None


def is_form_name(line: str) -> bool:
    """Whether a line is the name of a form, such as 技术交底书 or Invention Disclosure Form."""
    return normal(re.sub(r"[（(].{0,20}[)）]$", "", line.strip())) in vocabulary().forms


def _may_be_title(line: str) -> bool:
    if TERMINAL.search(line) or " | " in line or MAIL.match(line) or line.rstrip().endswith((":", "：")):
        return False
    if not any(map(str.isalnum, line)):
        return False
    if has_han(line):
        return 3 <= len(line) <= 80 and "。" not in line and "，" not in line
    return 1 < len(line.split()) <= 50 and len(line) <= 400 and not re.search(r"[.!?]\s+[A-Z]", line)


def _stands_alone(line: str, count: int) -> bool:
    """In notes without headings the first line is a title only when it is short and states nothing."""
    if count < 2 or re.search(r"[,，;；=:：]|\d", line):
        return False
    if has_han(line):
        return len(line) <= 30
    return len(line.split()) <= 14 and line[:1].isupper()


def _clean_title(words: str) -> str:
    words = _WRAP_TITLE.sub("", words.strip())
    quoted = _QUOTED.match(words)
    return quoted["t"].strip() if quoted else words.strip()


_WRAP_TITLE = re.compile(r"^[#*_\s]+|[#*_\s]+$|\s*\|\s*$")
