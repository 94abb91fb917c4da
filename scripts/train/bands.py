"""Conformal bands: by footing, format and length, the factor that nine of ten held-out measurements lie within."""
import numpy as np

#: Upper ends of the classes of predicted length, in microseconds.
LENGTHS = [10, 50, 250, 1500, float("inf")]
LEAST = 60


def factor(predicted, measured, share=0.9):
    """The smallest factor either way that holds `share` of the rows and of one unseen row."""
    off = np.sort(np.maximum(predicted / measured, measured / predicted))
    at = int(np.ceil(share * (len(off) + 1))) - 1
    return float(off[min(at, len(off) - 1)])


def table(predicted, measured, group):
    """{group: factor by class of length}; a class with too few rows has the factor of the whole group, "*" holds for others."""
    bands = {}
    lengths = np.searchsorted(LENGTHS, predicted * 1e6)
    for name in [*sorted(set(group)), "*"]:
        inside = np.ones(len(group), bool) if name == "*" else group == name
        if inside.sum() < LEAST:
            continue
        whole = factor(predicted[inside], measured[inside])
        row = []
        for length in range(len(LENGTHS)):
            part = inside & (lengths == length)
            row.append(round(factor(predicted[part], measured[part]) if part.sum() >= LEAST else whole, 3))
        bands[str(name)] = row
    return bands
