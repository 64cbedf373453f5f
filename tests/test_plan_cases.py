"""Cases worked out by hand, rule by rule, as an officer of PCT formalities would check a plan."""

import re

import pytest
from planning import WITHDRAWN, D, ids, plan

from patentprep.cli import main
from patentprep.errors import DateError
from patentprep.model import Lang
from patentprep.planning.calendars import next_open_day
from patentprep.planning.offices import offices
from patentprep.planning.timeline import Suggestion, Timeline
from patentprep.report.plan import disclosure_rows, say_words, to_table
from patentprep.strings import LANGUAGES

# The last Thursday of the year: (priority, publication, end of preparation, last day to stop, decide by, reason)
YEAR_ENDS = [
    ("2025-06-24", "2026-12-30", "2026-12-15", "2026-12-14", "2026-12-14",
     "Thursday 31 Dec may be closed, Friday 1 Jan is: Wednesday at the earliest (RO/GL 337)"),
    ("2024-06-29", "2025-12-31", "2025-12-16", "2025-12-15", "2025-12-15",
     "Thursday 1 Jan is closed, Friday 2 Jan may be"),
    ("2023-06-28", "2025-01-02", "2024-12-18", "2024-12-17", "2024-12-17",
     "Thursday 2 Jan may be open, Wednesday 1 Jan is closed"),
    ("2024-11-10", "2026-05-15", "2026-04-30", "2026-04-28", "2026-04-27", "Ascension: the Friday (AG 9.013)"),
    ("2025-03-05", "2026-09-11", "2026-08-27", "2026-08-25", "2026-08-24", "Geneva Fast: the Friday"),
    ("2024-06-20", "2025-12-26", "2025-12-11", "2025-12-09", "2025-12-08", "25 December: the Friday"),
]  # fmt: skip


@pytest.mark.parametrize(("priority", "day", "prepared", "stop", "decide", "why"), YEAR_ENDS)
def test_publication_that_may_come_earlier_is_planned_for_the_earliest_day(
    priority: str, day: str, prepared: str, stop: str, decide: str, why: str
) -> None:
    timeline = plan({"priority_date": priority, "offices": ["US"]})
    ids = ("publication", "publication_technical_preparation", "stop_publication")
    assert [timeline.deadline(id).date for id in ids] == [D(day), D(prepared), D(stop)], why
    assert not timeline.deadline("publication").certain
    aim = next(item for item in timeline.suggestions if item.id == "decide_before_publication")
    assert aim.latest == D(decide)
    assert aim.recommended <= aim.latest


def _aim(timeline: Timeline, id: str) -> Suggestion:
    return next(item for item in timeline.suggestions if item.id == id)


PREPRINT = [(D("2026-01-15"), "preprint")]
TAIWAN = {"priority_date": "2026-03-01", "disclosures": PREPRINT, "offices": ["TW", "AR"]}


# Grace periods counted back from the filing itself
@pytest.mark.parametrize(
    ("id", "latest", "why"),
    [
        (
            "direct_filing:TW",
            "2027-01-14",
            "twelve months from the disclosure, less a day: before the priority year ends",
        ),
        ("direct_filing:AR", "2027-03-01", "counted back from priority: the priority year"),
    ],
)
def test_a_direct_filing_comes_before_the_grace_period_of_the_office_ends(id: str, latest: str, why: str) -> None:
    timeline = plan({**TAIWAN, "today": "2026-04-01"})
    aim = _aim(timeline, id)
    assert aim.latest == D(latest), why
    assert aim.recommended < aim.latest
    code = id[-2:]
    for step in ("translations", "associates"):
        assert _aim(timeline, f"{step}:{code}").recommended <= aim.recommended
    row = next(item for item in timeline.disclosures if item.office == code)
    assert row.file_by is None or aim.latest < row.file_by


