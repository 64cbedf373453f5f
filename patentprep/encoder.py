"""The second judge of a sentence: a small transformer, fine-tuned on our corpus, computed with numpy alone.

It is the first six layers of multilingual-e5-small (MIT licence, see NOTICE). Embeddings and four layers are as
published (``encoder-base.npz``, 4-bit codes); two layers and the outputs are trained on ``data/evidence``
(``encoder-tuned.npz``, 8-bit codes, without pickle). ``python -m patentprep.training`` makes both files.

A text gets the same answer alone and among others, to the last bit: texts stand one after the other in one matrix that
is multiplied in tiles of a fixed height, so no sum depends on a neighbour; there is no padding.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from patentprep.learned import FEATURE_SCALE, Array, sigmoid, unpack
from patentprep.resources import folder
from patentprep.tokenizer import END, Tokenizer

Single = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]
Arrays = Mapping[str, npt.NDArray[np.generic]]

WIDTH, HEADS = 384, 12
FROZEN, LAYERS = 4, 6  # layers as published; layers in all
MOST_TOKENS = 256  # what a longer sentence says after that is not read
TILE = 64  # rows of every matrix product
CHUNK = 512  # tokens computed together by one thread
MOST_KNOWN = 50_000  # texts whose scores are remembered
_BLOCK = 32  # weights that share one scale in the published 4-bit codes
_EPSILON = np.float32(1e-12)


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer, weights as (inputs, outputs)."""

    attend: Single  # queries, keys and values side by side
    attend_bias: Single
    join: Single
    join_bias: Single
    join_norm: tuple[Single, Single]
    widen: Single
    widen_bias: Single
    narrow: Single
    narrow_bias: Single
    narrow_norm: tuple[Single, Single]


@dataclass(frozen=True, slots=True)
class Base:
    """What stays as published."""

    tokenizer: Tokenizer
    codes: Codes  # embeddings of the pieces
    positions: Single
    norm: tuple[Single, Single]
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """From the token vectors of a text to one score an output: a mean, and a look at single tokens."""

    center: Single  # the mean vector is standardised by these
    spread: Single
    mean: Single
    bias: Single
    features: Single
    look: Single  # which tokens an output looks at ...
    look_bias: Single
    say: Single  # ... and what it makes of them
    say_bias: Single


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was trained on our corpus, and how its scores are read together with the linear model's."""

    outputs: tuple[str, ...]
    feature_names: tuple[str, ...]
    corpus: str  # hash of the rows it was trained on
    layers: tuple[Layer, ...]
    head: Head
    linear_share: float  # joint score = encoder score + linear_share x linear score
    slope: Array  # probability = 1 / (1 + exp(-(slope * joint score + offset)))
    offset: Array
    threshold: Array  # from this probability on an output is shown
    silent: float  # no encoder where the linear model gives every output less than this

    def probability(self, scores: Array, linear: Array) -> Array:
        """The calibrated probability of each output from the scores of both judges."""
        return sigmoid((scores + self.linear_share * linear) * self.slope + self.offset)


# --- files -------------------------------------------------------------------------------------------------------


