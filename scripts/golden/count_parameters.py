"""Counts the parameters of public models by building the real classes on PyTorch's meta device, where tensors have shapes and no memory.

Reads models.jsonl (one model a line: name, where its figures come from, its config.json) and writes one line a model with
the counts. Run it as the README of this folder says; nothing is downloaded.
"""

import json
import sys
from pathlib import Path

import diffusers
import torch
import transformers


def unique(module, seen):
    """Elements of the parameters of a module that were not counted before: tied weights count once."""
    total = 0
    for parameter in module.parameters():
        if id(parameter) not in seen:
            seen.add(id(parameter))
            total += parameter.numel()
    return total


def runs(sizes):
    """[5, 5, 7] -> [[2, 5], [1, 7]]: how many layers in a row are of one size."""
    out = []
    for size in sizes:
        if out and out[-1][1] == size:
            out[-1][0] += 1
        else:
            out.append([1, size])
    return out


def stacks(model):
    """Layers of every stack, outermost lists of modules only: {"model.layers": [[32, 218112000]]}."""
    found = {}
    for name, module in model.named_modules():
        if not isinstance(module, torch.nn.ModuleList) or len(module) == 0:
            continue
        if any(name.startswith(outer + ".") for outer in found):
            continue
        seen = set()
        sizes = [unique(layer, seen) for layer in module]
        if sum(sizes) > 0:
            found[name] = runs(sizes)
    return found


def layer_types(config):
    """What the class makes of the keys for kinds of layer: [[5, "sliding_attention"], [1, "full_attention"]], or None."""
    for one in (getattr(config, "text_config", None), config):
        kinds = getattr(one, "layer_types", None)
        if isinstance(kinds, (list, tuple)):
            return runs(kinds)
    return None


def expert_share(config):
    """(experts, experts a token visits) of the configuration or of its language part."""
    for one in (config, getattr(config, "text_config", None), getattr(config, "ffn_config", None)):
        for total in ("num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts"):
            experts = getattr(one, total, None)
            if not isinstance(experts, int) or experts < 2:
                continue
            for visited in ("num_experts_per_tok", "num_experts_per_token", "moe_k", "moe_topk", "moe_top_k", "top_k_experts"):
                topk = getattr(one, visited, None)
                if isinstance(topk, int):
                    return experts, topk
    return None


def routed(model):
    """Elements that belong to routed experts, whether they are modules of their own or one tensor with a row each."""
    seen = set()
    total = 0
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        inside = "experts" in parts[:-1] and "shared_experts" not in parts
        fused = parts[-2] in ("input_linear", "output_linear") and parameter.dim() == 3
        if (inside or fused) and id(parameter) not in seen:
            seen.add(id(parameter))
            total += parameter.numel()
    return total


def head_class(config, wanted):
    if wanted:
        return getattr(transformers, wanted)
    kind = type(config)
    for auto in (
        transformers.AutoModelForCausalLM,
        transformers.AutoModelForImageTextToText,
        transformers.AutoModelForSeq2SeqLM,
        transformers.AutoModelForSpeechSeq2Seq,
        transformers.AutoModel,
    ):
        if kind in auto._model_mapping:
            found = auto._model_mapping[kind]
            return found[0] if isinstance(found, tuple) else found
    raise ValueError(f"no class for {kind.__name__}")


def build(row):
    config = row["config"]
    name = config.get("_class_name")
    if name:
        kind = getattr(diffusers, name)
        with torch.device("meta"):
            return kind.from_config({**config}), None
    named = getattr(transformers, (config.get("architectures") or [""])[0], None)
    if config["model_type"] in transformers.CONFIG_MAPPING:
        made = transformers.AutoConfig.for_model(**config)
    else:
        made = named.config_class(**{key: value for key, value in config.items() if key != "model_type"})
    kind = named if named and not row.get("class") else head_class(made, row.get("class"))
    made._attn_implementation = "eager"
    with torch.device("meta"):
        model = kind(made)
    model.tie_weights()
    # T5 of this release ties its head whatever the file says; released checkpoints without the tie hold a head of their own.
    if config["model_type"] in ("t5", "mt5") and not config["tie_word_embeddings"]:
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    return model, made


def part(model, *paths):
    """Elements under the first of the paths that exists, or None."""
    for path in paths:
        try:
            return unique(model.get_submodule(path), set())
        except AttributeError:
            continue
    return None


def count(row):
    model, config = build(row)
    total = unique(model, set())
    result = {
        "name": row["name"],
        "source": row["source"],
        "class": type(model).__name__,
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "parameters": total,
    }
    if config is None:
        result["versions"] = {"torch": torch.__version__.split("+")[0], "diffusers": diffusers.__version__}
    if config is not None:
        embedding = model.get_input_embeddings()
        if embedding is not None and hasattr(embedding, "weight"):
            result["embedding"] = embedding.weight.numel()
        share = expert_share(config)
        inside = routed(model)
        if share and inside:
            experts, topk = share
            assert inside * topk % experts == 0, row["name"]
            result["routedExperts"] = inside
            result["active"] = total - inside + inside * topk // experts
    tower = part(model, "model.visual", "model.vision_tower", "model.vision_model", "vision_model", "vision_tower", "visual")
    if tower is not None and tower < total:
        result["tower"] = tower
    projector = part(model, "model.multi_modal_projector", "multi_modal_projector")
    if projector is not None:
        result["projector"] = projector
    buffers = sum(b.numel() for n, b in model.named_buffers() if "correction_bias" in n)
    if buffers:
        result["balancingBuffers"] = buffers
    result["stacks"] = stacks(model)
    kinds = layer_types(config) if config is not None else None
    if kinds:
        result["layerTypes"] = kinds
    if row.get("note"):
        result["note"] = row["note"]
    result["config"] = row["config"]
    return result


def main():
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    only = sys.argv[3:]
    lines, failed = [], 0
    for line in source.read_text().splitlines():
        if not line.strip():
            continue
        row = json.loads(line)
        if only and not any(word in row["name"] for word in only):
            continue
        try:
            lines.append(json.dumps(count(row)))
        except Exception as error:
            failed += 1
            print(f"{row['name']}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    target.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} models counted, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
