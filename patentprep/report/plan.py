"""A plan as JSON, as an aligned text table and as CSV, in Chinese or English."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from patentprep.model import Lang
from patentprep.planning.calendars import WEEKDAYS, day_name
from patentprep.planning.offices import offices
from patentprep.planning.timeline import Deadline, Timeline, Words
from patentprep.report.as_text import pad, width
from patentprep.strings import t

SCHEMA_VERSION = 1
SOURCES_ZH = (  # how the sources of data/offices/national_phase.yaml are called in Chinese
    (r"PCT Applicant's Guide, national chapter (\w+)", r"PCT申请人指南\1国家章节"),
    (r"PCT Applicant's Guide, chapter (\w+)", r"PCT申请人指南\1章节"),
    (r"PCT Applicant's Guide CN, paragraphs (\S+) and (\S+)", r"PCT申请人指南CN章节\1、\2段"),
    (r"; months agree with the WIPO time-limit table \(undated\)", "；月数与WIPO期限表（未注日期）一致"),
    (r"WIPO time-limit table \(undated\)", "WIPO期限表（未注日期）"),
    (r"general knowledge; verify", "一般资料，待核实"),
    (r"; ", "；"),
)


def say_words(words: Words, lang: Lang) -> str:
    """The sentence, with codes of offices, languages, days and kinds of disclosure put into words."""
    return t(f"plan.{words.key}", lang, **{name: _fact(name, value, lang) for name, value in words.facts})


def rule(key: str, lang: Lang) -> str:
    """The provision a key names."""
    return t(f"plan.rule.{key}", lang)


def item_name(id: str, lang: Lang) -> str:
    """What a deadline or suggestion is called; the office of ``national_phase:US`` is added."""
    base, _, code = id.partition(":")
    if base == "secrecy_route":
        return t(f"plan.item.{base}_{code}", lang)
    name = t(f"plan.item.{base}", lang)
    return f"{name} {code}" if code else name


def source(text: str, lang: Lang) -> str:
    """What the table of offices names as the source of the time limits, in the reader's language."""
    named = text.partition(" | ")[0].replace(" (stored copy)", "").replace("stored copy, ", "")
    if lang == "en":
        return named
    for pattern, words in SOURCES_ZH:
        named = re.sub(pattern, words, named)
    return named


def office_name(code: str, lang: Lang) -> str:
    """The office's name in a language."""
    entry = offices().get(code)
    return entry.named(lang) if entry else t(f"plan.office.{code}", lang)


def remark(item: Deadline, lang: Lang) -> str:
    """Why a date moved, what to know about it, what helps when it is missed, and how sure it is."""
    parts = [say_words(words, lang) for words in (item.moved_because, item.note, item.rescue) if words]
    stop = "。" if lang == "zh" else "."
    return (" " if lang == "en" else "").join(part if part.endswith(stop) else part + stop for part in parts)


