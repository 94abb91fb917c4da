/** Traffic per kind: bytes one GPU sends, seconds the links are busy, seconds the step waits. */
import { communicationBand } from '../calibration/bands.ts';
import { calibrationPath } from '../calibration/calibration-file.ts';
import { type Group, type Level, place } from '../comms/network.ts';
import type { CommunicationCost } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ContextKind, JobField } from '../job-fields.ts';
import { bandOf } from '../memory/stage-terms.ts';
import type { Term } from '../term.ts';
import { pipelineMessage } from './pipeline-message.ts';
import type { StageTimes } from './stage-times.ts';
import type { TrainingNumbers } from './training-numbers.ts';

interface Kind {
  readonly id: CommunicationCost['id'];
  readonly label: string;
  readonly field: JobField;
  readonly size: number;
  readonly level: Level;
  /** Members of the group that share a node. */
  readonly perNode: number;
  readonly source: string;
  readonly formula: string;
  /** The measured run its times rest on. */
  readonly calibration?: string;
}

function cost(kind: Kind, bytes: number, busy: number, exposed: number): CommunicationCost {
  const inputs = [
    { name: 'group', value: kind.size, field: kind.field },
    {
      name: 'network',
      value: kind.level.label,
      // Links inside a node belong to the GPU, those between nodes to the cluster.
      field: kind.level.kind === 'intra-node' ? ('cluster.gpu' as const) : ('cluster.interconnect' as const),
    },
    { name: 'line rate of one GPU', value: `${Number((kind.level.line / 1e9).toPrecision(4))} GB/s` },
    { name: 'members in a node', value: kind.perNode },
    ...(kind.calibration === undefined ? [] : [{ name: 'calibration', value: kind.calibration, from: calibrationPath }]),
  ];
  const term = (what: string, label: string, value: number, unit: 'B' | 's', formula: string): Term => ({
    id: `communication.${kind.id}.${what}`,
    label,
    value,
    unit,
    formula,
    inputs,
    source: kind.source,
    ...(unit === 's' ? { band: bandOf(value, communicationBand) } : {}),
  });
  return {
    id: kind.id,
    label: kind.label,
    bytes: term('bytes', `${kind.label}: sent per GPU`, bytes, 'B', kind.formula),
    busy: term('busy', `${kind.label}: links busy`, busy, 's', 'latency + bytes / bandwidth, for every collective of the step'),
    exposed: term('exposed', `${kind.label}: waited for`, exposed, 's', 'what computation does not hide'),
  };
}

const contextSources: Readonly<Record<ContextKind, string>> = {
  ring: 'Liu et al. 2023 (ring attention)',
  'all-to-all': 'Jacobs et al. 2023 (DeepSpeed Ulysses)',
  'all-gather': 'Llama Team 2024, section 3.3.2',
};
const contextFormulas: Readonly<Record<ContextKind, string>> = {
  ring: 'keys and values round the ring, forward and backward',
  'all-to-all': 'queries, keys, values and outputs exchanged, forward and backward',
  'all-gather': 'keys and values gathered, their gradients scattered',
};

/** Only the kinds that this job has. Per step, for the rank that has the most of each. */
export function communicationTerms(job: TrainingJob, numbers: TrainingNumbers): readonly CommunicationCost[] {
  return [...layerTraffic(job, numbers), ...pipelineTraffic(job, numbers), ...dataTraffic(job, numbers)];
}

function kindOf(job: TrainingJob, group: Group, kind: Omit<Kind, 'size' | 'level' | 'perNode'>): Kind {
  const { level, perNode } = place(job.cluster, group);
  const { measured } = job.cluster;
  return { ...kind, size: group.size, level, perNode, ...(measured ? { calibration: measured.name } : {}) };
}

