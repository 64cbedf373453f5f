"""``plan --format html``: one page that needs nothing from outside, for screen and paper, light and dark."""

from __future__ import annotations

from patentprep.model import Lang
from patentprep.planning.timeline import Timeline
from patentprep.report.gantt import gantt
from patentprep.report.plan import office_name, to_json_dict
from patentprep.report.templates import template
from patentprep.strings import t


def to_html(timeline: Timeline, lang: Lang, family: str = "") -> str:
    """The plan as HTML: warnings, Gantt chart, suggested dates, deadlines, disclosures."""
    plan = to_json_dict(timeline, lang)
    return str(
        template("plan.html.j2").render(
            plan=plan,
            family=family,
            lang=lang,
            chart=gantt(plan, lang),
            office_name=lambda code: office_name(code, lang),
            signs={"fatal": "■", "serious": "▲", "advisory": "○"},
            t=lambda key, **facts: t(key, lang, **facts),
        )
    )
