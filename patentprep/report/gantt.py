"""A plan drawn as a Gantt chart: SVG of our own, no script, nothing from outside, colours by CSS variable.

What a mark is, is told by its shape as well as its colour: a disc must be done, a ring may be done, a square is done by
others, a bar with a diamond is a suggested window and its recommended day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from patentprep.model import Lang
from patentprep.planning.periods import add_months
from patentprep.report.as_text import width
from patentprep.strings import t

Plan = dict[str, Any]
WIDTH, ROW, TOP, FONT = 1120, 24, 46, 13
LABEL_MOST = 340
ROWS_A_CHART = 40  # as many as a printed page holds


def gantt(plan: Plan, lang: Lang) -> Markup:
    """The chart of a plan's dictionary (``to_json_dict``): one row an item, in the order of the dates.

    A long plan is drawn as several charts over the same years, so that each fits a printed page.
    """
    rows = _rows(plan)
    return Markup("").join(
        _chart(plan, rows, start, lang) for start in range(0, len(rows), ROWS_A_CHART)
    )  # fmt: skip


def _chart(plan: Plan, rows: list[dict[str, Any]], start: int, lang: Lang) -> Markup:
    days: list[date] = [day for row in rows for day in row["days"]]
    today = plan["given"]["today"]
    if today:
        days.append(date.fromisoformat(today))
    first, last = min(days) - timedelta(days=20), max(days) + timedelta(days=30)
    left = min(LABEL_MOST, 24 + int(max(width(row["title"]) for row in rows) * FONT * 0.56))
    scale: float = (WIDTH - left - 20) / (last - first).days

    def x(day: date) -> float:
        return round(left + (day - first).days * scale, 1)

    shown = rows[start : start + ROWS_A_CHART]
    height = TOP + ROW * len(shown) + 8
    parts = [
        Markup('<svg class="gantt" viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="{}">').format(
            WIDTH, height, t("plan.chart.title", lang), FONT
        ),
        Markup(
            '<defs><pattern id="away{}" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>'
        ).format(start),
        *_grid(first, last, x, height),
        *_absences(plan, first, last, x, height, f"away{start}"),
        *(_row(row, TOP + ROW * n, left, x) for n, row in enumerate(shown)),
    ]  # fmt: skip
    if today:
        place = x(date.fromisoformat(today))
        parts.append(Markup('<line class="today" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(place, TOP - 8, height))
        parts.append(
            Markup('<text class="now" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                place, TOP - 12, t("plan.chart.today", lang)
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _rows(plan: Plan) -> list[dict[str, Any]]:
    rows = []
    for item in plan["suggestions"]:
        days = [date.fromisoformat(item[name]) for name in ("earliest", "recommended", "latest")]
        rows.append({"title": item["title"], "days": days, "kind": "target", "at": days[1], "tip": item["why"]})
    for item in plan["deadlines"]:
        day = date.fromisoformat(item["date"])
        kind = "overdue" if item["overdue"] else item["kind"] if item["status"] == "open" else "past"
        rows.append({"title": item["title"], "days": [day], "kind": kind, "at": day, "tip": item["rule"]})
    return sorted(rows, key=lambda row: (row["at"], row["kind"] != "target", row["title"]))


def _grid(first: date, last: date, x: Callable[[date], float], height: int) -> list[Markup]:
    """A line a quarter, every year in words; half years where the chart spans many."""
    step = 3 if (last - first).days < 2000 else 6
    day = date(first.year, (first.month - 1) // step * step + 1, 1)
    parts = []
    while (day := add_months(day, step)) <= last:
        year = day.month == 1
        parts.append(
            Markup('<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>').format(
                "year" if year else "grid", x(day), TOP - 6, height
            )
        )
        label = f"{day:%Y-%m}"
        parts.append(
            Markup('<text class="axis{}" x="{}" y="16" text-anchor="middle">{}</text>').format(
                " bold" if year else "", x(day), label
            )
        )
    return parts


def _absences(
    plan: Plan, first: date, last: date, x: Callable[[date], float], height: int, pattern: str
) -> list[Markup]:
    parts = []
    for span in plan["given"]["absences"]:
        start = max(date.fromisoformat(span["first"]), first)
        end = min(date.fromisoformat(span["last"]), last)
        if start <= end:
            wide = max(x(end + timedelta(days=1)) - x(start), 2)
            parts.append(
                Markup('<rect class="away" x="{}" y="{}" width="{}" height="{}" fill="url(#{})"/>').format(
                    x(start), TOP - 6, wide, height - TOP, pattern
                )
            )
    return parts


def _row(row: dict[str, Any], y: int, left: int, x: Callable[[date], float]) -> Markup:
    middle, place = y + ROW // 2, x(row["at"])
    mark = {
        "act": '<circle class="act" cx="{0}" cy="{1}" r="5.5"/>',
        "overdue": '<path class="overdue" d="M{0} {1} m-6 5 h12 l-6 -11 z"/>',
        "option": '<circle class="option" cx="{0}" cy="{1}" r="5"/>',
        "event": '<rect class="event" x="{2}" y="{3}" width="9" height="9"/>',
        "past": '<path class="past" d="M{0} {1} m-4 -4 l8 8 m0 -8 l-8 8"/>',
        "target": '<path class="aim" d="M{0} {1} m0 -6 l6 6 l-6 6 l-6 -6 z"/>',
    }[row["kind"]]
    bar = Markup("")
    if row["kind"] == "target":
        start, end = x(row["days"][0]), x(row["days"][2])
        bar = Markup('<rect class="window" x="{}" y="{}" width="{}" height="7" rx="3"/>').format(
            start, middle - 3.5, round(max(end - start, 2), 1)
        )
    return Markup(
        '<g><title>{}: {}\n{}</title><line class="rule" x1="0" x2="{}" y1="{}" y2="{}"/>'
        '<text class="label {}" x="{}" y="{}" text-anchor="end">{}</text>{}{}</g>'
    ).format(
        row["at"], row["title"], row["tip"], WIDTH, y + ROW, y + ROW, row["kind"], left - 12, middle + 4,
        _short(row["title"]), bar, Markup(mark).format(place, middle, round(place - 4.5, 1), middle - 4.5),
    )  # fmt: skip


def _short(title: str) -> str:
    most = int((LABEL_MOST - 30) / (FONT * 0.56))
    if width(title) <= most:
        return title
    while width(title) > most - 1:
        title = title[:-1]
    return title + "…"
