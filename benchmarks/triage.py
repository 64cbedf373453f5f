"""How long triage takes: `python benchmarks/triage.py [N] [--characters C] [--labelled S] [--keep DIR] [--skip-dask]`.

Writes N drafts (default 1,000) of about 20,000 characters, half in Chinese, made of sentences of data/samples and
data/evidence with every number varied, so that no two sentences are equal. One sentence in seven is drawn from those
with a label, the others from those without. How many of them reach each network of the encoder decides how long a draft
takes, and is printed; in published English patents more reach the quick one, and as many the thorough one. `--labelled
0.4` makes denser drafts. Then, from one run: seconds and MiB over all processes with one process and with two, a second
run with nothing changed, the same on two local Dask workers, and what the measured cost per draft means for 100,000.
Each measurement is a process of its own. That the answers are those of `check` is asserted on a few drafts.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BARS = {"seconds": 300, "mib": 1536, "speed_up": 1.7, "again": 5, "dask": 1.3}  # for 1,000 drafts on two cores
_NUMBER = re.compile(r"\d+")
HEADINGS = {
    "zh": ("技术领域", "背景技术", "发明内容", "具体实施方式", "权利要求书", "一种{}及装置",
           "1. 一种方法，其特征在于，包括：{}"),
    "en": ("TECHNICAL FIELD", "BACKGROUND", "SUMMARY", "DETAILED DESCRIPTION", "CLAIMS", "Method and device for {}",
           "1. A method, comprising: {}"),
}  # fmt: skip


def sentences(language: str) -> tuple[list[str], list[str]]:
    """What the drafts are made of: sentences that are evidence, and others of the corpus and the samples."""
    from patentprep import read_draft

    found: tuple[list[str], list[str]] = ([], [])
    for path in sorted((ROOT / "data" / "evidence").glob(f"{language}-*.jsonl")):
        for row in (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()):
            if row.get("section") != "notes":
                found[not row["labels"]].append(row["text"])
    for path in sorted((ROOT / "data" / "samples").glob(f"*-{language}.*")):
        found[1].extend(s.text for s in read_draft(path).sentences)
    evidence, others = ([" ".join(text.split()) for text in texts if len(text) > 12] for texts in found)
    return evidence, others


def write_drafts(folder: Path, drafts: int, characters: int, labelled: float) -> None:
    """Drafts with headings and a claim; each sentence occurs once in the whole set.

    ``labelled``: the share of sentences drawn from those with a label.
    """
    dice, counter = random.Random(2026), itertools.count(1)
    material = {language: sentences(language) for language in ("zh", "en")}
    for n in range(drafts):
        language = ("zh", "en")[n % 2]
        field, background, summary, detail, claims, title, claim = HEADINGS[language]

        def some(size: int, language: str = language) -> str:
            parts: list[str] = []
            length = 0
            while length < size:
                kind = material[language][dice.random() > labelled]
                parts.append(varied(dice.choice(kind), dice, next(counter), language))
                length += len(parts[-1])
            return "\n".join(parts)

        share = characters // 20
        text = "\n".join(
            [title.format(f"方案{n}" if language == "zh" else f"scheme {n}"), field, some(share), background,
             some(3 * share), summary, some(4 * share), detail, some(11 * share), claims,
             claim.format(some(share // 2))]
        )  # fmt: skip
        (folder / f"draft-{n:05}-{language}.txt").write_text(text, encoding="utf-8")


def varied(sentence: str, dice: random.Random, number: int, language: str) -> str:
    """The sentence with other numbers, and one of its own at the end."""
    text = _NUMBER.sub(lambda match: str(dice.randint(1, 10 ** min(len(match.group()), 6))), sentence).rstrip("。.")
    return f"{text}（例{number}）。" if language == "zh" else f"{text} (example {number})."


def memory(pid: int) -> Iterator[float]:
    """MiB of a process and all below it: proportional set size, so that what processes share counts once."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(parts[1]), []).append(int(status.parent.name))
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        yield int(found[1]) / 1024 if found else 0.0


