"""Cases in the store: values come back as they were, nothing unseen is overwritten, a past is kept by spells."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from stored import NOW, answer, at

from patentprep.cases import store as cases
from patentprep.cases.bundle import export_case
from patentprep.cases.model import (
    AnswerTooLong,
    CaseTooLarge,
    CaseUnknown,
    Changed,
    Entry,
    Json,
    SourceUnknown,
    clean_name,
)
from patentprep.cases.store import Store, create, delete, heads, history, load, open_store, save

# --- values there and back -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["", "模型", "a\x00b\n", 0, 1, True, False, None, 0.5, [], ["CN", "US"], {}, {"b": [1, {"c": None}], "a": "é"}],
    ids=repr,
)
def test_values_come_back_as_they_were(store: Store, value: Json) -> None:
    case = create(store, "ECG", NOW)
    entry = save(store, case.id, "start.kind", value, 0, at(1))
    assert entry == Entry(value, 1, at(1)) and type(entry.value) is type(value)
    assert load(store, case.id).entries == {"start.kind": entry}
    assert load(store, case.id).changed == at(1)


def test_half_a_surrogate_pair_does_not_break_a_save(store: Store) -> None:
    case = create(store, "a\ud800", NOW)
    assert save(store, case.id, "answer.TS2", "x\ud800", 0, NOW).value == "x?"


@pytest.mark.parametrize(
    ("value", "error"), [(float("nan"), ValueError), ("长" * 200_001, AnswerTooLong)], ids=["NaN", "too long"]
)
def test_what_cannot_be_kept_is_refused(store: Store, value: Json, error: type[Exception]) -> None:
    case = create(store, "ECG", NOW)
    with pytest.raises(error):
        save(store, case.id, "answer.TS2", value, 0, NOW)
    assert load(store, case.id).entries == {}


@pytest.mark.parametrize("field", ["", "1", "answer.TS2 ", "a\n", "x" * 101, "答"])
def test_a_wrong_field_is_a_bug(store: Store, field: str) -> None:
    case = create(store, "ECG", NOW)
    with pytest.raises(ValueError):
        save(store, case.id, field, 1, 0, NOW)


def test_times_are_kept_in_utc_and_need_a_zone(store: Store) -> None:
    beijing = datetime(2026, 11, 25, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    assert create(store, "ECG", beijing).created == NOW
    with pytest.raises(ValueError):
        create(store, "ECG", datetime(2026, 11, 25))
    assert len(heads(store)) == 1


def test_answers_are_those_with_words_or_a_state(store: Store) -> None:
    case = create(store, "ECG", NOW)
    rows: dict[str, Json] = {
        "answer.TS2": answer("noise of 3 dB"),
        "answer.TE1": answer("  \n　"),  # emptied
        "answer.MC1": answer("", "unknown"),
        "answer.ET3": answer("no personal data", "not_applicable"),
        "answer.TM1": "not an answer",
        "answer.TM2": None,
        "start.offices": ["CN"],
    }
    for field, value in rows.items():
        save(store, case.id, field, value, 0, NOW)
    case = load(store, case.id)
    assert sorted(case.answers) == ["ET3", "MC1", "TS2"] and case.answers["TS2"].text == "noise of 3 dB"
    assert heads(store)[0].answers == 3
    assert (case.value("start.offices"), case.value("start.kind", "model")) == (["CN"], "model")
    assert (case.revision("start.offices"), case.revision("start.kind")) == (1, 0)


# --- lists, names, drafts --------------------------------------------------------------------------------


def test_the_list_shows_the_last_change_first(store: Store) -> None:
    first, second = create(store, "first", at(0)), create(store, "second", at(1), ("a.txt", b"text"))
    assert [(head.name, head.sources) for head in heads(store)] == [("second", 1), ("first", 0)]
    save(store, first.id, "answer.TS2", answer("x"), 0, at(2))
    save(store, second.id, "summary", {"level": "ready", "score": 90}, 0, at(3))  # computed: no change of the case
    assert [(head.name, head.changed, head.summary) for head in heads(store)] == [
        ("first", at(2), None),
        ("second", at(1), {"level": "ready", "score": 90}),
    ]
    assert cases.rename(store, second.id, " 二\n号 ", at(4)).name == "二 号"
    assert [head.name for head in heads(store)] == ["二 号", "first"]
    assert cases.rename(store, second.id, "二 号", at(5)).changed == at(4)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("a\tb\r\nc", "a b c"), ("x\x00\x1b[2J\u202e", "x[2J"), ("n" * 999, "n" * 200), ("<b>&", "<b>&"), ("", "")],
)
def test_names_are_one_line(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_drafts_are_versions(store: Store) -> None:
    case = create(store, "ECG", NOW, ("第一稿.docx", b"one"))
    assert cases.add_source(store, case.id, "renamed.docx", b"one", at(1)).sources == case.sources
    case = cases.add_source(store, case.id, "two.docx", b"two", at(2))
    case = cases.add_source(store, case.id, "one again.docx", b"one", at(3))  # back to an older text is a version
    assert [(source.name, source.size) for source in case.sources] == [
        ("第一稿.docx", 3),
        ("two.docx", 3),
        ("one again.docx", 3),
    ]
    assert case.latest == case.sources[-1] and case.changed == at(3)
    assert [cases.source_bytes(store, case.id, source.id) for source in case.sources] == [b"one", b"two", b"one"]
    other = create(store, "other", NOW)
    assert other.latest is None
    with pytest.raises(SourceUnknown):
        cases.source_bytes(store, other.id, case.sources[0].id)


def test_too_many_or_too_large_drafts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    case = create(store, "ECG", NOW, ("a", b"12345"))
    for limit, value in (("MAX_SOURCE", 3), ("MAX_SOURCES", 1), ("MAX_CASE", 8)):
        with monkeypatch.context() as patch, pytest.raises(CaseTooLarge):
            patch.setattr(cases, limit, value)
            cases.add_source(store, case.id, "b", b"1234", NOW)
    assert len(load(store, case.id).sources) == 1


@pytest.mark.parametrize(
    "call",
    [
        load,
        delete,
        export_case,
        lambda s, c: save(s, c, "answer.TS2", 1, 0, NOW),
        lambda s, c: history(s, c, "answer.TS2"),
        lambda s, c: cases.rename(s, c, "x", NOW),
        lambda s, c: cases.add_source(s, c, "x", b"x", NOW),
        lambda s, c: cases.source_bytes(s, c, 1),
    ],
)
@pytest.mark.parametrize("case_id", ["", "0123456789abcdef", "../x", "' OR 1=1 --"])
def test_unknown_cases(store: Store, call: Callable[[Store, str], Any], case_id: str) -> None:
    create(store, "ECG", NOW)
    with pytest.raises(CaseUnknown):
        call(store, case_id)


# --- two writers -----------------------------------------------------------------------------------------


def test_the_second_tab_is_told(store: Store) -> None:
    case = create(store, "ECG", NOW)
    save(store, case.id, "answer.TS2", answer("first tab"), 0, at(1))
    with pytest.raises(Changed) as told:
        save(store, case.id, "answer.TS2", answer("second tab"), 0, at(2))
    assert told.value.current == Entry(answer("first tab"), 1, at(1))
    assert save(store, case.id, "answer.TS2", answer("both"), 1, at(3)).revision == 2
    with pytest.raises(Changed) as told:
        save(store, case.id, "answer.TE1", "x", 7, at(3))  # a revision that never was
    assert told.value.current.revision == 0
    assert save(store, case.id, "answer.TE1", "x", 0, at(3)).revision == 1  # other fields are free


def test_the_same_value_changes_nothing(store: Store) -> None:
    case = create(store, "ECG", NOW)
    first = save(store, case.id, "summary", {"a": 1, "b": 2}, 0, at(1))
    assert save(store, case.id, "summary", {"b": 2, "a": 1}, 1, at(9)) == first
    assert save(store, case.id, "summary", {"a": 1, "b": 2}, 0, at(9)) == first  # both tabs typed the same
    assert save(store, case.id, "summary", {"a": True, "b": 2}, 1, at(9)).revision == 2  # true is not 1


def test_threads_write_together(store: Store) -> None:
    """Each writer appends to a list it has read: no word may be lost."""
    case = create(store, "ECG", NOW)
    save(store, case.id, "start.offices", [], 0, NOW)

    def write(name: str) -> None:
        for number in range(10):
            entry = load(store, case.id).entries["start.offices"]
            while True:
                assert isinstance(entry.value, list)
                try:
                    save(store, case.id, "start.offices", [*entry.value, f"{name}{number}"], entry.revision, NOW)
                    break
                except Changed as changed:
                    entry = changed.current

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entry = load(store, case.id).entries["start.offices"]
    assert isinstance(entry.value, list) and entry.revision == 41
    assert sorted(entry.value) == sorted(f"{name}{number}" for name in "abcd" for number in range(10))


def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            create(open_store(tmp_path / "home"), f"case {number}", NOW)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and len(heads(open_store(tmp_path / "home"))) == 8


# --- history ---------------------------------------------------------------------------------------------

LONG = "a denoiser with three branches, trained on recordings of two hundred patients, runs on the wearable itself"


@pytest.mark.parametrize(
    ("saves", "kept"),
    [
        ([(0, "a"), (0.1, "ab"), (0.2, "abc")], ["abc"]),
        ([(0, "a"), (0.1, "ab"), (6, "abc"), (6.1, "abcd")], ["ab", "abcd"]),
        ([(0, "a"), (4, "ab"), (8, "abc"), (12, "abcd")], ["abcd"]),  # one spell: never five minutes of rest
        ([(0, "a"), (5, "ab")], ["a", "ab"]),
        ([(0, "a"), (-60, "ab")], ["a", "ab"]),  # the clock went back: better keep it
        ([(0, LONG), (0.1, "")], [LONG, ""]),  # most of the text gone: perhaps by mistake
        ([(0, LONG), (0.1, LONG[:-9])], [LONG[:-9]]),
        ([(0, "yes"), (0.1, "")], [""]),
    ],
)
def test_history_keeps_one_version_per_spell(store: Store, saves: list[tuple[float, str]], kept: list[str]) -> None:
    case = create(store, "ECG", NOW)
    for number, (minutes, text) in enumerate(saves):
        assert save(store, case.id, "answer.TS2", text, number, at(minutes)).revision == number + 1
    found = history(store, case.id, "answer.TS2")
    assert [entry.value for entry in found] == kept
    assert found[-1] == load(store, case.id).entries["answer.TS2"] and found[-1].revision == len(saves)
    assert history(store, case.id, "answer.TE1") == ()