@pytest.mark.parametrize("filing", [None, "2027-02-26"])
def test_a_planned_filing_does_not_hide_the_day_that_keeps_the_grace_period(filing: str | None) -> None:
    timeline = plan(
        {"priority_date": "2026-03-01", "filing_date": filing, "today": "2026-04-01", "offices": ["JP", "KR", "TW"],
         "disclosures": PREPRINT}
    )  # fmt: skip
    aim = _aim(timeline, "pct_filing")
    assert aim.latest == D("2027-01-14")
    assert dict(aim.why.facts) == {"date": "2027-01-14", "offices": "JP,KR"}
    needed = timeline.warning("grace_period_needed")
    assert "TW" in needed.offices
    assert dict(needed.message.facts)["file_by"] == "2027-01-15"
    lost = [item.message for item in timeline.warnings if item.id == "novelty_lost"]
    assert [dict(item.facts)["keep"] for item in lost] == (["JP,KR"] if filing else [])
    for lang in LANGUAGES:
        told = {row["office"]: row["message"] for row in disclosure_rows(timeline, lang)}
        assert all("2027-01-15" in told[code] for code in ("JP", "KR", "TW"))
        assert "2027-01-14" in say_words(aim.why, lang)
        assert all("2027-01-14" in say_words(item, lang) for item in lost)


def test_a_grace_period_that_is_over_does_not_take_the_pct_filing_away() -> None:
    timeline = plan({**TAIWAN, "offices": ["JP", "US"], "today": "2027-01-20"})
    assert _aim(timeline, "pct_filing").latest == D("2027-03-01")


# Secrecy examination: Patent Law Art. 19, never after the filing it has to precede or goes with
SECRECY = [
    ({"filing_date": "2027-03-10", "disclosures": [(D("2027-01-20"), "talk")]}, "first_filing", "2027-01-19",
     "a talk before the planned filing"),
    ({"filing_date": "2027-03-10", "disclosures": [(D("2027-01-20"), "talk")], "receiving_office": "IB"},
     "first_filing", "2027-01-19", "the same, filed abroad"),
    ({"priority_date": "2027-03-10", "disclosures": [(D("2027-01-20"), "talk")]}, "first_filing", "2027-01-19",
     "a Chinese first filing"),
    ({"priority_date": "2026-03-01", "filing_date": "2027-02-26"}, "pct_filing", "2027-03-01",
     "planned later than the lead time advises"),
    ({"priority_date": "2026-03-01", "filing_date": "2027-02-26", "offices": ["JP"], "disclosures": PREPRINT},
     "pct_filing", "2027-01-14", "a grace period counted back from the filing"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "filing", "latest", "why"), SECRECY)
def test_secrecy_examination_is_not_advised_after_the_filing(
    arguments: dict[str, object], filing: str, latest: str, why: str
) -> None:
    timeline = plan({**arguments, "made_in": "CN", "today": "2026-04-01" if "filing_date" in arguments else None})
    made = _aim(timeline, filing)
    assert made.latest == D(latest), why
    asked = [item for item in timeline.suggestions if item.id.startswith("secrecy")]
    if filing == "first_filing" and "priority_date" in arguments:  # the PCT application follows a year later
        asked = [item for item in asked if item.id == "secrecy_route:cn_application"]
    assert asked
    for item in asked:
        assert item.recommended <= made.recommended, item
        assert item.latest <= made.latest or item.id == "secrecy_route:cn_application", item  # may be asked later


# Withdrawal of priority: Rule 90bis.3(d), (e)
@pytest.mark.parametrize(
    ("withdrawn", "facts", "why"),
    [
        ("2027-07-20", {"date": "2026-01-31", "counts": "2026-06-01"}, "in time: publication moves too"),
        ("2027-07-21", {"last": "2027-07-20", "published": "2027-08-05"}, "too late: published on the old date"),
    ],
)
def test_what_a_withdrawal_of_priority_costs_is_said(withdrawn: str, facts: dict[str, str], why: str) -> None:
    timeline = plan({**WITHDRAWN, "withdrawn_on": withdrawn})
    message = timeline.warning("priority_withdrawn").message
    assert facts.items() <= dict(message.facts).items(), why
    assert message.key.endswith("_late") == ("published" in facts)
    if "published" in facts:
        assert timeline.deadline("publication").date == D(facts["published"])
    for lang in LANGUAGES:
        assert all(day in say_words(message, lang) for day in facts.values())


