"""The table of many drafts: for a terminal, as CSV, JSON, an Excel workbook, and one HTML page with a heat map."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from patentprep.checklist import available, load_checklist
from patentprep.formal import load_formal_rules
from patentprep.model import REQUIREMENTS, Lang
from patentprep.palette import SHAPES
from patentprep.report.as_text import pad, width
from patentprep.strings import t
from patentprep.triage.model import DECISIONS, PURE_ALGORITHM, Row, file_name
from patentprep.versions import program_version

SCHEMA_VERSION = 1
FORMATS = ("table", "csv", "json", "xlsx", "html", "sarif")
TITLE, WHY, PATH = 26, 44, 40  # columns of a page that nobody has measured ...
LEAST = 12  # ... and the fewest of each on a narrow one,
SPARED = ("pages", "claims", "confidence")  # which these leave to the three, one after the other ...
ROOM = 60  # ... until they have as much together
BETWEEN = "  "
SHADES = {"covered": "#BFE3CF", "partial": "#FBE3B0", "not_found": "#F3C2B2", "not_applicable": "#EDEFF1"}
DECISION_SHADES = {"go": "#BFE3CF", "fix": "#FBE3B0", "hold": "#F3C2B2", "unread": "#EDEFF1"}
CSV_COLUMNS = (
    "rank", "decision", "reason", "why", "path", "title", "language", "pages", "characters", "claims", "independent",
    "level", "score", *REQUIREMENTS, "gaps", "red_flags", "fatal", "serious", "verdict", "probability", "confidence",
    "duplicate_of", "version_of", "next_deadline", "error", "sha256",
)  # fmt: skip


# --- words -----------------------------------------------------------------------------------------------


def why(row: Row, lang: Lang) -> str:
    """The reason of the decision in one line; for a file that was not read, the whole sentence.

    A red flag is named also where another reason came first: it is the graver one.
    """
    if row.error:
        return t(row.error, lang, **dict(row.error_facts))
    reason = t(f"triage.reason.{row.reason}", lang, names=_names(row.about, lang))
    if row.reason == "red_flag" or not row.red_flags:
        return reason
    flags = t("triage.reason.red_flag", lang, names=_names(tuple(dict.fromkeys(row.red_flags)), lang))
    return t("list.semicolon", lang).join((flags, reason))


def _names(ids: Sequence[str], lang: Lang) -> str:
    return t("list.comma", lang).join(name_of(id, lang) for id in ids)


def shown_decision(row: Row) -> str:
    """The decision as people are told it: a file that was not read is held, but nobody held it back."""
    return row.decision if row.ok else "unread"


def decision_words(row: Row, lang: Lang) -> str:
    """Go, fix or hold in words, or that it was not read."""
    return t(f"triage.decision.{shown_decision(row)}", lang)


def same_as(row: Row, lang: Lang) -> str:
    """What it is a copy or an older version of."""
    if row.duplicate_of:
        return t("triage.duplicate_of", lang, name=row.duplicate_of)
    return t("triage.version_of", lang, name=row.version_of) if row.version_of else ""


@lru_cache(maxsize=4096)
def name_of(id: str, lang: Lang) -> str:
    """The title of a requirement, an element, a red flag or a formal rule; the id itself where there is none."""
    if id == PURE_ALGORITHM:
        return t("report.pure_algorithm.title", lang)
    if id in load_formal_rules():
        return load_formal_rules()[id].title.in_(lang)
    for name in available():
        law = load_checklist(name)
        titles = {str(r.id): r.title for r in law.requirements} | {e.id: e.title for e in law.elements}
        if id in titles:
            return titles[id].in_(lang)
        for flag in law.red_flags:
            if id == f"ethics/{flag.id}":
                return flag.title.in_(lang)
    return t("report.red_flag.title", lang) if id.startswith("ethics/") else id


def summary(rows: Sequence[Row]) -> dict[str, int]:
    """How many of each decision, of copies and older versions, and of files that were not read."""
    counts = Counter(row.decision for row in rows if row.ok)
    return {
        "count": len(rows),
        **{name: counts[name] for name in DECISIONS},
        "copies": sum(row.superseded for row in rows),
        "unread": sum(not row.ok for row in rows),
    }


def gaps_by_requirement(row: Row) -> dict[str, list[str]]:
    """The open elements under their requirements."""
    home = {e.id: e.requirement for name in available() for e in load_checklist(name).elements}
    found: dict[str, list[str]] = {}
    for gap in row.gaps:
        found.setdefault(home.get(gap, ""), []).append(gap)
    return found


# --- table -----------------------------------------------------------------------------------------------


def to_table(rows: Sequence[Row], lang: Lang, hidden: int = 0, columns: int | None = None) -> str:
    """Aligned text: one line a file, the six requirements as six signs in the order of the checklist.

    ``columns``: of the terminal. Title, reason and path share what the short cells leave.
    """
    lines = [t("triage.summary", lang, **summary(rows))]
    if hidden:
        lines.append(t("triage.hidden", lang, count=hidden))
    if not rows:
        return "\n".join([*lines, t("triage.none", lang), ""])
    names = ("rank", "decision", "score", "", "red_flags", "claims", "pages", "confidence", "title", "why", "path")
    cells = [[t(f"triage.column.{name}", lang) if name else "123456" for name in names]]
    deadlines = any(row.next_deadline for row in rows)
    if deadlines:
        cells[0].insert(2, t("triage.column.next_deadline", lang))
    for number, row in enumerate(rows, 1):
        same = same_as(_short_names(row), lang)
        cells.append(
            [
                str(number),
                decision_words(row, lang),
                str(row.score) if row.ok else "-",
                "".join(SHAPES[status] for _, status in row.statuses) or "-",
                str(len(row.red_flags)) if row.ok else "-",
                f"{row.claims}/{row.independent}" if row.ok else "-",
                str(row.pages or "-"),
                t(f"triage.confidence.{row.confidence}", lang) if row.ok else "-",
                row.title or "-",
                f"{same}; {why(row, lang)}" if same else why(row, lang),
                row.path,
            ]
        )
        if deadlines:
            cells[-1].insert(2, row.next_deadline.isoformat() if row.next_deadline else "-")
    if columns is not None:
        for name in SPARED:
            if _room(cells, columns) < ROOM:
                at = cells[0].index(t(f"triage.column.{name}", lang))
                cells = [[*line[:at], *line[at + 1 :]] for line in cells]
    lines += ["", *_aligned(cells, columns), ""]
    key = [f"{n} {name_of(name, lang)}" for n, name in enumerate(REQUIREMENTS, 1)]
    return "\n".join([*lines, t("list.comma", lang).join(key), t("triage.legend", lang), t("triage.notice", lang), ""])


def _aligned(cells: list[list[str]], columns: int | None) -> Iterator[str]:
    """Lines of equal columns. The last three, title, reason and path, are cut to what there is room for."""
    cells = [[" ".join(cell.split()) for cell in line] for line in cells]
    wide = [max(width(line[n]) for line in cells) for n in range(len(cells[0]))]
    shares = (TITLE, WHY, PATH)
    if columns is not None:
        room, whole = _room(cells, columns), sum(shares)
        shares = (max(room * TITLE // whole, LEAST), max(room * WHY // whole, LEAST), max(room * PATH // whole, LEAST))
    wide[-3:] = [min(one, share) for one, share in zip(wide[-3:], shares, strict=True)]
    for line in cells:
        title, reason, path = line[-3:]
        short = [cut(title, wide[-3]), cut(reason, wide[-2]), cut(path, wide[-1], from_the_end=True)]
        yield BETWEEN.join(map(pad, [*line[:-3], *short], wide)).rstrip()


def _room(cells: list[list[str]], columns: int) -> int:
    """What the short cells leave of a line to title, reason and path."""
    short = [max(width(line[n]) for line in cells) for n in range(len(cells[0]) - 3)]
    return columns - sum(short) - len(BETWEEN) * (len(cells[0]) - 1)


def _short_names(row: Row) -> Row:
    """The row with what it is a copy or version of told by its file name: the folder leaves no room for the reason."""
    return replace(row, duplicate_of=file_name(row.duplicate_of), version_of=file_name(row.version_of))


def cut(text: str, columns: int, *, from_the_end: bool = False) -> str:
    """At most so many columns; of a path the end is kept."""
    text = " ".join(text.split())
    if width(text) <= columns:
        return text
    kept = ""
    for c in reversed(text) if from_the_end else text:
        if width(kept + c) >= columns:
            break
        kept = c + kept if from_the_end else kept + c
    return "…" + kept if from_the_end else kept + "…"


# --- CSV and JSON ----------------------------------------------------------------------------------------


def to_csv(rows: Iterable[Row], lang: Lang) -> str:
    """One file a row under stable English names. The text begins with a byte order mark: Excel then reads UTF-8.

    What a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    for number, row in enumerate(rows, 1):
        record = _record(number, row, lang)
        table.writerow([_cell(record[name]) for name in CSV_COLUMNS])
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = " ".join(value)
    return defused(value) if isinstance(value, str) else value


