"""The claims as a tree: what depends on what, what speaks for each, and what is wrong with its form."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from markupsafe import Markup

from patentprep.checklist import SEVERITIES
from patentprep.palette import SHAPES
from patentprep.strings import t
from patentprep.ui import html
from patentprep.ui.desk import lang, w
from patentprep.ui.heat import STRENGTHS, strongest
from patentprep.ui.review import short

Report = dict[str, Any]
Claim = dict[str, Any]
SHOWN = 80  # characters of a claim
MOST_OPEN = 15  # with more claims than that the tree starts folded
MOST_DEEP = 8  # indents; what depends on more stands at the last one
VERDICTS = {"technical_solution": "●", "pure_algorithm": "○", "uncertain": "◐"}


def tree(report: Report) -> Markup:
    """Every claim once: independent and wrongly dependent ones at the root, the others below the claim they use."""
    claims: list[Claim] = report["draft"]["claims"]
    if not claims:
        return Markup('<p class="pp-calm">{}</p>').format(w("views.claims.none"))
    first: dict[int, int] = {}
    for index, claim in enumerate(claims):
        first.setdefault(claim["number"], index)
    circles = _circles(claims, first)
    above = [None if index in circles else _parent(claim, first) for index, claim in enumerate(claims)]
    # A claim can only hang below a smaller number, so nothing goes round; from the last number up, all below is known.
    order = sorted(range(len(claims)), key=lambda n: (claims[n]["number"], n))
    depth: dict[int, int] = {}
    hangs: dict[int, int | None] = {}
    for index in order:
        parent = above[index]
        while parent is not None and depth[parent] >= MOST_DEEP:
            parent = hangs[parent]
        hangs[index] = parent
        depth[index] = 0 if parent is None else depth[parent] + 1
    evidence, findings = _evidence(report), _findings(report)
    verdicts = {c["number"]: c for c in report["eligibility"]["claims"]}
    below: dict[int, list[Markup]] = defaultdict(list)
    many: dict[int, int] = defaultdict(int)
    wrong: dict[int, int] = defaultdict(int)
    roots: list[Markup] = []
    for index in reversed(order):
        claim, parent = claims[index], hangs[index]
        line = _line(claim, claims[parent]["number"] if parent is not None else None, first, circles.get(index, []),
                     verdicts.get(claim["number"]) if claim["independent"] else None,
                     evidence.get(index, []), findings.get(index, []))  # fmt: skip
        node = _node(line, below.pop(index, [])[::-1], many[index], wrong[index], unfolded=len(claims) <= MOST_OPEN)
        if parent is None:
            roots.append(node)
        else:
            below[parent].append(node)
            many[parent] += many[index] + 1
            wrong[parent] += wrong[index] + (index in findings)
    return Markup('<div class="pp-tree"><ul aria-label="{}">{}</ul>{}</div>').format(
        w("views.claims.label"), Markup("").join(reversed(roots)), _key(report, evidence)
    )


def _parent(claim: Claim, first: dict[int, int]) -> int | None:
    """The claim it hangs below: the first it depends on that stands before it in number."""
    if claim["independent"]:
        return None
    return next((first[n] for n in claim["depends_on"] if n in first and n < claim["number"]), None)


def _circles(claims: list[Claim], first: dict[int, int]) -> dict[int, list[int]]:
    """For each claim that depends on itself by way of others, the numbers on the way round."""
    circles: dict[int, list[int]] = {}
    for index, claim in enumerate(claims):
        if index in circles or all(n <= claim["number"] for n in claim["depends_on"]):
            continue  # every circle has a step to a later claim: begin there
        came: dict[int, int] = {}
        waiting = [index]
        while waiting:
            at = waiting.pop()
            for number in claims[at]["depends_on"]:
                to = first.get(number)
                if to is not None and to != at and to not in came:
                    came[to] = at
                    waiting.append(to)
        if index in came:
            way = [index]
            while came[way[-1]] != index:
                way.append(came[way[-1]])
            for on_it in way:
                circles.setdefault(on_it, sorted(claims[n]["number"] for n in way))
    return circles


def _at(claims: list[Claim], start: int) -> int | None:
    return next((n for n, c in enumerate(claims) if c["start"] <= start < c["end"]), None)


def _evidence(report: Report) -> dict[int, list[tuple[dict[str, Any], str, list[int]]]]:
    """By claim: requirement, the weightiest strength of what is quoted in it, and where that starts."""
    found: dict[int, list[tuple[dict[str, Any], str, list[int]]]] = defaultdict(list)
    for requirement in report["requirements"]:
        within: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for start, strength in strongest(requirement, report).items():
            claim = _at(report["draft"]["claims"], start)
            if claim is not None:
                within[claim][strength].append(start)
        for claim, by_strength in within.items():
            order = ("red_flag", *STRENGTHS)
            strength = next(s for s in order if s in by_strength)
            found[claim].append((requirement, strength, by_strength[strength]))
    return found


def _findings(report: Report) -> dict[int, list[dict[str, Any]]]:
    """The findings of form by claim, the weightiest first."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for finding in sorted(report["findings"], key=lambda f: SEVERITIES.index(f["severity"])):
        if finding["start"] is not None and not finding["rule"].startswith("ethics/"):
            claim = _at(report["draft"]["claims"], finding["start"])
            if claim is not None:
                found[claim].append(finding)
    return found


