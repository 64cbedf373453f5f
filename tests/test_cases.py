"""Cases: nothing that was acknowledged is lost, nothing unseen is overwritten, what is deleted is gone."""

import io
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from patentprep.cases import bundle, files
from patentprep.cases import store as cases
from patentprep.cases.bundle import export_case, file_name, import_case
from patentprep.cases.model import (
    AnswerTooLong,
    BadBundle,
    CaseTooLarge,
    CaseUnknown,
    Changed,
    Entry,
    Json,
    SourceUnknown,
    StoreLocked,
    StoreNewer,
    StoreUnusable,
    clean_name,
)
from patentprep.cases.store import Store, create, delete, delete_all, heads, history, load, open_store, save
from patentprep.strings import LANGUAGES, say

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
SECRET = "心电图降噪用的三分支网络 secret-marker-7731"
posix = pytest.mark.skipif(os.name != "posix", reason="rights and kill -9 as POSIX has them")


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def answer(text: str, state: str = "answered") -> Json:
    return {"state": state, "text": text}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "home")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


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


# --- the file --------------------------------------------------------------------------------------------


def test_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTPREP_HOME", str(tmp_path / "env"))
    assert open_store().path == tmp_path / "env" / "cases.sqlite3"
    monkeypatch.delenv("PATENTPREP_HOME")
    assert cases.store_path().parent.name == "patentprep" and cases.store_path().is_absolute()


@posix
def test_only_the_owner_may_read(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = open_store(tmp_path / "deep" / "home")
        case = create(store, "ECG", NOW)
        with files.lock(store.path, alone=False):
            connection = files.connect(store.path, None)
            save(store, case.id, "answer.TS2", "x", 0, NOW)  # the log stays while a connection is open
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in store.path.parent.iterdir()}
            connection.close()
    finally:
        os.umask(old)
    assert modes == dict.fromkeys(["cases.sqlite3", "cases.sqlite3-wal", "cases.sqlite3-shm"], 0o600)
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.path.chmod(0o644)
    load(store, case.id)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@posix
def test_a_folder_with_other_things_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    tmp_path.chmod(0o755)
    open_store(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_every_save_is_synced(store: Store) -> None:
    connection = files.connect(store.path, None)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store", "user_version")
    found = [connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
    connection.close()
    assert found == ["wal", 2, 1, 1, 2, len(files.STEPS)]


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "cases.sqlite3").touch()
    assert heads(open_store(tmp_path)) == ()


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    case = create(store, "ECG", NOW, ("a.txt", b"text"))
    save(store, case.id, "answer.TS2", "x", 0, NOW)
    before = load(store, case.id)
    newer = (*files.STEPS, ("CREATE TABLE tag (name TEXT)", "INSERT INTO tag VALUES ('new')"))
    with monkeypatch.context() as patch:
        patch.setattr(files, "STEPS", (*files.STEPS, ("CREATE TABLE tag (name TEXT)", "this is no SQL")))
        with pytest.raises(sqlite3.Error):
            open_store(tmp_path)
    assert load(open_store(tmp_path), case.id) == before, "a step that fails leaves the file as it was"
    with monkeypatch.context() as patch:
        patch.setattr(files, "STEPS", newer)
        assert load(open_store(tmp_path), case.id) == before
    connection = sqlite3.connect(store.path)
    assert connection.execute("SELECT name FROM tag").fetchall() == [("new",)]
    connection.close()
    with pytest.raises(StoreNewer):  # and the program before that step does not touch it
        open_store(tmp_path)


def other_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE moz_places (url TEXT)")
    connection.commit()
    connection.close()


def versioned_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def damaged_database(path: Path) -> None:
    """Pages behind the first are noise."""
    store = open_store(path.parent)
    create(store, "ECG", NOW, ("a", bytes(50_000)))
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda path: path.write_bytes(b"not a database"), "error.store_foreign"),
        (lambda path: path.write_bytes(b"word " * 4096), "error.store_foreign"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 5000), "error.store_foreign"),
        (other_database, "error.store_foreign"),
        (versioned_database, "error.store_foreign"),
        (damaged_database, "error.store_damaged"),
        (lambda path: path.mkdir(), "error.store_denied"),
    ],
    ids=["text", "long text", "broken head", "other database", "other version", "damaged", "folder"],
)
def test_files_that_cannot_be_used(tmp_path: Path, make: Callable[[Path], object], key: str) -> None:
    path = tmp_path / "cases.sqlite3"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreUnusable) as error:
        heads(open_store(tmp_path))
    assert error.value.key == key
    assert all(str(path) in say(error.value, lang) for lang in LANGUAGES)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(StoreUnusable) as error:
        open_store(tmp_path / "home")
    assert error.value.key == "error.store_denied"


