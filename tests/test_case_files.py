"""The file of cases: nothing that was acknowledged is lost, what is deleted is gone, what is locked is unreadable."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stored import NOW, answer, at

from patentprep.cases import files
from patentprep.cases import store as cases
from patentprep.cases.model import BadBundle, Changed, StoreLocked, StoreNewer, StoreUnusable
from patentprep.cases.store import Store, create, delete, delete_all, heads, history, load, open_store, save
from patentprep.strings import LANGUAGES, say

SECRET = "心电图降噪用的三分支网络 secret-marker-7731"
posix = pytest.mark.skipif(os.name != "posix", reason="rights and kill -9 as POSIX has them")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


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
