"""Many drafts at once: read them side by side, say of each go, fix or hold, and put the most urgent first."""

from __future__ import annotations

from patentprep.triage.model import Row, decide
from patentprep.triage.run import triage, triage_all

__all__ = ["Row", "decide", "triage", "triage_all"]
