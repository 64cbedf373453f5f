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
    lines += [f"SHA-256 {c['old']['sha256']}", f"SHA-256 {c['new']['sha256']}", ""]
    return "\n".join(lines)


def _art_33(c: dict[str, Any], lang: Lang) -> list[str]:
    lines: list[str] = []
    for name in ("beyond", "lost"):
        lines += ["", t(f"compare.heading.{name}", lang)]
        found = c[name]
        lines += wrap(t(f"compare.{name}_{'why' if found['matter'] else 'none'}", lang), "  ")
        for m in found["matter"]:
            lines += wrap(t("list.comma", lang).join(m["points"] or [t("compare.claim_words", lang)]), "  - ", "    ")
            if m["runs"]:
                runs = m["runs"]
                if name == "lost":  # there "added" is what the newer version does not say any more
                    runs = [
                        r | {"op": "removed" if r["op"] == "added" else r["op"]} for r in runs if r["op"] != "removed"
                    ]
                text = _marked(runs)
            else:
                text = f"{{+{_flat(m['quote'])}+}}" if name == "beyond" else f"[-{_flat(m['quote'])}-]"
            lines += wrap(text + _place(m, lang), "    ", "    ")
        if found["more"]:
            lines += wrap(t(f"compare.{name}_more", lang, count=len(found["more"])), "  ")
        if name == "beyond":
            lines += wrap(t("compare.beyond_law", lang), "  ")
    return lines


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
