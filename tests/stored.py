"""How the tests of cases name times and answers. The store itself is a fixture of ``conftest.py``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from patentprep.cases.model import Json

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def answer(text: str, state: str = "answered") -> Json:
    return {"state": state, "text": text}
