"""From the scores of both judges to probabilities, and the probability from which a sentence is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from patentprep import evidence, learned
from patentprep.encoder import Curve

LOST = 0.006  # so much of what is rightly shown lies below the limit of each of the two quicker judges
PRECISION = 0.90  # wanted of what is shown ...
FLAG_PRECISION = 0.86  # ... of red flags, where a miss is worse ...
COST = 0.05  # ... for at most so much F1
GRID = np.round(np.arange(0.30, 0.81, 0.01), 2)

DECIDED = 0.96  # wanted share of right verdicts among those not left open ...
MOST_OPEN = 0.15  # ... while at most this share is left open
HALF_WIDTHS = np.round(np.arange(0.05, 0.46, 0.05), 2)

Flags = npt.NDArray[np.bool_]
Targets = Sequence[npt.NDArray[np.int_]]  # of one output each


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a judge's scores are read, and from which probability on an output is shown."""

    curve: Curve
    threshold: learned.Array


@dataclass(frozen=True, slots=True)
class Hearing:
    """The two quicker judges; see ``encoder.Tuned``."""

    quick: Curve
    limits: learned.Array
    heard: list[Flags]  # which texts of the corpus no judge silences: after the first, after both


def curve(scores: learned.Array, targets: Targets) -> Curve:
    """Out-of-fold scores calibrated (Platt), one column an output."""
    pairs = [learned.platt(scores[:, n], target) for n, target in enumerate(targets)]
    return Curve(np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]))


def calibrate(joint: learned.Array, targets: Targets, heard: Flags | None = None) -> Calibration:
    """Calibrate joint out-of-fold scores, and choose the thresholds.

    ``heard``: which texts no quicker judge silences, where there is one; thresholds are chosen for what is then shown.
    """
    fit = curve(joint, targets)
    chances = fit.probability(joint)
    if heard is not None:
        chances[~heard] = 0.0
    wanted = [PRECISION] * (len(targets) - 1) + [FLAG_PRECISION]  # the red flag is the last output
    chosen = [threshold(chances[:, n], target.astype(bool), wanted[n]) for n, target in enumerate(targets)]
    chosen[:-1] = [max(value, 0.5) for value in chosen[:-1]]  # nothing is shown that is likelier wrong than right
    return Calibration(fit, np.array(chosen))


def hearing(words: learned.Array, quick: learned.Array, joint: learned.Array, targets: Targets) -> Hearing:
    """What the quicker judges silence, from the out-of-fold scores of all three, each with those of words."""
    whole = calibrate(joint, targets)
    right = (whole.curve.probability(joint) >= whole.threshold) & np.stack(targets, axis=1).astype(bool)
    curves = [curve(scores, targets) for scores in (words, quick)]
    chances = [one.probability(scores) for one, scores in zip(curves, (words, quick), strict=True)]
    limits = [silencing(one, right) for one in chances]
    heard = [evidence.loudness(one) >= least for one, least in zip(chances, limits, strict=True)]
    return Hearing(curves[1], np.array(limits), list(np.logical_and.accumulate(heard)))


def silencing(chances: learned.Array, right: Flags) -> float:
    """The ``evidence.loudness`` below which a quicker judge hears nothing, from its out-of-fold probabilities.

    One limit for the sum silences far more, for the same loss, than one for each output: few texts have a little of
    everything. ``right``: which outputs of which texts the whole detector would rightly show.
    """
    shown = np.repeat(evidence.loudness(chances), right.sum(axis=1))
    return float(np.floor(np.quantile(shown, LOST) * 1000) / 1000) if len(shown) else 0.0


def threshold(chances: learned.Array, true: Flags, wanted: float = PRECISION) -> float:
    """The probability from which an output is shown.

    The lowest on the grid that reaches the wanted precision without costing more F1 than allowed against the best of
    the grid; where there is none, the most precise of those that do not cost more.
    """
    figures = [precision_recall(chances >= t, true) for t in GRID]
    least = max(f1 for _, _, f1 in figures) - COST
    allowed = [n for n, (_, _, f1) in enumerate(figures) if f1 >= least]
    reached = [n for n in allowed if figures[n][0] >= wanted]
    return float(GRID[reached[0]] if reached else GRID[max(allowed, key=lambda n: figures[n][0])])


def uncertain_band(chances: learned.Array, true: Flags) -> tuple[float, float]:
    """The probabilities between which no verdict is forced, from out-of-fold probabilities.

    The narrowest band around one half outside which enough verdicts are right; never one that leaves too many open.
    """
    fitting = [w for w in HALF_WIDTHS if (np.abs(chances - 0.5) < w).mean() <= MOST_OPEN] or [HALF_WIDTHS[0]]
    width = next((w for w in fitting if _right_outside(chances, true, w) >= DECIDED), fitting[-1])
    return round(float(0.5 - width), 2), round(float(0.5 + width), 2)


def _right_outside(chances: learned.Array, true: Flags, width: float) -> float:
    decided = np.abs(chances - 0.5) >= width
    return float(((chances >= 0.5) == true)[decided].mean()) if decided.any() else 0.0


def precision_recall(shown: Flags, true: Flags) -> tuple[float, float, float]:
    """Precision, recall and F1 of yes/no arrays; 0 where undefined."""
    hit = float((shown & true).sum())
    precision = hit / float(max(shown.sum(), 1))
    recall = hit / float(max(true.sum(), 1))
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)