def test_another_program_holds_the_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    case = create(store, "ECG", NOW)
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnusable) as error:
        save(store, case.id, "answer.TS2", "x", 0, NOW)
    other.close()
    assert error.value.key == "error.store_busy"
    with files.lock(store.path, alone=False), pytest.raises(StoreUnusable) as error:
        delete(store, case.id)
    assert error.value.key == "error.store_busy" and load(store, case.id).name == "ECG"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [
        *(StoreUnusable(why, path="P") for why in ("unusable", "foreign", "denied", "busy", "full", "damaged")),
        *(StoreLocked(why) for why in ("locked", "wrong_passphrase", "empty_passphrase")),
        *(BadBundle(why) for why in ("bad", "too_large", "newer")),
        Changed(),
    ],
    ids=lambda error: str(getattr(error, "key", error)),
)
def test_every_reason_has_its_sentence(error: Any, lang: Any) -> None:
    assert say(error, lang).endswith(("。", "."))


# --- really deleted --------------------------------------------------------------------------------------


def filled(store: Store, name: str, words: str) -> str:
    case = create(store, f"{name} {words}", NOW, (f"{words}.txt", (words + "\n").encode() * 3000))
    for number in range(30):
        save(store, case.id, f"answer.E{number}", answer(f"{words} {number} " * 40), 0, at(number))
        save(store, case.id, f"answer.E{number}", answer(words), 1, at(number + 10))
    return case.id


def test_a_deleted_case_is_nowhere_in_the_file(store: Store) -> None:
    doomed, kept = filled(store, "doomed", SECRET), filled(store, "kept", "公开 public")
    assert SECRET.encode() in everything(store.path.parent)
    size = store.path.stat().st_size
    delete(store, doomed)
    assert store.path.stat().st_size < size * 0.6, "and gives its room back"
    bytes_left = everything(store.path.parent)
    assert not any(word.encode() in bytes_left for word in (SECRET, "secret-marker", doomed))
    assert "公开 public".encode() in bytes_left
    assert [head.id for head in heads(store)] == [kept] and len(load(store, kept).entries) == 30


def test_a_dropped_version_is_nowhere_in_the_file(store: Store) -> None:
    case = create(store, "ECG", NOW)
    save(store, case.id, "answer.TS2", SECRET * 500, 0, NOW)
    save(store, case.id, "answer.TS2", "other words " * 1500, 1, at(1))
    assert len(history(store, case.id, "answer.TS2")) == 1
    assert SECRET.encode() not in everything(store.path.parent)


def test_delete_all_removes_the_files(store: Store, tmp_path: Path) -> None:
    filled(store, "doomed", SECRET)
    (store.path.parent / "cases.sqlite3.new").write_text(SECRET)  # left by a crash
    (store.path.parent / "other.txt").write_text("mine")
    delete_all(store)
    assert [path.name for path in store.path.parent.iterdir()] == ["other.txt"]
    assert heads(store) == () and create(store, "next", NOW).name == "next"  # the program goes on
    delete_all(Store(tmp_path / "nothing" / "cases.sqlite3"))


def test_what_a_crash_left_beside_the_file_goes(store: Store) -> None:
    filled(store, "kept", "公开")
    for ending in (".new", ".new-wal", ".deleted"):
        store.path.with_name(store.path.name + ending).write_text(SECRET)
    assert len(heads(open_store(store.path.parent))) == 1
    assert [path.name for path in store.path.parent.iterdir()] == ["cases.sqlite3"]


# --- encryption ------------------------------------------------------------------------------------------


