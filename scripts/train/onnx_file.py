"""Writes a fitted network as an .onnx file of Sub, Div, MatMul, Add, Min and Max, with its trees as a second output, and checks it."""
import json

import numpy as np
import onnx
import onnxruntime
import trees
from onnx import TensorProto, helper, numpy_helper

FAR = np.float32(3e38)


def write(path, fit, metadata):
    network = fit.network
    width = fit.mean.shape[0]
    nodes, constants = [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    nodes.append(helper.make_node("Sub", ["inputs", constant("mean", fit.mean)], ["centred"]))
    nodes.append(helper.make_node("Div", ["centred", constant("deviation", fit.deviation)], ["x0"]))
    at = "x0"
    for layer, (weights, offsets) in enumerate(zip(network.weights, network.offsets)):
        last = layer == len(network.weights) - 1
        nodes.append(helper.make_node("MatMul", [at, constant(f"weights{layer}", weights)], [f"product{layer}"]))
        at = "output" if last else f"sum{layer}"
        nodes.append(helper.make_node("Add", [f"product{layer}", constant(f"offsets{layer}", offsets)], [at]))
        if not last:
            low, high = network.ends[layer]
            nodes.append(helper.make_node("Min", [at, constant(f"high{layer}", np.minimum(high, FAR))], [f"low{layer}_in"]))
            at = f"x{layer + 1}"
            nodes.append(helper.make_node("Max", [f"low{layer}_in", constant(f"low{layer}", np.maximum(low, -FAR))], [at]))
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["rows", 1])]
    opsets = [helper.make_opsetid("", 17)]
    if fit.trees is not None:
        nodes.append(helper.make_node("TreeEnsembleRegressor", ["inputs"], ["correction"], domain="ai.onnx.ml", **trees.attributes(fit.trees)))
        outputs.append(helper.make_tensor_value_info("correction", TensorProto.FLOAT, ["rows", 1]))
        opsets.append(helper.make_opsetid("ai.onnx.ml", 3))
    graph = helper.make_graph(
        nodes,
        fit.family.name,
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["rows", width])],
        outputs,
        constants,
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets, producer_name="rooflint")
    for key, value in metadata.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value if isinstance(value, str) else json.dumps(value)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def amend(path, metadata, bands):
    """Adds to the metadata of a file, and to its bands."""
    model = onnx.load(path)
    stored = {entry.key: entry for entry in model.metadata_props}
    stored["bands"].value = json.dumps({**json.loads(stored["bands"].value), **bands})
    for key, value in metadata.items():
        entry = stored.get(key) or model.metadata_props.add()
        entry.key, entry.value = key, json.dumps(value)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


class Stored:
    """A model file asked as a fit is."""

    def __init__(self, path, family):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        self.family = family

    def predict(self, rows, bare=False):
        """Seconds of rows of measured chips."""
        inputs = self.family.inputs[rows].copy()
        if bare:
            inputs[:, self.family.engine_columns + self.family.kernel_columns] = 0
        parts = self.session.run(None, {"inputs": inputs})
        return np.maximum(np.exp(sum(part[:, 0] for part in parts)) / 1e6, self.family.bound[rows])
