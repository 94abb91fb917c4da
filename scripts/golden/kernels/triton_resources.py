"""Registers, spills and shared memory of the Triton kernels of public repositories as Triton and its ptxas give them, without a GPU.

    python triton_resources.py OUTPUT.tsv MODULE_FOLDER:PACKAGE.MODULE ...

Every kernel of a module is compiled for a few tile sizes and numbers of warps, with 16-bit pointers. What a kernel's
own defaults and configurations do not say is taken from TABLE by the parameter's name; a kernel that does not compile so is left out.
"""

import importlib
import itertools
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

ARCHITECTURE = 90
COLUMNS = ["module", "kernel", "values", "warps", "stages", "architecture", "registers", "spill stores", "spill loads", "shared"]
# The newer one of the two that Triton brings knows the PTX it writes.
PTXAS = Path(triton.__file__).parent / "backends/nvidia/bin/ptxas-blackwell"
SIZES = {"BLOCK_SIZE": [1024, 4096], "BLOCK": [1024, 4096], "BLOCK_SIZE_M": [64], "BLOCK_SIZE_N": [64], "BT": [64], "BC": [16], "BS": [64], "BD": [64], "BK": [64], "BV": [64], "BN": [64], "BM": [64]}
TABLE = {"H": 4, "HQ": 4, "HV": 4, "G": 1, "K": 128, "V": 128, "D": 128, "N": 1024, "NT": 16, "T": 2048, "NC": 4, "NK": 2, "NV": 2, "n_cols": 4096, "hd": 128}
MOST = 8
LIMIT_SECONDS = 60


def tolerant(autotune=triton.autotune):
    """Some kernels are tuned by keys that are no arguments, which newer releases of Triton refuse."""

    def wrapped(configs, key, **more):
        return lambda fn: autotune(configs, [name for name in key if name in fn.arg_names], **more)(fn)

    return wrapped


triton.autotune = tolerant()


def pointer(name):
    number_like = r"stride|^n_|_cols?$|_rows?$|eps|scale|^offset|size|^num_|len|beta|alpha|^chunk|seed|^p$|shift|limit"
    return name.endswith("_ptr") or not (re.search(number_like, name, re.I) or re.fullmatch("[A-Z]+", name))


def number(name):
    return "fp32" if re.search(r"eps|scale|beta|alpha|offset|smoothing|^p$|limit|softcap|gamma", name, re.I) else "i32"


def guess(name):
    """A compile-time value that nothing tells: sizes must not be nothing, or the compiler throws the kernel away."""
    if "dtype" in name.lower():
        return tl.bfloat16
    return 1024 if re.search(r"size|dim|cols|_per_|^NB$", name) else False


def parts(found):
    """The function, its configurations and its heuristics."""
    configs, heuristics = [], {}
    while not isinstance(found, triton.JITFunction):
        if isinstance(found, triton.runtime.Autotuner):
            configs = [(dict(one.kwargs), one.num_warps, one.num_stages) for one in found.configs]
        if isinstance(found, triton.runtime.autotuner.Heuristics):
            heuristics.update(found.values)
        found = found.fn
    return found, configs, heuristics


def cases(function, configs):
    names = [one.name for one in function.params]
    if configs:
        step = max(1, len(configs) // MOST)
        return configs[::step][:MOST]
    sized = [name for name in names if name in SIZES]
    tiles = [dict(zip(sized, values)) for values in itertools.product(*(SIZES[name] for name in sized))]
    return [(values, warps, 2) for values in tiles[:4] for warps in ([4, 16] if "BLOCK_SIZE" in sized else [4])]


def compile_case(function, heuristics, values, warps, stages):
    constants, signature = dict(values), {}
    for one in function.params:
        if one.is_constexpr and one.name not in constants:
            if one.has_default:
                constants[one.name] = one.default
            elif one.name in TABLE:
                constants[one.name] = TABLE[one.name]
            elif one.name in SIZES:
                constants[one.name] = SIZES[one.name][0]
    arguments = {**{one.name: None if pointer(one.name) or "len" in one.name else 2048 for one in function.params}, **constants}
    for name, rule in heuristics.items():
        try:
            constants[name] = rule(arguments)
        except Exception:
            constants[name] = False
    for index, one in enumerate(function.params):
        if one.is_constexpr:
            constants.setdefault(one.name, guess(one.name))
            signature[one.name] = "constexpr"
        else:
            signature[one.name] = "*bf16" if pointer(one.name) else number(one.name)
    attributes = {(index,): [["tt.divisibility", 16]] for index, one in enumerate(function.params) if signature[one.name].startswith("*") or signature[one.name] == "i32"}
    source = ASTSource(fn=function, signature=signature, constexprs={(function.arg_names.index(name),): value for name, value in constants.items() if name in function.arg_names}, attrs=attributes)
    built = triton.compile(source, target=GPUTarget("cuda", ARCHITECTURE, 32), options={"num_warps": warps, "num_stages": stages})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "k.ptx"
        path.write_text(built.asm["ptx"])
        said = subprocess.run([PTXAS, "-v", f"--gpu-name=sm_{ARCHITECTURE}a", path, "-o", "/dev/null"], capture_output=True, text=True).stderr
    if "Used" not in said:
        raise RuntimeError(said[:200])
    registers = re.search(r"Used (\d+) registers", said)[1]
    spills = re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", said)
    return constants, registers, spills[1], spills[2], built.metadata.shared


class TooLong(Exception):
    pass


def main():
    output, *modules = sys.argv[1:]

    def stop(*_):
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    with open(output, "w") as table:
        table.write("\t".join(COLUMNS) + "\n")
        for place in modules:
            folder, name = place.rsplit(":", 1)
            if folder not in sys.path:
                sys.path.insert(0, folder)
            try:
                module = importlib.import_module(name)
            except Exception as error:
                print(name, repr(error)[:200], file=sys.stderr)
                continue
            for found_name, found in list(vars(module).items()):
                if not isinstance(found, (triton.JITFunction, triton.runtime.Autotuner, triton.runtime.autotuner.Heuristics)):
                    continue
                function, configs, heuristics = parts(found)
                if function.__module__ != name:
                    continue
                for values, warps, stages in cases(function, configs):
                    signal.alarm(LIMIT_SECONDS)
                    try:
                        constants, *figures = compile_case(function, heuristics, values, warps, stages)
                    except (Exception, TooLong) as error:
                        print(name, found_name, values, repr(error)[:160].replace("\n", " "), file=sys.stderr)
                        break
                    finally:
                        signal.alarm(0)
                    shown = ",".join(f"{key}={int(value)}" for key, value in constants.items() if isinstance(value, (int, bool)))
                    table.write("\t".join(map(str, [name, found_name, shown, warps, stages, f"sm_{ARCHITECTURE}", *figures])) + "\n")
                    table.flush()


main()
