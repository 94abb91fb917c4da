/**
 * From the spellings of `hardware` in published rows to a cluster. Every guess is returned as an assumption.
 */
import type { Assumption } from '../core/estimate.ts';
import type { Accelerator, Cluster, Network } from '../core/hardware.ts';
import { GBps, GiB } from '../core/units.ts';
import type { NodeSheet } from '../data/index.ts';
import type { Catalog } from './catalog.ts';
import type { CaseInput } from './row.ts';

/** Names that say less than a data sheet needs, and what they are taken for. */
const vague: readonly (readonly [RegExp, string, string])[] = [
  [/^a100$/i, 'nvidia-a100-sxm-80gb', 'A100 without a memory size is taken as the 80 GB SXM one'],
  [/^v100$/i, 'nvidia-v100-sxm-32gb', 'V100 without a memory size is taken as the 32 GB SXM one'],
  [/^gh200/i, 'nvidia-gh200-96gb', 'GH200 is taken as the 96 GB one'],
  [/h100 presumed/i, 'nvidia-h100-sxm-80gb', 'the GPU is not stated; H100 is presumed by the row'],
  [/a6000 ada/i, 'nvidia-rtx-6000-ada', 'taken as RTX 6000 Ada'],
];

export interface MappedHardware {
  readonly cluster: Cluster;
  /** False when the row names no GPU and one was put in so that memory can still be told. */
  readonly gpuKnown: boolean;
  readonly assumptions: readonly Assumption[];
}

/** The cluster of a row, or why there is none. */
export function clusterOf(input: CaseInput, catalog: Catalog): MappedHardware | { readonly refused: string } {
  const hardware = input.hardware ?? {};
  const assumptions: Assumption[] = [];
  const written = hardware.gpu ?? '';
  if (/ascend|xpu|trainium/i.test(written)) return { refused: `the accelerator "${written}" has no data sheet here` };
  const node = nodeOf(input, catalog);
  const found =
    dieOf(lookUp(written, catalog, assumptions), input, catalog, assumptions) ?? (node && catalog.findAccelerator(node.accelerator));
  const fallback = found ?? stranger(hardware.gpu_mem_gib, catalog, assumptions, written);
  if (!fallback) return { refused: `the accelerator "${written}" is not in the data sheets` };
  const accelerator = withCap(withLinks(withMemory(fallback, hardware.gpu_mem_gib, written, assumptions), input), written);
  const gpus = Math.max(1, hardware.gpus ?? parallelProduct(input));
  const usual = node?.accelerator === accelerator.id ? node : catalog.usualNode(accelerator);
  const gpusPerNode = nodeSize(input, gpus, usual, assumptions);
  const network = catalog.findNetwork(usual?.network ?? 'infiniband-ndr-400');
  const scaleOut = scaleOutOf(input, accelerator, gpusPerNode, network, catalog, assumptions);
  if (!scaleOut) return { refused: 'no data sheet of a network between nodes is at hand' };
  const learned = catalog.learned?.(accelerator);
  return {
    cluster: {
      accelerator,
      gpusPerNode,
      nodes: Math.max(1, Math.ceil(gpus / gpusPerNode)),
      scaleOut,
      ...(learned ? { learned } : {}),
    },
    gpuKnown: found !== undefined,
    assumptions,
  };
}

/** A power limit below that of the data sheet, as submissions state it beside the name. */
function withCap(accelerator: Accelerator, written: string): Accelerator {
  const watts = Number(/(?:power cap|@) ?(\d+) ?W/i.exec(written)?.[1] ?? Number.NaN);
  if (!(watts > 0)) return accelerator;
  return { ...accelerator, tdpWatts: { value: watts, unit: 'W', source: 'the row', kind: 'datasheet' } };
}

/** Eight MI250X in a node, or 64 GB each, are the two dies of four modules: software counts them as GPUs. */
function dieOf(found: Accelerator | undefined, input: CaseInput, catalog: Catalog, assumptions: Assumption[]): Accelerator | undefined {
  const { gpus_per_node: perNode = 0, gpu_mem_gib: memory } = input.hardware ?? {};
  if (found?.id !== 'amd-mi250x' || (perNode < 8 && memory !== 64)) return found;
  const die = catalog.findAccelerator('amd-mi250x-gcd');
  if (die) assumptions.push({ field: 'cluster.gpu', value: die.label, why: 'eight in a node: each die of a module counts as a GPU' });
  return die ?? found;
}

/** The machine a row names: as the GPU, as the system, or in brackets of its remark. */
function nodeOf(input: CaseInput, catalog: Catalog): NodeSheet | undefined {
  const { gpu, system } = input.hardware ?? {};
  const remarks = [...(input.note ?? '').matchAll(/\(([^()]{2,40})\)/g)].map(([, words]) => words);
  return [gpu, system, ...remarks].map((name) => catalog.findNode(name ?? '')).find((node) => node !== undefined);
}

function lookUp(written: string, catalog: Catalog, assumptions: Assumption[]): Accelerator | undefined {
  const bare = written.replace(/\(.*?\)/g, ' ').trim();
  for (const [pattern, id, why] of vague) {
    if (!pattern.test(bare) && !pattern.test(written)) continue;
    const found = catalog.findAccelerator(id);
    if (found) assumptions.push({ field: 'cluster.gpu', value: found.label, why });
    return found;
  }
  if (/not stated|unstated|class/i.test(written) || bare === '') return undefined;
  return catalog.findAccelerator(written) ?? catalog.findAccelerator(bare) ?? catalog.findAccelerator(bare.split(/\s+/)[0] ?? '');
}

