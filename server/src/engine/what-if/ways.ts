/**
 * The ways in which a wanted value can be written: as the field itself, or through what the file writes instead of it (the nodes
 * for DP, the global batch for the number of micro batches, layers per stage for VPP), in the words its keys know, or as a setting
 * where no file says it. Which way is right shows when the text is read again.
 */
import type { FixChange, KeyName } from '../../core/finding.ts';
import type { JobField, PartialJob } from '../../core/job-fields.ts';
import type { Origin } from '../../core/origin.ts';
import type { KeyInfo } from '../../frameworks/key-table.ts';
import { findKey, tableOfAdapter } from '../../frameworks/key-tables.ts';
import type { EngineSettings, JobAnalysis } from '../analysis.ts';
import type { TriedField, Value } from './fields.ts';
import { globalFor, gpusFor } from './groups.ts';

export interface Way {
  readonly changes: readonly FixChange[];
  readonly settings?: EngineSettings;
  /** A word that may mean something else. */
  readonly isGuess?: true;
}

const set = (field: FixChange['field'], value: Value): FixChange => ({ kind: 'set', field, value });
const remove = (field: FixChange['field']): FixChange => ({ kind: 'remove', field });

const isWritten = (origin: Origin | undefined): boolean => origin !== undefined && 'value' in origin;

/** The ways to write `value`, likeliest first. `change` is everything that is wanted. */
export function waysOf(field: TriedField, value: Value, job: JobAnalysis, change: PartialJob): readonly Way[] {
  return [...ownWays(field, value, job, change), ...wordWays(field, value, job), ...lastWays(field, value)];
}

function ownWays(field: TriedField, value: Value, job: JobAnalysis, change: PartialJob): readonly Way[] {
  switch (field) {
    case 'cluster.gpu':
      return clusterWays(field, value, job, { gpu: String(value) });
    case 'cluster.interconnect':
      return clusterWays(field, value, job, { network: String(value) });
    case 'parallel.data':
      return dataWays(Number(value), job, change);
    case 'batch.accumulation':
      return microBatchWays(Number(value), job, change);
    case 'parallel.virtualStages':
      return virtualStageWays(Number(value), job, change);
    case 'parallel.schedule':
      // Some frameworks have no key for it: VPP decides.
      return [{ changes: [] }, { changes: [set(field, value)] }];
    case 'recompute.granularity':
      return recomputeWays(value, job);
    default:
      return [{ changes: [set(field, value)] }];
  }
}

/** In the file where it names the hardware, else in the settings. */
function clusterWays(field: JobField, value: Value, { sources }: JobAnalysis, settings: EngineSettings): readonly Way[] {
  return isWritten(sources[field]) ? [{ changes: [set(field, value)] }] : [{ changes: [], settings }];
}

/** DP is what the GPUs leave: whatever the file counts them by is changed. */
function dataWays(data: number, { job, sources }: JobAnalysis, change: PartialJob): readonly Way[] {
  const written = (field: JobField): boolean => isWritten(sources[field]);
  const gpus = gpusFor(job, change, data);
  const { 'cluster.gpusPerNode': perNode = 8, 'parallel.dataShard': shard, 'parallel.dataReplicate': replicate } = job;
  const nodes = gpus / perNode;
  const whole = Number.isInteger(nodes);
  const ways: Way[] = [];
  const add = (field: JobField, value: number | undefined, ...others: FixChange[]): void => {
    if (written(field) && value !== undefined && Number.isInteger(value)) ways.push({ changes: [set(field, value), ...others] });
  };
  add('parallel.data', data);
  add('parallel.dataShard', data / (replicate ?? 1));
  add('parallel.dataReplicate', shard === undefined ? undefined : data / shard);
  add('cluster.gpus', gpus);
  if (whole) add('cluster.nodes', nodes);
  if (gpus < perNode) add('cluster.gpusPerNode', gpus, ...(written('cluster.nodes') ? [set('cluster.nodes', 1)] : []));
  const counted = written('cluster.gpus') || written('cluster.nodes') || written('cluster.gpusPerNode');
  if (!counted && (whole || gpus < perNode)) {
    ways.push({ changes: [], settings: whole ? { nodes, gpusPerNode: perNode } : { nodes: 1, gpusPerNode: gpus } });
  }
  return ways;
}

/** Through the accumulation where a file writes it, else through the global batch. */
function microBatchWays(microBatches: number, { job, sources }: JobAnalysis, change: PartialJob): readonly Way[] {
  const global = globalFor(job, change, microBatches);
  const own: Way = { changes: [set('batch.accumulation', microBatches)] };
  const byGlobal: readonly Way[] = global === undefined ? [] : [{ changes: [set('batch.global', global)] }];
  const both = byGlobal.map(({ changes }): Way => ({ changes: [...own.changes, ...changes] }));
  if (isWritten(sources['batch.accumulation']))
    return isWritten(sources['batch.global']) ? [...both, own, ...byGlobal] : [own, ...byGlobal];
  return isWritten(sources['batch.global']) ? [...byGlobal, own] : [own, ...byGlobal];
}

