"""The Timeline page's chart: deadlines as points, the windows we suggest as bars, today as a line."""

from __future__ import annotations

from typing import Any

from patentprep.planning.agenda import ALTERNATIVES, act_of
from patentprep.strings import t
from patentprep.ui.desk import lang, w

Plan = dict[str, Any]
# Told apart by shape as well as by colour: (colour, shape).
MARKS = {
    "act": ("#2f86c0", "circle"),
    "target": ("#E69F00", "diamond"),
    "overdue": ("#d1592b", "triangle-up"),
    "option": ("#7fb4d6", "triangle-down"),
    "event": ("#009E73", "square"),
    "past": ("#9aa4ac", "cross"),
}
WINDOW, GREY = "#e8c877", "#9aa4ac"
ROW = 22


def chart(plan: Plan, everything: bool) -> Any:
    """A row an act, with the window and day we suggest for it; with ``everything``, options and others' acts too."""
    import altair as alt
    import pandas as pd

    rows, bars = _rows(plan, everything)
    names = {kind: _name(kind) for kind in MARKS if any(row["kind"] == kind for row in rows)}
    points = pd.DataFrame(rows).assign(date=lambda f: pd.to_datetime(f["date"]), kind=lambda f: f["kind"].map(names))
    order = list(dict.fromkeys(points.sort_values("date")["item"]))
    rows_axis = alt.Axis(labelLimit=300, labelOverlap=False, labelFlush=False, ticks=False, domain=False, grid=True)
    dates_axis = alt.Axis(format="%Y-%m", orient="top", labelOverlap=True, tickCount=10)
    y = alt.Y("item:N", sort=order, title=None, axis=rows_axis)
    x = alt.X("date:T", title=None, scale=alt.Scale(padding=16), axis=dates_axis)
    domain = list(names.values())
    legend = alt.Legend(orient="top", columns=6, symbolSize=90, labelLimit=0)
    colour = alt.Color("kind:N", title=None, legend=legend,
                       scale=alt.Scale(domain=domain, range=[MARKS[kind][0] for kind in names]))  # fmt: skip
    shape = alt.Shape("kind:N", title=None, legend=legend,
                      scale=alt.Scale(domain=domain, range=[MARKS[kind][1] for kind in names]))  # fmt: skip
    tips = [
        alt.Tooltip("what:N", title=w("plan.chart_item")),
        alt.Tooltip("date:T", title=w("plan.chart_date"), format="%Y-%m-%d"),
        alt.Tooltip("why:N", title=w("plan.chart_why")),
    ]
    picked = alt.selection_point(fields=["kind"], bind="legend")
    moved = alt.selection_interval(bind="scales", encodings=["x"], zoom="wheel![event.shiftKey]")
    layers = _absences(plan, points, alt, pd)
    if bars:
        windows = pd.DataFrame(bars).assign(
            date=lambda f: pd.to_datetime(f["date"]), end=lambda f: pd.to_datetime(f["end"])
        )
        span = [tips[0], tips[1], alt.Tooltip("end:T", title=w("plan.chart_end"), format="%Y-%m-%d"), tips[2]]
        layers.append(
            alt.Chart(windows).mark_bar(height=8, opacity=0.7, cornerRadius=4, color=WINDOW).encode(
                x=x, x2="end:T", y=y, tooltip=span
            )
        )  # fmt: skip
    layers.append(
        alt.Chart(points).mark_point(filled=True, size=95).encode(
            x=x, y=y, color=colour, shape=shape, tooltip=tips,
            opacity=alt.condition(picked, alt.value(1), alt.value(0.15)),
        ).add_params(picked, moved)
    )  # fmt: skip
    today = pd.DataFrame({"date": [pd.Timestamp(plan["given"]["today"])], "item": [w("plan.chart_today")]})
    layers.append(
        alt.Chart(today).mark_rule(strokeDash=[4, 4], strokeWidth=1.5, color=GREY).encode(
            x="date:T", tooltip=[alt.Tooltip("item:N", title=None), alt.Tooltip("date:T", format="%Y-%m-%d")]
        )
    )  # fmt: skip
    return alt.layer(*layers).properties(height=ROW * len(order) + 30).configure_view(stroke=None)


def _rows(plan: Plan, everything: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Points and bars. A suggestion stands in the row of the act it aims at, where that is drawn."""
    shown = [d for d in plan["deadlines"] if everything or d["overdue"] or d["kind"] == "act"]
    lanes = {d["id"]: d["title"] for d in shown}
    points = []
    for d in shown:
        kind = "overdue" if d["overdue"] else d["kind"] if d["status"] == "open" else "past"
        points.append({"item": d["title"], "what": d["title"], "date": d["date"], "kind": kind, "why": d["rule"]})
    bars = []
    for s in plan["suggestions"]:
        if s["id"].startswith(ALTERNATIVES):
            continue
        row = {"item": lanes.get(act_of(s["id"]), s["title"]), "what": s["title"], "why": s["why"]}
        points.append(row | {"date": s["recommended"], "kind": "target"})
        bars.append(row | {"date": s["earliest"], "end": s["latest"]})
    return points, bars


def _name(kind: str) -> str:
    return t("plan.status.overdue" if kind == "overdue" else f"plan.chart.{kind}", lang())


def _absences(plan: Plan, points: Any, alt: Any, pd: Any) -> list[Any]:
    """Days on which nobody is there, as pale bands; those far outside the picture would only stretch it."""
    first, last = points["date"].min(), points["date"].max()
    spans = [
        (pd.Timestamp(span["first"]), pd.Timestamp(span["last"]) + pd.Timedelta(days=1))
        for span in plan["given"]["absences"]
    ]
    inside = [(start, end) for start, end in spans if start <= last and end >= first]
    if not inside:
        return []
    bands = pd.DataFrame(inside, columns=["date", "end"]).assign(item=t("plan.chart.absence", lang()))
    return [
        alt.Chart(bands).mark_rect(opacity=0.25, color=GREY).encode(
            x="date:T", x2="end:T", tooltip=[alt.Tooltip("item:N", title=None)]
        )
    ]  # fmt: skip
