/**
 * Turns the data files, written in the units their sources print, into the types of the core. The only place where a
 * printed unit such as "GB/s" becomes a quantity. `test/data/data.test.ts` checks every file against `schema.ts`.
 */
import type { Accelerator, Figure, FigureKind, Network } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { GB, GBps, GiB, MiB, microseconds, TFLOPS } from '../core/units.ts';

export interface RawFigure {
  value: number;
  unit: string;
  source: string;
  kind: string;
  note?: string;
}

export interface RawSources {
  [key: string]: { title: string; where?: string } | undefined;
}

export interface RawScaleUp {
  kind: string;
  bandwidth: RawFigure;
  domainGpus?: number;
  wiring?: string;
  axes?: number;
  within?: readonly { gpus: number; bandwidth: RawFigure }[];
}

export interface RawAccelerator {
  id: string;
  label: string;
  vendor: string;
  architecture: string;
  aliases: readonly string[];
  computeCapability?: number;
  memory: { capacity: RawFigure; usable?: RawFigure; bandwidth: RawFigure };
  peak: { [format: string]: RawFigure | undefined };
  scaleUp?: RawScaleUp;
  peerAccess?: boolean;
  bridge?: { gpus: number; bandwidth: RawFigure };
  pcie?: RawFigure;
  tdpWatts?: RawFigure;
  smCount?: RawFigure;
  l2?: RawFigure;
  sources: RawSources;
}

export interface RawNetwork {
  id: string;
  label: string;
  aliases: readonly string[];
  bandwidthPerGpu: RawFigure;
  latency: RawFigure;
  sources: RawSources;
}

export interface RawNode {
  id: string;
  label: string;
  aliases: readonly string[];
  accelerator: string;
  gpusPerNode: RawFigure;
  nics: RawFigure;
  nicRate: RawFigure;
  network: string;
  usual?: boolean;
  sources: RawSources;
}

/** A machine as it is sold or rented: how many of which accelerator, and the ports that leave it. */
export interface NodeSheet {
  readonly id: string;
  readonly label: string;
  readonly aliases: readonly string[];
  /** Id of its accelerator. */
  readonly accelerator: string;
  readonly gpusPerNode: Figure;
  readonly nics: Figure;
  /** Bytes per second of one port, one direction. */
  readonly nicRate: Figure;
  /** Id of the network its ports make, per GPU. */
  readonly network: string;
  /** True for the vendor's own system of the accelerator, taken where no system is named. */
  readonly usual: boolean;
}

/** The shape of a public model. `assumed` names what its source left open. */
export interface ModelCard {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly source: string;
  /** Parameters of the checkpoint, where the source allows to count them. */
  readonly parameters?: number;
  readonly assumed?: readonly string[];
  readonly fields: PartialJob;
}

/** A network together with the other spellings it is found by. */
export interface NamedNetwork extends Network {
  readonly aliases: readonly string[];
}

/** One multiplication per printed unit: from the unit of the file to bytes, bytes/s, FLOP/s, seconds, watts or a count. */
const toBase: { readonly [unit: string]: ((value: number) => number) | undefined } = {
  GB,
  GiB,
  MiB,
  'GB/s': GBps,
  'TFLOP/s': TFLOPS,
  'TOP/s': TFLOPS,
  'Gb/s': (value) => GBps(value / 8),
  us: microseconds,
  W: (value) => value,
  count: (value) => value,
};

/** Any word but the two strong ones counts as an assumption, so that a misspelt kind never makes a figure look better. */
function figureKind(kind: string): FigureKind {
  return kind === 'datasheet' || kind === 'measured' ? kind : 'assumed';
}

function sourceText(raw: RawFigure, sources: RawSources): string {
  const source = sources[raw.source];
  const text = source === undefined ? raw.source : [source.title, source.where].filter((part) => part !== undefined).join(', ');
  return raw.note === undefined ? text : `${text} (${raw.note})`;
}

