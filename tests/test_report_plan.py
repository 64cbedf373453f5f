"""The plan as JSON, table and CSV, in both languages."""

import csv
import io
import json
import re
import unicodedata

import pytest
from planning import WITHDRAWN, D, plan

from patentprep.model import Lang
from patentprep.planning.offices import offices
from patentprep.planning.pct import plan_timeline
from patentprep.planning.timeline import Deadline
from patentprep.report.plan import offices_csv, offices_json, offices_table, to_csv, to_json_dict, to_table
from patentprep.strings import LANGUAGES, _table, keys, t

FULL: dict[str, object] = {
    "priority_date": "2026-01-31", "offices": ["CN", "US", "EP", "TW", "FR", "HK", "LU", "CA"],
    "made_in": "CN", "disclosures": [(D("2025-12-01"), "preprint")], "today": "2026-03-02",
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_json_follows_the_contract(lang: Lang) -> None:
    data = json.loads(json.dumps(to_json_dict(plan(FULL), lang)))
    assert data["schema_version"] == 1
    assert {"priority_date", "filing_date", "receiving_office", "offices"} <= set(data["given"])
    for item in data["deadlines"]:
        assert {"id", "office", "nominal_date", "date", "moved_because", "rule", "certain", "note"} <= set(item)
        assert item["rule"] and isinstance(item["certain"], bool)
        assert (item["moved_because"] is None) == (item["date"] == item["nominal_date"])
    for item in data["suggestions"]:
        assert {"id", "earliest", "recommended", "latest", "why"} <= set(item)
    for item in data["warnings"]:
        assert {"id", "severity", "offices", "message", "rule"} <= set(item)
    assert "{" not in json.dumps([item["message"] for item in data["warnings"]])


def test_the_example_of_the_contract() -> None:
    data = to_json_dict(plan_timeline(priority_date=D("2026-01-31"), offices=["CN", "US"]), "en")
    item = next(item for item in data["deadlines"] if item["id"] == "national_phase:US")
    expected = {"office": "US", "nominal_date": "2028-07-31", "date": "2028-07-31", "moved_because": None,
                "rule": "PCT Art. 22(1), Rule 80.2", "certain": True}  # fmt: skip
    assert {name: item[name] for name in expected} == expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_table_columns_are_aligned(lang: Lang) -> None:
    def width(text: str) -> int:
        return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

    text = to_table(plan(FULL), lang)
    head = t("plan.table.office", lang)
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(t("plan.table.date", lang)))
    column = width(lines[start].partition(f"  {head}")[0]) + 2
    for line in lines[start + 1 : start + 8]:
        before, after = "", ""
        for n in range(len(line)):
            if width(line[:n]) == column:
                before, after = line[:n], line[n:]
        assert before.endswith("  ") and re.match(r"[A-Z]{2,4} ", after), line


def test_csv_holds_one_deadline_a_row() -> None:
    timeline = plan(FULL)
    rows = list(csv.DictReader(io.StringIO(to_csv(timeline, "zh"))))
    assert [row["id"] for row in rows] == [item.id for item in timeline.deadlines]


def test_words_exist_in_both_languages_with_the_same_placeholders() -> None:
    mine = {key for key in keys("en") if key.startswith(("plan.", "error.plan_", "error.date", "error.office"))}
    assert mine == {key for key in keys("zh") if key.startswith(("plan.", "error.plan_", "error.date", "error.office"))}
    names = re.compile(r"{(\w+)}")

    for key in mine:
        found = {lang: set(names.findall(_table(lang)[key])) for lang in LANGUAGES}
        assert found["en"] == found["zh"], key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_of_every_plan_has_its_words(lang: Lang) -> None:
    cases: list[dict[str, object]] = [
        {**FULL, "offices": list(offices())},
        {**WITHDRAWN, "withdrawn_on": "2027-07-21"},
        {"priority_date": "2025-01-15", "filing_date": "2026-02-10", "offices": list(offices()),
         "receiving_office": "KR"},
        {"priority_date": "2024-02-10", "offices": ["CN"], "made_in": "CN", "receiving_office": "IB"},
        {"priority_date": "2024-11-10", "offices": ["ID", "RS"], "today": "2026-01-20"},
        {"priority_date": "2026-06-12", "filing_date": "2027-06-15", "offices": ["IR"],
         "receiving_office": "IN"},  # the receiving Office restores nothing, no designated office refuses
        {"priority_date": "2026-05-20", "offices": ["CN"], "disclosures": [(D("2026-05-11"), "abuse")]},
    ]  # fmt: skip
    for case in cases:
        timeline = plan(case)
        data = json.dumps(to_json_dict(timeline, lang), ensure_ascii=False)
        assert not re.search(r"\{\w+\}", data)
        to_table(timeline, lang)
        to_csv(timeline, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_of_offices_in_three_forms(lang: Lang) -> None:
    rows = json.loads(offices_json(lang))
    assert [row["code"] for row in rows] == list(offices())
    china = next(row for row in rows if row["code"] == "CN")
    assert (china["months"], china["restoration"], china["confirmed"]) == (30, "unintentional", True)
    assert china["grace_confirmed"] is False  # compiled from general knowledge
    table = list(csv.DictReader(io.StringIO(offices_csv(lang))))
    assert len(table) == len(rows)
    assert "6?" in next(line for line in offices_table(lang).splitlines() if line.startswith("CN "))


def test_the_deadline_is_frozen() -> None:
    item: Deadline = plan_timeline(priority_date=D("2026-01-31")).deadlines[0]
    with pytest.raises(AttributeError):
        item.date = D("2030-01-01")  # type: ignore[misc]
