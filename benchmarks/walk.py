"""How long an answer takes in the walk-through: `python benchmarks/walk.py`.

Prints, for a case with a draft of 30 pages: reading and assessing it the first time; then, for one changed answer, what
lies between the last letter and the line that says how it reads: saving, composing, assessing, the report's dictionary.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from check import thirty_pages

from patentprep import assess, read_draft
from patentprep.cases import store as cases
from patentprep.cases.compose import compose
from patentprep.report import to_dict

ANSWERS = (
    "The spindle current is sampled at 2 kHz on the machine's own controller.",
    "We took {n} recordings on three machines in the workshop in Kassel between March and June 2025.",
    "Above {n} micrometres of wear the controller changes the tool before the next part.",
)
ROUNDS = 9


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = thirty_pages(Path(folder) / "draft.pdf")
        store = cases.open_store(Path(folder) / "home")
        case = cases.create(store, "benchmark", datetime.now(UTC), (path.name, path.read_bytes()))
        start = time.perf_counter()
        draft = read_draft(path)
        assess(draft)
        print(f"30 pages read and assessed the first time, models cold: {time.perf_counter() - start:.2f} s")
        spent: dict[str, list[float]] = {"save": [], "compose": [], "assess": [], "report": [], "all": []}
        for n in range(ROUNDS):
            text = ANSWERS[n % len(ANSWERS)].format(n=100 + n)
            marks = [time.perf_counter()]
            value = {"state": "answered", "text": text}
            cases.save(store, case.id, "answer.TS11", value, case.revision("answer.TS11"), datetime.now(UTC))
            case = cases.load(store, case.id)
            marks.append(time.perf_counter())
            whole = compose(draft, case.answers, "en")
            marks.append(time.perf_counter())
            assessment = assess(whole)
            marks.append(time.perf_counter())
            to_dict(assessment, "en")
            marks.append(time.perf_counter())
            for name, before, after in zip(spent, marks, marks[1:], strict=False):
                spent[name].append(after - before)
            spent["all"].append(marks[-1] - marks[0])
        for name, times in spent.items():
            median, longest = sorted(times)[ROUNDS // 2] * 1000, max(times) * 1000
            print(f"  one changed answer, {name:<8} median {median:6.0f} ms  longest {longest:6.0f} ms")


if __name__ == "__main__":
    main()
