/** A Triton kernel opened up, in Markdown: its configurations with registers, shared memory and occupancy, and where they end in "out of resource". */
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import { bytesText } from '../core/kernels/rules/shared/bytes-text.ts';
import type { TritonConfiguration } from '../core/kernels/triton/configuration.ts';
import type { Tile } from '../core/kernels/triton/facts.ts';
import { sharedOn, tritonOccupancy, tritonRegistersOn } from '../core/kernels/triton/resources.ts';
import { accumulatorRegisters, pipelinedShared } from '../core/kernels/triton/shared-memory.ts';
import type { KernelsAnalysis, TritonKernels } from '../engine/analysis.ts';
import { tritonWorkSection } from './kernel-work-section.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';

/** More configurations of one kernel than this are told by their number. */
const mostConfigurations = 24;

const tileText = (tile: Tile | undefined): string => tile?.map(({ text }) => text).join(', ') ?? 'unknown';
const rangeText = (low: number, high: number, spell: (value: number) => string = String): string =>
  low === high ? spell(low) : `${spell(low)} to ${spell(high)}`;

/** The device whose figures a row shows: the one that Triton has built for, else the first. */
function shownDevice(configuration: TritonConfiguration, devices: readonly KernelDevice[]): KernelDevice | undefined {
  return devices.find(({ architecture }) => tritonRegistersOn(configuration, architecture)?.isExact) ?? devices[0];
}

function registersText(configuration: TritonConfiguration, { architecture }: KernelDevice): string {
  const registers = tritonRegistersOn(configuration, architecture);
  if (!registers) return '';
  const range = rangeText(registers.low, registers.high);
  return registers.isExact ? `${range} (${architecture.id})` : `about ${range}`;
}

function spillsText({ compiled }: TritonConfiguration): string {
  if (!compiled) return '';
  const spilled = Math.max(...compiled.builds.map(({ spillStores }) => spillStores));
  return spilled === 0 ? 'none' : `${spilled} bytes`;
}

function sharedText(configuration: TritonConfiguration, { architecture }: KernelDevice): string {
  const shared = sharedOn(configuration, architecture);
  if (!shared) return '';
  const range = rangeText(shared.least, shared.most, bytesText);
  return shared.isExact ? `${range} (${architecture.id})` : range;
}

function occupancyText(configuration: TritonConfiguration, { architecture }: KernelDevice): string {
  const found = tritonOccupancy(configuration, architecture);
  if (!found) return '';
  const [least, most] = [found.least, found.most].map(({ share }) => Math.round(share * 100));
  return `${found.registers.isExact ? '' : 'about '}${rangeText(least ?? 0, most ?? 0)} %`;
}

function rowOf(configuration: TritonConfiguration, devices: readonly KernelDevice[]): readonly string[] {
  const device = shownDevice(configuration, devices);
  const accumulator = accumulatorRegisters(configuration, device?.architecture.warpThreads ?? 32);
  const beyond = devices.filter(
    ({ architecture }) => (sharedOn(configuration, architecture)?.least ?? 0) > architecture.sharedPerBlockOptIn,
  );
  return [
    code([...configuration.values].map(([key, value]) => `${key}=${value}`).join(', ') || 'as declared'),
    String(configuration.numWarps),
    String(configuration.numStages),
    device ? sharedText(configuration, device) : '',
    accumulator === undefined ? '' : accumulator.toFixed(accumulator % 1 === 0 ? 0 : 1),
    device ? registersText(configuration, device) : '',
    spillsText(configuration),
    device ? occupancyText(configuration, device) : '',
    beyond.map(({ architecture }) => architecture.id).join(', '),
  ];
}

const headings = [
  'configuration',
  'warps',
  'stages',
  'shared memory',
  'accumulator registers',
  'registers',
  'spills',
  'occupancy',
  'out of resource on',
];
const numbers = new Set([1, 2, 3, 4, 5, 6, 7]);

/** Columns in which nothing stands are left out. */
function configurationTable(rows: readonly (readonly string[])[]): string {
  const kept = headings.flatMap((_, at) => (at < 5 || at === headings.length - 1 || rows.some((row) => row[at] !== '') ? [at] : []));
  const pick = (row: readonly string[]): string[] => kept.map((at) => row[at] ?? '');
  return tableOf(
    pick(headings),
    rows.map(pick),
    kept.flatMap((at, place) => (numbers.has(at) ? [place] : [])),
  );
}

/** What Triton's cache says, or why it says nothing. */
function cacheText(name: string, own: readonly TritonConfiguration[], { compiler }: KernelsAnalysis): string | undefined {
  if (!compiler) return undefined;
  if (compiler.kind === 'failed')
    return `${plain(compiler.compiler)} tells nothing of the builds in Triton's cache, so registers are estimated: ${code(compiler.why)}`;
  const [built] = own.flatMap(({ compiled }) => compiled ?? []);
  if (built)
    return `Registers, spills and shared memory with an architecture beside them are those of the builds in Triton's cache (${plain(built.compiler)}).`;
  return compiler.file.outdated?.includes(name)
    ? "Triton's cache has builds of this kernel, but its source has changed since they were made: they are not used."
    : undefined;
}

export function tritonMarkdown(
  { file, configurations }: TritonKernels,
  analysis: KernelsAnalysis,
  name: string,
  opens: boolean,
): string | undefined {
  const { devices, isDeviceNamed } = analysis;
  const kernel = file.kernels.find((one) => one.name === name);
  if (!kernel) return undefined;
  const own = configurations.filter((one) => one.kernel === kernel);
  const rows = own.slice(0, mostConfigurations).map((one) => rowOf(one, devices));
  const more = own.length - rows.length;
  const products = kernel.dots.map(({ left, right }) => `- ${code(`dot [${tileText(left.tile)}] x [${tileText(right.tile)}]`)}`);
  const complete =
    kernel.autotune && !kernel.autotune.isComplete
      ? 'Not all configurations could be read: some come from a helper elsewhere or depend on the machine.'
      : undefined;
  const note =
    'Shared memory: tiles that a loop loads ahead, at 16 bits per element, the least that is sure to the most; layout changes may come on top. Registers and occupancy with "about" are estimated from the blocks that are needed together: four of five kernels lie within such a band.';
  return sections([
    `**Triton kernel** ${code(name)}`,
    configurationTable(rows),
    more > 0 ? `and ${more} more` : undefined,
    complete,
    cacheText(name, own, analysis),
    products.length > 0 ? products.join('\n') : undefined,
    note,
    tritonWorkSection(analysis, own[0], opens),
    isDeviceNamed ? undefined : 'No GPU is named, so usual ones are looked at: name one in the settings or with `# rooflint: gpu=h100`.',
  ]);
}

/** One configuration as plain data. */
export function tritonData(configuration: TritonConfiguration, devices: readonly KernelDevice[]): object {
  const { kernel, values, numWarps, numStages, compiled } = configuration;
  return {
    kernel: kernel.name,
    values: Object.fromEntries(values),
    numWarps,
    numStages,
    sharedOf16BitTiles: pipelinedShared(configuration, 2),
    accumulatorRegisters: accumulatorRegisters(configuration, 32),
    ...(compiled ? { compiled } : {}),
    resources: devices.flatMap(({ label, architecture }) => {
      const [registers, shared] = [tritonRegistersOn(configuration, architecture), sharedOn(configuration, architecture)];
      const occupancy = tritonOccupancy(configuration, architecture);
      if (!registers && !shared) return [];
      const { least, most } = occupancy ?? {};
      return [{ device: label, architecture: architecture.id, registers, shared, occupancy: least && most && { least, most } }];
    }),
  };
}
