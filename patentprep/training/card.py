"""The model card and docs/quality.md: what the classifiers learned from and how they do on texts they never saw.

Both are written from ``data/models/held-out.npz`` (``measure``), so they can be written again without training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, encoder, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.training import build, calibrate
from patentprep.training.calibrate import precision_recall
from patentprep.training.measure import Scores

Flags = npt.NDArray[np.bool_]
Shown = dict[str, Flags]

EXAMPLES = 2  # sentences quoted for each confusion
CONFUSIONS = 14  # of the most frequent


# --- the two texts -----------------------------------------------------------------------------------------------


def card(sentences: build.Task, passages: build.Task, scores: Scores) -> str:
    """The model card: what ``patentprep model card`` prints."""
    reached = _heard(scores, sentences)
    heard = reached[-1]
    shown = _shown(_joint(scores), sentences, heard)
    lines = [
        "# Model card",
        "",
        "Written by `python -m patentprep.training`, which computed every figure below. Scores come from models",
        "trained without the document (or algorithmic idea) and without the field that a text belongs to (six folds;",
        f"{build.ENCODER_FOLDS} for the encoder); slopes and",
        "thresholds, too, are chosen without the part they are measured on. All texts were written by the project; no",
        "outside text was used. Figures on our own corpus say less than figures on a stranger's: read them as an",
        "upper bound. `docs/quality.md` goes on: baselines, registers, confusions.",
        "",
        "The linear models are logistic regressions over character n-grams, named features (what the checklist's",
        "filters and cues notice, the section, length and figures) and, for eligibility, the vector that the first",
        "four layers of multilingual-e5-small (MIT) make of a passage; every part of their score can be shown. For",
        "evidence the linear model, of words and cues alone, decides together with the next four layers of that",
        "encoder, trained on our evidence corpus. These cannot be taken apart, so the reasons shown are those of cues",
        "and n-grams only. Of the first four layers half of the heads and inner units are left. All know Chinese and",
        "English patent prose, disclosures and notes; they know no law and cannot see drawings.",
        "",
        "## Evidence: which sentence meets which requirement",
        "",
        *_corpus(sentences),
        "The whole detector. Its score is the sum of the encoder's and that of words and cues. Where words and cues",
        "alone hear nothing, the encoder is not asked, and nothing is shown; nor does it read thoroughly where its",
        "quick network, a single layer, and words together hear nothing: where the probabilities of all outputs, a",
        f"vague one counted {evidence.COUNTS['vague']:g} times and a red flag {evidence.COUNTS['red_flag']:g} times,",
        f"add up to less than {_limits()}. Of the corpus, full of evidence as it is, {_shares(reached)}",
        "are read that far; of a whole draft much less. Of what would rightly be shown this loses",
        f"{_lost(scores, sentences, heard):.1%}.",
        "",
        *_figures("Held out by document and field", sentences, shown),
        *_traps(sentences, shown),
        *_named(sentences, scores["evidence element"]),
        *_thresholds(),
        *_eligibility(passages, scores),
    ]
    return "\n".join(lines).rstrip() + "\n"


def quality(sentences: build.Task, passages: build.Task, scores: Scores) -> str:
    """docs/quality.md: the detector against simpler ones, by register, and what it mistakes for what."""
    heard, all_heard = _heard(scores, sentences)[-1], np.ones(len(sentences.rows), dtype=bool)
    whole = _shown(_joint(scores), sentences, heard)
    words = _shown(scores["evidence words"], sentences, all_heard)
    plain = _shown(scores["evidence n-grams"], sentences, all_heard)
    lines = [
        "# How good is it, and where does it fail?",
        "",
        "Written by `python -m patentprep.training`; `python -m patentprep.training card` writes it again from the",
        "stored scores. No figure comes from a sentence that shares its document or its field with the training.",
        "",
        "## Evidence",
        "",
        *_corpus(sentences),
        "Precision and recall of what would be shown as substantive, mean over the six requirements and both",
        "languages. *Wrong on traps*: sentences that are evidence of nothing but shown as substance.",
        "",
        *_table(
            ("detector", "macro-F1", "precision", "recall", "wrong on traps"),
            [
                ["the checklist's cues alone", *_summary(sentences, _cues(sentences))],
                ["character n-grams alone (linear model)", *_summary(sentences, plain)],
                ["words and cues alone (linear model)", *_summary(sentences, words)],
                ["the whole detector, as shipped", *_summary(sentences, whole)],
            ],
        ),
        *_figures("Words and cues alone, held out by document and field", sentences, words),
        *_registers(sentences, scores, whole),
        *_confusions(sentences, whole),
        "## Eligibility",
        "",
        "Accuracy where every passage is decided at 0.5, and AUROC, on ideas never seen:",
        "",
        *_table(("classifier", "accuracy", "AUROC"), _baselines(passages, scores)),
        "The rest stands in the model card (`patentprep model card`).",
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return [*lines, ""]


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _mix(rows: Sequence[learned.Row], key: str) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(Counter(str(row[key]) for row in rows).items()))


# --- evidence ----------------------------------------------------------------------------------------------------


def _corpus(task: build.Task) -> list[str]:
    return [
        f"{len(task.rows)} sentences ({_mix(task.rows, 'language')}), {len(set(task.groups('field')))} fields, "
        f"{len(set(task.groups('group')))} documents; registers {_mix(task.rows, 'register')}; "
        f"{sum(not r['labels'] for r in task.rows)} carry no label.",
        "",
    ]


def _joint(scores: Scores, what: str = "") -> learned.Array:
    return scores[f"evidence encoder{what}"] + scores[f"evidence words{what}"]


def _heard(scores: Scores, task: build.Task) -> list[Flags]:
    """Which sentences reach the encoder at all, and which its thorough network."""
    words = scores["evidence words"]
    targets = list(task.targets.values())
    return calibrate.hearing(words, words + scores["evidence quick"], _joint(scores), targets).heard


def _shares(reached: Sequence[Flags]) -> str:
    return " and ".join(f"{heard.mean():.0%}" for heard in reached)


def _limits() -> str:
    return " and ".join(f"{least:.2f}" for least in encoder.tuned().limits)


def _lost(scores: Scores, task: build.Task, heard: Flags) -> float:
    """The share of what would rightly be shown that the quicker judges silence."""
    everything = _shown(_joint(scores), task, np.full(len(heard), True))
    right = np.stack([everything[name] & (task.targets[name] == 1) for name in evidence.OUTPUTS], axis=1)
    return float(right[~heard].sum() / right.sum())


def _shown(scores: learned.Array, task: build.Task, heard: Flags) -> Shown:
    """What would be shown, each fold read with the calibration and thresholds of the other five."""
    shown = {name: np.zeros(len(scores), dtype=bool) for name in evidence.OUTPUTS}
    for kept, held in learned.folds(task.groups(build.APART)):
        _show(shown, scores, held, _calibration(scores, task, kept, heard), heard)
    return shown


def _calibration(
    scores: learned.Array, task: build.Task, rows: npt.NDArray[np.int_], heard: Flags
) -> calibrate.Calibration:
    return calibrate.calibrate(scores[rows], [target[rows] for target in task.targets.values()], heard[rows])


def _show(
    shown: Shown, scores: learned.Array, rows: npt.NDArray[np.int_], fit: calibrate.Calibration, heard: Flags
) -> None:
    """Mark what would be shown of some rows, by the rule of ``evidence.judge`` but its contexts and patterns."""
    limit = dict(zip(evidence.OUTPUTS, fit.threshold.tolist(), strict=True))
    for n, row in zip(rows.tolist(), fit.curve.probability(scores[rows]).tolist(), strict=True):
        if not heard[n]:
            continue
        chance = dict(zip(evidence.OUTPUTS, row, strict=True))
        flag = chance["ethics:red_flag"]
        shown["ethics:red_flag"][n] = flag >= limit["ethics:red_flag"]
        for r in REQUIREMENTS:
            strength = evidence.strength_of(r, chance, limit, flag if shown["ethics:red_flag"][n] else 0.0)
            if strength:
                shown[f"{r}:{strength}"][n] = True


def _cues(task: build.Task) -> Shown:
    """The checklist's cues alone, without any learned model."""
    checklist = load_checklist("cn-2026")
    shown = {name: np.zeros(len(task.texts), dtype=bool) for name in evidence.OUTPUTS}
    requirement = {e.id: e.requirement for e in checklist.elements}
    for n, text in enumerate(task.texts):
        for element in evidence.notice(text, checklist).found:
            shown[f"{requirement[element]}:substantive"][n] = True
    return shown


