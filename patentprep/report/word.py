"""The look of our Word files, and the paragraphs they are made of.

python-docx is loaded inside the functions: most reports are no Word files.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from patentprep.cases.compose import printable
from patentprep.model import Lang
from patentprep.strings import t

if TYPE_CHECKING:
    from docx.document import Document as WordFile
    from docx.text.paragraph import Paragraph

GAP_FILL, GREY = "FFF2CC", "666666"
LATIN, LATIN_HEADING, HAN, HAN_HEADING = "Times New Roman", "Calibri", "SimSun", "Microsoft YaHei"
_HAN_NUMBERS = "一二三四五六七八九十"


def new_document(name: str, lang: Lang, today: date | None = None) -> WordFile:
    """An empty A4 document with our styles, its name in the header, the notice and page numbers in the footer."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    word = docx.Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    section.top_margin = section.bottom_margin = Mm(25)
    styles: Any = word.styles
    styles.add_style("Run-in", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    styles.add_style("Open Question", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    for style, size, bold, before, after in (
        ("Normal", 11, False, 0, 6),
        ("Body Text", 11, False, 0, 6),
        ("Title", 22, True, 0, 12),
        ("Heading 1", 15, True, 18, 6),
        ("Heading 2", 12.5, True, 12, 4),
        ("Run-in", 11, True, 8, 2),
        ("Small", 9, False, 0, 4),
        ("Open Question", 11, False, 4, 6),
        ("Quote", 11, False, 0, 6),
        ("List Bullet", 11, False, 0, 4),
        ("Header", 9, False, 0, 0),
        ("Footer", 8, False, 0, 0),
    ):
        one = styles[style]
        headline = style.startswith(("Title", "Heading", "Run-in"))
        _fonts(one, LATIN_HEADING if headline else LATIN, HAN_HEADING if headline else HAN, lang)
        one.font.size, one.font.bold, one.font.italic = Pt(size), bold, False
        grey_one = style in ("Small", "Header", "Footer")
        one.font.color.rgb = RGBColor.from_string(GREY if grey_one else "1F2937" if headline else "000000")
        one.paragraph_format.space_before, one.paragraph_format.space_after = Pt(before), Pt(after)
        one.paragraph_format.line_spacing = 1.25
        one.paragraph_format.keep_with_next = headline and style != "Title"
    styles["Quote"].paragraph_format.left_indent = Mm(6)
    if lang == "zh":
        _indent(styles["Body Text"].element.get_or_add_pPr())
    shade(styles["Open Question"].element.get_or_add_pPr(), GAP_FILL)
    properties = word.core_properties
    properties.title, properties.author, properties.comments = name[:250], "", ""
    properties.last_modified_by, properties.language = "", "zh-CN" if lang == "zh" else "en"
    if today:
        properties.created = properties.modified = datetime(today.year, today.month, today.day)
    section.header.paragraphs[0].text = name
    footer = section.footer.paragraphs[0]
    footer.add_run(t("report.notice", lang)).add_break()
    for piece in re.split("([\ue000\ue001])", t("disclosure.page_of", lang, page="\ue000", pages="\ue001")):
        if piece in ("\ue000", "\ue001"):
            _field(footer, "PAGE" if piece == "\ue000" else "NUMPAGES")
        else:
            footer.add_run(piece)
    return word


def _fonts(style: Any, latin: str, han: str, lang: Lang) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]  # a theme's font would win over ours
    for key, font in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", han)):
        fonts.set(qn(f"w:{key}"), font)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    if style.name == "Normal":
        tongue = OxmlElement("w:lang")
        tongue.set(qn("w:val"), "en-US")
        tongue.set(qn("w:eastAsia"), "zh-CN")
        properties.append(tongue)


def shade(properties: Any, fill: str) -> None:
    """A ground colour, RRGGBB, for the paragraph or table cell whose properties (``pPr``, ``tcPr``) these are."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    ground = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        ground.set(qn(f"w:{key}"), value)
    properties.insert_element_before(ground, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def bar(cell: Any, colour: str) -> None:
    """A bar of this colour, #RRGGBB, at the left of a table cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, left = OxmlElement("w:tcBorders"), OxmlElement("w:left")
    for key, value in (("val", "single"), ("sz", "36"), ("space", "0"), ("color", colour.lstrip("#"))):
        left.set(qn(f"w:{key}"), value)
    borders.append(left)
    cell._tc.get_or_add_tcPr().append(borders)


def _indent(properties: Any) -> None:
    """The first line two characters in, as Chinese is set."""
    from docx.oxml.ns import qn

    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "440")


def _field(paragraph: Paragraph, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run: Any = OxmlElement("w:r")
    text: Any = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def heading(word: WordFile, title: str, number: int, lang: Lang) -> None:
    """A numbered chapter heading: 一、 in Chinese, 1. in English."""
    tens = "十" if number > 10 else ""
    word.add_heading(f"{tens}{_HAN_NUMBERS[(number - 1) % 10]}、{title}" if lang == "zh" else f"{number}. {title}", 1)


def subheading(word: WordFile, title: str, number: int, sub: int, lang: Lang) -> None:
    """A numbered heading inside chapter ``number``: （一） in Chinese, 1.1 in English."""
    word.add_heading(f"（{_HAN_NUMBERS[sub - 1]}）{title}" if lang == "zh" else f"{number}.{sub} {title}", 2)


def lines(word: WordFile, text: str) -> None:
    """Each line of the text as a paragraph."""
    style = word.styles["Body Text"]
    for line in printable(text).split("\n"):
        if line.strip():
            word.add_paragraph(line.strip(), style=style)


def run_in(word: WordFile, title: str) -> Paragraph:
    """A small heading inside a chapter."""
    return word.add_paragraph(title, style="Run-in")


def small(word: WordFile, text: str) -> Paragraph:
    """A remark of ours, set apart from the inventor's text."""
    return word.add_paragraph(text, style="Small")


def grey(paragraph: Paragraph, text: str) -> None:
    """Something small and grey in a paragraph: an id, or where a quotation stands."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(8.5), False, RGBColor.from_string(GREY)


def saved(word: WordFile) -> bytes:
    """The bytes of the file."""
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()
