"""The PCT planner: from priority date and facts to every deadline, what moved it, and what to do when."""

from __future__ import annotations

from patentprep.planning.pct import plan_timeline
from patentprep.planning.periods import parse_date

__all__ = ["parse_date", "plan_timeline"]