def test_secrecy_asked_for_with_the_filing_is_not_overdue_after_a_withdrawal() -> (
    None
):  # Implementing Regulations Rule 8
    timeline = plan({**WITHDRAWN, "made_in": "CN", "withdrawn_on": "2027-07-01", "today": "2027-08-02"})
    assert timeline.deadline("secrecy_examination").status == "done"


def test_withdrawing_a_later_claim_costs_no_earlier_date() -> None:
    timeline = plan({**WITHDRAWN, "withdraw_priority": "2026-06-01", "withdrawn_on": "2027-02-01"})
    assert "priority_withdrawn" not in {item.id for item in timeline.warnings}


def test_a_direct_filing_keeps_its_own_priority_claim() -> None:  # Paris Convention Art. 4; Rule 90bis.3
    timeline = plan(
        {**WITHDRAWN, "withdrawn_on": "2026-12-20", "offices": ["TW", "AR", "EP"],
         "disclosures": [(D("2026-03-01"), "talk")]}
    )  # fmt: skip
    judged = {item.office: (item.verdict, item.counts) for item in timeline.disclosures}
    assert judged["TW"] == judged["AR"] == ("after", D("2026-01-31"))
    assert judged["EP"] == ("lost", D("2026-06-01"))
    for code in ("TW", "AR"):
        item = timeline.deadline(f"paris_filing:{code}")
        assert (item.nominal_date, item.status) == (D("2027-01-31"), "open")
        assert item.note and item.note.key == "note.direct_own_claim"
    for lang, said in (("en", "claim of its own"), ("zh", "自己的优先权要求")):
        rows = disclosure_rows(timeline, lang)  # type: ignore[arg-type]
        assert [row["office"] for row in rows if said in row["message"]] == ["TW", "AR"]


# Publication at CNIPA: its own act (Patent Law Art. 34), so nothing an applicant's limit would do
@pytest.mark.parametrize(
    ("arguments", "shown", "why"),
    [
        ({"offices": ["CN"]}, True, "entry still to come"),
        ({"offices": ["US"]}, False, "China is not entered"),
        ({"offices": ["CN"], "today": "2027-12-31"}, False, "the 32 months are over and nothing was entered"),
        ({"offices": ["CN"], "today": "2027-12-31", "done": ["national_phase:CN"]}, True, "entered"),
    ],
)
def test_publication_in_china(arguments: dict[str, object], shown: bool, why: str) -> None:
    timeline = plan({"priority_date": "2025-04-04", **arguments})  # 18 months end on National Day's fourth day
    found = [item for item in timeline.deadlines if item.id == "cn_publication"]
    assert bool(found) is shown, why
    for item in found:
        assert (item.nominal_date, item.date, item.certain) == (D("2026-10-04"), D("2026-10-04"), False)
        assert "CNIPA's own act" in to_table(timeline, "en")
        assert "由国家知识产权局公布" in to_table(timeline, "zh")


# Rule 42.1: the later of 9 months from priority and 3 months from receipt of the search copy
@pytest.mark.parametrize(
    ("arguments", "end", "certain", "status", "why"),
    [
        ({"priority_date": "2025-01-31"}, "2025-10-31", False, "open", "no filing date: not certain"),
        ({"priority_date": "2025-01-31", "today": "2025-12-01"}, "2026-03-01", False, "open",
         "nothing filed, so nothing is past: three months from today at the earliest"),
        ({"priority_date": "2025-01-31", "filing_date": "2026-01-20", "today": "2026-03-01"}, "2026-04-20", False,
         "open", "three months from filing are an estimate"),
        ({"priority_date": "2025-01-31", "filing_date": "2025-03-01", "today": "2025-11-03"}, "2025-10-31", True,
         "past", "nine months, and the search copy came long before"),
    ],
)  # fmt: skip
def test_search_report(arguments: dict[str, object], end: str, certain: bool, status: str, why: str) -> None:
    item = plan(arguments).deadline("international_search_report")
    assert (item.date, item.certain, item.status) == (D(end), certain, status), why


