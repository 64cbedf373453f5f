"""``patentprep eligibility`` and ``evidence``: many passages in, one answer a line out."""

import json
from pathlib import Path

import pytest
from commands import Run, one_line

from patentprep.model import REQUIREMENTS

ROWS = [
    {
        "id": "a",
        "text": "训练样本来自某炼钢厂2号连铸机的热电偶记录，共8,640炉，由两名工艺员按漏钢报告逐炉标注。",
        "context": "embodiment",
    },
    {"id": 7, "text": "The processor executes instructions stored in the memory."},
]


def lines(*rows: object) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows).encode()


def test_eligibility_answers_line_by_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "e.jsonl").write_bytes(lines(*ROWS) + b"\n\n")
    answers = run("eligibility", tmp_path / "e.jsonl").rows()
    assert [row["id"] for row in answers] == ["a", 7]
    for row in answers:
        assert set(row) == {"id", "verdict", "probability"} and 0 <= row["probability"] <= 1
        assert row["verdict"] in ("technical_solution", "pure_algorithm", "uncertain")


def test_evidence_answers_line_by_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "e.jsonl").write_bytes(lines(*ROWS))
    answers = run("evidence", tmp_path / "e.jsonl").rows()
    assert [row["id"] for row in answers] == ["a", 7]
    for element in answers[0]["elements"]:
        assert set(element) == {"requirement", "element", "strength", "confidence"}
        assert element["requirement"] in REQUIREMENTS and 0 <= element["confidence"] <= 1
        assert element["strength"] in ("substantive", "vague", "red_flag")
    assert "training_data_source" in {e["requirement"] for e in answers[0]["elements"]}
    assert answers[1]["elements"] == []  # boilerplate


@pytest.mark.parametrize("command", ["eligibility", "evidence"])
def test_passages_from_standard_input(command: str, run: Run) -> None:
    answers = run(command, "-", stdin=b"\xef\xbb\xbf" + lines(*ROWS).replace(b"\n", b"\r\n")).rows()
    assert [row["id"] for row in answers] == ["a", 7]


@pytest.mark.parametrize("command", ["eligibility", "evidence"])
def test_no_passages_no_answers(command: str, run: Run) -> None:
    answer = run(command, "-", stdin=b"\n")
    assert (answer.status, answer.out.strip()) == (0, "")


@pytest.mark.parametrize("command", ["eligibility", "evidence"])
@pytest.mark.parametrize("text", ["", "。", "12345", "😀😀", "a" * 5000, "\u2028x\u0085y", "\ud800 lone surrogate"])
def test_odd_passages_get_an_answer(command: str, text: str, run: Run) -> None:
    stdin = json.dumps({"id": "x", "text": text}).encode()
    assert [row["id"] for row in run(command, "-", stdin=stdin).rows()] == ["x"]


@pytest.mark.parametrize("command", ["eligibility", "evidence"])
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{not json", "no JSON"),
        ('["a", "text"]', "no object"),
        ('{"text": "no id"}', "no id"),
        ('{"id": "b"}', "no text"),
        ('{"id": "b", "text": 5}', "text is a number"),
        ("null", "no object"),
        ('{"id": NaN, "text": "x"}', "NaN is no JSON"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_bad_line_is_named(command: str, bad: str, why: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(lines(ROWS[0], "", bad, ROWS[1]))
    one_line(run(command, path), "e.jsonl:3")
    one_line(run(command, "-", stdin=path.read_bytes()), "stdin:3")


def test_an_unknown_context_is_named(run: Run) -> None:
    row = {"id": "b", "text": "x", "context": "abstract"}
    one_line(run("evidence", "-", stdin=lines(row)), "abstract", "embodiment")


def test_only_line_feeds_end_a_line(run: Run) -> None:
    """U+2028 and the like may stand unescaped in a JSON string, and do in text copied from PDF files."""
    row = {"id": "b", "text": "first\u2028second\u0085third"}
    assert [r["id"] for r in run("eligibility", "-", stdin=lines(row, ROWS[0])).rows()] == ["b", "a"]


def test_lines_that_are_not_utf8(tmp_path: Path, run: Run) -> None:
    (tmp_path / "e.jsonl").write_bytes('{"id": "a", "text": "训练"}'.encode("gb18030"))
    one_line(run("evidence", tmp_path / "e.jsonl"), "UTF-8")
