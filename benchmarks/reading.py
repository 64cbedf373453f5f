"""How much slower ``read_document`` is than bare PDFium: python benchmarks/reading.py FILE.pdf [ROUNDS]."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import pypdfium2

from patentprep.read import read_document


def bare(data: bytes) -> int:
    """Characters of all pages as PDFium gives them."""
    document = pypdfium2.PdfDocument(data)
    characters = 0
    for index in range(len(document)):
        page = document[index]
        textpage = page.get_textpage()
        characters += len(textpage.get_text_bounded())
        textpage.close()
        page.close()
    document.close()
    return characters


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    data = Path(arguments[0]).read_bytes()
    rounds = int(arguments[1]) if len(arguments) > 1 else 7
    pages = len(read_document(data, arguments[0]).pages)  # also loads the libraries
    bare(data)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):  # alternating, so that other work on the machine hits both alike
        start = time.perf_counter()
        bare(data)
        middle = time.perf_counter()
        read_document(data, arguments[0])
        times[0].append(middle - start)
        times[1].append(time.perf_counter() - middle)
    low, ours = (min(measured) for measured in times)
    typical = statistics.median(b / a for a, b in zip(*times, strict=True))
    print(f"pypdfium2      {low:8.3f} s  {pages / low:8.1f} pages/s")
    print(f"read_document  {ours:8.3f} s  {pages / ours:8.1f} pages/s")
    print(f"ratio          {ours / low:8.2f}    median of pairs {typical:.2f}, best of {rounds}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
