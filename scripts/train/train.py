"""Trains the kernel-time models and writes them with what they were trained on and how far off they are.

usage: python scripts/train/train.py fit|leave-out|bands INPUTS MODELS REPORTS [family ...]
`fit` writes the models; `leave-out` trains without each device in turn and puts the bands of unmeasured devices into them;
`bands` works out the bands of a model of times that is there.
INPUTS: folder written by export-inputs.mjs; MODELS: where the .onnx files go; REPORTS: folder of metrics as JSON.
"""
import copy
import datetime
import json
import os
import sys
import time

import numpy as np

import activity
import bands
import onnx_file
import spread
import trees
from family import Family
from fit import Fit
from plans import PLANS

COMMIT = "ai-dynamo/aiconfigurator@095f58a51c4ca8e61b66ec108d86f223f8d559ce"
LICENCE = "Apache-2.0 (measurements), NVIDIA"


def errors(predicted, measured):
    """Mean, median and 90th percentile of the absolute error, the median error, and R2, as the papers count them."""
    off = predicted / measured - 1
    spread = measured - measured.mean()
    return {
        "rows": int(len(off)),
        "mape": round(float(np.abs(off).mean()), 4),
        "median": round(float(np.median(np.abs(off))), 4),
        "p90": round(float(np.quantile(np.abs(off), 0.9)), 4),
        "bias": round(float(np.median(off)), 4),
        "r2": round(float(1 - ((predicted - measured) ** 2).sum() / max(1e-30, (spread**2).sum())), 4),
    }


def by(labels, predicted, measured):
    return {str(name): errors(predicted[labels == name], measured[labels == name]) for name in sorted(set(labels)) if (labels == name).sum() > 0}


def measured_of(family, rows, kind):
    return family.power[rows] if kind == "power" else family.seconds[rows]


def held_out_shapes(family, fit, plan):
    rows = np.flatnonzero(family.test & family.named)
    measured, predicted = measured_of(family, rows, plan.kind), fit.predict(rows)
    device = np.array(family.devices)[family.device[rows]]
    group = np.array(family.groups)[family.group[rows]]
    report = {"all": errors(predicted, measured), "device": by(device, predicted, measured), "group": by(group, predicted, measured)}
    report["device and group"] = by(np.char.add(np.char.add(device, " "), group), predicted, measured)
    length = np.array(["under 10 us", "10 to 50 us", "50 to 250 us", "0.25 to 1.5 ms", "over 1.5 ms"])[np.searchsorted(bands.LENGTHS, family.seconds[rows] * 1e6)]
    report["length"] = by(length, predicted, measured)
    if plan.kind == "time":
        report["roofline"] = errors(family.roofline(rows), measured)
        known = family.analytic[rows] > 0
        if known.any():
            report["analytic"] = errors(family.analytic[rows][known], measured[known])
            report["learned where analytic answers"] = errors(predicted[known], measured[known])
    return report


def without_devices(family, plan):
    """Each device, with its kin, hidden from training in turn; asked about as a device without a name."""
    report, kept = {}, []
    hosted = family.host_bound()
    # The power of two kin is all there is: each is hidden alone.
    for names in [[name] for name in family.devices] if plan.kind == "power" else family.worth_hiding():
        out = family.of(names)
        rows = np.flatnonzero(~out & family.fitted)
        asked = np.flatnonzero(out & family.test)
        if len(asked) < 100 or len(rows) < 1000:
            continue
        fit = Fit(family, rows, plan.hidden_left_out, plan.rounds_left_out, kind=plan.kind, sample=400_000)
        # A format that only this device has was never seen: nothing can be said about it, and it is counted apart.
        seen = np.isin(family.group[asked], np.unique(family.group[rows]))
        predicted, measured = fit.predict(asked, named=False), measured_of(family, asked, plan.kind)
        label = names[0]
        group = np.array(family.groups)[family.group[asked]]
        if seen.any():
            report[label] = {"with": names[1:], "all": errors(predicted[seen], measured[seen]), "group": by(group[seen], predicted[seen], measured[seen])}
            if plan.kind == "time":
                report[label]["roofline"] = errors(family.roofline(asked)[seen], measured[seen])
                own = seen & ~hosted[asked]
                if own.any() and not own[seen].all():
                    report[label]["device time"] = errors(predicted[own], measured[own])
            kept.append((predicted[seen], measured[seen], group[seen]))
            print(family.name, "without", label, report[label]["all"], flush=True)
        if (~seen).any():
            report[f"{label}, formats never seen"] = {"all": errors(predicted[~seen], measured[~seen])}
    return report, [np.concatenate(parts) for parts in zip(*kept)] if kept else None


def measured_bands(family, fit, plan):
    """Bands of shapes kept for them: by format and engine, and by format alone ("any") for questions that name no engine."""
    asked = np.flatnonzero(family.calibration & family.named)
    measured = measured_of(family, asked, plan.kind)
    group = np.array(family.groups)[family.group[asked]]
    result = bands.table(fit.predict(asked), measured, group)
    if family.engine_columns:
        kind = np.array([f"{name.rsplit(' ', 1)[0]} any" for name in family.groups])[family.group[asked]]
        unnamed = bands.table(fit.predict(asked, bare=True), measured, kind)
        result.update({name: row for name, row in unnamed.items() if name != "*"})
    return result


def fit_without_trees(fit):
    """The same fit, its trees taken off."""
    bare = copy.copy(fit)
    bare.trees = None
    return bare


