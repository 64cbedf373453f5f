"""The documents say what the program does."""

import importlib.util
import re
from pathlib import Path

import pytest

from patentprep import cli

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
assert SPEC and SPEC.loader
refresh = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(refresh)


@pytest.mark.parametrize("name", sorted(refresh.EXAMPLES))
def test_the_worked_example_is_real_output(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == refresh.refreshed(name), "run `python docs/refresh.py`"
    assert "$ patentprep check" in text


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_two_commands_open_the_readme(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert (
        lines[2] == "```" and lines[3].startswith("python3 start.py ") and lines[4].startswith("python3 start.py test")
    )


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_is_in_the_readme(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = re.findall(r"^    ([a-z]+)(?:  |$)", capsys.readouterr().out, re.MULTILINE)
    assert len(listed) >= 9
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [command for command in listed if f"`patentprep {command}" not in text] == []


DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/**/*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_places_named_in_the_architecture_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    places = re.findall(r"^\| ((?:`[^`]+`(?:, )?)+) \|", text, re.MULTILINE)
    named = [place for row in places for place in re.findall(r"`([^`]+)`", row)]
    assert len(named) > 15
    assert [place for place in named if not list(ROOT.glob(place.rstrip("/")))] == []
