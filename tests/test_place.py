"""Where a quote stands on the page of a PDF. Every file is made here; a place is checked against where it was drawn."""

from __future__ import annotations

import io
import time

import pytest
from pdfs import Draw, needs_a_chinese_font, pdf
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from patentprep.model import Document, Page
from patentprep.read import read_document
from patentprep.read.place import PageNotDrawn, Rectangle, draw_pages, page_png, rectangles

WIDTH, HEIGHT = A4
LEFT, SIZE, STEP = 72, 11, 18

EN = [
    "The controller reads the vibration signal of the spindle at twenty kilo-",
    "hertz. For every window a spectrum is computed. The network was",
    "trained on recordings from nine machine tools. The feed rate is lowered.",
]
ZH = [
    "控制器以二十千赫兹的采样率读取主轴的振动信号，将其划分为多个窗口，对每个窗口",
    "计算频谱。训练数据来自九台机床的实际加工记录，由两名维修工程师在每次换刀之后",
    "进行标注。当预测的磨损量超过阈值时，在工件表面受损之前降低进给速度。",
]


def lines(texts: list[str], font: str = "Times-Roman", top: float = 100, numbered: bool = False) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, SIZE)
        for n, text in enumerate(texts):
            y = HEIGHT - top - n * STEP
            if numbered:
                canvas.drawString(LEFT - 30, y, str(n + 1))
            canvas.drawString(LEFT, y, text)

    return draw


def row(n: int, top: float = 100) -> float:
    """The middle of a drawn line, as a share of the page's height from its top."""
    return float((top + n * STEP - 0.3 * SIZE) / HEIGHT)


def place(data: bytes, quote: str, document: Document | None = None) -> dict[int, list[Rectangle]]:
    document = document or read_document(data, "x.pdf")
    start = document.text.index(quote)
    return rectangles(data, document, [(start, start + len(quote))])


def assert_on_row(box: Rectangle, n: int, top: float = 100) -> None:
    assert box[1] < row(n, top) < box[3]
    assert box[3] - box[1] < 2 * STEP / HEIGHT


# --- rectangles ----------------------------------------------------------------------------------------------------


def test_a_quote_on_one_line_has_one_rectangle_where_it_was_drawn() -> None:
    found = place(pdf(lines(EN)), "For every window a spectrum is computed.")
    (box,) = found[1]
    before = pdfmetrics.stringWidth("hertz. ", "Times-Roman", SIZE)
    long = pdfmetrics.stringWidth("For every window a spectrum is computed", "Times-Roman", SIZE)
    assert_on_row(box, 1)
    assert box[0] * WIDTH == pytest.approx(LEFT + before, abs=2)
    assert box[2] * WIDTH == pytest.approx(LEFT + before + long, abs=2)
    assert box[4] == 0


@pytest.mark.parametrize(
    ("data", "quote", "rows"),
    [
        (pdf(lines(EN)), "twenty kilo-hertz", [0, 1]),
        (pdf(lines(EN)), "The network was trained on recordings", [1, 2]),
        (pdf(lines(ZH, "STSong-Light")), "训练数据来自九台机床的实际加工记录", [1]),
        (pdf(lines(ZH, "STSong-Light")), "由两名维修工程师在每次换刀之后进行标注", [1, 2]),
        (pdf(lines(ZH, "STSong-Light")), "对每个窗口计算频谱", [0, 1]),
    ],
    ids=["hyphen", "two lines", "zh", "zh two lines", "zh first two"],
)
def test_a_quote_over_two_lines_has_a_rectangle_on_each(data: bytes, quote: str, rows: list[int]) -> None:
    document = read_document(data, "x.pdf")
    if quote not in document.text:  # whether a hyphen at the end of a line was printed or set is the reader's guess
        quote = quote.replace("-", "")
    boxes = place(data, quote, document)[1]
    assert len(boxes) == len(rows)
    for box, n in zip(boxes, rows, strict=True):
        assert_on_row(box, n)


def test_line_numbers_in_the_margin_do_not_matter_and_are_not_marked() -> None:
    many = [*EN, *(f"Step {n} of the method is described in more words than are needed here" for n in range(20))]
    data = pdf(lines(many, numbered=True))
    document = read_document(data, "x.pdf")
    boxes = place(data, "The network was trained on recordings", document)[1]
    assert [n for box, n in zip(boxes, (1, 2), strict=True) if box[1] < row(n) < box[3]] == [1, 2]
    assert all(box[0] * WIDTH > LEFT - 2 for box in boxes)


def test_width_ligatures_and_spaces_do_not_matter() -> None:
    data = pdf(lines(["The coeﬃcient is set to ０.５ by the ﬁlter"], "STSong-Light"))
    document = Document("x.pdf", "pdf", "The coefficient is set to 0.5 by the filter", (Page(1, 0, 43),), (), (), "")
    assert len(rectangles(data, document, [(4, 43)]).get(1, [])) in (0, 1)
    plain = pdf(lines(["The coeff icient is set to 0 . 5 by the filter"]))
    (box,) = rectangles(plain, document, [(4, 43)])[1]
    assert_on_row(box, 0)


def test_equal_quotes_are_told_apart_by_what_stands_around_them() -> None:
    text = ["First the signal is filtered. It is cut.", "Then the signal is filtered. It is kept."]
    data = pdf(lines(text))
    document = read_document(data, "x.pdf")
    low = document.text.index("the signal is filtered")
    high = document.text.rindex("the signal is filtered")
    assert low != high
    found = rectangles(data, document, [(low, low + 22), (high, high + 22)])[1]
    assert [box[4] for box in found] == [0, 1]
    assert_on_row(found[0], 0)
    assert_on_row(found[1], 1)


