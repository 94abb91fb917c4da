/** A training estimate whose terms are made from its numbers when somebody looks. */
import type { Assumption, TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { residentOf, stageMemory } from '../memory/stage-terms.ts';
import { usableMemory } from '../memory/usable.ts';
import { parameterFormula, shapeInputs } from '../model-terms.ts';
import { totalParameters } from '../parameters/model-parameters.ts';
import type { Band, Term } from '../term.ts';
import { communicationTerms } from './communication-terms.ts';
import { stepShares } from './step-shares.ts';
import { stepTerm } from './step-terms.ts';
import { costTerms, throughputTerms } from './throughput-terms.ts';
import { leastStep, stepBand } from './time-bands.ts';
import type { TrainingNumbers } from './training-numbers.ts';

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
    formula: parameterFormula,
    inputs: shapeInputs(job.model),
    source: 'Shoeybi et al. 2019, section 3',
  };
}

/** The terms made so far. Estimates that differ in their assumptions alone share them. */
interface Made {
  parameters?: Term;
  memory?: TrainingEstimate['memory'];
  band?: Band;
  time?: TrainingEstimate['time'];
  communication?: TrainingEstimate['communication'];
  throughput?: TrainingEstimate['throughput'];
  schedule?: TrainingEstimate['schedule'];
}

/**
 * An estimate that holds numbers and makes its terms when they are asked for. A class, since the getters of an object literal
 * cost a third as much as the numbers.
 */
export class TermsOnDemand implements TrainingEstimate {
  readonly kind = 'training';
  private readonly job: TrainingJob;
  private readonly numbers: TrainingNumbers;
  readonly assumptions: readonly Assumption[];
  private readonly made: Made;

  constructor(job: TrainingJob, numbers: TrainingNumbers, assumptions: readonly Assumption[], made: Made) {
    this.job = job;
    this.numbers = numbers;
    this.assumptions = assumptions;
    this.made = made;
  }

  get gpus(): number {
    return this.numbers.gpus;
  }

  get parameters(): Term {
    this.made.parameters ??= parameterTerm(this.job);
    return this.made.parameters;
  }

  get memory(): TrainingEstimate['memory'] {
    this.made.memory ??= memoryTerms(this.job, this.numbers);
    return this.made.memory;
  }

  private get band(): Band {
    const { gpus, tokens, step, devices } = this.numbers;
    this.made.band ??= stepBand(this.job, step, leastStep(this.job, tokens, gpus, Math.max(devices.plain.peak, devices.linear.peak)));
    return this.made.band;
  }

  get time(): TrainingEstimate['time'] {
    const { step, run, request, times } = this.numbers;
    this.made.time ??= {
      step: stepTerm(this.job, this.band, this.numbers),
      shares: stepShares(this.job, step, run, request.tail, times),
    };
    return this.made.time;
  }

  /** The step as one pipeline rank spends it. */
  stepOf(rank: number): Term {
    return stepTerm(this.job, this.band, this.numbers, rank);
  }

  get communication(): TrainingEstimate['communication'] {
    this.made.communication ??= communicationTerms(this.job, this.numbers);
    return this.made.communication;
  }

  get throughput(): TrainingEstimate['throughput'] {
    const { gpus, tokens, step, devices } = this.numbers;
    this.made.throughput ??= throughputTerms(this.job, this.band, tokens, gpus, step, devices.plain.peak);
    return this.made.throughput;
  }

  get cost(): TrainingEstimate['cost'] {
    const { gpus, tokens, step } = this.numbers;
    return costTerms(this.job, this.band, gpus, step, tokens);
  }

  get schedule(): TrainingEstimate['schedule'] {
    this.made.schedule ??= { ...this.numbers.request, residentBytes: this.memory.stages.map(residentOf) };
    return this.made.schedule;
  }

  withAssumptions(assumptions: readonly Assumption[]): TrainingEstimate {
    return new TermsOnDemand(this.job, this.numbers, assumptions, this.made);
  }

  /** What `JSON.stringify` writes: every term, made or not. */
  toJSON(): Omit<TrainingEstimate, 'withAssumptions'> {
    const { kind, gpus, parameters, memory, time, communication, throughput, cost, schedule, assumptions } = this;
    return { kind, gpus, parameters, memory, time, communication, throughput, ...(cost ? { cost } : {}), schedule, assumptions };
  }
}
