"""The app, page by page, without a browser: what each page says, and what it keeps."""

from __future__ import annotations

import html as escaping
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("streamlit")

from pages import APP, calm, go, open_app, source, twin, words
from streamlit.testing.v1 import AppTest

from patentprep import assess, launch, read_draft, strings
from patentprep.errors import PatentprepError
from patentprep.model import REQUIREMENTS
from patentprep.report import to_dict
from patentprep.ui import desk, samples

PAGES = ("start", "check", "walk", "triage", "compare", "timeline", "checklists", "settings")
DRAFT = """一种风机轴承故障诊断方法

技术领域
本发明涉及旋转机械状态监测技术领域。

权利要求书
1. 一种风机轴承故障诊断方法，其特征在于，采集轴承座的振动加速度信号，输入卷积网络，得到故障类别。

具体实施方式
采样频率为20kHz，<script>alert('x')</script> 训练数据来自两个风电场的24台机组，共18000段。
"""


def paste(at: AppTest, text: str = DRAFT, keep: bool = True) -> AppTest:
    """Check a pasted draft: as a case of this computer, or in memory only."""
    at.checkbox(key="keep_case").set_value(keep)
    at.text_area(key="paste").set_value(text)
    return calm(at.button(key="check_text").click().run())


@pytest.fixture(autouse=True)
def empty_desks() -> Iterator[None]:
    yield
    desk._desks().clear()


# --- every page, both languages ------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_its_heading_and_a_teaching_empty_state(page: str, lang: str) -> None:
    at = open_app(lang)
    if page != "start":
        go(at, page)
    titles = {
        "start": "start.title",
        "check": "check.empty_title",
        "walk": "walk.title",
        "triage": "triage.title",
        "compare": "compare.title",
        "timeline": "plan.title",
        "checklists": "law.title",
        "settings": "settings.title",
    }
    assert strings.t(f"ui.{titles[page]}", lang) in words(at)  # type: ignore[arg-type]
    if page in ("check", "timeline"):
        assert 'class="pp-empty"' in source(at)


def test_both_languages_have_the_same_words() -> None:
    assert {k for k in strings.keys("zh") if k.startswith("ui.")} == {
        k for k in strings.keys("en") if k.startswith("ui.")
    }


def test_an_unknown_language_in_the_address_is_ignored() -> None:
    assert open_app("xx").session_state["lang"] in ("zh", "en")


# --- opening a draft --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", samples.shelf(), ids=lambda s: s.file)
def test_each_sample_opens_on_the_check_page(sample: samples.Sample) -> None:
    at = calm(open_app("en").button(key=f"sample_{sample.file}").click().run())
    page = source(at)
    assert sample.file in words(at)
    assert page.count('<details class="pp-card') == len(REQUIREMENTS)
    assert page.count('class="pp-sentence"') == page.count('class="pp-eligibility') == 1
    anchors = set(re.findall(r'id="pp-([^"]+)"', page))
    assert set(re.findall(r'data-open="([^"]+)"', page)) <= anchors  # every link into the margin arrives


def test_red_flags_are_shown_on_the_ethics_card() -> None:
    text = DRAFT + "\n摄像头隐藏安装，未经顾客同意采集人脸图像并建立档案。\n"
    at = paste(open_app("zh"), text)
    card = source(at).split('id="pp-ethics"')[1].split("</summary>")[0]
    assert 'class="pp-flags"' in card and "人脸" in card


def test_an_uploaded_file_held_in_memory_opens_and_can_be_taken_up_again(home: Path) -> None:
    at = open_app()
    at.checkbox(key="keep_case").set_value(False)
    at.file_uploader(key="upload").upload("风机.txt", DRAFT.encode(), "text/plain")
    calm(at.run())
    assert "风机.txt" in words(at) and 'class="pp-draft"' in source(at)
    go(at, "start")
    assert "风机.txt" in words(at)  # two drafts of one title are told apart by their files
    calm(at.button(key="again_0").click().run())
    assert 'class="pp-draft"' in source(at)
    assert not any("风机".encode() in file.read_bytes() for file in home.iterdir())  # nothing of it is on the disk


