"""The Check page's HTML, written from the report's dictionary: the draft with its evidence, the margin beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from patentprep.model import Document
from patentprep.palette import SHAPES
from patentprep.report.as_html import marks
from patentprep.strings import t
from patentprep.ui import html
from patentprep.ui.desk import lang, shown_name, w

Report = dict[str, Any]
CARD_QUOTE, QUOTE = 90, 240  # characters shown of a quote on a card, and below an element
MOST_REASONS, MOST_PLACES = 4, 3  # shown at first


def place(item: dict[str, Any]) -> str:
    """Where a quote stands: "p. 3 [0012]"."""
    page = t("report.page", lang(), page=item["page"]) if item.get("page") else ""
    return " ".join(part for part in (page, item.get("paragraph") or "") if part)


def short(text: str, most: int) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def quote(item: dict[str, Any], most: int = QUOTE) -> Markup:
    """A quote that brings the draft to its place."""
    where = Markup(' <span class="pp-place">{}</span>').format(place(item)) if place(item) else ""
    return Markup('<blockquote class="pp-quote" role="button" tabindex="0" data-goto="{}">{}{}</blockquote>').format(
        item["start"], short(item["quote"], most), where
    )


# --- the draft -------------------------------------------------------------------------------------------


def _elements_at(report: Report) -> dict[int, list[tuple[str, str]]]:
    """Which elements a marked sentence speaks to: by where it starts, (id, title)."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for finding in report["findings"]:
        if finding["rule"].startswith("ethics/") and finding["start"] is not None:
            found[finding["start"]].append((finding["rule"].replace("/", "-"), finding["title"]))
    for requirement in report["requirements"]:
        for element in requirement["elements"]:
            for item in element["evidence"]:
                found[item["start"]].append((element["id"], f"{requirement['title']} · {element['title']}"))
    return found


def draft_pane(document: Document, report: Report) -> Markup:
    """The draft's text, typeset, every line with its offset and every piece of evidence marked."""
    text = document.text
    marked, elements = marks(report), _elements_at(report)
    starts = [mark[0] for mark in marked]
    heads = {s["start"] for s in report["draft"]["sections"] if s["heading"]}
    labels = [(label.start, label.label) for label in document.labels]
    pages = [(page.start, page.number) for page in document.pages]
    lines: list[Markup] = []
    at = 0
    for line in text.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        if not line.strip():
            continue
        while pages and pages[0][0] <= start:
            lines.append(
                Markup('<div class="pp-page"><span>{}</span></div>').format(
                    t("report.page", lang(), page=pages.pop(0)[1])
                )
            )
        label = ""
        while labels and labels[0][0] <= end:
            label = labels.pop(0)[1]
        head = next((s for s in heads if start <= s <= end), None)
        pieces = _pieces(text, start, end, marked, starts, elements)
        tag = "h3" if head is not None and len(line) < 60 else "p"
        lines.append(
            Markup('<{} data-s="{}">{}{}</{}>').format(
                Markup(tag),
                start,
                Markup('<span class="pp-label">{}</span>').format(label) if label else "",
                pieces,
                Markup(tag),
            )
        )
    return Markup('<div class="pp-draft" tabindex="0" aria-label="{}">{}</div>').format(
        w("check.draft"), Markup("").join(lines)
    )


def _pieces(
    text: str,
    start: int,
    end: int,
    marked: list[tuple[int, int, str, str, str]],
    starts: list[int],
    elements: dict[int, list[tuple[str, str]]],
) -> Markup:
    parts: list[Markup | str] = []
    at = start
    index = max(bisect_right(starts, start) - 1, 0)
    while index < len(marked) and marked[index][0] < end:
        low, high, requirement, strength, title = marked[index]
        index += 1
        cut_low, cut_high = max(low, start), min(high, end)
        if cut_high <= cut_low:
            continue
        targets = elements.get(low) or [("", title)]
        parts.append(Markup.escape(text[at:cut_low]))
        parts.append(
            Markup('<mark class="pp-{} pp-is-{}" data-s="{}" data-open="{}" title="{}">{}</mark>').format(
                requirement,
                strength,
                low,
                targets[0][0],
                " / ".join(dict.fromkeys(words for _, words in targets)),
                text[cut_low:cut_high],
            )
        )
        at = cut_high
    parts.append(Markup.escape(text[at:end]))
    return Markup("").join(parts)


# --- the margin ------------------------------------------------------------------------------------------


