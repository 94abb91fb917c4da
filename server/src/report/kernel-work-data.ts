/** What a kernel computes and moves, as plain data: formulas, numbers where every size is known, and times by device. */

import type { Polynomial } from '../core/kernels/intensity/polynomial.ts';
import { textOf } from '../core/kernels/intensity/polynomial.ts';
import { numberOf } from '../core/kernels/intensity/setting.ts';
import { countTerms, timeTerm } from '../engine/kernel-terms.ts';
import type { KernelWork } from '../engine/kernel-work.ts';

export function workData(work: KernelWork): object {
  const { flops, asked, compulsory, counting, notes } = work.intensity;
  const count = (of: Polynomial) => ({ formula: textOf(of), value: numberOf(of, counting) ?? null });
  return {
    flops: flops.map(({ unit, format, count: of }) => ({ unit, format, ...count(of) })),
    asked: { read: count(asked.read), written: count(asked.written) },
    least: { read: count(compulsory.read), written: count(compulsory.written) },
    sizes: work.sizes.map(({ name, value, from }) => ({ name, value: value ?? null, from })),
    notes,
    terms: countTerms(work),
    devices: work.roofs.map(({ device, roof, running }) => ({
      device: device.label,
      intensity: roof.intensity,
      ridge: roof.ridge,
      bound: roof.time.bound,
      unit: roof.unit,
      format: roof.format,
      seconds: roof.time.seconds,
      low: roof.low,
      high: roof.high,
      blocksPerMultiprocessor: running?.occupancy.blocks ?? null,
      registers: running?.registers ?? null,
      term: timeTerm({ device, roof, ...(running ? { running } : {}) }),
    })),
  };
}
