"""The encoder of the accurate model: a small transformer, fine-tuned to judge segments by what stands around them.

    fit (torch) -> export (ONNX, whole numbers) -> accurate (second verdict and chain upon both opinions)

Its own extra, ``teacher``, brings what this needs.
"""