#: What to expect of a device that shares the multiprocessors of a measured one, and of one that is only likened to it.
LIKENED = [("gb200", "b200_sxm", "b200"), ("rtxpro6000", "l40s", "l40s")]


def under_another_chip(family, plan, hidden, other, chip):
    """A device hidden from training, and asked about under the chip of another that was measured."""
    if hidden not in family.devices or other not in family.devices:
        return None
    out = family.of([hidden])
    rows = np.flatnonzero(~out & family.fitted)
    asked = np.flatnonzero(out & (family.test if hidden == "gb200" else family.fitted | family.test))
    fit = Fit(family, rows, plan.hidden_left_out, plan.rounds_left_out, kind=plan.kind, sample=400_000, forest=(40, 47), most_trees=100_000)
    seen = np.isin(family.group[asked], np.unique(family.group[rows]))
    return errors(fit.predict(asked[seen], chip=chip), measured_of(family, asked[seen], plan.kind))


def trees_alone(family, rows):
    """Trees on the same inputs without a network under them, of about as many leaves as those in use."""
    asked = np.flatnonzero(family.test & family.named)
    forest = trees.train(family.inputs[rows], np.log(np.maximum(family.power[rows], 1e-3)), 230, 127)
    return errors(np.minimum(1, np.exp(forest.predict(family.inputs[asked]))), family.power[asked])


def fitted(source, models, reports, name, plan):
    """The model of a family, with what it does on shapes that training never saw."""
    begun = time.time()
    family = Family(source, name)
    rows = np.flatnonzero(family.fitted)
    fit = Fit(family, rows, plan.hidden, plan.rounds, batch=plan.batch, kind=plan.kind, forest=plan.forest, sample=plan.rows, most_trees=plan.tree_rows)
    asked = np.flatnonzero(family.test & family.named)
    report = {"family": name, "kind": plan.kind, "held-out shapes": held_out_shapes(family, fit, plan)}
    if family.engine_columns:
        report["without engine and kernel"] = errors(fit.predict(asked, bare=True), measured_of(family, asked, plan.kind))
    report["network alone"] = errors(fit_without_trees(fit).predict(asked), measured_of(family, asked, plan.kind))
    metadata = {
        "family": name,
        "output": "ln of the share of the power limit" if plan.kind == "power" else "ln of microseconds",
        "inputs": [*family.grow, *family.free],
        "growing": str(len(family.grow)),
        "measured": family.measured,
        "seen": family.seen,
        "chips": family.chips,
        "data": COMMIT,
        "also": plan.also,
        "licence": LICENCE,
        "date": datetime.date.today().isoformat(),
        "rows": str(len(rows)),
        "seed": "1",
        "metrics": report["held-out shapes"]["all"],
        "bands": {"share": 0.9, "lengths": [*bands.LENGTHS[:-1]], "measured": measured_bands(family, fit, plan), "unmeasured": {}},
    }
    if plan.kind == "power":
        metadata["activity"], report["by activity"] = activity.fitted(family, errors)
        report["between engines"] = spread.between_engines(family, "bfloat16", ["trtllm", "vllm"])
        report["trees alone"] = trees_alone(family, rows)
    onnx_file.write(os.path.join(models, f"{name}.onnx"), fit, metadata)
    save(reports, name, report)
    print(name, report["held-out shapes"]["all"], f"{time.time() - begun:.0f} s", flush=True)


def left_out(source, models, reports, name, plan):
    """What the model does on devices that training never saw, and the bands that follow from it."""
    begun = time.time()
    family = Family(source, name)
    with open(os.path.join(reports, f"{name}.json"), encoding="utf8") as file:
        report = json.load(file)
    report["left out"], unseen = without_devices(family, plan)
    report["likened"] = {f"{case[0]} as {case[1]}": under_another_chip(family, plan, *case) for case in LIKENED}
    print(name, "likened", report["likened"], flush=True)
    onnx_file.amend(
        os.path.join(models, f"{name}.onnx"),
        {"left out": {label: entry["all"] for label, entry in report["left out"].items()}},
        {"unmeasured": bands.table(*unseen) if unseen else {}},
    )
    save(reports, name, report)
    print(name, f"left out in {time.time() - begun:.0f} s", flush=True)


def banded(source, models, reports, name, plan):
    """The bands of a model that is there, without training it again."""
    family, path = Family(source, name), os.path.join(models, f"{name}.onnx")
    stored = onnx_file.Stored(path, family)
    onnx_file.amend(path, {}, {"measured": measured_bands(family, stored, plan)})
    asked = np.flatnonzero(family.test & family.named)
    with open(os.path.join(reports, f"{name}.json"), encoding="utf8") as file:
        report = json.load(file)
    report["without engine and kernel"] = errors(stored.predict(asked, bare=True), family.seconds[asked])
    save(reports, name, report)
    print(name, report["without engine and kernel"], flush=True)


def save(reports, name, report):
    with open(os.path.join(reports, f"{name}.json"), "w", encoding="utf8") as file:
        json.dump(report, file, indent=1)


def main():
    stage, source, models, reports, *only = sys.argv[1:]
    os.makedirs(models, exist_ok=True)
    os.makedirs(reports, exist_ok=True)
    for name in only or PLANS:
        {"fit": fitted, "leave-out": left_out, "bands": banded}[stage](source, models, reports, name, PLANS[name])


if __name__ == "__main__":
    main()