def _by_language(task: build.Task, shown: Shown, name: str, rows: Flags | None = None) -> list[tuple[float, ...]]:
    language, true = np.array(task.groups("language")), task.targets[name].astype(bool)
    masks = [(language == one) if rows is None else (language == one) & rows for one in ("zh", "en")]
    return [precision_recall(shown[name][mask], true[mask]) for mask in masks]


def _summary(task: build.Task, shown: Shown, rows: Flags | None = None) -> list[object]:
    """Macro-F1, precision and recall of substantive evidence, and the share of traps wrongly shown."""
    figures = np.array([_by_language(task, shown, f"{r}:substantive", rows) for r in REQUIREMENTS])
    precision, recall, f1 = figures.mean(axis=(0, 1)).tolist()
    nothing = np.array([not row["labels"] for row in task.rows])
    nothing = nothing if rows is None else nothing & rows
    return [f1, precision, recall, float(_any(shown)[nothing].mean())]


def _any(shown: Shown) -> Flags:
    return np.asarray(np.any([shown[f"{r}:substantive"] for r in REQUIREMENTS], axis=0))


def _figures(title: str, task: build.Task, shown: Shown) -> list[str]:
    header = "requirement", "strength", "n", *(f"{x} {y}" for x in ("zh", "en") for y in ("precision", "recall", "F1"))
    rows: list[list[object]] = []
    for name in evidence.OUTPUTS:
        zh, en = _by_language(task, shown, name)
        rows.append([*name.split(":"), int(task.targets[name].sum()), *zh, *en])
    f1, precision, *_ = _summary(task, shown)
    title += f" (substantive evidence: macro-F1 {f1:.2f}, mean precision {precision:.2f})"
    return [f"### {title}", "", *_table(header, rows)]


