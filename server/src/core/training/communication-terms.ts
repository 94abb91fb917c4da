/** Traffic per kind: bytes one GPU sends, seconds the links are busy, seconds the step waits. */
import { bands } from '../calibration/bands.ts';
import type { Groups } from '../comms/groups.ts';
import { type Level, place } from '../comms/network.ts';
import type { CommunicationCost } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { JobField } from '../job-fields.ts';
import { bandOf } from '../memory/stage-memory.ts';
import { bytesPerElement } from '../number-format.ts';
import type { ScheduleRequest } from '../schedules/schedule.ts';
import type { Term } from '../term.ts';
import type { DataParallelCost } from './data-parallel.ts';
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

/** Only the kinds that this job has. Per step, for the rank with the most layers. */
export function communicationTerms(
  job: TrainingJob,
  groups: Groups,
  times: StageTimes,
  data: DataParallelCost,
  request: ScheduleRequest,
  tail: ScheduleRequest['tail'],
): readonly CommunicationCost[] {
  const m = job.batch.accumulation;
  const layers = Math.max(...job.parallel.layers.map((chunks) => chunks.reduce((sum, count) => sum + count, 0)));
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
        m * layers * times.layer.tensorBytes,
        m * layers * times.layer.tensorBusy,
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
      source: 'Liu et al. 2023 (ring attention)',
      formula: 'keys and values round the ring, forward and backward',
    };
    out.push(
      cost(
        kind,
        m * layers * times.layer.contextBytes,
        m * layers * times.layer.contextBusy,
        exposed((part) => part.contextComm),
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
