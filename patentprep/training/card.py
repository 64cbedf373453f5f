"""The model card: what the two classifiers learned from and how they score on texts of unseen groups and fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.training import build

Flags = npt.NDArray[np.bool_]


def write_card(path: Path) -> None:
    """Measure both models and write the card."""
    path.write_text("\n".join([*_head(), *_evidence(), *_eligibility()]) + "\n", encoding="utf-8")


def _head() -> list[str]:
    return [
        "# Model card",
        "",
        "Made by `python -m patentprep.training`; it computed every figure below. Scores come from models trained",
        "without the group (one imaginary document, or one algorithmic idea) or the field that a text belongs to. All texts",
        "were written by the project and labelled once; no outside text was used. Figures on our own corpus say less than",
        "figures on a stranger's: read them as an upper bound.",
        "",
        "Both models are logistic regressions over character n-grams, a multilingual sentence encoder and named features.",
        "They are linear, so every reason shown is a part of the score. They know Chinese and English patent prose,",
        "disclosures and notes; they know no law and cannot see drawings.",
        "",
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def precision_recall(shown: Flags, true: Flags) -> tuple[float, float, float]:
    """Precision, recall and F1 of yes/no arrays; 0 where undefined."""
    hit = float((shown & true).sum())
    precision = hit / float(max(shown.sum(), 1))
    recall = hit / float(max(true.sum(), 1))
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _calibrated(task: build.Task, scores: learned.Array) -> learned.Array:
    model = evidence.load_model() if scores.shape[1] > 1 else eligibility.load_model()
    return learned.sigmoid(scores * model.slope + model.offset)


def _evidence() -> list[str]:
    task = build.evidence_task()
    names = list(task.targets)
    language = np.array(task.groups("language"))
    lines = [
        "## Evidence: which sentence meets which requirement",
        "",
        f"{len(task.rows)} sentences ({_mix(task.rows, 'language')}), {len(set(task.groups('field')))} fields, "
        f"{len(set(task.groups('group')))} documents; registers {_mix(task.rows, 'register')}; "
        f"{sum(not r['labels'] for r in task.rows)} carry no label.",
        "",
    ]
    for column in ("group", "field"):
        chances = _calibrated(task, build.held_out(task, column))
        shown = _shown(chances, names)
        rows: list[list[object]] = []
        macro: list[float] = []
        for requirement in REQUIREMENTS:
            for strength in ("substantive", "vague"):
                name = f"{requirement}:{strength}"
                true = task.targets[name].astype(bool)
                scores = [precision_recall(shown[name][m], true[m]) for m in (language == "zh", language == "en")]
                rows.append([requirement, strength, int(true.sum()), *scores[0], *scores[1]])
                if strength == "substantive":
                    macro.append((scores[0][2] + scores[1][2]) / 2)
        true = task.targets["ethics:red_flag"].astype(bool)
        flags = [precision_recall(shown["ethics:red_flag"][m], true[m]) for m in (language == "zh", language == "en")]
        rows.append(["ethics", "red_flag", int(true.sum()), *flags[0], *flags[1]])
        lines += [f"### Held out by {column} (macro-F1 of substantive evidence {np.mean(macro):.2f})", ""]
        lines += _table(
            [
                "requirement",
                "strength",
                "n",
                "zh precision",
                "zh recall",
                "zh F1",
                "en precision",
                "en recall",
                "en F1",
            ],
            rows,
        )
        if column == "group":
            lines += _traps(task, shown)
    return lines + _cue_baseline(task)


def _shown(chances: learned.Array, names: list[str]) -> dict[str, Flags]:
    """What would be shown, by the same rule as ``evidence.judge`` (without its context rule)."""
    column = {name: chances[:, n] for n, name in enumerate(names)}
    shown = {"ethics:red_flag": column["ethics:red_flag"] >= evidence.FLAGGED}
    for r in REQUIREMENTS:
        good, weak = column[f"{r}:substantive"], column[f"{r}:vague"]
        shown[f"{r}:substantive"] = (good >= evidence.SHOWN) & (good >= weak)
        shown[f"{r}:vague"] = ~shown[f"{r}:substantive"] & (weak >= evidence.WEAK)
    return shown


def _traps(task: build.Task, shown: dict[str, Flags]) -> list[str]:
    """How often a sentence without any label is shown as substance, by the kind of trap it is."""
    any_shown = np.any([shown[f"{r}:substantive"] for r in REQUIREMENTS], axis=0)
    traps: dict[str, list[bool]] = {}
    for row, wrong in zip(task.rows, any_shown, strict=True):
        if not row["labels"]:
            traps.setdefault(str(row["trap"]), []).append(bool(wrong))
    rows = [[name, len(hits), float(np.mean(hits))] for name, hits in sorted(traps.items()) if len(hits) >= 10]
    return [
        "Sentences that are evidence of nothing, and the share wrongly shown:",
        "",
        *_table(["trap", "n", "shown"], rows),
    ]


def _cue_baseline(task: build.Task) -> list[str]:
    """The checklist's cues alone, without the learned model."""
    checklist = load_checklist("cn-2026")
    rows = []
    for requirement in REQUIREMENTS:
        elements = [e for e in checklist.elements if e.requirement == requirement]
        hit = np.array([any(e.reads(text) == "found" for e in elements) for text in task.texts])
        rows.append([requirement, *precision_recall(hit, task.targets[f"{requirement}:substantive"].astype(bool))])
    macro = float(np.mean([r[3] for r in rows]))
    return [
        f"### For comparison: the checklist's cues alone (macro-F1 {macro:.2f})",
        "",
        *_table(["requirement", "precision", "recall", "F1"], rows),
    ]