def _traps(task: build.Task, shown: Shown) -> list[str]:
    """How often a sentence without any label is shown as substance, by the kind of trap it is."""
    traps: dict[str, list[bool]] = {}
    for row, wrong in zip(task.rows, _any(shown), strict=True):
        if not row["labels"]:
            traps.setdefault(str(row["trap"]), []).append(bool(wrong))
    rows = [[name, len(hits), float(np.mean(hits))] for name, hits in sorted(traps.items()) if len(hits) >= 10]
    return [
        "Sentences that are evidence of nothing, and the share wrongly shown as substance:",
        "",
        *_table(["trap", "n", "shown"], rows),
    ]


def _named(task: build.Task, chosen: learned.Array) -> list[str]:
    """How often the encoder names the element that the writer named, where the requirement is met."""
    elements = tuple(task.elements)
    hits: dict[str, list[bool]] = {r: [] for r in REQUIREMENTS}
    for row, numbers in zip(task.rows, chosen.astype(int), strict=True):
        for label in row["labels"]:
            if label["strength"] != "red_flag":
                column = REQUIREMENTS.index(label["requirement"])
                hits[label["requirement"]].append(elements[numbers[column]] == label["element"])
    return [
        "Where a requirement is met, how often the encoder names the very element that the writer of the sentence",
        "named (many sentences speak to several):",
        "",
        *_table(["requirement", "n", "same element"], [[r, len(h), float(np.mean(h))] for r, h in hits.items()]),
    ]


def _thresholds() -> list[str]:
    model = encoder.tuned()
    pairs = dict(zip(model.outputs, model.threshold.tolist(), strict=True))
    return [
        f"Shown from these probabilities: the lowest that reaches a precision of {calibrate.PRECISION:.2f} on the",
        f"out-of-fold scores ({calibrate.FLAG_PRECISION:.2f} for red flags, where a miss is worse), where that",
        f"costs no more than {calibrate.COST:.2f} of F1.",
        "",
        *_table(["output", "probability"], [[name.replace(":", " "), value] for name, value in pairs.items()]),
    ]


def _registers(task: build.Task, scores: Scores, whole: Shown) -> list[str]:
    """By register; and with the register, too, kept out of the training."""
    register = np.array(task.groups("register"))
    names = sorted(set(register.tolist()))
    rows: list[list[object]] = []
    for name in names:
        rows.append([name, int((register == name).sum()), *_summary(task, whole, register == name)[:3]])
    lines = [
        "### By register",
        "",
        *_table(("register", "n", "macro-F1", "precision", "recall"), rows),
    ]
    words = scores["evidence words, other registers"]
    measured = np.asarray(~np.isnan(words[:, 0]))
    apart = np.flatnonzero(~measured)
    detectors = [("words and cues alone", words, scores["evidence words"])]
    if "evidence encoder, other registers" in scores:
        detectors.insert(
            0,
            ("the whole detector, its encoder without a teacher", _joint(scores, ", other registers"), _joint(scores)),
        )
    held: list[list[object]] = []
    for what, part, other in detectors:
        shown = {name: np.zeros(len(task.rows), dtype=bool) for name in evidence.OUTPUTS}
        everything = np.full(len(measured), True)
        _show(shown, part, np.flatnonzero(measured), _calibration(other, task, apart, everything), everything)
        held.append([what, "all five", int(measured.sum()), *_summary(task, shown, measured)[:3]])
        for name in names:
            own = np.asarray(measured & (register == name))
            held.append([what, name, int(own.sum()), *_summary(task, shown, own)[:3]])
    if len(detectors) == 1:
        lines += ["The whole detector was not measured on registers never seen; words and cues alone were.", ""]
    return [
        *lines,
        "Harder still: the register, too, was never seen. Half of the documents are held out, and from the other",
        "half only the other four registers are learned (so from less than half of the corpus):",
        "",
        *_table(("detector", "register never seen", "n", "macro-F1", "precision", "recall"), held),
    ]


