/**
 * A training step taken apart for charts: everything is worked out from one job, with the numbers of its estimate, when it is
 * first asked for. Plain functions of the core, so that the panel computes it beside the server and gets the same.
 */
import type { Devices } from '../compute/block-work.ts';
import type { TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Accelerator, Cluster } from '../hardware.ts';
import type { PartialJob } from '../job-fields.ts';
import { countKinds } from '../model-shape.ts';
import type { IdleSlots } from '../schedules/idle-slots.ts';
import type { Simulation } from '../schedules/simulate.ts';
import type { Term } from '../term.ts';
import { completeTraining } from '../training/complete-training.ts';
import { busiestRank } from '../training/step-terms.ts';
import { TermsOnDemand } from '../training/terms-on-demand.ts';
import { type TrainingNumbers, trainingNumbers } from '../training/training-numbers.ts';
import type { BytesPerSecond, FlopsPerSecond } from '../units.ts';
import { type BlockTable, blockLabel, blockTable } from './block-table.ts';
import { idleSecondsOf, withBubbleCauses } from './bubble-causes.ts';
import { type LayerOperator, layerOperators } from './layer-operators.ts';
import { type MemoryOverTime, memoryOverTime } from './memory-over-time.ts';
import { type StepBar, stepBars } from './step-bars.ts';
import { type Traffic, trafficOf } from './traffic.ts';

/** One kind of layer with its operators for one micro batch on one GPU. */
export interface LayerProfile {
  readonly kind: number;
  readonly label: string;
  /** Layers of this kind in the model. */
  readonly count: number;
  readonly operators: readonly LayerOperator[];
}

/** What the GPU can do at most: rates by type, and the bandwidth of its memory. */
export interface Roofs {
  readonly rates: readonly { readonly format: string; readonly rate: FlopsPerSecond; readonly used: boolean }[];
  readonly bandwidth: BytesPerSecond;
}

export interface StepProfile {
  readonly estimate: TrainingEstimate;
  readonly gpu: string;
  readonly stages: number;
  /** The stage that computes longest, whose step is the estimate's. */
  readonly busiest: number;
  /** The step as a stage spends it: bars that add up to it, and the whole as a term. With `idle`, of this schedule, the bubble by cause. */
  readonly stepOf: (rank: number, idle?: IdleSlots) => { readonly whole: Term; readonly bars: readonly StepBar[] };
  /** Memory of a stage over a simulated schedule; undefined where there is no such stage. */
  readonly memoryOf: (simulation: Simulation, rank: number) => MemoryOverTime | undefined;
  readonly layers: () => readonly LayerProfile[];
  readonly roofs: () => Roofs;
  readonly traffic: () => Traffic;
  readonly blocks: () => BlockTable;
}

const formats = ['fp4', 'fp8', 'int8', 'bf16', 'fp16', 'tf32', 'fp32'] as const;

function roofsOf(accelerator: Accelerator, job: TrainingJob, { plain, linear }: Devices): Roofs {
  const { compute, linear: low } = job.precision;
  const rates = formats.flatMap((format) => {
    const rate = accelerator.peak[format]?.value;
    // int8 and fp8, bf16 and fp16 mostly have the same roof: one of each, and the one in use.
    const used = format === compute || (job.precision.fp8 && format === low);
    return rate === undefined ? [] : [{ format, rate, used }];
  });
  const kept = rates.filter(
    ({ rate, used }, index) => used || !rates.some((other, at) => other.rate === rate && (other.used || at < index)),
  );
  return { rates: kept, bandwidth: Math.min(plain.bandwidth, linear.bandwidth) };
}

function layersOf(job: TrainingJob, { devices }: TrainingNumbers): readonly LayerProfile[] {
  const counts = countKinds(job.model, 0, job.model.layers);
  return job.model.blocks.flatMap((block, kind) => {
    const count = counts[kind] ?? 0;
    return count > 0 ? [{ kind, label: blockLabel(block), count, operators: layerOperators(job, block, devices) }] : [];
  });
}

/** Keeps what a function without arguments gave first. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Takes the step of a job apart, or says why it cannot be estimated. Never throws. */
export function profileStep(job: PartialJob, framework: string, cluster: Cluster): StepProfile | { readonly refused: string } {
  const completed = completeTraining(job, framework, cluster);
  if ('refusal' in completed) return { refused: completed.refusal.why };
  const training = completed.job;
  const numbers = trainingNumbers(training);
  if ('refused' in numbers) return numbers;
  const estimate = new TermsOnDemand(training, numbers, training.assumptions, {});
  return {
    estimate,
    gpu: cluster.accelerator.label,
    stages: numbers.plans.length,
    busiest: busiestRank(numbers),
    stepOf: (rank, idle) => {
      const step = estimate.stepOf(rank);
      const whole = idle ? withBubbleCauses(step, idleSecondsOf(idle, rank)) : step;
      return { whole, bars: stepBars(whole) };
    },
    memoryOf: (simulation, rank) => memoryOverTime(training, numbers, simulation, rank),
    layers: once(() => layersOf(training, numbers)),
    roofs: once(() => roofsOf(cluster.accelerator, training, numbers.devices)),
    traffic: once(() => trafficOf(training, numbers)),
    blocks: once(() => blockTable(training, numbers.tokens)),
  };
}
