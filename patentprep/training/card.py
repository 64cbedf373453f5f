"""The model card: what the classifiers learned from and how they score on texts of unseen groups and fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, encoder, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.resources import folder
from patentprep.training import build, calibrate
from patentprep.training.calibrate import precision_recall

Flags = npt.NDArray[np.bool_]


def write_card(path: Path, sentences: build.Task, passages: build.Task, scores: build.OutOfFold) -> None:
    """Measure the models and write the card."""
    lines = [*_head(), *_evidence(sentences, scores), *_eligibility(passages)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _head() -> list[str]:
    return [
        "# Model card",
        "",
        "Made by `python -m patentprep.training`; it computed every figure below. Scores come from models trained",
        "without the group (one imaginary document, or one algorithmic idea) or the field that a text belongs to;",
        "slopes and thresholds of the evidence models, too, are chosen without the part they are measured on. All",
        "texts were written by the project; no outside text was used. Figures on our own corpus say less than figures",
        "on a stranger's: read them as an upper bound.",
        "",
        "The linear models are logistic regressions over character n-grams, a multilingual sentence encoder and named",
        "features (what the checklist's filters and cues notice, the section, length and figures); every part of their",
        "score can be shown. The fine-tuned encoder beside the evidence model is the first six layers of",
        "multilingual-e5-small (MIT), the upper two of them and the outputs trained on our corpus; it is no sum of",
        "parts, so the reasons shown are those of cues and linear model only. All know Chinese and English patent",
        "prose, disclosures and notes; they know no law and cannot see drawings.",
        "",
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _evidence(task: build.Task, scores: build.OutOfFold) -> list[str]:
    lines = [
        "## Evidence: which sentence meets which requirement",
        "",
        f"{len(task.rows)} sentences ({_mix(task.rows, 'language')}), {len(set(task.groups('field')))} fields, "
        f"{len(set(task.groups('group')))} documents; registers {_mix(task.rows, 'register')}; "
        f"{sum(not r['labels'] for r in task.rows)} carry no label.",
        "",
    ]
    if scores.joint is None:
        lines += [
            "The encoder was not trained in this run, so the whole detector was not measured; its figures stand in the",
            "card of the change that trained the shipped encoder.",
            "",
        ]
    else:
        heard = _heard(scores.linear, task)
        lines += [
            "The whole detector: linear model and encoder together. Its joint score is the encoder's plus "
            f"{calibrate.LINEAR_SHARE} times the",
            f"linear one. Where the linear model gives every output less than {calibrate.SILENT:.2f} the encoder is",
            f"not asked, and nothing is shown: {1 - heard.mean():.0%} of the corpus.",
            "",
        ]
        shown = _shown(scores.joint, task, "group", heard)
        lines += _figures("The whole detector, held out by group", task, shown) + _traps(task, shown) + _thresholds()
    for column in ("group", "field"):
        linear = scores.linear if column == "group" else build.held_out(task, column)
        shown = _shown(linear, task, column, np.ones(len(linear), dtype=bool))
        lines += _figures(f"The linear model alone, by the same rule, held out by {column}", task, shown)
    lines += ["The whole detector was measured by group only.", ""]
    return lines + _cue_baseline(task)


def _figures(title: str, task: build.Task, shown: dict[str, Flags]) -> list[str]:
    language = np.array(task.groups("language"))
    header = "requirement", "strength", "n", *(f"{x} {y}" for x in ("zh", "en") for y in ("precision", "recall", "F1"))
    rows: list[list[object]] = []
    macro: list[float] = []
    precision: list[float] = []
    for name in evidence.OUTPUTS:
        true = task.targets[name].astype(bool)
        zh, en = (precision_recall(shown[name][m], true[m]) for m in (language == "zh", language == "en"))
        rows.append([*name.split(":"), int(true.sum()), *zh, *en])
        if name.endswith(":substantive"):
            macro.append((zh[2] + en[2]) / 2)
            precision.append((zh[0] + en[0]) / 2)
    title += f" (substantive evidence: macro-F1 {np.mean(macro):.2f}, mean precision {np.mean(precision):.2f})"
    return [f"### {title}", "", *_table(header, rows)]


def _heard(linear: learned.Array, task: build.Task) -> Flags:
    """Where the encoder is asked, with the linear model calibrated as the shipped one is."""
    chances = calibrate.calibrate(linear, list(task.targets.values())).probability(linear)
    return np.asarray(chances.max(axis=1) >= calibrate.SILENT)


def _shown(scores: learned.Array, task: build.Task, column: str, heard: Flags) -> dict[str, Flags]:
    """What would be shown, by the rule of ``evidence.judge`` but its contexts and patterns.

    Each fold is read with the calibration and thresholds of the other five.
    """
    from sklearn.model_selection import GroupKFold

    shown = {name: np.zeros(len(scores), dtype=bool) for name in evidence.OUTPUTS}
    for kept, held in GroupKFold(6).split(scores, groups=task.groups(column)):
        fit = calibrate.calibrate(scores[kept], [target[kept] for target in task.targets.values()])
        limit = dict(zip(evidence.OUTPUTS, fit.threshold.tolist(), strict=True))
        for n, row in zip(held.tolist(), fit.probability(scores[held]).tolist(), strict=True):
            chance = dict(zip(evidence.OUTPUTS, row, strict=True))
            if not heard[n]:
                continue
            flag = chance["ethics:red_flag"]
            shown["ethics:red_flag"][n] = flag >= limit["ethics:red_flag"]
            for r in REQUIREMENTS:
                strength = evidence.strength_of(r, chance, limit, flag if shown["ethics:red_flag"][n] else 0.0)
                if strength:
                    shown[f"{r}:{strength}"][n] = True
    return shown


def _thresholds() -> list[str]:
    model = encoder.read_tuned(folder("data") / "models" / "encoder-tuned.npz")
    pairs = dict(zip(model.outputs, model.threshold.tolist(), strict=True))
    rows = [[name.replace(":", " "), value] for name, value in pairs.items()]
    return [
        f"Shown from these probabilities: the lowest that reaches a precision of {calibrate.PRECISION:.2f} on the",
        "out-of-fold scores, not below the one with the best F1, and not where F1 is more than "
        f"{calibrate.COST:.2f} lower.",
        "",
        *_table(["output", "probability"], rows),
    ]


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


def _eligibility(task: build.Task) -> list[str]:
    model = learned.load(folder("data") / "models" / "eligibility.npz")
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
        chances = learned.sigmoid(build.held_out(task, column) * model.slope + model.offset)[:, 0]
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
