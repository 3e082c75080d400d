"""A policy as a graph of arithmetic, to be written as an ONNX file; nothing here needs the package `onnx`.

What acts writes itself down beside its own arithmetic (`in_graph` beside `action_values`), in operators of
ONNX's opset 17, and in the precision it acts in: 64 bits but for networks' layers, which have 32.
"""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.training import Normalisation
from sql.errors import StudyError

Node = str
"""Name of an array that the graph is given or works out."""
Attribute = int | float | list[int] | NDArray[np.generic]
TYPES = {np.dtype(t): code for t, code in ((np.float32, 1), (np.int64, 7), (np.bool_, 9), (np.float64, 11))}
"""ONNX's numbers for the types that are in use."""


@dataclass(frozen=True)
class Step:
    """One operator and what it makes."""

    operator: str
    inputs: tuple[Node, ...]
    output: Node
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Graph:
    """Steps in the order in which they are worked out, and the arrays that they read beside the inputs."""

    steps: list[Step] = field(default_factory=list)
    arrays: dict[Node, NDArray[np.generic]] = field(default_factory=dict)

    def op(self, operator: str, *inputs: Node, **attributes: Attribute) -> Node:
        """What an operator of ONNX makes of its inputs."""
        output = f"{operator.lower()}_{len(self.steps)}"
        self.steps.append(Step(operator, inputs, output, attributes))
        return output

    def named(self, node: Node, name: Node) -> None:
        """Give what has been worked out under a name of its own."""
        self.steps.append(Step("Identity", (node,), name, {}))

    def array(self, values: object, dtype: type[np.generic]) -> Node:
        """Numbers that the graph holds."""
        name = f"array_{len(self.arrays)}"
        self.arrays[name] = np.array(values, dtype, order="C")
        return name

    def cast(self, node: Node, dtype: type[np.generic]) -> Node:
        """The same in another type."""
        return self.op("Cast", node, to=TYPES[np.dtype(dtype)])

    def padded(self, node: Node, before: int, after: int, value: float) -> Node:
        """(n, before + k + after) in 64 bits: columns of one value around (n, k)."""
        around = self.array([0, before, 0, after], np.int64)
        return self.op("Pad", node, around, self.array(value, np.float64))


@dataclass(frozen=True)
class Asked:
    """What a graph is asked with."""

    features: Node  # (n, d) raw, 32 bits, no number missing
    eligible: Node  # (n, A) truth values
    n_actions: int


@runtime_checkable
class InGraph(Protocol):
    """Action values that can be written down."""

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """(n, A) in 64 bits, currency units: `action_values` at a price, whatever where not eligible."""
        ...


def values_in_graph(values: object, algorithm: str, graph: Graph, asked: Asked, price: float) -> Node:
    """What `in_graph` writes. StudyError where these values cannot be written down."""
    if not isinstance(values, InGraph):
        raise StudyError(f"There is no way yet to write an agent of {algorithm} as ONNX.")
    return values.in_graph(graph, asked, price)


def standardised(graph: Graph, asked: Asked, normalisation: Normalisation) -> Node:
    """(n, d) as `Normalisation` makes it: in 64 bits, rounded to 32."""
    centred = graph.op(
        "Sub", graph.cast(asked.features, np.float64), graph.array(normalisation.mean, np.float64)
    )
    return graph.cast(graph.op("Div", centred, graph.array(normalisation.scale, np.float64)), np.float32)