def to_json_dict(timeline: Timeline, lang: Lang) -> dict[str, Any]:
    """The plan as the public contract lays it down; dates are ISO dates, sentences are in ``lang``."""
    given = timeline.given
    return {
        "schema_version": SCHEMA_VERSION,
        "given": {
            "priority_date": given.priority_date.isoformat(),
            "priority_dates": [day.isoformat() for day in given.priority_dates],
            "filing_date": _iso(given.filing_date),
            "receiving_office": given.receiving_office,
            "offices": list(given.offices),
            "search_report_date": _iso(given.search_report_date),
            "add_priority": _iso(given.add_priority),
            "withdraw_priority": given.withdraw_priority,
            "withdrawn_on": _iso(given.withdrawn_on),
            "ipea": given.ipea,
            "made_in": given.made_in,
            "disclosures": [{"date": day.isoformat(), "kind": kind} for day, kind in given.disclosures],
            "today": _iso(given.today),
            "correct_priority": [day.isoformat() for day in given.correct_priority] if given.correct_priority else None,
            "changed_on": _iso(given.changed_on),
            "early_publication": _iso(given.early_publication),
            "demand_date": _iso(given.demand_date),
            "record_from": _iso(given.record_from),
            "done": list(given.done),
            "leads": asdict(given.leads) if given.leads else None,
            "absences": [{"first": first.isoformat(), "last": last.isoformat()} for first, last in given.absences],
        },
        "deadlines": [
            {
                "id": item.id,
                "title": item_name(item.id, lang),
                "office": item.office,
                "nominal_date": item.nominal_date.isoformat(),
                "date": item.date.isoformat(),
                "moved_because": say_words(item.moved_because, lang) if item.moved_because else None,
                "counted_from": say_words(item.trigger, lang),
                "rule": rule(item.rule, lang),
                "consequence": say_words(item.consequence, lang),
                "rescue": say_words(item.rescue, lang) if item.rescue else None,
                "certain": item.certain,
                "doubt": doubt(item, lang) or None,
                "status": item.status,
                "kind": item.kind,
                "overdue": timeline.overdue(item),
                "note": say_words(item.note, lang) if item.note else "",
            }
            for item in timeline.deadlines
        ],
        "suggestions": [
            {
                "id": item.id,
                "title": item_name(item.id, lang),
                "earliest": item.earliest.isoformat(),
                "recommended": item.recommended.isoformat(),
                "latest": item.latest.isoformat(),
                "why": say_words(item.why, lang),
            }
            for item in timeline.suggestions
        ],
        "warnings": [
            {
                "id": item.id,
                "severity": item.severity,
                "offices": list(item.offices),
                "message": say_words(item.message, lang),
                "rule": rule(item.rule, lang),
            }
            for item in timeline.warnings
        ],
        "disclosures": disclosure_rows(timeline, lang),
    }


def disclosure_rows(timeline: Timeline, lang: Lang) -> list[dict[str, Any]]:
    """What each disclosure means at each office, with the grace period and what it asks for, as in the JSON."""
    rows = []
    for item in timeline.disclosures:
        grace = offices()[item.office].grace
        words = [t(f"plan.disclosed.{item.verdict}", lang, counts=item.counts)]
        if timeline.given.direct_priority and offices()[item.office].route == "paris":
            words.append(t("plan.disclosed.own_claim", lang))
        formality = dict(grace.formality).get(lang)
        if item.verdict in ("grace", "lost") and grace.months is not None and (item.grace_from or item.file_by):
            words.append(t(f"plan.disclosed.from_{grace.counted_from}", lang))
            if item.grace_from:
                words.append(t("plan.disclosed.since", lang, day=item.grace_from))
            if item.file_by and item.verdict == "grace":
                own = offices()[item.office].route == "paris"
                words.append(t(f"plan.disclosed.{'file_there_by' if own else 'file_by'}", lang, day=item.file_by))
        today = timeline.given.today
        if item.verdict == "lost" and item.file_by and today and item.file_by >= today:
            words.append(t("plan.disclosed.file_by_keeps", lang, day=item.file_by))
        if item.verdict == "grace":
            key = "formality" if formality else "formality_unknown"
            words.append(t(f"plan.disclosed.{key}", lang, text=formality))
        condition = dict(grace.condition).get(lang)
        if item.verdict in ("grace", "lost") and condition:
            words.append(t("plan.disclosed.condition", lang, text=condition.rstrip("。.")))
        if item.verdict in ("grace", "lost", "unknown") and not item.confirmed:
            words.append(t("plan.disclosed.to_confirm", lang))
        rows.append(
            {
                "office": item.office,
                "date": item.day.isoformat(),
                "kind": item.kind,
                "verdict": item.verdict,
                "counts": item.counts.isoformat(),
                "grace_months": grace.months,
                "grace_from": _iso(item.grace_from),
                "file_by": _iso(item.file_by),
                "formality": formality,
                "confirmed": item.confirmed,
                "message": ("；" if lang == "zh" else "; ").join(words) + ("。" if lang == "zh" else "."),
            }
        )
    return rows


def status(timeline: Timeline, item: Deadline, lang: Lang) -> str:
    """Overdue, past, done or expired; nothing while it is open."""
    return t(f"plan.status.{'overdue' if timeline.overdue(item) else item.status}", lang)