def _eligibility() -> list[str]:
    task = build.eligibility_task()
    true = task.targets["pure_algorithm"].astype(bool)
    lines = [
        "## Eligibility: technical solution or pure algorithm",
        "",
        f"{len(task.rows)} passages ({_mix(task.rows, 'language')}), {len(set(task.groups('group')))} ideas, "
        f"{len(set(task.groups('field')))} fields; registers {_mix(task.rows, 'register')}. Between probabilities "
        f"{eligibility.UNCERTAIN[0]} and {eligibility.UNCERTAIN[1]} no verdict is forced (uncertain).",
        "",
    ]
    rows = []
    by_kind: list[list[object]] = []
    for column in ("group", "field"):
        chances = _calibrated(task, build.held_out(task, column))[:, 0]
        rows.append([f"all, held out by {column}", *_verdict_figures(chances, true)])
        for key in ("language", "register", "kind"):
            values = np.array(task.groups(key))
            target = by_kind if key == "kind" else rows
            if column == "group":
                target += [[value, *_verdict_figures(chances[values == value], true[values == value])]
                           for value in sorted(set(values.tolist()))]  # fmt: skip
    header = [
        "slice",
        "n",
        "accuracy, all decided at 0.5",
        "accuracy where decided",
        "uncertain",
        "AUROC",
        "ECE",
    ]
    return [*lines, *_table(header, rows), "By kind (held out by group):", "", *_table(header, by_kind)]


def _verdict_figures(chances: learned.Array, true: Flags) -> list[object]:
    low, high = eligibility.UNCERTAIN
    decided = (chances <= low) | (chances >= high)
    right = (chances >= 0.5) == true
    return [
        len(true),
        float(right.mean()),
        float(right[decided].mean()) if decided.any() else 0.0,
        float(1 - decided.mean()),
        auroc(chances, true),
        calibration_error(chances, true),
    ]


def auroc(chances: learned.Array, true: Flags) -> float | str:
    """Chance that a random positive ranks above a random negative; "-" when one side is missing."""
    if true.all() or not true.any():
        return "-"
    order = np.argsort(np.argsort(chances, kind="stable"), kind="stable") + 1.0
    positives = float(true.sum())
    return (float(order[true].sum()) - positives * (positives + 1) / 2) / (positives * float((~true).sum()))


def calibration_error(chances: learned.Array, true: Flags, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins of the probability."""
    which = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float(chances[which == b].mean()) - float(true[which == b].mean())) * float((which == b).mean())
            for b in range(bins) if (which == b).any()]  # fmt: skip
    return float(sum(gaps))


def _mix(rows: Sequence[learned.Row], key: str) -> str:

    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(str(row[key]) for row in rows).items()))
