"""Scores of every text of the corpora from models that never saw its document or idea, nor its field.

They are kept in ``data/models/held-out.npz``, so that the card can be written again, and looked into, without training.
Rows that a measurement leaves out hold NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep import learned
from patentprep.checklist import load_checklist
from patentprep.eligibility import PATHS, steps
from patentprep.model import REQUIREMENTS
from patentprep.training import finetune
from patentprep.training.build import APART, Task, cross_score, held_out, other_registers

Scores = dict[str, learned.Array]


def evidence(sentences: Task, words: learned.Array, quick: learned.Array, thorough: learned.Array) -> Scores:
    """Scores of the sentences; the three given are the out-of-fold scores that the training left."""
    outputs = words.shape[1]
    return {
        "evidence words": words,
        "evidence n-grams": held_out(n_grams_only(sentences), APART),
        "evidence words, other registers": cross_score(sentences, other_registers(sentences.rows)),
        "evidence quick": quick,
        "evidence encoder": thorough[:, :outputs],
        "evidence element": _element_named(thorough[:, outputs:], tuple(sentences.elements)),
    }


def registers(sentences: Task, work: finetune.Work) -> Scores:
    """Scores of sentences whose register, too, the encoder never saw: five more trainings, without teachers."""
    scores = finetune.cross_score(work, "thorough", other_registers(sentences.rows), alone=True)
    return {"evidence encoder, other registers": scores[:, : len(sentences.targets)]}


def eligibility(passages: Task) -> Scores:
    """Scores of the passages, and of the simpler classifiers they are compared with."""
    return {
        "eligibility group": held_out(passages, "group"),
        "eligibility field": held_out(passages, "field"),
        "eligibility n-grams": held_out(n_grams_only(passages), "group"),
        "eligibility encoder": held_out(encoder_only(passages), "group"),
        "eligibility keywords": keywords(passages.texts),
    }


def n_grams_only(task: Task) -> Task:
    """The plain linear model: character n-grams and nothing else."""
    return task.without(features=True, vectors=True)


def encoder_only(task: Task) -> Task:
    """A linear model of the encoder's vectors and nothing else."""
    return task.without(features=True, words=True)


def keywords(texts: Sequence[str]) -> learned.Array:
    """A baseline that only counts: the steps that name something technical by our word lists, against all steps."""
    technical = {name for names in PATHS.values() for name in names}
    rows = []
    for text in texts:
        parts = steps(text)
        rows.append(-sum(bool(technical.intersection(step.hits)) for step in parts) / max(len(parts), 1))
    return np.array(rows, dtype=np.float64).reshape(-1, 1)


def _element_named(scores: learned.Array, elements: Sequence[str]) -> npt.NDArray[np.float64]:
    """For each text and requirement the number of the element the encoder would name."""
    requirement_of = {element.id: element.requirement for element in load_checklist("cn-2026").elements}
    columns = []
    for requirement in REQUIREMENTS:
        own = [n for n, name in enumerate(elements) if requirement_of[name] == requirement]
        columns.append(np.array(own)[scores[:, own].argmax(axis=1)])
    return np.stack(columns, axis=1).astype(np.float64)


def save(scores: Scores, path: Path) -> None:
    np.savez_compressed(path, **{name: array.astype(np.float16) for name, array in scores.items()})  # type: ignore[arg-type]


def load(path: Path) -> Scores:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}