def doubt(item: Deadline, lang: Lang) -> str:
    """Why the date is not certain, in a few words; nothing when it is."""
    return t(f"plan.table.{item.doubt}", lang) if item.doubt else ""


def to_table(timeline: Timeline, lang: Lang) -> str:
    """Warnings, deadlines and suggestions as aligned plain text; Chinese characters take two columns."""
    parts = [_heading("warnings", lang)]
    for warning in timeline.warnings:
        level = t(f"report.severity.{warning.severity}", lang)
        parts.append(f"[{level}] {say_words(warning.message, lang)} ({rule(warning.rule, lang)})")
    if not timeline.warnings:
        parts.append(t("plan.table.none", lang))
    head = [t(f"plan.table.{name}", lang) for name in ("date", "nominal", "id", "office", "rule", "remark")]
    rows = []
    for item in timeline.deadlines:
        moved = item.nominal_date.isoformat() if item.nominal_date != item.date else ""
        state = status(timeline, item, lang)
        flags = [flag for flag in (state, doubt(item, lang)) if flag]
        rows.append(
            [
                item.date.isoformat(),
                moved,
                item_name(item.id, lang),
                item.office,
                rule(item.rule, lang),
                "; ".join(flags),
            ]
        )
    parts += ["", _heading("deadlines", lang), aligned([head, *rows])]
    head = [t(f"plan.table.{name}", lang) for name in ("recommended", "latest", "earliest", "id", "why")]
    rows = [
        [
            item.recommended.isoformat(), item.latest.isoformat(), item.earliest.isoformat(),
            item_name(item.id, lang), say_words(item.why, lang),
        ]
        for item in sorted(timeline.suggestions, key=lambda item: item.recommended)
    ]  # fmt: skip
    parts += [
        "",
        _heading("suggestions", lang),
        aligned([head, *rows]) if rows else t("plan.table.none", lang),
    ]
    if timeline.disclosures:
        head = [t(f"plan.table.{name}", lang) for name in ("office", "disclosed_on", "kind", "verdict")]
        rows = [
            [row["office"], row["date"], t(f"plan.kind.{row['kind']}", lang), row["message"]]
            for row in disclosure_rows(timeline, lang)
        ]
        parts += ["", _heading("disclosures", lang), aligned([head, *rows])]
    return "\n".join([*parts, "", t("plan.table.disclaimer", lang), ""])