/** What every layer sends: TP, CP and EP. */
function layerTraffic(job: TrainingJob, { groups, run, times }: TrainingNumbers): readonly CommunicationCost[] {
  const m = job.batch.accumulation;
  const traffic = (pick: (work: StageTimes['blocks'][number]) => number): number => {
    const each = times.blocks.map(pick);
    return m * Math.max(...times.parts.map(({ layers }) => layers.reduce((sum, count, kind) => sum + count * (each[kind] ?? 0), 0)));
  };
  const exposed = (wait: 'tensorComm' | 'contextComm' | 'expertComm'): number =>
    Math.max(
      ...times.parts.map((part, rank) => {
        // Passes that run together hide exchanges between experts, and nothing else.
        const hidden = wait === 'expertComm' ? (run.hiddenSeconds[rank] ?? 0) : 0;
        return m * part[wait] - hidden;
      }),
    );
  const { sequence, contextKind } = job.parallel;
  const rows = [
    {
      id: 'tensor',
      group: groups.tensor,
      label: sequence ? 'Tensor and sequence parallel' : 'Tensor parallel',
      field: 'parallel.tensor',
      source: 'Korthikanti et al. 2022, section 4.2',
      formula: sequence ? '10 collectives of s b h per layer' : '4 all-reduces of s b h per layer',
      wait: 'tensorComm',
    },
    {
      id: 'context',
      group: groups.context,
      label: 'Context parallel',
      field: 'parallel.context',
      source: contextSources[contextKind],
      formula: contextFormulas[contextKind],
      wait: 'contextComm',
    },
    {
      id: 'expert',
      group: groups.expert,
      label: 'Expert parallel',
      field: 'parallel.expert',
      source: 'Lepikhin et al. 2020 (GShard), section 3.2',
      formula: 'tokens to their experts and back, forward and backward: 4 all-to-alls of s b k h per layer',
      wait: 'expertComm',
    },
  ] as const;
  return rows
    .filter(({ id }) => traffic((work) => work[id].bytes) > 0)
    .map(({ group, wait, ...kind }) =>
      cost(
        kindOf(job, group, kind),
        traffic((work) => work[kind.id].bytes),
        traffic((work) => work[kind.id].busy),
        exposed(wait),
      ),
    );
}

function pipelineTraffic(job: TrainingJob, { groups, request }: TrainingNumbers): readonly CommunicationCost[] {
  if (groups.pipeline.size <= 1) return [];
  const count = 2 * job.batch.accumulation * job.parallel.virtualStages;
  const bytes = count * pipelineMessage(job);
  const kind = kindOf(
    job,
    { size: 2, stride: groups.pipeline.stride },
    {
      id: 'pipeline',
      label: 'Pipeline',
      field: 'parallel.pipeline',
      source: 'Narayanan et al. 2021, section 3.2',
      formula: '2 s b h per micro batch and chunk',
    },
  );
  const busy = count * request.transfer;
  return [cost({ ...kind, size: groups.pipeline.size }, bytes, busy, request.transferOverlapped ? 0 : busy)];
}

/** Gradients and parameters between replicas. */
function dataTraffic(job: TrainingJob, { groups, dataCost, request, times }: TrainingNumbers): readonly CommunicationCost[] {
  if (groups.reduce.size <= 1) return [];
  const sharded = job.zero.stage === 3 && job.parallel.pipeline === 1;
  // A fully sharded job waits layer by layer, about evenly for gathers and scatters.
  const waited = (job.batch.accumulation * Math.max(...times.parts.map((part) => part.shardComm))) / 2;
  const reduce = kindOf(job, groups.reduce, {
    id: 'data',
    label: 'Gradient reduction',
    field: 'parallel.data',
    source: 'Rajbhandari et al. 2020, section 7',
    formula: '(d - 1) / d * gradient bytes, twice for an all-reduce',
  });
  const { gradientReduction, parameterGather } = request.tail;
  const reduced = cost(reduce, dataCost.reduceBytes, dataCost.reduceBusy, sharded ? waited : gradientReduction);
  if (dataCost.gatherBytes === 0) return [reduced];
  const gather: Kind = {
    ...reduce,
    id: 'zero-gather',
    label: 'Parameter gathering',
    field: 'zero.stage',
    formula: '(d - 1) / d * parameter bytes per gathering',
  };
  return [reduced, cost(gather, dataCost.gatherBytes, dataCost.gatherBusy, sharded ? waited : parameterGather)];
}