function virtualStageWays(stages: number, { job, sources }: JobAnalysis, change: PartialJob): readonly Way[] {
  const layers = (job['model.layers'] ?? 0) / ((change['parallel.pipeline'] ?? job['parallel.pipeline'] ?? 1) * stages);
  const gone: Way = { changes: [remove('parallel.virtualStages'), remove('parallel.layersPerVirtualStage')] };
  const asLayers: readonly Way[] =
    Number.isInteger(layers) && layers > 0 ? [{ changes: [set('parallel.layersPerVirtualStage', layers)] }] : [];
  const own: Way = { changes: [set('parallel.virtualStages', stages)] };
  const written = isWritten(sources['parallel.layersPerVirtualStage']);
  return [...(stages === 1 ? [gone] : []), ...(written ? [...asLayers, own] : [own, ...asLayers])];
}

/** Full recomputation may need a method; other kinds must have none. */
function recomputeWays(value: Value, { job }: JobAnalysis): readonly Way[] {
  const own = set('recompute.granularity', value);
  if (value !== 'full') {
    const alone = [remove('recompute.method'), remove('recompute.layers')];
    return [{ changes: [own, ...alone] }, { changes: [own] }];
  }
  const method = [
    ...(job['recompute.method'] === undefined ? [set('recompute.method', 'uniform')] : []),
    ...(job['recompute.layers'] === undefined ? [set('recompute.layers', 1)] : []),
  ];
  return [{ changes: [own, ...method] }, { changes: [own] }];
}

/** Without a word for it, nothing is recomputed where nothing is said. */
function lastWays(field: TriedField, value: Value): readonly Way[] {
  if (field !== 'recompute.granularity' || value !== 'none') return [];
  return [{ changes: [remove('recompute.granularity'), remove('recompute.method'), remove('recompute.layers')] }];
}

/** More words than this are names rather than choices. */
const mostWords = 12;

const wordsOf = ({ type, values = [] }: KeyInfo): readonly (string | boolean)[] =>
  type === 'boolean' ? [true, false] : values.length <= mostWords ? values : [];

const letters = (word: Value): string =>
  String(word)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** The same word but for dashes and capitals: likely to mean it. */
const isAlike = (word: Value, value: Value): boolean => letters(word) === letters(value);

/** Every word a key of the field knows (`true` for full recomputation, `FULL_SHARD` for stage 3), and the value over a sentinel such as 0. */
function wordWays(field: JobField, value: Value, { sources, keys, framework }: JobAnalysis): readonly Way[] {
  const origin = sources[field];
  const written = origin && 'value' in origin ? origin : undefined;
  const names = written
    ? (Object.keys(keys.origins) as KeyName[]).filter((name) => {
        const one = keys.origins[name];
        return one && 'value' in one && one.uri === written.uri && one.value.start === written.value.start;
      })
    : [];
  const known = names.flatMap((name) => {
    const slash = name.indexOf('/');
    const info = findKey(name.slice(0, slash), name.slice(slash + 1))?.info;
    return info ? [{ name, info }] : [];
  });
  const others = written
    ? []
    : (tableOfAdapter(framework)?.keys ?? []).filter((info) => info.field === field && info.renamed === undefined);
  return [...known, ...others.map((info) => ({ name: `${framework}/${info.name}` as KeyName, info }))].flatMap(({ name, info }) =>
    [...(written ? [value] : []), ...wordsOf(info).toSorted((a, b) => Number(isAlike(b, value)) - Number(isAlike(a, value)))].map(
      (word): Way => ({ changes: [set(name, word)], isGuess: true }),
    ),
  );
}

/** The same in the fields of the job, for a change that no text can be made for. */
export function asFields(job: JobAnalysis, change: PartialJob): PartialJob {
  const { 'parallel.data': data, 'batch.accumulation': microBatches, ...rest } = change;
  const gpus = data === undefined ? undefined : gpusFor(job.job, change, data);
  const perNode = Math.min(job.job['cluster.gpusPerNode'] ?? 8, gpus ?? 8);
  const global = microBatches === undefined ? undefined : globalFor(job.job, change, microBatches);
  return {
    ...rest,
    ...(gpus === undefined ? {} : { 'cluster.gpus': gpus, 'cluster.gpusPerNode': perNode, 'cluster.nodes': Math.ceil(gpus / perNode) }),
    ...(data === undefined ? {} : { 'parallel.data': data }),
    ...(microBatches === undefined ? {} : { 'batch.accumulation': microBatches }),
    ...(global === undefined ? {} : { 'batch.global': global }),
  };
}
