"""The sentence encoder: a small transformer, its upper layers tuned on our corpus, run by ONNX Runtime.

It is multilingual-e5-small (MIT licence, see NOTICE), cut in three. The lower part, one layer, and the middle part,
three, are as published; each gives the general meaning of a text as one vector. That of the lower part is quick, and
enough for the linear evidence model; that of the middle part is for eligibility. The upper part is layers and outputs
trained on ``data/evidence``: which requirement a sentence speaks to, how well, and which element of it.
``python -m patentprep.training`` makes the files: ``encoder-base.npz`` (word pieces and their vectors, 4-bit codes),
``encoder-lower.onnx``, ``encoder-middle.onnx``, ``encoder-upper.onnx`` (8-bit weights), and ``encoder-tuned.npz``
(names, calibration).

A text gets the same answer alone and among others: each is computed by itself. Weights use seven of their eight bits,
so that integer sums are exact on processors with and without the newer instructions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from patentprep.learned import FEATURE_SCALE, Array, sigmoid, unpack
from patentprep.recall import recall
from patentprep.resources import folder
from patentprep.tokenizer import END, START, Tokenizer

Single = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]
Item = TypeVar("Item")

WIDTH, HEADS = 384, 12
AS_PUBLISHED = {"lower": (0, 1), "middle": (1, 4)}  # the layers of each part
MOST_TOKENS = 256  # what a longer sentence says after that is not read
MOST_KNOWN = 50_000  # texts whose answers are remembered
MOST_PASSAGES = 2_000  # passages whose parts are remembered
SLOW = "SkipLayerNormFusion"  # the joined operation takes four times as long as its two parts
_BLOCK = 32  # weights that share one scale in the published 4-bit codes
_EPSILON = np.float32(1e-12)


@dataclass(frozen=True, slots=True)
class Base:
    """What turns a text into the vectors that enter the first layer, as published."""

    tokenizer: Tokenizer
    codes: Codes  # vectors of the pieces
    positions: Single
    norm: tuple[Single, Single]
    center: dict[
        str, Single
    ]  # by part, what the vector of a text is standardised by: mean and spread over our sentences
    spread: dict[str, Single]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What the upper part says and how it is read together with the score of n-grams and cues."""

    outputs: tuple[str, ...]
    elements: tuple[str, ...]  # further outputs: which element a sentence speaks to
    feature_names: tuple[str, ...]
    corpus: str  # hash of the rows it was trained on
    features: Array  # weights of the named features, (features, outputs and elements)
    linear_share: float  # joint score = encoder score + linear_share x score of n-grams and cues
    slope: Array  # probability = 1 / (1 + exp(-(slope * joint score + offset)))
    offset: Array
    threshold: Array  # from this probability on an output is shown
    quiet: Array  # no encoder at all where n-grams and cues alone give every output less than this ...
    silent: Array  # ... and no further part where the linear model does

    def probability(self, scores: Array, words: Array) -> Array:
        """The calibrated probability of each output from the scores of both judges."""
        return sigmoid((scores + self.linear_share * words) * self.slope + self.offset)


# --- files -------------------------------------------------------------------------------------------------------


def models() -> Path:
    return folder("data") / "models"


