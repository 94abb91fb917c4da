/** Traffic per kind: bytes one GPU sends, seconds the links are busy, seconds the step waits. */
import { bands } from '../calibration/bands.ts';
import type { Groups } from '../comms/groups.ts';
import { type Level, place } from '../comms/network.ts';
import type { CommunicationCost } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { ContextKind, JobField } from '../job-fields.ts';
import { bandOf } from '../memory/stage-memory.ts';
import { bytesPerElement } from '../number-format.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { Term } from '../term.ts';
import type { DataParallelCost } from './data-parallel.ts';
import type { RankPlan } from './stage-plan.ts';
import type { StageTimes } from './stage-times.ts';

interface Kind {
  readonly id: CommunicationCost['id'];
  readonly label: string;
  readonly field: JobField;
  readonly size: number;
  readonly level: Level;
  readonly source: string;
  readonly formula: string;
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
  ];
  const term = (what: string, label: string, value: number, unit: 'B' | 's', formula: string): Term => ({
    id: `communication.${kind.id}.${what}`,
    label,
    value,
    unit,
    formula,
    inputs,
    source: kind.source,
    ...(unit === 's' ? { band: bandOf(value, bands.communication) } : {}),
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

/** Only the kinds that this job has. Per step, for the rank with the most layers. */
export function communicationTerms(
  job: TrainingJob,
  groups: Groups,
  plans: readonly RankPlan[],
  times: StageTimes,
  data: DataParallelCost,
  request: ScheduleRequest,
  tail: ScheduleRequest['tail'],
): readonly CommunicationCost[] {
  const m = job.batch.accumulation;
  const fullest = plans.reduce((a, b) => (b.layers > a.layers ? b : a));
  // Per step, over the layers of the rank that has most of them.
  const traffic = (pick: (work: StageTimes['blocks'][number]) => number): number =>
    m * fullest.kinds.reduce((sum, count, kind) => sum + count * (times.blocks[kind] ? pick(times.blocks[kind]) : 0), 0);
  const exposed = (pick: (part: StageTimes['parts'][number]) => number) => m * Math.max(...times.parts.map(pick));
  const level = (group: { size: number; stride: number }) => place(job.cluster, group).level;
  const out: CommunicationCost[] = [];
  if (groups.tensor.size > 1) {
    const kind: Kind = {
      id: 'tensor',
      label: job.parallel.sequence ? 'Tensor and sequence parallel' : 'Tensor parallel',
      field: 'parallel.tensor',
      size: groups.tensor.size,
      level: level(groups.tensor),
      source: 'Korthikanti et al. 2022, section 4.2',
      formula: job.parallel.sequence ? '10 collectives of s b h per layer' : '4 all-reduces of s b h per layer',
    };
    out.push(
      cost(
        kind,
        traffic((work) => work.tensor.bytes),
        traffic((work) => work.tensor.busy),
        exposed((part) => part.tensorComm),
      ),
    );
  }
  if (groups.context.size > 1) {
    const kind: Kind = {
      id: 'context',
      label: 'Context parallel',
      field: 'parallel.context',
      size: groups.context.size,
      level: level(groups.context),
      source: contextSources[job.parallel.contextKind],
      formula: contextFormulas[job.parallel.contextKind],
    };
    out.push(
      cost(
        kind,
        traffic((work) => work.context.bytes),
        traffic((work) => work.context.busy),
        exposed((part) => part.contextComm),
      ),
    );
  }
  if (groups.expert.size * groups.expertTensor.size > 1 && traffic((work) => work.expert.bytes) > 0) {
    const kind: Kind = {
      id: 'expert',
      label: 'Expert parallel',
      field: 'parallel.expert',
      size: groups.expert.size,
      level: level(groups.expert),
      source: 'Lepikhin et al. 2020 (GShard), section 3.2',
      formula: 'tokens to their experts and back, forward and backward: 4 all-to-alls of s b k h per layer',
    };
    out.push(
      cost(
        kind,
        traffic((work) => work.expert.bytes),
        traffic((work) => work.expert.busy),
        exposed((part) => part.expertComm),
      ),
    );
  }
  if (groups.pipeline.size > 1) {
    const group = { size: 2, stride: groups.pipeline.stride };
    const count = 2 * m * job.parallel.virtualStages;
    const bytes =
      (count * job.batch.micro * (job.sequenceLength / job.parallel.context) * job.model.hidden * bytesPerElement(job.precision.compute)) /
      (job.parallel.sequence ? job.parallel.tensor : 1);
    const kind: Kind = {
      id: 'pipeline',
      label: 'Pipeline',
      field: 'parallel.pipeline',
      size: groups.pipeline.size,
      level: level(group),
      source: 'Narayanan et al. 2021, section 3.2',
      formula: '2 s b h per micro batch and chunk',
    };
    out.push(cost(kind, bytes, count * request.transfer, request.transferOverlapped ? 0 : count * request.transfer));
  }
  if (groups.reduce.size > 1) {
    const sharded = job.zero.stage === 3 && job.parallel.pipeline === 1;
    const reduce: Kind = {
      id: 'data',
      label: 'Gradient reduction',
      field: 'parallel.data',
      size: groups.reduce.size,
      level: level(groups.reduce),
      source: 'Rajbhandari et al. 2020, section 7',
      formula: '(d - 1) / d * gradient bytes, twice for an all-reduce',
    };
    out.push(cost(reduce, data.reduceBytes, data.reduceBusy, sharded ? exposed((part) => part.shardComm) / 2 : tail.gradientReduction));
    if (data.gatherBytes > 0) {
      const gather: Kind = {
        ...reduce,
        id: 'zero-gather',
        label: 'Parameter gathering',
        field: 'zero.stage',
        formula: '(d - 1) / d * parameter bytes per gathering',
      };
      out.push(cost(gather, data.gatherBytes, data.gatherBusy, sharded ? exposed((part) => part.shardComm) / 2 : tail.parameterGather));
    }
  }
  return out;
}
