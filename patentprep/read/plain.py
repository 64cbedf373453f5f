"""Plain text and Markdown: find the encoding by evidence, undo hard line wraps."""

from __future__ import annotations

import re
from itertools import pairwise

from patentprep.errors import UnknownFormat
from patentprep.model import ParagraphLabel, Warned
from patentprep.read.lines import Line, clean, first_word, is_heading, width
from patentprep.read.paragraphs import assemble
from patentprep.read.sniff import refuse_markup

# The commonest characters, simplified and traditional. A wrong decoding hardly ever hits them.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形"
    "相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展"
    "五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战"
    "先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白"
    "教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且"
    "究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值"
    "号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严首底液官德随"
    "述例所個們時來國說產種後學經進著電裡現實兩體製機當點從業應開還關線內數質氣條沒結問無軍題黨員總設長資邊級圖統組計見論運農區強幹"
    "戰則據處隊給門規熱領東導壓增爭濟階術極聯認權證單風帶場車務萬達積議聲報類離華確張馬節話許廣記須際驗連斷難構稱標寫號劃選維層專狀"
    "適屬圓滿縣參紅細聽該鐵價嚴隨請項專訊網發明"
)
_HAN_CHARS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class NotText(UnknownFormat):
    """Bytes of no format we know that are no text either. Facts: name."""

    key = "error.not_text"