def test_encryption_needs_its_package(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from patentprep.cases.model import EncryptionMissing

    case = create(store, "ECG", NOW)
    for module in ("sqlcipher3", "sqlcipher3.dbapi2"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EncryptionMissing) as error:
        cases.set_passphrase(store, "words")
    assert all("patentprep[encrypt]" in say(error.value, lang) for lang in LANGUAGES)
    assert load(store, case.id).name == "ECG"
    store.path.write_bytes(bytes(range(256)) * 64)  # looks encrypted
    with pytest.raises(EncryptionMissing):
        open_store(store.path.parent)


def test_an_empty_passphrase_is_none(store: Store) -> None:
    with pytest.raises(StoreLocked):
        cases.set_passphrase(store, "")


def test_a_passphrase_comes_and_goes(store: Store) -> None:
    pytest.importorskip("sqlcipher3")
    folder, case_id = store.path.parent, filled(store, "ECG", SECRET)
    before = load(store, case_id)
    locked = cases.set_passphrase(store, '口令 one\'s "own"')
    assert SECRET.encode() not in everything(folder) and b"SQLite" not in everything(folder)
    assert [path.name for path in folder.iterdir()] == ["cases.sqlite3"]
    assert "口令" not in repr(locked)
    assert load(locked, case_id) == before == load(open_store(folder, '口令 one\'s "own"'), case_id)
    for wrong, is_wrong in ((None, False), ("", False), ("口令", True)):
        with pytest.raises(StoreLocked) as error:
            open_store(folder, wrong)
        assert error.value.wrong is is_wrong
    with pytest.raises(StoreLocked):  # a tab that has not heard of it
        save(store, case_id, "answer.TS2", "x", 0, NOW)
    save(locked, case_id, "answer.TS2", SECRET, 0, NOW)
    assert SECRET.encode() not in everything(folder)
    if os.name == "posix":
        assert stat.S_IMODE(locked.path.stat().st_mode) == 0o600

    changed = cases.set_passphrase(locked, "two")
    with pytest.raises(StoreLocked):
        load(locked, case_id)
    assert load(changed, case_id).value("answer.TS2") == SECRET
    delete(changed, create(changed, "other", NOW).id)
    opened = cases.set_passphrase(changed, None)
    assert load(opened, case_id).sources == before.sources
    assert len(history(opened, case_id, "answer.E1")) == len(history(changed, case_id, "answer.E1")) == 2
    assert open_store(folder, "not needed any more").passphrase is None


def test_sqlcipher_opens_the_file_with_the_passphrase(tmp_path: Path) -> None:
    """The key is derived as SQLCipher 4 does: nobody depends on us to read what is theirs."""
    cipher = pytest.importorskip("sqlcipher3")
    store = open_store(tmp_path, "words")
    create(store, SECRET, NOW)
    assert SECRET.encode() not in everything(tmp_path)
    connection = cipher.connect(str(store.path))
    connection.execute("PRAGMA key = 'words'")
    assert connection.execute("SELECT name FROM case_").fetchall() == [(SECRET,)]
    connection.close()


def test_no_save_is_lost_while_the_file_is_encrypted(store: Store) -> None:
    pytest.importorskip("sqlcipher3")
    case, acknowledged, stop = create(store, "ECG", NOW), [0], threading.Event()

    def write() -> None:
        tab = store
        while not stop.is_set():
            try:
                acknowledged.append(save(tab, case.id, "start.kind", len(acknowledged), acknowledged[-1], NOW).revision)
            except StoreLocked:
                tab = open_store(store.path.parent, "words")  # what the app asks for

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while len(acknowledged) < 5:
            pass
        locked = cases.set_passphrase(store, "words")
        seen = len(acknowledged)
        while len(acknowledged) < seen + 5 and thread.is_alive():
            pass
    finally:
        stop.set()
        thread.join()
    assert load(locked, case.id).revision("start.kind") == acknowledged[-1] == len(acknowledged) - 1


def test_a_crash_while_encrypting_leaves_the_old_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlcipher3")
    case_id = filled(store, "ECG", SECRET)

    def crash(new: Path, path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "swap", crash)
    with pytest.raises(KeyboardInterrupt):
        cases.set_passphrase(store, "words")
    assert files.beside(store.path).exists()
    assert len(load(open_store(store.path.parent), case_id).entries) == 30
    assert [path.name for path in store.path.parent.iterdir()] == ["cases.sqlite3"]


def test_delete_all_without_the_passphrase(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    open_store(tmp_path, "forgotten")
    delete_all(Store(cases.store_path(tmp_path)))
    assert heads(open_store(tmp_path)) == ()


# --- a bundle there and back -----------------------------------------------------------------------------


@pytest.fixture
def full(store: Store) -> str:
    case = create(store, "心电 ECG", NOW, ("../../第一稿.pdf", b"%PDF one"))
    cases.add_source(store, case.id, "no suffix", b"two", at(1))
    save(store, case.id, "answer.TS2", answer("first"), 0, at(0))
    save(store, case.id, "answer.TS2", answer("second"), 1, at(1))
    save(store, case.id, "answer.TS2", answer("third"), 2, at(20))
    save(store, case.id, "start.offices", ["CN", "US"], 0, at(2))
    save(store, case.id, "summary", {"score": 90}, 0, at(2))
    return case.id


def test_there_and_back(store: Store, full: str, tmp_path: Path) -> None:
    data, other = export_case(store, full), open_store(tmp_path / "other")
    assert data == export_case(store, full)
    assert [info.filename for info in zipfile.ZipFile(io.BytesIO(data)).infolist()] == [
        "case.json",
        "sources/0001.pdf",
        "sources/0002",
    ]
    before, case = load(store, full), import_case(other, data, at(99))
    assert case.id != before.id and case == load(other, case.id)
    assert (case.name, case.created, case.changed) == (before.name, before.created, at(99))
    assert case.entries == {name: entry for name, entry in before.entries.items() if name != "summary"}
    assert history(other, case.id, "answer.TS2") == history(store, full, "answer.TS2")
    assert [entry.revision for entry in history(other, case.id, "answer.TS2")] == [2, 3]
    for old, new in zip(before.sources, case.sources, strict=True):
        assert (old.name, old.sha256, old.size, old.added) == (new.name, new.sha256, new.size, new.added)
        assert cases.source_bytes(store, full, old.id) == cases.source_bytes(other, case.id, new.id)
    assert import_case(other, data, at(99)).id != case.id
    assert save(other, case.id, "answer.TS2", "on it goes", 3, at(100)).revision == 4


def test_a_very_long_past_is_left_out(store: Store, full: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MAX_ENTRIES", 3)
    case = import_case(store, export_case(store, full), NOW)
    assert [entry.value for entry in history(store, case.id, "answer.TS2")] == [answer("third")]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("心电 ECG", "心电 ECG.patentprep"),
        ("../../etc/passwd", "etc passwd.patentprep"),
        ("a:b*c?", "a b c.patentprep"),
        ("...", "case.patentprep"),
        ("", "case.patentprep"),
    ],
)
def test_file_names(name: str, file: str) -> None:
    assert file_name(name) == file


def zipped(members: dict[str, bytes], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", options.get("method", zipfile.ZIP_DEFLATED)) as target:
        for name, data in members.items():
            target.writestr(name, data)
        target.comment = options.get("comment", b"")
    return buffer.getvalue()


SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of b"hello"
DAY = "2026-11-25T08:00:00+00:00"


def case_json(**changes: Any) -> dict[str, Any]:
    return {
        "format": "patentprep-case",
        "schema_version": 1,
        "name": "x",
        "created": DAY,
        "changed": DAY,
        "fields": {"answer.TS2": [{"value": "v", "revision": 1, "changed": DAY}]},
        "sources": [{"file": "sources/0001.txt", "name": "a.txt", "sha256": SHA, "size": 5, "added": DAY}],
    } | changes


def bundled(draft: bytes = b"hello", member: str = "sources/0001.txt", **changes: Any) -> bytes:
    return zipped({"case.json": json.dumps(case_json(**changes)).encode(), member: draft})


def entry(**changes: Any) -> dict[str, Any]:
    return {"answer.TS2": [{"value": "v", "revision": 1, "changed": DAY} | changes]}


def source(**changes: Any) -> list[dict[str, Any]]:
    return [*({**item, **changes} for item in case_json()["sources"])]


def raw(text: str) -> bytes:
    return zipped({"case.json": text.encode(), "sources/0001.txt": b"hello"})


def flip(data: bytes) -> bytes:
    """One bit of the stored draft is wrong."""
    at_ = data.index(b"sources/0001.txt") + len(b"sources/0001.txt")
    return data[: at_ + 2] + bytes([data[at_ + 2] ^ 4]) + data[at_ + 3 :]


def encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


GOOD = bundled()
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "bad"),
    "no zip": (b"hello" * 100, "bad"),
    "truncated": (GOOD[:-40], "bad"),
    "cut at the front": (GOOD[40:], "bad"),
    "a bit flipped": (flip(GOOD), "bad"),
    "encrypted": (encrypted(GOOD), "bad"),
    "something appended": (GOOD + b"x", "bad"),
    "a comment": (zipped({"case.json": b"{}"}, comment=b"x"), "bad"),
    "zip64": (GOOD[:-22] + b"PK\x06\x07" + bytes(16) + GOOD[-22:], "bad"),
    "bzip2": (zipped({"case.json": b"{}"}, method=zipfile.ZIP_BZIP2), "bad"),
    "another zip": (zipped({"word/document.xml": b"<w/>"}), "bad"),
    "empty zip": (zipped({}), "bad"),
    "no json": (raw("{"), "bad"),
    "not UTF-8": (zipped({"case.json": b"\xff\xfe"}), "bad"),
    "a list": (raw("[]"), "bad"),
    "deep": (raw("[" * 200_000), "bad"),
    "key twice": (raw(json.dumps(case_json()).replace('"name": "x"', '"name": "x", "name": "y"')), "bad"),
    "huge number": (raw(json.dumps(case_json()).replace('"v"', "9" * 5000)), "bad"),
    "infinity": (raw(json.dumps(case_json()).replace('"v"', "1e999")), "bad"),
    "NaN": (raw(json.dumps(case_json()).replace('"v"', "NaN")), "bad"),
    "other format": (bundled(format="x"), "bad"),
    "newer": (bundled(schema_version=2, anything="else"), "newer"),
    "version 0": (bundled(schema_version=0), "bad"),
    "version true": (bundled(schema_version=True), "bad"),
    "more keys": (bundled(more=1), "bad"),
    "name no text": (bundled(name=1), "bad"),
    "no time zone": (bundled(created="2026-11-25T08:00:00"), "bad"),
    "no time": (bundled(created="yesterday"), "bad"),
    "before all time": (bundled(created="0001-01-01T00:00:00+14:00"), "bad"),
    "fields a list": (bundled(fields=[]), "bad"),
    "field with a space": (bundled(fields={"a b": []}), "bad"),
    "revision 0": (bundled(fields=entry(revision=0)), "bad"),
    "revision text": (bundled(fields=entry(revision="1")), "bad"),
    "revision huge": (bundled(fields=entry(revision=2**63)), "bad"),
    "revision twice": (bundled(fields={"a": entry()["answer.TS2"] * 2}), "bad"),
    "entry with more": (bundled(fields=entry(more=1)), "bad"),
    "value too long": (bundled(fields=entry(value="x" * 200_001)), "bad"),
    "too many entries": (bundled(fields={"a": [{"value": 1, "revision": n, "changed": DAY} for n in range(1, 9)]}), ""),
    "draft missing": (zipped({"case.json": json.dumps(case_json()).encode()}), "bad"),
    "draft not listed": (bundled(sources=[]), "bad"),
    "other draft": (bundled(b"hallo"), "bad"),
    "other size": (bundled(sources=source(size=6)), "bad"),
    "draft twice": (bundled(sources=source() * 2), "bad"),
    "path up": (bundled(member="../x.txt", sources=source(file="../x.txt")), "bad"),
    "absolute path": (bundled(member="/tmp/x.txt", sources=source(file="/tmp/x.txt")), "bad"),
    "case as draft": (bundled(sources=source(file="case.json")), "bad"),
    "source a text": (bundled(sources=["x"]), "bad"),
    "bomb": (bundled(bytes(2_000_000), sources=source(size=2_000_000)), "too_large"),
    "json bomb": (raw('{"a": "' + "x" * 2_000_000 + '"}'), "too_large"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_bundles(store: Store, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, why = HOSTILE[what]
    for limit in ("MAX_SOURCE", "MAX_JSON"):
        monkeypatch.setattr(bundle, limit, 1_000_000)
    monkeypatch.setattr(bundle, "MAX_ENTRIES", 7)
    with pytest.raises(BadBundle) as error:
        import_case(store, data, NOW)
    assert error.value.key == f"error.bundle_{why or 'too_large'}"
    assert heads(store) == (), "nothing of it stays"


def test_the_good_bundle_is_good(store: Store) -> None:
    assert import_case(store, GOOD, NOW).value("answer.TS2") == "v"


def test_any_cut_is_noticed(store: Store, full: str) -> None:
    data = export_case(store, full)
    for length in range(0, len(data), 37):
        with pytest.raises(BadBundle):
            import_case(store, data[:length], NOW)


# --- killed ----------------------------------------------------------------------------------------------

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from patentprep.cases.store import open_store, save
store, number = open_store(Path(sys.argv[1])), 0
while True:
    number = save(store, sys.argv[2], "answer.TS2", f"text {number + 1}", number, datetime.now(UTC)).revision
    print(number, flush=True)
"""


@posix
def test_killed_between_saves(store: Store) -> None:
    case = create(store, "ECG", NOW)
    command = [sys.executable, "-c", CHILD, str(store.path.parent), case.id]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(20):
        child.stdout.readline()
    os.kill(child.pid, signal.SIGKILL)
    acknowledged = [int(line) for line in child.stdout.read().split("\n")[:-1]] or [20]
    child.stdout.close()
    child.wait()
    entry_ = load(open_store(store.path.parent), case.id).entries["answer.TS2"]
    assert entry_.revision in (acknowledged[-1], acknowledged[-1] + 1)
    assert entry_.value == f"text {entry_.revision}"
    connection = sqlite3.connect(store.path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
