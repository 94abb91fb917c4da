"""Draws the errors of all models. usage: python scripts/train/plots.py REPORTS IMAGES"""
import json
import os
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

plt.rcParams.update({"svg.hashsalt": "rooflint", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none"})


def load(folder, names):
    reports = {}
    for name in names:
        with open(os.path.join(folder, f"{name}.json"), encoding="utf8") as file:
            reports[name] = json.load(file)
    return reports


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    # One line: nobody reads a drawing line by line.
    with open(path, encoding="utf8") as file:
        text = " ".join(file.read().split("\n")).strip()
    with open(path, "w", encoding="utf8") as file:
        file.write(text + "\n")


def bars(path, title, labels, series):
    figure, axes = plt.subplots(figsize=(8, 0.34 * len(labels) * max(1, len(series) / 2) + 1.2))
    height = 0.8 / len(series)
    for index, (name, values) in enumerate(series.items()):
        axes.barh([at + index * height for at in range(len(labels))], [100 * value for value in values], height, label=name)
    axes.set_yticks([at + 0.4 - height / 2 for at in range(len(labels))], labels)
    axes.invert_yaxis()
    axes.set_xlabel("mean absolute error, %")
    axes.set_title(title, loc="left")
    if len(series) > 1:
        axes.legend(frameon=False)
    save(figure, path)


def main():
    folder, images = sys.argv[1:]
    os.makedirs(images, exist_ok=True)
    names = [name for name in ("gemm", "context_attention", "generation_attention", "context_mla", "generation_mla", "moe", "collective") if os.path.exists(os.path.join(folder, f"{name}.json"))]
    reports = load(folder, names)
    shapes = {name: report["held-out shapes"] for name, report in reports.items()}
    bars(
        os.path.join(images, "held-out-shapes.svg"),
        "Shapes that training never saw",
        names,
        {"learned": [shapes[name]["all"]["mape"] for name in names], "plain roofline": [min(1, shapes[name]["roofline"]["mape"]) for name in names]},
    )
    gemm = shapes["gemm"]
    by = gemm["device and group"]
    bars(os.path.join(images, "gemm-by-device.svg"), "Products: shapes that training never saw, by device, format and engine", list(by), {"learned": [by[key]["mape"] for key in by]})
    bars(os.path.join(images, "gemm-by-length.svg"), "Products by measured length", list(gemm["length"]), {"learned": [entry["mape"] for entry in gemm["length"].values()]})
    with open(os.path.join(folder, "compare.json"), encoding="utf8") as file:
        compare = json.load(file)
    kinds = list(compare["kinds"])
    far = compare["hidden device"]
    bars(
        os.path.join(images, "kinds.svg"),
        "Kinds of models, fitted to the same sample",
        kinds,
        {"held-out shapes": [min(1, compare["kinds"][kind]["mape"]) for kind in kinds], f"{compare['hidden']} hidden": [min(1, far[kind]["mape"]) for kind in kinds]},
    )
    hidden = {f"{name}, without {device}": entry for name in names for device, entry in reports[name].get("left out", {}).items() if "never seen" not in device}
    bars(
        os.path.join(images, "left-out-devices.svg"),
        "Each device hidden from training in turn",
        list(hidden),
        {"learned": [min(2, entry["all"]["mape"]) for entry in hidden.values()], "plain roofline": [min(2, entry["roofline"]["mape"]) for entry in hidden.values()]},
    )


if __name__ == "__main__":
    main()