def cards(report: Report) -> Markup:
    """Six cards, one per requirement."""
    flags = [f for f in report["findings"] if f["rule"].startswith("ethics/") and f["start"] is not None]
    return Markup('<div class="pp-cards">{}</div>').format(
        Markup("").join(_card(r, flags if r["id"] == "ethics" else []) for r in report["requirements"])
    )


def _card(requirement: dict[str, Any], flags: list[dict[str, Any]]) -> Markup:
    asked = [e for e in requirement["elements"] if e["status"] != "not_applicable"]
    found = sum(e["status"] == "found" for e in asked)
    rank = {"substantive": 1, "vague": 0, "red_flag": 0}
    best = max(
        (item for e in asked for item in e["evidence"]),
        key=lambda item: (rank[item["strength"]], item["confidence"]),
        default=None,
    )
    count = (
        Markup('<span class="pp-count">{}</span>').format(
            t("report.found_of", lang(), found=found, asked=len(asked), count=len(asked))
        )
        if asked
        else ""
    )
    if flags:
        shown = Markup(
            '<span class="pp-flags">{}</span>'
            '<span class="pp-best" data-peek="{}">{}{}{} <span class="pp-place">{}</span></span>'
        ).format(
            w("check.flags", count=len(flags)),
            flags[0]["start"],
            w("quote.open"),
            short(flags[0]["quote"], CARD_QUOTE),
            w("quote.close"),
            place(flags[0]),
        )
    elif best:
        only = w("check.only_vague") if best["strength"] == "vague" else ""
        shown = Markup(
            '<span class="pp-best" data-peek="{}"><span class="pp-place">{}</span>'
            '{}{}{} <span class="pp-place">{}</span></span>'
        ).format(best["start"], only, w("quote.open"), short(best["quote"], CARD_QUOTE), w("quote.close"), place(best))
    else:
        shown = Markup('<span class="pp-none">{}</span>').format(w(f"check.none_{requirement['status']}"))
    return Markup(
        '<details class="pp-card pp-{}" id="pp-{}"><summary><span class="pp-name">{}</span>{}{}{}</summary>'
        '<div class="pp-asks">{} {}</div>{}</details>'
    ).format(
        requirement["id"],
        requirement["id"],
        requirement["title"],
        html.state(requirement["status"], t(f"report.status.{requirement['status']}", lang())),
        shown,
        count,
        requirement["asks"],
        html.law(requirement["provision"]),
        Markup("").join([*(_flag(f) for f in flags), *(_element(e) for e in asked)]),
    )


def _flag(finding: dict[str, Any]) -> Markup:
    name = Markup('<i aria-hidden="true">{}</i> <b>{}</b>').format(html.SIGNS["fatal"], finding["title"])
    return Markup(
        '<div class="pp-element pp-flagged"><div class="pp-what">{} {}</div>{}<p class="pp-advice">{}</p></div>'
    ).format(name, html.law(finding["provision"]), quote(finding), finding["fix"])


def _element(element: dict[str, Any]) -> Markup:
    status = element["status"]
    parts = [quote(item) for item in element["evidence"]]
    if status == "vague":
        parts.append(Markup('<p class="pp-advice">{}</p>').format(element["advice"]))
    if status == "not_found":
        parts.append(Markup('<p class="pp-question">{}</p>').format(element["question"]))
        parts.append(
            Markup('<details class="pp-more"><summary>{}</summary><p>{}</p></details>').format(
                w("check.how_to_write"), element["advice"]
            )
        )
    return Markup('<div class="pp-element pp-is-{}" id="pp-{}"><div class="pp-what">{} {} {}</div>{}</div>').format(
        status,
        element["id"],
        Markup('<i aria-hidden="true">{}</i> <b>{}</b>').format(SHAPES[status], element["title"]),
        Markup('<span class="pp-place">{} · {}</span>').format(element["id"], t(f"report.element.{status}", lang())),
        html.law(element["provision"]),
        Markup("").join(parts),
    )


def legend(report: Report) -> Markup:
    """What the underlines mean."""
    shown = [r for r in report["requirements"] if any(e["evidence"] for e in r["elements"])]
    strengths = {strength for _, _, _, strength, _ in marks(report)}
    keys = [Markup('<mark class="pp-{} pp-is-substantive">{}</mark>').format(r["id"], r["title"]) for r in shown]
    if "vague" in strengths:
        keys.append(Markup('<mark class="pp-legend pp-is-vague">{}</mark>').format(t("report.element.vague", lang())))
    if "red_flag" in strengths:
        keys.append(Markup('<mark class="pp-ethics pp-red_flag pp-is-red_flag">{}</mark>').format(w("check.red_flag")))
    return Markup('<p class="pp-legend-line">{}</p>').format(Markup(" ").join(keys))


