"""Cases worked out by hand, rule by rule, as an officer of PCT formalities would check a plan."""

import pytest
from planning import D, plan

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