def four_bit(codes: Codes, inputs: int) -> Single:
    """Weights from 4-bit codes: blocks of 32, each a half-precision scale and sixteen bytes of two codes."""
    blocks = codes.reshape(-1, 2 + _BLOCK // 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    pairs = blocks[:, 2:]
    values = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((values * scale).reshape(-1, inputs))


def read_base(path: Path) -> Base:
    """Read the word pieces and their vectors; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    folds = dict(zip(arrays["folds_from"].tolist(), unpack(arrays["folds_to"]), strict=True))
    return Base(
        Tokenizer(unpack(arrays["pieces"]), arrays["scores"].tolist(), folds),
        arrays["codes"],
        arrays["positions"].astype(np.float32),
        (arrays["norm.weight"], arrays["norm.bias"]),
        {name: arrays[f"center.{name}"] for name in AS_PUBLISHED},
        {name: arrays[f"spread.{name}"] for name in AS_PUBLISHED},
    )


def read_tuned(path: Path) -> Tuned:
    """Read names and calibration; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return Tuned(
        unpack(arrays["outputs"]),
        unpack(arrays["elements"]),
        unpack(arrays["feature_names"]),
        unpack(arrays["corpus"])[0],
        arrays["features"].astype(np.float64),
        float(arrays["linear_share"]),
        arrays["slope"].astype(np.float64),
        arrays["offset"].astype(np.float64),
        arrays["threshold"].astype(np.float64),
        arrays["quiet"].astype(np.float64),
        arrays["silent"].astype(np.float64),
    )


@cache
def base() -> Base:
    return read_base(models() / "encoder-base.npz")


@cache
def tuned() -> Tuned:
    return read_tuned(models() / "encoder-tuned.npz")


def open_part(path: Path) -> Callable[[Single], Single]:
    """One part of the network as a function of the vectors of one text, one row a token."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # texts are short: threads run beside each other
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW]
    )

    def run(rows: Single) -> Single:
        return np.asarray(session.run(None, {"rows": rows[None]})[0][0], dtype=np.float32)

    return run


@cache
def _part(name: str) -> Callable[[Single], Single]:
    return open_part(models() / f"encoder-{name}.onnx")


def load() -> None:
    """Read all files now, so that the first draft need not wait."""
    base(), tuned()
    for name in (*AS_PUBLISHED, "upper"):
        _part(name)


# --- arithmetic --------------------------------------------------------------------------------------------------


def tokens(text: str, published: Base) -> list[int]:
    """The piece numbers of a text, cut after the most that are read."""
    numbers = published.tokenizer(text)
    return numbers if len(numbers) <= MOST_TOKENS else [*numbers[: MOST_TOKENS - 1], END]


def embed(text: str, published: Base) -> Single:
    """The vectors that enter the first layer, one row a token."""
    return _embed(tokens(text, published), published)


def _embed(numbers: Sequence[int], published: Base) -> Single:
    numbers = list(numbers)
    rows = four_bit(published.codes[numbers], WIDTH) + published.positions[: len(numbers)]
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(WIDTH)
    rows *= (1 / np.sqrt(variance + _EPSILON))[:, None]
    return np.asarray(rows * published.norm[0] + published.norm[1])


def beside(work: Callable[[Item], Single], items: Sequence[Item]) -> list[Single]:
    """``work`` on every item, on all processors, or on one after ``work_alone``."""
    if _alone:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, items))


_alone: list[bool] = []


def work_alone() -> None:
    """Read one text after the other from now on: for a process that is one of as many as there are processors."""
    _alone.append(True)


@cache
def _known(what: str) -> dict[Any, Single]:
    return {}


def forget() -> None:
    """Drop every remembered answer."""
    _known("vectors").clear()
    _known("passages").clear()
    _known("scores").clear()


def _remembered(what: str, texts: Sequence[str], compute: Callable[[str], Single]) -> list[Single]:
    return recall(_known(what), texts, lambda missing: beside(compute, missing), MOST_KNOWN)


def vectors(texts: Sequence[str], halfway: dict[str, Single] | None = None) -> Array:
    """What the lower part makes of each text: one vector of about unit length, remembered for the life of the process.

    ``halfway`` collects the token vectors of texts not met before, for ``scores`` to go on from.
    """
    published, lower = base(), _part("lower")
    center, spread = published.center["lower"], published.spread["lower"]

    def one(text: str) -> Single:
        rows = lower(embed(text, published))
        if halfway is not None:
            halfway[text] = rows
        deviation = (rows.mean(axis=0) - center) / spread
        return np.asarray(deviation / np.sqrt(WIDTH), dtype=np.float32)

    return np.array(_remembered("vectors", texts, one), dtype=np.float64).reshape(len(texts), WIDTH)


def passages(texts: Sequence[Sequence[str]]) -> list[Single]:
    """``passage`` for many, side by side; remembered for the life of the process."""
    keys = [tuple(parts) for parts in texts]
    return recall(_known("passages"), keys, lambda missing: beside(passage, missing), MOST_PASSAGES)


def passage(parts: Sequence[str]) -> Single:
    """What each part of a passage adds to its vector, one row a part; the rows add up to the vector.

    The lower and middle layers read the parts together, as many at a time as they can take, so that each is understood
    beside its neighbours; a part longer than that is cut. The vector is the mean over all tokens, standardised.
    """
    published, lower, middle = base(), _part("lower"), _part("middle")
    center, spread = published.center["middle"], published.spread["middle"]
    pieces = [published.tokenizer(part)[1:-1][: MOST_TOKENS - 2] for part in parts]
    chunks: list[list[int]] = []
    room = 0
    for number, piece in enumerate(pieces):
        if not chunks or room < len(piece):
            chunks.append([])
            room = MOST_TOKENS - 2
        chunks[-1].append(number)
        room -= len(piece)
    sums, count = np.zeros((len(parts), WIDTH), dtype=np.float64), 0
    for chunk in chunks:
        rows = middle(lower(_embed([START, *(n for number in chunk for n in pieces[number]), END], published)))
        rows = (rows - center) / spread
        count += len(rows)
        at = 0  # the mark at the start goes with the first part, the mark at the end with the last
        for number in chunk:
            end = len(rows) if number == chunk[-1] else at + len(pieces[number]) + (number == chunk[0])
            sums[number] += rows[at:end].sum(axis=0)
            at = end
    return np.asarray(sums / (max(count, 1) * np.sqrt(WIDTH)), dtype=np.float32)


def scores(texts: Sequence[str], features: Array, halfway: Mapping[str, Single] | None = None) -> Array:
    """Scores of each text in the order of ``tuned().outputs`` and ``.elements``; ``features`` has one row a text.

    What the network makes of a text is remembered for the life of the process; the features only add to it.
    """
    model, published = tuned(), base()
    lower, middle, upper = (_part(name) for name in ("lower", "middle", "upper"))

    def one(text: str) -> Single:
        rows = (halfway or {}).get(text)
        return upper(middle(lower(embed(text, published)) if rows is None else rows))

    said = np.array(_remembered("scores", texts, one), dtype=np.float64)
    return said.reshape(len(texts), model.features.shape[1]) + (features * FEATURE_SCALE) @ model.features