@pytest.mark.parametrize(
    ("name", "data", "zh", "en"),
    [
        ("空.txt", b"   \n", "没有文字", "holds no words"),
        ("a.pdf", b"%PDF-1.7 nonsense", "已损坏", "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "不是 PDF、DOCX", "is not a PDF, DOCX"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Word 97-2003", "Word 97-2003"),
        ("ru.txt", ("Способ диагностики подшипников. " * 9).encode(), "不是中文", "neither Chinese"),
    ],
)  # fmt: skip
def test_bad_input_is_one_calm_sentence_and_the_rest_of_the_page_stays(
    name: str, data: bytes, zh: str, en: str
) -> None:
    at = open_app("zh")
    at.text_area(key="paste").set_value("已输入的文字")
    at.file_uploader(key="upload").upload(name, data, "application/octet-stream")
    calm(at.run())
    boxes = re.findall(r'<div class="pp-trouble".*?</div>', source(at))
    assert len(boxes) == 1 and zh in escaping.unescape(boxes[0])
    assert at.text_area(key="paste").value == "已输入的文字"
    at.session_state["lang"] = "en"
    calm(at.run())
    assert en in words(at)
    assert at.text_area(key="paste").value == "已输入的文字"


def test_pasting_nothing_says_so() -> None:
    assert "没有文字" in words(paste(open_app(), "  "))


# --- Check ------------------------------------------------------------------------------------------------------------


def test_the_draft_is_escaped() -> None:
    page = source(paste(open_app()))
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_language_changes_and_the_draft_stays() -> None:
    at = paste(open_app("zh"))
    assert "适用的" in words(at)
    at.session_state["lang"] = "en"
    calm(at.run())
    assert "applicable requirements are covered" in words(at)
    assert "采样频率为20kHz" in words(at)
    assert "Pasted text" in words(at) and "粘贴的文字" not in words(at)


def test_a_reload_finds_the_draft_by_the_token_in_the_address() -> None:
    at = paste(open_app(), keep=False)
    token = at.query_params["desk"]
    again = go(open_app(desk=token), "check")
    assert "采样频率为20kHz" in words(again)
    stranger = go(open_app(desk="guessed"), "check")
    assert "采样频率为20kHz" not in words(stranger)
    assert stranger.query_params["desk"] != "guessed"


def test_a_choice_is_shown_in_the_language_of_the_interface() -> None:
    at = go(open_app("en"), "timeline")
    at.selectbox(key=twin(at, "plan_receiving")).set_value("US").run()
    calm(at.segmented_control(key="lang").set_value("zh").run())
    receiving = at.selectbox(key=twin(at, "plan_receiving"))
    assert receiving.value == "US" and "US · 美国" in receiving.options
    calm(at.segmented_control(key="lang").set_value("en").run())
    assert at.selectbox(key=twin(at, "plan_receiving")).value == "US"


def test_another_kind_of_invention_is_asked_other_questions() -> None:
    at = paste(open_app())
    before = words(at)
    calm(at.selectbox(key=twin(at, "check_type")).set_value("ai_generated").run())
    assert words(at) != before
    go(at, "settings")
    go(at, "check")
    assert at.selectbox(key=twin(at, "check_type")).value == "ai_generated"


def test_an_earlier_filing_date_is_held_against_the_law_of_its_day() -> None:
    at = paste(open_app())
    now = source(at).count('class="pp-element')
    calm(at.text_input(key="check_filed").set_value("2024-06-01").run())
    assert source(at).count('class="pp-element') < now  # elements added in 2026 are not asked


def test_a_filing_date_that_does_not_exist_is_one_sentence() -> None:
    at = paste(open_app("en"))
    calm(at.text_input(key="check_filed").set_value("2026-02-30").run())
    assert "There is no day 2026-02-30" in words(at)
    assert 'class="pp-draft"' in source(at)


def test_a_filing_date_before_the_law_we_hold_leaves_the_draft_open() -> None:
    at = paste(open_app("en"))
    calm(at.text_input(key="check_filed").set_value("1999-01-01").run())
    assert "We hold no law from before 2010-02-01" in words(at)
    assert 'class="pp-draft"' in source(at) and 'class="pp-sentence"' in source(at)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026/1/31", "2026-01-31"),
        ("2026.01.31", "2026-01-31"),
        ("20260131", "2026-01-31"),
        ("2026年1月31日", "2026-01-31"),
        ("２０２６-０１-３１", "2026-01-31"),  # full width, as a Chinese keyboard types it
        (" 2024-02-29 ", "2024-02-29"),
        ("2026年2月30日", None),  # no such day
        ("31/01/2026", None),  # the order is not guessed at
        ("3/1/2026", None),
        ("2026-131", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_write_it_year_first(written: str, day: str | None) -> None:
    if day is None:
        with pytest.raises(PatentprepError):
            desk.day(written)
    else:
        assert desk.day(written).isoformat() == day


def test_the_legend_names_only_what_is_marked() -> None:
    page = source(paste(open_app("en"), "我们用摄像头拍照。"))
    legend = page.split('class="pp-legend-line"')[1].split("</p>")[0]
    assert "pp-is-red_flag" not in legend and "pp-is-vague" not in legend


def test_a_quote_on_a_card_leads_to_its_mark_and_the_sentence_to_the_next_steps() -> None:
    page = source(calm(open_app("en").button(key=f"sample_{samples.shelf()[-1].file}").click().run()))
    peeks = set(re.findall(r'data-peek="(\d+)"', page))
    assert peeks and peeks <= set(re.findall(r'<mark [^>]*data-s="(\d+)"', page))
    assert 'data-open="next"' in page.split('class="pp-sentence"')[1].split("</p>")[0]
    assert 'id="pp-next"' in page


def _pane(sample: samples.Sample) -> tuple[str, str, dict[str, Any]]:
    """The draft pane's HTML, the text it shows, and the report."""
    from patentprep.ui import review

    draft = read_draft(sample.read(), sample.file)
    report = to_dict(assess(draft), draft.language)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "lang", lambda: draft.language)
        patch.setattr(review, "w", lambda key, **facts: strings.t(f"ui.{key}", draft.language, **facts))
        page = str(review.draft_pane(draft.document, report))
    return page, draft.text, report


