from __future__ import annotations

import encoding
import numpy as np
import pytest

from classifier.encoder import Encoder
from classifier.encoder.windows import head_of, window
from training.teacher.export import agreement, averaged, silenced
from training.teacher.graph import network

for needed in ("onnx", "onnxruntime", "tokenizers"):
    pytest.importorskip(needed)

READ = window([[110, 120, 130], [140], [150, 160]], [2, 0, 1], range(3), head_of([]))


def logits(whole: bool) -> np.ndarray:
    return Encoder(network(encoding.weights(), whole), encoding.tokenizer(), 4).judge(READ)


def test_whole_numbers_come_near_the_floats() -> None:
    whole, exact = logits(True), logits(False)
    assert whole.shape == (3, 4) and (whole != exact).any()
    assert np.abs(whole - exact).mean() < 0.1 * np.abs(exact).mean()


def test_floats_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from training.teacher.network import batch_of
    from training.teacher.network import logits as of

    weights = encoding.weights()
    bert = transformers.BertModel(transformers.BertConfig(**encoding.CONFIG), add_pooling_layer=False)
    net = torch.nn.ModuleDict({"bert": bert, "head": torch.nn.Linear(2 * encoding.WIDTH, 4)})
    net.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()}, strict=False)
    longer = window([[110] * 20, [115]], [2, 2], range(1, 2), [111, 112])
    with torch.no_grad():
        found = torch.log_softmax(of(net.eval(), batch_of([READ, longer])), -1).numpy()
    assert np.abs(found[0] - logits(False)).max() < 1e-4
    alone = Encoder(network(weights, False), encoding.tokenizer(), 4).judge(longer)
    assert np.abs(found[1, :1] - alone).max() < 1e-4


def test_how_far_they_agree_is_told() -> None:
    found = agreement(encoding.weights(), encoding.tokenizer(), ["Rain fell. It was awful!\nReply", ""])
    assert found.segments == 3 and 0 <= found.same <= 1 and found.windows > 0


def test_an_average_lies_between_and_a_silenced_label_is_the_mean_of_the_others() -> None:
    one, other = encoding.weights(seed=1), encoding.weights(seed=2)
    both = averaged([one, other])
    np.testing.assert_allclose(both["head.bias"], (one["head.bias"] + other["head.bias"]) / 2, rtol=1e-6)
    assert all((averaged([one])[name] == one[name]).all() for name in one)
    plain, quiet = (
        Encoder(network(some, False), encoding.tokenizer(), 4).judge(READ) for some in (one, silenced(one, 1))
    )
    others = [0, 2, 3]
    np.testing.assert_allclose(quiet[:, 1], quiet[:, others].mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(quiet[:, [2]] - quiet[:, [0]], plain[:, [2]] - plain[:, [0]], atol=1e-4)
