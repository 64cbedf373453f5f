"""The Timeline page's tables and picture, written from the plan's dictionary."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from patentprep.report.plan import office_name
from patentprep.strings import t
from patentprep.ui import html
from patentprep.ui.desk import lang, w

Plan = dict[str, Any]
ACCENT, TARGET, PAST = "#3f78a3", "#E69F00", "#9aa4ac"


def warnings(plan: Plan) -> Markup:
    """What endangers rights, the weightiest first."""
    rows = [
        Markup(
            '<div class="pp-finding pp-sev-{}"><p class="pp-sev"><i aria-hidden="true">{}</i> {}</p>'
            "<div>{} {}</div></div>"
        ).format(
            item["severity"],
            html.SIGNS[item["severity"]],
            t(f"report.severity.{item['severity']}", lang()),  # the words of the Check page
            html.dated(item["message"]),
            html.law(item["rule"]),
        )
        for item in plan["warnings"]
    ]
    return Markup('<div class="pp-findings pp-first">{}</div>').format(Markup("").join(rows))


def suggestions(plan: Plan) -> Markup:
    """Dates to aim at: earliest, recommended, latest."""
    if not plan["suggestions"]:
        return Markup('<p class="pp-calm">{}</p>').format(t("plan.table.none", lang()))
    head = _row("th", [t(f"plan.table.{n}", lang()) for n in ("recommended", "id", "earliest", "latest", "why")])
    rows = [
        Markup("<tr><td class='pp-date'><b>{}</b></td><td>{}</td><td class='pp-date'>{}</td>"
               "<td class='pp-date'>{}</td><td>{}</td></tr>").format(
            item["recommended"], item["title"], item["earliest"], item["latest"], html.dated(item["why"])
        )
        for item in sorted(plan["suggestions"], key=lambda item: item["recommended"])
    ]  # fmt: skip
    return _table(head, rows)


def deadlines(plan: Plan) -> Markup:
    """Every deadline in order of the day by which to act."""
    names = (
        "plan.table.date",
        "plan.table.id",
        "ui.plan.counted_from",
        "plan.table.rule",
        "ui.plan.if_missed",
    )
    head = _row("th", [t(name, lang()) for name in names])
    return _table(head, [_deadline(item) for item in plan["deadlines"]])


def _deadline(item: dict[str, Any]) -> Markup:
    moved = Markup("")
    if item["nominal_date"] != item["date"]:
        moved = Markup('<span class="pp-moved">{}</span>').format(
            html.dated(item["moved_because"] or w("plan.instead_of", nominal=item["nominal_date"]))
        )
    sure = w("plan.certain") if item["certain"] else w("plan.to_confirm")
    state = t(f"plan.status.{item['status']}", lang())
    notes = Markup("").join(
        Markup('<span class="pp-note">{}</span>').format(text) for text in (item["note"], item["rescue"]) if text
    )
    return Markup(
        '<tr class="pp-{}"><td class="pp-date"><b>{}</b><span class="pp-sure pp-sure-{}">{}</span></td>'
        "<td><b>{}</b> <span class='pp-place'>{}</span>{}</td><td>{}</td><td>{}</td><td>{}{}</td></tr>"
    ).format(
        item["status"],
        item["date"],
        "yes" if item["certain"] else "no",
        " · ".join(part for part in (state, sure) if part),
        item["title"],
        office_name(item["office"], lang()),
        moved,
        html.dated(item["counted_from"]),
        item["rule"],
        item["consequence"],
        notes,
    )


def _row(tag: str, cells: list[str]) -> Markup:
    return Markup("<tr>{}</tr>").format(
        Markup("").join(Markup("<{}>{}</{}>").format(Markup(tag), cell, Markup(tag)) for cell in cells)
    )


def _table(head: Markup, rows: list[Markup]) -> Markup:
    return Markup(
        '<div class="pp-scroll"><table class="pp-table"><thead>{}</thead><tbody>{}</tbody></table></div>'
    ).format(head, Markup("").join(rows))


def chart(plan: Plan) -> Any:
    """Deadlines as points, the windows we suggest as bars, today as a line."""
    import altair as alt
    import pandas as pd

    kind = {name: w(f"plan.chart_{name}") for name in ("deadline", "past", "window", "target")}
    rows: list[dict[str, Any]] = []
    for item in plan["deadlines"]:
        what = kind["deadline"] if item["status"] == "open" else kind["past"]
        rows.append({"item": item["title"], "date": item["date"], "kind": what, "why": item["rule"]})
    bars = [
        {
            "item": s["title"],
            "date": s["earliest"],
            "end": s["latest"],
            "kind": kind["window"],
            "why": s["why"],
        }
        for s in plan["suggestions"]
    ]
    rows += [
        {"item": s["title"], "date": s["recommended"], "kind": kind["target"], "why": s["why"]}
        for s in plan["suggestions"]
    ]
    points = pd.DataFrame(rows).assign(date=lambda f: pd.to_datetime(f["date"]))
    order = list(dict.fromkeys(points.sort_values("date")["item"]))
    y = alt.Y("item:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False, grid=True))
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y-%m", orient="top", labelOverlap=True, tickCount=10))
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=list(kind.values()), range=[ACCENT, PAST, "#e8c877", TARGET]),
        legend=alt.Legend(orient="top"),
    )
    shape = alt.Shape(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=list(kind.values()), range=["circle", "circle", "square", "diamond"]),
        legend=None,
    )
    tips = [
        alt.Tooltip("item:N", title=w("plan.chart_item")),
        alt.Tooltip("date:T", title=w("plan.chart_date"), format="%Y-%m-%d"),
        alt.Tooltip("why:N", title=w("plan.chart_why")),
    ]
    layers = []
    if bars:
        windows = pd.DataFrame(bars).assign(
            date=lambda f: pd.to_datetime(f["date"]), end=lambda f: pd.to_datetime(f["end"])
        )
        layers.append(
            alt.Chart(windows).mark_bar(height=6, opacity=0.75, cornerRadius=3).encode(
                x=x, x2="end:T", y=y, color=colour, tooltip=tips
            )
        )  # fmt: skip
    layers.append(
        alt.Chart(points).mark_point(filled=True, size=90, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape, tooltip=tips
        )
    )  # fmt: skip
    if plan["given"]["today"]:
        today = pd.DataFrame({"date": [pd.Timestamp(plan["given"]["today"])], "item": [w("plan.chart_today")]})
        layers.append(
            alt.Chart(today).mark_rule(strokeDash=[4, 4], color=PAST).encode(
                x="date:T", tooltip=[alt.Tooltip("item:N", title=None), alt.Tooltip("date:T", format="%Y-%m-%d")]
            )
        )  # fmt: skip
    return alt.layer(*layers).properties(height=22 * len(order) + 60).configure_view(stroke=None)
