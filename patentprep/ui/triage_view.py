"""The table and the heat map of the Triage page, as our own HTML. Everything a file says is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from patentprep.model import REQUIREMENTS, RequirementId
from patentprep.palette import SHAPES
from patentprep.report.triage import gaps_by_requirement, name_of, same_as, why
from patentprep.strings import t
from patentprep.triage.model import Row
from patentprep.ui.desk import lang, w

DECISION_SHAPES = {"go": "●", "fix": "◐", "hold": "■"}
LEVEL_SHAPES = {"ready": "●", "needs_work": "◐", "not_ready": "○"}
FILLED = {"covered": (3, 4), "partial": (1, 2)}  # how strongly, with less or more than half of the points found
HEAD_SORTS = {"rank": "urgency", "why": "gaps:desc"}  # other columns sort by themselves
MOST_UNREAD = 20  # files that were not read, listed without unfolding
Numbered = Sequence[tuple[int, int, Row]]  # rank, number of the row in its pile, row


def near(row: Row, folder: str) -> Row:
    """The row with paths told from the folder that was named."""

    def told(path: str) -> str:
        return path.removeprefix(folder).lstrip("/\\!") or path if folder else path

    return replace(row, path=told(row.path), duplicate_of=told(row.duplicate_of), version_of=told(row.version_of))


def decision(row: Row) -> Markup:
    """Go, fix or hold as shape and word."""
    return Markup('<span class="pp-tri-decision pp-tri-{}"><i aria-hidden="true">{}</i> {}</span>').format(
        row.decision, DECISION_SHAPES[row.decision], t(f"triage.decision.{row.decision}", lang())
    )


def sort_name(sort: str) -> str:
    """An order in words."""
    name, _, way = sort.partition(":")
    if name in REQUIREMENTS:
        return w("triage.sort_requirement", name=t(f"ui.walk.short.{name}", lang()))
    if name in ("urgency", "modified"):
        return w(f"triage.sort_{name}")
    words = t(f"triage.column.{name}", lang())
    return w("triage.sort_most", name=words) if way else words


def _head(column: str, kind: str, words: str | Markup, sort: str) -> Markup:
    """The head of a column: a click on it sorts by the column, the next one goes back to urgency."""
    own = HEAD_SORTS.get(column, column)
    chosen = sort == own
    way = "descending" if ":desc" in own else "ascending"
    return Markup(
        '<th scope="col" class="{}"{}><a class="pp-tri-sort" role="button" tabindex="0" data-sort="{}" title="{}">{}'
        '<i aria-hidden="true">{}</i></a></th>'
    ).format(
        kind,
        Markup(' aria-sort="{}"').format(way) if chosen else "",
        "urgency" if chosen else own,
        w("triage.sort_by", order=sort_name("urgency" if chosen else own)),
        words,
        ("▾" if ":desc" in own else "▴") if chosen else "",
    )


def table(rows: Numbered, sort: str = "urgency") -> Markup:
    """One line a draft."""
    heads = [
        ("rank", ""),
        ("decision", ""),
        ("title", ""),
        ("why", ""),
        *((name, "pp-tri-cell") for name in REQUIREMENTS),
        ("level", ""),
    ]
    head = Markup("").join(
        _head(
            name,
            f"{kind} pp-{name}" if kind else f"pp-tri-{name}",
            _requirement_head(name) if kind else t(f"triage.column.{name}", lang()),
            sort,
        )
        for name, kind in heads
    )
    body = Markup("").join(_line(*row) for row in rows)
    return Markup(
        '<div class="pp-room"><table class="pp-tri"><caption>{} · {}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(t("triage.legend", lang()), w("triage.legend_gaps"), head, body)


def _requirement_head(name: str) -> Markup:
    return Markup('<abbr title="{}">{}</abbr>').format(name_of(name, lang()), t(f"ui.walk.short.{name}", lang()))


def _line(rank: int, number: int, row: Row) -> Markup:
    statuses: dict[str, str] = dict(row.statuses)
    gaps = gaps_by_requirement(row)
    cells = Markup("").join(_cell(name, statuses.get(name, ""), gaps.get(name, [])) for name in REQUIREMENTS)
    old = " pp-tri-old" if row.superseded else ""
    return Markup(
        '<tr class="pp-tri-row{}"><td class="pp-tri-rank">{}</td><td class="pp-tri-decision-cell">{}{}</td>'
        '<td class="pp-tri-title">{}</td><td class="pp-tri-why">{}</td>{}<td class="pp-tri-level">{}</td></tr>'
    ).format(old, rank, decision(row), _deadline(row), _title(number, row), _reason(row, gaps), cells, _level(row))


def _deadline(row: Row) -> Markup:
    if not row.next_deadline:
        return Markup("")
    return Markup('<span class="pp-tri-small">{} <span class="pp-day">{}</span></span>').format(
        t("triage.column.next_deadline", lang()), row.next_deadline.isoformat()
    )


def link(number: int, row: Row) -> Markup:
    """The title of a draft: a click on it opens the draft."""
    return Markup('<a class="pp-tri-open" role="button" tabindex="0" data-draft="{}">{}</a>').format(
        number, row.title or row.name
    )


def _title(number: int, row: Row) -> Markup:
    facts = [w("triage.claims", count=row.claims, independent=row.independent)]
    if row.pages:
        facts.append(w("triage.pages", count=row.pages))
    if row.language:
        facts.append(t(f"triage.language.{row.language}", lang()))
    return Markup("{}{}<span class='pp-tri-small'>{}</span>{}").format(
        link(number, row), _file(row), " · ".join(facts), _same(row)
    )


def _file(row: Row) -> Markup:
    """The name of the file below the title, which versions of one draft have in common."""
    if not row.title or row.path == row.title:
        return Markup("")
    return Markup("<span class='pp-tri-small pp-tri-file'>{}</span>").format(row.path)


def _same(row: Row) -> Markup:
    same = same_as(row, lang())
    return Markup("<span class='pp-tri-small pp-tri-same'>≈ {}</span>").format(same) if same else Markup("")


def _reason(row: Row, gaps: dict[str, list[str]]) -> Markup:
    lines = [Markup("<span class='pp-tri-reason'>{}</span>").format(why(row, lang()))]
    if row.verdict:
        lines.append(
            Markup("<span class='pp-tri-small'>{}</span>").format(
                w("triage.reads_as", verdict=t(f"report.verdict_short.{row.verdict}", lang()))
            )
        )
    if row.gaps:
        named = Markup("").join(
            Markup("<li><b>{}</b> {}</li>").format(
                t(f"ui.walk.short.{name}", lang()), w("list.comma").join(name_of(gap, lang()) for gap in gaps[name])
            )
            for name in REQUIREMENTS
            if gaps.get(name)
        )
        lines.append(
            Markup("<details class='pp-tri-gaps'><summary>{}</summary><ul>{}</ul></details>").format(
                w("triage.gaps", count=len(row.gaps)), named
            )
        )
    return Markup("").join(lines)


def _cell(name: RequirementId, status: str, gaps: Sequence[str]) -> Markup:
    if not status:
        return Markup('<td class="pp-tri-cell">–</td>')
    short = t(f"ui.walk.short.{name}", lang())
    words = t(f"report.status.{status}", lang())
    told = w("triage.cell", requirement=name_of(name, lang()), status=words)
    if gaps:
        told += w("triage.cell_gaps", names=w("list.comma").join(name_of(gap, lang()) for gap in gaps))
    return Markup(
        '<td class="pp-tri-cell pp-{} pp-is-{}" title="{}"><span class="pp-tri-short">{}</span>'
        '<i aria-hidden="true">{}</i><span class="pp-tri-said">{}</span>{}</td>'
    ).format(
        name, status, told, short, SHAPES[status], told,
        Markup(' <span class="pp-tri-n" aria-hidden="true">{}</span>').format(len(gaps)) if gaps else "",
    )  # fmt: skip


def _level(row: Row) -> Markup:
    if row.level is None:
        return Markup("–")
    return Markup("<span><i aria-hidden='true'>{}</i> {}</span><span class='pp-tri-small'>{}</span>").format(
        LEVEL_SHAPES[row.level],
        t(f"triage.level.{row.level}", lang()),
        w("triage.confidence", words=t(f"triage.confidence.{row.confidence}", lang())),
    )


def not_read(rows: Sequence[Row]) -> Markup:
    """Files that were not read, each with its sentence; what is too much to look at unfolds."""
    shown = _unread(rows[:MOST_UNREAD])
    if len(rows) > MOST_UNREAD:
        shown += Markup("<details class='pp-tri-gaps'><summary>{}</summary>{}</details>").format(
            w("triage.unread_more", count=len(rows) - MOST_UNREAD), _unread(rows[MOST_UNREAD:])
        )
    return shown


def _unread(rows: Sequence[Row]) -> Markup:
    items = Markup("").join(
        Markup("<li><span class='pp-tri-file'>{}</span> {}</li>").format(row.path, why(row, lang())) for row in rows
    )
    return Markup('<ul class="pp-tri-unread">{}</ul>').format(items)


# --- heat map ---------------------------------------------------------------------------------------------------------


def heat(rows: Numbered, sort: str = "urgency") -> Markup:
    """Drafts by requirements: shape, share of the points found, and the filling in the colour of the requirement."""
    head = Markup("").join(_head(name, f"pp-{name} pp-tri-top", name_of(name, lang()), sort) for name in REQUIREMENTS)
    body = Markup("").join(_heat_line(*row) for row in rows)
    drafts = [row for _, _, row in rows]
    foot = Markup("").join(
        Markup("<td>{}</td>").format(
            w(
                "triage.covered_in",
                count=sum(dict(row.statuses).get(name) == "covered" for row in drafts),
                total=sum(dict(row.statuses).get(name, "not_applicable") != "not_applicable" for row in drafts),
            )
        )
        for name in REQUIREMENTS
    )
    return Markup(
        '<div class="pp-scroll"><table class="pp-heat pp-tri-heat"><caption>{} · {}</caption><thead><tr>'
        '{}{}</tr></thead><tbody>{}</tbody><tfoot><tr><th scope="row">{}</th>{}</tr></tfoot>'
        "</table></div>"
    ).format(
        t("triage.legend", lang()), t("triage.heat_hint", lang()),
        _head("title", "", t("triage.column.title", lang()), sort), head, body,
        t("report.status.covered", lang()), foot,
    )  # fmt: skip


def _heat_line(rank: int, number: int, row: Row) -> Markup:
    statuses: dict[str, Any] = dict(row.statuses)
    shares: dict[str, float] = dict(row.coverage)
    cells = []
    for name in REQUIREMENTS:
        status = statuses.get(name)
        if not status:
            cells.append(Markup("<td>–</td>"))
            continue
        share = shares.get(name, 0.0)
        flags = len(row.red_flags) if name == "ethics" else 0
        told = w("triage.cell", requirement=name_of(name, lang()), status=t(f"report.status.{status}", lang()))
        if flags:
            told += f" · {w('triage.flags', count=flags)}"
        kind = "red_flag" if flags else "substantive" if status in FILLED else "nothing"
        number_words = "" if status == "not_applicable" else f"{share:.0%}"
        cells.append(
            Markup(
                '<td><span class="pp-{} pp-chip pp-is-{} pp-step-{}" title="{}"><i aria-hidden="true">{}</i> {}'
                '<span class="pp-tri-said">{}</span></span></td>'
            ).format(
                name,
                kind,
                FILLED.get(status, (0, 0))[share >= 0.5],
                told,
                "■" if flags else SHAPES[status],
                number_words,
                told,
            )
        )
    return Markup('<tr{}><th scope="row">{}{}<span class="pp-place">{} · {}</span>{}</th>{}</tr>').format(
        Markup(' class="pp-tri-old"') if row.superseded else "",
        link(number, row),
        _file(row),
        rank,
        decision(row),
        _same(row),
        Markup("").join(cells),
    )
