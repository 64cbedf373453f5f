"""How fast the planner is: `python benchmarks/plan.py`. Bars: 60 offices under 50 ms, 5,000 families under 20 s.

The families are made up: priority dates over three years, five offices each, today in the middle.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

from patentprep.planning import plan_timeline
from patentprep.planning.offices import offices
from patentprep.planning.portfolio import entries, read_portfolio
from patentprep.report.portfolio import portfolio_csv, portfolio_ics, portfolio_json, portfolio_table

FAMILIES, MOST_SECONDS = 5_000, 20.0
OFFICES, MOST_MILLISECONDS = 60, 50.0
TODAY = date(2026, 11, 25)


def families(count: int) -> str:
    """The CSV of a made-up portfolio."""
    codes = sorted(offices())
    rows = ["family,priority_date,offices,made_in"]
    for n in range(count):
        day = date(2024, 6, 3) + timedelta(days=n * 7 % 1095)
        rows.append(f"P-{n:05d},{day},CN;US;EP;{codes[n % len(codes)]};{codes[n * 5 % len(codes)]},CN")
    return "\n".join(rows) + "\n"


def main() -> int:
    codes = list(offices())[:OFFICES]
    plan_timeline(priority_date=date(2026, 1, 31), offices=codes)  # tables are read once
    best = 1.0
    for n in range(10):
        start = time.perf_counter()
        plan_timeline(priority_date=date(2026, 1, 1) + timedelta(days=n), offices=codes, today=TODAY)
        best = min(best, time.perf_counter() - start)
    print(f"one family, {OFFICES} offices: {best * 1000:.1f} ms (bar {MOST_MILLISECONDS:.0f} ms)")
    start = time.perf_counter()
    portfolio = read_portfolio(families(FAMILIES), "made up", today=TODAY)
    found = entries(portfolio)
    text = portfolio_table(portfolio, found, "en")
    seconds = time.perf_counter() - start
    print(
        f"{FAMILIES} families to a table of {len(text.splitlines())} lines: {seconds:.1f} s (bar {MOST_SECONDS:.0f} s)"
    )
    forms: tuple[tuple[str, Callable[[], str]], ...] = (
        ("JSON", lambda: portfolio_json(portfolio, found, "en")),
        ("CSV", lambda: portfolio_csv(found, "en")),
        ("ICS of 90 days", lambda: portfolio_ics(entries(portfolio, until=TODAY + timedelta(days=90)), "en")),
    )
    for name, made in forms:
        start = time.perf_counter()
        size = len(made())
        print(f"  {name}: {size / 1e6:.0f} MB more in {time.perf_counter() - start:.1f} s")
    return int(best * 1000 > MOST_MILLISECONDS or seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
