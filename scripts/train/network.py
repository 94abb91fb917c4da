"""A network that cannot fall when an input of the growing kind grows.

Every unit clips its sum into a range of its own: [0, inf) bends upwards, (-inf, 0] bends downwards, [-1, 1] does both. Sums of such
units with weights of no negative sign approximate any growing function (Runje and Shankaranarayana 2023); free inputs may
have weights of any sign in the first layer, where they shift and so reshape the answer. Plain numpy, Adam, a fixed seed.
"""
import numpy as np


def ranges(width):
    """Low and high ends of a layer: a third of the units of each kind."""
    kind = np.arange(width) % 3
    low = np.where(kind == 0, 0.0, np.where(kind == 1, -np.inf, -1.0)).astype(np.float32)
    high = np.where(kind == 0, np.inf, np.where(kind == 1, 0.0, 1.0)).astype(np.float32)
    return low, high


class Network:
    def __init__(self, grow, free, hidden, seed):
        rng = np.random.default_rng(seed)
        sizes = [grow + free, *hidden, 1]
        self.grow = grow
        self.weights, self.offsets, self.ends = [], [], []
        for layer, (rows, columns) in enumerate(zip(sizes[:-1], sizes[1:])):
            w = rng.normal(0, 1, (rows, columns)).astype(np.float32)
            growing = slice(0, grow) if layer == 0 else slice(0, rows)
            w[growing] = np.abs(w[growing])
            # Weights of one sign add up instead of cancelling, so they start smaller than the usual ones.
            w *= (1.2 / np.sqrt(rows)) if layer == 0 else (1.6 / rows)
            self.weights.append(w)
            self.offsets.append(rng.normal(0, 0.5, columns).astype(np.float32) if layer < len(hidden) else np.zeros(columns, np.float32))
            if layer < len(hidden):
                self.ends.append(ranges(columns))

    def parameters(self):
        return self.weights + self.offsets

    def forward(self, x):
        kept = [x]
        for layer, (w, b) in enumerate(zip(self.weights, self.offsets)):
            x = x @ w + b
            if layer < len(self.ends):
                low, high = self.ends[layer]
                x = np.maximum(np.minimum(x, high), low)
            kept.append(x)
        return kept

    def predict(self, x, step=65536):
        return np.concatenate([self.forward(x[i : i + step])[-1][:, 0] for i in range(0, len(x), step)])

    def gradients(self, kept, slope):
        weights, offsets = [], []
        for layer in range(len(self.weights) - 1, -1, -1):
            weights.append(kept[layer].T @ slope)
            offsets.append(slope.sum(0))
            if layer > 0:
                low, high = self.ends[layer - 1]
                slope = (slope @ self.weights[layer].T) * ((kept[layer] > low) & (kept[layer] < high))
        return weights[::-1] + offsets[::-1]

    def keep_growing(self):
        np.maximum(self.weights[0][: self.grow], 0, out=self.weights[0][: self.grow])
        for w in self.weights[1:]:
            np.maximum(w, 0, out=w)


def train(network, x, y, weight=None, rounds=12000, batch=2048, rate=4e-3, decay=0.0, seed=1, hook=None):
    """Adam on the absolute error of the logarithm (rounded off below 1 %), the rate falling along a cosine."""
    rng = np.random.default_rng(seed)
    parameters = network.parameters()
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    order = rng.permutation(len(x))
    at = 0
    for step in range(1, rounds + 1):
        if at + batch > len(order):
            order, at = rng.permutation(len(x)), 0
        rows = order[at : at + batch]
        at += batch
        inputs = x[rows] if hook is None else hook(x[rows], rows, rng)
        kept = network.forward(inputs)
        miss = kept[-1][:, 0] - y[rows]
        slope = np.clip(miss / 0.01, -1, 1).astype(np.float32)
        if weight is not None:
            slope *= weight[rows]
        slope = (slope / batch)[:, None]
        now = rate * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / rounds))) * min(1, step / 200)
        for p, g, m, v in zip(parameters, network.gradients(kept, slope), first, second):
            m += 0.1 * (g - m)
            v += 0.005 * (g * g - v)
            p -= (now / (1 - 0.9**step)) * m / (np.sqrt(v / (1 - 0.995**step)) + 1e-9)
            if decay:
                p -= now * decay * p
        network.keep_growing()
    return network
