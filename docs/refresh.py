"""Write the worked examples of the READMEs anew from the program's real output: `python docs/refresh.py`.

`tests/test_docs.py` fails when a README shows something else than the program says.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from patentprep.assessment import assess
from patentprep.report import to_text
from patentprep.structure import read_draft

ROOT = Path(__file__).parent.parent
EXAMPLES = {"README.md": ("drone-crop-gaps-en.docx", "en"), "README.zh.md": ("memory-scheduling-zh.md", "zh")}
MOST_LINES = 44
MARKS = re.compile(r"(<!-- example:start -->\n).*?(<!-- example:end -->)", re.DOTALL)


def example(sample: str, lang: str) -> str:
    """A command and the beginning of what it prints, as Markdown."""
    draft = read_draft(ROOT / "data" / "samples" / sample)
    lines = to_text(assess(draft), "zh" if lang == "zh" else "en").splitlines()
    shown = [line.rstrip() for line in lines[:MOST_LINES]]
    rest = len(lines) - MOST_LINES
    more = {"en": f"... ({rest} more lines)", "zh": f"……（另有{rest}行）"}[lang]
    return "\n".join(["```", f"$ patentprep check data/samples/{sample}", *shown, more, "```"]) + "\n"


def refreshed(name: str) -> str:
    """The README with its example written anew."""
    text = (ROOT / name).read_text(encoding="utf-8")
    body = example(*EXAMPLES[name])
    return MARKS.sub(lambda found: found.group(1) + body + found.group(2), text)


def main() -> int:
    for name in EXAMPLES:
        (ROOT / name).write_text(refreshed(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
