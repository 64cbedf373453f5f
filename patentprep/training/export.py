"""Write the parts of the encoder for ONNX Runtime, weights as 8-bit codes, and the names and numbers beside them.

Seven of the eight bits are used: products of pairs then cannot overflow on processors without the newer instructions,
and every machine gets the same sums. A few columns of what enters a product are far larger than the others and would
leave these no bits; so every column is divided by its largest value, and its weights are multiplied by it (SmoothQuant,
Xiao et al. 2023).
"""

from __future__ import annotations

import copy
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from patentprep import encoder, learned
from patentprep.encoder import WIDTH
from patentprep.training import published
from patentprep.training.calibrate import Calibration, Hearing
from patentprep.training.finetune import Data, Indices
from patentprep.training.layers import block

SMOOTHING = 0.75  # exponent of the largest value of a column; the rest is left to its weights
OUTPUTS = {"mean", "look", "say"}  # the small layers at the end, by their names in the network
CHECKS = 5  # texts whose scores are kept beside the weights, to prove that the files belong together


def published_layers(end: int) -> list[Any]:
    """The layers below ``end`` as published."""
    whole = published.published()
    return [block(number, whole).eval() for number in range(end)]


def write_layers(path: Path, layers: Sequence[Any], sample: Sequence[encoder.Single]) -> None:
    """Some layers as one network. ``sample``: vectors of some texts as they enter the first of them."""
    from torch import nn

    write_onnx(path, smoothed(nn.Sequential(*layers).eval(), sample), {0: "texts", 1: "tokens"})


def write_student(path: Path, net: Any, sample: Sequence[encoder.Single]) -> None:
    """The layers and outputs of a trained student; the weights of its named features stand in the other file.

    ``sample``: vectors of some texts as they enter its layers. In 8-bit codes scores come out a little more extreme
    than they are; thresholds were chosen on scores as they are, so each output is drawn back to them.
    """
    import torch

    net = net.eval()
    write_onnx(path, smoothed(net, sample), {0: "texts"})
    written = encoder.open_network(path)
    with torch.no_grad():
        wanted = np.stack([net(torch.tensor(rows[None]))[0].numpy() for rows in sample])
    net = drawn_back(net, np.stack([written(rows) for rows in sample]), wanted)
    write_onnx(path, smoothed(net, sample), {0: "texts"})


def drawn_back(net: Any, got: learned.Array, wanted: learned.Array) -> Any:
    """The outputs scaled and moved by a straight line each, so that where they give ``got`` they give ``wanted``."""
    import torch

    lines = [np.polyfit(one, other, 1) for one, other in zip(got.T, wanted.T, strict=True)]
    scale, shift = torch.tensor(np.array(lines, dtype=np.float32)).T
    net = copy.deepcopy(net)
    for layer in (net.mean, net.say):  # an output is the sum of both
        layer.weight.data = layer.weight.data * scale[:, None]
        layer.bias.data = layer.bias.data * scale
    net.mean.bias.data = net.mean.bias.data + shift
    return net


def smoothed(network: Any, sample: Sequence[encoder.Single]) -> Any:
    """The same network with its large columns moved from what enters the products of its layers into the weights."""
    import torch

    network = copy.deepcopy(network)
    blocks = [module for module in network.modules() if hasattr(module, "narrow_norm")]
    largest = [{name: torch.zeros(1) for name in published.PARTS} for _ in blocks]

    def watch(most: dict[str, Any], name: str) -> Any:
        def look(_: Any, entering: Any) -> None:
            most[name] = torch.maximum(most[name], entering[0].abs().amax((0, 1)))

        return look

    watches = [
        getattr(one, name).register_forward_pre_hook(watch(most, name))
        for one, most in zip(blocks, largest, strict=True)
        for name in most
    ]
    with torch.no_grad():
        for rows in sample:
            network(torch.tensor(rows)[None])
    for hook in watches:
        hook.remove()
    for one, most in zip(blocks, largest, strict=True):
        _divide(one, ("query", "key", "value"), most["query"])  # what enters all three is divided once
        scale = _divide(one, ("join",), most["join"], at_once=False)
        one.value.layer.weight.data *= scale[:, None]  # what enters the join is a mean of values
        one.value.layer.bias.data *= scale
        _divide(one, ("widen",), most["widen"])
        _divide(one, ("narrow",), most["narrow"])
    return network


