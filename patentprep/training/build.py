"""Train the shipped models from the corpora we wrote (``python -m patentprep.training`` runs this; deterministic).

``write_general`` writes the parts of the encoder that learn nothing, where torch is installed (extra ``train``);
``write_evidence``, ``write_eligibility`` and, again with torch, ``write_encoder`` write what is trained. The model
card's figures come from models that never saw the group (document or idea), or the field, that they are measured on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from patentprep import eligibility, encoder, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.resources import files
from patentprep.text import split_sentences
from patentprep.training import calibrate, export, finetune, published
from patentprep.training.layers import UNITS, thinned

SAMPLE = 20  # every so many texts are enough to see how large the numbers in the network grow ...
THINNED_BY = 10  # ... and to see which heads and inner units a layer can do without

APART = "document and field"
ENCODER_FOLDS = 3  # each takes long; the linear models have six

EVERY = 2  # so many passages of the eligibility corpus lend one whose sentences are learned from without labels
STANDS_IN: Mapping[str, evidence.Context] = {
    "claim": "claim",
    "abstract": "summary",
    "disclosure": "disclosure",
    "notes": "notes",
}

Targets = dict[str, npt.NDArray[np.int_]]


@dataclass(frozen=True, slots=True)
class Task:
    """A corpus made ready for training: one row a text."""

    rows: list[learned.Row]
    texts: list[str]
    features: learned.Array
    vectors: learned.Array  # for the evidence model of words and cues: none
    feature_names: tuple[str, ...]
    targets: Targets
    elements: Targets
    strength: float
    positive_weight: float

    @property
    def corpus(self) -> str:
        return learned.corpus_hash(self.rows)

    def groups(self, column: str) -> list[str]:
        """What keeps texts together in a fold: a column of the corpus, or "document and field" for both at once."""
        return together(self.rows) if column == APART else [row[column] for row in self.rows]

    def without(self, *, words: bool = False, features: bool = False, vectors: bool = False) -> Task:
        """The same task with some of its inputs taken away, for comparison."""
        return replace(
            self,
            texts=["x"] * len(self.texts) if words else self.texts,
            features=self.features[:, :0] if features else self.features,
            vectors=self.vectors[:, :0] if vectors else self.vectors,
        )


def together(rows: Sequence[learned.Row]) -> list[str]:
    """One name for all rows that share a document or a field, directly or through others."""
    first: dict[str, str] = {}

    def root(name: str) -> str:
        while first.setdefault(name, name) != name:
            name = first[name]
        return name

    for row in rows:
        first[root(f"field {row['field']}")] = root(f"document {row['group']}")
    return [root(f"document {row['group']}") for row in rows]


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
    spoken_to = [{x["element"] for x in row["labels"] if x["strength"] != "red_flag"} for row in rows]
    labels = [{f"{x['requirement']}:{x['strength']}" for x in row["labels"]} for row in rows]
    noticed = [evidence.notice(text, checklist) for text in texts]
    return Task(
        rows,
        texts,
        evidence.features(passages, noticed, checklist),
        np.zeros((len(texts), 0)),
        evidence.feature_names(checklist),
        {name: np.array([int(name in found) for found in labels]) for name in evidence.OUTPUTS},
        {e.id: np.array([int(e.id in found) for found in spoken_to]) for e in checklist.elements},
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
        {},
        strength=1.0,
        positive_weight=1.0,
    )


def train(task: Task, out_of_fold: learned.Array) -> learned.TextModel:
    """Fit a linear model; ``out_of_fold`` are the scores it is calibrated on."""
    return learned.train(
        task.texts,
        task.features,
        task.vectors,
        task.feature_names,
        task.targets,
        out_of_fold,
        task.corpus,
        strength=task.strength,
        positive_weight=task.positive_weight,
    )


def cross_score(task: Task, parts: Sequence[learned.Fold]) -> learned.Array:
    """Scores of every held text from linear models that never saw its fold."""
    return learned.cross_score(
        task.texts,
        task.features,
        task.vectors,
        task.targets,
        parts,
        strength=task.strength,
        positive_weight=task.positive_weight,
    )


def held_out(task: Task, column: str) -> learned.Array:
    """Scores of every text from linear models that never saw its ``column``: its group, its field, or ``APART``."""
    return cross_score(task, learned.folds(task.groups(column)))


def other_registers(rows: Sequence[learned.Row]) -> list[learned.Fold]:
    """One fold a register: learned from the other registers of one half of the documents, held out in the other half.

    So neither register, document nor field is shared. Rows of the first half are measured in no fold.
    """
    apart = together(rows)
    later = set(sorted(set(apart))[::2])
    half = np.array([name in later for name in apart])
    register = np.array([row["register"] for row in rows])
    return [
        (np.flatnonzero(~half & (register != name)), np.flatnonzero(half & (register == name)))
        for name in sorted(set(register.tolist()))
    ]


def write_general(target: Path) -> None:
    """Write the parts of the encoder that learn nothing of our task; needs the extra ``train``."""
    import torch

    target.mkdir(parents=True, exist_ok=True)
    still = np.zeros(encoder.WIDTH, dtype=np.float32)
    published.write_base(target / "encoder-base.npz", still, still)
    words = encoder.read_base(target / "encoder-base.npz")
    texts = [evidence.normal(row["text"]) for row in evidence_rows()]
    rows = [encoder.embed(text, words) for text in texts]
    some = [encoder.embed(text, words) for text in (texts + unlabelled()[0])[::THINNED_BY]]
    entering = [torch.tensor(one)[None] for one in some]
    path = target / "encoder-general.onnx"
    layers = export.published_layers(encoder.GENERAL_LAYERS)
    thin = thinned(layers, entering, encoder.HEADS // 2, UNITS // 2)
    export.write_layers(path, thin, rows[::SAMPLE])
    read = encoder.open_network(path)
    means = np.stack([one.mean(axis=0) for one in encoder.beside(read, rows)])
    published.write_base(target / "encoder-base.npz", means.mean(axis=0), means.std(axis=0))


def write_evidence(target: Path, task: Task) -> learned.Array:
    """Train and save the evidence model of words and cues; its out-of-fold scores."""
    words = held_out(task, APART)
    learned.save(train(task, words), target / "evidence.npz")
    return words


def write_eligibility(target: Path, task: Task) -> None:
    """Train and save the eligibility model."""
    scores = held_out(task, "group")
    model = train(task, scores)
    chances = learned.sigmoid(scores * model.slope + model.offset)[:, 0]
    band = calibrate.uncertain_band(chances, task.targets["pure_algorithm"].astype(bool))
    learned.save(model, target / "eligibility.npz", uncertain=np.array(band))


def read_frozen(task: Task, *, alone: bool = False) -> finetune.Work:
    """The sentences, and others without labels, as they leave the layers that learn nothing.

    ``alone``: for students without a teacher.
    """
    texts, rows = unlabelled()
    texts, rows = task.texts + texts, np.concatenate([task.features, rows])
    everything = list(task.targets.values()), list(task.elements.values())
    quick = finetune.prepare(texts, rows[:, :0], everything[0], [])
    teacher = thorough = finetune.prepare(texts, rows, *everything, encoder.models() / "encoder-general.onnx")
    if not alone:
        with TemporaryDirectory() as aside:
            whole = Path(aside) / "whole.onnx"
            export.write_layers(whole, export.published_layers(finetune.TEACHER.frozen), sample(task))
            teacher = finetune.prepare(texts, rows, *everything, whole)
    return finetune.Work(teacher, {"quick": quick, "thorough": thorough}, task.corpus)


def unlabelled() -> tuple[list[str], learned.Array]:
    """Sentences of the eligibility corpus and their features: nobody has said of what they are evidence."""
    checklist = load_checklist("cn-2026")
    passages = [
        evidence.Passage(evidence.normal(row["text"][start:end]), STANDS_IN[row["register"]])
        for row in eligibility_rows()[::EVERY]
        for start, end in split_sentences(row["text"])
    ]
    noticed = [evidence.notice(p.text, checklist) for p in passages]
    return [p.text for p in passages], evidence.features(passages, noticed, checklist)


def sample(task: Task) -> list[encoder.Single]:
    """Some texts as they enter the encoder."""
    return [encoder.embed(text, encoder.base()) for text in task.texts[::SAMPLE]]


def write_encoder(
    target: Path, task: Task, work: finetune.Work, words: learned.Array
) -> tuple[learned.Array, learned.Array]:
    """Fine-tune both students, calibrate and save them; the out-of-fold scores of the quick and of the thorough one.

    ``words``: the out-of-fold scores of words and cues. The scores of elements come last.
    """
    folds = learned.folds(task.groups(APART), ENCODER_FOLDS)
    entering = sample(task)
    general = encoder.open_network(target / "encoder-general.onnx")
    below = {"quick": entering, "thorough": [general(rows) for rows in entering]}
    nets, scores = {}, {}
    for name in finetune.STUDENTS:
        nets[name], scores[name] = finetune.fit_and_cross_score(work, name, folds)
        export.write_student(target / f"encoder-{name}.onnx", nets[name], below[name])
    targets = list(task.targets.values())
    joint = words + scores["thorough"][:, : len(targets)]
    hearing = calibrate.hearing(words, words + scores["quick"], joint, targets)
    export.write_tuned(
        target,
        nets["thorough"],
        work.students["thorough"],
        task.texts,
        tuple(task.targets),
        tuple(task.elements),
        task.feature_names,
        task.corpus,
        hearing,
        calibrate.calibrate(joint, targets, hearing.heard[-1]),
    )
    return scores["quick"], scores["thorough"]
