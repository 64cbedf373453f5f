"""Formal defects of a Chinese invention application that a program can find.

The words and provisions of the rules stand in ``checklists/cn-formal-2026.yaml``. A false alarm costs more
than a silence, so only clear cases are reported.
"""

from __future__ import annotations

from patentprep.formal.claims import CLAIM_CHECKS
from patentprep.formal.description import DESCRIPTION_CHECKS, is_full_application
from patentprep.formal.rules import FormalRule, load_formal_rules
from patentprep.model import Draft, Finding

__all__ = ["FormalRule", "formal_findings", "is_full_application", "load_formal_rules"]

_CHECKS = CLAIM_CHECKS | DESCRIPTION_CHECKS


def formal_findings(draft: Draft) -> tuple[Finding, ...]:
    """Every formal defect found, in the order of the rules and then of the text."""
    full = is_full_application(draft)
    findings = []
    for rule_id, check in _CHECKS.items():
        rule = load_formal_rules()[rule_id]
        if (rule.full_application and not full) or draft.language not in rule.languages:
            continue
        for hit in check(draft):
            page = draft.document.page_at(hit.start) if hit.start is not None else None
            findings.append(Finding(rule_id, hit.severity or rule.severity, hit.start, hit.end, page, hit.facts))
    return tuple(findings)
