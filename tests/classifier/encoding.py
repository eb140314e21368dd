"""A tiny encoder of random numbers, and a model that has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase, digits, punctuation
from typing import Any

import numpy as np

from classifier import artifact
from classifier.artifact import NETWORK, TOKENIZER
from classifier.encoder.windows import LENGTH
from classifier.features.context import context_width

WIDTH = 24  # twelve heads of two


def weights(k: int = 4, seed: int = 0, layers: int = 2) -> dict[str, Any]:
    """A checkpoint as torch would have it."""
    rng = np.random.default_rng(seed)
    sizes = {"attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH)}
    sizes |= {"attention.self.value": (WIDTH, WIDTH), "attention.output.dense": (WIDTH, WIDTH)}
    sizes |= {"intermediate.dense": (2 * WIDTH, WIDTH), "output.dense": (WIDTH, 2 * WIDTH)}
    tables = {"word": len(vocabulary()), "position": LENGTH, "token_type": 2}
    found = {f"bert.embeddings.{n}_embeddings.weight": rng.normal(size=(rows, WIDTH)) for n, rows in tables.items()}
    norms = ["bert.embeddings"]
    for layer in (f"bert.encoder.layer.{i}" for i in range(layers)):
        for name, size in sizes.items():
            found[f"{layer}.{name}.weight"] = rng.normal(size=size) / 4
            found[f"{layer}.{name}.bias"] = rng.normal(size=size[0])
        norms += [f"{layer}.attention.output", f"{layer}.output"]
    for name in norms:
        found[f"{name}.LayerNorm.weight"] = 1 + rng.normal(size=WIDTH) / 4
        found[f"{name}.LayerNorm.bias"] = rng.normal(size=WIDTH)
    found |= {"head.weight": rng.normal(size=(k, 2 * WIDTH)), "head.bias": rng.normal(size=k)}
    return {name: array.astype(np.float32) for name, array in found.items()}


def vocabulary() -> dict[str, int]:
    special = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]"}
    names = [special.get(i, f"[unused{i - 1}]") for i in range(103)]
    letters = ascii_lowercase + digits
    return {name: i for i, name in enumerate([*names, *punctuation, *letters, *("##" + c for c in letters)])}


def tokenizer(**changes: Any) -> bytes:
    """A tokenizer that knows single letters."""
    model = {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": vocabulary(),
    }  # fmt: skip
    normalizer = {
        "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
        "lowercase": True,
    }  # fmt: skip
    record = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer,
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None, "decoder": None, "model": model,
    }  # fmt: skip
    return json.dumps({**record, **changes}).encode()


def files(k: int = 4) -> dict[str, bytes]:
    """The files of an encoder; needs onnx."""
    from training.teacher.graph import network

    return {NETWORK: network(weights(k)), TOKENIZER: tokenizer()}


def accurate(folder: Path, base: Path, encoder: dict[str, bytes] | None = None) -> Path:
    """Write a model that is ``base`` with an encoder, and a second verdict that listens to both opinions."""
    manifest, arrays = artifact.load(base)
    k = len(manifest.labels)
    d, m = context_width(2 * k), arrays["second.hidden"].shape[1]
    hidden = np.random.default_rng(0).integers(-20, 21, (d, m)).astype(np.int16)
    arrays = {**arrays, "second.hidden": hidden}
    artifact.save(folder, replace(manifest, name="accurate"), arrays, encoder or files(k))
    return folder


CONFIG = {
    "vocab_size": len(vocabulary()), "hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 12,
    "intermediate_size": 2 * WIDTH, "max_position_embeddings": LENGTH,
}  # fmt: skip
