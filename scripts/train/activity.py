"""Power of any kernel from how busy it keeps the device: share of the limit at rest, and what full work and full memory traffic add.

Fitted by least squares on products of 50 us and longer, whose readings do not hang on what ran before them.
"""
import numpy as np

LONG_US = 50


def columns(family, rows):
    time = np.log(family.seconds[rows] * 1e6)
    work, memory = family.inputs[rows, family.grow.index("work at peak")] - time, np.log(family.memory[rows] / family.seconds[rows])
    return np.stack([np.ones(len(rows)), *(np.sqrt(np.minimum(1, np.exp(part))) for part in (work, memory))], 1)


def fitted(family, errors):
    """The three shares, and how far off they are on shapes that the fit never saw."""
    long = family.seconds * 1e6 >= LONG_US
    rows, asked = np.flatnonzero(family.fitted & long), np.flatnonzero(family.test & long)
    shares, *_ = np.linalg.lstsq(columns(family, rows), family.power[rows], rcond=None)
    predicted = np.clip(columns(family, asked) @ shares, 0, 1)
    return [round(float(share), 4) for share in shares], errors(predicted, family.power[asked])