@pytest.mark.parametrize("sample", samples.shelf(), ids=lambda s: s.file)
def test_the_pane_shows_the_whole_draft_and_every_quote_has_its_mark(sample: samples.Sample) -> None:
    page, text, report = _pane(sample)
    bare = re.sub(r'<span class="pp-label">.*?</span>|<div class="pp-page">.*?</div>', "", page)
    shown = escaping.unescape(re.sub(r"<[^>]+>", "", bare))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)
    marked = {int(start) for start in re.findall(r'<mark [^>]*data-s="(\d+)"', page)}
    quoted = {item["start"] for r in report["requirements"] for e in r["elements"] for item in e["evidence"]}
    inside = {s for s in quoted if any(m <= s for m in marked)}
    assert quoted and len(quoted & marked) >= 0.9 * len(inside)  # a quote inside another shares its mark


# --- Checklists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "search", "day", "there", "not_there"),
    [
        ("all", "", "", ("TS1", "ET1", "claims/numbering", "ethics/"), ()),
        ("technical_scenario", "", "", ("TS1",), ("TE1 ", "claims/numbering")),
        ("formal", "", "", ("claims/numbering",), ("TS1 ",)),
        ("red_flags", "", "", ("ethics/",), ("TS1 ", "claims/numbering")),
        ("all", "claims/numbering", "", ("claims/numbering",), ("TS1 ",)),
        ("all", "zzzz", "", ("Nothing matches",), ("TS1 ",)),
        ("all", "", "2026-02-30", ("There is no day 2026-02-30", "TS1"), ()),
        ("all", "", "2024-06-01", ("was not yet in force",), ()),
    ],
)
def test_the_law_is_filtered(
    part: str, search: str, day: str, there: tuple[str, ...], not_there: tuple[str, ...]
) -> None:
    at = go(open_app("en"), "checklists")
    at.selectbox(key=twin(at, "law_part")).set_value(part)
    at.text_input(key="law_search").set_value(search)
    at.text_input(key="law_day").set_value(day)
    text = words(calm(at.run()))
    assert all(word in text for word in there)
    assert not any(word in text for word in not_there)


# --- memory -----------------------------------------------------------------------------------------------------------


def test_forgetting_drops_drafts_and_what_was_typed() -> None:
    at = paste(open_app("en"), keep=False)
    go(at, "settings")
    assert "Pasted text" in words(at)
    calm(at.button(key="forget").click().run())
    assert "have been dropped" in words(at) and "Pasted text" not in words(at)
    assert not any(d.drafts or "paste" in d.kept for d in desk._desks().values())
    go(at, "check")
    assert "No draft is open" in words(at)
    go(at, "start")
    assert at.text_area(key="paste").value == ""


def test_memory_is_bounded() -> None:
    at = open_app()
    for number in range(desk.MOST_DRAFTS + 2):
        paste(at, f"{DRAFT}\n第{number}版。", keep=False)
        go(at, "start")
    assert len(desk._desks()[at.session_state["desk"]].drafts) == desk.MOST_DRAFTS
    for _ in range(desk.MOST_DESKS + 2):
        open_app()
    assert len(desk._desks()) <= desk.MOST_DESKS


def test_the_app_is_served_to_this_computer_only() -> None:
    file = Path(APP).parent / ".streamlit" / "config.toml"
    config = tomllib.loads(file.read_text(encoding="utf-8"))
    assert config["server"]["address"] == launch.HOST == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "minimal"
    for flag in launch.FLAGS:  # said twice: an installed package has no .streamlit folder
        name, _, value = flag.removeprefix("--").partition("=")
        section, _, key = name.partition(".")
        assert str(config[section][key]).lower() == value.lower(), flag
