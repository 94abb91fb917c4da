/**
 * Parameters of the network: what the wire and the copies on the GPU cost, by generation of GPU and by protocol, and what
 * the other wires reach. The values, what they mean, on what and how they were fitted and how large the errors are stand in
 * `fits/collectives.json` and `fits/wires.json`; docs/model/parameters.md lists them.
 */
import type { Seconds } from '../units.ts';
import collectiveFits from './fits/collectives.json' with { type: 'json' };
import wireFits from './fits/wires.json' with { type: 'json' };
import { fitted } from './fitted.ts';

/** NCCL's ways of moving data: flags in every 8 bytes, flags in every 128 bytes, chunks with separate flags. */
export const lowLatency = 0;
export const lowLatency128 = 1;
export const simple = 2;
export type Protocol = typeof lowLatency | typeof lowLatency128 | typeof simple;
export type PerProtocol = readonly [number, number, number];

/** What a generation of GPU spends around and on its links; see `fits/collectives.json`. */
export interface CollectiveTiming {
  readonly start: Seconds;
  readonly simpleStart: Seconds;
  /** One step of a ring inside the node, by protocol. */
  readonly step: PerProtocol;
  /** Share of the line rate of the links, by protocol. */
  readonly share: PerProtocol;
  readonly inSwitchShare: number;
  readonly inSwitchStart: Seconds;
  readonly inSwitchFill: Seconds;
  readonly exchangeStart: Seconds;
  readonly exchangeStep: Seconds;
  readonly exchangeFill: Seconds;
  readonly exchangeShare: number;
  /** Highest bus rate, B/s, NCCL expects of its low-latency protocol inside one node (nccl src/graph/tuning.cc, llMaxBws). */
  readonly lowLatencyLimit: number;
  /** Whether the switch can add up what it forwards (NVLink SHARP, "NVLS"). */
  readonly reducesInSwitch: boolean;
}

/** A set of `fits/collectives.json` in the form the formulas take it. */
export function timingOf(
  values: Readonly<Record<keyof typeof collectiveFits.parameters, number>>,
  lowLatencyLimit: number,
  reducesInSwitch: boolean,
): CollectiveTiming {
  return {
    start: values.start,
    simpleStart: values.simpleStart,
    step: [values.stepLowLatency, values.stepLowLatency128, values.stepSimple],
    share: [values.shareLowLatency, values.shareLowLatency128, values.shareSimple],
    inSwitchShare: values.inSwitchShare,
    inSwitchStart: values.inSwitchStart,
    inSwitchFill: values.inSwitchFill,
    exchangeStart: values.exchangeStart,
    exchangeStep: values.exchangeStep,
    exchangeFill: values.exchangeFill,
    exchangeShare: values.exchangeShare,
    lowLatencyLimit,
    reducesInSwitch,
  };
}

const ampere = timingOf(fitted(collectiveFits, 'ampere'), 87.7e9, false);
const hopper = timingOf(fitted(collectiveFits, 'hopper'), 141e9, true);
const blackwell = timingOf(fitted(collectiveFits, 'blackwell'), 282e9, true);
const volta = timingOf(fitted(collectiveFits, 'volta'), 39e9, false);
const cdna = timingOf(fitted(collectiveFits, 'cdna'), 87.7e9, false);
const gaudi = timingOf(fitted(collectiveFits, 'gaudi'), 87.7e9, false);
const tpu = timingOf(fitted(collectiveFits, 'tpu'), 0, false);

/** By the first letters of the architecture's name in its data sheet; an unknown one is taken for Ampere. */
export function collectiveTiming(architecture: string): CollectiveTiming {
  if (architecture.startsWith('Hopper')) return hopper;
  if (architecture.startsWith('Blackwell')) return blackwell;
  if (architecture.startsWith('Volta') || architecture.startsWith('Turing')) return volta;
  if (architecture.startsWith('CDNA')) return cdna;
  if (architecture.startsWith('Gaudi')) return gaudi;
  if (architecture.startsWith('TPU')) return tpu;
  return ampere;
}

/** What wires other than the links between GPUs reach; see `fits/wires.json`. */
export const wires = fitted(wireFits, 'wires');

/** Share of the line rate by protocol: of PCIe, and of the network between nodes. */
export const pcieShare: PerProtocol = [wires.pcieLowLatency, wires.pcieLowLatency, wires.pcieSimple];
export const interNodeShare: PerProtocol = [wires.interNodeLowLatency, wires.interNodeLowLatency128, wires.interNodeSimple];
/** Added to the latency of the network for one step between nodes, by protocol. */
export const interNodeStep: PerProtocol = [0, wires.netStepLowLatency128, wires.netStepSimple];
