/** A kernel opened up, in Markdown: its launches, where every byte of shared memory comes from, and occupancy by device. */
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import { evaluate } from '../core/kernels/expression.ts';
import { type KernelOccupancy, kernelOccupancy, namedLimits } from '../core/kernels/kernel-occupancy.ts';
import type { Occupancy } from '../core/kernels/occupancy.ts';
import { bytesText } from '../core/kernels/rules/shared/bytes-text.ts';
import type { Analysis, KernelsAnalysis } from '../engine/analysis.ts';
import { workedText } from '../engine/kernel-summary.ts';
import { type KernelWork, kernelWork, tritonWork } from '../engine/kernel-work.ts';
import { messageOf } from '../engine/wording.ts';
import { workData } from './kernel-work-data.ts';
import { kernelWorkSection } from './kernel-work-section.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';
import { operatorMarkdown } from './operator.ts';
import { fileNameOf, lineOf } from './subject.ts';
import { tileMarkdown } from './tile-kernel.ts';
import { tritonData, tritonMarkdown } from './triton-kernel.ts';

/** More launches of one kernel than this are told by their number. */
const mostLaunches = 4;

function launchRows(configurations: readonly KernelConfiguration[]): string {
  const rows = configurations
    .slice(0, mostLaunches)
    .map(({ launch, template, threads, blocks, dynamicShared, block }) => [
      template.size === 0 ? '' : code([...template].map(([name, text]) => `${name} = ${text}`).join(', ')),
      launch ? `${code(launch.block.map(({ text }) => text).join(' x '))}: ${plain(workedText(threads))}` : plain(workedText(threads)),
      launch ? `${code(launch.grid.map(({ text }) => text).join(' x '))}: ${plain(workedText(blocks))}` : '',
      plain(workedText(dynamicShared, bytesText)),
      block.map((part) => plain(workedText(part))).join(' x '),
      launch?.uri === undefined ? '' : code(fileNameOf(launch.uri)),
    ]);
  const more = configurations.length - rows.length;
  // Where every launch stands in the document itself, nobody needs to be told.
  const columns = configurations.some(({ launch }) => launch?.uri !== undefined) ? 6 : 5;
  const table = tableOf(
    ['template', 'threads of a block', 'blocks of the grid', 'dynamic shared memory', 'block', 'launched in'].slice(0, columns),
    rows.map((row) => row.slice(0, columns)),
  );
  return more > 0 ? `${table}\n\nand ${more} more launches` : table;
}

function sharedRows({ kernel, scope, staticShared }: KernelConfiguration): string | undefined {
  if (kernel.shared.length === 0 && (staticShared.value ?? 0) === 0) return undefined;
  const rows = kernel.shared.map(({ name, type, dimensions, isDynamic }) => {
    const element = scope.sizeOf(type);
    const factors = dimensions.map((dimension) => evaluate(dimension, scope));
    const count = factors.every((factor) => factor !== undefined)
      ? factors.reduce((all: number, factor) => all * (factor ?? 1), 1)
      : undefined;
    const formula = isDynamic ? 'as the launch says' : code([...dimensions.map(({ text }) => `(${text})`), `sizeof(${type})`].join(' x '));
    const bytes = isDynamic ? '' : count === undefined || element === undefined ? 'unknown' : bytesText(count * element);
    return [code(name), formula, bytes];
  });
  const own = `Static in all: ${plain(workedText(staticShared, bytesText))}, functions it calls included.`;
  return rows.length === 0 ? own : `${tableOf(['shared array', 'size', 'bytes'], rows, [2])}\n\n${own}`;
}

/** "25 % at 96", and from to where the number is not certain. */
function occupancyAt({ registers, least, most }: NonNullable<KernelOccupancy['withRegisters']>): string {
  const share = ({ share: part }: Occupancy): string => `${Math.round(part * 100)}`;
  const shares = least.share === most.share ? share(least) : `${share(least)} to ${share(most)}`;
  return `${shares} % at ${registers.low === registers.high ? '' : `${registers.low} to `}${registers.high}`;
}

