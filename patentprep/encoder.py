"""The sentence encoder: small transformers that share their word pieces, run by ONNX Runtime.

All come from multilingual-e5-small (MIT licence, see NOTICE). Its first four layers, which learn nothing of our task
and keep half of their heads and inner units, give the general meaning of a passage, for eligibility. Four more, trained
on ``data/evidence``, go on from there: they read a sentence thoroughly and say which requirement it speaks to, how
well, and which element of it. A quick network, a single layer trained on the same sentences, only says which sentences
need not be read thoroughly: most of a description. ``python -m patentprep.training`` makes the files:
``encoder-base.npz`` (word pieces and their vectors, 4-bit codes), ``encoder-general.onnx``, ``encoder-thorough.onnx``,
``encoder-quick.onnx`` (8-bit weights), and ``encoder-tuned.npz`` (names, calibration).

A text gets the same answer alone and among others: each is computed by itself. Weights use seven of their eight bits,
so that integer sums are exact on processors with and without the newer instructions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
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
GENERAL_LAYERS = 4  # so many learn nothing of our task; the thorough ones stand above them
NETWORKS = ("general", "thorough", "quick")
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
    center: Single  # mean, over our sentences, of what the general layers make of a text ...
    spread: Single  # ... and its spread: the vector of a passage is standardised by both


@dataclass(frozen=True, slots=True)
class Curve:
    """From scores to probabilities, one slope and offset an output: 1 / (1 + exp(-(slope * score + offset)))."""

    slope: Array
    offset: Array

    def probability(self, scores: Array) -> Array:
        return sigmoid(scores * self.slope + self.offset)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What the trained networks say and how they are read together with the score of words and cues.

    A joint score is the score of a network plus that of words and cues.
    """

    outputs: tuple[str, ...]
    elements: tuple[str, ...]  # further outputs of the thorough one: which element a sentence speaks to
    feature_names: tuple[str, ...]
    corpus: str  # hash of the rows it was trained on
    features: Array  # its weights of the named features, (features, outputs and elements)
    quick: Curve  # for the joint scores of the quick network
    thorough: Curve  # and of the thorough one
    threshold: Array  # from this probability on an output is shown
    limits: Array  # least sum of probabilities to read on: by words and cues alone; by them and the quick network


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
        arrays["center"],
        arrays["spread"],
    )


def read_tuned(path: Path) -> Tuned:
    """Read names and calibration; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}

    def numbers(name: str) -> Array:
        return np.asarray(arrays[name], dtype=np.float64)

    return Tuned(
        unpack(arrays["outputs"]),
        unpack(arrays["elements"]),
        unpack(arrays["feature_names"]),
        unpack(arrays["corpus"])[0],
        numbers("features"),
        Curve(numbers("quick.slope"), numbers("quick.offset")),
        Curve(numbers("thorough.slope"), numbers("thorough.offset")),
        numbers("threshold"),
        numbers("limits"),
    )


@cache
def base() -> Base:
    return read_base(models() / "encoder-base.npz")


@cache
def tuned() -> Tuned:
    return read_tuned(models() / "encoder-tuned.npz")


def open_network(path: Path) -> Callable[[Single], Single]:
    """A network, or some layers, as a function of the vectors of one text, one row a token."""
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
def _network(name: str) -> Callable[[Single], Single]:
    return open_network(models() / f"encoder-{name}.onnx")


def load() -> None:
    """Read all files now, so that the first draft need not wait."""
    base(), tuned()
    for name in NETWORKS:
        _network(name)


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
    for what in ("quick", "thorough", "passages"):
        _known(what).clear()


def _remembered(what: str, texts: Sequence[str], compute: Callable[[str], Single]) -> list[Single]:
    return recall(_known(what), texts, lambda missing: beside(compute, missing), MOST_KNOWN)


def passages(texts: Sequence[Sequence[str]]) -> list[Single]:
    """``passage`` for many, side by side; remembered for the life of the process."""
    keys = [tuple(parts) for parts in texts]
    return recall(_known("passages"), keys, lambda missing: beside(passage, missing), MOST_PASSAGES)


def passage(parts: Sequence[str]) -> Single:
    """What each part of a passage adds to its vector, one row a part; the rows add up to the vector.

    The general layers read the parts together, as many at a time as they can take, so that each is understood beside
    its neighbours; a part longer than that is cut. The vector is the mean over all tokens, standardised.
    """
    published, read = base(), _network("general")
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
        rows = read(_embed([START, *(n for number in chunk for n in pieces[number]), END], published))
        rows = (rows - published.center) / published.spread
        count += len(rows)
        at = 0  # the mark at the start goes with the first part, the mark at the end with the last
        for number in chunk:
            end = len(rows) if number == chunk[-1] else at + len(pieces[number]) + (number == chunk[0])
            sums[number] += rows[at:end].sum(axis=0)
            at = end
    return np.asarray(sums / (max(count, 1) * np.sqrt(WIDTH)), dtype=np.float32)


Entering = dict[str, Single]  # by text, the vectors that enter a network


def quick_scores(texts: Sequence[str], entering: Entering) -> Array:
    """What the quick network says of each text, in the order of ``tuned().outputs``; remembered as ``scores`` are.

    ``entering`` collects the vectors of texts, so that ``scores`` need not look them up again.
    """
    return _said("quick", _network("quick"), texts, entering, len(tuned().outputs))


def scores(texts: Sequence[str], features: Array, entering: Entering) -> Array:
    """Scores of each text in the order of ``tuned().outputs`` and ``.elements``; ``features`` has one row a text.

    What the network makes of a text is remembered for the life of the process; the features only add to it.
    """
    model = tuned()
    general, thorough = _network("general"), _network("thorough")
    said = _said("thorough", lambda rows: thorough(general(rows)), texts, entering, model.features.shape[1])
    return np.asarray(said + (features * FEATURE_SCALE) @ model.features)


def _said(what: str, read: Callable[[Single], Single], texts: Sequence[str], entering: Entering, outputs: int) -> Array:
    words = base()

    def one(text: str) -> Single:
        if text not in entering:
            entering[text] = embed(text, words)
        return read(entering[text])

    said = np.array(_remembered(what, texts, one), dtype=np.float64)
    return said.reshape(len(texts), outputs)
