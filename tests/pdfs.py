"""How the tests draw a PDF: one function a page."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

Draw = Callable[[Canvas], object]


def pdf(*pages: Draw, **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
