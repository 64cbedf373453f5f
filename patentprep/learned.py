"""A linear text model that explains itself and ships as plain arrays.

One model holds several yes/no outputs over one set of inputs: character n-grams (TF-IDF, scikit-learn), the vector of
a multilingual sentence encoder, and a few named features. The score of an output is the sum of input x weight plus an
intercept, so every contribution can be shown. Weights live in a ``.npz`` without pickle; ``python -m
patentprep.training`` makes it from the corpus, and its ``corpus`` hash says from which.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from patentprep.recall import remember

Array = npt.NDArray[np.float64]
Row = dict[str, Any]
Indices = npt.NDArray[np.int_]
Fold = tuple[Indices, Indices]  # the rows to learn from, and the rows held out

NGRAMS = (1, 4)
ENCODER_SCALE = 3.0
FEATURE_SCALE = 0.7


@dataclass(frozen=True, slots=True)
class TextModel:
    """Weights of a trained model; shapes are (inputs, outputs)."""

    outputs: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Array
    ngram_weights: Array
    encoder_weights: Array
    feature_names: tuple[str, ...]
    feature_weights: Array
    intercept: Array
    slope: Array  # calibration: probability = 1 / (1 + exp(-(slope * score + offset)))
    offset: Array
    corpus: str  # hash of the rows it was trained on

    @property
    def version(self) -> str:
        return self.corpus[:12]


@dataclass(frozen=True, slots=True)
class Scores:
    """For each text and output: the raw score, the calibrated probability, and the parts of the score."""

    score: Array
    probability: Array
    ngrams: Array
    encoder: Array
    features: Array


def corpus_hash(rows: Iterable[Row]) -> str:
    """A hash of a corpus that does not depend on the order of keys."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """All rows of JSON-lines files, in file order."""
    return [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def ngrams(text: str) -> list[str]:
    """Character n-grams within words, a word padded by one space: the ``char_wb`` of scikit-learn, without its import.

    Scoring a draft must not wait a second and a half for a library that only training needs.
    """
    return [term for word in text.lower().split() for term in _ngrams(word)]


def _ngrams(word: str) -> list[str]:
    shortest, longest = NGRAMS
    padded = f" {word} "
    size = len(padded)
    found: list[str] = []
    for n in range(shortest, longest + 1):
        found += [padded[at : at + n] for at in range(size - n + 1)] if n < size else [padded]
        if n >= size:
            break
    return found


def vectorizer() -> Any:
    """The TF-IDF of our n-grams, to be fitted."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, min_df=2, max_features=60_000, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class NgramRow:
    """The n-grams of one text that a model knows: their columns, and TF-IDF values of unit length."""

    columns: npt.NDArray[np.int_]
    values: Array


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each term of a model, and those of the n-grams of short words met before."""

    of: dict[str, int]
    met: dict[str, list[int]]

    def of_word(self, word: str) -> list[int]:
        """The columns of the n-grams of one word, as often as they occur in it."""
        known = self.met.get(word)
        if known is None:
            known = [column for column in map(self.of.get, _ngrams(word)) if column is not None]
            if len(word) <= SHORT:
                remember(self.met, {word: known}, MOST_WORDS)
        return known


_remembered: list[tuple[tuple[str, ...], Columns]] = []
MOST_MODELS = 4
SHORT, MOST_WORDS = 24, 20_000  # characters of a word that is remembered, and how many are


def _columns(vocabulary: tuple[str, ...]) -> Columns:
    """The columns of a vocabulary, known by this very tuple: hashing sixty thousand terms takes longer than judging."""
    for one, columns in _remembered:
        if one is vocabulary:
            return columns
    columns = Columns({term: n for n, term in enumerate(vocabulary)}, {})
    _remembered.append((vocabulary, columns))
    del _remembered[:-MOST_MODELS]
    return columns


def ngram_row(model: TextModel, text: str) -> NgramRow:
    """What the fitted vectorizer would say of one text (sublinear term frequency, L2 norm)."""
    known = _columns(model.vocabulary)
    found = [column for word in text.lower().split() for column in known.of_word(word)]
    columns, times = np.unique(np.array(found, dtype=np.int_), return_counts=True)
    values = (1.0 + np.log(times)) * model.idf[columns]
    length = float(np.sqrt((values**2).sum()))
    return NgramRow(columns, values / length if length else values)


def inputs(texts: Sequence[str], features: Array, vectors: Array, tfidf: Any) -> Any:
    """The full input matrix (sparse): n-grams, encoder vectors, named features."""
    from scipy import sparse

    return sparse.hstack(
        [
            tfidf.transform(texts),
            sparse.csr_matrix(vectors * ENCODER_SCALE),
            sparse.csr_matrix(features * FEATURE_SCALE),
        ]
    ).tocsr()


def score(model: TextModel, texts: Sequence[str], features: Array, vectors: Array) -> Scores:
    """Score texts. ``features`` (in the order of ``model.feature_names``) and ``vectors`` have one row a text."""
    rows = [ngram_row(model, text) for text in texts]
    terms = np.array([row.values @ model.ngram_weights[row.columns] for row in rows]).reshape(
        len(rows), len(model.outputs)
    )
    encoder = vectors @ (model.encoder_weights * ENCODER_SCALE)
    named = features @ (model.feature_weights * FEATURE_SCALE)
    total = terms + encoder + named + model.intercept
    return Scores(total, sigmoid(total * model.slope + model.offset), terms, encoder, named)


def sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -60.0, 60.0))))


def top_ngrams(model: TextModel, text: str, output: str, most: int = 3, sign: float = 1.0) -> tuple[str, ...]:
    """The n-grams of two or more characters that moved ``output`` most in the direction of ``sign``."""
    row = ngram_row(model, text)
    weights = model.ngram_weights[:, model.outputs.index(output)]
    ranked = sorted(
        (
            (value * weights[column] * sign, model.vocabulary[column].strip())
            for column, value in zip(row.columns.tolist(), row.values.tolist(), strict=True)
        ),
        reverse=True,
    )
    chosen: list[str] = []
    for weight, term in ranked:
        if weight <= 0 or len(chosen) == most:
            break
        if len(term) > 1 and not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return tuple(chosen)


def train(
    texts: Sequence[str],
    features: Array,
    vectors: Array,
    feature_names: Sequence[str],
    targets: Mapping[str, npt.NDArray[np.int_]],
    out_of_fold: Array,
    corpus: str,
    *,
    strength: float = 3.0,
    positive_weight: float = 2.0,
) -> TextModel:
    """Fit one logistic regression per output; calibrate each on the scores of ``cross_score``."""
    outputs = tuple(targets)
    tfidf = vectorizer().fit(texts)
    matrix = inputs(texts, features, vectors, tfidf)
    fits = [_fit(matrix, targets[name], strength, positive_weight) for name in outputs]
    weights = np.stack([fit[0] for fit in fits], axis=1)
    terms = tfidf.get_feature_names_out()
    cut, end = len(terms), len(terms) + vectors.shape[1]
    pairs = [platt(out_of_fold[:, n], targets[name]) for n, name in enumerate(outputs)]
    return TextModel(
        outputs=outputs,
        vocabulary=tuple(str(term) for term in terms),
        idf=np.asarray(tfidf.idf_),
        ngram_weights=weights[:cut],
        encoder_weights=weights[cut:end],
        feature_names=tuple(feature_names),
        feature_weights=weights[end:],
        intercept=np.array([fit[1] for fit in fits]),
        slope=np.array([pair[0] for pair in pairs]),
        offset=np.array([pair[1] for pair in pairs]),
        corpus=corpus,
    )


def folds(groups: Sequence[str], count: int = 6) -> list[Fold]:
    """Folds that never part the texts of a group."""
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(count).split(list(groups), groups=list(groups)))


def cross_score(
    texts: Sequence[str],
    features: Array,
    vectors: Array,
    targets: Mapping[str, npt.NDArray[np.int_]],
    parts: Sequence[Fold],
    *,
    strength: float = 3.0,
    positive_weight: float = 2.0,
) -> Array:
    """Raw scores of every held text from models that never saw its fold; NaN for a text that no fold holds."""
    scores = np.full((len(texts), len(targets)), np.nan)
    for kept, held in parts:
        chosen = [texts[n] for n in kept]
        tfidf = vectorizer().fit(chosen)
        matrix = inputs(chosen, features[kept], vectors[kept], tfidf)
        unseen = inputs([texts[n] for n in held], features[held], vectors[held], tfidf)
        for column, target in enumerate(targets.values()):
            weights, intercept = _fit(matrix, target[kept], strength, positive_weight)
            scores[held, column] = unseen @ weights + intercept
    return scores


def _fit(matrix: Any, target: npt.NDArray[np.int_], strength: float, positive_weight: float) -> tuple[Array, float]:
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(
        C=strength,
        solver="liblinear",
        class_weight={0: 1.0, 1: positive_weight},
        max_iter=400,
        random_state=0,
    ).fit(matrix, target)
    return fit.coef_[0], float(fit.intercept_[0])


def platt(scores: Array, target: npt.NDArray[np.int_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=1e3, random_state=0).fit(scores.reshape(-1, 1), target)
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def save(model: TextModel, path: Path, **more: Array) -> None:
    """Write the arrays, and any others given by name; weights are kept in single precision."""
    np.savez_compressed(
        path,
        outputs=pack(model.outputs),
        vocabulary=pack(model.vocabulary),
        feature_names=pack(model.feature_names),
        corpus=pack((model.corpus,)),
        **{name: getattr(model, name).astype(np.float32) for name in _ARRAYS},
        **more,  # type: ignore[arg-type]
    )


_ARRAYS = (
    "idf", "ngram_weights", "encoder_weights", "feature_weights", "intercept", "slope", "offset",
)  # fmt: skip


def load(path: Path) -> TextModel:
    """Read what ``save`` wrote; never executes anything from the file."""
    with np.load(path, allow_pickle=False) as arrays:
        return TextModel(
            outputs=unpack(arrays["outputs"]),
            vocabulary=unpack(arrays["vocabulary"]),
            feature_names=unpack(arrays["feature_names"]),
            corpus=unpack(arrays["corpus"])[0],
            **{name: arrays[name].astype(np.float64) for name in _ARRAYS},
        )


def pack(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\0".join(texts).encode(), dtype=np.uint8)


def unpack(array: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(array.tobytes().decode().split("\0"))
