"""What changes the priority date or costs it, and what wrong input says."""

import pytest
from planning import WITHDRAWN, D, ids, plan, refused

from patentprep.errors import DateError, PatentprepError, UnknownOffice, UsageError


# Change of the priority date: Rules 26bis.1(c), 90bis.3(d), (e)
@pytest.mark.parametrize(
    ("withdrawn", "id", "nominal", "status"),
    [
        ("2027-07-01", "priority_document", "2027-05-31", "expired"),
        ("2027-05-20", "priority_document", "2027-10-01", "open"),
        ("2027-07-01", "publication", "2027-12-01", "open"),
        ("2027-07-20", "publication", "2027-12-01", "open"),  # the last day to stop publication
        ("2027-07-21", "publication", "2027-07-31", "expired"),  # too late to postpone publication
        ("2027-07-21", "stop_publication", "2027-07-20", "expired"),
        ("2027-07-21", "national_phase:US", "2028-12-01", "open"),
        (
            "2028-07-31",
            "national_phase:US",
            "2028-12-01",
            "open",
        ),  # the limit has not expired on its last day
        ("2028-06-30", "chapter_ii_demand", "2027-11-30", "expired"),
    ],
)
def test_a_withdrawal_moves_unexpired_limits_only(withdrawn: str, id: str, nominal: str, status: str) -> None:
    item = plan({**WITHDRAWN, "withdrawn_on": withdrawn}).deadline(id)
    assert (item.nominal_date.isoformat(), item.status) == (nominal, status)
    if status == "expired":
        assert item.note and item.note.key == "note.expired"


def test_withdrawing_a_later_priority_changes_nothing() -> None:
    later = plan({**WITHDRAWN, "withdraw_priority": "2026-06-01", "withdrawn_on": "2027-02-01"})
    assert later.given.priority_date == D("2026-01-31")
    assert later.deadline("national_phase:US").nominal_date == D("2028-07-31")


def test_withdrawing_all_priorities_leaves_the_filing_date() -> None:
    timeline = plan({**WITHDRAWN, "withdraw_priority": "all", "withdrawn_on": "2027-03-01"})
    assert timeline.given.priority_date == D("2026-12-18")
    assert timeline.deadline("national_phase:US").nominal_date == D("2029-06-18")
    assert timeline.deadline("priority_period").status == "expired"
    assert "withdraw_priority" not in ids(timeline)


def test_the_withdrawal_is_dated_today_unless_said_otherwise() -> None:
    assert plan({**WITHDRAWN, "today": "2027-03-01"}).given.withdrawn_on == D("2027-03-01")


def test_an_added_priority_recomputes_what_has_not_expired() -> None:
    timeline = plan(
        {"priority_date": "2026-03-31", "filing_date": "2026-12-18", "add_priority": "2026-01-31",
         "today": "2027-04-15", "offices": ["US"]}
    )  # fmt: skip
    assert timeline.given.priority_date == D("2026-01-31")
    assert timeline.deadline("national_phase:US").nominal_date == D("2028-07-31")
    # the earlier of the two 16-month periods, never before four months from filing (Rule 26bis.1(a))
    assert timeline.deadline("priority_claim_correction").nominal_date == D("2027-05-31")
    assert timeline.deadline("international_search_report").status == "expired"


@pytest.mark.parametrize(
    ("today", "severity", "priority"),
    [
        ("2027-05-31", None, "2026-01-31"),
        ("2027-06-15", "serious", "2026-01-31"),
        ("2027-08-01", "fatal", "2026-03-31"),
    ],
)
def test_a_priority_added_too_late(today: str, severity: str | None, priority: str) -> None:
    timeline = plan(
        {
            "priority_date": "2026-03-31",
            "filing_date": "2026-12-18",
            "add_priority": "2026-01-31",
            "today": today,
        }
    )
    late = [item.severity for item in timeline.warnings if item.id == "priority_claim_late"]
    assert (late, timeline.given.priority_date) == ([severity] if severity else [], D(priority))


# Restoration: Rules 26bis.3, 49ter.1, 49ter.2
def test_a_filing_in_the_two_months_keeps_the_priority_date_but_not_everywhere() -> None:
    timeline = plan(
        {"priority_date": "2025-01-15", "filing_date": "2026-02-10",
         "offices": ["CN", "US", "EP", "KR", "DE", "IN", "CA", "MA", "VN"]}
    )  # fmt: skip
    assert timeline.deadline("national_phase:US").nominal_date == D("2027-07-15")  # Rule 26bis.2(c)(iii)
    assert timeline.warning("restoration_not_accepted").offices == ("KR", "DE", "IN", "MA")
    assert timeline.warning("restoration_unknown").offices == ("VN",)
    assert timeline.warning("priority_too_old").severity == "serious"


@pytest.mark.parametrize("office", ["BR", "CO", "CU", "CZ", "DE", "GR", "ID", "IN", "KR", "PH"])
def test_receiving_offices_that_do_not_restore(office: str) -> None:
    timeline = plan({"priority_date": "2025-01-15", "filing_date": "2026-02-10", "receiving_office": office})
    assert timeline.warning("restoration_not_accepted").offices == (office,)