def test_what_is_not_certain_is_left_out() -> None:
    data = pdf(lines(["the signal is filtered", "the signal is filtered", "the signal is filtered"]))
    page = (Page(1, 0, 200),)
    twice = Document("x.pdf", "pdf", "the signal is filtered\nthe signal is filtered", page, (), (), "")
    other = Document("x.pdf", "pdf", "the signal is amplified", page, (), (), "")
    marks = Document("x.pdf", "pdf", "... --- !!!", page, (), (), "")
    assert rectangles(data, twice, [(0, 22)]) == {}
    assert rectangles(data, other, [(0, 23)]) == {}
    assert rectangles(data, marks, [(0, 11)]) == {}
    assert rectangles(data, twice, []) == {}


def test_a_sentence_over_two_pages_is_marked_on_both() -> None:
    filler = [f"Line {n} of the description says what the part with this number is for, in full" for n in range(34)]
    first = [*filler, "Finally the predicted wear is compared with a limit and the feed rate of the"]
    second = ["spindle is lowered before the surface of the workpiece is damaged by the tool.", "Then it ends."]
    data = pdf(lines(first), lines(second))
    document = read_document(data, "x.pdf")
    start = document.text.index("Finally")
    found = rectangles(data, document, [(start, document.text.index("Then it ends"))])
    assert_on_row(found[1][0], len(filler))
    assert_on_row(found[2][0], 0)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_marked_as_it_is_shown(turn: int) -> None:
    """A sheet laid in sideways, and turned so that its lines are read from left to right."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        canvas.rotate({90: 90, 180: 180, 270: -90}[turn])
        canvas.setFont("Times-Roman", SIZE)
        for n, text in enumerate(EN):
            down = 100 + n * STEP
            x, y = {90: (0, -down), 180: (-WIDTH, -down), 270: (-WIDTH, HEIGHT - down)}[turn]
            canvas.drawString(LEFT + x, y, text)

    data = pdf(draw)
    text = " ".join(EN)
    document = Document("x.pdf", "pdf", text, (Page(1, 0, len(text)),), (), (), "")
    start = text.index("For every window")
    (box,) = rectangles(data, document, [(start, start + 30)])[1]
    assert box[0] * WIDTH == pytest.approx(LEFT + pdfmetrics.stringWidth("hertz. ", "Times-Roman", SIZE), abs=2)
    assert_on_row(box, 1)


def test_a_cropped_page_is_marked_within_what_is_shown() -> None:
    data = pdf(lines(EN), cropBox=(50, 400, WIDTH - 20, HEIGHT - 40))
    (box,) = place(data, "For every window a spectrum is computed.")[1]
    y = HEIGHT - 100 - STEP + 0.3 * SIZE
    assert box[1] < (HEIGHT - 40 - y) / (HEIGHT - 440) < box[3]


def test_a_file_that_is_no_pdf_has_no_places() -> None:
    document = Document("x.pdf", "pdf", "words", (Page(1, 0, 5),), (), (), "")
    assert rectangles(b"%PDF-1.4 nothing", document, [(0, 5)]) == {}


# --- pictures ------------------------------------------------------------------------------------------------------


def size(image: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        return opened.size


@pytest.mark.parametrize(("width", "shown"), [(600, 600), (1400, 1400), (9000, 1415), (0, 1)])
def test_a_page_is_as_wide_as_asked_and_never_too_big(width: int, shown: int) -> None:
    image = page_png(pdf(lines(EN)), 1, width)
    assert image.startswith(b"\x89PNG")
    assert size(image)[0] == pytest.approx(shown, abs=2)
    assert max(size(image)) <= 2000


@needs_a_chinese_font
def test_small_pictures_of_several_pages() -> None:
    drawn = draw_pages(pdf(lines(EN * 10), lines(ZH * 10, "STSong-Light")), [1, 2, 7], 1000)
    assert sorted(drawn) == [1, 2]
    assert all(1000 < len(image) < 130_000 for image in drawn.values())


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_does_not_exist(number: int) -> None:
    with pytest.raises(PageNotDrawn):
        page_png(pdf(lines(EN)), number, 600)


def test_no_pdf_is_not_drawn() -> None:
    with pytest.raises(PageNotDrawn):
        page_png(b"nothing", 1, 600)


def test_a_page_that_would_take_for_ever_is_passed_over() -> None:
    """Forms that draw ten forms each, nine deep: a thousand million letters on one page."""

    def bomb(canvas: Canvas) -> None:
        canvas.beginForm("f0", 0, 0, WIDTH, HEIGHT)
        canvas.drawString(100, 100, "boom")
        canvas.endForm()
        for n in range(1, 10):
            canvas.beginForm(f"f{n}", 0, 0, WIDTH, HEIGHT)
            for _ in range(10):
                canvas.doForm(f"f{n - 1}")
            canvas.endForm()
        canvas.doForm("f9")

    data = pdf(lines(EN), bomb, lines(EN))
    began = time.monotonic()
    drawn = draw_pages(data, [1, 2, 3], 400, seconds=3)
    assert sorted(drawn) in ([1, 3], [1, 2, 3])
    assert time.monotonic() - began < 12
