"""One family of kernels as arrays, and who is held out of what."""
import json
import os

import numpy as np

#: Tables that come from nearly the same chip: left out and weighed together.
KIN = [["b200_sxm", "gb200", "gb300"], ["a100_sxm", "a100"], ["h100_sxm", "h100"]]
#: Columns of the network that name a chip; the other devices are asked about without a name.
CHIPS = ["a100", "h100", "l40s", "b200", "gb200", "gb300", "b60"]


#: Columns that a question may leave out: its answer is then the middle of what they could be.
ENGINES = ["vllm", "trtllm", "sglang"]
KERNELS = ["fa3", "fa4", "flashinfer", "triton", "trtllmdecode", "flashmla", "flash_attention", "marlin", "cutlass", "flashinfer_trtllm", "modular"]


#: A kernel of one tile takes less on every device unless the host is what is waited for.
HOST_US = 30
#: Devices with rows of decoder layers only: they train under the name of the chip they are likened to.
SAMPLED = ["rtx4090", "rtxpro6000"]


class Family:
    def __init__(self, folder, name):
        self.name = name
        with open(os.path.join(folder, f"{name}.json"), encoding="utf8") as file:
            head = json.load(file)
        self.grow, self.free = head["grow"], head["free"]
        self.devices, self.groups = head["devices"], head["groups"]
        lead = head["leading"]
        rows = np.fromfile(os.path.join(folder, f"{name}.f32"), np.float32).reshape(-1, len(lead) + len(self.grow) + len(self.free))
        self.inputs = rows[:, len(lead) :].copy()
        column = {label: rows[:, index] for index, label in enumerate(lead)}
        labels = ("seconds", "bound", "power", "analytic", "memory")
        self.seconds, self.bound, self.power, self.analytic, self.memory = (column[label] for label in labels)
        self.device, self.group = column["device"].astype(int), column["group"].astype(int)
        # Other collections measured other software on these devices: they train the network, not the corrections.
        self.named = (column["chip"] > 0) & ~self.of(["a100", "h100"])
        named = [index for index in range(len(self.devices)) if self.named[self.device == index].any()]
        # A device with a few shapes of two models is not known well enough for the band of a measured one.
        self.measured = sorted({head["sheets"][index] for index in named if self.devices[index] not in SAMPLED})
        self.chips = sorted({head["chips"][index] for index in named})
        # Kinds of rows each device was measured with, without the engine: others stand on what was measured elsewhere.
        self.seen = {}
        for index in named:
            kinds = {self.groups[group].rsplit(" ", 1)[0] for group in np.unique(self.group[self.named & (self.device == index)])}
            self.seen[head["sheets"][index]] = sorted(kinds | set(self.seen.get(head["sheets"][index], [])))
        part = column["shape"].astype(int) % 10
        # Shapes, not rows: one shape is on the same side for all devices, engines and formats.
        self.test, self.calibration = part < 2, part == 2
        self.fitted = part > 2
        # The library of a collective is always known.
        known = [] if name == "collective" else ENGINES
        self.engine_columns = [len(self.grow) + self.free.index(label) for label in known if label in self.free]
        self.kernel_columns = [len(self.grow) + self.free.index(label) for label in KERNELS if label in self.free]
        self.hosted_beside = self.beside_device_time() if name == "gemm" else np.zeros(len(self.seconds), bool)
        self.chip_columns = [len(self.grow) + self.free.index(chip) for chip in CHIPS if chip in self.free]

    def kin(self):
        """Names of devices by group of kin, in the order of the tables."""
        groups, done = [], set()
        for name in self.devices:
            if name in done:
                continue
            group = next((kin for kin in KIN if name in kin), [name])
            group = [other for other in group if other in self.devices]
            done.update(group)
            groups.append(group)
        return groups

    def roofline(self, rows):
        """The plain roofline: all work at the peak or all bytes over the bandwidth, whichever takes longer."""
        columns = [self.grow.index(label) for label in ("work at peak", "work", "bytes on the wire") if label in self.grow]
        return np.maximum(np.exp(self.inputs[rows][:, columns].max(1)) / 1e6, self.memory[rows])

    def blurred(self, inputs, rows, draw):
        """A tenth of the rows without the name of the kernel, and a tenth without that of the engine, too."""
        inputs = inputs.copy()
        chance = draw.random(len(inputs))
        for columns, below in ((self.kernel_columns, 0.2), (self.engine_columns, 0.1)):
            if columns:
                inputs[np.ix_((chance < below) & ~self.hosted_beside[rows], columns)] = 0
        return inputs

    def worth_hiding(self):
        """The groups of kin with tables of their own; the others have a few shapes of one model each."""
        return [names for names in self.kin() if self.named[self.of(names)].any() or names == ["rtxpro6000"]]

    def host_bound(self):
        """Rows of tables (a device, format and engine) whose shortest time is that of the host: no data sheet of a GPU tells it."""
        table = self.device * len(self.groups) + self.group
        least = np.full(len(self.devices) * len(self.groups), np.inf)
        np.minimum.at(least, table, self.seconds)
        return least[table] * 1e6 >= HOST_US

    def beside_device_time(self):
        """Rows of tables that hold the time of a host where another engine's table of the device and format holds none.

        Without the name of an engine the time of the device is asked for, so these are never learned from without theirs.
        """
        kinds = {}
        hosted = self.host_bound()
        for device, group in {*zip(self.device.tolist(), self.group.tolist())}:
            own = (self.device == device) & (self.group == group)
            kinds.setdefault((device, self.groups[group].rsplit(" ", 1)[0]), []).append((own, bool(hosted[own][0])))
        beside = np.zeros(len(hosted), bool)
        for tables in kinds.values():
            if not all(held for _, held in tables):
                for own, held in tables:
                    beside |= own & held
        return beside

    def of(self, names):
        return np.isin(self.device, [self.devices.index(name) for name in names if name in self.devices])

    def weights(self, rows):
        """Devices weigh by a power of their number of rows, so that a long table does not drown the others; kin share."""
        counts = np.bincount(self.device[rows], minlength=len(self.devices)).astype(float)
        weight = np.maximum(counts, 1) ** -0.5
        for group in self.kin():
            for name in group:
                weight[self.devices.index(name)] /= len(group) ** 0.5
        chosen = weight[self.device[rows]]
        return chosen / chosen.sum()
