"""A fine-tuned BERT -> an ONNX network, in floats or in whole numbers, that reads one window and judges its segments.

The graph is written down operation by operation, from a few only, so that the loader can refuse every other. In whole
numbers, each row of the table of words and each column of a weight has its own scale; weights keep to seven bits, with
which no processor's sums of products overflow, so that all come to the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.judging import INPUTS
from classifier.encoder.windows import LENGTH

OPSET, IR = 17, 8  # read by onnxruntime 1.17
WORD_STEPS, WEIGHT_STEPS = 127, 63
HEADS = 12
EPSILON = 1e-12  # BERT's, under the root of a variance

Weights = Mapping[str, NDArray[np.float32]]


@dataclass
class Graph:
    """A network in the making: its operations and its numbers; values are known by name."""

    whole: bool
    nodes: list[Any] = field(default_factory=list)
    numbers: list[Any] = field(default_factory=list)

    def value(self, array: NDArray[Any]) -> str:
        """Add numbers."""
        from onnx import numpy_helper

        name = f"n{len(self.numbers)}"
        self.numbers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add an operation; return the name of its output, or the names of several."""
        from onnx import helper

        names = [f"v{len(self.nodes)}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Return ``x @ weight + bias``; weight (in, out)."""
        if not self.whole:
            return self.op("Add", self.op("MatMul", x, self.value(weight)), self.value(bias))
        unit = np.maximum(np.abs(weight).max(axis=0), 1e-12) / WEIGHT_STEPS
        steps = np.rint(weight / unit).astype(np.int8)
        read, scale, zero = self.op("DynamicQuantizeLinear", x, outputs=3)
        sums = self.op("MatMulInteger", read, self.value(steps), zero)
        scales = self.op("Mul", scale, self.value(unit.astype(np.float32)))
        return self.op("Add", self.op("Mul", self.op("Cast", sums, to=1), scales), self.value(bias))

    def rows(self, table: NDArray[np.float32], at: str) -> str:
        """Return the rows of a ``table`` (n, columns) ``at`` some indices."""
        if not self.whole:
            return self.op("Gather", self.value(table), at)
        unit = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / WORD_STEPS
        steps = self.op("Gather", self.value(np.rint(table / unit).astype(np.int8)), at)
        scale = self.op("Gather", self.value(unit.astype(np.float32)), at)
        return self.op("Mul", self.op("Cast", steps, to=1), scale)

    def norm(self, x: str, weights: Weights, name: str) -> str:
        """Return layer-normalised ``x``."""
        scale, bias = (self.value(weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)


def network(weights: Weights, whole: bool = True) -> bytes:
    """Return the network of a checkpoint as the bytes of an ONNX file.

    Args:
        weights: float32 arrays by name, as torch's ``state_dict`` has them: ``bert.*``, ``head.weight`` (k, 2 h) and
            ``head.bias`` (k,).
        whole: whether in whole numbers.
    """
    graph = Graph(whole)
    tokens, positions, means, marks = INPUTS
    x = _words(graph, weights, tokens, positions)
    layer = 0
    while f"bert.encoder.layer.{layer}.output.dense.weight" in weights:
        x = _layer(graph, weights, f"bert.encoder.layer.{layer}", x)
        layer += 1
    read = graph.op("Concat", graph.op("MatMul", means, x), graph.op("Gather", x, marks), axis=1)
    scores = graph.op("MatMul", read, graph.value(weights["head.weight"].T))
    graph.op("Add", scores, graph.value(weights["head.bias"]))
    return _model(graph, len(weights["head.bias"]))


def _words(graph: Graph, weights: Weights, tokens: str, positions: str) -> str:
    table = {part: weights[f"bert.embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")}
    words = graph.rows(table["word"], tokens)
    places = graph.op("Gather", graph.value(table["position"][:LENGTH] + table["token_type"][0]), positions)
    return graph.norm(graph.op("Add", words, places), weights, "bert.embeddings")


def _layer(graph: Graph, weights: Weights, name: str, x: str) -> str:
    attended = _dense(
        graph, weights, f"{name}.attention.output.dense", _attention(graph, weights, f"{name}.attention.self", x)
    )
    x = graph.norm(graph.op("Add", attended, x), weights, f"{name}.attention.output")
    wide = _gelu(graph, _dense(graph, weights, f"{name}.intermediate.dense", x))
    return graph.norm(
        graph.op("Add", _dense(graph, weights, f"{name}.output.dense", wide), x), weights, f"{name}.output"
    )


def _dense(graph: Graph, weights: Weights, name: str, x: str) -> str:
    return graph.linear(x, weights[f"{name}.weight"].T, weights[f"{name}.bias"])


def _attention(graph: Graph, weights: Weights, name: str, x: str) -> str:
    """Return what each token takes from the others: float (t, h)."""
    parts = [(weights[f"{name}.{part}.weight"].T, weights[f"{name}.{part}.bias"]) for part in ("query", "key", "value")]
    size = parts[0][0].shape[1]
    root = np.float32((size // HEADS) ** -0.5)
    parts[0] = parts[0][0] * root, parts[0][1] * root
    all_three = graph.linear(x, *(np.concatenate(some, axis=-1) for some in zip(*parts, strict=True)))
    split = graph.op("Split", all_three, axis=1, outputs=3)
    shape = graph.value(np.array([-1, HEADS, size // HEADS]))
    query, key, value = (graph.op("Reshape", part, shape) for part in split)
    query, value = (graph.op("Transpose", part, perm=[1, 0, 2]) for part in (query, value))
    key = graph.op("Transpose", key, perm=[1, 2, 0])
    attention = graph.op("Softmax", graph.op("MatMul", query, key), axis=-1)
    taken = graph.op("Transpose", graph.op("MatMul", attention, value), perm=[1, 0, 2])
    return graph.op("Reshape", taken, graph.value(np.array([-1, size])))


def _gelu(graph: Graph, x: str) -> str:
    half, one, root = (graph.value(np.array(number, np.float32)) for number in (0.5, 1.0, 0.5**0.5))
    bent = graph.op("Add", graph.op("Erf", graph.op("Mul", x, root)), one)
    return graph.op("Mul", graph.op("Mul", x, bent), half)


def _model(graph: Graph, k: int) -> bytes:
    from onnx import TensorProto, checker, helper

    kinds: Sequence[tuple[int, list[Any]]] = (
        (TensorProto.INT64, ["t"]), (TensorProto.INT64, ["t"]), (TensorProto.FLOAT, ["s", "t"]),
        (TensorProto.INT64, ["s"]),
    )  # fmt: skip
    inputs = [helper.make_tensor_value_info(name, *kind) for name, kind in zip(INPUTS, kinds, strict=True)]
    output = helper.make_tensor_value_info(graph.nodes[-1].output[0], TensorProto.FLOAT, ["s", k])
    drawn = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.numbers)
    model = helper.make_model(drawn, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    checker.check_model(model)
    return model.SerializeToString()
