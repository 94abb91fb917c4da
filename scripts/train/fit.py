"""Fitting one network to rows of a family, with and without the names of chips."""
import numpy as np

import trees
from network import Network, train

#: Devices whose name is never hidden: of another vendor and with other software, they say nothing about one without a name.
ALONE = {"gemm": ["b60"]}


def scaled(family, rows):
    """Means and deviations of the growing inputs; free ones are left as they are, so that a hidden name is a zero."""
    width = family.inputs.shape[1]
    mean, deviation = np.zeros(width, np.float32), np.ones(width, np.float32)
    part = family.inputs[rows][:, : len(family.grow)]
    mean[: len(family.grow)] = part.mean(0)
    deviation[: len(family.grow)] = part.std(0) + 1e-3
    return mean, deviation


def target_of(family, kind):
    if kind == "power":
        return np.log(np.maximum(family.power, 1e-3)).astype(np.float32)
    return np.log(family.seconds * 1e6).astype(np.float32)


class Fit:
    def __init__(self, family, rows, hidden, rounds, batch=2048, seed=1, kind="time", hide=0.35, sample=600_000, forest=None, most_trees=300_000):
        rng = np.random.default_rng(seed)
        self.family, self.kind = family, kind
        self.mean, self.deviation = scaled(family, rows)
        drawn = rng.choice(rows, min(sample, 4 * len(rows)), True, family.weights(rows))
        x = (family.inputs[drawn] - self.mean) / self.deviation
        y = target_of(family, kind)[drawn]
        # A device without a name must be asked about as rows whose name was hidden; an engine never met says nothing either.
        self.dead = np.flatnonzero((family.inputs[rows] == 0).all(0))
        chips, kept = family.chip_columns, family.of(ALONE.get(family.name, []))

        def blur(batch_inputs, at, draw):
            batch_inputs = family.blurred(batch_inputs, drawn[at], draw)
            batch_inputs[np.ix_((draw.random(len(batch_inputs)) < hide) & ~kept[drawn[at]], chips)] = 0
            return batch_inputs

        grow = 0 if kind == "power" else len(family.grow)
        self.network = Network(grow, x.shape[1] - grow, hidden, seed)
        self.network.weights[0][self.dead] = 0
        self.network.offsets[-1][:] = np.median(y)
        train(self.network, x, y, rounds=rounds, batch=batch, seed=seed, hook=blur)
        self.network.weights[0][self.dead] = 0
        self.trees = None
        if forest is not None:
            named = rows[family.named[rows]]
            named = named if len(named) <= most_trees else rng.choice(named, most_trees, False)
            blurred = family.blurred(family.inputs[named], named, rng)
            self.trees = trees.train(blurred, target_of(family, kind)[named] - self.raw(blurred), *forest)

    def raw(self, inputs):
        return self.network.predict((inputs - self.mean) / self.deviation)

    def predict(self, rows, named=True, chip=None, bare=False):
        """Seconds (never below the bound), or share of the power limit.

        `chip`: asked about under the name of another chip; `bare`: without the names of engine and kernel.
        """
        x = self.family.inputs[rows].copy()
        if bare:
            x[:, self.family.engine_columns + self.family.kernel_columns] = 0
        named = np.full(len(rows), named) & self.family.named[rows]
        x[np.ix_(~named, self.family.chip_columns)] = 0
        if chip is not None:
            x[:, self.family.chip_columns] = 0
            x[:, len(self.family.grow) + self.family.free.index(chip)] = 1
            named[:] = True
        raw = self.raw(x)
        if self.trees is not None:
            raw = raw + np.where(named, self.trees.predict(x), 0)
        if self.kind == "power":
            return np.minimum(1.0, np.exp(raw))
        return np.maximum(np.exp(raw) / 1e6, self.family.bound[rows])
