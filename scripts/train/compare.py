"""Other kinds of models on the same rows: trees alone, trees that may not fall, networks, analytic times trees, and the one in use.

Every kind sees the same sample of shapes and is asked about held-out shapes, and again about a device that it never saw. A sample, so
that the whole comparison takes a few minutes on one core; the chosen kind is trained on all rows by train.py.
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
ROWS, ASKED, UNSEEN = 120_000, 15_000, "l40s"
ROUNDS, TREES, LEAVES = 4000, 200, 63


def figures(predicted, measured):
    off = np.abs(predicted / measured - 1)
    return {"mape": round(float(off.mean()), 4), "median": round(float(np.median(off)), 4), "p90": round(float(np.quantile(off, 0.9)), 4)}


def forest(x, y, monotone=None, objective="l1"):
    settings = {"objective": objective, "num_leaves": LEAVES, "learning_rate": 0.12, "num_threads": 1, "seed": 1, "verbose": -1, "min_data_in_leaf": 10}
    if monotone is not None:
        settings["monotone_constraints"] = monotone
    return lightgbm.train(settings, lightgbm.Dataset(x, y), TREES)


def network(x, y, growing):
    result = Network(growing, x.shape[1] - growing, (64, 32), 1)
    result.offsets[-1][:] = np.median(y)
    return train(result, x, y, rounds=ROUNDS, batch=1024)


class Kinds:
    """Each kind of model fitted to the same rows, as a function from inputs to logarithms of microseconds, with its size in numbers."""

    def __init__(self, x, y, growing):
        self.x, self.y, self.growing = x, y, growing
        self.mean, self.deviation = x.mean(0), x.std(0) + 1e-3
        self.mean[growing:], self.deviation[growing:] = 0, 1
        self.signs = [1] * growing + [0] * (x.shape[1] - growing)
        self.numbers = TREES * (3 * LEAVES - 2)

    def net(self, growing):
        fitted = network((self.x - self.mean) / self.deviation, self.y, growing)
        return (lambda x: fitted.predict((x - self.mean) / self.deviation)), int(sum(part.size for part in fitted.parameters()))

    def trees_over(self, base, *settings):
        fitted = forest(self.x, self.y - base(self.x), *settings)
        return (lambda x: base(x) + fitted.predict(x)), self.numbers

    def all(self):
        nothing = lambda x: np.zeros(len(x), np.float32)
        analytic = lambda x: x[:, self.growing - 1]
        yield "analytic form of the inputs, nothing learned", lambda: (analytic, 0)
        yield "small MLP, weights of any sign", lambda: self.net(0)
        yield "network that cannot fall", lambda: self.net(self.growing)
        yield "boosted trees", lambda: self.trees_over(nothing)
        yield "boosted trees that cannot fall", lambda: self.trees_over(nothing, self.signs, "l2")
        yield "analytic form times trees", lambda: self.trees_over(analytic)

        def both():
            grown, size = self.net(self.growing)
            fitted, more = self.trees_over(grown)
            return fitted, size + more

        yield "network that cannot fall, times trees (in use)", both


def compared(family, fitted, asked):
    """Figures of every kind fitted to some rows and asked about others."""
    x, y = family.inputs, np.log(family.seconds * 1e6).astype(np.float32)
    for name, fit in Kinds(x[fitted], y[fitted], len(family.grow)).all():
        began = time.process_time()
        predict, numbers = fit()
        learned, began = time.process_time() - began, time.process_time()
        predicted = np.exp(predict(x[asked])) / 1e6
        speed = (time.process_time() - began) / len(asked) * 1e6
        yield name, {**figures(predicted, family.seconds[asked]), "seconds to train": round(learned, 1), "us per row": round(speed, 1), "numbers": numbers}


def main():
    source, reports = sys.argv[1:]
    family = Family(source, NAME)
    draw = np.random.default_rng(1)
    some = lambda rows, most: draw.choice(rows, min(most, len(rows)), False)
    out = family.of([UNSEEN])
    report = {"model": NAME, "fitted": ROWS, "asked": ASKED, "hidden": UNSEEN, "kinds": {}, "hidden device": {}}
    runs = {
        "kinds": (some(np.flatnonzero(family.fitted & family.named), ROWS), some(np.flatnonzero(family.test & family.named), ASKED)),
        "hidden device": (some(np.flatnonzero(family.fitted & family.named & ~out), ROWS), some(np.flatnonzero(family.test & out), ASKED)),
    }
    for part, (fitted, asked) in runs.items():
        for name, entry in compared(family, fitted, asked):
            report[part][name] = entry
            print(part, name, entry, flush=True)
            # Written after each kind: a run that is cut short leaves what it has.
            with open(os.path.join(reports, "compare.json"), "w", encoding="utf8") as file:
                json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
