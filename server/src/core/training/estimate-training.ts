/** The training estimate: numbers at once, the terms that explain them when somebody looks. */
import type { EstimateResult, TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { residentOf, stageMemory } from '../memory/stage-terms.ts';
import { usableMemory } from '../memory/usable.ts';
import { once } from '../once.ts';
import { totalParameters } from '../parameters/model-parameters.ts';
import type { Term } from '../term.ts';
import { communicationTerms } from './communication-terms.ts';
import { stepShares } from './step-shares.ts';
import { costTerms, stepTerm, throughputTerms } from './throughput-terms.ts';
import { leastStep, stepBand } from './time-bands.ts';
import { type TrainingNumbers, trainingNumbers } from './training-numbers.ts';

function fitOf(value: number, low: number, high: number, usable: number): 'yes' | 'no' | 'close' {
  if (low > usable) return 'no';
  return high > usable || value > usable ? 'close' : 'yes';
}

function memoryTerms(job: TrainingJob, { plans, aliveLayers, memory, stages: parts }: TrainingNumbers): TrainingEstimate['memory'] {
  const stages = plans.flatMap((plan, rank) => {
    const part = parts[rank];
    return part ? [stageMemory(job, plan, part, aliveLayers[rank] ?? 0, memory)] : [];
  });
  const worstStage = stages.reduce((worst, stage, index) => (stage.device.value > (stages[worst]?.device.value ?? 0) ? index : worst), 0);
  const worst = stages[worstStage]?.device;
  const usable = usableMemory(job.cluster.accelerator);
  return { stages, worstStage, usable, fits: fitOf(worst?.value ?? 0, worst?.band?.low ?? 0, worst?.band?.high ?? 0, usable.value) };
}

function parameterTerm(job: TrainingJob): Term {
  return {
    id: 'parameters',
    label: 'Parameters',
    value: totalParameters(job.model),
    unit: 'count',
    formula: 'layers * (attention + MLP + norms) + embedding + head',
    source: 'Shoeybi et al. 2019, section 3',
  };
}

/** Estimates a complete training job. Refuses, with the reason, what the device or the schedule cannot run. */
export function estimateTraining(job: TrainingJob): EstimateResult {
  const numbers = trainingNumbers(job);
  if ('refused' in numbers) return { refusal: { why: numbers.refused, missing: [] } };
  const { gpus, tokens, step, devices, times, run, request } = numbers;
  const parameters = once(() => parameterTerm(job));
  const memory = once(() => memoryTerms(job, numbers));
  const peak = Math.max(devices.plain.peak, devices.linear.peak);
  const band = once(() => stepBand(job, step, leastStep(job, tokens, gpus, peak)));
  const time = once(() => ({
    step: stepTerm(job, band(), step, run, request.tail, times),
    shares: stepShares(job, step, run, request.tail, times),
  }));
  const communication = once(() => communicationTerms(job, numbers));
  const throughput = once(() => throughputTerms(job, band(), tokens, gpus, step, devices.plain.peak));
  const cost = once(() => costTerms(job, band(), gpus, step, tokens));
  const schedule = once(() => ({ ...request, residentBytes: memory().stages.map(residentOf) }));
  const estimate: TrainingEstimate = {
    kind: 'training',
    gpus,
    get parameters() {
      return parameters();
    },
    get memory() {
      return memory();
    },
    get time() {
      return time();
    },
    get communication() {
      return communication();
    },
    get throughput() {
      return throughput();
    },
    get cost() {
      return cost();
    },
    get schedule() {
      return schedule();
    },
    assumptions: job.assumptions,
  };
  return { estimate };
}
