"""The app in a real browser: what only a browser can show. Nothing it does may leave this computer."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
GRACE = float(os.environ.get("PATENTPREP_TEST_GRACE", "1"))  # seconds; more where the machine is busy
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


@dataclass(slots=True)
class Server:
    """The app, started as its users start it."""

    process: subprocess.Popen[bytes]
    base: str

    def end(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(20)


def serve(port: int = 0, **environment: str) -> Server:
    """Start the app and wait until it answers. The port is a free one, unless it is given."""
    with socket.socket() as probe:
        probe.bind((launch.HOST, 0))
        port = port or probe.getsockname()[1]
    process = subprocess.Popen(
        launch.command(port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    base = f"http://{launch.HOST}:{port}"
    for _ in range(450):
        try:
            with urllib.request.urlopen(f"{base}/_stcore/health", timeout=1) as answer:
                if answer.read() == b"ok":
                    return Server(process, base)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    process.terminate()
    process.wait(10)
    pytest.fail("the app did not come up in 90 seconds")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an app that the tests of this file share; its cases are in the session's folder."""
    server = serve()
    try:
        yield server.base
    finally:
        server.end()


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
        context.set_default_timeout(90_000)
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


# --- journeys with a case ---------------------------------------------------------------------------------------------

OPTIMIZER = "采用Adam优化器训练100轮，初始学习率为0.001，批大小为64，损失函数为交叉熵。"


def begin(page: Any, base: str, name: str, lang: str = "zh") -> None:
    """A case begun from nothing."""
    page.goto(f"{base}/walk?lang={lang}")
    box = page.locator(".st-key-new_case_name input")
    box.fill(name)
    box.press("Tab")
    page.locator(".st-key-new_case button").click()
    page.locator(".pp-head h1", has_text=name).wait_for()


def to_step(page: Any, name: str, head: str) -> None:
    """Open a step of the walk-through and wait for what tells it."""
    page.locator("[data-testid=stMain]").get_by_role("radio", name=name).click()
    page.locator(head).first.wait_for()


def field(page: Any, element: str) -> Any:
    return page.locator(f".st-key-pp-answer-{element} textarea")


def holds(page: Any, element: str, text: str) -> None:
    page.wait_for_function(
        "([key, text]) => document.querySelector(`.st-key-pp-answer-${key} textarea`)?.value === text",
        arg=[element, text],
    )


def test_an_engineer_goes_from_notes_to_a_disclosure(browser_path: str, address: str, tmp_path: Path) -> None:
    import docx

    with window(browser_path, tmp_path) as page:
        begin(page, address, "铣刀磨损监测")
        to_step(page, "训练", ".pp-step-head.pp-training_method")
        field(page, "TM2").click()
        page.keyboard.type("有监督学习")  # typed, and the field not left
        page.get_by_text("有监督学习").first.wait_for()
        page.locator(".pp-reads").first.wait_for()  # read at once, while the cursor stands in the field
        assert field(page, "TM2").evaluate("e => e === document.activeElement")

        to_step(page, "伦理", ".pp-step-head.pp-ethics")
        page.locator(".st-key-pp-fact-personal_data\\@zh, [class*=st-key-pp-fact-personal_data]").get_by_role(
            "radio", name="否"
        ).click()
        page.get_by_role("button", name="作为我方陈述写入交底书").click()
        page.locator("#pp-ET1").wait_for()

        to_step(page, "完成", ".st-key-walk_files")
        word = docx.Document(io.BytesIO(_download(page, "导出交底书")))
        cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        text = "\n".join([*(p.text for p in word.paragraphs), *cells])
        assert "有监督学习" in text and "不涉及个人信息" in text and "铣刀磨损监测" in text

        page.goto(f"{address}/?lang=zh")
        page.get_by_role("button", name="铣刀磨损监测").first.wait_for()


