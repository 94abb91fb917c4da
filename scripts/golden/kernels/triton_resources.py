"""Registers, spills and shared memory of the Triton kernels of public repositories as Triton and its compilers give them, without a GPU.

    python triton_resources.py CHECKOUTS OUTPUT.tsv [REPOSITORY ...]

CHECKOUTS holds one folder per repository (`owner__name`) at the commit that triton_repositories.json names. Every kernel is compiled
for some of its configurations with 16-bit pointers. What its own defaults, configurations and heuristics do not say is taken from TABLE and
SIZES by the parameter's name; a kernel that does not compile so is left out. Packages that are not installed (PyTorch above all) are stood
in for by names that do nothing: only the kernels are of interest. Nothing is launched.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import inspect
import itertools
import json
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import types
from pathlib import Path

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

COLUMNS = ["repository", "file", "kernel", "values", "warps", "stages", "architecture", "registers", "accumulation", "spilled", "shared"]
PTXAS = Path(triton.__file__).parent / "backends/nvidia/bin"
# Cases of one kernel for each architecture.
CASES = {"sm_90": 3, "sm_80": 2, "sm_89": 1, "sm_100": 1, "gfx942": 2}
SIZES = {"BLOCK_SIZE": [1024, 4096], "BLOCK": [1024, 4096], "BLOCK_N_SIZE": [1024], "BLOCK_SIZE_M": [64, 128], "BLOCK_SIZE_N": [64, 128], "BLOCK_SIZE_K": [32, 64], "BLOCK_M": [64, 128], "BLOCK_N": [64, 128], "BLOCK_K": [32], "BT": [64], "BC": [16], "BS": [64], "BD": [64], "BK": [64], "BV": [64], "BN": [64], "BM": [64]}
TABLE = {"H": 4, "HQ": 4, "HV": 4, "G": 1, "K": 128, "V": 128, "D": 128, "N": 1024, "NT": 16, "T": 2048, "NC": 4, "NK": 2, "NV": 2, "n_cols": 4096, "hd": 128, "BLOCK_HEADDIM": 64, "BLOCK_DMODEL": 64, "HEAD_DIM": 64, "HEAD_SIZE": 128, "GROUP_M": 8, "GROUP_SIZE_M": 8, "SPLIT_K": 1, "NUM_KSPLIT": 1, "Q_HEAD_NUM": 16, "BLOCK_D": 128, "BLOCK_SEQ": 256, "DIM": 4096}
LIMIT_SECONDS = 60


class Nothing(type):
    """Classes that stand for whatever a missing package holds."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing(name)

    def __call__(cls, *values, **named):
        # A decorator gives back what it is put on.
        if len(values) == 1 and not named and (inspect.isfunction(values[0]) or inspect.isclass(values[0])):
            return values[0]
        if cls.__dict__.get("_stands_in") is None:
            return super().__call__(*values, **named)
        return nothing(cls.__name__)

    def __iter__(cls):
        return iter(())

    def __getitem__(cls, _):
        return cls

    def _same(cls, *_):
        return cls

    def _false(cls, *_):
        return False

    __or__ = __ror__ = __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __and__ = __neg__ = __radd__ = __rmul__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _false
    __len__ = __int__ = __index__ = lambda cls: 0
    __bool__ = lambda cls: False


def nothing(name):
    return Nothing(name, (), {"_stands_in": True})


