"""One command run in this process, and what it answered: for the tests of the command line."""

import io
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from patentprep.cli import main

Run = Callable[..., "Answer"]


class Answer(SimpleNamespace):
    status: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.status in (0, 1), self.err
        return json.loads(self.out)

    def rows(self) -> list[dict[str, Any]]:
        assert self.status == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]


def runner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with its words; ``stdin`` holds the bytes of standard input."""

    def go(*words: object, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        try:
            status = main([str(word) for word in words])
        except SystemExit as stopped:  # argparse
            status = int(stopped.code or 0)
        out, err = capsys.readouterr()
        return Answer(status=status, out=out, err=err)

    return go


def one_line(answer: Answer, *words: str) -> str:
    """Bad input: status 2, nothing on standard output, one clear line that holds the words."""
    assert answer.status == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    (line,) = answer.err.strip().splitlines()
    assert line.startswith("patentprep"), line
    assert "{" not in line.replace('{"id": "...", "text": "..."', "")
    for word in words:
        assert word in line
    return line
