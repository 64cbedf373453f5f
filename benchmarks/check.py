"""How long a full check takes: `python benchmarks/check.py [PDF]` (without a PDF, a 30-page draft is made).

Prints, from one run: bare PDFium extraction, reading, and a full check of the same PDF in pages per second (models
warm); then the wall clock of the whole command as a user sees it, cold, and of `patentprep --help`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reading import bare

from patentprep import assess, read_draft
from patentprep.read import read_document

REPEATS = 5
ROOT = Path(__file__).parent.parent


def thirty_pages(target: Path) -> Path:
    """A draft of 30 pages: the English sample's paragraphs, numbered on, in a typical layout."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    text = read_document(ROOT / "data" / "samples" / "ecg-ready-en.pdf").text
    style = getSampleStyleSheet()["Normal"]
    style.fontSize, style.leading = 12, 20
    paragraphs = [p for p in text.split("\n") if p.strip()]
    # No two sentences alike: what was judged once is remembered, and would look faster than a real draft.
    copies = [p.replace(". ", f", as in variant {n}. ") for n in range(1, 7) for p in paragraphs]
    body = [Paragraph(p.replace("&", "&amp;").replace("<", "&lt;"), style) for p in copies]
    SimpleDocTemplate(str(target), pagesize=A4).build(body)
    return target


def best(work: object) -> float:
    """The shortest of a few runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - start)
    return min(times)


def wall(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "patentprep", *command], capture_output=True, check=False)
    return time.perf_counter() - start


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(arguments[0]) if arguments else thirty_pages(Path(folder) / "draft.pdf")
        data = path.read_bytes()
        pages = len(read_document(data, path.name).pages)
        assess(read_draft(path))  # load the models once
        extraction = best(lambda: bare(data))
        reading = best(lambda: read_document(path))
        full = best(lambda: assess(read_draft(path)))
        print(f"{path.name}: {pages} pages, {len(read_document(path).text):,} characters")
        for name, seconds in (("bare PDFium text", extraction), ("reading", reading), ("full check, warm", full)):
            print(f"  {name:<18} {seconds:7.3f} s  {pages / seconds:8.0f} pages/s  {seconds / extraction:6.1f} x bare")
        cold = min(wall("check", str(path)) for _ in range(3))
        print(f"  command `check`    {cold:7.2f} s  from start to end, models cold")
        print(f"  command `--help`   {min(wall('--help') for _ in range(3)):7.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
