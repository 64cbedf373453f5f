"""``plan --format html``: one page that needs nothing from outside, for screen and paper, light and dark."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from patentprep.model import Lang
from patentprep.planning.timeline import Timeline
from patentprep.report.gantt import gantt
from patentprep.report.plan import office_name, to_json_dict
from patentprep.strings import t


def to_html(timeline: Timeline, lang: Lang, family: str = "") -> str:
    """The plan as HTML: warnings, Gantt chart, suggested dates, deadlines, disclosures."""
    plan = to_json_dict(timeline, lang)
    return str(
        _template().render(
            plan=plan,
            family=family,
            lang=lang,
            chart=gantt(plan, lang),
            office_name=lambda code: office_name(code, lang),
            signs={"fatal": "■", "serious": "▲", "advisory": "○"},
            t=lambda key, **facts: t(key, lang, **facts),
        )
    )


@cache
def _template() -> Any:
    import jinja2

    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return env.get_template("plan.html.j2")
