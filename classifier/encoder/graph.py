"""What an ONNX file says of itself, read before it is given to anybody who would run it.

A network may be made of a few operations on numbers that lie in the file itself, and of nothing else: no file beside
it, no loop, no function, no operation of another kind. Only as much of the format (protocol buffers) is read as that
takes, and what is not known is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

OPERATIONS = frozenset({
    "Add", "Cast", "Concat", "DynamicQuantizeLinear", "Erf", "Gather", "LayerNormalization", "MatMul", "MatMulInteger",
    "Mul", "Reshape", "Softmax", "Split", "Transpose",
})  # fmt: skip
MAX_NODES = 2000
_SIDES = 8  # of a table, at most
_SIZES = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8}  # bytes of a number: float32, uint8, int8, int32, int64
_MODEL = {1, 2, 3, 4, 5, 6, 7, 8, 14}  # no training, no functions
_GRAPH = {1, 2, 5, 10, 11, 12, 13, 16}  # no sparse numbers, no quantisation by name
_NODE = {1, 2, 3, 4, 5, 6, 7}
_ATTRIBUTE = {1, 2, 3, 4, 7, 8, 9, 13, 20}  # numbers and names: no graphs, no tensors
_TENSOR = {1, 2, 8, 9, 12}  # numbers within: no external data, and nothing spelled out
_VARINT, _EIGHT, _MANY, _FOUR = 0, 1, 2, 5


def check_network(content: bytes) -> None:
    """Raise ValueError unless ``content`` is an ONNX network that may be run."""
    graphs = [value for field, value in _known(memoryview(content), _MODEL, "model") if field == 7]
    if len(graphs) != 1 or isinstance(graphs[0], int):
        raise ValueError("holds no graph, or several")
    nodes = 0
    for field, value in _known(graphs[0], _GRAPH, "graph"):
        if field == 1:
            nodes += 1
            _check_node(_bytes(value))
        elif field == 5:
            _check_tensor(_bytes(value))
    if nodes > MAX_NODES:
        raise ValueError(f"holds {nodes} operations; {MAX_NODES} are the most")


def _check_node(node: memoryview) -> None:
    parts = list(_known(node, _NODE, "operation"))
    kind = "".join(str(_bytes(value), "ascii", "replace") for field, value in parts if field == 4)
    if kind not in OPERATIONS or any(field == 7 and len(_bytes(value)) for field, value in parts):
        raise ValueError(f"holds the operation {kind[:40]!r}, which no encoder needs")
    for field, value in parts:
        if field == 5:
            list(_known(_bytes(value), _ATTRIBUTE, "attribute"))


def _check_tensor(tensor: memoryview) -> None:
    kind, raw, shape = 0, 0, list[int]()
    for field, value in _known(tensor, _TENSOR, "table of numbers"):
        if field == 1:
            shape += [value] if isinstance(value, int) else list(_packed(value))
        elif field == 2 and isinstance(value, int):
            kind = value
        elif field == 9:
            raw = len(_bytes(value))
    if kind not in _SIZES or len(shape) > _SIDES or prod(shape) * _SIZES[kind] != raw:
        raise ValueError("holds a table whose numbers are not in it, or of a kind no encoder needs")


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("is not an ONNX file: a number where a message should be")
    return value


def _known(message: int | memoryview, fields: set[int], what: str) -> Iterator[tuple[int, int | memoryview]]:
    for field, value in _fields(_bytes(message)):
        if field not in fields:
            raise ValueError(f"has a {what} with a part ({field}) that no encoder needs")
        yield field, value


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the number and the value of each field of a message; raise ValueError where it is cut off."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == _VARINT:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        size, at = _varint(message, at) if key & 7 == _MANY else ({_EIGHT: 8, _FOUR: 4}.get(key & 7, -1), at)
        if size < 0 or at + size > len(message):
            raise ValueError("is not an ONNX file, or cut off")
        yield key >> 3, message[at : at + size]
        at += size


def _packed(message: memoryview) -> Iterator[int]:
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        yield value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            break
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("is not an ONNX file, or cut off")
