"""Columns of a page: their bounds, and their order where the producer drew straight across them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import pairwise
from statistics import median

from patentprep.read.lines import Line, width


def set_columns(lines: list[Line]) -> list[Line]:
    """Give every line the bounds of its column; return the lines in reading order."""
    if not lines:
        return lines
    if not any(line.x1 for line in lines):  # no geometry: count half-width columns
        for line in lines:
            line.x1 = float(width(line.text))
    gutter = _gutter(lines)
    if gutter is not None and _drawn_across(lines, gutter):
        lines = _by_column(lines, gutter)
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(_side(line, gutter), []).append(line)
    for side, group in groups.items():
        left, right = _bounds(group)
        if side == 0 and gutter is not None and len(group) < 4:  # a title across both columns
            left, right = _bounds(lines)
        pitch = _pitch(group)
        for line in group:
            line.left, line.right, line.pitch = left, max(right, line.x1 if len(group) < 3 else right), pitch
    return lines


def _side(line: Line, gutter: float | None) -> int:
    """1 left, 2 right, 0 across or no columns."""
    if gutter is None:
        return 0
    return 1 if line.x1 <= gutter else 2 if line.x0 >= gutter else 0


def _gutter(lines: list[Line]) -> float | None:
    """The x of the gap between two columns, when the page has two."""
    long = [line for line in lines if len(line.text) >= 6 and width(line.text) >= 12 and not line.turned]
    if len(long) < 8:
        return None
    starts, ends = sorted(line.x0 for line in long), sorted(line.x1 for line in long)
    low, high = starts[0], ends[-1]
    best, gutter = len(long), 0.0
    for step in range(17):
        x = low + (high - low) * (0.34 + 0.02 * step)
        left, right = bisect_right(ends, x), len(long) - bisect_left(starts, x)
        across = len(long) - left - right
        if min(left, right) >= 0.2 * len(long) and across <= 0.2 * len(long) and across < best:
            best, gutter = across, x
    if not gutter:
        return None
    # text on both sides at the same height: otherwise these are indented blocks of one column
    heights = sorted(line.y for line in long if line.x1 <= gutter)
    beside = 0
    for line in long:
        if line.x0 >= gutter:
            at = bisect_left(heights, line.y - line.size)
            beside += at < len(heights) and heights[at] < line.y + line.size
    return gutter if beside >= 4 else None


def _drawn_across(lines: list[Line], gutter: float) -> bool:
    sides = [side for line in lines if (side := _side(line, gutter)) and width(line.text) >= 12]
    turns = sum(a != b for a, b in pairwise(sides))
    return turns > max(6, 0.3 * len(sides))


def _by_column(lines: list[Line], gutter: float) -> list[Line]:
    """Bands between lines that run across; in each band the left column, then the right one."""
    ordered = sorted(lines, key=lambda line: -line.y)
    result: list[Line] = []
    band: list[Line] = []
    for line in ordered:
        if _side(line, gutter) == 0:
            result += [item for item in band if _side(item, gutter) == 1]
            result += [item for item in band if _side(item, gutter) == 2]
            result.append(line)
            band = []
        else:
            band.append(line)
    result += [item for item in band if _side(item, gutter) == 1]
    result += [item for item in band if _side(item, gutter) == 2]
    return result


def _bounds(group: list[Line]) -> tuple[float, float]:
    """Usual left edge, and the right edge that the longest lines reach."""
    long = [line for line in group if width(line.text) >= 8] or group
    lefts = Counter(round(line.x0 / 2) * 2 for line in long)
    common = [x for x, count in lefts.items() if count >= 0.15 * len(long)]
    rights = sorted(line.x1 for line in group)
    right = rights[-1 - len(rights) // 25]
    return float(min(common, default=min(line.x0 for line in long))), right


def _pitch(group: list[Line]) -> float:
    steps = [a.y - b.y for a, b in pairwise(group) if a.page == b.page and 0.5 * b.size < a.y - b.y < 4 * b.size]
    return float(median(steps)) if len(steps) >= 3 else 0.0