function figure(raw: RawFigure, sources: RawSources): Figure {
  const convert = toBase[raw.unit];
  return {
    value: convert === undefined ? Number.NaN : convert(raw.value),
    unit: raw.unit,
    source: sourceText(raw, sources),
    kind: figureKind(raw.kind),
  };
}

/** The figures that are there, converted; absent stays absent. */
function figures<K extends string>(raw: { readonly [key in K]?: RawFigure | undefined }, sources: RawSources): { [key in K]?: Figure } {
  const result: { [key in K]?: Figure } = {};
  for (const key of Object.keys(raw) as K[]) {
    const entry = raw[key];
    if (entry !== undefined) result[key] = figure(entry, sources);
  }
  return result;
}

const wirings = ['switch', 'direct', 'mesh', 'torus'] as const;

function scaleUp(raw: RawScaleUp, sources: RawSources): NonNullable<Accelerator['scaleUp']> {
  const wiring = wirings.find((known) => known === raw.wiring);
  return {
    kind: raw.kind,
    bandwidth: figure(raw.bandwidth, sources),
    ...(raw.domainGpus === undefined ? {} : { domainGpus: raw.domainGpus }),
    ...(wiring === undefined ? {} : { wiring }),
    ...(raw.axes === undefined ? {} : { axes: raw.axes }),
    ...(raw.within === undefined
      ? {}
      : { within: raw.within.map(({ gpus, bandwidth }) => ({ gpus, bandwidth: figure(bandwidth, sources) })) }),
  };
}

/** An accelerator in base units: bytes, bytes/s one direction, dense FLOP/s (a "TOP/s" of int8 counts the same way). */
export function loadAccelerator(raw: RawAccelerator): Accelerator {
  const { sources } = raw;
  const { pcie, tdpWatts, smCount, l2 } = raw;
  return {
    id: raw.id,
    label: raw.label,
    vendor: raw.vendor,
    architecture: raw.architecture,
    aliases: raw.aliases,
    ...(raw.computeCapability === undefined ? {} : { computeCapability: raw.computeCapability }),
    memory: {
      capacity: figure(raw.memory.capacity, sources),
      ...(raw.memory.usable === undefined ? {} : { usable: figure(raw.memory.usable, sources) }),
      bandwidth: figure(raw.memory.bandwidth, sources),
    },
    peak: figures(raw.peak, sources),
    ...(raw.scaleUp === undefined ? {} : { scaleUp: scaleUp(raw.scaleUp, sources) }),
    ...(raw.peerAccess === undefined ? {} : { peerAccess: raw.peerAccess }),
    ...(raw.bridge === undefined ? {} : { bridge: { gpus: raw.bridge.gpus, bandwidth: figure(raw.bridge.bandwidth, sources) } }),
    ...figures({ pcie, tdpWatts, smCount, l2 }, sources),
  };
}

/** A network in base units: bytes/s per GPU one direction, seconds. */
export function loadNetwork(raw: RawNetwork): NamedNetwork {
  return {
    id: raw.id,
    label: raw.label,
    aliases: raw.aliases,
    bandwidthPerGpu: figure(raw.bandwidthPerGpu, raw.sources),
    latency: figure(raw.latency, raw.sources),
  };
}

/** A node in base units. */
export function loadNode(raw: RawNode): NodeSheet {
  return {
    id: raw.id,
    label: raw.label,
    aliases: raw.aliases,
    accelerator: raw.accelerator,
    gpusPerNode: figure(raw.gpusPerNode, raw.sources),
    nics: figure(raw.nics, raw.sources),
    nicRate: figure(raw.nicRate, raw.sources),
    network: raw.network,
    usual: raw.usual === true,
  };
}

/** Model cards as they stand in the files; that they hold valid fields is checked by the test of the schema. */
export function loadModelCards(raw: unknown): readonly ModelCard[] {
  return raw as readonly ModelCard[];
}