def four_bit(codes: Codes, inputs: int) -> Single:
    """Weights from 4-bit codes: blocks of 32, each a half-precision scale and sixteen bytes of two codes."""
    blocks = codes.reshape(-1, 2 + _BLOCK // 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    pairs = blocks[:, 2:]
    values = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((values * scale).reshape(-1, inputs))


def eight_bit(weights: Single) -> tuple[npt.NDArray[np.int8], Single]:
    """Codes and one scale a column; ``codes * scale`` gives the weights back."""
    scale = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    return np.round(weights / scale).astype(np.int8), scale


def layer(arrays: Arrays, number: int) -> Layer:
    """One layer from the arrays of either file, whichever code its weights are in."""

    def weights(name: str, inputs: int) -> Single:
        key = f"{number}.{name}"
        if f"{key}.codes4" in arrays:
            return four_bit(np.asarray(arrays[f"{key}.codes4"], dtype=np.uint8), inputs).T
        return np.asarray(arrays[f"{key}.codes8"], dtype=np.float32) * single(f"{name}.scale")

    def single(name: str) -> Single:
        return np.asarray(arrays[f"{number}.{name}"], dtype=np.float32)

    def flat(*parts: Single) -> Single:
        return np.ascontiguousarray(np.concatenate(parts, axis=-1))

    return Layer(
        flat(*(weights(name, WIDTH) for name in ("query", "key", "value"))),
        flat(*(single(f"{name}.bias") for name in ("query", "key", "value"))),
        flat(weights("join", WIDTH)),
        single("join.bias"),
        (single("join_norm.weight"), single("join_norm.bias")),
        flat(weights("widen", WIDTH)),
        single("widen.bias"),
        flat(weights("narrow", 4 * WIDTH)),
        single("narrow.bias"),
        (single("narrow_norm.weight"), single("narrow_norm.bias")),
    )


def read_base(path: Path) -> Base:
    """Read the published part; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    folds = dict(zip(arrays["folds_from"].tolist(), unpack(arrays["folds_to"]), strict=True))
    return Base(
        Tokenizer(unpack(arrays["pieces"]), arrays["scores"].tolist(), folds),
        arrays["codes"],
        arrays["positions"].astype(np.float32),
        (arrays["norm.weight"], arrays["norm.bias"]),
        tuple(layer(arrays, number) for number in range(FROZEN)),
    )


def read_tuned(path: Path) -> Tuned:
    """Read the trained part; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = ("center", "spread", "mean", "bias", "features", "look", "look_bias", "say", "say_bias")
    return Tuned(
        unpack(arrays["outputs"]),
        unpack(arrays["feature_names"]),
        unpack(arrays["corpus"])[0],
        tuple(layer(arrays, number) for number in range(FROZEN, LAYERS)),
        Head(*(arrays[f"head.{name}"] for name in names)),
        float(arrays["linear_share"]),
        arrays["slope"].astype(np.float64),
        arrays["offset"].astype(np.float64),
        arrays["threshold"].astype(np.float64),
        float(arrays["silent"]),
    )


@cache
def base() -> Base:
    return read_base(folder("data") / "models" / "encoder-base.npz")


@cache
def tuned() -> Tuned:
    return read_tuned(folder("data") / "models" / "encoder-tuned.npz")


# --- arithmetic --------------------------------------------------------------------------------------------------


def tokens(text: str, published: Base) -> list[int]:
    """The piece numbers of a text, cut after the most that are read."""
    numbers = published.tokenizer(text)
    return numbers if len(numbers) <= MOST_TOKENS else [*numbers[: MOST_TOKENS - 1], END]


def embed(numbers: Sequence[int], published: Base) -> Single:
    """The vectors that enter the first layer, one row a token."""
    rows = four_bit(published.codes[list(numbers)], WIDTH) + published.positions[: len(numbers)]
    return _norm(rows, published.norm)


def forward(rows: Single, lengths: Sequence[int], layers: Iterable[Layer]) -> Single:
    """Token vectors after ``layers``. ``rows`` holds texts one after the other, filled up to a multiple of TILE."""
    ends = np.cumsum([0, *lengths]).tolist()
    scale = np.float32(1 / np.sqrt(WIDTH // HEADS))
    for at in layers:
        seen = _product(rows, at.attend, at.attend_bias)
        joined = np.zeros_like(rows)
        for start, end in pairwise(ends):
            query, key, value = seen[start:end].reshape(end - start, 3, HEADS, -1).transpose(1, 2, 0, 3)
            share = _softmax(np.asarray(query * scale) @ key.swapaxes(1, 2), axis=-1)
            joined[start:end].reshape(end - start, HEADS, -1)[...] = (share @ value).transpose(1, 0, 2)
        joined = _product(joined, at.join, at.join_bias)
        joined += rows
        rows = _norm(joined, at.join_norm)
        wide = _product(_gelu(_product(rows, at.widen, at.widen_bias)), at.narrow, at.narrow_bias)
        wide += rows
        rows = _norm(wide, at.narrow_norm)
    return rows


def _product(rows: Single, weights: Single, bias: Single) -> Single:
    result = (rows.reshape(-1, TILE, rows.shape[1]) @ weights).reshape(len(rows), -1)
    result += bias
    return result


def _norm(rows: Single, norm: tuple[Single, Single]) -> Single:
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1])
    rows *= (1 / np.sqrt(variance + _EPSILON))[:, None]
    rows *= norm[0]
    rows += norm[1]
    return rows


def _softmax(values: Single, axis: int) -> Single:
    values -= values.max(axis=axis, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=axis, keepdims=True)
    return values


def _gelu(values: Single) -> Single:
    """The tanh form, in place where it can be."""
    curve = values * values
    curve *= np.float32(0.044715)
    curve += 1
    curve *= values
    curve *= np.float32(0.7978845608)
    np.tanh(curve, out=curve)
    curve += 1
    curve *= values
    curve *= np.float32(0.5)
    return curve


def _pooled(rows: Single, head: Head) -> Single:
    """The scores of one text from its token vectors, without the named features."""
    mean = (rows.mean(axis=0) - head.center) / head.spread
    share = _softmax(rows @ head.look + head.look_bias, axis=0)
    said = (share * (rows @ head.say + head.say_bias)).sum(axis=0)
    return np.asarray(mean @ head.mean + head.bias + said)


def compute(
    texts: Sequence[str], published: Base, layers: Sequence[Layer], use: Callable[[Single], Single]
) -> list[Single]:
    """``use`` of the token vectors of each text after ``layers``."""
    from threadpoolctl import threadpool_limits

    chunks: list[list[list[int]]] = []
    room = 0
    for text in texts:
        numbers = tokens(text, published)
        if room < len(numbers):
            chunks.append([])
            room = CHUNK
        chunks[-1].append(numbers)
        room -= len(numbers)

    def one(chunk: list[list[int]]) -> list[Single]:
        lengths = [len(numbers) for numbers in chunk]
        rows = np.zeros((-(-sum(lengths) // TILE) * TILE, WIDTH), dtype=np.float32)
        ends = np.cumsum([0, *lengths]).tolist()
        spans = [slice(start, end) for start, end in pairwise(ends)]
        for span, numbers in zip(spans, chunk, strict=True):
            rows[span] = embed(numbers, published)
        rows = forward(rows, lengths, layers)
        return [use(rows[span]) for span in spans]

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return [result for results in pool.map(one, chunks) for result in results]


@cache
def _known() -> dict[str, Single]:
    return {}


def logits(texts: Sequence[str], features: Array) -> Array:
    """Scores (n, outputs) of texts in the order of ``tuned().outputs``; ``features`` has one row a text.

    What the layers make of a text is remembered for the life of the process; the features only add to it.
    """
    model, known = tuned(), _known()
    found = {text: scores for text in texts if (scores := known.get(text)) is not None}
    missing = sorted(set(texts).difference(found))
    if missing:
        layers = (*base().layers, *model.layers)
        new = compute(missing, base(), layers, lambda rows: _pooled(rows, model.head))
        found.update(zip(missing, new, strict=True))
        if len(known) > MOST_KNOWN:
            known.clear()
        known.update(zip(missing, new, strict=True))
    by_text = np.array([found[text] for text in texts], dtype=np.float64).reshape(len(texts), len(model.outputs))
    return by_text + (features * FEATURE_SCALE) @ model.head.features.astype(np.float64)
