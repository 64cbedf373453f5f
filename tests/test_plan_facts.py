"""Facts a plan may be given besides its dates: what each changes, by its rule."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning import D, plan, refused

from patentprep.errors import DateError, PatentprepError, UsageError
from patentprep.planning.calendars import is_open
from patentprep.planning.offices import offices
from patentprep.planning.pct import plan_timeline

FILED = {"priority_date": "2026-03-31", "filing_date": "2026-12-18"}
WRONG = D("2026-01-30")
MARCH = {"priority_date": WRONG, "filing_date": "2026-12-18", "correct_priority": [WRONG, D("2026-03-30")]}
JANUARY = {**MARCH, "correct_priority": [WRONG, D("2026-01-20")]}

# (arguments, deadline, nominal end, date, status, rule or reason)
CHANGED = [
    ({**FILED, "early_publication": "2027-01-11"}, "publication", "2027-01-11", "2027-01-28", "open",
     "Art. 21(2)(b): first Thursday after 15 days of preparation"),
    ({**FILED, "early_publication": "2027-01-11"}, "stop_publication", "2027-01-12", "2027-01-12", "open",
     "16 days before that Thursday"),
    ({**FILED, "early_publication": "2027-01-11"}, "priority_claim_correction", "2027-01-11", "2027-01-11",
     "open", "Rule 26bis.1(b): barred from the request on"),
    ({**FILED, "early_publication": "2027-09-28"}, "publication", "2027-09-30", "2027-10-07", "open",
     "asked so late that the ordinary publication comes first"),
    ({**FILED, "early_publication": "2027-01-11", "offices": ["US"]}, "national_phase:US", "2028-09-30",
     "2028-10-02", "open", "national phase does not move with publication; Saturday"),
    ({**FILED, "demand_date": "2027-10-29", "offices": ["LU"]}, "national_phase:LU", "2028-09-30", "2028-10-02",
     "open", "Art. 39(1)(a): demand within 19 months, so 30 months; Saturday"),
    ({**FILED, "demand_date": "2027-11-02", "offices": ["LU"]}, "national_phase:LU", "2027-11-30", "2027-11-30",
     "open", "demand after 19 months: 20 months stay"),
    ({**FILED, "demand_date": "2027-10-29", "offices": ["TZ"]}, "national_phase:TZ", "2028-10-31", "2028-10-31",
     "open", "31 months"),
    ({**FILED, "demand_date": "2027-10-29", "offices": ["UG"]}, "national_phase:UG", "2028-10-31", "2028-10-31",
     "open", "31 months"),
    ({**FILED, "demand_date": "2027-10-29", "today": "2027-11-01"}, "chapter_ii_demand", "2028-01-31", "2028-01-31",
     "done", "the demand is filed"),
    ({**FILED, "today": "2027-01-04"}, "priority_period", "2027-03-31", "2027-03-31", "done", "filed within it"),
    ({"priority_date": "2025-01-15", "filing_date": "2026-02-10", "today": "2026-03-02"}, "priority_period",
     "2026-01-15", "2026-01-15", "past", "filed after it"),
    ({**FILED, "search_report_date": "2027-03-01", "today": "2027-03-02"}, "international_search_report",
     "2027-03-18", "2027-03-18", "done", "transmitted"),
    ({**FILED, "done": ["national_phase:US"], "offices": ["US"]}, "national_phase:US", "2028-09-30", "2028-10-02",
     "done", "said to be done"),
    ({**FILED, "done": ["national_phase:CN"], "offices": ["CN"]}, "national_phase_extended:CN", "2028-11-30",
     "2028-11-30", "done", "entered: the surcharge is not needed"),
    ({**FILED, "done": ["national_phase:US"], "offices": ["US"]}, "reinstatement:US", "2029-09-30", "2029-10-01",
     "done", "entered: nothing to reinstate; Sunday"),
    ({**FILED, "made_in": "CN", "today": "2027-01-04"}, "secrecy_examination", "2026-12-18", "2026-12-18", "done",
     "the PCT filing at CNIPA was the request (Rule 8)"),
    ({"priority_date": "2026-01-31", "offices": ["HK"]}, "record_request:HK", "2029-01-31", "2029-01-31", "open",
     "AG CN.17: six months, counted from the last day of entry in China until the day is known"),
    ({"priority_date": "2026-01-31", "offices": ["HK"], "record_from": "2028-03-15"}, "record_request:HK",
     "2028-09-15", "2028-09-15", "open", "AG CN.17: six months from that day"),
    ({"priority_date": "2026-01-31", "offices": ["HK"]}, "paris_filing:HK", "2027-01-31", "2027-02-01", "open",
     "direct filing in Hong Kong; Sunday"),
    ({"priority_date": "2026-01-31", "offices": ["MO"]}, "paris_filing:MO", "2027-01-31", "2027-02-01", "open",
     "direct filing in Macao, to be confirmed; Sunday"),
    ({**JANUARY, "changed_on": "2027-03-01", "offices": ["US"]}, "national_phase:US", "2028-07-20", "2028-07-20",
     "open", "Rule 26bis.1(c): corrected date"),
    ({**MARCH, "changed_on": "2027-03-01", "offices": ["US"]}, "national_phase:US", "2028-09-30", "2028-10-02", "open",
     "a later right date moves the limits later"),
    ({**MARCH, "changed_on": "2027-03-22"}, "international_search_report", "2027-03-18", "2027-03-18", "expired",
     "expired before the correction: not revived"),
    ({**MARCH, "changed_on": "2027-03-01"}, "priority_claim_correction", "2027-05-30", "2027-05-31", "open",
     "Rule 26bis.1(a): 16 months from the earlier of the two; Sunday"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "id", "nominal", "end", "status", "why"), CHANGED)
def test_a_fact_changes_a_deadline(
    arguments: dict[str, object], id: str, nominal: str, end: str, status: str, why: str
) -> None:
    item = plan(arguments).deadline(id)
    assert (item.nominal_date.isoformat(), item.date.isoformat(), item.status) == (nominal, end, status), why


# (arguments, warning, severity, rule)
WARNED = [
    ({**FILED, "demand_date": "2028-02-02"}, "demand_late", "serious", "Rule 54bis.1: no effect"),
    ({**FILED, "early_publication": "2027-01-11", "add_priority": "2026-01-31", "changed_on": "2027-01-12"},
     "priority_claim_late", "fatal", "Rule 26bis.1(b)"),
    ({**FILED, "correct_priority": [D("2026-03-31"), D("2026-01-31")], "changed_on": "2027-06-15"},
     "priority_claim_late", "serious", "one month late, not yet declared void: Rule 26bis.2(b)"),
    ({"priority_date": "2026-01-31", "offices": ["EP"], "disclosures": [(D("2026-02-02"), "talk")]},
     "later_disclosure", "advisory", "after the priority date: harms nothing filed before"),
    ({**FILED, "offices": ["US", "EP"], "disclosures": [(D("2027-02-02"), "code")]}, "later_disclosure", "advisory",
     "after the filing date"),
    ({"priority_date": "2026-03-31", "offices": ["HK", "MO"]}, "through_missing", "serious",
     "Hong Kong and Macao follow a Chinese application that is not planned"),
    ({"priority_date": "2026-03-31", "offices": ["FR", "US"]}, "through_missing", "serious",
     "France is reached through the EPO only"),
    ({"priority_date": "2026-03-31", "absences": [(D("2027-03-20"), D("2027-04-05"))]}, "deadline_in_absence",
     "serious", "deadlines do not move"),
    ({"priority_date": "2026-03-31", "today": "2027-03-01", "absences": [(D("2027-02-01"), D("2027-04-30"))]},
     "absence_unavoidable", "serious", "every day left is an absence"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "id", "severity", "why"), WARNED)
def test_a_fact_is_warned_about(arguments: dict[str, object], id: str, severity: str, why: str) -> None:
    assert plan(arguments).warning(id).severity == severity, why


@pytest.mark.parametrize(
    ("arguments", "error", "key"),
    [
        ({**FILED, "correct_priority": [D("2026-04-01"), D("2026-03-01")]}, UsageError,
         "error.plan_not_claimed_correct"),
        ({**FILED, "changed_on": "2027-01-01"}, UsageError, "error.plan_changed_on"),
        ({**FILED, "add_priority": "2026-02-01", "correct_priority": [D("2026-03-31"), D("2026-03-01")]}, UsageError,
         "error.plan_add_and_correct"),
        ({**FILED, "absences": [(D("2027-01-02"), D("2027-01-01"))]}, DateError, "error.plan_absence"),
        ({**FILED, "demand_date": "2026-12-01"}, DateError, "error.plan_demand_before_filing"),
        ({**FILED, "early_publication": "2026-12-01"}, DateError, "error.plan_early_before_filing"),
        ({**FILED, "early_publication": "2027-12-01"}, DateError, "error.plan_early_publication"),
        ({**FILED, "record_from": "2026-01-01"}, DateError, "error.plan_record_from"),
        ({**FILED, "leads": {"tea": 3}}, UsageError, "error.plan_lead_name"),
        ({**FILED, "leads": {"entry": -1}}, UsageError, "error.plan_lead_days"),
        ({**FILED, "done": ["zzz"]}, UsageError, "error.plan_done"),
        ({**FILED, "done": ["publicaton"]}, UsageError, "error.plan_done_mistyped"),
    ],
)  # fmt: skip
def test_an_impossible_fact_is_one_sentence(
    arguments: dict[str, object], error: type[PatentprepError], key: str
) -> None:
    refused(arguments, error, key)


def test_a_correction_too_late_leaves_the_plan_alone() -> None:
    late = plan({**FILED, "correct_priority": [D("2026-03-31"), D("2026-01-31")], "changed_on": "2027-12-01"})
    assert late.given.priority_date == D("2026-03-31")
    assert late.warning("priority_claim_late").severity == "fatal"


def test_a_wrong_date_that_is_corrected_need_not_fit_the_filing_date() -> None:
    timeline = plan(
        {"priority_date": "2024-03-31", "filing_date": "2026-03-02", "changed_on": "2026-04-01",
         "correct_priority": [D("2024-03-31"), D("2025-03-31")]}
    )  # fmt: skip
    assert timeline.given.priority_date == D("2025-03-31")


def test_a_withdrawal_after_an_addition_takes_both_in_turn() -> None:
    timeline = plan(
        {**FILED, "add_priority": "2026-01-31", "changed_on": "2027-02-01", "withdraw_priority": "2026-01-31",
         "withdrawn_on": "2027-05-03", "offices": ["US"]}
    )  # fmt: skip
    assert timeline.given.priority_date == D("2026-03-31")
    assert timeline.deadline("national_phase:US").nominal_date == D("2028-09-30")


# Disclosures, office by office: (office, disclosed, kind, priority, filing, verdict, grace from, file by)
JUDGED = [
    ("US", "2025-06-01", "preprint", "2026-01-31", None, "grace", "2025-01-31", None),
    ("JP", "2025-06-01", "preprint", "2026-01-31", None, "grace", None, "2026-06-01"),
    ("JP", "2025-06-01", "preprint", "2026-01-31", "2026-05-15", "grace", "2025-05-15", None),
    ("JP", "2025-06-01", "preprint", "2026-01-31", "2026-07-01", "lost", "2025-07-01", None),
    ("EP", "2025-12-01", "preprint", "2026-01-31", None, "lost", None, None),
    ("EP", "2025-12-01", "abuse", "2026-01-31", "2026-05-29", "grace", "2025-11-29", None),
    ("CN", "2025-12-01", "exhibition", "2026-01-31", None, "grace", "2025-07-31", None),
    ("TW", "2025-12-01", "talk", "2026-01-31", "2026-12-15", "grace", None, "2026-12-01"),
    ("CN", "2026-01-31", "talk", "2026-01-31", None, "same_day", None, None),
    ("CN", "2026-02-01", "talk", "2026-01-31", None, "after", None, None),
    ("KR", "2026-12-24", "product", "2026-01-31", "2026-12-18", "after", None, None),
    ("VC", "2025-12-01", "talk", "2026-01-31", None, "unknown", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "kind", "priority", "filing", "verdict", "start", "file_by"), JUDGED)
def test_what_a_disclosure_means(
    code: str,
    day: str,
    kind: str,
    priority: str,
    filing: str | None,
    verdict: str,
    start: str | None,
    file_by: str | None,
) -> None:
    (item,) = plan(
        {"priority_date": priority, "filing_date": filing, "offices": [code], "disclosures": [(D(day), kind)]}
    ).disclosures
    found = (item.verdict, item.grace_from and item.grace_from.isoformat(), item.file_by and item.file_by.isoformat())
    assert found == (verdict, start, file_by)


# Suggestions
def suggested(arguments: dict[str, object]) -> dict[str, tuple[date, date, date]]:
    return {item.id: (item.earliest, item.recommended, item.latest) for item in plan(arguments).suggestions}


def test_three_routes_to_the_secrecy_examination() -> None:
    found = suggested({"priority_date": "2026-12-15", "made_in": "CN", "today": "2026-11-25", "offices": ["US"]})
    separate, with_cn, pct = (found[f"secrecy_route:{name}"] for name in ("separate", "cn_application", "pct_at_cnipa"))
    assert separate[2] == with_cn[2] == D("2027-08-13")  # four months before the year ends; a Sunday: earlier
    assert pct == found["secrecy_examination"]
    assert pct[2] == found["pct_filing"][2]


def test_no_route_is_left_once_the_application_is_filed_or_made_elsewhere() -> None:
    assert not [id for id in suggested({**FILED, "made_in": "CN", "today": "2027-01-04"}) if "secrecy_route" in id]
    assert not [id for id in suggested({"priority_date": "2026-12-15", "made_in": "DE"}) if "secrecy" in id]


def test_longer_lead_times_come_earlier() -> None:
    facts = {"priority_date": "2026-12-15", "offices": ["US"], "today": "2026-01-05"}
    usual, slow = suggested(facts), suggested({**facts, "leads": {"translation": 120, "drafting": 90, "entry": 60}})
    for id in ("translations:US", "drafting", "national_entry:US"):
        assert slow[id][1] < usual[id][1], id


def test_a_translation_is_ready_for_the_recommended_entry() -> None:
    found = suggested({"priority_date": "2026-01-31", "offices": ["US", "JP", "KR"]})
    for code in ("US", "JP", "KR"):
        assert (found[f"national_entry:{code}"][1] - found[f"translations:{code}"][1]).days >= 60


def test_a_done_entry_needs_no_suggestion() -> None:
    found = suggested({"priority_date": "2026-01-31", "offices": ["US", "JP"], "done": ["national_phase:US"]})
    assert "national_entry:JP" in found and not [id for id in found if id.endswith(":US")]


def test_a_late_entry_is_suggested_while_the_extension_runs() -> None:
    found = suggested(
        {"priority_date": "2024-03-31", "filing_date": "2025-03-03", "offices": ["CN"], "today": "2026-10-12"}
    )
    assert found["national_entry:CN"][1:] == (D("2026-10-12"), D("2026-11-30"))  # at once: surcharges grow


def test_what_should_have_been_ordered_long_ago_is_ordered_at_once() -> None:
    timeline = plan(
        {"priority_date": "2024-06-01", "filing_date": "2025-03-03", "offices": ["US"], "today": "2026-11-25"}
    )
    why = {item.id: item.why.key for item in timeline.suggestions}
    assert why == {"translations:US": "why.at_once", "associates:US": "why.at_once",
                   "national_entry:US": "why.national_entry_now"}  # fmt: skip


def test_a_filing_in_time_is_not_overdue_after_its_priority_was_withdrawn() -> None:
    timeline = plan(
        {"priority_date": ["2024-03-31", "2024-06-01"], "filing_date": "2025-03-03", "withdraw_priority": "2024-03-31",
         "withdrawn_on": "2026-02-02", "today": "2026-11-25"}
    )  # fmt: skip
    assert timeline.deadline("priority_period").status == "expired"
    assert not [item.id for item in timeline.deadlines if timeline.overdue(item)]


def test_places_outside_the_pct_are_never_dropped() -> None:
    found = suggested({"priority_date": "2026-01-31", "offices": ["TW", "AR", "HK"]})
    assert {"direct_filing:TW", "direct_filing:AR", "record:HK"} <= set(found)


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@settings(max_examples=60, deadline=None)
@given(DAYS, st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 60)), max_size=4), st.integers(0, 900))
def test_recommended_dates_avoid_absences_and_deadlines_do_not_move(
    priority: date, spans: list[tuple[int, int]], age: int
) -> None:
    def day(offset: int) -> date:
        return date.fromordinal(priority.toordinal() + offset)

    absences = [(day(start), day(start + length)) for start, length in spans]
    facts = {"priority_date": priority, "offices": ["CN", "US", "TW", "HK"], "made_in": "CN", "today": day(age)}
    free = plan_timeline(**facts)  # type: ignore[arg-type]
    away = plan_timeline(**facts, absences=absences)  # type: ignore[arg-type]
    assert [(i.id, i.date) for i in free.deadlines] == [(i.id, i.date) for i in away.deadlines]
    assert {item.id for item in free.suggestions} == {item.id for item in away.suggestions}
    covered = {item.id for item in away.suggestions if away.given.absent(item.recommended)}
    assert bool(covered) == any(item.id == "absence_unavoidable" for item in away.warnings)
    for item in away.suggestions:
        assert day(age) <= item.earliest <= item.recommended <= item.latest
    assert plan_timeline(**facts, absences=absences) == away  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS, st.sampled_from(["CN", "US", "EP", "IB"]), st.lists(st.sampled_from(sorted(offices())), max_size=6))
def test_a_change_keeps_open_days_and_revives_nothing(
    priority: date, other: date, receiving: str, codes: list[str]
) -> None:
    filing = date.fromordinal(max(priority, other).toordinal() + 30)
    if filing.toordinal() - min(priority, other).toordinal() > 330:
        return
    facts = {"priority_date": [priority, other], "filing_date": filing, "receiving_office": receiving, "offices": codes}
    before = plan_timeline(**facts)  # type: ignore[arg-type]
    for offset in (10, 200, 400, 550):
        on = date.fromordinal(filing.toordinal() + offset)
        after = plan_timeline(**facts, withdraw_priority=min(priority, other), withdrawn_on=on)  # type: ignore[arg-type]
        old = {item.id: item for item in before.deadlines}
        for item in after.deadlines:
            if item.office not in ("ISA", "IPEA") and (item.certain or item.moved_because):
                assert is_open(item.office, item.date)
            if item.id in old and old[item.id].date < on:
                assert item.date == old[item.id].date
