"""How the tests draw a PDF: one function a page."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
Draw = Callable[[Canvas], object]


def pdf(*pages: Draw, **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@cache
def a_chinese_font_is_here() -> bool:
    """Whether this computer can draw Chinese in a font that the file does not hold."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 60)
        canvas.drawString(80, 600, "\u4e2d")

    with pypdfium2.PdfDocument(pdf(draw)) as document:
        return bool(document[0].render().to_numpy().min() < 128)


needs_a_chinese_font = pytest.mark.skipif(
    not a_chinese_font_is_here(), reason="no Chinese font is installed, and the PDFs of this test do not hold theirs"
)
