"""How far two readings of one product's power lie apart: the same device, format and sizes, measured under two engines in the same time.

Products in 16 bits are those of one library under both engines, so a model that knows no engine could not do better than this.
"""
import numpy as np

#: Times that differ by no more are of the same kernel.
SAME_TIME = 0.05


def between_engines(family, kind, engines):
    """Median and 90th percentile of the difference of the logarithms, by device."""
    sizes = np.stack([family.inputs[:, family.grow.index(label)] for label in "mnk"], 1).round(3)
    report = {}
    for device, name in enumerate(family.devices):
        readings = []
        for engine in engines:
            rows = np.flatnonzero((family.device == device) & (family.group == family.groups.index(f"{kind} {engine}")))
            readings.append({tuple(size): (family.seconds[row], family.power[row]) for size, row in zip(sizes[rows].tolist(), rows)})
        one, other = readings
        both = np.log(np.array([[*one[size], *other[size]] for size in one.keys() & other.keys()]))
        same = both[np.abs(both[:, 0] - both[:, 2]) < SAME_TIME]
        apart = np.abs(same[:, 1] - same[:, 3])
        report[name] = {"pairs": len(apart), "median": round(float(np.median(apart)), 4), "p90": round(float(np.quantile(apart, 0.9)), 4)}
    return report
