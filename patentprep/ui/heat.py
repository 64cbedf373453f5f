"""Heat map: which requirement is spoken to in which part of the draft, and how well."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from patentprep.palette import SHAPES
from patentprep.strings import t
from patentprep.ui.desk import lang, w

Report = dict[str, Any]
STRENGTHS = ("substantive", "vague", "red_flag")
MOST_GROUPS = 6  # columns for claims
STEPS = (1, 2, 4, 7)  # sentences from which on a cell is filled more strongly


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    start: int  # where the part first begins


def strongest(requirement: dict[str, Any], report: Report) -> dict[int, str]:
    """The sentences quoted for a requirement, by where they start, each with the strongest it is quoted as."""
    found: dict[int, str] = {}
    for element in requirement["elements"]:
        for item in element["evidence"]:
            if found.get(item["start"]) != "substantive":
                found[item["start"]] = item["strength"]
    if requirement["id"] == "ethics":
        for finding in report["findings"]:
            if finding["rule"].startswith("ethics/") and finding["start"] is not None:
                found[finding["start"]] = "red_flag"
    return dict(sorted(found.items()))


def heat(report: Report) -> Markup:
    """A table: requirements by parts of the draft, in each cell the number of sentences of each strength."""
    said = [(r, strongest(r, report)) for r in report["requirements"]]
    places, columns = _columns(report)
    used = {places(start) for _, found in said for start in found}
    if "other" in used and "other" not in columns:
        first = min(start for _, found in said for start in found if places(start) == "other")
        columns["other"] = Column(w("views.heat.column.other"), first)
    shown = sorted(
        ((key, c) for key, c in columns.items() if key != "other" or key in used), key=lambda pair: pair[1].start
    )
    if not shown:
        return Markup('<p class="pp-calm">{}</p>').format(w("views.heat.none"))
    head = Markup("").join(
        Markup('<th scope="col"><a role="button" tabindex="0" data-goto="{}">{}</a></th>').format(c.start, c.name)
        for _, c in shown
    )
    rows = Markup("").join(_row(requirement, found, places, shown) for requirement, found in said)
    return Markup(
        '<div class="pp-scroll"><table class="pp-heat"><caption>{} {}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(w("views.heat.caption"), _key(said), w("views.heat.requirement"), head, rows)


def _columns(report: Report) -> tuple[Any, dict[str, Column]]:
    """A function that tells the column of an offset, and the columns."""
    claims = sorted(report["draft"]["claims"], key=lambda c: c["start"])
    groups = _groups(claims)
    columns: dict[str, Column] = {}
    key_of: list[str] = []
    for number, group in enumerate(groups):
        key_of += [f"claims{number}"] * len(group)
        first, last = group[0]["number"], group[-1]["number"]
        name = (
            w("views.heat.claim", number=first) if len(group) == 1 else w("views.heat.claims", first=first, last=last)
        )
        columns[f"claims{number}"] = Column(name, group[0]["start"])
    starts = [c["start"] for c in claims]
    sections = sorted(report["draft"]["sections"], key=lambda s: s["start"])
    for section in sections:
        if section["kind"] != "claims" or not claims:
            kind = section["kind"]
            columns.setdefault(kind, Column(w(f"views.heat.column.{kind}"), section["start"]))

    def place(offset: int) -> str:
        at = bisect_right(starts, offset) - 1
        if at >= 0 and offset < claims[at]["end"]:
            return key_of[at]
        kind = next((s["kind"] for s in sections if s["start"] <= offset < s["end"]), "other")
        return key_of[max(at, 0)] if kind == "claims" and claims else str(kind)

    return place, columns


def _groups(claims: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The claims by number, each independent claim with the dependent ones that follow; at most so many groups."""
    groups: list[list[dict[str, Any]]] = []
    for claim in claims:
        if groups and not claim["independent"]:
            groups[-1].append(claim)
        else:
            groups.append([claim])
    while len(groups) > MOST_GROUPS:
        at = min(range(len(groups) - 1), key=lambda n: len(groups[n]) + len(groups[n + 1]))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups


def _row(requirement: dict[str, Any], found: dict[int, str], place: Any, shown: list[tuple[str, Column]]) -> Markup:
    cells: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for start, strength in found.items():
        cells[place(start)][strength].append(start)
    status = t(f"report.status.{requirement['status']}", lang())
    head = Markup(
        '<th scope="row" class="pp-{}"><a role="button" tabindex="0" data-open="{}">{}</a>'
        '<span class="pp-place"><i aria-hidden="true">{}</i> {}</span></th>'
    ).format(requirement["id"], requirement["id"], requirement["title"], SHAPES[requirement["status"]], status)
    return Markup("<tr>{}{}</tr>").format(
        head, Markup("").join(_cell(requirement, column, cells.get(key, {})) for key, column in shown)
    )


def _cell(requirement: dict[str, Any], column: Column, found: dict[str, list[int]]) -> Markup:
    if not found:
        return Markup('<td><span class="pp-heat-none" aria-hidden="true">·</span></td>')
    chips = []
    for strength in STRENGTHS:
        starts = found.get(strength, [])
        if starts:
            what = w("views.heat.cell", requirement=requirement["title"], column=column.name,
                     what=w(f"views.heat.{strength}", count=len(starts)))  # fmt: skip
            chips.append(
                Markup(
                    '<a class="pp-{} pp-chip pp-is-{} pp-step-{}" role="button" tabindex="0" data-goto="{}" title="{}" '
                    'aria-label="{}">{}</a>'
                ).format(
                    requirement["id"],
                    strength,
                    sum(len(starts) >= step for step in STEPS),
                    starts[0],
                    what,
                    what,
                    len(starts),
                )
            )
    return Markup("<td>{}</td>").format(Markup("").join(chips))


def _key(said: list[tuple[dict[str, Any], dict[int, str]]]) -> Markup:
    """What the fillings mean; only those that occur."""
    occurring = {strength for _, found in said for strength in found.values()}
    return Markup('<span class="pp-heat-key">{}</span>').format(
        Markup("").join(
            Markup('<span><i class="pp-chip pp-is-{} pp-step-2" aria-hidden="true"></i> {}</span>').format(
                strength, w(f"views.heat.key_{strength}")
            )
            for strength in STRENGTHS
            if strength in occurring
        )
    )
