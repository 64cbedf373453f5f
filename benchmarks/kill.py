"""Whether a case survives a crash: `python benchmarks/kill.py [TIMES]` (200 times, about two minutes).

Starts a process that edits cases as fast as it can (saves, drafts, now and then a whole case made and deleted), kills
it with SIGKILL at a random moment, and opens the file again: the file must be whole, no save that was acknowledged on
the pipe may be lost, and every value, version and draft that is there must be one that was written. Exit status 1
when anything is wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, wherever this is started

from patentprep.cases import store as cases
from patentprep.cases.store import Store, open_store

TIMES = 200
LONGEST = 0.45  # seconds a child lives after its first line, at most
FIELDS = tuple(f"answer.E{number}" for number in range(12))
START = datetime(2026, 11, 25, tzinfo=UTC)


def words(field: str, revision: int) -> dict[str, str]:
    """What is saved as this revision of this field: its length varies, and it proves itself."""
    digest = hashlib.sha256(f"{field} {revision}".encode()).hexdigest()
    return {"state": "answered", "text": f"{revision} 网络 {digest * (1 + revision * 7 % 60)}"}


def draft(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * (500 + number % 700)


def child(folder: Path) -> None:
    """Edit until killed. A line is printed after the call that it speaks of has returned."""
    store = open_store(folder)
    kept = [head.id for head in cases.heads(store) if head.name == "kept"]
    case_id = kept[0] if kept else cases.create(store, "kept", START).id
    case = cases.load(store, case_id)
    seen = {field: case.revision(field) for field in FIELDS}
    print(json.dumps(["open", case_id]), flush=True)
    random.seed(os.getpid())
    while True:
        field = random.choice(FIELDS)
        revision = seen[field] + 1
        now = START + timedelta(minutes=revision // 5 * 6)  # five versions a spell
        seen[field] = cases.save(store, case_id, field, words(field, revision), seen[field], now).revision
        print(json.dumps([field, seen[field]]), flush=True)
        chance = random.random()
        if chance < 0.02:
            count = len(cases.load(store, case_id).sources)
            if count < 400:
                count = len(cases.add_source(store, case_id, f"{count}.txt", draft(count), now).sources)
                print(json.dumps(["sources", count]), flush=True)
        elif chance < 0.03:
            other = cases.create(store, "doomed", now, ("x.txt", draft(0))).id
            cases.save(store, other, "answer.E0", words("answer.E0", 1), 0, now)
            cases.delete(store, other)
            print(json.dumps(["deleted", other]), flush=True)


def wrongs(store: Store, acknowledged: dict[str, int], deleted: set[str]) -> list[str]:
    """Everything that is not as it must be."""
    found = []
    connection = sqlite3.connect(store.path)
    for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        result = connection.execute(f"PRAGMA {pragma}").fetchall()
        if result != good:
            found.append(f"{pragma}: {result[:3]}")
    connection.close()
    heads = cases.heads(store)
    for head in heads:
        if head.id in deleted:
            found.append(f"case {head.id} was deleted and is back")
        case = cases.load(store, head.id)
        for field, entries in cases.histories(store, head.id).items():
            for entry in entries:
                if entry.value != words(field, entry.revision):
                    found.append(f"{field} revision {entry.revision} is not what was written")
            if entries[-1] != case.entries[field]:
                found.append(f"{field}: history and case differ")
        for number, source in enumerate(case.sources):
            if cases.source_bytes(store, head.id, source.id) != draft(number):
                found.append(f"draft {number} is not what was written")
        if head.name == "kept":
            for what, least in acknowledged.items():
                now = len(case.sources) if what == "sources" else case.revision(what)
                if now < least:
                    found.append(f"{what}: {least} was acknowledged, {now} is there")
    if acknowledged and sum(head.name == "kept" for head in heads) != 1:
        found.append("the case itself is lost")
    return found


def main(arguments: list[str]) -> int:
    times = int(arguments[0]) if arguments else TIMES
    acknowledged: dict[str, int] = {}
    deleted: set[str] = set()
    problems: list[str] = []
    saves, early, live, reopen = 0, 0, 0.0, []
    chance, begun = random.Random(7), time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "home"
        for number in range(1, times + 1):
            command = [sys.executable, __file__, "--child", str(folder)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            first = ""
            if number % 10:  # every tenth is killed while it starts
                first = process.stdout.readline()
            wait = chance.uniform(0, LONGEST)
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
            lines = (first + process.stdout.read()).split("\n")[:-1]  # the last one may be cut
            process.stdout.close()
            if process.wait() != -signal.SIGKILL:
                problems.append(f"run {number}: the child ended by itself, status {process.returncode}")
            early += not lines
            for what, value in map(json.loads, lines):
                if what == "deleted":
                    deleted.add(value)
                elif what != "open":
                    saves += what != "sources"
                    acknowledged[what] = value
            live += wait if number % 10 else 0
            start = time.perf_counter()
            store = open_store(folder)
            reopen.append(time.perf_counter() - start)
            problems += [f"run {number}: {wrong}" for wrong in wrongs(store, acknowledged, deleted)]
        size = store.path.stat().st_size
    print(f"{times} children killed, {early} of them before their first save, in {time.perf_counter() - begun:.0f} s")
    print(f"{saves} saves, {acknowledged.get('sources', 0)} drafts and {len(deleted)} deletions acknowledged")
    print(f"about {saves / max(live, 0.001):.0f} saves a second; the file has {size / 1e6:.1f} MB at the end")
    print(f"reopened in {statistics.median(reopen) * 1000:.1f} ms (median), {max(reopen) * 1000:.0f} ms (longest)")
    print(f"lost or corrupted: {len(problems)}")
    for problem in problems[:20]:
        print(f"  {problem}")
    return int(bool(problems))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]))
    sys.exit(main(sys.argv[1:]))
