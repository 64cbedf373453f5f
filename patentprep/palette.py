"""One colour per requirement and one shape per state, the same everywhere.

Okabe-Ito colours: colour-blind readers can tell them apart. A state is never told by colour alone.
"""

from __future__ import annotations

from patentprep.model import RequirementId

COLOURS: dict[RequirementId, str] = {
    "technical_scenario": "#0072B2",
    "technical_effect": "#D55E00",
    "model_construction": "#009E73",
    "training_data_source": "#CC79A7",
    "training_method": "#E69F00",
    "ethics": "#56B4E9",
}
RED_FLAG = "#7A1F1F"
SHAPES = {"covered": "●", "found": "●", "partial": "◐", "vague": "◐", "not_found": "○", "not_applicable": "–"}