def to_csv(timeline: Timeline, lang: Lang) -> str:
    """The deadlines, one a row; the first row holds stable English column names."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["id", "title", "office", "nominal_date", "date", "rule", "certain", "status", "remark"])
    for item in timeline.deadlines:
        table.writerow(
            [
                item.id, item_name(item.id, lang), item.office,
                item.nominal_date.isoformat(), item.date.isoformat(),
                rule(item.rule, lang), str(item.certain).lower(), item.status, remark(item, lang),
            ]
        )  # fmt: skip
    return out.getvalue()


OFFICE_COLUMNS = (
    "code", "name", "route", "through", "months", "months_chapter_ii", "extension", "restoration",
    "reinstatement", "grace_months", "grace_counted_from", "grace_condition", "grace_confirmed", "languages",
    "weekly_closing_days", "note", "source", "as_of", "confirmed",
)  # fmt: skip
SHORT_COLUMNS = (
    "code",
    "name",
    "route",
    "months",
    "restoration",
    "grace_months",
    "languages",
    "as_of",
    "source",
    "extension",
)


def offices_json(lang: Lang) -> str:
    """The table of offices as a JSON list; keys are stable, words are in ``lang``, unknown facts are null."""
    return json.dumps(_offices(lang), ensure_ascii=False, indent=2)


def offices_csv(lang: Lang) -> str:
    """The table of offices as CSV with the keys of the JSON list as column names."""
    out = io.StringIO()
    table = csv.DictWriter(out, OFFICE_COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in _offices(lang):
        table.writerow({name: "; ".join(v) if isinstance(v, list) else v for name, v in row.items()})
    return out.getvalue()


def offices_table(lang: Lang) -> str:
    """The main columns of the table of offices as aligned text. ``?`` marks what is to be confirmed."""
    rows = [[t(f"plan.offices.{name}", lang) for name in SHORT_COLUMNS]]
    for row in _offices(lang):
        through = f" ({row['through']})" if row["through"] else ""
        doubt = "" if row["grace_confirmed"] else "?"
        shown = {
            **row,
            "route": t(f"plan.offices.route_{row['route']}", lang) + through,
            "restoration": t(f"plan.offices.restoration_{row['restoration']}", lang),
            "languages": t("list.comma", lang).join(row["languages"]),
            "grace_months": f"{row['grace_months']}{doubt}" if row["grace_months"] else "",
            "as_of": _fact("as_of", row["as_of"], lang) + ("" if row["confirmed"] else "?"),
            "source": source(row["source"].partition(";")[0], lang),
        }
        rows.append(["" if shown[name] is None else str(shown[name]) for name in SHORT_COLUMNS])
    return "\n".join([aligned(rows), "", t("plan.offices.doubt", lang), t("plan.table.disclaimer", lang), ""])


def _offices(lang: Lang) -> list[dict[str, Any]]:
    rows = []
    for entry in offices().values():
        extension, grace = entry.extension, entry.grace
        values = (
            entry.code, entry.named(lang), entry.route, entry.through, entry.chapter_i, entry.chapter_ii,
            dict(extension.condition)[lang] if extension else None, entry.restoration_designated,
            entry.reinstatement, grace.months, grace.counted_from if grace.months else None,
            dict(grace.condition).get(lang), grace.confirmed,
            [t(f"plan.language.{code}", lang) for code in entry.languages],
            list(entry.weekly or ("sat", "sun")), dict(entry.note).get(lang), entry.source, entry.as_of,
            entry.confirmed,
        )  # fmt: skip
        rows.append(dict(zip(OFFICE_COLUMNS, values, strict=True)))
    return rows


def _fact(name: str, value: str, lang: Lang) -> str:
    comma = t("list.comma", lang)
    if name == "country":  # any country, in the table of offices or not
        return office_name(value, lang) if value in offices() else value
    if name in ("office", "through"):
        return office_name(value, lang)
    if name in ("offices", "keep"):
        named = "{}（{}）" if lang == "zh" else "{} ({})"
        short = (office_name(code, lang).partition(" (")[0] for code in value.split(","))  # the code says the rest
        return comma.join(named.format(name, code) for name, code in zip(short, value.split(","), strict=True))
    if name == "closed_days":  # 2026-10-10:weekly,2026-10-12:columbus_day
        pairs = (part.split(":") for part in value.split(","))
        shown = "{}（{}）" if lang == "zh" else "{} ({})"
        told = (
            shown.format(day, _weekday(day, lang) if why == "weekly" else day_name(why, lang)) for day, why in pairs
        )
        return t("plan.and_on", lang).join(told)
    if name == "worked_day":
        return _weekday(value, lang)
    if name == "items":
        return comma.join(item_name(id, lang) for id in value.split(","))
    if name == "kinds":
        return comma.join(t(f"plan.kind.{kind}", lang) for kind in value.split(","))
    if name == "languages":
        return t("list.or", lang).join(t(f"plan.language.{code}", lang) for code in value.split(","))
    if name == "day":
        return day_name(value, lang)
    if name == "source_of":
        return source(offices()[value].source, lang)
    if name == "as_of":
        return t("plan.undated", lang) if value == "undated" else value
    if name == "condition_of":
        extension = offices()[value].extension
        return dict(extension.condition)[lang] if extension else ""
    return value


def _weekday(day: str, lang: Lang) -> str:
    return day_name(WEEKDAYS[date.fromisoformat(day).weekday()], lang)


def _heading(name: str, lang: Lang) -> str:
    text = t(f"plan.table.{name}", lang)
    return f"{text}\n{'-' * width(text)}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of plain text; Chinese characters take two places."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(pad(cell, columns) for cell, columns in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