def desk_view(document: Document, report: Report, pages: Markup | None = None) -> Markup:
    """Draft and margin side by side; one below the other where the page is narrow. ``pages``: pictures for the text."""
    return Markup(
        '<div class="pp-room"><div class="pp-desk"><section class="pp-left">{}{}</section>'
        '<section class="pp-right">{}</section></div></div>'
    ).format(legend(report), pages or draft_pane(document, report), cards(report))


# --- above and below -------------------------------------------------------------------------------------


def head(report: Report) -> Markup:
    """Title of the draft and the facts about the file."""
    draft = report["draft"]
    facts = [
        shown_name(draft["path"]),
        t("report.pages_count", lang(), count=draft["pages"]) if draft["pages"] else "",
        w("check.characters", count=f"{draft['characters']:,}"),
        t("report.claims_count", lang(), count=len(draft["claims"])) if draft["claims"] else w("check.no_claims"),
        w(f"language.{draft['language']}"),
    ]
    return Markup('<header class="pp-head"><h1>{}</h1><p>{}</p></header>').format(
        draft["title"] or t("report.untitled", lang()), " · ".join(fact for fact in facts if fact)
    )


def sentence(report: Report) -> Markup:
    """The readiness in a sentence, no grade."""
    readiness = report["readiness"]
    down = Markup("")
    if readiness["next_steps"]:
        down = Markup(' <a class="pp-go" role="button" tabindex="0" data-open="next">{}</a>').format(
            t("report.heading.next", lang())
        )
    return Markup('<p class="pp-sentence" data-level="{}"><b>{}</b> {}{}</p>').format(
        readiness["level"], t(f"report.level.{readiness['level']}", lang()), readiness["summary"], down
    )


def eligibility(report: Report) -> Markup:
    """The eligibility line; open, it shows the claims and the reasons."""
    verdict = report["eligibility"]
    independent = {c["number"] for c in report["draft"]["claims"] if c["independent"]}
    where = {c["number"]: c["start"] for c in report["draft"]["claims"]}
    judged = [c for c in verdict["claims"] if c["number"] in independent] or verdict["claims"]
    line = _verdict_line(verdict, judged)
    blocks = [
        _judged(
            t(
                "report.claim_verdict",
                lang(),
                number=claim["number"],
                verdict=t(f"report.verdict_short.{claim['verdict']}", lang()),
            ),
            claim,
            where.get(claim["number"]),
            first=number == 0,
        )
        for number, claim in enumerate(judged)
    ]
    if not judged:
        blocks = [_judged(w("check.as_a_whole"), verdict, None, first=True)]
    return Markup(
        '<details class="pp-eligibility pp-verdict-{}"><summary><i aria-hidden="true">{}</i> {}</summary>{}</details>'
    ).format(
        verdict["verdict"],
        {"technical_solution": "●", "pure_algorithm": "○", "uncertain": "◐"}[verdict["verdict"]],
        line,
        Markup("").join(blocks),
    )


def _verdict_line(verdict: dict[str, Any], judged: list[dict[str, Any]]) -> str:
    if not judged:
        return w("check.verdict_whole", verdict=t(f"report.verdict.{verdict['verdict']}", lang()))
    groups: dict[str, list[str]] = defaultdict(list)
    for claim in judged:
        groups[claim["verdict"]].append(str(claim["number"]))
    parts = [
        w(
            "check.verdict_claims" if len(numbers) > 1 else "check.verdict_claim",
            numbers=w("list.comma").join(numbers),
            verdict=t(f"report.verdict_short.{name}", lang()),
        )
        for name, numbers in groups.items()
    ]
    return w("check.verdict_line", claims=w("list.semicolon").join(parts))


def _judged(name: str, verdict: dict[str, Any], start: int | None, *, first: bool) -> Markup:
    link = Markup("")
    if start is not None:
        link = Markup('<a class="pp-go" role="button" tabindex="0" data-goto="{}">{}</a>').format(
            start, w("check.show")
        )
    return Markup(
        '<details class="pp-claim"{}><summary>{} <span class="pp-place">{}</span> {}</summary>{}</details>'
    ).format(
        Markup(" open") if first else Markup(""),
        name,
        t("report.probability", lang(), percent=round(100 * verdict["probability"])),
        link,
        _reasons(verdict["reasons"]),
    )


