/** Adapters, stored formats, optimizer variants and kernels of a job, with the defaults of the framework. */
import type { Assumption } from '../estimate.ts';
import type { BaseFormat, NumberFormat, OptimizerKind, PartialJob } from '../job-fields.ts';
import type { AdapterChoice, AdapterTarget, KernelChoice, MemoryChoices, OptimizerChoice, WholeModule } from '../memory-inputs.ts';

const linear: readonly AdapterTarget[] = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];
const targets: readonly AdapterTarget[] = [...linear, 'embed', 'head'];
const wholeModules: readonly WholeModule[] = ['embed', 'head', 'norms'];

const noWords: readonly string[] = [];
/** Pieces of the loss in torchtune's recipes (torchtune/modules/loss/ce_chunked_output_loss.py). */
const torchtuneChunks = 8;

const words = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? noWords : text.split(/[\s,]+/).filter((word) => word !== '');

/** Frameworks whose optimizers and layers are Megatron-LM's own. */
export function isMegatron(framework: string): boolean {
  return framework.startsWith('megatron');
}

/**
 * The adapter of a job. PEFT's defaults: rank 8, queries and values (src/peft/tuners/lora/config.py,
 * src/peft/utils/constants.py), adapters in fp32 (autocast_adapter_dtype). torchtune and LitGPT keep the compute format.
 */
function adapterOf(job: PartialJob, framework: string, compute: NumberFormat, assumptions: Assumption[]): AdapterChoice | undefined {
  const kind = job['adapter.kind'];
  if (kind === undefined) return undefined;
  const written = words(job['adapter.targets']);
  const all = written.includes('all-linear') || written.includes('all');
  const named = targets.filter((target) => written.includes(target) || (all && linear.includes(target)));
  const chosen: readonly AdapterTarget[] = named.length > 0 ? named : ['q', 'v'];
  if (named.length === 0)
    assumptions.push({ field: 'adapter.targets', value: 'q,v', why: 'adapter targets not given: queries and values' });
  const rank = job['adapter.rank'] ?? 8;
  if (job['adapter.rank'] === undefined) assumptions.push({ field: 'adapter.rank', value: '8', why: 'adapter rank not given' });
  const whole = words(job['adapter.wholeModules']);
  return {
    kind,
    rank,
    targets: chosen,
    whole: wholeModules.filter((module) => whole.includes(module)),
    format: job['adapter.format'] ?? (framework === 'huggingface' ? 'fp32' : compute),
    dropout: job['adapter.dropout'] ?? false,
    keepsInputs: job['adapter.keepsInputs'] ?? false,
  };
}

/** What the frozen weights are stored in. QLoRA is NF4 with double quantization unless said otherwise. */
function baseFormatOf(job: PartialJob, params: NumberFormat, assumptions: Assumption[]): BaseFormat {
  const written = job['model.baseFormat'];
  if (written !== undefined) return written;
  if (job['adapter.kind'] === 'qlora') {
    assumptions.push({ field: 'model.baseFormat', value: 'nf4-dq', why: 'QLoRA without a stated format: NF4 with double quantization' });
    return 'nf4-dq';
  }
  return params === 'fp32' || params === 'fp16' ? params : 'bf16';
}

/** Frameworks whose optimizer works on fp32 master weights beside 16-bit ones. */
function keepsMasterWeights(framework: string, implementation: string): boolean {
  // Megatron-FSDP and Megatron-LM's use of FSDP2 shard 16-bit weights and fp32 ones (--megatron-fsdp-main-params-dtype).
  if (isMegatron(framework)) return true;
  if (implementation === 'fsdp1' || implementation === 'fsdp2') return false;
  return implementation === 'deepspeed' || implementation === 'megatron-distributed-optimizer' || framework === 'deepspeed';
}

