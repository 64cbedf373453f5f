"""From the scores of both judges to probabilities, and the probability from which a sentence is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from patentprep import learned

LINEAR_SHARE = 0.8  # joint score = encoder score + this x linear score
SILENT = 0.10  # below this linear probability of every output the encoder is not asked
PRECISION = 0.85  # wanted of what is shown ...
COST = 0.03  # ... for at most so much F1
GRID = np.round(np.arange(0.35, 0.81, 0.01), 2)

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calibration:
    """One slope, offset and threshold an output; see ``encoder.Tuned``."""

    slope: learned.Array
    offset: learned.Array
    threshold: learned.Array
    linear_share: float = LINEAR_SHARE
    silent: float = SILENT

    def probability(self, joint: learned.Array) -> learned.Array:
        return learned.sigmoid(joint * self.slope + self.offset)


def calibrate(joint: learned.Array, targets: Sequence[npt.NDArray[np.int_]]) -> Calibration:
    """Calibrate joint out-of-fold scores (Platt), one column an output, and choose the thresholds."""
    pairs = [learned.platt(joint[:, n], target) for n, target in enumerate(targets)]
    slope, offset = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    chances = learned.sigmoid(joint * slope + offset)
    chosen = [threshold(chances[:, n], target.astype(bool)) for n, target in enumerate(targets)]
    return Calibration(slope, offset, np.array(chosen))


def threshold(chances: learned.Array, true: Flags) -> float:
    """The probability from which an output is shown.

    The lowest on the grid that reaches the wanted precision, but never one that costs more F1 than allowed against the
    best of the grid (then the highest that does not), and never one below the best.
    """
    figures = [precision_recall(chances >= t, true) for t in GRID]
    best = max(range(len(GRID)), key=lambda n: figures[n][2])
    allowed = [n for n in range(best, len(GRID)) if figures[n][2] >= figures[best][2] - COST]
    return float(next((GRID[n] for n in allowed if figures[n][0] >= PRECISION), GRID[allowed[-1]]))


def precision_recall(shown: Flags, true: Flags) -> tuple[float, float, float]:
    """Precision, recall and F1 of yes/no arrays; 0 where undefined."""
    hit = float((shown & true).sum())
    precision = hit / float(max(shown.sum(), 1))
    recall = hit / float(max(true.sum(), 1))
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)
