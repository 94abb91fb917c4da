/** Which device each marked step of a Chrome trace belongs to, where the file holds several. */
import type { NamedRange } from '../core/measured/recorder.ts';
import { type Process, placeTold, type SortedDevice } from './chrome-devices.ts';

export interface ChromeStep {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly pid: unknown;
  readonly onGpu: boolean;
}

/**
 * The steps, each with its device where there are several. A range on the GPU is where the kernels are; where there is none, the host's
 * stands for it: that of the same process, of the same rank, or in the same place of the order; else those of the first host.
 */
export function stepsByDevice(
  steps: readonly ChromeStep[],
  devices: readonly SortedDevice[],
  wordsOf: (process: Process) => string,
): readonly NamedRange[] {
  const onGpu = steps.filter((step) => step.onGpu);
  const ranges = onGpu.length > 0 ? onGpu : steps;
  if (devices.length <= 1) return ranges.map(({ name, start, end }) => ({ name, start, end }));
  const byProcess = new Map<Process, ChromeStep[]>();
  for (const step of ranges) {
    const process = step.pid as Process;
    const known = byProcess.get(process);
    if (known) known.push(step);
    else byProcess.set(process, [step]);
  }
  const hosts = [...byProcess.keys()];
  return devices.flatMap(({ device, process, rank }, at) => {
    const told = (one: Process): boolean => rank !== undefined && placeTold(wordsOf(one)).rank === rank;
    const same = hosts.find((one) => String(one) === String(process)) ?? hosts.find(told);
    const host = same ?? (hosts.length === devices.length ? hosts[at] : hosts[0]);
    const own = host === undefined ? [] : (byProcess.get(host) ?? []);
    return own.map(({ name, start, end }) => ({ name, start, end, device }));
  });
}
