"""A policy outside of allot: what an ONNX file answers in a runtime of its own."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def session_of(data: bytes) -> onnxruntime.InferenceSession:
    """The file in a runtime of one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def answers(
    data: bytes, features: NDArray[np.float32], eligible: NDArray[np.bool_], delivery: Floats
) -> tuple[Floats, Floats]:
    """Values and probabilities (n, A)."""
    asked = {"features": features, "eligible": eligible, "delivery": delivery}
    value, probability = session_of(data).run(["value", "probability"], asked)
    return value, probability
