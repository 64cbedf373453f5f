"""The tables under data/offices and data/planning against the facts of the PCT they stand for, and in themselves."""

import pytest

from patentprep.planning.leads import NAMES, lead_meaning, leads, reminders
from patentprep.planning.offices import examining_offices, offices, weekly_closing_days
from patentprep.strings import LANGUAGES

# (office, months under Art. 22, months under Art. 39, extension, its months, source)
MONTHS = [
    ("CN", 30, 30, "as_of_right", 2, "AG CN.11: 32 months with a surcharge"),
    ("TR", 30, 30, "on_fee", 3, "33 months"),
    ("PH", 30, 30, "on_fee", 1, "31 months"),
    ("SG", 30, 30, "on_fee", 18, "up to 48 months"),
    ("CA", 30, 30, "reinstatement", 12, "42 months, no right to it since 30 October 2019"),
    ("ID", 31, 31, "unknown_length", 0, "length not stated in the source"),
    ("RS", 30, 30, "on_request", 0, "30 days, not a month"),
    ("US", 30, 30, None, 0, "AG US"),
    ("JP", 30, 30, None, 0, "AG JP"),
    ("EP", 31, 31, None, 0, "EPC Rule 159"),
    ("KR", 31, 31, None, 0, "AG KR"),
    ("GB", 31, 31, None, 0, "AG GB"),
    ("DE", 31, 31, None, 0, "AG DE"),
    ("LU", 20, 30, None, 0, "old Art. 22(1): demand within 19 months for the longer limit"),
    ("TZ", 21, 31, None, 0, "old Art. 22(1)"),
    ("BA", 34, 34, None, 0, "AG BA"),
    *((code, 30, 31, None, 0, "31 months only after a demand within 19")
      for code in ("AZ", "GM", "LR", "LS", "TJ", "TM", "TT", "UG", "ZW")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "first", "second", "kind", "more", "why"), MONTHS)
def test_months_for_entry(code: str, first: int, second: int, kind: str | None, more: int, why: str) -> None:
    entry = offices()[code]
    assert (entry.chapter_i, entry.chapter_ii) == (first, second), why
    assert (entry.extension.kind if entry.extension else None) == kind, why
    assert (entry.extension.months if entry.extension else 0) == more, why


def codes(text: str) -> set[str]:
    return set(text.split())


# (what the list says, the offices, those of our table): state of 2023 to 2024
LISTS = [
    ("receiving Offices that restore nothing (Rule 26bis.3(j))", "BR CO CU CZ DE GR ID IN KR PH",
     lambda e: e.restoration_receiving == "none"),
    ("designated Offices without requests of their own (Rule 49ter.2(h)); CA restores under its own law",
     "BR CA CO CU CZ DE DZ ID IN KR MX PH", lambda e: e.restoration_designated == "none"),
    ("no reinstatement under Rule 49.6", "CN DE MX NZ", lambda e: e.reinstatement == "no"),
    ("closed on Friday and Saturday", "AE BH DJ DZ EG IL JO KW OM QA SA SD SY",
     lambda e: set(e.weekly) == {"fri", "sat"}),
    ("closed on Thursday and Friday", "IR", lambda e: set(e.weekly) == {"thu", "fri"}),
    ("closed on Friday and Sunday", "BN", lambda e: set(e.weekly) == {"fri", "sun"}),
    ("no PCT: Paris Convention or the like", "TW AR", lambda e: e.route == "paris"),
    ("follow a Chinese application", "HK MO", lambda e: e.route == "extension"),
    ("national route closed, through the EPO or another regional office",
     "BE CY FR GR IE LT LV MC ME MT NL SI SM", lambda e: e.route == "regional"),
    ("grace counted back from filing or priority (or effective) date", "US CN BR MX CO PE TR PH AR",
     lambda e: e.grace.months and e.grace.counted_from == "priority"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "listed", "holds"), LISTS)
def test_lists_of_offices(what: str, listed: str, holds) -> None:  # type: ignore[no-untyped-def]
    assert {code for code, entry in offices().items() if holds(entry)} == codes(listed), what


# (office, months, counted back from, covers own disclosures)
GRACE = [
    *((code, 12, "filing", "own") for code in ("JP", "KR", "CA", "AU", "SG", "MY", "NZ", "VN", "CL", "TW")),
    *((code, 12, "priority", "own") for code in ("US", "BR", "MX", "CO", "PE", "TR", "PH", "AR")),
    ("RU", 6, "filing", "own"),
    ("CN", 6, "priority", "narrow"),
    *((code, 6, "filing", "narrow") for code in ("EP", "GB", "DE", "FR", "IT", "ES", "CH", "AT")),
    *((code, None, "filing", "narrow") for code in ("IN", "IL", "ZA")),
    ("TH", 12, "filing", "narrow"),
]
READ = ("JP",)  # the others are to be confirmed


@pytest.mark.parametrize(("code", "months", "start", "covers"), GRACE)
def test_grace_periods(code: str, months: int | None, start: str, covers: str) -> None:
    grace = offices()[code].grace
    assert (grace.months, grace.counted_from, grace.covers) == (months, start, covers)
    assert grace.confirmed == (code in READ), "what was compiled from general knowledge is never shown as settled"
    assert {lang for lang, _ in grace.condition} == {"en", "zh"}


@pytest.mark.parametrize("code", ["US", "JP", "KR", "CN", "EP", "CA", "AU", "TW", "RU"])
def test_formalities_of_a_grace_period_are_known_in_both_languages(code: str) -> None:
    assert {lang for lang, text in offices()[code].grace.formality if text} == {"en", "zh"}


def test_every_entry_has_a_source_a_date_and_names() -> None:
    for code, entry in offices().items():
        assert entry.source and entry.as_of, code
        assert {lang for lang, _ in entry.name} == {"en", "zh"}, code
        if entry.through:
            assert entry.through in offices(), code
        assert (entry.chapter_i is None) == (entry.route != "national"), code
        assert len(weekly_closing_days(code)) == 2, code
        if entry.confirmed:
            assert "PCT Applicant's Guide" in entry.source, code


def test_examining_offices_are_in_the_table_and_the_main_ones_are_among_them() -> None:
    assert examining_offices() <= set(offices())
    assert {"CN", "EP", "JP", "KR", "US"} <= examining_offices() and "DE" not in examining_offices()


def test_lead_times_are_explained_in_both_languages() -> None:
    for name in NAMES:
        assert getattr(leads(), name) > 0
        assert all(lead_meaning(name, lang) for lang in LANGUAGES)
    assert reminders() == (90, 60, 30, 14, 7, 1)
