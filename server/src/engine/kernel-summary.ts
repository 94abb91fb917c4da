/** A kernel in one line, for lenses, lists and the command line. */
import type { KernelConfiguration, Worked } from '../core/kernels/configuration.ts';
import { kernelOccupancy, namedLimits } from '../core/kernels/kernel-occupancy.ts';
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import { bytesText } from '../core/kernels/rules/shared/bytes-text.ts';
import type { TritonKernel } from '../core/kernels/triton/facts.ts';
import { pipelinedShared } from '../core/kernels/triton/shared-memory.ts';
import type { TritonKernels } from './analysis.ts';

/** A size, or what it depends on. */
export function workedText({ value, unknown }: Worked, spell: (value: number) => string = String): string {
  if (value !== undefined) return spell(value);
  return unknown.length === 0 ? 'unknown' : `depends on ${unknown.join(', ')}`;
}

/** Shared memory of a block, both kinds together. */
export function sharedText({ staticShared, dynamicShared }: KernelConfiguration): string {
  if (staticShared.value !== undefined && dynamicShared.value !== undefined) {
    const bytes = staticShared.value + dynamicShared.value;
    return bytes === 0 ? 'no shared memory' : `${bytesText(bytes)} shared`;
  }
  const unknown = [...new Set([...staticShared.unknown, ...dynamicShared.unknown])];
  return `shared memory depends on ${unknown.join(', ')}`;
}

/** "50 % on A100, H100; 67 % on L40S", with what limits it. */
export function occupancyText(configuration: KernelConfiguration, devices: readonly KernelDevice[]): string | undefined {
  const by = new Map<string, string[]>();
  for (const { label, architecture } of devices) {
    const found = kernelOccupancy(configuration, architecture, undefined);
    if (!found) return undefined;
    const { most, registersUpTo } = found;
    const words =
      most.blocks === 0
        ? `does not fit (${namedLimits(most).join(', ')})`
        : `${Math.round(most.share * 100)} % (${namedLimits(most).join(', ')}) up to ${registersUpTo ?? 0} registers`;
    by.set(words, [...(by.get(words) ?? []), label.replace(/^NVIDIA |^AMD (?:Instinct )?/, '')]);
  }
  return `occupancy ${[...by].map(([words, labels]) => `${words} on ${labels.join(', ')}`).join('; ')}`;
}

/** A Triton kernel: how many configurations, and what the tiles take. */
export function tritonSummary(kernel: TritonKernel, { configurations }: TritonKernels, devices: readonly KernelDevice[]): string {
  const own = configurations.filter((one) => one.kernel === kernel);
  const tuned = kernel.autotune
    ? `${own.length} configuration${own.length === 1 ? '' : 's'}${kernel.autotune.isComplete ? '' : ' read'}`
    : undefined;
  const warps = [...new Set(own.map(({ numWarps }) => numWarps))].toSorted((a, b) => a - b).join(', ');
  const shared = own.flatMap((one) => pipelinedShared(one, 2)?.most ?? []);
  const memory = shared.length === 0 ? undefined : `up to ${bytesText(Math.max(...shared))} of 16-bit tiles in shared memory`;
  const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
  const over = own.filter((one) => (pipelinedShared(one, 2)?.least ?? 0) > most).length;
  const beyond = over === 0 ? undefined : `${over} of them beyond ${bytesText(most)}`;
  return [tuned, `${warps} warps`, memory, beyond].filter((part) => part !== undefined).join(' · ');
}

/** One launch of a kernel. */
export function configurationSummary(configuration: KernelConfiguration, devices: readonly KernelDevice[]): string {
  const { threads } = configuration;
  const size =
    threads.from === 'nothing'
      ? 'no launch found'
      : threads.value === undefined
        ? `threads ${workedText(threads)}`
        : `${threads.value} threads${threads.from === 'bounds' ? ' by its bounds' : ''}`;
  return [size, sharedText(configuration), occupancyText(configuration, devices)].filter((part) => part !== undefined).join(' · ');
}
