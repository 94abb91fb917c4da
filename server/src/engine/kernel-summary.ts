/** A kernel in one line, for lenses, lists and the command line. */
import type { KernelConfiguration, Worked } from '../core/kernels/configuration.ts';
import { type KernelOccupancy, kernelOccupancy, namedLimits } from '../core/kernels/kernel-occupancy.ts';
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import type { Occupancy } from '../core/kernels/occupancy.ts';
import { estimatedRegisters } from '../core/kernels/registers.ts';
import { bytesText } from '../core/kernels/rules/shared/bytes-text.ts';
import type { TileConfiguration } from '../core/kernels/tiled/configuration.ts';
import { buildsFor } from '../core/kernels/triton/compiled.ts';
import type { TritonConfiguration } from '../core/kernels/triton/configuration.ts';
import type { TritonKernel } from '../core/kernels/triton/facts.ts';
import { estimatedTritonRegisters, sharedOn } from '../core/kernels/triton/resources.ts';
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

const shortName = ({ label }: KernelDevice): string => label.replace(/^NVIDIA |^AMD (?:Instinct )?/, '');

/** "96", "64 to 96". */
const rangeText = (low: number, high: number): string => (low === high ? String(low) : `${low} to ${high}`);

/** "registers 96 (nvcc 12.4, sm_90), spills 16 bytes per thread". */
export function compiledText({ compiled }: KernelConfiguration): string | undefined {
  if (!compiled) return undefined;
  const { compiler, architecture, kernels } = compiled;
  const counts = kernels.map(({ registers }) => registers);
  const spilled = Math.max(...kernels.map(({ spillStores }) => spillStores));
  const spills = spilled === 0 ? '' : `, spills ${spilled} bytes per thread`;
  return `registers ${rangeText(Math.min(...counts), Math.max(...counts))} (${compiler}, ${architecture})${spills}`;
}

/** "about 24 to 40 registers", the most and the fewest on the devices looked at; nothing where the compiler has spoken. */
export function estimatedText(configuration: KernelConfiguration, devices: readonly KernelDevice[]): string | undefined {
  if (configuration.compiled) return undefined;
  const ranges = devices.flatMap(({ architecture }) => estimatedRegisters(configuration, architecture) ?? []);
  if (ranges.length === 0) return undefined;
  return `about ${rangeText(Math.min(...ranges.map(({ low }) => low)), Math.max(...ranges.map(({ high }) => high)))} registers`;
}

interface FoundOccupancy extends KernelOccupancy {
  readonly device: KernelDevice;
}

const whereText = (found: readonly { readonly device: KernelDevice }[]): string => {
  const [only, ...others] = found;
  return only && others.length === 0 ? shortName(only.device) : `${found.length} usual GPUs`;
};

/** "occupancy 50 to 67 % (blocks)", over several devices. */
function sharesText(found: readonly Occupancy[], limitsOf: (one: Occupancy) => readonly string[], about = ''): string {
  const shares = found.map(({ share }) => Math.round(share * 100));
  const limits = [...new Set(found.flatMap(limitsOf))].join(', ');
  return `occupancy ${about}${rangeText(Math.min(...shares), Math.max(...shares))} % (${limits})`;
}

/** On the devices the compiler compiled for: what runs. */
function exactText(found: readonly FoundOccupancy[]): string | undefined {
  const exact = found.flatMap(({ device, withRegisters }) => (withRegisters?.registers.isExact ? [{ device, ...withRegisters }] : []));
  if (exact.length === 0) return undefined;
  const all = exact.flatMap(({ least, most }) => [least, most]);
  if (all.some(({ blocks }) => blocks === 0)) return `does not fit on ${whereText(exact)}`;
  return `${sharesText(all, ({ limitedBy }) => limitedBy)} on ${whereText(exact)}`;
}

/** "occupancy about 17 to 33 % (registers)", where the estimate of registers leaves less than threads and shared memory do. */
function estimatedShares(found: readonly FoundOccupancy[]): string | undefined {
  const estimates = found.flatMap(({ withRegisters }) => withRegisters ?? []);
  if (estimates.length < found.length || found.every(({ most, withRegisters }) => withRegisters?.least.blocks === most.blocks))
    return undefined;
  const fitting = estimates.flatMap(({ least, most }) => [least, most]).filter(({ blocks }) => blocks > 0);
  if (fitting.length === 0) return 'no block fits with so many registers';
  const none = estimates.some(({ least }) => least.blocks === 0) ? ', or no block fits' : '';
  return `${sharesText(fitting, ({ limitedBy }) => limitedBy, 'about ')}${none}`;
}

/**
 * "occupancy 50 to 67 % (blocks) up to 64 registers", on the GPU that is named or on all usual ones together: a lens has one
 * line, the hover has them one by one. With a compiler's word, what it comes to on the GPU that was compiled for; with an
 * estimate of registers that lowers it, what is left.
 */
