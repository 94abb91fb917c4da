/** The numbers of a kernel as terms: each with the formula in the kernel's own names, the sizes put in, and its source. */

import type { DeviceRoof } from '../core/kernels/intensity/device-roofs.ts';
import { type Polynomial, sum, textOf } from '../core/kernels/intensity/polynomial.ts';
import type { Roofline } from '../core/kernels/intensity/roofline.ts';
import { numberOf } from '../core/kernels/intensity/setting.ts';
import type { KernelPart } from '../core/kernels/kernel-time.ts';
import type { Term, TermInput } from '../core/term.ts';
import type { Unit } from '../core/units.ts';
import type { KernelWork } from './kernel-work.ts';

const countSource = 'counted from the loops of the kernel; tails of last tiles are ignored';
const timeSource = 'core/kernels/kernel-time.ts, parameters in docs/model/parameters.md';

function inputsOf(count: Polynomial, { sizes }: KernelWork): readonly TermInput[] {
  const text = textOf(count);
  return sizes.flatMap(({ name, value, from }) => (value !== undefined && text.includes(name) ? [{ name, value, from }] : []));
}

function countTerm(id: string, label: string, unit: Unit, count: Polynomial, work: KernelWork, more: Partial<Term> = {}): Term {
  const value = numberOf(count, work.intensity.counting) ?? 0;
  return { id, label, value, unit, formula: textOf(count), inputs: inputsOf(count, work), source: countSource, ...more };
}

const unitNames = { vector: 'vector units', matrix: 'matrix units' } as const;

/** FLOPs and bytes of one launch; empty while a size is open. */
export function countTerms(work: KernelWork): readonly Term[] {
  if (!work.counted) return [];
  const { flops, asked, compulsory, traffic } = work.intensity;
  const arrays = (kinds: readonly string[]): readonly Term[] =>
    traffic
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ array, bytes, asked: count }, at) => countTerm(`kernel.asked.${at}`, `${array}, ${bytes} bytes an access`, 'B', count, work));
  return [
    countTerm('kernel.flops', 'FLOPs', 'FLOP', sum(...flops.map(({ count }) => count)), work, {
      combine: 'sum',
      children: flops.map(({ unit, format, count }) =>
        countTerm(`kernel.flops.${unit}.${format}`, `${format} on ${unitNames[unit]}`, 'FLOP', count, work),
      ),
    }),
    countTerm('kernel.asked.read', 'read, whole sectors', 'B', asked.read, work, { combine: 'sum', children: arrays(['read', 'atomic']) }),
    countTerm('kernel.asked.written', 'written, whole sectors', 'B', asked.written, work, {
      combine: 'sum',
      children: arrays(['write', 'atomic']),
    }),
    countTerm('kernel.least.read', 'read, each element once', 'B', compulsory.read, work),
    countTerm('kernel.least.written', 'written, each element once', 'B', compulsory.written, work),
  ];
}

const partNames: Readonly<Record<KernelPart, string>> = {
  arithmetic: 'arithmetic',
  loads: 'load/store units and banks',
  cache: "the device's cache",
  memory: 'device memory',
  barriers: 'barriers',
  steps: 'steps of one thread, each waiting for the one before',
  'block starts': 'starting blocks',
};

export const boundText = ({ time, unit, format }: Roofline): string =>
  time.bound === 'arithmetic'
    ? `compute-bound (${format} on ${unitNames[unit]})`
    : time.bound === 'memory'
      ? 'memory-bound'
      : `bound by ${partNames[time.bound]}`;

type Registers = NonNullable<DeviceRoof['running']>['registers'];

function registersText(registers: Registers): string {
  if (!registers) return 'threads and shared memory; registers are not known';
  const { low, high, isExact } = registers;
  return `${low === high ? low : `${low} to ${high}`} registers ${isExact ? 'by the compiler' : 'by the estimate'}`;
}

const bandBasis = (registers: Registers): string =>
  `p90 error of published times of kernels written by hand (docs/accuracy.md)${registers && registers.low < registers.high ? ', and what the range of registers leaves' : ''}`;

/** The time on one device, with its parts. */
export function timeTerm({ device: { label }, roof, running }: DeviceRoof): Term {
  const { time, low, high, peak, bandwidth, format } = roof;
  const parts = (Object.keys(time.parts) as KernelPart[]).filter((part) => time.parts[part] > 0);
  return {
    id: 'kernel.time',
    label: `time on ${label}`,
    value: time.seconds,
    unit: 's',
    formula: 'longest part + exposed share x (the others) + floor',
    inputs: [
      { name: 'peak', value: peak, from: `${format} of the data sheet of ${label}` },
      { name: 'bandwidth', value: bandwidth, from: `data sheet of ${label}` },
      ...(running ? [{ name: 'blocks per multiprocessor', value: running.occupancy.blocks, from: registersText(running.registers) }] : []),
    ],
    source: timeSource,
    band: { low, high, basis: bandBasis(running?.registers) },
    children: parts.map((part) => ({ id: `kernel.time.${part}`, label: partNames[part], value: time.parts[part], unit: 's' as const })),
    combine: 'none',
  };
}
