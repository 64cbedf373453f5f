"""The app in a real browser: what only a browser can show. Nothing it does may leave this computer."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from patentprep import launch

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TITLE = "一种风力发电机齿轮箱故障诊断方法"
FILLER = "本实施方式仅用于说明技术方案的实施过程，各步骤由边缘计算单元依次执行。"
SENTENCES = [
    TITLE,
    "权利要求书",
    "1. 一种风力发电机齿轮箱故障诊断方法，其特征在于，采集齿轮箱轴承座处的振动加速度信号；"
    "将所述振动加速度信号输入卷积神经网络，得到轴承的故障类别；根据所述故障类别降低发电机的功率。",
    "技术领域",
    "本发明涉及旋转机械状态监测技术领域，具体涉及风力发电机齿轮箱的振动故障诊断。",
    "背景技术",
    "变转速工况下故障谱线随转速漂移，固定频带的方法误报较多。",
    "具体实施方式",
    *[FILLER] * 24,
    "训练数据取自两个风电场的24台机组，共18000段振动信号，由两名工程师根据检修记录标注。",
    "采用Adam优化器训练100轮，初始学习率为0.001，损失函数为交叉熵。",
]


@pytest.fixture(scope="module")
def browser_path() -> str:
    """The browser. Missing it is a reason to skip at a desk, and a failure where the checks must all run."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser on PATH (looked for {', '.join(NAMES)})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The app, started as its users start it."""
    with socket.socket() as probe:
        probe.bind((launch.HOST, 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(launch.command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://{launch.HOST}:{port}"
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"{base}/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        else:
            pytest.fail("the app did not come up in 30 seconds")
        yield base
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def chinese_pdf() -> bytes:
    """A small patent draft of several pages as a real PDF with a Chinese CID font."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=20, spaceAfter=8, wordWrap="CJK")
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([Paragraph(text, style) for text in SENTENCES])
    return out.getvalue()


@contextmanager
def window(browser_path: str, tmp_path: Path) -> Iterator[Any]:
    """A page of a browser of its own. When it is closed, nothing it asked for may have left this computer."""
    sync = pytest.importorskip("playwright.sync_api")
    asked: list[str] = []
    with sync.sync_playwright() as playwright:
        context: Any = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=browser_path,
            args=OPTIONS,
            viewport={"width": 1280, "height": 900},
        )
        context.set_default_timeout(30_000)
        context.on("request", lambda request: asked.append(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: asked.append(socket.url)))
        yield context.new_page()
        context.close()
    assert any(url.startswith("ws://") for url in asked)  # the watch itself works
    outside = {url for url in asked if urlsplit(url).hostname not in (launch.HOST, "localhost", None)}
    assert not outside


def test_a_draft_is_read_checked_and_pointed_at_without_leaving_this_computer(
    browser_path: str, address: str, chinese_pdf: bytes, tmp_path: Path
) -> None:
    with window(browser_path, tmp_path) as page:
        page.goto(f"{address}/?lang=zh")
        page.get_by_text("这份稿件可以提交了吗？").wait_for()
        page.locator("input[type=file]").set_input_files(
            {"name": "齿轮箱.pdf", "mimeType": "application/pdf", "buffer": chinese_pdf}
        )
        page.locator(".pp-draft").wait_for()
        assert page.locator(".pp-head h1").inner_text() == TITLE
        assert "技术方案" in page.locator(".pp-eligibility > summary").inner_text()

        page.get_by_text("English", exact=True).click()
        page.get_by_text("The six requirements").or_(page.get_by_text("What to do next")).first.wait_for()
        verdict = page.locator(".pp-eligibility > summary")
        assert "technical solution" in verdict.inner_text()
        assert "applicable requirements are covered" in page.locator(".pp-sentence").inner_text()
        assert page.locator(".pp-head h1").inner_text() == TITLE

        # A quote in the margin brings the draft to its sentence ...
        pane = page.locator(".pp-draft")
        assert pane.evaluate("e => e.scrollTop") == 0
        card = page.locator("#pp-training_data_source")
        card.locator("summary").first.click()
        quote = card.locator(".pp-quote", has_text="24台机组").first
        assert "p. " in quote.inner_text()
        quote.click()
        mark = page.locator(f'.pp-draft mark[data-s="{quote.get_attribute("data-goto")}"]').first
        page.wait_for_function("document.querySelector('.pp-draft').scrollTop > 200")
        mark.and_(page.locator(".pp-flash")).wait_for()
        page.wait_for_function(
            """mark => { const m = mark.getBoundingClientRect();
                         const p = document.querySelector('.pp-draft').getBoundingClientRect();
                         return m.top >= p.top && m.bottom <= p.bottom; }""",
            arg=mark.element_handle(),
        )

        # ... and a sentence of the draft opens its element in the margin.
        card.locator("summary").first.click()
        assert not card.evaluate("e => e.open")
        mark.click()
        page.wait_for_function("document.querySelector('.pp-card[open] .pp-element.pp-flash') !== null")

        page.reload()
        page.locator(".pp-draft").wait_for()
        assert page.locator(".pp-head h1").inner_text() == TITLE


def test_a_plan_is_typed_read_and_taken_into_a_calendar(browser_path: str, address: str, tmp_path: Path) -> None:
    from icalendar import Calendar

    with window(browser_path, tmp_path) as page:
        page.goto(f"{address}/timeline?lang=zh")
        page.get_by_label("优先权日", exact=True).fill("2026年1月31日")
        page.keyboard.press("Tab")
        page.locator(".pp-next").wait_for()

        group = page.locator("[data-testid=stExpander]", has_text="名称、已完成事项")
        group.locator("summary").press("Enter")  # with the keyboard alone
        page.get_by_label("以哪一天为今天", exact=True).fill("2026-03-01")
        page.keyboard.press("Tab")
        page.get_by_label("案件名称", exact=True).fill("P2026-001")
        page.keyboard.press("Tab")
        page.get_by_text("在上面填写案件名称").wait_for(state="detached")

        page.get_by_text("English", exact=True).click()
        page.get_by_text("What to do next").wait_for()
        assert page.get_by_label("Your name for it", exact=True).input_value() == "P2026-001"
        assert page.get_by_label("Priority date", exact=True).input_value() == "2026年1月31日"
        page.locator("[data-testid=stVegaLiteChart]").locator("canvas, svg").first.wait_for()
        assert "CN · China" in page.locator("[data-testid=stMultiSelect]").first.inner_text()  # chosen, in other words
        assert page.locator("tr", has_text="End of the priority period").locator("b").first.inner_text() == "2027-02-01"

        page.get_by_text("Month by month").click()
        page.get_by_role("heading", name="July 2028").wait_for()
        page.get_by_text("Other ways to file").click()
        assert page.locator(".pp-way").nth(3).inner_text()

        calendar = Calendar.from_ical(_download(page, "Calendar (ICS)"))
        events = {str(event["summary"]): event.decoded("dtstart").isoformat() for event in calendar.walk("VEVENT")}
        assert events["P2026-001: End of the priority period"] == "2027-02-01"
        assert events["P2026-001: National phase US"] == "2028-07-31"
        assert b"<svg" in _download(page, "Report (HTML)")

        page.get_by_text("Portfolio", exact=True).click()
        families = b"family,priority_date,offices\nA,2026-01-31,US\nB,2026-02-30,US\n"
        page.locator("input[type=file]").set_input_files(
            {"name": "families.csv", "mimeType": "text/csv", "buffer": families}
        )
        page.get_by_text("Line 3 (B): There is no day").wait_for()
        calendar = Calendar.from_ical(_download(page, "This list (calendar, ICS)"))
        assert any(str(event["summary"]) == "A: National phase US" for event in calendar.walk("VEVENT"))


def _download(page: Any, label: str) -> bytes:
    with page.expect_download() as got:
        page.get_by_role("button", name=label).click()
    return Path(got.value.path()).read_bytes()