def test_receiving_and_designated_offices_that_refuse_share_one_warning() -> None:
    timeline = plan(
        {
            "priority_date": "2025-01-15",
            "filing_date": "2026-02-10",
            "receiving_office": "KR",
            "offices": ["US", "DE", "KR"],
        }
    )
    found = [item.offices for item in timeline.warnings if item.id == "restoration_not_accepted"]
    assert found == [("KR", "DE")]


@pytest.mark.parametrize("filing", ["2025-12-15", "2026-01-15"])
def test_a_filing_within_the_year_needs_no_restoration(filing: str) -> None:
    timeline = plan({"priority_date": "2025-01-15", "filing_date": filing, "offices": ["KR"]})
    assert not {item.id for item in timeline.warnings} & {"restoration_not_accepted", "priority_too_old"}


def test_the_shifted_last_day_is_still_within_the_year() -> None:
    timeline = plan({"priority_date": "2025-10-10", "filing_date": "2026-10-12", "offices": ["KR"]})
    assert "priority_too_old" not in {item.id for item in timeline.warnings}


def test_a_priority_that_can_no_longer_be_used_is_flagged() -> None:
    assert plan({"priority_date": "2024-01-31", "offices": ["US"], "today": "2026-01-05"}).warning("priority_too_old")


# Secrecy examination: Patent Law Art. 19
@pytest.mark.parametrize(
    ("arguments", "severity"),
    [
        ({"made_in": "CN"}, "advisory"),
        ({"made_in": "cn", "receiving_office": "IB"}, "fatal"),
        ({"made_in": "CN", "receiving_office": "US"}, "fatal"),
        ({"made_in": "CN", "offices": ["AR"]}, "serious"),
        ({"made_in": "US", "receiving_office": "US"}, None),
        ({"made_in": "PK"}, None),
        ({}, None),
    ],
)
def test_secrecy_examination(arguments: dict[str, object], severity: str | None) -> None:
    timeline = plan({"priority_date": "2026-01-31", **arguments})
    found = [item.severity for item in timeline.warnings if item.id == "secrecy_examination"]
    assert found == ([severity] if severity else [])
    assert ("secrecy_examination" in ids(timeline)) == bool(severity)


@pytest.mark.parametrize(
    ("arguments", "error", "key"),
    [
        ({}, UsageError, "error.plan_no_date"),
        ({"priority_date": "2026-01-31", "filing_date": "2025-01-01"}, DateError,
         "error.plan_filing_before_priority"),
        ({"priority_date": "2024-01-31", "filing_date": "2025-06-30"}, DateError,
         "error.plan_priority_too_old"),
        ({"priority_date": "2024-01-31", "filing_date": "2025-04-08"}, DateError,
         "error.plan_priority_too_old"),
        ({"priority_date": "2024-01-31", "offices": ["QQ"]}, UnknownOffice, "error.office_unknown"),
        ({"priority_date": "2024-01-31", "offices": ["UK"]}, UnknownOffice, "error.office_mistyped"),
        ({"priority_date": "2024-01-31", "offices": ["Japan"]}, UnknownOffice, "error.office_mistyped"),
        ({"priority_date": "2024-01-31", "offices": ["IB"]}, UnknownOffice, "error.office_unknown"),
        ({"priority_date": "2024-01-31", "receiving_office": "WIPO"}, UnknownOffice,
         "error.office_mistyped"),
        ({"priority_date": "2024-01-31", "ipea": "ZZ"}, UnknownOffice, "error.office_unknown"),
        ({"priority_date": "2024-01-31", "made_in": "PRC"}, UnknownOffice, "error.office_mistyped"),
        ({**WITHDRAWN, "withdraw_priority": "2026-02-01", "withdrawn_on": "2027-02-01"}, UsageError,
         "error.plan_not_claimed"),
        ({**WITHDRAWN}, UsageError, "error.plan_withdrawn_on"),
        ({"priority_date": "2026-01-31", "withdraw_priority": "none"}, DateError, "error.date_not_iso"),
        ({"priority_date": "2026-01-31", "withdrawn_on": "2027-02-01"}, UsageError,
         "error.plan_withdrawn_on"),
        ({**WITHDRAWN, "withdrawn_on": "2026-10-01"}, DateError, "error.plan_withdrawn_before_filing"),
        ({**WITHDRAWN, "withdrawn_on": "2028-09-01"}, DateError, "error.plan_withdrawn_too_late"),
        ({"priority_date": "2026-01-31", "withdraw_priority": "all", "withdrawn_on": "2027-02-01"},
         UsageError, "error.plan_withdrawal_needs_filing"),
        ({"filing_date": "2026-01-31", "withdraw_priority": "all", "withdrawn_on": "2027-02-01"},
         UsageError, "error.plan_not_claimed"),
        ({"priority_date": "2026-01-31", "search_report_date": "2025-12-01"}, DateError,
         "error.plan_report_before_priority"),
        ({"priority_date": "2026-01-31", "disclosures": [(D("2025-12-01"), "blog")]}, UsageError,
         "error.plan_disclosure_kind"),
        ({"priority_date": "1850-01-31"}, DateError, "error.date_out_of_range"),
    ],
)  # fmt: skip
def test_wrong_input_is_explained_in_one_sentence(
    arguments: dict[str, object], error: type[PatentprepError], key: str
) -> None:
    refused(arguments, error, key)
