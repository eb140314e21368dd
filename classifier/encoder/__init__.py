"""A second opinion on every segment alone, by a small transformer that reads a window of the page around it.

    tokens of segments -> windows -> network (ONNX, run by onnxruntime) -> centred logits

Only a model that has an encoder imports this, and only then are onnxruntime and tokenizers loaded.
"""

from .judging import Encoder

__all__ = ["Encoder"]
