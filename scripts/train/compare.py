"""Other kinds of models on the same rows: trees alone, trees that may not fall, a network without signs, analytic times trees.

usage: python scripts/train/compare.py INPUTS REPORTS: writes REPORTS/compare.json
"""
import json
import os
import sys
import time

import lightgbm
import numpy as np

from family import Family
from network import Network, train

NAME = "gemm"


def figures(predicted, measured):
    off = np.abs(predicted / measured - 1)
    return {"mape": round(float(off.mean()), 4), "median": round(float(np.median(off)), 4), "p90": round(float(np.quantile(off, 0.9)), 4)}


def forest(x, y, monotone=None, objective="l1", rounds=150):
    settings = {"objective": objective, "alpha": 0.1, "num_leaves": 63, "learning_rate": 0.12, "num_threads": 1, "seed": 1, "verbose": -1, "min_data_in_leaf": 15}
    if monotone is not None:
        settings["monotone_constraints"] = monotone
    return lightgbm.train(settings, lightgbm.Dataset(x, y), rounds)


def network(x, y, growing, rounds=2500):
    result = Network(growing, x.shape[1] - growing, (96, 48), 1)
    result.offsets[-1][:] = np.median(y)
    return train(result, x, y, rounds=rounds)


def main():
    source, reports = sys.argv[1:]
    family = Family(source, NAME)
    draw = np.random.default_rng(1)
    fitted = draw.choice(np.flatnonzero(family.fitted & family.named), 40_000, False)
    asked = draw.choice(np.flatnonzero(family.test & family.named), 15_000, False)
    growing = len(family.grow)
    x, measured = family.inputs, family.seconds
    y = np.log(measured * 1e6).astype(np.float32)
    base = x[:, growing - 1]
    mean, deviation = x[fitted].mean(0), x[fitted].std(0) + 1e-3
    mean[growing:], deviation[growing:] = 0, 1
    z = (x - mean) / deviation
    report = {"model": NAME, "fitted": len(fitted), "asked": len(asked), "kinds": {}}

    def note(kind, predict, began, size):
        learned = time.time() - began
        began = time.time()
        predicted = np.exp(predict(asked)) / 1e6
        speed = (time.time() - began) / len(asked) * 1e6
        report["kinds"][kind] = {**figures(predicted, measured[asked]), "seconds to train": round(learned), "us per row": round(speed, 1), "numbers": size}
        print(kind, report["kinds"][kind], flush=True)

    count = lambda net: int(sum(p.size for p in net.parameters()))
    began = time.time()
    free = network(z[fitted], y[fitted], 0)
    note("network, any sign", lambda rows: free.predict(z[rows]), began, count(free))
    began = time.time()
    grown = network(z[fitted], y[fitted], growing)
    note("network that cannot fall", lambda rows: grown.predict(z[rows]), began, count(grown))
    began = time.time()
    plain = forest(x[fitted], y[fitted])
    note("trees", lambda rows: plain.predict(x[rows]), began, 150 * 125)
    began = time.time()
    signs = [1] * growing + [0] * (x.shape[1] - growing)
    never = forest(x[fitted], y[fitted], signs, "huber")
    note("trees that cannot fall", lambda rows: never.predict(x[rows]), began, 150 * 125)
    began = time.time()
    times = forest(x[fitted], y[fitted] - base[fitted])
    note("analytic form times trees", lambda rows: base[rows] + times.predict(x[rows]), began, 150 * 125)
    began = time.time()
    left = y - grown.predict(z)
    both = forest(x[fitted], left[fitted])
    note("network that cannot fall, times trees (chosen)", lambda rows: grown.predict(z[rows]) + both.predict(x[rows]), began, 150 * 125 + count(grown))
    with open(os.path.join(reports, "compare.json"), "w", encoding="utf8") as file:
        json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