/** "1.50", "1.50 to 3.00" by the registers, "from 1.50" where it may be that no block fits. */
function wavesText({ waves, wavesUpTo }: KernelOccupancy): string {
  if (waves === undefined) return '';
  if (wavesUpTo === undefined) return `from ${waves.toFixed(2)}`;
  return waves === wavesUpTo ? waves.toFixed(2) : `${waves.toFixed(2)} to ${wavesUpTo.toFixed(2)}`;
}

const registersSaid = ({ compiled }: KernelConfiguration): string =>
  compiled
    ? `Registers are those of ${plain(compiled.compiler)} for ${compiled.architecture}; on other architectures it may choose others.`
    : "Registers are the compiler's to choose: above the number shown, occupancy falls. Where some are given, they are estimated from the text, and four of five kernels lie within such a band.";

/** More instances of a template than this are told by their number. */
const mostInstances = 12;

/** What the compiler said of the launches of a kernel, instance by instance; or why it said nothing. */
function compilerRows(own: readonly KernelConfiguration[], { compiler }: KernelsAnalysis): string | undefined {
  if (compiler?.kind === 'failed')
    return `${plain(compiler.compiler)} does not compile this file, so registers are estimated: ${code(compiler.why)}`;
  const instances = [...new Set(own.flatMap(({ compiled }) => compiled?.kernels ?? []))];
  const [compiled] = own.flatMap((one) => one.compiled ?? []);
  if (!compiled) return compiler ? `${plain(compiler.file.compiler)} makes nothing of it: this file instantiates it nowhere.` : undefined;
  const rows = instances
    .slice(0, mostInstances)
    .map(({ templateArguments, registers, spillStores, spillLoads, stack, shared }) => [
      templateArguments === undefined ? 'not read' : templateArguments.length === 0 ? '' : code(templateArguments.join(', ')),
      String(registers),
      spillStores + spillLoads === 0 ? 'none' : `${spillStores} bytes stored, ${spillLoads} loaded`,
      bytesText(stack),
      shared === undefined ? '' : bytesText(shared),
    ]);
  const more = instances.length - rows.length;
  const table = tableOf(['instance', 'registers', 'spills', 'stack', 'static shared memory'], rows, [1, 3, 4]);
  return `From ${plain(compiled.compiler)} for ${compiled.architecture}:\n\n${table}${more > 0 ? `\n\nand ${more} more instances` : ''}`;
}

function occupancyRows(configuration: KernelConfiguration, { devices, isDeviceNamed }: KernelsAnalysis): string | undefined {
  const rows = devices.flatMap(({ label, architecture, accelerator }) => {
    const found = kernelOccupancy(configuration, architecture, accelerator.smCount?.value);
    if (!found) return [];
    const { most, registersUpTo, withRegisters } = found;
    return [
      [
        `${plain(label)} (${architecture.id})`,
        String(most.blocks),
        `${Math.round(most.share * 100)} %`,
        namedLimits(most).join(', '),
        registersUpTo === undefined ? '' : String(registersUpTo),
        withRegisters ? occupancyAt(withRegisters) : '',
        wavesText(found),
      ],
    ];
  });
  if (rows.length === 0) return undefined;
  const table = tableOf(
    ['device', 'blocks per SM', 'occupancy', 'limited by', 'up to registers', 'with its registers', 'waves'],
    rows,
    [1, 2, 4, 6],
  );
  const devicesSaid = isDeviceNamed
    ? ''
    : ' No GPU is named, so usual ones are shown: name one in the settings or with `// rooflint: gpu=h100`.';
  return `${table}\n\n${registersSaid(configuration)}${devicesSaid}\n\nLimits: ${plain(devices[0]?.architecture.source ?? '')}.`;
}

