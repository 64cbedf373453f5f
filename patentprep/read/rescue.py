"""Run as a program: a PDF on standard input, its text as JSON on standard output, by pypdf."""

from __future__ import annotations

import io
import json
import logging
import sys


def main() -> int:
    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        answer: dict[str, object] = {"locked": True}
    else:
        answer = {"pages": [page.extract_text() for page in reader.pages[:2_000]]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception:  # whatever is wrong with the file, the caller only needs to know that this did not work
        sys.exit(1)
