/** The user's settings as the server understands them. A value of the wrong type counts as not set. */
import { conventionNamed } from '../core/compute/flops-conventions.ts';
import type { EngineSettings, LoadSettings } from '../engine/analysis.ts';

export interface Settings {
  readonly engine: EngineSettings;
  readonly codeLens: boolean;
  readonly inlayHints: boolean;
  /** Whether all files of the workspace are looked at to know which rests on which. */
  readonly index: boolean;
  /** Path of the compiler of kernels, "off", or nothing to look for one. */
  readonly compiler?: string;
}

/** Every key the server reads, below `rooflint`; a test holds the manifest equal to this list. */
export const settingKeys = [
  'cluster.gpu',
  'cluster.gpusPerNode',
  'cluster.nodes',
  'cluster.network',
  'cluster.pricePerGpuHour',
  'load.requestsPerSecond',
  'load.inputTokens',
  'load.outputTokens',
  'load.ttftMilliseconds',
  'load.tpotMilliseconds',
  'mfuConvention',
  'learnedModels',
  'rules',
  'codeLens.enabled',
  'inlayHints.enabled',
  'index.enabled',
  'models.folders',
  'kernels.compiler',
] as const;

export const noSettings: Settings = { engine: {}, codeLens: true, inlayHints: true, index: true };

const severities = ['error', 'warning', 'info', 'off'] as const;

/** Reads the `rooflint` section as the client sends it: any JSON, or nothing. Never throws. */
export function readSettings(section: unknown): Settings {
  const cluster = record(record(section).cluster);
  const gpu = text(cluster.gpu);
  const gpusPerNode = count(cluster.gpusPerNode);
  const nodes = count(cluster.nodes);
  const network = text(cluster.network);
  const price = cluster.pricePerGpuHour;
  const load = loadOf(record(record(section).load));
  const mfuConvention = conventionNamed(text(record(section).mfuConvention) ?? '');
  const compiler = text(record(record(section).kernels).compiler);
  const folders = texts(record(record(section).models).folders);
  return {
    engine: {
      ...(gpu === undefined ? {} : { gpu }),
      ...(gpusPerNode === undefined ? {} : { gpusPerNode }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(network === undefined ? {} : { network }),
      ...(typeof price === 'number' && price >= 0 ? { pricePerGpuHour: price } : {}),
      ...(load === undefined ? {} : { load }),
      ...(mfuConvention === undefined ? {} : { mfuConvention }),
      ...(record(section).learnedModels === 'off' ? { learnedTimes: false } : {}),
      ...(folders.length > 0 ? { modelFolders: folders } : {}),
      rules: ruleSeverities(record(section).rules),
    },
    codeLens: record(record(section).codeLens).enabled !== false,
    inlayHints: record(record(section).inlayHints).enabled !== false,
    index: record(record(section).index).enabled !== false,
    ...(compiler === undefined ? {} : { compiler }),
  };
}

/** Latencies are set in milliseconds and kept in seconds. */
function loadOf(section: Readonly<Record<string, unknown>>): LoadSettings | undefined {
  const [requestRate, ttft, tpot] = [section.requestsPerSecond, section.ttftMilliseconds, section.tpotMilliseconds].map(positive);
  const inputTokens = count(section.inputTokens);
  const outputTokens = count(section.outputTokens);
  const load: LoadSettings = {
    ...(requestRate === undefined ? {} : { requestRate }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(ttft === undefined ? {} : { firstTokenLimit: ttft / 1000 }),
    ...(tpot === undefined ? {} : { perTokenLimit: tpot / 1000 }),
  };
  return Object.keys(load).length > 0 ? load : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : []);

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : undefined;

function ruleSeverities(value: unknown): NonNullable<EngineSettings['rules']> {
  const rules: Record<string, (typeof severities)[number]> = {};
  for (const [rule, wanted] of Object.entries(record(value))) {
    const severity = severities.find((one) => one === wanted);
    if (severity) rules[rule] = severity;
  }
  return rules;
}
