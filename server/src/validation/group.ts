/** What a row is counted under in the accuracy report. */
import { type BandRegime, bandRegime } from '../core/calibration/band-regime.ts';
import { type ServingRegime, servingRegime } from '../core/calibration/serving-regime.ts';
import type { ServingJob } from '../core/estimate-inputs.ts';
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import { completeTraining } from '../core/training/complete-training.ts';
import { isHeldOut } from './hold-out.ts';
import { type Maker, makerOf } from './kernels/design.ts';
import { kernelRowOf } from './kernels/kernel-row.ts';
import { isMlperf } from './mlperf.ts';
import type { CaseInput } from './row.ts';
import { type Timed, timedOf } from './serving-run.ts';
import { type Stack, stackOf } from './stack.ts';

export interface RowGroup {
  readonly source: string;
  readonly heldOut: boolean;
  readonly framework: string;
  /** The GPU as the data sheet calls it, or as the row does when nothing was predicted. */
  readonly gpu: string;
  /** The row is one of a serving engine. */
  readonly engine: boolean;
  /** Absent where no training job was predicted. */
  readonly regime?: BandRegime;
  /** What a row of a single kernel states. */
  readonly kernel?: 'time' | 'occupancy' | 'resources';
  /** What a serving row timed; absent where its GPU is not known. */
  readonly timed?: Timed;
  /** Absent where no serving job was predicted. */
  readonly serving?: ServingRegime;
}

const frameworkNames: Readonly<Record<Stack, string>> = {
  'megatron-lm': 'Megatron-LM',
  'megatron-bridge': 'Megatron-Bridge, NeMo',
  'megatron-deepspeed': 'Megatron-DeepSpeed',
  internevo: 'InternEvo',
  nanotron: 'nanotron',
  torchtitan: 'torchtitan, FSDP2',
  fsdp: 'FSDP',
  deepspeed: 'DeepSpeed',
  huggingface: 'Hugging Face',
  torchtune: 'torchtune',
  litgpt: 'LitGPT',
  maxtext: 'MaxText',
};

/** The engines by the names of rows; submissions to MLPerf do not say theirs. */
const engineNames: readonly (readonly [RegExp, string])[] = [
  [/vllm-based profiler/i, 'vLLM of 2023'],
  [/vllm/i, 'vLLM'],
  [/sglang/i, 'SGLang'],
  [/tensorrt/i, 'TensorRT-LLM'],
  [/llama\.cpp/i, 'llama.cpp'],
];

function engineName(input: CaseInput): string {
  const name = input.engine?.name ?? 'vLLM';
  return isMlperf(input) ? 'MLPerf submissions' : (engineNames.find(([pattern]) => pattern.test(name))?.[1] ?? name);
}

/** The group of a row, from its words. */
export function groupOf(input: CaseInput): RowGroup {
  const source = input.source ?? '';
  const framework = input.kind === 'comm' ? 'collectives' : input.engine ? engineName(input) : frameworkNames[stackOf(input)];
  return { source, heldOut: isHeldOut(source), framework, gpu: input.hardware?.gpu ?? 'not stated', engine: input.engine !== undefined };
}

const makers: Readonly<Record<Maker, string>> = { library: 'libraries', compiler: 'compilers of kernels', hand: 'written by hand' };

/** The group of a row about a single kernel: who made the code takes the place of the framework. */
export function groupOfKernel(input: CaseInput, gpu?: string): RowGroup {
  const { row } = kernelRowOf(input);
  const framework = input.kind === 'occupancy' ? 'profilers' : row ? makers[makerOf(row)] : '';
  const kernel = input.kind === 'throughput' ? 'time' : input.kind === 'occupancy' ? 'occupancy' : 'resources';
  return { ...groupOf(input), framework, gpu: gpu ?? input.hardware?.gpu ?? 'not stated', kernel };
}

/** The same with what the prediction found out. */
export function groupOfJob(input: CaseInput, job: PartialJob, framework: string, cluster: Cluster): RowGroup {
  const completed = completeTraining(job, framework, cluster);
  const group = { ...groupOf(input), gpu: cluster.accelerator.label };
  return 'job' in completed ? { ...group, regime: bandRegime(completed.job) } : group;
}

/** The same of a serving row. Where its GPU is not known, the device of `job` was put in. */
export function groupOfServing(input: CaseInput, job: ServingJob | undefined, gpuKnown: boolean): RowGroup {
  const group = groupOf(input);
  if (!job) return group;
  const regime = servingRegime(job);
  if (!gpuKnown) return { ...group, serving: { ...regime, generation: 'unknown', footing: 'carried' } };
  return { ...group, gpu: job.cluster.accelerator.label, timed: timedOf(input), serving: regime };
}
