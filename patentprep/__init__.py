"""Tells people whether a patent draft for an AI invention is ready to file. Nothing leaves the machine.

>>> from patentprep import read_draft, assess, assess_eligibility, plan_timeline
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# ONNX Runtime reports to its makers from 1.32 on, and can only be kept from it before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from patentprep.assessment import assess
    from patentprep.eligibility import assess_eligibility
    from patentprep.planning import plan_timeline
    from patentprep.structure import read_draft

__all__ = ["assess", "assess_eligibility", "plan_timeline", "read_draft"]

_HOME = {
    "assess": "patentprep.assessment",
    "assess_eligibility": "patentprep.eligibility",
    "plan_timeline": "patentprep.planning",
    "read_draft": "patentprep.structure",
}


def __getattr__(name: str) -> Any:
    """Load the public functions when they are first used: numpy and scikit-learn take a second."""
    if name not in _HOME:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
