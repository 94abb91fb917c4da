/**
 * What follows from what: the arithmetic that frameworks do before they start. One row per way of getting a field.
 * A row never says anything when one of its inputs is unknown, and never when the result would not be whole: such a job is
 * contradictory, and a rule says so.
 */
import { type Derivation, isCount, product, row, whole } from './derivation.ts';
import { trainerDerivations } from './trainer-derivations.ts';

/** Serving engines replicate by other rules. */
const sharded: readonly string[] = ['vllm', 'sglang', 'tensorrt-llm', 'tgi', 'lmdeploy', 'mlc'];
/** llama.cpp and what wraps it put layers on whatever GPUs there are. */
const servers: readonly string[] = [...sharded, 'llama-cpp', 'ollama'];

/** World size and data parallelism. Source: Megatron-LM megatron/core/parallel_state.py, initialize_model_parallel. */
const cluster: readonly Derivation[] = [
  row({
    field: 'cluster.gpus',
    from: ['cluster.nodes', 'cluster.gpusPerNode'],
    how: 'nodes x GPUs per node',
    sort: 'identity',
    compute: (job) => product(job['cluster.nodes'], job['cluster.gpusPerNode']),
  }),
  row({
    field: 'cluster.nodes',
    from: ['cluster.gpus', 'cluster.gpusPerNode'],
    how: 'GPUs / GPUs per node',
    sort: 'identity',
    compute: (job) => whole(job['cluster.gpus'], job['cluster.gpusPerNode']),
  }),
  row({
    field: 'cluster.gpus',
    from: ['parallel.tensor', 'parallel.pipeline', 'serving.dataParallel'],
    how: 'TP x PP x engine replicas',
    sort: 'identity',
    frameworks: sharded,
    compute: (job) => product(job['parallel.tensor'] ?? 1, job['parallel.pipeline'] ?? 1, job['serving.dataParallel'] ?? 1),
  }),
  row({
    field: 'parallel.data',
    from: ['cluster.gpus', 'parallel.tensor', 'parallel.pipeline', 'parallel.context'],
    how: 'GPUs / (TP x PP x CP)',
    sort: 'identity',
    unless: servers,
    compute: (job) =>
      whole(job['cluster.gpus'], product(job['parallel.tensor'] ?? 1, job['parallel.pipeline'] ?? 1, job['parallel.context'] ?? 1)),
  }),
  row({
    field: 'parallel.data',
    from: ['parallel.dataReplicate', 'parallel.dataShard'],
    how: 'DP replicate x DP shard',
    sort: 'identity',
    compute: (job) => product(job['parallel.dataReplicate'], job['parallel.dataShard']),
  }),
  row({
    field: 'parallel.data',
    from: ['batch.global', 'batch.micro', 'batch.accumulation'],
    how: 'global batch / (micro batch x gradient accumulation)',
    sort: 'identity',
    // With a known world size that does not divide, the answer is a finding and not another DP.
    compute: (job) =>
      job['cluster.gpus'] === undefined ? whole(job['batch.global'], product(job['batch.micro'], job['batch.accumulation'])) : undefined,
  }),
  row({
    field: 'cluster.gpus',
    from: ['parallel.data', 'parallel.tensor', 'parallel.pipeline', 'parallel.context'],
    how: 'DP x TP x PP x CP',
    sort: 'identity',
    unless: servers,
    // The run needs exactly these; a split that is not known makes the product no answer.
    compute: (job) =>
      product(job['parallel.data'], product(job['parallel.tensor'], product(job['parallel.pipeline'], job['parallel.context'] ?? 1))),
  }),
  row({
    field: 'parallel.dataShard',
    from: ['parallel.data', 'parallel.dataReplicate'],
    how: 'DP / copies of the sharded states',
    sort: 'identity',
    compute: (job) => whole(job['parallel.data'], job['parallel.dataReplicate']),
  }),
  row({
    field: 'parallel.dataShard',
    from: ['parallel.data', 'zero.stage'],
    how: 'DP where states are sharded, which is over the whole group, else 1',
    sort: 'default',
    unless: servers,
    compute: (job) => {
      const stage = job['zero.stage'];
      if (stage === undefined) return undefined;
      return stage === 0 ? 1 : job['parallel.data'];
    },
  }),
  row({
    field: 'parallel.dataReplicate',
    from: ['parallel.data', 'parallel.dataShard'],
    how: 'DP / DP shard',
    sort: 'identity',
    compute: (job) => whole(job['parallel.data'], job['parallel.dataShard']),
  }),
];