def _divide(block: Any, names: Sequence[str], most: Any, at_once: bool = True) -> Any:
    """Multiply the weights of products that have one input by what that must be divided by; the factor it then needs.

    ``at_once``: the products multiply what enters them by that factor, so that nobody else need.
    """
    import torch
    from torch import nn

    class Smooth(nn.Module):  # type: ignore[misc]
        def __init__(self, layer: Any, factor: Any) -> None:
            super().__init__()
            self.layer = layer
            self.register_buffer("factor", factor)

        def forward(self, x: Any) -> Any:
            return self.layer(x * self.factor)

    weights = torch.cat([getattr(block, name).weight.detach() for name in names])
    scale = most.clamp(min=1e-4) ** SMOOTHING / weights.abs().amax(0).clamp(min=1e-4) ** (1 - SMOOTHING)
    factor = scale.mean() / scale
    for name in names:
        layer = getattr(block, name)
        layer.weight.data = layer.weight.data / factor
        if at_once:
            setattr(block, name, Smooth(layer, factor))
    return factor


def write_onnx(path: Path, network: Any, answer: dict[int, str]) -> None:
    """Write a network of one input; ``answer`` names the free axes of what it gives back."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)  # the quantizer recommends a step that changes nothing here
    with tempfile.TemporaryDirectory() as aside, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(aside) / "plain.onnx"
        torch.onnx.export(
            network,
            (torch.randn(1, 24, WIDTH),),
            str(plain),
            input_names=["rows"],
            output_names=["answer"],
            dynamic_axes={"rows": {0: "texts", 1: "tokens"}, "answer": answer},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            plain,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_exclude=_outputs(plain),
        )


def _outputs(plain: Path) -> list[str]:
    """The small products at the end: their weights stay in single precision."""
    import onnx

    nodes = onnx.load(str(plain)).graph.node
    names = [n.name for n in nodes if n.op_type in ("MatMul", "Gemm") and OUTPUTS & set(n.name.split("/"))]
    return [*names, *(f"{name}_MatMul" for name in names)]  # a Gemm is first made a product and a sum


def write_tuned(
    folder: Path,
    net: Any,
    data: Data,
    texts: Sequence[str],
    outputs: Sequence[str],
    elements: Sequence[str],
    feature_names: Sequence[str],
    corpus: str,
    hearing: Hearing,
    calibration: Calibration,
) -> None:
    """Write names and numbers, and what the written parts make of a few texts."""
    weights = net.named.weight.detach().numpy().T.astype(np.float32)
    sample: Indices = np.linspace(0, len(texts) - 1, CHECKS).astype(np.int_)
    general, thorough = (encoder.open_network(folder / f"encoder-{name}.onnx") for name in ("general", "thorough"))
    entering = (encoder.embed(texts[n], encoder.base()) for n in sample)
    checks = np.stack([thorough(general(rows)) for rows in entering]) + data.features[sample] @ weights
    np.savez_compressed(
        folder / "encoder-tuned.npz",
        outputs=learned.pack(outputs),
        elements=learned.pack(elements),
        feature_names=learned.pack(feature_names),
        corpus=learned.pack([corpus]),
        features=weights,
        threshold=calibration.threshold,
        limits=hearing.limits,
        check_rows=sample,
        check_scores=checks.astype(np.float32),
        **{
            f"{name}.{part}": getattr(curve, part)
            for name, curve in (("quick", hearing.quick), ("thorough", calibration.curve))
            for part in ("slope", "offset")
        },
    )