def defused(text: str) -> str:
    """Text that no spreadsheet runs: ``=``, ``+``, ``-``, ``@`` and tabs at its start are data here, not formulas."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else text


def to_json(rows: Sequence[Row], lang: Lang) -> str:
    """All rows with stable keys, and their counts."""
    told = {
        "schema_version": SCHEMA_VERSION,
        "patentprep": {"version": program_version()},
        "language": lang,
        "summary": summary(rows),
        "rows": [_json_row(number, row, lang) for number, row in enumerate(rows, 1)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _json_row(number: int, row: Row, lang: Lang) -> dict[str, Any]:
    record = _record(number, row, lang)
    for requirement in REQUIREMENTS:
        del record[requirement]
    coverage, gaps = dict(row.coverage), gaps_by_requirement(row)
    record["requirements"] = [
        {"id": name, "status": status, "score": coverage.get(name), "gaps": gaps.get(name, [])}
        for name, status in row.statuses
    ]
    for name in ("about", "next_steps"):
        record[name] = list(getattr(row, name))
    return record | {"size": row.size}


def _record(number: int, row: Row, lang: Lang) -> dict[str, Any]:
    """The values of ``CSV_COLUMNS``."""
    statuses: dict[str, str] = dict(row.statuses)
    return {
        "rank": number,
        "decision": row.decision,
        "reason": row.reason,
        "why": why(row, lang),
        "path": row.path,
        "title": row.title,
        "language": row.language,
        "pages": row.pages,
        "characters": row.characters if row.ok else None,
        "claims": row.claims if row.ok else None,
        "independent": row.independent if row.ok else None,
        "level": row.level,
        "score": row.score if row.ok else None,
        **{name: statuses.get(name) for name in REQUIREMENTS},
        "gaps": list(row.gaps),
        "red_flags": list(row.red_flags),
        "fatal": list(row.fatal),
        "serious": list(row.serious),
        "verdict": row.verdict,
        "probability": row.probability,
        "confidence": row.confidence if row.ok else None,
        "duplicate_of": row.duplicate_of or None,
        "version_of": row.version_of or None,
        "next_deadline": row.next_deadline.isoformat() if row.next_deadline else None,
        "error": why(row, lang) if row.error else None,
        "sha256": row.sha256 or None,
    }


# --- Excel -----------------------------------------------------------------------------------------------

_WIDTHS = {"why": 48, "path": 40, "title": 34, "same": 30, "gaps": 24, "sha256": 20, "eligibility": 18}
_MOST_CELL = 32_000  # characters; Excel takes 32,767


def to_xlsx(rows: Sequence[Row], lang: Lang) -> bytes:
    """One sheet: frozen header, filter, coloured statuses; numbers are numbers, text is never a formula."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("patentprep")
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        top = book.add_format({"valign": "top"})
        wrapped = book.add_format({"valign": "top", "text_wrap": True})
        percent = book.add_format({"valign": "top", "num_format": "0 %"})
        day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd"})
        shades = {
            name: book.add_format({"bg_color": colour, "valign": "top", "align": "center"})
            for name, colour in (SHADES | DECISION_SHADES).items()
        }
        names = [
            *("rank", "decision", "next_deadline", "why", "title", "path", "score", "level"), *REQUIREMENTS, "gaps",
            *("eligibility", "probability", "red_flags", "fatal", "serious", "claims", "independent", "pages"),
            *("characters", "language", "same", "confidence", "sha256"),
        ]  # fmt: skip
        for column, name in enumerate(names):
            words = name_of(name, lang) if name in REQUIREMENTS else t(f"triage.column.{name}", lang)
            sheet.write_string(0, column, words, head)
            sheet.set_column(column, column, _WIDTHS.get(name, 13 if name in REQUIREMENTS else 11))
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(names):
                value, style = _xlsx_cell(line, name, row, lang)
                form = shades.get(style) or {"percent": percent, "day": day, "wrapped": wrapped}.get(style, top)
                if value is None:
                    sheet.write_blank(line, column, None, form)
                elif style == "day":
                    sheet.write_datetime(line, column, value, form)
                elif isinstance(value, str):
                    sheet.write_string(line, column, value[:_MOST_CELL], form)
                else:
                    sheet.write_number(line, column, value, form)
        sheet.freeze_panes(1, 2)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(names) - 1)
            score = names.index("score")
            sheet.conditional_format(
                1, score, len(rows), score,
                {"type": "data_bar", "bar_color": "#9BC2E6", "bar_solid": True, "min_type": "num", "min_value": 0,
                 "max_type": "num", "max_value": 100},
            )  # fmt: skip
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
    return out.getvalue()


