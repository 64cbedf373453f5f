"""Layers of the sentence encoder in torch, and how one is made thinner without a single label.

A layer can do without many of its heads and inner units. Which ones is found by least squares: what is left is fitted
anew to what the whole layer gave, and what goes is what that fit misses least (Hassibi and Stork 1993). The texts that
are read for it need no labels: nothing is learned from them but what the network makes of language like theirs.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from patentprep.encoder import HEADS, WIDTH
from patentprep.learned import Array
from patentprep.training.published import NORMS, PARTS, Published

HEAD = WIDTH // HEADS  # width of a head
UNITS = 4 * WIDTH  # inner units of a layer as published
DROPOUT = 0.1
AT_ONCE = 32  # inner units that are dropped before the others are fitted anew
_RIDGE = 1e-4  # of the mean square of a column, so that a fit has one solution


def block(number: int, whole: Published) -> Any:
    """One layer of the network as published."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            for ours, theirs in PARTS.items():
                raw = whole.weights(f"l{number}.{theirs}.w", UNITS if ours == "narrow" else WIDTH)
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

        def see(self, x: Any, mask: Any = None) -> Any:
            """What the heads bring to each token, side by side."""
            query, key, value = (part(x) for part in (self.query, self.key, self.value))
            heads = self.join.weight.shape[1] // HEAD
            if mask is None:  # one text; written out, in fixed shapes, for the file that is shipped
                query, key, value = (part.reshape(-1, heads, HEAD).transpose(0, 1) for part in (query, key, value))
                share = (query @ key.transpose(1, 2) / math.sqrt(HEAD)).softmax(-1)
                return (share @ value).transpose(0, 1).reshape(1, -1, heads * HEAD)
            texts, length, _ = x.shape
            parts = [part.view(texts, length, heads, HEAD).transpose(1, 2) for part in (query, key, value)]
            seen = functional.scaled_dot_product_attention(*parts, attn_mask=mask[:, None, None, :])
            return seen.transpose(1, 2).reshape(texts, length, heads * HEAD)

        def work(self, x: Any) -> Any:
            """What the inner units make of each token."""
            return functional.gelu(self.widen(x))

        def attend(self, x: Any, mask: Any = None) -> Any:
            """The first half of the layer."""
            return self.join_norm(x + self.dropout(self.join(self.see(x, mask))))

        def forward(self, x: Any, mask: Any = None) -> Any:
            x = self.attend(x, mask)
            return self.narrow_norm(x + self.dropout(self.narrow(self.work(x))))

    return Block()


def cut(layer: Any, units: int) -> None:
    """Leave a layer its first inner units: the room for the weights of one that kept only so many."""
    _keep(layer, ("widen",), "narrow", list(range(units)))


def keep_busiest(layer: Any, sample: Sequence[tuple[Any, Any]], units: int) -> None:
    """Leave a layer the inner units that matter most where it reads a sample: mean times weight of what follows."""
    import torch

    with torch.no_grad():
        busy = sum(layer.work(layer.attend(x, mask))[mask].abs().sum(0) for x, mask in sample)
    worth = busy * layer.narrow.weight.data.norm(dim=0)
    _keep(layer, ("widen",), "narrow", sorted(worth.topk(units).indices.tolist()))


def _keep(layer: Any, before: Sequence[str], after: str, columns: Sequence[int]) -> None:
    """Leave only some columns between products and the one that follows."""
    for name in before:
        part = getattr(layer, name)
        part.weight.data, part.bias.data = part.weight.data[columns], part.bias.data[columns]
    part = getattr(layer, after)
    part.weight.data = part.weight.data[:, columns]


def thinned(layers: Iterable[Any], entering: Sequence[Any], heads: int, units: int) -> list[Any]:
    """Copies of the layers with so many heads and inner units each.

    ``entering``: the vectors of each text as they enter the first layer. A thinned layer also makes up for what those
    below it have lost.
    """
    import torch

    found = []
    wanted = given = entering  # what leaves the whole layers so far, and the thinned ones
    with torch.no_grad():
        for layer in layers:
            thin = copy.deepcopy(layer)
            seen = [layer.see(x) for x in given]
            wanted = [x + layer.join(layer.see(x)) for x in wanted]
            left = _refit(thin, ("query", "key", "value"), "join", seen, _less(wanted, given), heads * HEAD, HEAD)
            given = [thin.join_norm(x + thin.join(one)) for x, one in zip(given, left, strict=True)]
            wanted = [layer.join_norm(x) for x in wanted]
            done = [layer.work(x) for x in given]
            wanted = [x + layer.narrow(layer.work(x)) for x in wanted]
            left = _refit(thin, ("widen",), "narrow", done, _less(wanted, given), units)
            given = [thin.narrow_norm(x + thin.narrow(one)) for x, one in zip(given, left, strict=True)]
            wanted = [layer.narrow_norm(x) for x in wanted]
            found.append(thin)
    return found


def _less(these: Sequence[Any], those: Sequence[Any]) -> list[Any]:
    return [one - other for one, other in zip(these, those, strict=True)]


def _refit(
    layer: Any,
    before: Sequence[str],
    after: str,
    entering: Sequence[Any],
    wanted: Sequence[Any],
    kept: int,
    group: int = 1,
) -> list[Any]:
    """Leave so many columns before a product, fit the product anew to what is wanted of it; what then enters it."""
    import torch

    rows, targets = (torch.cat(list(parts), 1)[0].double().numpy() for parts in (entering, wanted))
    columns, weight, bias = least_missed(rows, targets, kept, group)
    _keep(layer, before, after, columns)
    part = getattr(layer, after)
    part.weight.data = torch.tensor(weight.T, dtype=torch.float32).contiguous()
    part.bias.data = torch.tensor(bias, dtype=torch.float32)
    return [one[..., columns] for one in entering]


def least_missed(rows: Array, wanted: Array, kept: int, group: int = 1) -> tuple[list[int], Array, Array]:
    """The columns by which, with a constant, the wanted is fitted best; the weights and the constant of that fit.

    Columns go in groups side by side, those first whose loss costs the fit least.
    """
    rows = np.pad(rows, ((0, 0), (0, 1)), constant_values=1.0)
    squares, products = rows.T @ rows, rows.T @ wanted
    constant = len(squares) - 1
    squares += np.eye(len(squares)) * _RIDGE * squares.diagonal()[:constant].mean()
    columns = np.arange(constant)
    while True:
        left = [*columns, constant]
        inverse = np.linalg.inv(squares[np.ix_(left, left)])
        weights = inverse @ products[left]
        if len(columns) <= kept:
            return columns.tolist(), weights[:-1], weights[-1]
        groups = len(columns) // group
        own = weights[:-1].reshape(groups, group, -1)
        cells = np.einsum("ijik->ijk", inverse[:-1, :-1].reshape(groups, group, groups, group))
        cost = (own * np.linalg.solve(cells, own)).sum((1, 2))
        most = 1 if group > 1 else min(AT_ONCE, len(columns) - kept)
        stays = np.sort(cost.argsort()[most:])
        columns = columns.reshape(groups, group)[stays].reshape(-1)
