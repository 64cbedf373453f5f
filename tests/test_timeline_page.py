"""The Timeline page without a browser: every fact on it, what is wrong below its field, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("streamlit")

from pages import APP, calm, go, open_app, source, twin, words
from streamlit.testing.v1 import AppTest

from patentprep import strings
from patentprep.planning.timeline import DISCLOSURE_KINDS
from patentprep.ui import desk, plan_facts, plan_portfolio


@pytest.fixture(autouse=True)
def empty_desks() -> Iterator[None]:
    yield
    desk._desks().clear()


def plan(lang: str = "en", **fields: str) -> AppTest:
    at = go(open_app(lang), "timeline")
    at.text_input(key="plan_today").set_value("2026-03-01")
    for name, value in fields.items():
        at.text_input(key=f"plan_{name}").set_value(value)
    return calm(at.run())


def test_the_table_gives_the_day_to_act_and_why_it_moved() -> None:
    at = plan(priority="2026-01-31")
    rows = re.findall(r"<tr class=.*?</tr>", source(at))
    row = next(r for r in rows if "End of the priority period" in r)
    assert "2027-01-31" in row  # twelve months, a Sunday (PCT Rule 80.5)
    assert re.search(r"<b>2027-02-0\d</b>", row)
    assert "PCT Rules 2.4, 80.5" in row
    assert any("National phase US" in r and "2028-07-31" in r for r in rows)  # 30 months, Art. 22(1)
    assert at.get("vega_lite_chart")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"priority": "2026-02-30"}, "There is no day 2026-02-30"),
        ({"priority": "31.1.2026"}, "is not a date"),
        ({"priority": "2026-01-31", "filing": "2025-12-01"}, "is before the priority date"),
        ({"priority": "2024-01-31", "filing": "2026-02-01"}, "is too late for the priority date"),
    ],
)
def test_wrong_dates_are_one_sentence(fields: dict[str, str], sentence: str) -> None:
    at = plan(**fields)
    assert sentence in words(at)
    assert "<table" not in source(at)
    assert at.text_input(key="plan_priority").value == fields["priority"]


def test_warnings_come_first() -> None:
    at = plan(priority="2026-01-31")
    calm(at.button(key="plan_add").click().run())
    calm(at.text_input(key="plan_day_0").set_value("2026-01-10").run())
    page = source(at)
    assert "fatal" in page[: page.index("<table")]


def test_a_disclosure_can_be_taken_out_and_the_others_stay() -> None:
    at = plan(priority="2026-01-31")
    for number, day in enumerate(("2026-01-10", "2026-01-11", "2026-01-12")):
        calm(at.button(key="plan_add").click().run())
        at.text_input(key=f"plan_day_{number}").set_value(day)
        calm(at.selectbox(key=twin(at, f"plan_kind_{number}")).set_value(DISCLOSURE_KINDS[number]).run())
    calm(at.button(key="plan_out_1").click().run())
    assert at.query_params["disclosure"] == [f"2026-01-10:{DISCLOSURE_KINDS[0]}", f"2026-01-12:{DISCLOSURE_KINDS[2]}"]
    assert at.text_input(key="plan_day_1").value == "2026-01-12"
    assert at.selectbox(key=twin(at, "plan_kind_1")).value == DISCLOSURE_KINDS[2]
    for _ in range(2):
        calm(at.button(key="plan_out_0").click().run())
    assert "disclosure" not in at.query_params and "2026-01-1" not in source(at)


def test_the_plan_lives_in_the_address() -> None:
    at = plan(priority="2026-01-31")
    assert at.query_params["priority"] == "2026-01-31"
    assert at.query_params["office"] == ["CN", "US", "EP", "JP", "KR"]
    fresh = AppTest.from_file(str(APP), default_timeout=60).run()
    fresh.query_params.update({"priority": "2025-05-05", "office": ["US"], "disclosure": ["2025-05-01:talk"]})
    go(fresh, "timeline")
    assert fresh.text_input(key="plan_priority").value == "2025-05-05"
    assert fresh.multiselect(key=twin(fresh, "plan_offices")).value == ["US"]
    assert fresh.text_input(key="plan_day_0").value == "2025-05-01"
    assert fresh.expander[0].proto.expanded  # what counts in a plan is not hidden


# --- every fact, and what is wrong below its field --------------------------------------------------------------------


def wrong(at: AppTest) -> list[str]:
    return re.findall(r'<p class="pp-wrong"[^>]*>(.*?)</p>', re.sub(r"</?span[^>]*>", "", source(at)))


@pytest.mark.parametrize(
    ("fields", "sentence", "group"),
    [
        ({"report": "2026-02-30"}, "There is no day 2026-02-30", "group_examination"),
        ({"demand": "2026-01-01"}, "The demand cannot have been filed on 2026-01-01", "group_examination"),
        ({"early": "2029-01-01"}, "Early publication cannot be requested on 2029-01-01", "group_examination"),
        ({"record": "2025-01-01"}, "the record in Hong Kong counts from cannot be 2025-01-01", "group_examination"),
        ({"claimed": "2025-12-01", "right": "2025-12-02"}, "was never claimed", "group_claims"),
        ({"claimed": "2026-01-31"}, "This day is missing", "group_claims"),
        ({"changed": "2026-02-10"}, "Nothing was added or corrected that day", "group_claims"),
        ({"withdrawn": "2026-02-10"}, "Say which priority was withdrawn", "group_claims"),
        ({"added": "2026-01-01", "claimed": "2026-01-31", "right": "2026-01-30"}, "either a priority", "group_claims"),
        ({"lead_review": "soon"}, "&#34;soon&#34; is no number of days", "group_leads"),
        ({"lead_review": "900"}, "use a whole number from 0 to 730", "group_leads"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_below_its_field_and_its_group_is_open(
    fields: dict[str, str], sentence: str, group: str
) -> None:
    at = plan(priority="2026-01-31", **fields)
    assert len(wrong(at)) == 1 and sentence in wrong(at)[0]
    assert "--" not in wrong(at)[0]  # no options of the command line
    label = strings.t(f"ui.plan.{group}", "en")
    assert next(e for e in at.expander if e.label == label).proto.expanded
    assert "<table" not in source(at)
    assert all(at.text_input(key=f"plan_{name}").value == text for name, text in fields.items())


def test_every_fact_of_the_planner_is_on_the_page() -> None:
    import inspect

    from patentprep.planning import plan_timeline

    facts, _ = read_bare()
    asked = set(inspect.signature(plan_timeline).parameters)
    assert asked == set(facts) | {"done"}


def read_bare() -> tuple[dict[str, Any], plan_facts.Wrong]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_facts, "held", lambda key, default: default)
        return plan_facts.read()


def test_nothing_typed_is_lost_by_language_page_or_mode() -> None:
    at = plan(priority="2026-01-31", filing="2027-01-15", family="W-7", lead_review="9", added="2026-02-01")
    calm(at.button(key="plan_add_absence").click().run())
    at.text_input(key="plan_from_0").set_value("2026-08-01")
    calm(at.text_input(key="plan_until_0").set_value("2026-08-14").run())
    at.multiselect(key=twin(at, "plan_done")).set_value(["priority_document"])
    calm(at.selectbox(key=twin(at, "plan_ipea")).set_value("EP").run())
    at.text_input(key="plan_report").set_value("2027-05-03")  # not yet sent when the page is left
    calm(at.segmented_control(key="lang").set_value("zh").run())
    calm(at.segmented_control(key=twin(at, "plan_mode")).set_value("many").run())
    go(at, "settings")
    go(at, "timeline")
    calm(at.segmented_control(key=twin(at, "plan_mode")).set_value("one").run())
    calm(at.segmented_control(key="lang").set_value("en").run())
    held = {"priority": "2026-01-31", "filing": "2027-01-15", "family": "W-7", "lead_review": "9",
            "added": "2026-02-01", "from_0": "2026-08-01", "until_0": "2026-08-14", "report": "2027-05-03"}  # fmt: skip
    assert {name: at.text_input(key=f"plan_{name}").value for name in held} == held
    assert at.multiselect(key=twin(at, "plan_done")).value == ["priority_document"]
    assert at.selectbox(key=twin(at, "plan_ipea")).value == "EP"
    again = go(open_app("en", desk=at.query_params["desk"]), "timeline")  # a reload
    assert again.text_input(key="plan_family").value == "W-7"
    assert "W-7" not in str(at.query_params)  # the address holds dates and codes only


def test_a_withdrawn_priority_is_chosen_among_those_claimed() -> None:
    at = plan(priority="2026-01-31, 2026-02-15", filing="2027-01-15")
    choice = at.selectbox(key=twin(at, "plan_withdraw"))
    assert choice.options == ["none", "all", "2026-01-31", "2026-02-15"]
    choice.set_value("2026-01-31")
    calm(at.text_input(key="plan_withdrawn").set_value("2027-02-01").run())
    assert "priority date 2026-02-15" in words(at)


def test_the_usual_offices_are_added_to_those_chosen() -> None:
    at = plan(priority="2026-01-31")
    calm(at.multiselect(key=twin(at, "plan_offices")).set_value(["AU", "CN"]).run())
    calm(at.button(key="plan_usual").click().run())
    assert at.multiselect(key=twin(at, "plan_offices")).value == ["CN", "US", "EP", "JP", "KR", "AU"]


# --- what it shows ----------------------------------------------------------------------------------------------------


def test_three_things_to_do_next_the_overdue_first_and_what_is_done_is_left_out() -> None:
    at = plan(priority="2023-06-01", filing="2024-05-20", today="2026-03-01")
    told = re.findall(r"<li>.*?</li>", source(at).split('class="pp-next"')[1].split("</ol>")[0])
    assert len(told) == 3 and all("overdue" in item for item in told)  # entries ended in December 2025 and January 2026
    calm(at.multiselect(key=twin(at, "plan_done")).set_value(["national_phase:US", "national_phase:JP"]).run())
    told = re.findall(r"<li>.*?</li>", source(at).split('class="pp-next"')[1].split("</ol>")[0])
    assert not any("JP" in item or "US" in item for item in told)


@pytest.mark.parametrize(("lang", "month"), [("zh", "2026年12月"), ("en", "December 2026")])
def test_month_by_month(lang: str, month: str) -> None:
    at = plan(lang, priority="2026-01-31", today="2026-11-25")
    calm(at.segmented_control(key=twin(at, "plan_view")).set_value("months").run())
    page = source(at)
    assert month in page and page.count('class="pp-step ') > 10
    assert re.findall(r'class="pp-month"><h3>(.*?)</h3>', page)[0] == month
    assert "<table" not in page


def test_ways_to_file_say_why_some_are_not_possible() -> None:
    at = plan(priority="2026-01-31", today="2026-11-25")
    calm(at.segmented_control(key=twin(at, "plan_view")).set_value("ways").run())
    page = source(at)
    assert page.count('<article class="pp-way') == 4
    assert page.count("pp-way-no") == 2  # filed already: neither the PCT at once nor a provisional
    assert "The first filing was made on" in words(at)


def test_disclosures_office_by_office() -> None:
    at = plan(priority="2026-01-31")
    calm(at.button(key="plan_add").click().run())
    calm(at.text_input(key="plan_day_0").set_value("2026-01-10").run())
    table = source(at).split("Disclosures, office by office")[1]
    assert table.count("<tr>") == 6  # a head and five offices
    assert "pp-verdict-lost" in table and "pp-verdict-grace" in table


def test_one_office_alone() -> None:
    at = plan(priority="2026-01-31")
    calm(at.selectbox(key=twin(at, "plan_only")).set_value("JP").run())
    assert "National phase JP" in source(at) and "National phase US" not in source(at)
    calm(at.multiselect(key=twin(at, "plan_offices")).set_value(["US"]).run())  # JP is not asked for any more
    assert "National phase US" in source(at)


def test_the_picture_shows_more_on_demand() -> None:
    at = plan(priority="2026-01-31")
    few = str(at.get("vega_lite_chart")[0].proto)
    calm(at.toggle(key="plan_everything").set_value(True).run())
    assert len(str(at.get("vega_lite_chart")[0].proto)) > len(few)


# --- portfolio --------------------------------------------------------------------------------------------------------


def many(lang: str = "en") -> AppTest:
    at = go(open_app(lang), "timeline")
    return calm(at.segmented_control(key=twin(at, "plan_mode")).set_value("many").run())


def upload(at: AppTest, text: str) -> AppTest:
    at.file_uploader[0].upload("families.csv", text.encode(), "text/csv")
    return calm(at.run())


def test_an_empty_portfolio_teaches_and_shows_an_example() -> None:
    at = many()
    assert 'class="pp-empty"' in source(at)
    calm(at.button(key="portfolio_try").click().run())
    assert "portfolio.csv: 5 families" in words(at) and "pp-wrong" not in source(at)
    assert "Rows that could not be planned" not in words(at)  # the example is a good one
    calm(at.button(key="portfolio_clear").click().run())
    assert 'class="pp-empty"' in source(at)


def test_a_portfolio_is_one_list_bad_rows_are_named_and_it_stays() -> None:
    at = upload(
        many(), "family,priority_date,offices\nA,2020-01-15,US\nB,2026-13-01,US\nC,2026-06-01,US;XX\n,2026-01-01,\n"
    )
    text = words(at)
    assert "families.csv: 1 families" in text and "overdue" in text
    assert "Line 3 (B): There is no day 2026-13-01" in text
    assert "Line 4 (C):" in text and "Line 5: the family has no reference" in text
    assert "`" not in text
    calm(at.segmented_control(key="lang").set_value("zh").run())
    go(at, "start")
    go(at, "timeline")
    assert "families.csv" in words(at) and "第3行（B）" in words(at)


def test_a_portfolio_is_filtered_by_office_and_time() -> None:
    from datetime import date

    from patentprep.planning.periods import add_months

    at = upload(many(), f"family,priority_date,offices\nA,{add_months(date.today(), -29)},US;JP\n")
    assert "National phase US" in source(at) and "National phase JP" in source(at)
    calm(at.multiselect(key=twin(at, "portfolio_offices")).set_value(["US"]).run())
    assert "National phase US" in source(at) and "National phase JP" not in source(at)
    ahead = source(at).count("<tr class=")
    calm(at.selectbox(key=twin(at, "portfolio_within")).set_value(3).run())
    assert 0 < source(at).count("<tr class=") < ahead  # reinstatement comes later
    calm(at.toggle(key="portfolio_over").set_value(True).run())
    assert "pp-over" in source(at) or source(at).count("<tr class=") >= 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [("a,b\n1,2\n", "has no column"), ("", "has no column"), ("family\n", "holds no families")],
)
def test_a_file_that_is_no_portfolio_is_one_sentence(data: str, sentence: str) -> None:
    at = upload(many(), data)
    assert sentence in words(at) and "<table" not in source(at)


def test_a_file_too_large_is_not_read() -> None:
    at = upload(many(), "family\n" + "x" * plan_portfolio.MOST_BYTES)
    assert "larger than 1 MB" in words(at)


def test_forgetting_drops_the_portfolio() -> None:
    at = upload(many(), "family,priority_date\nA,2026-01-15\n")
    go(at, "settings")
    calm(at.button(key="forget").click().run())
    assert not any("portfolio" in d.kept for d in desk._desks().values())
    assert "portfolio_planned" not in at.session_state
