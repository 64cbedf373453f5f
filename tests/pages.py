"""How the tests of the app's pages open them and read what they say, without a browser."""

from __future__ import annotations

import html as escaping
import re

from streamlit.testing.v1 import AppTest

from patentprep import launch

APP = launch.app_file()


def open_app(lang: str = "zh", **params: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.query_params["lang"] = lang
    for name, value in params.items():
        at.query_params[name] = value
    return calm(at.run())


def calm(at: AppTest) -> AppTest:
    """Nothing went wrong behind the page."""
    assert not at.exception, at.exception
    assert "pp-unexpected" not in source(at)
    return at


def go(at: AppTest, page: str) -> AppTest:
    return calm(at.switch_page(f"patentprep/ui/{page}.py").run())


def source(at: AppTest) -> str:
    """Our HTML on the page, the style sheet left out."""
    return "\n".join(e.proto.body for e in at.get("html") if not e.proto.body.startswith("<style"))


def words(at: AppTest) -> str:
    return " ".join(escaping.unescape(re.sub(r"<[^>]+>", " ", source(at))).split())


def twin(at: AppTest, key: str) -> str:
    """The key of a choice's widget in the language shown."""
    return f"{key}@{at.session_state['lang']}"
