"""The Timeline page's tables and lists, written from the dictionaries of ``report``."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from patentprep.report.plan import office_name
from patentprep.strings import t
from patentprep.ui import html
from patentprep.ui.desk import lang, w

Plan = dict[str, Any]
VERDICTS = {"after": "●", "same_day": "◐", "grace": "◐", "unknown": "○", "lost": "■"}
Rows = list[dict[str, Any]]


def warnings(plan: Plan) -> Markup:
    """What endangers rights, the weightiest first; what is only advice is folded away."""
    grave = [item for item in plan["warnings"] if item["severity"] != "advisory"]
    advice = [item for item in plan["warnings"] if item["severity"] == "advisory"]
    more = Markup("")
    if advice:
        more = Markup('<details class="pp-advice-more"><summary>{}</summary>{}</details>').format(
            w("plan.advice", count=len(advice)), _findings(advice)
        )
    return Markup('<div class="pp-findings pp-first">{}</div>{}').format(_findings(grave), more)


def _findings(items: Rows) -> Markup:
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
        for item in items
    ]
    return Markup("").join(rows)


def suggestions(items: Rows) -> Markup:
    """Dates to aim at: earliest, recommended, latest."""
    if not items:
        return Markup('<p class="pp-calm">{}</p>').format(t("plan.table.none", lang()))
    head = _row("th", [t(f"plan.table.{n}", lang()) for n in ("recommended", "id", "earliest", "latest", "why")])
    rows = [
        Markup("<tr><td class='pp-date'><b>{}</b></td><td>{}</td><td class='pp-date'>{}</td>"
               "<td class='pp-date'>{}</td><td>{}</td></tr>").format(
            item["recommended"], item["title"], item["earliest"], item["latest"], html.dated(item["why"])
        )
        for item in sorted(items, key=lambda item: item["recommended"])
    ]  # fmt: skip
    return _table(head, rows)


def of_office(items: Rows, code: str) -> Rows:
    """Those of one office; without a code, all."""
    return [item for item in items if not code or code in (item.get("office"), item["id"].partition(":")[2])]


def deadlines(items: Rows) -> Markup:
    """Every deadline in order of the day by which to act."""
    names = (
        "plan.table.date",
        "plan.table.id",
        "ui.plan.counted_from",
        "plan.table.rule",
        "ui.plan.if_missed",
    )
    head = _row("th", [t(name, lang()) for name in names])
    return _table(head, [_deadline(item) for item in items])


def _deadline(item: dict[str, Any]) -> Markup:
    moved = Markup("")
    if item["nominal_date"] != item["date"]:
        moved = Markup('<span class="pp-moved">{}</span>').format(
            html.dated(item["moved_because"] or w("plan.instead_of", nominal=item["nominal_date"]))
        )
    sure = w("plan.certain") if item["certain"] else item["doubt"]
    state = "" if item["overdue"] else t(f"plan.status.{item['status']}", lang())
    notes = Markup("").join(
        Markup('<span class="pp-note">{}</span>').format(text) for text in (item["note"], item["rescue"]) if text
    )
    return Markup(
        '<tr class="pp-{}"><td class="pp-date"><b>{}</b>{}<span class="pp-sure pp-sure-{}">{}</span></td>'
        "<td><b>{}</b><span class='pp-note'>{}</span>{}</td><td>{}</td><td>{}</td><td>{}{}</td></tr>"
    ).format(
        _when(item["status"]),
        item["date"],
        late() if item["overdue"] else "",
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


def _when(state: str) -> str:
    """The class of a row: what is over is set in grey."""
    return "over" if state in ("past", "done", "expired") else state


def late() -> Markup:
    """The mark of what is overdue: a shape and a word."""
    return Markup('<span class="pp-late"><i aria-hidden="true">▲</i> {}</span>').format(
        t("plan.status.overdue", lang())
    )


def disclosures(plan: Plan) -> Markup:
    """What each disclosure means at each office."""
    head = _row("th", [t(f"plan.table.{name}", lang()) for name in ("office", "disclosed_on", "kind", "verdict")])
    rows = [
        Markup(
            '<tr><td>{}</td><td class="pp-date">{}</td><td>{}</td>'
            '<td><span class="pp-verdict pp-verdict-{}"><i aria-hidden="true">{}</i></span> {}</td></tr>'
        ).format(
            office_name(item["office"], lang()), item["date"], t(f"plan.kind.{item['kind']}", lang()),
            item["verdict"], VERDICTS[item["verdict"]], html.dated(item["message"]),
        )
        for item in plan["disclosures"]
    ]  # fmt: skip
    return _table(head, rows)


def steps(rows: Rows) -> Markup:
    """What to do next: the first few things, numbered."""
    items = Markup("").join(
        Markup("<li><b>{}</b> {} <span class='pp-day'>{}</span>{}<p>{}</p></li>").format(
            row["title"],
            late() if row["overdue"] else "",
            w("plan.on_day", date=row["date"], weekday=row["weekday"]),
            _until(row),
            html.dated(row["why"]),
        )
        for row in rows
    )
    return Markup('<ol class="pp-next">{}</ol>').format(items)


def _until(row: dict[str, Any]) -> Markup:
    """How long there is after a recommended day."""
    if not row["advised"] or row["last"] == row["date"]:
        return Markup("")
    return Markup(" <span class='pp-place'>· {}</span>").format(html.dated(w("plan.last_safe", date=row["last"])))


def months(months: Rows) -> Markup:
    """What is to be done, month by month."""
    return Markup("").join(
        Markup('<section class="pp-month"><h3>{}</h3><ol>{}</ol></section>').format(
            month["name"], Markup("").join(_step(row) for row in month["steps"])
        )
        for month in months
    )


def _step(row: dict[str, Any]) -> Markup:
    sign, kind = ("◆", w("plan.advised")) if row["advised"] else ("●", w("plan.must"))
    if row["overdue"] and not row["advised"]:
        sign, kind = "", w("plan.was_due")
    doubt = "" if row["certain"] else " · " + w("plan.to_confirm")
    return Markup(
        '<li class="pp-step pp-step-{}"><span class="pp-dayno">{}<small>{}</small></span><div>'
        '<b>{}</b> {}<span class="pp-kind"><i aria-hidden="true">{}</i> {}{}</span>{}<p>{}</p></div></li>'
    ).format(
        "late" if row["overdue"] else "advised" if row["advised"] else "act",
        row["day"], row["weekday"], row["title"], late() if row["overdue"] else "", sign, kind, doubt, _until(row),
        html.dated(" · ".join(part for part in (row["why"], row["rule"]) if part)),
    )  # fmt: skip


def ways(scenarios: Rows) -> Markup:
    """Ways to file side by side: dates in the same order in each, then what speaks for and against."""
    cards = []
    for item in scenarios:
        title = Markup("<h3>{}</h3>").format(item["title"])
        if not item["possible"]:
            no = Markup("<p class='pp-place'><i aria-hidden='true'>–</i> {}</p>").format(
                t("plan.scenario.not_possible", lang())
            )
            cards.append(
                Markup('<article class="pp-way pp-way-no">{}{}<p>{}</p></article>').format(
                    title, no, html.dated(item["why_not"])
                )
            )
            continue
        dates = Markup("").join(
            Markup("<dt>{}</dt><dd>{}</dd>").format(t(f"plan.scenario.date.{name}", lang()), day or "–")
            for name, day in item["dates"].items()
        )
        remarks = Markup("").join(Markup("<li>{}</li>").format(html.dated(text)) for text in item["remarks"])
        cards.append(Markup('<article class="pp-way">{}<dl>{}</dl><ul>{}</ul></article>').format(title, dates, remarks))
    return Markup('<div class="pp-ways">{}</div>').format(Markup("").join(cards))


def portfolio(rows: Rows) -> Markup:
    """Deadlines of many families."""
    head = _row(
        "th",
        [
            t(f"plan.{name}", lang())
            for name in ("table.date", "portfolio.family", "table.id", "table.office", "table.rule")
        ],
    )
    return _table(head, [_entry(row) for row in rows])


def _entry(row: dict[str, Any]) -> Markup:
    overdue = row["state"] == "overdue"
    words = [
        "" if overdue else t(f"plan.status.{row['state']}", lang()),
        "" if row["certain"] else w("plan.to_confirm"),
    ]
    return Markup(
        '<tr class="pp-{}"><td class="pp-date"><b>{}</b>{}<span class="pp-sure{}">{}</span></td>'
        '<td><b>{}</b><span class="pp-note">{}</span></td><td>{}</td><td>{}</td><td>{}</td></tr>'
    ).format(
        _when(row["state"]), row["date"], late() if overdue else "", "" if row["certain"] else " pp-sure-no",
        " · ".join(word for word in words if word),
        row["family"], row["title"], row["item"], office_name(row["office"], lang()), row["rule"],
    )  # fmt: skip


def _row(tag: str, cells: list[str]) -> Markup:
    return Markup("<tr>{}</tr>").format(
        Markup("").join(Markup("<{}>{}</{}>").format(Markup(tag), cell, Markup(tag)) for cell in cells)
    )


def _table(head: Markup, rows: list[Markup]) -> Markup:
    return Markup(
        '<div class="pp-scroll"><table class="pp-table"><thead>{}</thead><tbody>{}</tbody></table></div>'
    ).format(head, Markup("").join(rows))
