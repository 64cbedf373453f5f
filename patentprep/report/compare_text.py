"""``compare --format text``: the comparison for a terminal, plain text in 96 columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patentprep.model import Lang
from patentprep.palette import SHAPES
from patentprep.report.as_text import wrap
from patentprep.strings import t

MOST_LISTED = 5  # sentences of evidence written out per requirement


def to_text(c: dict[str, Any], lang: Lang) -> str:
    """A comparison, as ``comparison_dict`` gives it, as plain text."""
    lines = wrap(c["new"]["title"] or c["old"]["title"] or t("report.untitled", lang))
    lines += wrap(t("compare.from_to", lang, old=c["old"]["path"], new=c["new"]["path"]))
    lines.append("")
    for warning in c["warnings"]:
        lines += wrap("! " + warning)
    levels = {name: t(f"report.level.{c['readiness'][name]}", lang) for name in ("then", "now")}
    lines += wrap(f"{t('compare.level', lang, **levels)}  {c['summary']}")
    if c["opened"]:
        lines += ["", t("compare.heading.opened", lang)]
        for e in c["opened"]:
            lines += _element_lines(e, lang, e["evidence_then"])
    if c["unlike"] != "language":
        lines += _art_33(c, lang)
    lines += ["", t("compare.heading.requirements", lang)]
    for r in c["requirements"]:
        lines += _requirement(r, lang)
    if c["unlike"] != "language":
        lines += _claim_lines(c, lang)
    lines += ["", t("compare.heading.eligibility", lang), *wrap(c["eligibility"]["words"], "  ")]
    for claim in c["eligibility"]["claims"]:
        lines += wrap(
            t(
                "compare.line",
                lang,
                label=t("compare.claim.number", lang, number=claim["number"]),
                words=claim["words"],
            ),
            "    ",
            "      ",
        )
    lines += wrap(t("compare.eligibility_note", lang), "  ")
    lines += ["", t("compare.heading.findings", lang)]
    for name in ("gone", "new"):
        for finding in c["findings"][name]:
            head = f"{t(f'compare.findings_{name}', lang)} [{t('report.severity.' + finding['severity'], lang)}]"
            lines += wrap(f"{head} {finding['message']} ({finding['provision']})", "  ", "    ")
            if finding["quote"]:
                lines += wrap(_short(finding["quote"]), "    > ", "      ")
    lines += wrap(t("compare.findings_left", lang, count=c["findings"]["left"]), "  ")
    if c["text_changes"]:
        lines += ["", t("compare.heading.text", lang)]
        for change in c["text_changes"]:
            lines += wrap(t("list.comma", lang).join(change["titles"]), "  ")
            lines += wrap(_marked(change["runs"]) + _place(change, lang), "    ", "    ")
    lines += ["", *wrap(t("compare.key", lang)), *wrap(c["notice"])]
    lines += wrap(f"{c['law']} · patentprep {c['patentprep']['version']} · {c['patentprep']['model']}")
    for name in ("old", "new"):
        lines += [*wrap(t(f"compare.file.{name}", lang, name=c[name]["path"])), f"  SHA-256 {c[name]['sha256']}"]
    return "\n".join([*lines, ""])


def _art_33(c: dict[str, Any], lang: Lang) -> list[str]:
    beyond, lost = c["beyond"], c["lost"]
    lines = ["", t("compare.heading.beyond", lang)]
    lines += wrap(t(f"compare.beyond_{'why' if beyond['matter'] else 'none'}", lang), "  ")
    for m in beyond["matter"]:
        lines += _matter(m, _marked(m["runs"]) or f"{{+{_flat(m['quote'])}+}}", lang)
    if beyond["more"]:
        lines += wrap(t("compare.beyond_more", lang, count=len(beyond["more"])), "  ")
    lines += wrap(t("compare.beyond_law", lang), "  ")

    gone, changed = ([m for m in lost["matter"] if m["changed"] == is_changed] for is_changed in (False, True))
    lines += ["", t("compare.heading.lost", lang)]
    lines += wrap(t(f"compare.lost_{'why' if gone else 'none'}", lang), "  ")
    for m in gone:
        lines += _matter(m, _marked(gone_runs(m)) or f"[-{_flat(m['quote'])}-]", lang)
    if changed:
        lines += wrap(t("compare.lost_changed", lang), "  ")
    for m in changed:
        lines += _matter(m, _marked(gone_runs(m)), lang)
    for key, is_changed in (("lost_more", False), ("lost_more_changed", True)):
        if count := sum(m["changed"] == is_changed for m in lost["more"]):
            lines += wrap(t(f"compare.{key}", lang, count=count), "  ")
    return lines


def _matter(m: dict[str, Any], words: str, lang: Lang) -> list[str]:
    about = t("list.comma", lang).join(m["points"] or [t("compare.claim_words", lang)])
    if m["changed"]:
        about = t("compare.line", lang, label=t("compare.value", lang), words=about)
    return [*wrap(about, "  - ", "    "), *wrap(words + _place(m, lang), "    ", "    ")]


def gone_runs(m: dict[str, Any]) -> list[dict[str, Any]]:
    """The runs of what was lost as they are read: what the newer text does not say any more is "removed".

    What the newer text says instead is shown where only a value was changed, behind the old one.
    """
    shown: list[dict[str, Any]] = []
    for run in m["runs"]:
        if run["op"] == "added":
            before = len(shown) - (bool(shown) and shown[-1]["op"] == "added")
            shown.insert(before, run | {"op": "removed"})
        elif run["op"] == "same":
            shown.append(run)
        elif m["changed"]:
            shown.append(run | {"op": "added"})
    return shown


def _requirement(r: dict[str, Any], lang: Lang) -> list[str]:
    then, now = (f"{SHAPES[r[name]]} {t('report.status.' + r[name], lang)}" for name in ("then", "now"))
    lines = wrap(f"{r['title']}  {then} → {now}", "  ", "    ")
    for e in r["elements"]:
        if e["change"] not in ("kept", "not_asked", "still_open"):
            lines += _element_lines(e, lang, e["evidence_now"] if e["change"] == "closed" else None)
    still = t("list.comma", lang).join(f"{e['id']} {e['title']}" for e in r["elements"] if e["change"] == "still_open")
    if still:
        lines += wrap(f"{t('compare.change.still_open', lang)}  {still}", "      ", "        ")
    for name, label in (("gained", "compare.gained"), ("lost", "compare.lost_evidence")):
        found = r[name]
        if found:
            lines += wrap(t(label, lang, count=len(found)), "      ")
        for s in found[:MOST_LISTED]:
            how = "" if s["how"] == "whole" else f" · {t('compare.' + s['how'], lang)}"
            lines += wrap(
                f"“{_short(s['quote'])}”{_place(s, lang)} {' '.join(s['elements'])}{how}", "        ", "        "
            )
        if len(found) > MOST_LISTED:
            lines += wrap(t("compare.more", lang, count=len(found) - MOST_LISTED), "        ")
    return lines


def _element_lines(e: dict[str, Any], lang: Lang, evidence: dict[str, Any] | None) -> list[str]:
    line = f"{t('compare.change.' + e['change'], lang)}  {e['id']} {e['title']}"
    if e["then"] != e["now"]:
        line += f" ({t('report.element.' + e['then'], lang)} → {t('report.element.' + e['now'], lang)})"
    lines = wrap(line, "      ", "        ")
    if evidence:
        lines += wrap(f"“{_short(evidence['quote'])}”{_place(evidence, lang)}", "        ", "        ")
    return lines


def _claim_lines(c: dict[str, Any], lang: Lang) -> list[str]:
    lines = ["", t("compare.heading.claims", lang)]
    lines += wrap(c["claims_summary"] if c["claims"] else t("compare.claims_none", lang), "  ")
    for claim in c["claims"]:
        if claim["became"] == "same":
            continue
        lines += wrap(t("compare.line", lang, label=claim["label"], words=claim["words"]), "  ", "    ")
        if claim["runs"]:
            lines += wrap(_marked(claim["runs"]), "    ", "    ")
        elif claim["became"] != "renumbered":
            lines += wrap(_short(claim["text"], 300), "    ", "    ")
    return lines


def _marked(runs: Iterable[dict[str, Any]]) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return _flat("".join(marks[run["op"]].format(run["text"]) for run in runs))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, most: int = 160) -> str:
    flat = _flat(text)
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def _place(item: dict[str, Any], lang: Lang) -> str:
    parts = [t("compare.claim.number", lang, number=item["claim"])] if item.get("claim") else []
    parts += [t("report.page", lang, page=item["page"])] if item["page"] else []
    parts += [item["paragraph"]] if item["paragraph"] else []
    return f" ({' '.join(parts)})" if parts else ""
