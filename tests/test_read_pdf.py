"""PDF: what a person sees, in reading order, as paragraphs. Every file is made here."""

from __future__ import annotations

import io
import threading

import pytest
from pdfs import Draw, a_chinese_font_is_here, needs_a_chinese_font, pdf
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from patentprep.errors import DamagedDraft, DraftError, EmptyDraft, EncryptedDraft, ScannedDraft, TooLong
from patentprep.model import Document
from patentprep.read import read_document

WIDTH, HEIGHT = A4

EN = (
    "The controller reads the vibration signal of the spindle at a sampling rate of twenty kilohertz "
    "and divides the signal into windows. For every window a spectrum is computed, and the spectrum "
    "is given to a network with three convolution layers. The network was trained on recordings from "
    "nine machine tools, which were labelled by two maintenance engineers after each tool change. "
    "When the predicted wear exceeds a limit, the feed rate is lowered before the surface of the "
    "workpiece is damaged."
)
ZH = (
    "本发明涉及机床刀具磨损监测技术领域，尤其涉及一种基于振动信号的刀具磨损监测方法及装置。控制器以二十千赫兹的采样率"
    "读取主轴的振动信号，将其划分为多个窗口，对每个窗口计算频谱，并将频谱输入包含三个卷积层的神经网络。训练数据来自九台机床"
    "的实际加工记录，由两名维修工程师在每次换刀之后进行标注。当预测的磨损量超过阈值时，在工件表面受损之前降低进给速度。"
)


UNHELD = pytest.param(ZH, "STSong-Light", marks=needs_a_chinese_font)


def wrap(text: str, font: str, size: float, measure: float) -> list[str]:
    """Break like a typesetter: between words in English, between characters in Chinese."""
    lines, line = [], ""
    for unit in text if font == "STSong-Light" else [word + " " for word in text.split()]:
        if pdfmetrics.stringWidth((line + unit).rstrip(), font, size) > measure:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]


def put(
    canvas: Canvas,
    lines: list[str],
    x: float = 80,
    top: float = 760,
    font: str = "Times-Roman",
    pitch: float = 18,
) -> float:
    canvas.setFont(font, 12)
    for line in lines:
        canvas.drawString(x, top, line)
        top -= pitch
    return top


def body(text: str, font: str = "Times-Roman", measure: float = 430) -> list[str]:
    return wrap(text, font, 12, measure)


def read(*pages: Draw, **options: object) -> Document:
    return read_document(pdf(*pages, **options), "draft.pdf")


def turned(text: str, by: int) -> str:
    """The same sentences in another order, so that no two pages are alike."""
    stop = "。" if "。" in text else ". "
    sentences = [part.strip(" 。.") for part in text.split(stop) if part.strip(" 。.")]
    by %= len(sentences)
    return stop.join(sentences[by:] + sentences[:by]) + stop.strip()


def lines_of(document: Document) -> list[str]:
    return document.text.split("\n")


@pytest.mark.parametrize(("text", "font"), [(EN, "Times-Roman"), (ZH, "STSong-Light")])
def test_a_wrapped_paragraph_becomes_one_line(text: str, font: str) -> None:
    document = read(lambda c: put(c, body(text, font), font=font))
    assert document.text == text
    assert (document.format, len(document.pages)) == ("pdf", 1)


@pytest.mark.parametrize(("text", "font"), [(EN, "Times-Roman"), (ZH, "STSong-Light")])
def test_a_sentence_over_a_page_break_is_joined(text: str, font: str) -> None:
    lines = body(text, font)
    document = read(lambda c: put(c, lines[:3], font=font), lambda c: put(c, lines[3:], font=font))
    assert document.text == text
    first, second = document.pages
    assert (first.start, first.end, second.end) == (0, second.start, len(text))
    assert text[second.start :].startswith(lines[3])


def test_paragraphs_headings_and_claims_stay_apart() -> None:
    claims = [
        "1. A method of monitoring a tool, comprising:",
        "reading a vibration signal of a spindle;",
        "computing a spectrum of the vibration signal; and",
        "2. The method of claim 1, wherein the spectrum has 512 bins",
        "3. The method of claim 2, wherein the tool is a drill.",
    ]
    lines = ["BACKGROUND", *body(EN), *body(EN), "CLAIMS", *claims]
    document = read(lambda c: put(c, lines))
    assert lines_of(document) == ["BACKGROUND", EN, EN, "CLAIMS", *claims]


def test_first_line_indent_starts_a_paragraph_even_after_a_full_line() -> None:
    first = body(ZH, "STSong-Light")[:3]
    full = first[-1][:-1] + "。"  # the last line reaches the margin

    def draw(canvas: Canvas) -> None:
        top = put(canvas, [*first[:-1], full], font="STSong-Light")
        put(canvas, ["此外，" + "控制器还记录主轴的转速和进给量。"], x=104, top=top, font="STSong-Light")

    assert len(lines_of(read(draw))) == 2