/** What a hover or report says of one kernel of a file; undefined where there is none of that name. */
export function kernelMarkdown(analysis: KernelsAnalysis, name: string, opens = false): string | undefined {
  const tiled = analysis.tiles && tileMarkdown(analysis.tiles, analysis, name);
  if (tiled !== undefined) return tiled;
  if (analysis.triton) return tritonMarkdown(analysis.triton, analysis, name, opens);
  const own = (analysis.cuda?.configurations ?? []).filter(({ kernel }) => kernel.name === name);
  const [first] = own;
  if (!first) return undefined;
  const { mostThreads, leastBlocks, kernel } = first;
  const bounds = mostThreads
    ? `Compiled for blocks of up to ${plain(workedText(mostThreads))} threads${leastBlocks ? `, ${plain(workedText(leastBlocks))} of them per multiprocessor` : ''}.`
    : undefined;
  return sections([
    `**Kernel** ${code(kernel.name)}`,
    launchRows(own),
    bounds,
    sharedRows(first),
    compilerRows(own, analysis),
    occupancyRows(first, analysis),
    kernelWorkSection(analysis, first, opens),
  ]);
}

/** The report of a document of kernels: what was found, and every kernel opened up. */
export function kernelsReport({ uri, document, kernels }: Analysis): string | undefined {
  if (!kernels) return undefined;
  const { cuda, triton, tiles } = kernels;
  const launched = cuda?.configurations.map(({ kernel }) => kernel) ?? [];
  const names = [...(cuda?.own ?? []), ...launched, ...(triton?.file.kernels ?? []), ...(tiles?.file.kernels ?? [])].map(
    ({ name }) => name,
  );
  const rows = kernels.findings.map(({ finding, place }) => [
    finding.severity,
    String(lineOf(document.text, place.range.start)),
    plain(messageOf(finding)),
    finding.rule,
  ]);
  return sections([
    `# ${plain(fileNameOf(uri))}`,
    rows.length > 0 ? `## Findings\n\n${tableOf(['severity', 'line', 'finding', 'rule'], rows, [1])}` : undefined,
    ...[...new Set(names)].map((name) => kernelMarkdown(kernels, name, true)),
    ...(kernels.operators ?? []).map((one) => operatorMarkdown(one, kernels)),
    names.length === 0 && !kernels.operators ? 'The kernels that are launched here stand in other files.' : undefined,
  ]);
}

const dataOf = (work: KernelWork | undefined): object | null => (work ? workData(work) : null);

/** The same as plain data: one entry per launch of a kernel, or per configuration of a Triton kernel. */
export function kernelsData(kernels: KernelsAnalysis): readonly object[] {
  const { cuda, triton, tiles, devices } = kernels;
  const launches = (cuda?.configurations ?? []).map((one) => ({
    kernel: one.kernel.name,
    template: Object.fromEntries(one.template),
    threads: one.threads,
    blocks: one.blocks,
    staticShared: one.staticShared,
    dynamicShared: one.dynamicShared,
    work: dataOf(kernelWork(kernels, one)),
    ...(one.compiled ? { compiled: one.compiled } : {}),
    occupancy: devices.flatMap(({ label, architecture, accelerator }) => {
      const found = kernelOccupancy(one, architecture, accelerator.smCount?.value);
      return found
        ? [
            {
              device: label,
              architecture: architecture.id,
              ...found.most,
              registersUpTo: found.registersUpTo,
              withRegisters: found.withRegisters,
              waves: found.waves,
              wavesUpTo: found.wavesUpTo,
            },
          ]
        : [];
    }),
  }));
  const configurations = (triton?.configurations ?? []).map((one) => ({
    ...tritonData(one, devices),
    work: dataOf(tritonWork(kernels, one)),
  }));
  const tiled = (tiles?.configurations ?? []).map(({ kernel, threads, blocks, stages, shared, sharedPerStage, vmem }) => ({
    kernel: kernel.name,
    language: kernel.dialect,
    tiles: Object.fromEntries(kernel.tiles.map(({ label, shape }) => [label, shape.map(({ text }) => text)])),
    threads,
    blocks,
    stages: kernel.stages === 'auto' ? 'auto' : stages,
    shared,
    sharedPerStage,
    vmem,
  }));
  return [...launches, ...configurations, ...tiled];
}