def _xlsx_cell(line: int, name: str, row: Row, lang: Lang) -> tuple[Any, str]:
    """The value of a cell and the name of its format."""
    if name in REQUIREMENTS:
        status = dict(row.statuses).get(name)
        return (f"{SHAPES[status]} {t('report.status.' + status, lang)}", status) if status else (None, "")
    if name == "decision":
        return decision_words(row, lang), shown_decision(row)
    if name == "next_deadline":
        return row.next_deadline, "day" if row.next_deadline else ""
    words = {
        "why": lambda: why(row, lang),
        "title": lambda: row.title,
        "path": lambda: row.path,
        "same": lambda: same_as(row, lang),
        "gaps": lambda: " ".join(row.gaps),
        "sha256": lambda: row.sha256,
        "level": lambda: t(f"triage.level.{row.level}", lang) if row.level else "",
        "eligibility": lambda: t(f"report.verdict_short.{row.verdict}", lang) if row.verdict else "",
        "language": lambda: t(f"triage.language.{row.language}", lang) if row.language else "",
        "confidence": lambda: t(f"triage.confidence.{row.confidence}", lang) if row.ok else "",
    }
    if name in words:
        return words[name]() or None, "wrapped" if name in ("why", "title", "path") else ""
    if name == "rank":
        return line, ""
    if not row.ok:
        return None, ""
    if name == "probability":
        return row.probability, "percent"
    value = getattr(row, name)
    return len(value) if isinstance(value, tuple) else value, ""