def test_paragraph_numbers_are_labels_and_not_text() -> None:
    lines = [*body("[0001] " + EN), *body("[0002] " + EN), "[0003]", *body(EN)]
    document = read(lambda c: put(c, lines))
    assert document.text == "\n".join([EN, EN, EN])
    assert [(label.label, label.start) for label in document.labels] == [
        ("[0001]", 0),
        ("[0002]", len(EN) + 1),
        ("[0003]", 2 * len(EN) + 2),
    ]


@pytest.mark.parametrize("place", ["left", "right"])
@pytest.mark.parametrize("order", ["before", "after", "with the line"])
@pytest.mark.parametrize("step", [1, 5])
@pytest.mark.parametrize(("text", "font"), [(EN, "Times-Roman"), UNHELD])
def test_line_numbers_are_stripped(text: str, font: str, step: int, order: str, place: str) -> None:
    """PCT Rule 11.8 asks for every fifth line; word processors number every line."""
    x = 50 if place == "left" else 540

    def numbers(canvas: Canvas, lines: list[str], only: int | None = None) -> None:
        for index in range(len(lines)):
            if (index + 1) % step == 0 and only in (None, index):
                canvas.setFont("Times-Roman", 10)
                canvas.drawString(x, 760 - 18 * index, str(index + 1))

    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            lines = [line for paragraph in range(3) for line in body(turned(text, number + paragraph), font)]
            if order == "before":
                numbers(canvas, lines)
            for index, line in enumerate(lines):
                if order == "with the line" and place == "left":
                    numbers(canvas, lines, index)
                put(canvas, [line], top=760 - 18 * index, font=font)
                if order == "with the line" and place == "right":
                    numbers(canvas, lines, index)
            if order == "after":
                numbers(canvas, lines)

        return draw

    expected = [turned(text, number) for number in (0, 1, 2, 1, 2, 3)]
    assert lines_of(read(page(0), page(1))) == expected


def test_claim_numbers_and_columns_of_figures_are_no_line_numbers() -> None:
    claims = [
        f"{number}. The method of claim 1, wherein the limit is {number} percent of it." for number in range(2, 12)
    ]
    figures = ["5", "10", "15", "20"]

    def draw(canvas: Canvas) -> None:
        top = put(canvas, [*claims, "Batch sizes that were tried in the experiments described in this section:"])
        put(canvas, figures, x=200, top=top)

    text = read(draw).text
    for claim in claims:
        assert claim in text
    assert [word for word in text.split() if word in figures][-4:] == figures


def test_a_numbered_table_is_no_line_numbering() -> None:
    rows = [f"{number} convolution {16 * number} {3 * number}" for number in range(1, 16)]
    text = read(lambda c: put(c, [*body(EN), "The layers are:", *rows, *body(EN)])).text
    for row in rows:
        assert row in text


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("CN 118000000 A", "{page}"),
        ("Attorney docket 2026-17", "Page {page} of 3"),
        ("Confidential draft of Example Ltd.", "- {page} -"),
        ("US 12,345,678 B2", "{page}/3"),
    ],
)
def test_running_heads_and_page_numbers_are_stripped(head: str, foot: str) -> None:
    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            put(canvas, [head], x=230, top=810)
            put(canvas, body(turned(EN, number)))
            put(canvas, [foot.format(page=number)], x=290, top=30)

        return draw

    assert lines_of(read(page(1), page(2), page(3))) == [turned(EN, number) for number in (1, 2, 3)]


def test_a_running_head_that_names_the_section_stays_once_as_a_heading() -> None:
    """Published Chinese applications name their parts nowhere else."""

    def page(number: int, head: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            put(canvas, ["CN 118000000 A"], x=80, top=815)
            put(canvas, [head], x=230, top=800, font="STSong-Light")
            put(canvas, body(turned(ZH, number), "STSong-Light"), font="STSong-Light")

        return draw

    heads = ["权 利 要 求 书 1/2 页", "权 利 要 求 书 2/2 页", "说 明 书 1/1 页"]
    document = read(*(page(number, head) for number, head in enumerate(heads)))
    assert lines_of(document) == ["权利要求书", ZH, turned(ZH, 1), "说明书", turned(ZH, 2)]


def test_figure_captions_at_the_foot_of_pages_are_not_furniture() -> None:
    def page(number: int) -> Draw:
        return lambda canvas: put(canvas, [f"FIG. {number}"], x=280, top=60)

    assert lines_of(read(page(1), page(2), page(3))) == ["FIG. 1", "FIG. 2", "FIG. 3"]


@pytest.mark.parametrize("angle", [0, 45])
def test_a_watermark_is_stripped(angle: float) -> None:
    def page(number: int) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setFont("Helvetica", 60)
            canvas.setFillGray(0.85)
            canvas.translate(150, 300)
            canvas.rotate(angle)
            canvas.drawString(0, 0, "DRAFT COPY")
            canvas.restoreState()
            canvas.setFillGray(0)
            put(canvas, body(turned(EN, number)))

        return draw

    assert lines_of(read(page(0), page(1), page(2))) == [turned(EN, number) for number in range(3)]


def two_columns(across: bool) -> Draw:
    left, right = body(EN, measure=220), body(EN.replace("controller", "regulator"), measure=220)

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 12)
        places = [(50.0, index, line) for index, line in enumerate(left)] + [
            (320.0, index, line) for index, line in enumerate(right)
        ]
        for x, index, line in sorted(places, key=lambda place: place[1]) if across else places:
            canvas.drawString(x, 760 - 14 * index, line)

    return draw


