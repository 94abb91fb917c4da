/** What the estimate takes for granted beside the fields: fitted parameters, the wires, evenly used experts. */
import type { AttentionFit, ComputeCalibration, GemmFit } from '../calibration/compute.ts';
import { clusterCalibration } from '../calibration/measured.ts';
import { memoryCalibration } from '../calibration/memory.ts';
import { collectiveTiming, interNodeShare, pcieShare, simple } from '../calibration/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Accelerator, Figure } from '../hardware.ts';
import type { JobField } from '../job-fields.ts';
import { firstExperts } from '../model-shape.ts';
import { gpusOf } from '../training/training-numbers.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { plausibleEnds } from './plausible.ts';

export interface ModelVariation {
  readonly id: string;
  readonly what: string;
  readonly field?: JobField;
  readonly certainty: 'fitted' | 'hardware' | 'assumed';
  readonly now: string;
  readonly alternative: string;
  readonly outcome: () => Outcome | undefined;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const scaleFits = <T extends object>(fits: T, scale: (fit: never) => object): T =>
  Object.fromEntries(Object.entries(fits).map(([name, fit]) => [name, typeof fit === 'object' ? scale(fit as never) : fit])) as T;

const withGemm = (calibration: ComputeCalibration, factor: number): ComputeCalibration => ({
  ...calibration,
  gemm: scaleFits(calibration.gemm, (fit: GemmFit) => ({ ...fit, peakShare: fit.peakShare * factor })),
});

const withAttention = (calibration: ComputeCalibration, factor: number): ComputeCalibration => ({
  ...calibration,
  attention: scaleFits(calibration.attention, (fit: AttentionFit) => ({
    ...fit,
    share64: fit.share64 * factor,
    share128: fit.share128 * factor,
    share256: fit.share256 * factor,
  })),
});

/** Parameters of the device's speed at both ends of their plausible range. */
function computeVariations(job: TrainingJob): readonly ModelVariation[] {
  const { architecture } = job.cluster.accelerator;
  // That of the estimate itself, slowest GPU included: rows differ from it by their own parameter alone.
  const calibration = clusterCalibration(job.cluster, gpusOf(job));
  const products = job.precision.fp8 ? calibration.gemm.fp8 : calibration.gemm.half;
  const row = (
    id: string,
    what: string,
    value: number,
    ends: readonly number[],
    show: (value: number) => string,
    changed: (value: number) => ComputeCalibration,
  ): readonly ModelVariation[] =>
    ends.map((end) => ({
      id,
      what,
      certainty: 'fitted',
      now: show(value),
      alternative: show(end),
      outcome: () => outcomeOf(job, changed(end)),
    }));
  const device = (name: 'sustainedShare' | 'memoryShare' | 'hostOperator') =>
    plausibleEnds('device', name, architecture, calibration[name]);
  const attention = calibration.attention.newest.share128;
  return [
    ...row(
      'fitted.gemm',
      'Share of the peak that large products reach',
      products.peakShare,
      plausibleEnds('gemm', 'peakShare', architecture, products.peakShare),
      percent,
      (value) => withGemm(calibration, value / products.peakShare),
    ),
    ...row(
      'fitted.attention',
      'Share of the peak that the attention kernel reaches',
      attention,
      plausibleEnds('attention', 'share128', architecture, attention),
      percent,
      (value) => withAttention(calibration, value / attention),
    ),
    ...row(
      'fitted.sustained',
      'Share of the rate that is left under steady load (power limit)',
      calibration.sustainedShare,
      device('sustainedShare'),
      percent,
      (sustainedShare) => ({ ...calibration, sustainedShare }),
    ),
    ...row(
      'fitted.memory',
      'Share of the memory bandwidth that streaming kernels reach',
      calibration.memoryShare,
      device('memoryShare'),
      percent,
      (memoryShare) => ({ ...calibration, memoryShare }),
    ),
    ...row(
      'fitted.host',
      'Time of the host to issue one operator',
      calibration.hostOperator,
      device('hostOperator'),
      (seconds) => `${Math.round(seconds * 1e6)} µs`,
      (hostOperator) => ({ ...calibration, hostOperator }),
    ),
  ];
}

const times = <T extends number>(figure: Figure<T>, factor: number): Figure<T> => ({ ...figure, value: (figure.value * factor) as T });

/** p90 error of collectives against the timings the network was fitted on (calibration/network.ts). */
const networkSpread = 0.14;

const betweenNodes = (job: TrainingJob, factor: number): TrainingJob => ({
  ...job,
  cluster: {
    ...job.cluster,
    scaleOut: { ...job.cluster.scaleOut, bandwidthPerGpu: times(job.cluster.scaleOut.bandwidthPerGpu, factor) },
  },
});

function insideNode(job: TrainingJob, factor: number): TrainingJob {
  const { accelerator } = job.cluster;
  const { scaleUp, pcie } = accelerator;
  const changed: Accelerator = {
    ...accelerator,
    ...(scaleUp
      ? {
          scaleUp: {
            ...scaleUp,
            bandwidth: times(scaleUp.bandwidth, factor),
            ...(scaleUp.within ? { within: scaleUp.within.map((one) => ({ ...one, bandwidth: times(one.bandwidth, factor) })) } : {}),
          },
        }
      : pcie
        ? { pcie: times(pcie, factor) }
        : {}),
  };
  return { ...job, cluster: { ...job.cluster, accelerator: changed } };
}

function networkVariations(job: TrainingJob): readonly ModelVariation[] {
  const { scaleOut, accelerator } = job.cluster;
  const reached = interNodeShare[simple];
  const inside = accelerator.scaleUp === undefined ? pcieShare[simple] : collectiveTiming(accelerator.architecture).share[simple];
  const share = (id: string, what: string, value: number, change: (job: TrainingJob, factor: number) => TrainingJob) =>
    [value * (1 - networkSpread), Math.min(1, value * (1 + networkSpread))].map(
      (end): ModelVariation => ({
        id,
        what,
        certainty: 'fitted',
        now: percent(value),
        alternative: percent(end),
        outcome: () => outcomeOf(change(job, end / value)),
      }),
    );
  const wire = [0.5, 2].map(
    (factor): ModelVariation => ({
      id: 'cluster.scaleOut',
      what: 'Bandwidth between nodes',
      field: 'cluster.interconnect',
      certainty: 'hardware',
      now: scaleOut.label,
      alternative: factor < 1 ? 'half of it' : 'twice as much',
      outcome: () => outcomeOf(betweenNodes(job, factor)),
    }),
  );
  return [
    ...wire,
    ...share('fitted.interNode', 'Share of the line rate that collectives reach between nodes', reached, betweenNodes),
    ...share('fitted.intraNode', 'Share of the line rate that collectives reach inside a node', inside, insideNode),
  ];
}

/** Memory outside the tensors, added to the peak of the fullest rank. */
function memoryVariations(now: Outcome): readonly ModelVariation[] {
  const { fullest } = now;
  const slack = fullest.reserved - fullest.allocated;
  const { fragmentation } = memoryCalibration;
  const row = (id: string, what: string, shown: readonly [string, string], bytes: number): ModelVariation => ({
    id,
    what,
    certainty: 'fitted',
    now: shown[0],
    alternative: shown[1],
    outcome: () => ({ ...now, memory: now.memory + bytes }),
  });
  const slackRow = (share: number) =>
    row(
      'fitted.slack',
      'What the allocator holds beyond live tensors that come and go',
      [percent(fragmentation), percent(share)],
      slack * (share / fragmentation - 1),
    );
  return [
    slackRow(0),
    slackRow(2.5 * fragmentation),
    row('fitted.context', 'CUDA context of a process', ['as fitted', 'half as much again'], 0.5 * fullest.context),
    row('fitted.nccl', 'NCCL buffers', ['as fitted', 'twice as much'], fullest.nccl),
  ];
}

/** The busiest expert rank meets more tokens than an even share; its load is that of tokens which visit more experts. */
function imbalance(job: TrainingJob): readonly ModelVariation[] {
  if (job.parallel.expert < 2 || !firstExperts(job.model)) return [];
  return [1.2, 1.5].map((factor): ModelVariation => {
    const blocks = job.model.blocks.map((block) =>
      block.feedForward?.kind === 'moe'
        ? { ...block, feedForward: { ...block.feedForward, topK: block.feedForward.topK * factor } }
        : block,
    );
    return {
      id: 'experts.balance',
      what: 'Tokens of the busiest expert rank, against an even share',
      certainty: 'assumed',
      now: 'the same',
      alternative: `${factor} times`,
      outcome: () => outcomeOf({ ...job, model: { ...job.model, blocks } }),
    };
  });
}

/** Everything beside the fields that may be otherwise. */
export function modelVariations(job: TrainingJob, now: Outcome): readonly ModelVariation[] {
  return [...computeVariations(job), ...networkVariations(job), ...memoryVariations(now), ...imbalance(job)];
}
