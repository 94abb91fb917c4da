"""Trees that correct what a growing network leaves over, and their form in an .onnx file.

Libraries choose among kernels by rules of their own, so measured times jump, and not always upwards; trees follow the jumps on the
devices that were measured. LightGBM, absolute error, a fixed seed, one thread: the same trees every time.
"""
import lightgbm
import numpy as np


def train(inputs, residual, count, leaves, seed=1):
    settings = {
        "objective": "l1",
        "num_leaves": leaves,
        "learning_rate": 0.12,
        "min_data_in_leaf": 3 if len(inputs) < 10_000 else 15,
        "max_bin": 255,
        "num_threads": 1,
        "deterministic": True,
        "seed": seed,
        "verbose": -1,
    }
    return lightgbm.train(settings, lightgbm.Dataset(inputs, residual), count)


def float_below(threshold):
    """The largest 32-bit number that is not above: inputs are 32-bit, so `input <= threshold` stays what it was."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))


def attributes(booster):
    """The attributes of one TreeEnsembleRegressor of ai.onnx.ml version 3."""
    node = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    target = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}

    def add(tree, part, counter):
        at = counter[0]
        counter[0] += 1
        row = len(node["treeids"])
        for key, value in (("treeids", tree), ("nodeids", at), ("featureids", 0), ("values", 0.0), ("modes", "LEAF"), ("truenodeids", 0), ("falsenodeids", 0)):
            node[key].append(value)
        if "leaf_value" in part:
            for key, value in (("treeids", tree), ("nodeids", at), ("ids", 0), ("weights", float(np.float32(part["leaf_value"])))):
                target[key].append(value)
            return at
        assert part["decision_type"] == "<="
        node["featureids"][row] = int(part["split_feature"])
        node["values"][row] = float(float_below(part["threshold"]))
        node["modes"][row] = "BRANCH_LEQ"
        node["truenodeids"][row] = add(tree, part["left_child"], counter)
        node["falsenodeids"][row] = add(tree, part["right_child"], counter)
        return at

    for tree, info in enumerate(booster.dump_model()["tree_info"]):
        add(tree, info["tree_structure"], [0])
    result = {f"nodes_{key}": values for key, values in node.items()}
    result.update({f"target_{key}": values for key, values in target.items()})
    return {**result, "n_targets": 1, "post_transform": "NONE", "aggregate_function": "SUM"}
