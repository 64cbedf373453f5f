"""Help, usage errors and the language they speak."""

import re
import subprocess
import sys

import pytest
from commands import Run, one_line

from patentprep import usage
from patentprep.cli import _parser

COMMANDS = (
    "app",
    "check",
    "triage",
    "compare",
    "read",
    "plan",
    "offices",
    "explain",
    "eligibility",
    "evidence",
    "model",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run: Run) -> None:
    answer = run(command, "--help")
    assert answer.status == 0 and f"usage: patentprep {command}" in answer.out and answer.err == ""
    listed = run("--help")
    assert listed.status == 0 and re.search(rf"^\s+{command}\s", listed.out, re.MULTILINE)
    assert "Exit status" in listed.out


def test_help_lists_no_command_untested(run: Run) -> None:
    listed = re.findall(r"^    ([a-z]+)(?: |$)", run("--help").out, re.MULTILINE)
    assert set(listed) == set(COMMANDS)


def test_version(run: Run) -> None:
    answer = run("--version")
    assert answer.status == 0 and re.fullmatch(r"patentprep \S+\n", answer.out)


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from patentprep.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'sklearn', 'scipy', 'numpy', 'pandas', 'streamlit', 'lxml', 'pypdfium2', 'opencc', 'jinja2'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["check"],
        ["check", "a.txt", "b.txt"],
        ["check", "a.txt", "--format", "xls"],
        ["check", "a.txt", "--invention-type", "robot"],
        ["check", "a.txt", "--lang", "fr"],
        ["model", "weights"],
        ["explain"],
        ["plan", "--frobnicate"],
    ],
    ids=" ".join,
)
def test_wrong_usage(words: list[str], run: Run) -> None:
    one_line(run(*words), "--help")


def test_every_text_of_the_help_exists_in_chinese() -> None:
    said = set(usage.texts(_parser()))
    assert len(said) > 60 and [text for text in said if not usage.known(text)] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "--lang", "zh"], "缺少参数：DRAFT"),
        (["--lang", "zh", "check"], "缺少参数：DRAFT"),
        (["triage", "--lang=zh", "--frobnicate"], "无法识别的参数：--frobnicate"),
        (["triage", "a.txt", "--lang", "zh", "--jobs"], "--jobs之后需要一个值"),
        (["app", "--lang", "zh"], "无法识别的参数"),
        (["--lang", "zh", "frobnicate"], "没有命令frobnicate：可用的命令是"),
        (["check", "a.txt", "--lang", "zh", "--format", "xls"], "--format不能是xls：请从"),
        (["--lang", "zh", "app", "--port", "x"], "--port应为整数，而不是x"),
    ],
    ids=" ".join,
)
def test_wrong_usage_in_chinese(words: list[str], says: str, run: Run) -> None:
    line = one_line(run(*words), "--help")
    assert says in line and "用法见 patentprep" in line


def test_help_in_chinese(run: Run) -> None:
    said = run("--lang", "zh", "--help").out
    assert said.startswith("用法：patentprep") and "通读多份草稿" in said and "many drafts in" not in said
    assert "默认urgency" in run("triage", "--help", "--lang", "zh").out