/** The batch triple. Source: DeepSpeed deepspeed/runtime/config.py, _set_batch_related_parameters; Megatron-LM num_microbatches_calculator.py. */
const batch: readonly Derivation[] = [
  row({
    field: 'batch.accumulation',
    from: ['batch.global', 'batch.micro', 'parallel.data'],
    how: 'global batch / (micro batch x DP)',
    sort: 'identity',
    compute: (job) => whole(job['batch.global'], product(job['batch.micro'], job['parallel.data'])),
  }),
  row({
    field: 'batch.micro',
    from: ['batch.global', 'batch.accumulation', 'parallel.data'],
    how: 'global batch / (gradient accumulation x DP)',
    sort: 'identity',
    frameworks: ['deepspeed'],
    compute: (job) => whole(job['batch.global'], product(job['batch.accumulation'], job['parallel.data'])),
  }),
  row({
    field: 'batch.global',
    from: ['batch.micro', 'batch.accumulation', 'parallel.data'],
    how: 'micro batch x gradient accumulation x DP',
    sort: 'identity',
    compute: (job) => product(job['batch.micro'], job['batch.accumulation'], job['parallel.data']),
  }),
  row({
    field: 'batch.global',
    from: ['batch.micro', 'parallel.data'],
    how: 'micro batch x DP, the default when no global batch is given',
    sort: 'default',
    frameworks: ['megatron-lm', 'deepspeed'],
    compute: (job) => product(job['batch.micro'], job['parallel.data']),
  }),
];

/** Megatron's gated width keeps the parameter count of the plain MLP: int(4h x 2/3 / 64) x 64 (megatron/training/arguments.py). */
const gatedWidth = (hidden: number): number => Math.floor((hidden * 4 * 2) / 3 / 64) * 64;

/** The rest of the model's shape, and the virtual stages. Source: Megatron-LM megatron/training/arguments.py and vocab_utils.py. */
const shape: readonly Derivation[] = [
  row({
    field: 'model.headDim',
    from: ['model.hidden', 'model.heads'],
    how: 'hidden size / heads',
    sort: 'default',
    compute: (job) => whole(job['model.hidden'], job['model.heads']),
  }),
  row({
    field: 'model.kvHeads',
    from: ['model.heads'],
    how: 'the number of heads, since no grouping is asked for',
    sort: 'default',
    compute: (job) => {
      const kind = job['model.attentionKind'];
      if (kind === 'MQA') return 1;
      return kind === undefined || kind === 'MHA' || kind === 'MLA' ? job['model.heads'] : undefined;
    },
  }),
  row({
    field: 'model.ffn',
    from: ['model.hidden', 'model.gatedMlp'],
    how: '4 x hidden size, and two thirds of it when the MLP is gated',
    sort: 'default',
    frameworks: ['megatron-lm'],
    compute: (job) => {
      const hidden = job['model.hidden'];
      if (!isCount(hidden)) return undefined;
      return job['model.gatedMlp'] === true ? gatedWidth(hidden) : 4 * hidden;
    },
  }),
  row({
    field: 'model.paddedVocab',
    from: ['model.vocab', 'model.vocabDivisor', 'parallel.tensor'],
    how: 'the vocabulary rounded up to a multiple of divisor x TP',
    sort: 'default',
    frameworks: ['megatron-lm', 'megatron-core', 'megatron-deepspeed'],
    compute: (job) => {
      const vocab = job['model.vocab'];
      const multiple = product(job['model.vocabDivisor'], job['parallel.tensor']);
      return isCount(vocab) && multiple !== undefined ? Math.ceil(vocab / multiple) * multiple : undefined;
    },
  }),
  row({
    field: 'parallel.virtualStages',
    from: ['model.layers', 'parallel.pipeline', 'parallel.layersPerVirtualStage'],
    how: 'layers / (PP x layers per virtual stage)',
    sort: 'identity',
    compute: (job) => whole(job['model.layers'], product(job['parallel.pipeline'], job['parallel.layersPerVirtualStage'])),
  }),
];

/** In the order they are tried; the first that gives a value wins. */
export const derivations: readonly Derivation[] = [...cluster, ...batch, ...shape, ...trainerDerivations];
