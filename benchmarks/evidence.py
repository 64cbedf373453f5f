"""How long evidence takes: `python benchmarks/evidence.py`, in a fresh process each.

1. A draft of 500 sentences, none like another, assessed for the first time (models loaded), and again after one
   sentence has changed.
2. 1,000 passages through ``patentprep evidence``, start-up included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from patentprep import assess, encoder, evidence, read_draft
from patentprep.eligibility import load_model
from patentprep.training.build import evidence_rows

SENTENCES, PASSAGES = 500, 1000


def draft(language: str) -> str:
    """A draft of the corpus's own sentences, under the usual headings."""
    texts = [row["text"] for row in evidence_rows() if row["language"] == language]
    chosen = [text.rstrip("。.;；") + ("。" if language == "zh" else ".") for text in texts[:: len(texts) // SENTENCES]]
    heads = {
        "zh": ("背景技术", "发明内容", "具体实施方式"),
        "en": ("Background", "Summary", "Detailed description"),
    }[language]
    cut = [0, 60, 120, SENTENCES]
    parts = [(head, chosen[a:b]) for head, a, b in zip(heads, cut, cut[1:], strict=False)]
    return "\n\n".join("\n".join([head, *sentences]) for head, sentences in parts)


def timed(text: str) -> float:
    start = time.perf_counter()
    assess(read_draft(text.encode(), "draft.md"))
    return time.perf_counter() - start


def main() -> None:
    for language in ("zh", "en"):
        evidence.load_model(), load_model(), encoder.load()
        text = draft(language)
        first = timed(text)
        words = {"zh": ("训练", "再训练"), "en": ("training", "repeated training")}[language]
        again = timed(text.replace(*words, 1))
        count = len(read_draft(text.encode(), "draft.md").sentences)
        print(f"{language}: {count} sentences, first {first:.2f} s, after one change {again:.2f} s")
    rows = evidence_rows()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passages.jsonl"
        texts = [row["text"] for row in rows[:: len(rows) // PASSAGES]]
        lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts)]
        path.write_text("\n".join(lines[:PASSAGES]), encoding="utf-8")
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "patentprep", "evidence", str(path)], check=True, capture_output=True)
        print(f"patentprep evidence: {PASSAGES} passages in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
