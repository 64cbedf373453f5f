"""A case as one file: there and back it stays what it was, and a damaged or hostile file leaves nothing behind."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from stored import NOW, answer, at

from patentprep.cases import bundle
from patentprep.cases import store as cases
from patentprep.cases.bundle import export_case, file_name, import_case
from patentprep.cases.model import BadBundle
from patentprep.cases.store import Store, create, heads, history, load, open_store, save

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
