"""An assessment in words: JSON (the public contract), text for the terminal, one self-contained HTML file."""

from __future__ import annotations

from patentprep.model import Assessment, Lang
from patentprep.report.as_json import to_dict, to_json
from patentprep.report.as_text import to_text

__all__ = ["render", "to_dict", "to_html", "to_json", "to_text"]

FORMATS = ("text", "json", "html")


def to_html(assessment: Assessment, lang: Lang) -> str:
    """The report as one HTML file without outside references."""
    from patentprep.report.as_html import to_html as write  # jinja2 is loaded only for those who want HTML

    return write(assessment, lang)


def render(assessment: Assessment, fmt: str, lang: Lang) -> str:
    """The report in one of ``FORMATS``."""
    return {"text": to_text, "json": to_json, "html": to_html}[fmt](assessment, lang)