def _reasons(reasons: list[dict[str, Any]]) -> Markup:
    """What moved the verdict: the sentences by the way they pull, then what was noticed about the whole."""
    quotes: dict[str, list[Markup]] = defaultdict(list)
    notes: list[Markup] = []
    for reason in sorted(reasons, key=lambda r: -abs(r["weight"])):
        if reason["text"] and reason["start"] is not None:
            quotes[reason["note"]].append(quote({"start": reason["start"], "quote": reason["text"], "page": None}))
        else:
            pull = "towards_algorithm" if reason["weight"] > 0 else "towards_technical"
            words = [reason["note"], t(f"reason.{pull}", lang())] if reason["weight"] else [reason["note"]]
            notes.append(Markup("<li>{}</li>").format(" · ".join(words)))
    parts = [
        Markup('<p class="pp-pull">{}</p>{}').format(note, Markup("").join(found[:MOST_REASONS]))
        for note, found in quotes.items()
    ]
    if notes:
        parts.append(Markup('<ul class="pp-reasons">{}</ul>').format(Markup("").join(notes)))
    return Markup("").join(parts)


def next_steps(report: Report, steps: tuple[str, ...], turn: Sequence[str] = ()) -> Markup:
    """The three things to do next, each with one click to where it is done.

    ``turn``: the steps of the walk-through, where it is on the page; a question is answered in its step.
    """
    step_of = {e["id"]: r["id"] for r in report["requirements"] for e in r["elements"]}
    words = report["readiness"]["next_steps"]
    if not words:
        return Markup('<p class="pp-calm">{}</p>').format(t("report.nothing_urgent", lang()))
    first = {f["rule"]: f["start"] for f in reversed(report["findings"])}
    rows = []
    for step, text in zip(steps, words, strict=True):
        go = w("check.show")
        if step_of.get(step) in turn:
            link = Markup('data-turn="{}" data-open="{}"').format(turn.index(step_of[step]), step)
            go = w("walk.answer_it")
        elif "/" not in step:
            link = Markup('data-open="{}"').format(step)
        elif first.get(step) is not None:
            link = Markup('data-goto="{}"').format(first[step])
        else:
            link = Markup('data-open="{}"').format(step.replace("/", "-"))
        rows.append(
            Markup('<li><span>{}</span> <a class="pp-go" role="button" tabindex="0" {}>{}</a></li>').format(
                text, link, go
            )
        )
    return Markup('<ol class="pp-next" id="pp-next">{}</ol>').format(Markup("").join(rows))


def findings(report: Report) -> Markup:
    """Red flags and formal findings, the weightiest first, those of one rule together."""
    order = {"fatal": 0, "serious": 1, "advisory": 2}
    rules: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in sorted(report["findings"], key=lambda f: order[f["severity"]]):
        rules[finding["rule"]].append(finding)
    return Markup('<div class="pp-findings">{}</div>').format(
        Markup("").join(_rule(name, found) for name, found in rules.items())
    )


def _rule(name: str, found: list[dict[str, Any]]) -> Markup:
    """One rule: its title and provision, each place it concerns, and the smallest fix, once where it is the same."""
    first = found[0]
    one_fix = len({f["fix"] for f in found}) == 1
    places = [_place_of(f, with_fix=not one_fix) for f in found]
    if len(places) > MOST_PLACES:
        rest = Markup('<details class="pp-more"><summary>{}</summary>{}</details>').format(
            w("check.more_places", count=len(places) - MOST_PLACES), Markup("").join(places[MOST_PLACES:])
        )
        places = [*places[:MOST_PLACES], rest]
    return Markup(
        '<div class="pp-finding pp-sev-{}" id="pp-{}"><p class="pp-sev"><i aria-hidden="true">{}</i> {}</p>'
        "<div><div><b>{}</b> {}</div>{}{}</div></div>"
    ).format(
        first["severity"],
        name.replace("/", "-"),
        html.SIGNS[first["severity"]],
        t(f"report.severity.{first['severity']}", lang()),
        first["title"],
        html.law(first["provision"], name),
        Markup("").join(places),
        Markup('<p class="pp-fix">{}</p>').format(first["fix"]) if one_fix else "",
    )


def _place_of(finding: dict[str, Any], *, with_fix: bool) -> Markup:
    shown = quote(finding) if finding["quote"] and finding["start"] is not None else Markup("")
    fix = Markup('<p class="pp-fix">{}</p>').format(finding["fix"]) if with_fix else Markup("")
    return Markup('<div class="pp-where"><p>{}</p>{}{}</div>').format(finding["message"], shown, fix)