/** A card that has no data sheet here: its capacity is in the row, its speed is unknown. */
function stranger(memoryGiB: number | undefined, catalog: Catalog, assumptions: Assumption[], written: string): Accelerator | undefined {
  if (memoryGiB === undefined && !/not stated|unstated|^$/i.test(written)) return undefined;
  const stand = catalog.findAccelerator('nvidia-a100-sxm-80gb');
  if (stand) {
    assumptions.push({
      field: 'cluster.gpu',
      value: stand.label,
      why: 'the GPU is not stated; used for memory only, so no time is predicted',
    });
  }
  return stand;
}

/**
 * Takes the capacity the row states when it differs from the data sheet: a stated "80" is the name of the card, while
 * "79.19 GiB reported" is what the driver offers.
 */
function withMemory(accelerator: Accelerator, memoryGiB: number | undefined, written: string, assumptions: Assumption[]): Accelerator {
  if (memoryGiB === undefined) return accelerator;
  const reported = /reported|implied/i.test(written) || !Number.isInteger(memoryGiB);
  const stated = GiB(memoryGiB);
  const { capacity, bandwidth } = accelerator.memory;
  if (!reported && Math.abs(stated / capacity.value - 1) <= 0.08) return accelerator;
  assumptions.push({ field: 'cluster.gpu', value: `${memoryGiB} GiB`, why: 'the capacity stated in the row replaces the data sheet' });
  const figure = { value: stated, unit: 'GiB', source: 'hardware.gpu_mem_gib of the row', kind: 'measured' } as const;
  return { ...accelerator, memory: { capacity: figure, bandwidth, ...(reported ? { usable: figure } : {}) } };
}

/** Links the row tells of: a bridge between pairs of cards, or slices of a torus, at whose end the links end. */
function withLinks(accelerator: Accelerator, input: CaseInput): Accelerator {
  const { bridge } = accelerator;
  if (bridge && /nvlink|bridge/i.test(input.hardware?.intra ?? '')) {
    const links = { kind: 'NVLink bridge', bandwidth: bridge.bandwidth, domainGpus: bridge.gpus, wiring: 'direct' as const };
    return { ...accelerator, scaleUp: links };
  }
  const { slices, gpus } = (input.hardware ?? {}) as Record<string, unknown>;
  const up = accelerator.scaleUp;
  if (typeof slices !== 'number' || typeof gpus !== 'number' || slices <= 1 || up?.wiring !== 'torus') return accelerator;
  return { ...accelerator, scaleUp: { ...up, domainGpus: Math.max(1, Math.round(gpus / slices)) } };
}

function parallelProduct(input: CaseInput): number {
  const { tp = 1, pp = 1, cp = 1, dp = 1 } = input.parallel ?? {};
  return tp * pp * cp * dp;
}

function nodeSize(input: CaseInput, gpus: number, node: NodeSheet | undefined, assumptions: Assumption[]): number {
  const { gpus_per_node: stated, intra = '' } = input.hardware ?? {};
  if (/nvl72/i.test(intra)) return Math.min(72, gpus);
  if (stated !== undefined && stated >= 1) return Math.min(stated, gpus);
  const usual = node?.gpusPerNode.value ?? 8;
  if (gpus > usual) assumptions.push({ field: 'cluster.gpusPerNode', value: String(usual), why: 'GPUs per node not stated' });
  return Math.min(usual, gpus);
}

/** The stated network per GPU: "400 Gb/s RDMA per GPU", "1600 Gbps RoCE per node", "4 x 100Gb RoCE"; else the usual one. */
function scaleOutOf(
  input: CaseInput,
  accelerator: Accelerator,
  gpusPerNode: number,
  common: Network | undefined,
  catalog: Catalog,
  assumptions: Assumption[],
): Network | undefined {
  const inter = input.hardware?.inter ?? '';
  const match = /(?:(\d+)\s*x\s*)?(\d+)\s*g(?:b\/?s|bps|b)\b/i.exec(inter);
  const usual = namedNetwork(inter, accelerator, catalog) ?? common;
  if (!match || !usual) {
    if (inter === '' && (input.hardware?.gpus ?? 1) > gpusPerNode && usual) {
      assumptions.push({ field: 'cluster.interconnect', value: usual.label, why: 'the network between nodes is not stated' });
    }
    return usual;
  }
  const gigabits = Number(match[1] ?? 1) * Number(match[2]);
  const perNode = /per node|config/i.test(inter) || match[1] !== undefined || (!/per gpu|[hnx]dr|cx-?7/i.test(inter) && gpusPerNode >= 8);
  return {
    ...usual,
    id: 'stated',
    label: inter,
    bandwidthPerGpu: {
      value: GBps(gigabits / 8 / (perNode ? gpusPerNode : 1)),
      unit: 'GB/s',
      source: 'hardware.inter of the row',
      kind: 'measured',
    },
  };
}

/** A network the row calls by name: "EFA" is another one on nodes of A100 than on nodes of H100. */
function namedNetwork(inter: string, accelerator: Accelerator, catalog: Catalog): Network | undefined {
  if (inter === '') return undefined;
  if (/\befa\b/i.test(inter) && /ampere/i.test(accelerator.architecture)) return catalog.findNetwork('efa-400');
  return catalog.findNetwork(inter);
}
