/**
 * What the learned models know of a device: figures of its data sheet alone, so that one never measured can be asked about.
 * A figure its sheet lacks is taken from the sheet of the same architecture whose 16-bit rate is nearest.
 */
import type { Accelerator } from '../core/hardware.ts';
import { architectureOf } from '../data/architectures.ts';

/** Chips whose kernels were measured at length. */
export const chips = ['a100', 'h100', 'l40s', 'b200', 'gb200', 'gb300', 'b60'] as const;
export type Chip = (typeof chips)[number];

export interface DeviceFigures {
  readonly id: string;
  readonly label: string;
  readonly vendor: 'nvidia' | 'amd' | 'intel';
  /** Dense matrix rates in FLOP/s; a format the device lacks has the rate of the next wider one. */
  readonly half: number;
  readonly single: number;
  readonly tf32: number;
  readonly fp8: number;
  readonly int8: number;
  readonly fp4: number;
  /** False where 8-bit floating point or 4-bit formats have no matrix units of their own. */
  readonly hasFp8: boolean;
  readonly hasFp4: boolean;
  /** Bytes per second of device memory. */
  readonly bandwidth: number;
  readonly multiprocessors: number;
  readonly l2: number;
  /** Bytes per second that all multiprocessors together take from the L2. */
  readonly cacheBandwidth: number;
  /** Whether groups of warps issue products that run beside them (compute capability 9 and 10). */
  readonly groupProducts: boolean;
  readonly watts: number;
  /** One direction to the other GPUs of a node. */
  readonly link: number;
  /** True with NVLink and its like, false over PCIe. */
  readonly linked: boolean;
  /** The measured chip it shares its multiprocessors with, absent where none was measured. */
  readonly chip: Chip | undefined;
  /** Whether this very device was measured. */
  readonly measured: boolean;
}

const measuredIds: Readonly<Record<string, Chip>> = {
  'nvidia-a100-sxm-80gb': 'a100',
  'nvidia-h100-sxm-80gb': 'h100',
  'nvidia-l40s': 'l40s',
  'nvidia-b200-sxm-180gb': 'b200',
  'nvidia-gb200': 'gb200',
  'nvidia-gb300': 'gb300',
  'intel-arc-pro-b60': 'b60',
  // A few products and attention kernels in 16 bits: they train what is known of the chip they are likened to.
  'nvidia-rtx-4090': 'l40s',
  'nvidia-rtx-pro-6000-blackwell': 'l40s',
};

/** The chip under whose name the rows of a measured device trained. */
export const measuredChip = (id: string): Chip | undefined => measuredIds[id];

/**
 * NVIDIA chips by compute capability: the multiprocessors are the same, whatever memory and clocks go with them. Those of 12.0
 * lack the tensor memory and the warp-group products of 10.0 and issue products as Ada does, beside a large L2 and graphics memory.
 */
const byCapability: Readonly<Record<string, Chip>> = {
  '8': 'a100',
  '8.9': 'l40s',
  '9': 'h100',
  '10': 'b200',
  '10.3': 'gb300',
  '12': 'l40s',
};

const chipOf = (accelerator: Accelerator): Chip | undefined =>
  measuredIds[accelerator.id] ?? byCapability[String(accelerator.computeCapability)];

const vendors: Readonly<Record<string, DeviceFigures['vendor']>> = { nvidia: 'nvidia', amd: 'amd', intel: 'intel' };

const halfRate = (accelerator: Accelerator): number | undefined => (accelerator.peak.bf16 ?? accelerator.peak.fp16)?.value;

/** A figure of this sheet, or of the nearest sheet of the architecture that has it. */
function figure(
  accelerator: Accelerator,
  sheets: readonly Accelerator[],
  read: (sheet: Accelerator) => number | undefined,
): number | undefined {
  const own = read(accelerator);
  if (own !== undefined) return own;
  const rate = Math.log(halfRate(accelerator) ?? 1);
  const distance = (sheet: Accelerator): number => Math.abs(Math.log(halfRate(sheet) ?? 1) - rate);
  const kin = sheets.filter((sheet) => sheet.architecture.split(' ')[0] === accelerator.architecture.split(' ')[0]);
  const known = kin.filter((sheet) => read(sheet) !== undefined).sort((a, b) => distance(a) - distance(b));
  return known[0] && read(known[0]);
}

/** Bytes that a multiprocessor takes from the L2 in one clock, on every GPU of the tables. */
const cacheBytesPerClock = 64;
/** Clocks per second of a GPU whose sheets do not let it be worked out. */
const usualClock = 2e9;

/** Clocks per second: the single-precision peak of a sheet shared out to its lanes. */
function clockOf(sheet: Accelerator): number | undefined {
  const [peak, multiprocessors, lanes] = [sheet.peak.fp32?.value, sheet.smCount?.value, architectureOf(sheet)?.vectorLanes];
  return peak && multiprocessors && lanes ? peak / (2 * lanes * multiprocessors) : undefined;
}

const hasGroupProducts = ({ computeCapability }: Accelerator): boolean =>
  computeCapability !== undefined && computeCapability >= 9 && computeCapability < 12;

/** The figures of a GPU, or why the models cannot speak about it. */
export function deviceFigures(accelerator: Accelerator, sheets: readonly Accelerator[]): DeviceFigures | string {
  const vendor = vendors[accelerator.vendor.toLowerCase()];
  const of = (read: (sheet: Accelerator) => number | undefined) => figure(accelerator, sheets, read);
  const half = of(halfRate);
  const multiprocessors = of((sheet) => sheet.smCount?.value);
  if (vendor === undefined || multiprocessors === undefined)
    return `${accelerator.label} is not a GPU of the kind the kernels were measured on`;
  if (half === undefined) return `the data sheet of ${accelerator.label} has no 16-bit matrix rate`;
  const own8 = accelerator.peak.fp8?.value;
  const own4 = accelerator.peak.fp4?.value;
  return {
    id: accelerator.id,
    label: accelerator.label,
    vendor,
    half,
    // Sixteenths and halves of the 16-bit rate, as on A100, where no sheet of the architecture has the figure.
    single: of((sheet) => sheet.peak.fp32?.value) ?? half / 16,
    tf32: of((sheet) => sheet.peak.tf32?.value) ?? half / 2,
    fp8: own8 ?? half,
    int8: accelerator.peak.int8?.value ?? own8 ?? half,
    fp4: own4 ?? own8 ?? half,
    hasFp8: own8 !== undefined,
    hasFp4: own4 !== undefined,
    bandwidth: accelerator.memory.bandwidth.value,
    multiprocessors,
    l2: of((sheet) => sheet.l2?.value) ?? 6 * 2 ** 20,
    cacheBandwidth: cacheBytesPerClock * multiprocessors * (of(clockOf) ?? usualClock),
    groupProducts: hasGroupProducts(accelerator),
    watts: of((sheet) => sheet.tdpWatts?.value) ?? 300,
    link: accelerator.scaleUp?.bandwidth.value ?? accelerator.pcie?.value ?? 32e9,
    linked: accelerator.scaleUp !== undefined,
    chip: chipOf(accelerator),
    measured: accelerator.id in measuredIds,
  };
}
