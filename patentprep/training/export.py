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
from patentprep.training.calibrate import Calibration
from patentprep.training.finetune import Data, Indices, block
from patentprep.training.published import PARTS, published

SMOOTHING = 0.75  # exponent of the largest value of a column; the rest is left to its weights
OUTPUTS = {"mean", "look", "say"}  # the small layers at the end, by their names in the network
CHECKS = 5  # texts whose scores are kept beside the weights, to prove that the files belong together


def published_layers(end: int, start: int = 0) -> Any:
    """Layers ``start`` to ``end`` as published, as one network."""
    from torch import nn

    whole = published()
    return nn.Sequential(*(block(number, whole) for number in range(start, end))).eval()


def write_layers(path: Path, end: int, sample: Sequence[encoder.Single], start: int = 0) -> None:
    """Layers ``start`` to ``end`` as published. ``sample``: vectors of some texts as they enter the first of them."""
    write_onnx(path, smoothed(published_layers(end, start), sample), {0: "texts", 1: "tokens"})


def write_upper(path: Path, net: Any, sample: Sequence[encoder.Single]) -> None:
    """The trained layers and the outputs; the weights of the named features stand in the other file.

    ``net``: a trained student. ``sample``: token vectors of some texts as they leave the part below.
    """
    write_onnx(path, smoothed(net.eval(), sample), {0: "texts"})


def smoothed(network: Any, sample: Sequence[encoder.Single]) -> Any:
    """The same network with its large columns moved from what enters the products of its layers into the weights."""
    import torch
    from torch import nn

    network = copy.deepcopy(network)
    largest: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def look(_: Any, entering: Any) -> None:
            found = entering[0].abs().amax((0, 1))
            largest[name] = torch.maximum(largest[name], found) if name in largest else found

        return look

    layers = {n: m for n, m in network.named_modules() if isinstance(m, nn.Linear) and n.rpartition(".")[2] in PARTS}
    watches = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers.items()]
    with torch.no_grad():
        for rows in sample:
            network(torch.tensor(rows)[None])
    for hook in watches:
        hook.remove()

    class Smooth(nn.Module):  # type: ignore[misc]
        def __init__(self, layer: Any, most: Any) -> None:
            super().__init__()
            scale = most.clamp(min=1e-4) ** SMOOTHING
            scale = scale / layer.weight.abs().amax(0).clamp(min=1e-4) ** (1 - SMOOTHING)
            self.register_buffer("share", scale.mean() / scale)
            layer.weight.data = layer.weight.data / self.share
            self.layer = layer

        def forward(self, x: Any) -> Any:
            return self.layer(x * self.share)

    for name, layer in layers.items():
        around, _, own = name.rpartition(".")
        setattr(network.get_submodule(around), own, Smooth(layer, largest[name]))
    return network


def write_onnx(path: Path, half: Any, answer: dict[int, str]) -> None:
    """Write a network of one input; ``answer`` names the free axes of what it gives back."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)  # the quantizer recommends a step that changes nothing here
    with tempfile.TemporaryDirectory() as aside, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(aside) / "plain.onnx"
        torch.onnx.export(
            half,
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
    return [n.name for n in nodes if n.op_type in ("MatMul", "Gemm") and OUTPUTS & set(n.name.split("/"))]


def write_tuned(
    folder: Path,
    net: Any,
    data: Data,
    texts: Sequence[str],
    outputs: Sequence[str],
    elements: Sequence[str],
    feature_names: Sequence[str],
    corpus: str,
    calibration: Calibration,
) -> None:
    """Write names and numbers, and what the written parts make of a few texts."""
    weights = net.named.weight.detach().numpy().T.astype(np.float32)
    sample: Indices = np.linspace(0, len(texts) - 1, CHECKS).astype(np.int_)
    lower, middle, upper = (encoder.open_part(folder / f"encoder-{n}.onnx") for n in (*encoder.AS_PUBLISHED, "upper"))
    base = encoder.base()
    checks = np.stack([
        upper(middle(lower(encoder.embed(texts[n], base)))) + data.features[n] @ weights for n in sample
    ])  # fmt: skip
    np.savez_compressed(
        folder / "encoder-tuned.npz",
        outputs=learned.pack(outputs),
        elements=learned.pack(elements),
        feature_names=learned.pack(feature_names),
        corpus=learned.pack([corpus]),
        features=weights,
        linear_share=np.array(calibration.linear_share),
        slope=calibration.slope,
        offset=calibration.offset,
        threshold=calibration.threshold,
        quiet=calibration.quiet,
        silent=calibration.silent,
        check_rows=sample,
        check_scores=checks.astype(np.float32),
    )