def _confusions(task: build.Task, shown: Shown) -> list[str]:
    """The most frequent mistakes about substance: what was shown, and what the sentence is."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for requirement in REQUIREMENTS:
        output = f"{requirement}:substantive"
        true = task.targets[output].astype(bool)
        for n in np.flatnonzero(shown[output] & ~true).tolist():
            found.setdefault(("shown", requirement, _is(task.rows[n], requirement)), []).append(n)
        for n in np.flatnonzero(~shown[output] & true).tolist():
            instead = [r for r in REQUIREMENTS if shown[f"{r}:substantive"][n]]
            weak = shown[f"{requirement}:vague"][n]
            what = "shown as vague" if weak else f"only {instead[0]} shown" if instead else "nothing shown"
            found.setdefault(("missed", requirement, what), []).append(n)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))[:CONFUSIONS]
    lines = ["### The most frequent mistakes", ""]
    lines += _table(("mistake", "requirement", "what it is", "n"), [[*key, len(rows)] for key, rows in ranked])
    for key, rows in ranked:
        lines += ["**{}: {}, {}**".format(*key), ""]
        lines += [f"- {task.rows[n]['text']}" for n in rows[:: max(len(rows) // EXAMPLES, 1)][:EXAMPLES]]
        lines.append("")
    return lines


def _is(row: learned.Row, requirement: str) -> str:
    """What a sentence is that was wrongly shown as substance of a requirement."""
    own = [x["strength"] for x in row["labels"] if x["requirement"] == requirement]
    if own:
        return "/".join(sorted(own))
    others = sorted(x["requirement"] for x in row["labels"])
    return f"really {others[0]}" if others else f"nothing ({row['trap']})"


# --- eligibility -------------------------------------------------------------------------------------------------


def _eligibility(task: build.Task, scores: Scores) -> list[str]:
    model = eligibility.load_model()
    true = task.targets["pure_algorithm"].astype(bool)
    low, high = eligibility.uncertain_band()
    lines = [
        "## Eligibility: technical solution or pure algorithm",
        "",
        f"{len(task.rows)} passages ({_mix(task.rows, 'language')}), {len(set(task.groups('group')))} ideas, "
        f"{len(set(task.groups('field')))} fields; registers {_mix(task.rows, 'register')}. Between probabilities "
        f"{low} and {high} no verdict is forced (uncertain).",
        "",
    ]
    rows: list[list[object]] = []
    by_kind: list[list[object]] = []
    for column in ("group", "field"):
        chances = learned.sigmoid(scores[f"eligibility {column}"] * model.slope + model.offset)[:, 0]
        rows.append([f"all, held out by {column}", *_verdict_figures(chances, true)])
        for key in ("language", "register", "kind") if column == "group" else ():
            values = np.array(task.groups(key))
            target = by_kind if key == "kind" else rows
            for value in sorted(set(values.tolist())):
                target.append([value, *_verdict_figures(chances[values == value], true[values == value])])
    header = ("slice", "n", "accuracy, all decided at 0.5", "accuracy where decided", "uncertain", "AUROC", "ECE")
    return [*lines, *_table(header, rows), "By kind (held out by group):", "", *_table(header, by_kind)]


def _baselines(task: build.Task, scores: Scores) -> list[list[object]]:
    true = task.targets["pure_algorithm"].astype(bool)
    named = {
        "counting technical words": "keywords",
        "character n-grams alone": "n-grams",
        "the encoder alone": "encoder",
        "the shipped classifier": "group",
    }
    rows: list[list[object]] = []
    for title, key in named.items():
        score = scores[f"eligibility {key}"]
        slope, offset = learned.platt(score[:, 0], task.targets["pure_algorithm"])
        chances = learned.sigmoid(score[:, 0] * slope + offset)
        rows.append([title, float(((chances >= 0.5) == true).mean()), auroc(chances, true)])
    return rows


def _verdict_figures(chances: learned.Array, true: Flags) -> list[object]:
    low, high = eligibility.uncertain_band()
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
    from scipy.stats import rankdata

    positives = float(true.sum())
    ranks = float(rankdata(chances)[true].sum())
    return (ranks - positives * (positives + 1) / 2) / (positives * float((~true).sum()))


def calibration_error(chances: learned.Array, true: Flags, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins of the probability."""
    which = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float(chances[which == b].mean()) - float(true[which == b].mean())) * float((which == b).mean())
            for b in range(bins) if (which == b).any()]  # fmt: skip
    return float(sum(gaps))