def measured(folder: Path, cache: Path | None, *options: str) -> tuple[float, float, list[dict[str, Any]]]:
    """Seconds, most MiB over all processes, and the rows of one run in a process of its own."""
    command = [sys.executable, __file__, "--work", str(folder), *options]
    if cache:
        command += ["--cache", str(cache)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            most[0] = max(most[0], sum(memory(process.pid)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"a run failed with status {process.returncode}")
    return seconds, most[0], json.loads(out)["rows"]


def work(arguments: argparse.Namespace) -> None:
    """One run: all rows, ranked, as JSON on standard output."""
    from patentprep.report.triage import render
    from patentprep.triage import triage_all

    backend = arguments.backend
    if backend == "processes" and arguments.jobs == 1:
        backend = "one process"
    rows = (
        _one_worker(arguments)
        if backend == "one process"
        else triage_all([arguments.work], jobs=arguments.jobs, backend=backend, cache=arguments.cache)
    )
    print(render(rows, "json", "en"))


def _one_worker(arguments: argparse.Namespace) -> list[Any]:
    """One process that works as a worker does, one draft after the other: what two are held against."""
    from patentprep.triage import work as worker
    from patentprep.triage.duplicates import marked
    from patentprep.triage.rank import ranked
    from patentprep.triage.run import triage

    worker._alone()
    return list(ranked(marked(list(triage([arguments.work], backend="serial")))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drafts", nargs="?", type=int, default=1000)
    parser.add_argument("--characters", type=int, default=20_000)
    parser.add_argument("--labelled", type=float, default=1 / 7, metavar="SHARE")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--skip-dask", action="store_true")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, default=2, help=argparse.SUPPRESS)
    parser.add_argument("--backend", default="processes", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "drafts"
        folder.mkdir(parents=True, exist_ok=True)
        write_drafts(folder, arguments.drafts, arguments.characters, arguments.labelled)
        report(folder, Path(scratch) / "cache", arguments)


def report(folder: Path, cache: Path, arguments: argparse.Namespace) -> None:
    from patentprep.triage.cache import engine

    n, program = arguments.drafts, engine()
    two, mib, rows = measured(folder, cache, "--jobs", "2")
    again, again_mib, same = measured(folder, cache, "--jobs", "2")
    assert same == rows and len(rows) == n, "the cache changed an answer"
    few = min(n, 10)
    small = folder.parent / "few"
    small.mkdir(exist_ok=True)
    for path in sorted(folder.glob("*.txt"))[:few]:
        (small / path.name).write_bytes(path.read_bytes())
    start_up, _, _ = measured(small, None, "--jobs", "2")
    one, one_mib, alone = measured(folder, None, "--jobs", "1")
    assert alone == rows, "one process and two do not agree"
    checked(folder, rows)
    rate = (two - start_up) / max(n - few, 1) if n > few else two / n
    shares = ", ".join(f"{share:.0%}" for share in reached(folder))
    print(f"{n} drafts of about {arguments.characters:,} characters; bars are for 1,000")
    print(f"of their sentences the encoder's quick and thorough network read {shares}")
    tell("two processes", two, mib, f"{1000 * two / n:.0f} ms a draft; bar {BARS['seconds']} s, {BARS['mib']} MiB")
    tell("one process", one, one_mib, f"two are {one / two:.2f} times one; bar {BARS['speed_up']}")
    tell("nothing changed", again, again_mib, f"bar {BARS['again']} s")
    if not arguments.skip_dask:
        dask, dask_mib, other = measured(folder, None, "--jobs", "2", "--backend", "dask local")
        assert other == rows, "Dask and joblib do not agree"
        tell("Dask, two workers", dask, dask_mib, f"{dask / two:.2f} times joblib; bar {BARS['dask']}")
    print(
        f"  100,000 drafts: {100_000 * rate / 3600:.1f} h at {1000 * rate:.0f} ms a draft once started, two processes;"
    )
    print(f"  rows kept for all of them: {100_000 * row_bytes(folder, cache) / 2**20:.0f} MiB")
    engine.cache_clear()
    if engine() != program:
        print("  The program was changed meanwhile, so that its cache did not hold: measure again.")


def reached(folder: Path) -> list[float]:
    """The shares of the sentences of some drafts that reach the two trained networks."""
    from patentprep import assess, encoder, evidence, read_draft

    encoder.forget()
    evidence.forget()
    drafts = [read_draft(path) for path in sorted(folder.glob("*.txt"))[:20]]
    for draft in drafts:
        assess(draft)
    everything = sum(len(draft.sentences) for draft in drafts)
    return [len(encoder._known(part)) / everything for part in ("quick", "thorough")]


def tell(what: str, seconds: float, mib: float, remark: str) -> None:
    print(f"  {what:<18} {seconds:8.1f} s {mib:7.0f} MiB   {remark}")


def checked(folder: Path, rows: list[dict[str, Any]]) -> None:
    """The answers are those of `check`."""
    from patentprep import assess, read_draft

    by_path = {str(row["path"]): row for row in rows}
    for path in sorted(folder.glob("*.txt"))[:4]:
        assessment = assess(read_draft(path))
        row = by_path[str(path)]
        assert (row["level"], row["score"]) == (assessment.readiness.level, assessment.readiness.score)
        assert [(r["id"], r["status"]) for r in row["requirements"]] == [
            (r.id, r.status) for r in assessment.requirements
        ]  # type: ignore[attr-defined]
        assert row["probability"] == assessment.eligibility.probability


def row_bytes(folder: Path, cache: Path) -> float:
    """What one more row costs in memory."""
    import tracemalloc

    from patentprep.triage import triage

    tracemalloc.start()
    rows = list(triage([folder], cache=cache))
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / max(len(rows), 1)


if __name__ == "__main__":
    main()
