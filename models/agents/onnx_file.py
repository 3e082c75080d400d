"""A policy as one ONNX file: from what `transitions/` holds of a decision to what the night's agent would do.

    features (n, d) float32, eligible (n, A) bool, delivery (n, A) float64
        -> value (n, A) float64, probability (n, A) float64

Everything between stands in the graph: a missing feature is 0, features are standardised, folds and seeds are
averaged, and the leash to delivery, at the price and softness in force, is applied. No operator beyond the
standard ones of opset 17, so that every runtime of ONNX since 2022 can read it.
"""

import json
from typing import TYPE_CHECKING

import numpy as np

from models.agents.graph import TYPES, Asked, Graph, Node, Step, values_in_graph
from models.agents.policy import AgentPolicy, leash_in_graph
from models.mdp import Feature
from models.numerics import one_blas_thread
from sql.errors import StudyError

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto

OPSET, IR_VERSION = 17, 8
FEATURES, ELIGIBLE, DELIVERY = "features", "eligible", "delivery"
VALUE, PROBABILITY = "value", "probability"
ROWS = "rows"
NO_PACKAGE = (
    "An ONNX file needs the package onnx, which is not installed; in the checkout: "
    ".venv/bin/pip install -c constraints.txt -e '.[onnx]'"
)


def policy_onnx(
    policy: AgentPolicy, features: tuple[Feature, ...], actions: tuple[str, ...], said: dict[str, str]
) -> bytes:
    """The file's bytes, the same for the same policy. said: what else its metadata are to say.

    StudyError where the package is not there, or no graph can say what the agent does.
    """
    try:
        import onnx
    except ImportError:
        raise StudyError(NO_PACKAGE) from None
    with one_blas_thread():
        graph = _graph(policy, len(actions))
    model = _model(graph, len(features), len(actions))
    columns = [{"name": f.name, "unit": f.unit, "version": f.version} for f in features]
    metadata = said | {
        "algorithm": policy.name,
        "price": repr(policy.price),
        "softness": repr(policy.softness),
        "actions": json.dumps(actions, ensure_ascii=False),
        "features": json.dumps([{k: v for k, v in c.items() if v} for c in columns], ensure_ascii=False),
    }
    onnx.helper.set_model_props(model, dict(sorted(metadata.items())))
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _graph(policy: AgentPolicy, n_actions: int) -> Graph:
    """From the inputs to the outputs."""
    graph = Graph()
    missing = graph.op("IsNaN", FEATURES)
    asked = Asked(graph.op("Where", missing, graph.array(0.0, np.float32), FEATURES), ELIGIBLE, n_actions)
    found = values_in_graph(policy.ensemble, policy.name, graph, asked, policy.price)
    value = graph.op("Where", ELIGIBLE, found, graph.array(-np.inf, np.float64))
    graph.named(value, VALUE)
    graph.named(leash_in_graph(graph, value, asked, DELIVERY, policy.softness), PROBABILITY)
    return graph


def _node(step: Step) -> "NodeProto":
    from onnx import helper, numpy_helper

    node = helper.make_node(step.operator, step.inputs, [step.output])
    for name, value in step.attributes.items():
        told = numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        node.attribute.append(helper.make_attribute(name, told))
    return node


def _model(graph: Graph, d: int, a: int) -> "ModelProto":
    from onnx import helper, numpy_helper

    def shaped(name: Node, dtype: type[np.generic], width: int) -> "ValueInfoProto":
        return helper.make_tensor_value_info(name, TYPES[np.dtype(dtype)], [ROWS, width])

    given = ((FEATURES, np.float32, d), (ELIGIBLE, np.bool_, a), (DELIVERY, np.float64, a))
    made = ((VALUE, np.float64, a), (PROBABILITY, np.float64, a))
    arrays = [numpy_helper.from_array(values, name) for name, values in graph.arrays.items()]
    whole = helper.make_graph(
        [_node(step) for step in graph.steps],
        "policy",
        [shaped(*one) for one in given],
        [shaped(*one) for one in made],
        arrays,
    )
    return helper.make_model(
        whole,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="allot",
    )
