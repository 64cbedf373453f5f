"""``start.py`` on a fresh machine: what it says and does, without installing anything."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """start.py as if it stood in an empty folder with the two files that decide what is installed."""
    spec = importlib.util.spec_from_file_location("start_under_test", ROOT / "start.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("numpy==2.0\n")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    return module


@pytest.fixture
def ran(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands start.py would run; all succeed."""
    return record(start, monkeypatch, lambda command: 0)


def record(start: ModuleType, monkeypatch: pytest.MonkeyPatch, status: Callable[[list[str]], int]) -> list[list[str]]:
    commands: list[list[str]] = []

    def run(command: list[Any], **_: Any) -> SimpleNamespace:
        words = [str(word) for word in command]
        commands.append(words)
        return SimpleNamespace(returncode=status(words))

    monkeypatch.setattr(start.subprocess, "run", run)
    return commands


def ready(start: ModuleType, extras: str = "[pdf]") -> None:
    """An environment that was installed before."""
    start.PYTHON.parent.mkdir(parents=True)
    start.PYTHON.write_text("")
    (start.VENV / "patentprep-installed").write_text(start.stamp(extras))


@pytest.mark.parametrize("word", ["-h", "--help", "help"])
def test_help_installs_nothing(word: str, start: ModuleType, ran: list[list[str]], capsys: Any) -> None:
    assert start.main([word]) == 0
    assert "usage: python3 start.py" in capsys.readouterr().out
    assert ran == []


def test_help_of_the_real_file_needs_no_environment() -> None:
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "start.py"), "--help"], capture_output=True, text=True, timeout=30
    )
    assert answer.returncode == 0 and "test" in answer.stdout


@pytest.mark.parametrize("file", ["pyproject.toml", "constraints.txt"])
def test_another_pin_means_another_stamp(file: str, start: ModuleType) -> None:
    before = start.stamp("")
    assert start.stamp("") == before
    (start.HERE / file).write_text("numpy==2.1\n")
    assert start.stamp("") != before


def test_the_stamp_knows_the_extras(start: ModuleType) -> None:
    assert start.stamp("[dev]") != start.stamp("[pdf]")


@pytest.mark.parametrize("version", [(3, 10), (3, 8), (2, 7)])
def test_old_python_is_told_what_to_get(
    version: tuple[int, int], start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(start.sys, "version_info", version)
    with pytest.raises(SystemExit) as stopped:
        start.main([])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert (
        said
        == f"patentprep: Python 3.11 or newer is needed; this is {version[0]}.{version[1]}. Get it from python.org.\n"
    )


def test_the_file_still_parses_on_an_old_python() -> None:
    """Otherwise people on Python 3.6 see a syntax error, not the sentence about their Python."""
    import ast

    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_without_venv_the_package_to_install_is_named(
    start: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setitem(sys.modules, "venv", None)  # what Debian without python3-venv does
    with pytest.raises(SystemExit) as stopped:
        start.main(["setup"])
    assert stopped.value.code == 2
    assert "sudo apt install python3-venv" in capsys.readouterr().err
    assert ran == [], "nothing is installed without an environment"


@pytest.mark.parametrize("error", [OSError("read-only"), subprocess.CalledProcessError(1, "ensurepip")])
def test_a_venv_that_cannot_be_made_says_why(
    error: Exception, start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    import venv

    def create(*_: Any) -> None:
        raise error

    monkeypatch.setattr(venv.EnvBuilder, "create", create)
    with pytest.raises(SystemExit) as stopped:
        start.make_venv()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "could not make" in said and "python3-venv" in said and "Traceback" not in said


def test_the_venv_links_to_its_interpreter(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copied interpreter of a relocatable Python does not find its libraries; ``python -m venv`` links, too."""
    import venv

    made: list[bool] = []
    monkeypatch.setattr(venv.EnvBuilder, "create", lambda self, _: made.append(self.symlinks))
    start.make_venv()
    assert made == [os.name != "nt"]


def test_failing_pip_gives_one_sentence_and_no_stamp(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(start, "make_venv", start.VENV.mkdir)
    record(start, monkeypatch, lambda command: 1)
    with pytest.raises(SystemExit) as stopped:
        start.main([])
    assert stopped.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert said[-1].startswith("patentprep: the installation did not finish.") and "proxy" in said[-1]
    assert not (start.VENV / "patentprep-installed").exists(), "the next start must try again"


def test_the_first_start_installs_with_pins_and_opens_the_app(
    start: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "make_venv", start.VENV.mkdir)
    assert start.main([]) == 0
    install, run = ran
    assert install[1:4] == ["-m", "pip", "install"]
    assert install[install.index("--constraint") + 1] == str(start.HERE / "constraints.txt")
    assert install[install.index("--editable") + 1] == f"{start.HERE}[pdf]"
    assert run[1:] == ["-m", "patentprep", "app"]


@pytest.mark.parametrize(
    ("words", "installed", "command"),
    [
        ([], "[pdf]", ["-m", "patentprep", "app"]),
        ([], "[dev]", ["-m", "patentprep", "app"]),  # the tests' environment serves a plain start
        (["check", "a.pdf"], "[pdf]", ["-m", "patentprep", "check", "a.pdf"]),
        (["test", "-k", "start"], "[dev]", ["-m", "pytest", "-k", "start"]),
    ],
)
def test_the_second_start_installs_nothing(
    words: list[str], installed: str, command: list[str], start: ModuleType, ran: list[list[str]]
) -> None:
    ready(start, installed)
    assert start.main(words) == 0
    assert [line[1:] for line in ran] == [command]


def test_setup_only_installs(start: ModuleType, ran: list[list[str]]) -> None:
    ready(start)
    assert start.main(["setup"]) == 0
    assert ran == []


def test_testing_after_a_plain_start_adds_the_test_tools(start: ModuleType, ran: list[list[str]]) -> None:
    ready(start, "")
    start.main(["test"])
    assert any(line[-1].endswith("[dev]") for line in ran if "--editable" in line)


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_exit_status_is_that_of_the_command(
    status: int, start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(start)
    record(start, monkeypatch, lambda command: status)
    assert start.main(["check", "a.pdf"]) == status


def test_ctrl_c_ends_quietly(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(start)

    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start.subprocess, "run", stopped)
    assert start.main([]) == 0
