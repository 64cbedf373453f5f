"""Train the shipped models from the corpora we wrote (``python -m patentprep.training`` runs this; deterministic).

``write_models`` writes ``evidence.npz``, ``elements.npz`` and ``eligibility.npz``. The model card's figures come from
models that never saw the group (document or idea), or the field, that they are measured on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.resources import files

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
    names = [f"{r}:{s}" for r in REQUIREMENTS for s in ("substantive", "vague")] + ["ethics:red_flag"]
    return Task(
        rows,
        texts,
        evidence.features(passages, checklist),
        learned.encode(texts),
        evidence.feature_names(checklist),
        {name: np.array([int(name in found) for found in labels]) for name in names},
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


def train(task: Task) -> learned.TextModel:
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


def write_models(target: Path) -> None:
    """Train and save both models and the element vectors."""
    target.mkdir(parents=True, exist_ok=True)
    sentences = evidence_task()
    learned.save(train(sentences), target / "evidence.npz")
    names, vectors = element_vectors(sentences)
    packed = np.frombuffer("\0".join(names).encode(), dtype=np.uint8)
    np.savez_compressed(target / "elements.npz", names=packed, vectors=vectors.astype(np.float32))
    learned.save(train(eligibility_task()), target / "eligibility.npz")
