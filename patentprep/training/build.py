"""Train the shipped models from the corpora we wrote (``python -m patentprep.training`` runs this; deterministic).

``write_models`` writes ``evidence.npz``, ``elements.npz``, ``eligibility.npz`` and, where torch is installed (extra
``train``), ``encoder-base.npz`` and ``encoder-tuned.npz``. The model card's figures come from
models that never saw the group (document or idea), or the field, that they are measured on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, encoder, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.resources import files
from patentprep.training import calibrate, finetune

Targets = dict[str, npt.NDArray[np.int_]]


@dataclass(frozen=True, slots=True)
class Task:
    """A corpus made ready for training: one row a text."""

    rows: list[learned.Row]
    texts: list[str]
    features: learned.Array
    vectors: learned.Array
    feature_names: tuple[str, ...]
    targets: Targets
    strength: float
    positive_weight: float

    @property
    def corpus(self) -> str:
        return learned.corpus_hash(self.rows)

    def groups(self, column: str) -> list[str]:
        return [row[column] for row in self.rows]


def evidence_rows() -> list[learned.Row]:
    """The labelled sentences, in file order."""
    return learned.read_rows(files("data", "evidence/*.jsonl"))


def eligibility_rows() -> list[learned.Row]:
    """The labelled passages, in file order."""
    return learned.read_rows(files("data", "eligibility/*.jsonl"))


def evidence_task() -> Task:
    checklist = load_checklist("cn-2026")
    rows = evidence_rows()
    passages = [evidence.Passage(evidence.normal(row["text"]), row["section"]) for row in rows]
    texts = [p.text for p in passages]
    labels = [{f"{x['requirement']}:{x['strength']}" for x in row["labels"]} for row in rows]
    noticed = [evidence.notice(text, checklist) for text in texts]
    return Task(
        rows,
        texts,
        evidence.features(passages, noticed, checklist),
        learned.encode(texts),
        evidence.feature_names(checklist),
        {name: np.array([int(name in found) for found in labels]) for name in evidence.OUTPUTS},
        strength=3.0,
        positive_weight=2.0,
    )


def eligibility_task() -> Task:
    rows = eligibility_rows()
    texts = [eligibility.normal(row["text"]) for row in rows]
    cut = [eligibility.steps(text) for text in texts]
    return Task(
        rows,
        texts,
        eligibility.features(cut),
        eligibility.vectors(texts, cut),
        eligibility.feature_names(),
        {"pure_algorithm": np.array([int(row["label"] == "pure_algorithm") for row in rows])},
        strength=1.0,
        positive_weight=1.0,
    )


def train(task: Task, out_of_fold: learned.Array | None = None) -> learned.TextModel:
    return learned.train(
        task.texts,
        task.features,
        task.vectors,
        task.feature_names,
        task.targets,
        task.groups("group"),
        task.corpus,
        strength=task.strength,
        positive_weight=task.positive_weight,
        out_of_fold=out_of_fold,
    )


def held_out(task: Task, column: str) -> learned.Array:
    """Scores of every text from models that never saw its ``group`` or ``field``."""
    return learned.cross_score(
        task.texts,
        task.features,
        task.vectors,
        task.targets,
        task.groups(column),
        strength=task.strength,
        positive_weight=task.positive_weight,
    )


def element_vectors(task: Task) -> tuple[tuple[str, ...], learned.Array]:
    """The typical vector of each element: the mean of its sentences in corpus and checklist, unit length."""
    sentences: dict[str, list[str]] = {}
    for row, text in zip(task.rows, task.texts, strict=True):
        for label in row["labels"]:
            sentences.setdefault(label["element"], []).append(text)
    for element in load_checklist("cn-2026").elements:
        own = (*element.finds, element.good.zh, element.good.en)
        sentences.setdefault(element.id, []).extend(evidence.normal(text) for text in own)
    names = tuple(sorted(sentences))
    means = np.stack([learned.encode(sentences[name]).mean(axis=0) for name in names])
    return names, means / np.linalg.norm(means, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Scores of the evidence sentences from models that never saw their document; no encoder where torch is missing."""

    linear: learned.Array
    encoder: learned.Array | None

    @property
    def joint(self) -> learned.Array | None:
        return None if self.encoder is None else self.encoder + calibrate.LINEAR_SHARE * self.linear


def write_models(target: Path, sentences: Task, passages: Task) -> OutOfFold:
    """Train and save the models and the element vectors; the encoder only where its packages are installed."""
    target.mkdir(parents=True, exist_ok=True)
    linear = held_out(sentences, "group")
    learned.save(train(sentences, linear), target / "evidence.npz")
    names, vectors = element_vectors(sentences)
    np.savez_compressed(target / "elements.npz", names=learned.pack(names), vectors=vectors.astype(np.float32))
    learned.save(train(passages), target / "eligibility.npz")
    if not finetune.possible():
        return OutOfFold(linear, None)
    return OutOfFold(linear, write_encoder(target, sentences, linear))


def write_encoder(target: Path, task: Task, linear: learned.Array) -> learned.Array:
    """Fine-tune the encoder, calibrate it with the linear model, save both of its files; its out-of-fold scores."""
    finetune.write_base(target / "encoder-base.npz")
    targets = list(task.targets.values())
    data = finetune.prepare(task.texts, task.features, targets, encoder.read_base(target / "encoder-base.npz"))
    scores = finetune.out_of_fold(data, task.groups("group"), task.corpus)
    finetune.write_tuned(
        target / "encoder-tuned.npz",
        finetune.fit(data, np.arange(len(task.texts)), seed=0),
        data,
        task.texts,
        tuple(task.targets),
        task.feature_names,
        task.corpus,
        calibrate.calibrate(scores + calibrate.LINEAR_SHARE * linear, targets),
    )
    return scores
