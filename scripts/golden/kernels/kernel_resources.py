"""Registers, spills, stack and shared memory of the kernels of public repositories as nvcc gives them.

    python kernel_resources.py CHECKOUTS OUTPUT.tsv [EXTRA_INCLUDE ...]

CHECKOUTS holds one folder per repository of repositories.json, named owner+name, at the commit named there. Only the device's side
of each file is compiled; a file that does not compile is told on stderr and left out. EXTRA_INCLUDE are folders with headers
that the packages of requirements.txt do not hold (cuBLAS, cuRAND, cuDNN). The result holds facts only: where a kernel stands, and figures.
"""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ARCHITECTURES = ["sm_80", "sm_90"]
# Tried where neither of them knows an instruction of the file.
NEWER = ["sm_90a", "sm_100a", "sm_120a"]
LIMIT_SECONDS = 300
HERE = Path(__file__).resolve().parent
TOOLKIT = Path(sysconfig.get_paths()["purelib"]) / "nvidia" / "cu13"

ENTRY = re.compile(r"Compiling entry function '(?P<name>[^']+)' for '(?P<architecture>\w+)'")
SPILLS = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
USED = re.compile(r"Used (\d+) registers")
SHARED = re.compile(r"(\d+)(?:\+\d+)? bytes smem")
COLUMNS = ["repository", "file", "kernel", "architecture", "registers", "stack", "spill stores", "spill loads", "shared"]


def rows(output):
    name = frame = None
    for line in output.splitlines():
        if entry := ENTRY.search(line):
            name, frame = (entry["name"], entry["architecture"]), None
        elif spills := SPILLS.search(line):
            frame = spills.groups()
        elif (used := USED.search(line)) and name and frame:
            shared = SHARED.search(line)
            yield [*name, used[1], *frame, shared[1] if shared else "0"]
            name = None


def compile_file(root, file, flags, architecture):
    command = [str(TOOLKIT / "bin" / "nvcc"), "-cubin", f"-arch={architecture}", "-Xptxas", "-v", "-w", *flags]
    command += [f"-I{HERE / 'include'}", "-o", "/dev/null", str(file)]
    path = f"{TOOLKIT / 'bin'}:{TOOLKIT / 'nvvm' / 'bin'}:/usr/bin:/bin"
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=LIMIT_SECONDS, env={"PATH": path})
    except subprocess.TimeoutExpired:
        return None, "took too long"
    return (done.stderr + done.stdout, None) if done.returncode == 0 else (None, next((l for l in done.stderr.splitlines() if "error" in l), "failed"))


def main():
    checkouts, output, *extra = sys.argv[1:]
    with open(output, "w") as table:
        table.write("\t".join(COLUMNS) + "\n")
        for entry in json.loads((HERE / "repositories.json").read_text()):
            root = Path(checkouts) / entry["repository"].replace("/", "+")
            files = sorted({file for pattern in entry["files"] for file in root.glob(pattern)})
            for file in files:
                compiled = False
                for architecture in ARCHITECTURES + NEWER:
                    if architecture in NEWER and (compiled or why is None or "not supported on" not in why):
                        break
                    text, why = compile_file(root, file.relative_to(root), [*entry["flags"], *(f"-I{folder}" for folder in extra)], architecture)
                    if text is None:
                        print(entry["repository"], file.relative_to(root), architecture, why, file=sys.stderr)
                        continue
                    compiled = True
                    for row in rows(text):
                        table.write("\t".join([entry["repository"], str(file.relative_to(root)), *row]) + "\n")
                table.flush()


main()
