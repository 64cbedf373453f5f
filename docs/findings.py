"""Findings gained and lost on the sample drafts: `python docs/findings.py [--check]`.

`docs/findings.txt` lists what the program finds in `data/samples`: a line for each sentence shown as evidence, each red
flag and the status of each requirement. A change to cues, corpus or models rewrites it, so that a pull request shows
what it gains and loses. With `--check` nothing is written, and a difference is an error.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from patentprep.assessment import assess
from patentprep.structure import read_draft

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs" / "findings.txt"
QUOTE = 60  # characters of a sentence, enough to know it by


def found(name: str) -> list[str]:
    """The findings in one sample, in the order of the checklist and of the text."""
    result = assess(read_draft(ROOT / "data" / "samples" / name))
    lines = [f"{name} | eligibility: {result.eligibility.verdict}"]
    for requirement in result.requirements:
        lines.append(f"{name} | {requirement.id}: {requirement.status}")
        quotes = {(e.start, e.strength, e.element, e.quote) for one in requirement.elements for e in one.evidence}
        lines += [
            f"{name} | {requirement.id} | {element} {strength} | {' '.join(quote.split())[:QUOTE]}"
            for _, strength, element, quote in sorted(quotes)
        ]
    return lines


def listing() -> str:
    drafts = sorted(
        p.name for p in (ROOT / "data" / "samples").iterdir() if p.suffix in (".md", ".docx", ".pdf", ".txt")
    )
    return "\n".join(line for name in drafts for line in found(name)) + "\n"


def main(arguments: list[str]) -> int:
    old, new = LIST.read_text(encoding="utf-8") if LIST.exists() else "", listing()
    changes = [
        line
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), n=0)
        if line[:2] not in ("--", "++", "@@")
    ]
    for title, mark in (("Gained", "+"), ("Lost", "-")):
        own = [line[1:] for line in changes if line[0] == mark]
        print(f"{title}: {len(own)}", *(f"  {line}" for line in own), sep="\n")  # noqa: T201
    if "--check" in arguments:
        return int(old != new)
    LIST.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
