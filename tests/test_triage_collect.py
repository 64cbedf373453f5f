"""What is found in folders, archives and uploads: nothing dropped, nothing let out of its bounds."""

import os
from pathlib import Path

import pytest
from piles import DRAFT, packed

from patentprep.errors import EncryptedDraft, FileMissing
from patentprep.triage import collect as collecting
from patentprep.triage.collect import Opened, collect
from patentprep.triage.run import triage


def test_folders_archives_and_files_in_a_stable_order(tmp_path: Path) -> None:
    inner = packed({"deep.md": b"# x", "level.zip": packed({"x.txt": b"x"})})
    members = {"b.txt": b"b", "../../up.txt": b"u", "sub/.hidden.txt": b"h", "__MACOSX/._b.txt": b"m", "in.zip": inner,
               "pic.png": b"p", "/abs.txt": b"a"}  # fmt: skip
    (tmp_path / "z.zip").write_bytes(packed(members))
    for name in ("b.docx", "a.pdf", ".git/x.txt", "~$b.docx", "Thumbs.db", "sub/c.txt", "notes.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = list(collect([tmp_path, tmp_path / "a.pdf"]))
    labels = [item.label.removeprefix(f"{tmp_path}{os.sep}") for item in found]
    assert labels == ["a.pdf", "b.docx", "notes.xlsx", "z.zip!/up.txt", "z.zip!/abs.txt", "z.zip!/b.txt",
                      "z.zip!/in.zip!/deep.md", "z.zip!/in.zip!/level.zip", "z.zip!/pic.png",
                      str(Path("sub", "c.txt"))]  # fmt: skip
    errors = {label: item.error.key for label, item in zip(labels, found, strict=True) if item.error}
    assert errors == {
        "notes.xlsx": "error.triage_unknown_kind",
        "z.zip!/pic.png": "error.triage_unknown_kind",
        "z.zip!/in.zip!/level.zip": "error.triage_archive_too_large",  # nested twice
    }
    with Opened() as files:
        read = {i.name: files.read(i) for i in found if ".zip!/" in i.label and i.error is None}
    assert read == {"up.txt": b"u", "abs.txt": b"a", "b.txt": b"b", "deep.md": b"# x"}
    assert not (tmp_path.parent.parent / "up.txt").exists(), "no name is used as a path"


def test_patterns_missing_files_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    given = [str(tmp_path / "*.txt"), tmp_path / "gone.txt", ("up.zip", packed({"m.txt": b"m"})), ("n.txt", b"n")]
    found = list(collect(given))
    assert [item.name for item in found] == ["a.txt", "gone.txt", "m.txt", "n.txt"]
    assert isinstance(found[1].error, FileMissing)


def test_chinese_names_in_archives_made_without_utf8(tmp_path: Path) -> None:
    name = "交底书.txt".encode("gb18030")
    data = packed({"x" * len(name): b"t"}).replace(b"x" * len(name), name)
    (tmp_path / "a.zip").write_bytes(data)
    assert [item.name for item in collect([tmp_path / "a.zip"])] == ["交底书.txt"]


def encrypted() -> bytes:
    data = bytearray(packed({"a.txt": b"a"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BAD_ARCHIVES = [
    (b"PK\x03\x04 no archive", "error.damaged"),
    (packed({"a.txt": b"hello hello"}).replace(b"PK\x01\x02", b"PK\x09\x09"), "error.damaged"),
    (encrypted(), EncryptedDraft.key),
]


@pytest.mark.parametrize(("data", "key"), BAD_ARCHIVES)
def test_bad_archives_are_listed(tmp_path: Path, data: bytes, key: str) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    (found,) = collect([tmp_path])
    assert found.error is not None and found.error.key == key


def test_a_broken_member_is_one_row_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(packed({"a.txt": b"hello hello " * 20, "b.txt": DRAFT.format(n=1).encode()}))
    data[data.index(b"a.txt") + 6] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(data))
    rows = {row.name: row for row in triage([tmp_path], backend="serial")}
    assert rows["a.txt"].error == "error.triage_member_broken" and rows["b.txt"].ok


def test_archives_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"bomb.txt": b"0" * 20_000_000, "c.txt": b"c"}))
    found = {item.name: item.error and item.error.key for item in collect([tmp_path])}
    assert found == {"bomb.txt": "error.triage_archive_too_large", "c.txt": None}
    monkeypatch.setattr(collecting, "MOST_MEMBERS", 1)
    (only,) = collect([tmp_path])
    assert only.error is not None and only.error.key == "error.triage_archive_too_large"
