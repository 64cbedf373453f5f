"""Formal rules of a Chinese application that a program can check (``checklists/cn-formal-2026.yaml``)."""

from __future__ import annotations

from patentprep.formal.findings import formal_findings
from patentprep.formal.rules import FormalRule, load_formal_rules

__all__ = ["FormalRule", "formal_findings", "load_formal_rules"]