def read_plain(data: bytes, name: str, *, markdown: bool) -> tuple[str, tuple[ParagraphLabel, ...], tuple[Warned, ...]]:
    """Text and warnings of a text file. One written with Markdown headings is read as Markdown, whatever its name.

    Raises UnknownFormat for binary data, HTML and XML.
    """
    text, sure = decode(data)
    if len(_BINARY.findall(text)) > max(1, len(text) // 1000):
        raise NotText(name=name, found="binary")
    refuse_markup(text, name)
    warnings = () if sure else (Warned("encoding_guessed"),)
    text = clean(text.replace("\f", "\n"))
    markdown = markdown or _has_markdown_headings(text)
    lines = _markdown_lines(text) if markdown else [Line(line) for line in text.split("\n")]
    joined, _, labels = assemble(_unwrapped(lines), 0)
    return joined, labels, warnings


def decode(data: bytes) -> tuple[str, bool]:
    """Decoded text, and whether the encoding is certain or only the last resort (Windows-1252)."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return text.lstrip("\ufeff"), True
    if b"\x00" not in data:
        try:
            return data.decode("utf-8"), True
        except UnicodeDecodeError as error:
            if error.start > len(data) - 4 and error.reason == "unexpected end of data":  # cut in mid-character
                return data.decode("utf-8", errors="ignore"), True
    guesses = []
    for encoding in ("gb18030", "cp950", "utf-16-le", "utf-16-be"):
        wide = encoding.startswith("utf-16")
        if not wide and b"\x00" in data:
            continue
        sample = data[:400_000]
        text = (
            sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
            if wide
            else sample.decode(encoding, errors="replace")
        )
        guesses.append((_plausible(text), encoding))
    score, encoding = max(guesses, default=(0.0, ""))
    if score > 0.1:
        usable = data[: len(data) // 2 * 2] if encoding.startswith("utf-16") else data
        return usable.decode(encoding, errors="replace"), True
    return data.decode("cp1252", errors="replace"), False


def _plausible(text: str) -> float:
    """Share of common characters among the Han ones (or of ASCII in a wide encoding), less the misfits."""
    if not text:
        return 0.0
    han = _HAN_CHARS.findall(text)
    misfits = text.count("\ufffd") + len(_BINARY.findall(text)) + sum("\ue000" <= char <= "\uf8ff" for char in text)
    ascii_share = sum(char.isascii() for char in text) / len(text)
    common = sum(char in _COMMON for char in han) / len(han) if len(han) >= 2 else 0.0
    if not han and ascii_share > 0.9:
        common = ascii_share
    return common - 8 * misfits / len(text)


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Prepare lines for joining: everything stays a line of its own unless the file is hard-wrapped."""
    blank = False
    kept: list[Line] = []
    for line in lines:
        if not line.text.strip():
            blank = True
            continue
        line.gap, blank = blank, False
        kept.append(line)
    edge = _wrap_edge(kept)
    for line in kept:
        body = line.text.strip()
        line.x0 = float(width(line.text) - width(line.text.lstrip()))
        line.x1 = line.x0 + width(body)
        line.right = float(edge or line.x1)
        line.fixed = line.fixed or not edge
    return kept


def _wrap_edge(lines: list[Line]) -> int:
    """The column at which the file was wrapped, or 0 when its lines are paragraphs."""
    widths = sorted(width(line.text.rstrip()) for line in lines)
    if len(widths) < 4:
        return 0
    edge = widths[-1 - len(widths) // 50]
    if edge > 130 or edge < 30:
        return 0
    full = joints = 0
    for a, b in pairwise(lines):
        if b.gap or a.fixed or b.fixed or is_heading(a.text):
            continue
        joints += 1
        above = a.text.rstrip()
        is_full = width(above) + width(first_word(b.text)) + 1 > edge - 1
        full += is_full and above[-1:] not in ".。!！?？;；:："
    return edge if full >= 3 and full >= 0.3 * joints else 0


_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_MARKED = re.compile(r"^ {0,3}#{1,6} +(?P<words>[^\n]+)$", re.MULTILINE)
_UNDERLINE = re.compile(r"\s{0,3}(?:={3,}|-{3,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:_\s*){3,}|(?:-\s*){3,})$")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_BULLET = re.compile(r"\s*[-*+]\s+(?:\[[ xX]\]\s+)?")
# Every repetition is bounded: a line of 300,000 brackets must not take minutes.
_INLINE = (
    (re.compile(r"!\[([^\[\]]{0,300})\]\([^()]{0,500}\)"), r"\1"),
    (
        re.compile(r"\[([^\[\]]{1,300})\]\((?:[^()\s]|\([^()\s]{0,100}\)){0,300}(?: \"[^\"]{0,200}\")?\)"),
        r"\1",
    ),
    (re.compile(r"\*\*(?=[^\s*])([^*]{1,600})(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=[^\s_])([^_]{1,600})(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*)\\])\*(?=[^\s*])([^*]{1,600})(?<=\S)\*(?![\w*(])"), r"\1"),
    (re.compile(r"(?<![\w\\])_(?=[^\s_])([^_]{1,600})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"~~(?=[^\s~])([^~]{1,600})~~"), r"\1"),
    (re.compile(r"`([^`]{1,600})`"), r"\1"),
    (re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|p|div|font)(?: [^<>]{0,200})?>", re.I), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])"), r"\1"),
)


def _has_markdown_headings(text: str) -> bool:
    """Whether two lines or more are marked as headings and one of them names a section; a lone "#" is a comment."""
    marked = [match["words"].rstrip("# ") for match in _MARKED.finditer(text)]
    return len(marked) > 1 and any(map(is_heading, marked))


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _markdown_lines(text: str) -> list[Line]:
    """Lines of a Markdown file without its marks. Headings and table rows stay on lines of their own."""
    text = _without_comments(text)
    text = re.sub(r"\A---\n(?:.*\n)*?---\n", "", text) if re.match(r"---\n[\w-]+:", text) else text
    text = re.sub(r"<br\s*/?>", "\n", text, flags=re.I)
    lines: list[Line] = []
    fenced = False
    for raw in text.split("\n"):
        if _FENCE.match(raw):
            fenced = not fenced
            lines.append(Line(""))
            continue
        if fenced:
            lines.append(Line(raw, fixed=True))
            continue
        if _UNDERLINE.match(raw) and lines and lines[-1].text.strip() and not lines[-1].fixed:
            lines[-1].fixed = True
            continue
        if _RULE.match(raw) or ("|" in raw and _TABLE_RULE.fullmatch(raw.strip())):
            lines.append(Line(""))
            continue
        raw = re.sub(r"^\s{0,3}(?:>\s?)+", "", raw)
        heading = _HEADING.match(raw)
        row = raw.strip().startswith("|") and raw.strip().endswith("|") and len(raw.strip()) > 2
        bullet = _BULLET.match(raw)
        body = raw[heading.end() :].rstrip().rstrip("#").rstrip() if heading else raw[bullet.end() :] if bullet else raw
        if row:
            body = " | ".join(cell.strip() for cell in body.strip()[1:-1].split("|"))
        for pattern, replacement in _INLINE:
            body = pattern.sub(replacement, body)
        lines.append(Line(body.rstrip(), fixed=bool(heading or row or bullet)))
    return lines