# Rule 26bis.3: nothing to restore after a filing within the 12 months
@pytest.mark.parametrize(
    ("filing", "shown"), [(None, True), ("2026-01-30", False), ("2026-02-02", False), ("2026-02-03", True)]
)
def test_restoration_is_offered_only_where_it_can_be_needed(filing: str | None, shown: bool) -> None:
    timeline = plan({"priority_date": "2025-01-31", "filing_date": filing})  # 31 January 2026 is a Saturday
    assert ("priority_restoration" in ids(timeline)) is shown


# Rule 80.5: (office, nominal end, day, certain, what the remark says in English, in Chinese)
CLOSED = [
    ("US", "2026-10-10", "2026-10-13", True, "closed on 2026-10-10 (Saturday) and on 2026-10-12 (Columbus Day)",
     "2026-10-10（星期六）和 2026-10-12（哥伦布日）"),
    ("JP", "2025-02-22", "2025-02-25", True, "2025-02-22 (Saturday) and on 2025-02-24 (",
     "2025-02-22（星期六）和 2025-02-24（"),
    ("EP", "2026-05-23", "2026-05-26", True, "2026-05-23 (Saturday) and on 2026-05-25 (Whit Monday)",
     "2026-05-23（星期六）和 2026-05-25（圣灵降临节星期一）"),
    ("CN", "2026-04-04", "2026-04-07", True, "2026-04-04 (Saturday) and on 2026-04-06 (Qingming Festival)",
     "2026-04-04（星期六）和 2026-04-06（清明节）"),
    ("CN", "2026-06-20", "2026-06-22", True, "2026-06-20 (Saturday)", "2026-06-20（星期六）休息"),
    ("CN", "2026-06-19", "2026-06-22", True, "2026-06-19 (Dragon Boat Festival)", "2026-06-19（端午节）"),
    # Guidelines Part V ch. 7 s. 2.3: a weekend day worked in exchange stays a rest day; Rule 80.5 may see it otherwise
    ("CN", "2026-10-10", "2026-10-12", False, "ends on 2026-10-10, a Saturday worked in exchange",
     "2026-10-10（调休上班的星期六）"),
    ("CN", "2026-01-02", "2026-01-05", False, "past 2026-01-04, a Sunday worked in exchange", "2026-01-04（星期日）"),
    # not published: the unshifted day
    ("CN", "2028-10-02", "2028-10-02", False, "", ""),
    ("CN", "2028-01-01", "2028-01-01", False, "", ""),
    ("EP", "2027-12-31", "2027-12-31", False, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("office", "nominal", "day", "certain", "en", "zh"), CLOSED)
def test_why_a_limit_moves(office: str, nominal: str, day: str, certain: bool, en: str, zh: str) -> None:
    moved, because, sure = next_open_day(office, D(nominal))
    assert (moved, sure) == (D(day), certain)
    assert (because is None) == (not en)
    if because:
        assert en in say_words(because, "en")
        assert zh in say_words(because, "zh")


def test_a_filing_is_not_refused_for_want_of_a_calendar() -> None:  # Rules 26bis.3, 80.5
    # 12 and 2 months end on 2 October 2028, National Day; the Office is expected to reopen after the 3rd
    timeline = plan({"priority_date": "2027-08-02", "filing_date": "2028-10-04"})
    assert timeline.deadline("priority_restoration").date == D("2028-10-02")
    with pytest.raises(DateError):
        plan({"priority_date": "2027-08-02", "filing_date": "2028-10-05"})


def test_the_table_says_where_only_the_nominal_date_is_beyond_doubt() -> None:
    timeline = plan({"priority_date": "2024-04-10", "offices": ["CN"]})
    item = timeline.deadline("national_phase:CN")
    assert (item.date, item.certain) == (D("2026-10-12"), False)
    assert "only the nominal date is beyond doubt" in to_table(timeline, "en")
    assert "只有名义届满日毫无疑问" in to_table(timeline, "zh")
    assert item.doubt == "nominal_only"


def test_an_unpublished_calendar_is_warned_of_and_moves_nothing() -> None:
    timeline = plan({"priority_date": "2026-04-02", "offices": ["CN"]})  # 30 months end on 2 October 2028
    item = timeline.deadline("national_phase:CN")
    assert (item.date, item.certain) == (item.nominal_date, False)
    assert "CN" in timeline.warning("calendar_not_certain").offices
    assert "calendar not certain" in to_table(timeline, "en")


# (option, value, what the one sentence says)
REFUSED = [
    *[("--receiving-office", code, "no PCT receiving Office") for code in ("TW", "AR", "HK", "MO")],
    ("--ipea", "GB", "no International Preliminary Examining Authority"),
    ("--ipea", "TW", "no International Preliminary Examining Authority"),
    ("--search-report-date", "2026-09-01", "after today (2026-08-03)"),
    ("--office", "", "without a code"),
    ("--office", " , ", "without a code"),
    ("--disclosure", "2025-12-01", "write DATE:KIND"),
    ("--disclosure", "2025-12-01:", "write DATE:KIND"),
    ("--disclosure", "2025-12-01:blog", "no kind of disclosure"),
    ("--lead=filing=-5", None, "must not be negative"),
    ("--lead", "filing=five", "write NAME=DAYS"),
]


@pytest.mark.parametrize(("option", "value", "said"), REFUSED)
def test_wrong_input_is_refused_in_one_sentence(
    option: str, value: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [option] if value is None else [option, value]
    start = ["plan", "--lang", "en", "--priority-date", "2026-01-31", "--today", "2026-08-03", *given]
    assert main(start) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert said in out.err
    assert len(out.err.strip().splitlines()) == 1
    zh = ["zh" if word == "en" else word for word in start]
    assert main(zh) == 2
    assert said not in capsys.readouterr().err


def _said(timeline: Timeline, id: str, lang: Lang) -> str:
    return say_words(timeline.warning(id).message, lang)


ON_THE_DAY = [(D("2026-01-31"), "talk")]
# Sentences that depend on what has happened: (arguments, warning, said, not said)
SENTENCES = [
    ({"priority_date": "2026-01-31", "offices": ["US"], "disclosures": ON_THE_DAY, "today": "2026-01-05"},
     "disclosure_on_filing_day", "file the day before", "proof of the hour"),
    ({"priority_date": "2026-01-31", "offices": ["US"], "disclosures": ON_THE_DAY, "today": "2026-03-02"},
     "disclosure_on_filing_day", "proof of the hour", "the day before"),
    ({"priority_date": "2024-06-03", "filing_date": "2025-01-06", "receiving_office": "US", "made_in": "CN",
      "today": "2024-06-10"}, "secrecy_examination", "must be cleared before filing at United States", "had to be"),
    ({"priority_date": "2024-06-03", "filing_date": "2025-01-06", "receiving_office": "US", "made_in": "CN",
      "today": "2025-03-03"}, "secrecy_examination", "had to be cleared before filing at United States", "must be"),
    ({"priority_date": "2024-06-03", "filing_date": "2025-01-06", "made_in": "CN", "today": "2025-03-03"},
     "secrecy_examination", "counted as the request", "file nothing"),
    ({"priority_date": "2025-01-15", "filing_date": "2026-02-10", "offices": ["IN"]}, "restoration_not_accepted",
     "not accepted at India (IN): there", "India (IN) do not"),
    ({"priority_date": "2025-01-15", "filing_date": "2026-02-10", "offices": ["VN"]}, "restoration_unknown",
     "accepted at Viet Nam (VN) is", "accept a restored"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "id", "said", "unsaid"), SENTENCES)
def test_sentences_fit_what_has_happened(arguments: dict[str, object], id: str, said: str, unsaid: str) -> None:
    timeline = plan(arguments)
    assert said in _said(timeline, id, "en")
    assert unsaid not in _said(timeline, id, "en")
    assert not re.search("[a-z]{3}", _said(timeline, id, "zh"))


@pytest.mark.parametrize("office", [code for code, entry in offices().items() if entry.route != "extension"])
def test_sources_are_named_in_the_language_of_the_reader(office: str) -> None:
    for item in plan({"priority_date": "2026-01-31", "offices": [office]}).deadlines:
        if item.note and item.note.key.startswith("note.source"):
            assert "stored copy" not in say_words(item.note, "en")
            said = say_words(item.note, "zh").replace("aksoy-ip.com", "").replace("Smart & Biggar", "")  # names
            assert not re.search("[a-z]{3}", said), said