/** Kernels that update in place: Apex and Transformer Engine (Megatron-LM), DeepSpeed, bitsandbytes, torchtitan, torchtune. */
function fusedByDefault(framework: string, implementation: string, kind: OptimizerKind): boolean {
  if (keepsMasterWeights(framework, implementation) || kind === 'adam-8bit') return true;
  return framework === 'torchtitan' || framework === 'torchtune';
}

interface Context {
  readonly framework: string;
  readonly implementation: string;
  readonly compute: NumberFormat;
  readonly params: NumberFormat;
}

function optimizerOf(job: PartialJob, context: Context, adapter: AdapterChoice | undefined): OptimizerChoice {
  const { framework, implementation, compute, params } = context;
  const kind = job['optimizer.kind'] ?? 'adam';
  const masters = keepsMasterWeights(framework, implementation) && compute !== 'fp32';
  const moment: NumberFormat = masters ? 'fp32' : (adapter?.format ?? params);
  return {
    kind,
    cpuOffload: job['optimizer.cpuOffload'] ?? false,
    offloadedShare: job['zero.offloadOptimizerRatio'] ?? 1,
    precisionAware: job['optimizer.precisionAware'] ?? false,
    firstMoment: job['optimizer.firstMoment'] ?? moment,
    secondMoment: job['optimizer.secondMoment'] ?? moment,
    master: masters ? (job['optimizer.masterWeights'] ?? 'fp32') : 'none',
    paged: job['optimizer.paged'] ?? false,
    inBackward: job['optimizer.inBackward'] ?? false,
    // Paged optimizers are bitsandbytes', whose kernels update in place.
    fused: job['optimizer.fused'] ?? (job['optimizer.paged'] === true || fusedByDefault(framework, implementation, kind)),
  };
}

function kernelsOf(
  job: PartialJob,
  { framework, implementation, compute, params }: Context,
  adapter: AdapterChoice | undefined,
): KernelChoice {
  const fused = job['kernels.fused'] ?? isMegatron(framework);
  const sixteen = compute !== 'fp32' && implementation === 'none' && !isMegatron(framework);
  return {
    fused,
    fusedMlp: job['kernels.fusedMlp'] ?? fused,
    fusedExperts: job['kernels.fusedExperts'] ?? false,
    fusedPermute: job['kernels.fusedPermute'] ?? false,
    autocast: job['precision.autocast'] ?? (sixteen && (params === 'fp32' || adapter?.format === 'fp32')),
  };
}

/** Frameworks leave embeddings, the head and vectors to Adam (Megatron-LM --muon-scalar-optimizer), with two moments. */
const muonAssumptions: readonly Assumption[] = [
  { value: 'Muon updates every parameter', why: 'which parameters another optimizer updates is not followed' },
  {
    value: 'the update takes as long as one that only reads and writes',
    why: 'the Newton-Schulz products of Muon are not counted in the step',
  },
];

/** Everything about memory that a job may choose. Guesses are pushed to `assumptions`. */
export function memoryChoices(job: PartialJob, context: Context, assumptions: Assumption[]): MemoryChoices {
  const adapter = adapterOf(job, context.framework, context.compute, assumptions);
  if (job['optimizer.kind'] === 'muon') assumptions.push(...muonAssumptions);
  return {
    adapter,
    baseFormat: baseFormatOf(job, context.params, assumptions),
    optimizer: optimizerOf(job, context, adapter),
    loss: {
      fused: job['loss.fused'] ?? false,
      chunks: Math.max(1, job['loss.chunks'] ?? (context.framework === 'torchtune' ? torchtuneChunks : 1)),
      upcast: job['loss.upcast'] ?? true,
    },
    kernels: kernelsOf(job, context, adapter),
    offloadActivations: job['offload.activations'] ?? false,
    recomputeModules: words(job['recompute.modules']),
    secondaryPartition: Math.max(0, job['zero.secondaryPartition'] ?? 0),
    reshardAfterForward: job['zero.reshardAfterForward'] ?? true,
    packing: job['batch.packing'] ?? false,
    eagerKernels: (job['environment.cudaVersion'] ?? 12) < 12,
  };
}