@pytest.mark.parametrize("across", [False, True])
def test_two_columns_are_read_one_after_the_other(across: bool) -> None:
    """Drawing order is a habit of the producer, not a guarantee."""
    assert read(two_columns(across)).text == f"{EN}\n{EN.replace('controller', 'regulator')}"


@pytest.mark.parametrize("across", [False, True])
def test_a_two_column_page_with_column_and_line_numbers(across: bool) -> None:
    """The layout of printed US patents: column numbers above, every fifth line numbered in the gutter."""

    def page(number: int) -> Draw:
        left = body(turned(EN, number), measure=220) + body(turned(ZH, number), "STSong-Light", 220)
        right = body(turned(EN, number + 2), measure=220) + body(turned(ZH, number + 2), "STSong-Light", 220)
        places = [(50.0, row, line) for row, line in enumerate(left)]
        places += [(275.0, row, str(row + 1)) for row in range(4, len(left), 5)]
        places += [(320.0, row, line) for row, line in enumerate(right)]

        def draw(canvas: Canvas) -> None:
            put(canvas, ["US 12,345,678 B2"], x=230, top=820)
            put(canvas, [str(2 * number + 1)], x=150, top=795)
            put(canvas, [str(2 * number + 2)], x=420, top=795)
            for x, row, line in sorted(places, key=lambda place: place[1]) if across else places:
                put(
                    canvas,
                    [line],
                    x=x,
                    top=760 - 14 * row,
                    font="Times-Roman" if line.isascii() else "STSong-Light",
                )

        return draw

    expected = [turned(text, number) for number in (0, 2, 1, 3) for text in (EN, ZH)]
    assert lines_of(read(page(0), page(1))) == expected


def test_a_divided_word_is_joined_and_a_compound_keeps_its_hyphen() -> None:
    lines = [
        "The network has a mean-",
        "pooling layer. The pooling takes the mean of all windows of the vibration sig-",
        "nal. The signal is short.",
    ]
    assert read(lambda c: put(c, lines)).text == (
        "The network has a mean-pooling layer. The pooling takes the mean of all windows of the vibration "
        "signal. The signal is short."
    )


def test_text_nobody_sees_is_left_out_and_reported() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, body(EN))
        canvas.drawString(-900, 300, "off the page altogether")
        canvas.setFillGray(1)
        canvas.drawString(100, 200, "white words on white paper")
        canvas.setFillGray(0)
        hidden = canvas.beginText(100, 180)
        hidden.setTextRenderMode(3)
        hidden.textLine("words without ink")
        canvas.drawText(hidden)

    document = read(draw)
    assert document.text == EN
    assert [(warning.key, warning.page) for warning in document.warnings] == [("hidden_text", 1)]