def _line(
    claim: Claim,
    parent: int | None,
    first: dict[int, int],
    circle: list[int],
    verdict: dict[str, Any] | None,
    evidence: list[tuple[dict[str, Any], str, list[int]]],
    findings: list[dict[str, Any]],
) -> Markup:
    facts = [w(f"views.claims.category.{claim['category']}")]
    if claim["independent"]:
        facts.append(w("views.claims.independent"))
    facts += _depends(claim, parent, first)
    mark = Markup("")
    if verdict:
        mark = Markup('<span class="pp-verdict-{}"><i aria-hidden="true">{}</i> {}</span>').format(
            verdict["verdict"], VERDICTS[verdict["verdict"]], t(f"report.verdict_short.{verdict['verdict']}", lang())
        )
    broken = [Markup('<span class="pp-late">{}</span>').format(words) for words in _broken(claim, first, circle)]
    return Markup(
        '<span class="pp-claim-no">{}</span><span class="pp-claim-words"><a role="button" tabindex="0" data-goto="{}">'
        '{}</a><span class="pp-claim-facts"><span>{}</span>{}{}{}</span>{}</span>'
    ).format(
        claim["number"],
        claim["start"],
        short(claim["text"], SHOWN),
        " · ".join(facts),
        mark,
        Markup("").join(broken),
        Markup("").join(_chip(*item) for item in evidence),
        _defects(findings),
    )


def _depends(claim: Claim, parent: int | None, first: dict[int, int]) -> list[str]:
    """What it depends on besides the claim it stands below; all of it where it stands elsewhere."""
    good = [n for n in dict.fromkeys(claim["depends_on"]) if n in first and n < claim["number"]]
    if not good:
        return []
    comma = t("list.comma", lang())
    if claim["independent"]:
        return [w("views.claims.refers", numbers=_numbers(good, comma))]
    if parent != good[0]:
        return [w("views.claims.on", numbers=_numbers(good, comma))]
    return [w("views.claims.also", numbers=_numbers(good[1:], comma))] if len(good) > 1 else []


def _numbers(numbers: list[int], comma: str) -> str:
    """``[1, 2, 3, 7]`` as ``1–3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}{'–' if len(run) > 2 else comma}{run[-1]}" for run in runs]
    return comma.join(parts)


def _broken(claim: Claim, first: dict[int, int], circle: list[int]) -> list[str]:
    comma = t("list.comma", lang())
    on = list(dict.fromkeys(claim["depends_on"]))
    words = []
    if missing := [n for n in on if n not in first]:
        words.append(w("views.claims.missing", numbers=_numbers(missing, comma)))
    if claim["number"] in on:
        words.append(w("views.claims.self"))
    if later := [n for n in on if n in first and n > claim["number"]]:
        words.append(w("views.claims.forward", numbers=_numbers(later, comma)))
    if circle:
        words.append(w("views.claims.loop", numbers=comma.join(map(str, circle))))
    return words


def _abbreviation(requirement: dict[str, Any]) -> str:
    """The letters that its elements' ids begin with: TS, TE, MC, DS, TM, ET."""
    named = requirement["elements"][0]["id"].rstrip("0123456789") if requirement["elements"] else ""
    return named or str(requirement["title"])


def _chip(requirement: dict[str, Any], strength: str, starts: list[int]) -> Markup:
    key = {"substantive": "evidence", "vague": "evidence_vague", "red_flag": "evidence_red_flag"}[strength]
    words = w(f"views.claims.{key}", requirement=requirement["title"], count=len(starts))
    return Markup(
        '<a class="pp-{} pp-chip pp-tag pp-is-{} pp-step-2" role="button" tabindex="0" data-goto="{}" title="{}" '
        'aria-label="{}">{} {}</a>'
    ).format(requirement["id"], strength, starts[0], words, words, _abbreviation(requirement), len(starts))


def _defects(findings: list[dict[str, Any]]) -> Markup:
    rows: dict[str, Markup] = {}
    for finding in findings:
        rows.setdefault(
            finding["rule"],
            Markup(
                '<a class="pp-defect pp-sev-{}" role="button" tabindex="0" data-goto="{}" title="{}">'
                '<i aria-hidden="true">{}</i> <span class="pp-sev">{}</span> {}</a>'
            ).format(
                finding["severity"],
                finding["start"],
                finding["message"],
                html.SIGNS[finding["severity"]],
                t(f"report.severity.{finding['severity']}", lang()),
                finding["title"],
            ),
        )
    return Markup("").join(rows.values())


def _node(line: Markup, below: list[Markup], many: int, wrong: int, *, unfolded: bool) -> Markup:
    if not below:
        return Markup('<li><div class="pp-leaf">{}</div></li>').format(line)
    words = w("views.claims.below", count=many)
    if wrong:
        words = t("list.comma", lang()).join([words, w("views.claims.below_findings", count=wrong)])
    return Markup(
        '<li><details{}><summary>{} <span class="pp-below">{}</span></summary><ul>{}</ul></details></li>'
    ).format(Markup(" open") if unfolded else Markup(""), line, words, Markup("").join(below))


def _key(report: Report, evidence: dict[int, list[tuple[dict[str, Any], str, list[int]]]]) -> Markup:
    """The names behind the marks; only of those that occur."""
    occurring = {requirement["id"] for found in evidence.values() for requirement, _, _ in found}
    names = [
        Markup('<span><i class="pp-{} pp-chip pp-tag pp-is-substantive pp-step-2">{}</i> {} {}</span>').format(
            r["id"], _abbreviation(r), Markup('<i aria-hidden="true">{}</i>').format(SHAPES[r["status"]]), r["title"]
        )
        for r in report["requirements"]
        if r["id"] in occurring
    ]
    if not names:
        return Markup("")
    return Markup('<p class="pp-tree-key">{} {}</p>').format(w("views.claims.key"), Markup(" ").join(names))
