"""An assessment in words: JSON (the public contract), text, HTML, Word, PDF, SARIF, and the draft with our notes."""

from __future__ import annotations

from typing import Literal, overload

from patentprep.model import Assessment, Lang
from patentprep.report.as_json import to_dict, to_json
from patentprep.report.as_text import to_text

__all__ = ["render", "to_dict", "to_html", "to_json", "to_text"]

TextFormat = Literal["text", "json", "html", "sarif"]
FileFormat = Literal["docx", "pdf", "annotated"]
FORMATS: tuple[TextFormat, ...] = ("text", "json", "html", "sarif")
FILE_FORMATS: tuple[FileFormat, ...] = ("docx", "pdf", "annotated")


def to_html(assessment: Assessment, lang: Lang) -> str:
    """The report as one HTML file without outside references."""
    from patentprep.report.as_html import to_html as write  # jinja2 is loaded only for those who want HTML

    return write(assessment, lang)


@overload
def render(
    assessment: Assessment, fmt: TextFormat, lang: Lang, *, data: bytes | None = None, path: str | None = None
) -> str: ...
@overload
def render(
    assessment: Assessment, fmt: FileFormat, lang: Lang, *, data: bytes | None = None, path: str | None = None
) -> bytes: ...
@overload
def render(
    assessment: Assessment, fmt: str, lang: Lang, *, data: bytes | None = None, path: str | None = None
) -> str | bytes: ...
def render(
    assessment: Assessment, fmt: str, lang: Lang, *, data: bytes | None = None, path: str | None = None
) -> str | bytes:
    """The report as text, in one of ``FORMATS``, or as the bytes of a file, in one of ``FILE_FORMATS``.

    ``data``: the bytes the draft was read from, needed for "annotated" (else ValueError) and for lines in "sarif";
    ``path``: where it stands, for "sarif". Raises NotAnnotated, PdfNotInstalled.
    """
    if fmt == "sarif":
        from patentprep.report.sarif import to_sarif

        return to_sarif(assessment, lang, path=path, data=data)
    if fmt == "docx":
        from patentprep.report.as_docx import to_docx

        return to_docx(assessment, lang)
    if fmt == "pdf":
        from patentprep.report.as_pdf import to_pdf

        return to_pdf(assessment, lang)
    if fmt == "annotated":
        from patentprep.report.annotated import annotate

        if data is None:
            raise ValueError("an annotated copy is made from the bytes of the draft")
        return annotate(data, assessment, lang)
    return {"text": to_text, "json": to_json, "html": to_html}[fmt](assessment, lang)