class Missing(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__version__",):
            raise AttributeError(name)
        if name == "__version__":
            return "2.9.0"
        return nothing(name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last to be asked: packages that are not there."""

    def find_spec(self, name, path=None, target=None):
        return None if name.split(".")[0] in ("triton", "_pytest") else importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Missing(spec.name)

    def exec_module(self, module):
        module.__path__ = []


def load(root, path):
    """The module of a file; packages around it are empty, so that their own imports do not count."""
    inside = path.relative_to(root)
    parts = [part for part in inside.with_suffix("").parts if part not in ("src",)]
    folder = root / "src" if inside.parts[0] == "src" else root
    for end in range(1, len(parts)):
        name = ".".join(parts[:end])
        if name not in sys.modules:
            package = Missing(name)
            package.__path__ = [str(folder.joinpath(*parts[:end]))]
            sys.modules[name] = package
    return importlib.import_module(".".join(parts))


def tolerant(autotune=triton.autotune):
    """Some kernels are tuned by keys that are no arguments, which newer releases of Triton refuse."""

    def wrapped(configs, key, **more):
        return lambda fn: autotune(list(configs), [name for name in key if name in fn.arg_names], **more)(fn)

    return wrapped


def leftmost(node):
    while not isinstance(node, ast.Name):
        node = node.left if isinstance(node, ast.BinOp) else node.args[0] if isinstance(node, ast.Call) and node.args else node.value if isinstance(node, (ast.Attribute, ast.Subscript)) else None
        if node is None:
            return None
    return node.id


def pointers_of(function):
    """Parameters that loads and stores go through, as far as names lead back to them."""
    found, made = set(), {}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function.fn)))):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                made.setdefault(target.id, set()).add(leftmost(node.value))
        if isinstance(node, ast.Call) and re.search(r"\b(load|store|atomic_\w+|make_block_ptr|make_tensor_descriptor)$", ast.unparse(node.func)):
            first = node.args[0] if node.args else next((one.value for one in node.keywords if one.arg == "base"), None)
            if first is not None:
                found.add(leftmost(first))
    for _ in range(6):
        found |= {before for name in list(found) for before in made.get(name, ())}
    return found


def is_pointer(name, found):
    return name in found or name.endswith("_ptr")


def number(name):
    return "fp32" if re.search(r"eps|scale|beta|alpha|offset|smoothing|^p$|limit|softcap|gamma", name, re.I) else "i32"


def unit_strides(names):
    """The last stride of each tensor is taken to be 1, as it mostly is: without that nothing is loaded in vectors."""
    strides = [name for name in names if "stride" in name.lower()]

    def tensor(name):
        rest = re.sub(r"_?strides?_?", "", name.lower()) or name
        return rest.split("_")[0] if "_" in rest or len(rest) > 2 else rest[0]

    groups = {}
    for name in strides:
        groups.setdefault(tensor(name), []).append(name)
    return {group[-1] for group in groups.values() if len(group) > 1}


def guess(name, options):
    """A compile-time value that nothing tells: sizes must not be nothing, or the compiler throws the kernel away."""
    if "dtype" in name.lower():
        return tl.bfloat16
    if name in options:
        return options[name]
    if "stride" in name.lower():
        return 2048
    if re.search(r"size|dim|cols|_per_|^NB$|^BLOCK|hidden", name, re.I):
        return 128
    return 16 if re.search(r"^num_|^n_|_len|heads|groups|top_?k$|dilation|^[A-Z]{1,2}$", name, re.I) else False


def kind(name):
    """What a pointer points to: indexes, or the numbers that are computed with."""
    return "*i32" if re.search(r"idx|index|indices|seqlens|offsets|ids|_loc|start_loc|seq_?len|lens|labels|table|counter|locks?$", name, re.I) else "*bf16"


def parts_of(found):
    """The function, its configurations and its heuristics."""
    configs, heuristics = [], {}
    while not isinstance(found, triton.JITFunction):
        if isinstance(found, triton.runtime.Autotuner):
            configs = [(dict(one.kwargs), one.num_warps, one.num_stages) for one in found.configs]
        if isinstance(found, triton.runtime.autotuner.Heuristics):
            heuristics.update(found.values)
        found = found.fn
    return found, configs, heuristics


def spread(all_of_them, count):
    step = max(1, len(all_of_them) // count)
    return all_of_them[step // 2 :: step][:count]


def cases_of(function, configs, count):
    if configs:
        return spread(configs, count)
    names = [one.name for one in function.params if one.name in SIZES and one.is_constexpr]
    tiles = [dict(zip(names, values)) for values in itertools.product(*(SIZES[name] for name in names))]
    warps = [4, 16] if "BLOCK_SIZE" in names else [4, 8]
    return spread([(values, number_of, 2) for values in tiles for number_of in warps], count)


def source_of(function, heuristics, values, options):
    constants, signature = dict(values), {}
    found = pointers_of(function)
    for one in function.params:
        if one.is_constexpr and one.name not in constants:
            if one.name in TABLE:
                constants[one.name] = TABLE[one.name]
            elif one.name in SIZES:
                constants[one.name] = SIZES[one.name][0]
            elif one.has_default:
                constants[one.name] = one.default
    arguments = {**{one.name: None if is_pointer(one.name, found) or "len" in one.name else 2048 for one in function.params}, **constants}
    for name, rule in heuristics.items():
        try:
            constants[name] = rule(arguments)
        except Exception:
            constants[name] = False
    units = unit_strides(function.arg_names)
    for one in function.params:
        if one.name in units:
            # Triton itself makes a constant of an argument that is 1.
            constants[one.name] = 1
            signature[one.name] = "constexpr"
        elif one.is_constexpr:
            constants.setdefault(one.name, guess(one.name, options))
            signature[one.name] = "constexpr"
        else:
            signature[one.name] = kind(one.name) if is_pointer(one.name, found) else number(one.name)
    attributes = {(index,): [["tt.divisibility", 16]] for index, one in enumerate(function.params) if signature[one.name].startswith("*") or signature[one.name] == "i32"}
    places = {name: at for at, name in enumerate(function.arg_names)}
    return constants, ASTSource(fn=function, signature=signature, constexprs={(places[name],): value for name, value in constants.items() if name in places}, attrs=attributes)


def nvidia(built, architecture):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "k.ptx"
        path.write_text(built.asm["ptx"])
        target = re.search(r"\.target (sm_\w+)", built.asm["ptx"])[1]
        # As Triton 3.9 calls it.
        program = PTXAS / ("ptxas" if int(architecture[3:]) < 90 else "ptxas-blackwell")
        said = subprocess.run([program, "-lineinfo", "-v", "--regAllocOptLevel=2", f"--gpu-name={target}", path, "-o", "/dev/null"], capture_output=True, text=True).stderr
    if "Used" not in said:
        raise RuntimeError(said[:200])
    return re.search(r"Used (\d+) registers", said)[1], 0, re.search(r"(\d+) bytes spill stores", said)[1], built.metadata.shared


def amd(built):
    text = built.asm["amdgcn"]
    of = lambda name: int(re.search(rf"\.{name}:\s+(\d+)", text)[1])
    # The count holds both halves of the file; accumulation registers stand behind the others.
    return of("vgpr_count"), of("agpr_count"), of("vgpr_spill_count") * 4, built.metadata.shared


class TooLong(Exception):
    pass


def compile_case(function, heuristics, case, architecture):
    values, warps, stages = case
    constants, source = source_of(function, heuristics, values, {"num_warps": warps, "num_stages": stages})
    is_amd = architecture.startswith("gfx")
    target = GPUTarget("hip", architecture, 64) if is_amd else GPUTarget("cuda", int(architecture[3:]), 32)
    built = triton.compile(source, target=target, options={"num_warps": warps, "num_stages": stages})
    shown = ",".join(f"{key}={int(value)}" for key, value in constants.items() if isinstance(value, (int, bool)))
    return [shown, warps, stages, architecture, *(amd(built) if is_amd else nvidia(built, architecture))]


def kernels_of(module, name):
    for found_name, found in list(vars(module).items()):
        if isinstance(found, (triton.JITFunction, triton.runtime.Autotuner, triton.runtime.autotuner.Heuristics)):
            parts = parts_of(found)
            if parts[0].__module__ == name and not inspect.getsource(parts[0].fn).rstrip().split("\n")[-1].lstrip().startswith("return"):
                yield found_name, parts


def measure(repository, root, path, table):
    try:
        module = load(root, path)
    except Exception as error:
        print(path, repr(error)[:200], file=sys.stderr)
        return
    for name, (function, configs, heuristics) in kernels_of(module, module.__name__):
        for architecture, count in CASES.items():
            for case in cases_of(function, configs, count):
                signal.alarm(LIMIT_SECONDS)
                try:
                    row = compile_case(function, heuristics, case, architecture)
                except (Exception, TooLong) as error:
                    print(path.name, name, architecture, case, repr(error)[-160:].replace("\n", " "), file=sys.stderr)
                    break
                finally:
                    signal.alarm(0)
                table.write("\t".join(map(str, [repository, path.relative_to(root), name, *row])) + "\n")
                table.flush()
            else:
                continue
            if architecture == "sm_90":
                break


def main():
    checkouts, output, *wanted = sys.argv[1:]
    triton.autotune = tolerant()
    sys.meta_path.append(Finder())

    def stop(*_):
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    with open(output, "w") as table:
        table.write("\t".join(COLUMNS) + "\n")
        for one in json.loads((Path(__file__).parent / "triton_repositories.json").read_text()):
            repository = one["repository"]
            if wanted and repository not in wanted:
                continue
            root = Path(checkouts) / repository.replace("/", "__")
            for path in dict.fromkeys(path for pattern in one["files"] for path in sorted(root.glob(pattern))):
                if "triton" in path.read_text():
                    measure(repository, root, path, table)


if __name__ == "__main__":
    main()