# --- HTML and SARIF --------------------------------------------------------------------------------------


def to_html(rows: Sequence[Row], lang: Lang) -> str:
    """One page that needs nothing from outside: counts, heat map of drafts and requirements, the table."""
    from patentprep.report.templates import template

    return str(
        template("triage.html.j2").render(
            rows=rows,
            summary=summary(rows),
            requirements=[(name, name_of(name, lang)) for name in REQUIREMENTS],
            shapes=SHAPES,
            shades=SHADES | DECISION_SHADES,
            shown=shown_decision,
            why=lambda row: why(row, lang),
            same_as=lambda row: same_as(row, lang),
            statuses=lambda row: dict(row.statuses),
            coverage=lambda row: dict(row.coverage),
            lang=lang,
            t=lambda key, **facts: t(key, lang, **facts),
        )
    )


def to_sarif(rows: Iterable[Row], lang: Lang) -> str:
    """One SARIF log of all drafts; the rows were made with ``sarif=lang``."""
    from patentprep.report.sarif import sarif_log

    read = list(rows)
    parts = [json.loads(row.sarif) for row in read if row.sarif]
    not_read = [(row.path, why(row, lang)) for row in read if row.error and row.reason != "unknown_kind"]
    return sarif_log(parts, lang, not_read)


def render(rows: Sequence[Row], fmt: str, lang: Lang, hidden: int = 0, columns: int | None = None) -> str | bytes:
    """The table in one of ``FORMATS``; bytes for "xlsx".

    ``hidden``: rows that a filter has left out. ``columns``: of the terminal that a "table" is for.
    """
    if fmt == "table":
        return to_table(rows, lang, hidden, columns)
    if fmt == "xlsx":
        return to_xlsx(rows, lang)
    return {"csv": to_csv, "json": to_json, "html": to_html, "sarif": to_sarif}[fmt](rows, lang)