def test_white_words_on_a_dark_ground_are_visible() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, body(EN))
        canvas.setFillGray(0)
        canvas.rect(90, 190, 300, 30, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(100, 200, "white words on a black bar")

    assert "white words on a black bar" in read(draw).text


def picture(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)


def test_pages_that_are_images_are_named() -> None:
    document = read(lambda c: put(c, body(EN)), picture, picture)
    assert [(w.key, w.page, dict(w.facts)["pages"]) for w in document.warnings] == [("image_pages", 2, "2-3")]
    assert [(page.start, page.end) for page in document.pages] == [
        (0, len(EN)),
        (len(EN),) * 2,
        (len(EN),) * 2,
    ]


def test_the_text_layer_of_a_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        layer = canvas.beginText(80, 760)
        layer.setFont("Times-Roman", 12)
        layer.setTextRenderMode(3)
        for line in body(EN):
            layer.textLine(line)
        canvas.drawText(layer)

    document = read(draw)
    assert (document.text, document.warnings) == (EN, ())


def encrypted(user: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(lambda c: put(c, body(EN))))))
    writer.encrypt(user, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_empty_user_password_opens() -> None:
    assert read_document(encrypted("")).text == EN


GOOD = pdf(lambda c: put(c, body(EN)))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(encrypted("secret"), EncryptedDraft, id="password"),
        pytest.param(GOOD[: len(GOOD) // 2], DamagedDraft, id="truncated"),
        pytest.param(b"%PDF-1.7\n" + b"junk " * 400 + b"\nstartxref\n0\n%%EOF", DamagedDraft, id="junk"),
        pytest.param(pdf(picture, picture), ScannedDraft, id="only images"),
        pytest.param(pdf(lambda c: None), EmptyDraft, id="blank page"),
    ],
)
def test_unreadable_files_say_why(data: bytes, error: type[DraftError]) -> None:
    with pytest.raises(error):
        read_document(data, "draft.pdf")


def test_more_than_two_thousand_pages_are_refused() -> None:
    with pytest.raises(TooLong):
        read_document(pdf(*[lambda c: None] * 2001))


def test_lookalike_radicals_and_ligatures_become_ordinary_characters() -> None:
    from patentprep.read.pdf import _lookalikes

    assert "⼀种⽅法 ef\ufb01cient".translate(_lookalikes()) == "一种方法 efficient"


def test_progress_counts_pages_and_reading_twice_gives_the_same() -> None:
    steps: list[tuple[str, int, int]] = []
    data = pdf(two_columns(False), two_columns(True))
    first = read_document(data, on_step=lambda *step: steps.append(step))
    assert steps == [("read", 0, 2), ("read", 1, 2), ("read", 2, 2)]
    assert read_document(data) == first


def test_threads_share_pdfium_safely() -> None:
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(read_document(GOOD).text)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [EN] * 4


def test_a_wrapped_line_that_looks_like_a_heading_stays_in_its_sentence() -> None:
    lines = [
        "为了实现上述目的并克服现有监测方法需要停机测量的缺点，本发明提供如下",
        "技术方案：",
        "读取振动信号。",
    ]
    assert lines_of(read(lambda c: put(c, lines, font="STSong-Light"))) == [lines[0] + lines[1], lines[2]]


def test_a_file_pdfium_refuses_is_read_by_the_second_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    def refuse(data: bytes) -> None:
        raise pypdfium2.PdfiumError("no", err_code=3)

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    document = read_document(GOOD)
    assert document.text == EN
    assert [warning.key for warning in document.warnings] == ["recovered"]


def test_numbers_of_every_line_on_a_last_page_of_few_lines() -> None:
    def numbered(lines: list[str], font: str = "Times-Roman") -> Draw:
        def draw(canvas: Canvas) -> None:
            for order, line in enumerate(lines):
                canvas.setFont("Helvetica", 8)
                canvas.drawString(50, 760 - 18 * order, str(order + 1))
                canvas.setFont(font, 12)
                canvas.drawString(80, 760 - 18 * order, line)

        return draw

    lines = body((EN + " ") * 6)
    text = read(numbered(lines[:30]), numbered([*lines[30:33], ""])).text
    assert " ".join(lines[:33]).split() == text.split()


def test_chinese_without_any_font_for_it_is_told() -> None:
    """PDFium then has no shapes: marks alone on a line go, and pictures of the page stay white."""
    document = read(lambda canvas: put(canvas, body(ZH, "STSong-Light"), font="STSong-Light"))
    told = [(w.key, w.page, dict(w.facts)["pages"]) for w in document.warnings]
    assert told == ([] if a_chinese_font_is_here() else [("no_font", 1, "1")])


@needs_a_chinese_font
def test_a_stop_alone_on_a_line_stays_with_its_sentence() -> None:
    lines = ["与阈值报警方法相比，本发明突出冲击成分，使水泵轴承早期剥落的漏报率由6.1%降至1.9%", "。"]
    text = read(
        lambda canvas: put(canvas, [*lines, "实施例如下所述，传感器安装在轴承座上。"], font="STSong-Light")
    ).text
    assert text.split("\n")[0] == "".join(lines)


def test_a_chinese_line_may_break_inside_a_number() -> None:
    lines = ["与阈值报警方法相比，本发明突出冲击成分，使水泵轴承早期剥落的漏报率由百分之六降至1.", "9%。"]
    text = read(lambda canvas: put(canvas, lines, font="STSong-Light")).text
    assert "1.9%。" in text


def test_chinese_lines_of_uneven_length_are_joined_in_mid_sentence() -> None:
    lines = [
        "根据权利要求1所述的方法，其特征在于，所述残差卷积网络包括四个残差",
        "块，每个残差块包括两个3×3卷积层，输入的时频图由振动信号经短时傅里叶变换",
        "得到，窗长为256点，重叠率为50%，训练数据由点检员标注并按比例划分为三个集",
        "合。",
    ]
    text = read(lambda canvas: put(canvas, lines, font="STSong-Light")).text
    assert text == "".join(lines)