def test_an_agent_goes_from_a_pdf_to_a_report(
    browser_path: str, address: str, chinese_pdf: bytes, tmp_path: Path
) -> None:
    with window(browser_path, tmp_path) as page:
        page.goto(f"{address}/?lang=en")
        page.locator("input[type=file]").set_input_files(
            {"name": "gearbox.pdf", "mimeType": "application/pdf", "buffer": chinese_pdf}
        )
        page.locator(".pp-draft").wait_for()
        assert page.locator(".pp-heat").count() and page.locator(".pp-eligibility").count()
        page.get_by_role("radio", name="Pages as printed").click()
        page.locator(".pp-sheet img").first.wait_for()
        page.wait_for_function("document.querySelector('.pp-sheet img').naturalWidth > 500")
        page.get_by_role("link", name="Walk-through").or_(page.locator("a[href*='/walk']")).first.click()
        page.locator(".pp-head h1", has_text=TITLE).wait_for()
        to_step(page, "Finish", ".st-key-walk_files")
        report = _download(page, "Report (.html)").decode()
        assert "<html" in report and "24台机组" in report


def test_reload_and_the_back_button_lose_nothing(browser_path: str, address: str, tmp_path: Path) -> None:
    with window(browser_path, tmp_path) as page:
        begin(page, address, "返回", "zh")
        to_step(page, "训练", ".pp-step-head.pp-training_method")
        field(page, "TM1").fill(OPTIMIZER)
        page.locator(".pp-reads").first.wait_for()
        page.reload()
        page.locator(".pp-step-head.pp-training_method").wait_for()
        holds(page, "TM1", OPTIMIZER)
        page.locator("a[href*='/settings']").first.click()
        page.locator(".pp-head h1", has_text="设置").wait_for()
        page.go_back()
        page.locator(".pp-step-head.pp-training_method").wait_for()
        holds(page, "TM1", OPTIMIZER)
        assert "case=" in page.url


def test_two_tabs_on_one_case(browser_path: str, address: str, tmp_path: Path) -> None:
    with window(browser_path, tmp_path) as one:
        begin(one, address, "Two tabs", "en")
        to_step(one, "Training", ".pp-step-head.pp-training_method")
        two = one.context.new_page()
        two.goto(one.url)
        two.locator(".pp-step-head.pp-training_method").wait_for()
        field(one, "TM1").fill("Text of the first tab")
        one.locator(".pp-reads").first.wait_for()
        field(two, "TM1").fill("Text of the second tab")
        two.locator(".pp-conflict", has_text="Text of the first tab").wait_for()
        holds(two, "TM1", "Text of the second tab")
        two.get_by_role("button", name="Keep what stands here").click()
        two.locator(".pp-conflict").wait_for(state="detached")
        one.reload()
        holds(one, "TM1", "Text of the second tab")


def test_a_server_killed_while_somebody_types(browser_path: str, tmp_path: Path) -> None:
    """All that was typed up to a second before is there when the program is started again."""
    home = str(tmp_path / "home")
    server = serve(PATENTPREP_HOME=home)
    try:
        with window(browser_path, tmp_path) as page:
            begin(page, server.base, "Killed", "en")
            to_step(page, "Training", ".pp-step-head.pp-training_method")
            box = field(page, "TM1")
            box.click()
            written: list[tuple[float, int]] = []
            said = ""
            start = time.monotonic()
            while time.monotonic() - start < 6:  # without any pause
                page.keyboard.type("step ")
                said += "step "
                written.append((time.monotonic(), len(said)))
                time.sleep(0.1)
            killed = time.monotonic()
            server.end(signal.SIGKILL)
            address = page.url
            server = serve(int(urlsplit(server.base).port or 0), PATENTPREP_HOME=home)
            page.goto(address)
            page.locator(".pp-head h1", has_text="Killed").wait_for()
            to_step(page, "Training", ".pp-step-head.pp-training_method")
            page.wait_for_function("document.querySelector('.st-key-pp-answer-TM1 textarea')?.value")
            kept = field(page, "TM1").input_value()
            due = max((length for moment, length in written if moment < killed - GRACE), default=0)
            assert said.startswith(kept.rstrip()) and len(kept) >= due > 0, (len(kept), due, len(said))
    finally:
        server.end()
