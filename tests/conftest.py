"""For all tests: cases in a folder of their own, and what the models are known to get wrong on our samples."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Run, runner
from piles import DRAFT, SAMPLES

from patentprep.cases.store import Store, open_store
from patentprep.triage import triage
from patentprep.triage.model import Row


@pytest.fixture(scope="session", autouse=True)
def no_test_touches_the_cases_of_this_computer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Also for what is set up before a test, such as a server that several tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATENTPREP_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of cases of this test alone. It is made by what stores the first case."""
    folder = Path(os.environ["PATENTPREP_HOME"]) / f"test-{next(_numbers)}"
    monkeypatch.setenv("PATENTPREP_HOME", str(folder))
    return folder


_numbers = iter(range(10**9))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(capsys, monkeypatch)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of cases in a new folder inside ``tmp_path``."""
    return open_store(tmp_path / "home")


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder with twelve drafts, each a little different."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    for n in range(12):
        (folder / f"D-{n:02}.txt").write_text(DRAFT.format(n=n + 20), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def samples() -> dict[str, Row]:
    """What triage says of the samples, by name."""
    return {row.name: row for row in triage([SAMPLES], backend="serial")}


# Strict, so that a mended case must leave the list.
KNOWN_MISSES = {
    "test_status[training_method-drone-crop-gaps-en.docx]": "a wish about training counts as addressed",
    "test_status[technical_scenario-mall-faces-red-flag-zh.pdf]": "what the cameras of the art cannot see is not heard",
    "test_status[training_method-mall-faces-red-flag-zh.pdf]": "one of two sentences about training is not heard",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name == "test_samples.py" and item.name in KNOWN_MISSES:
            item.add_marker(pytest.mark.xfail(strict=True, reason=KNOWN_MISSES[item.name]))