export function occupancyText(configuration: KernelConfiguration, devices: readonly KernelDevice[]): string | undefined {
  const found = devices.flatMap((device) => {
    const occupancy = kernelOccupancy(configuration, device.architecture, undefined);
    return occupancy ? [{ device, ...occupancy }] : [];
  });
  if (found.length === 0) return undefined;
  const exact = exactText(found);
  if (exact !== undefined) return exact;
  const fitting = found.filter(({ most }) => most.blocks > 0);
  const misfits = found.filter(({ most }) => most.blocks === 0);
  const parts: string[] = [];
  if (fitting.length > 0) {
    const registers = Math.min(...fitting.map(({ registersUpTo = 0 }) => registersUpTo));
    const shares = sharesText(
      fitting.map(({ most }) => most),
      namedLimits,
    );
    parts.push(`${estimatedShares(fitting) ?? `${shares} up to ${registers} registers`} on ${whereText(fitting)}`);
  }
  if (misfits.length > 0) parts.push(`does not fit on ${misfits.map(({ device }) => shortName(device)).join(', ')}`);
  return parts.join(' · ');
}

/** "registers 96 to 168 (ptxas 12.8, sm_90), spills up to 16 bytes per thread", of the configurations that Triton has built. */
function builtText(own: readonly TritonConfiguration[], devices: readonly KernelDevice[]): string | undefined {
  const architectures = devices.map(({ architecture }) => architecture.id);
  const [found] = architectures.flatMap((id) => {
    const builds = own.flatMap((one) => buildsFor(one, id));
    return builds.length > 0 ? [{ id, builds }] : [];
  });
  if (!found) return undefined;
  const counts = found.builds.map(({ registers }) => registers);
  const spilled = Math.max(...found.builds.map(({ spillStores }) => spillStores));
  const compiler = own.flatMap(({ compiled }) => compiled?.compiler ?? [])[0] ?? '';
  const spills = spilled === 0 ? '' : `, spills up to ${spilled} bytes per thread`;
  return `registers ${rangeText(Math.min(...counts), Math.max(...counts))} (${compiler}, ${found.id})${spills}`;
}

/** "about 40 to 96 registers", over all configurations and the devices looked at. */
function estimatedTritonText(own: readonly TritonConfiguration[], devices: readonly KernelDevice[]): string | undefined {
  const ranges = own.flatMap((one) => devices.flatMap(({ architecture }) => estimatedTritonRegisters(one, architecture) ?? []));
  if (ranges.length === 0) return undefined;
  return `about ${rangeText(Math.min(...ranges.map(({ low }) => low)), Math.max(...ranges.map(({ high }) => high)))} registers`;
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
  const over = own.filter((one) => devices.every(({ architecture }) => (sharedOn(one, architecture)?.least ?? 0) > most)).length;
  const beyond = over === 0 ? undefined : `${over} of them beyond ${bytesText(most)}`;
  return [tuned, `${warps} warps`, builtText(own, devices) ?? estimatedTritonText(own, devices), memory, beyond]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** A kernel of a tile language: what a block has, and where that is too much. */
export function tileSummary(
  { kernel, threads, stages, shared, sharedPerStage, vmem }: TileConfiguration,
  devices: readonly KernelDevice[],
): string {
  const tiles = kernel.tiles.map(({ label, shape }) => `${label} ${shape.map(({ text }) => text).join('x')}`);
  const count = threads.value === undefined ? undefined : `${threads.value} threads`;
  const staged = kernel.stages === 'auto' ? 'stages as many as fit' : kernel.stages && `${workedText(stages ?? threads)} stages`;
  const most = Math.max(...devices.map(({ architecture }) => architecture.sharedPerBlockOptIn));
  const perStage = sharedPerStage.value ? `${bytesText(sharedPerStage.value)} shared for each stage` : undefined;
  const whole =
    kernel.dialect === 'pallas'
      ? undefined
      : shared.value
        ? `${bytesText(shared.value)} shared`
        : `shared memory depends on ${shared.unknown.join(', ')}`;
  const memory = kernel.stages === 'auto' ? perStage : shared.value === 0 ? 'no shared memory' : whole;
  const fast =
    kernel.dialect === 'pallas'
      ? vmem.value
        ? `${bytesText(vmem.value)} of VMEM`
        : `VMEM depends on ${vmem.unknown.join(', ')}`
      : undefined;
  const beyond = shared.value !== undefined && shared.value > most && kernel.stages !== 'auto' ? `beyond ${bytesText(most)}` : undefined;
  return [...tiles, count, staged, memory, fast, beyond].filter((part) => part !== undefined && part !== '').join(' · ');
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
  const registers = compiledText(configuration) ?? estimatedText(configuration, devices);
  return [size, sharedText(configuration), registers, occupancyText(configuration, devices)]
    .filter((part) => part !== undefined)
    .join(' · ');
}
