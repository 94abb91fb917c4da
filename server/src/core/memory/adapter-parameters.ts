/**
 * Parameters that adapters add, exact per product: LoRA r (in + out) (Hu et al. 2021, section 4.1); DoRA one magnitude per
 * output more (Liu et al. 2024, section 4.1); LLaMA-Adapter a prompt of ten rows and one gate per head from the third layer
 * on (Zhang et al. 2023; LitGPT litgpt/adapter.py); Adapter v2 a scale and a bias per output and the norms (Gao et al.
 * 2023; litgpt/adapter_v2.py); (IA)3 one factor per key, value and inner MLP entry (Liu et al. 2022).
 * With TP, the side of a product that is split is split here too.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { AdapterChoice, AdapterTarget } from '../memory-inputs.ts';
import type { Block, ModelShape } from '../model-shape.ts';
import { normSize } from '../parameters/block-parameters.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';
import { embeddingParameters, headParameters } from '../parameters/model-parameters.ts';
import type { RankPlan } from '../training/stage-plan.ts';

/** Inputs and outputs of one product on one TP rank, and how often a layer has it. */
interface Product {
  readonly target: AdapterTarget;
  readonly inputs: number;
  readonly outputs: number;
  readonly times: number;
}

const promptRows = 10;
const layersWithoutPrompt = 2;

function mixerTargets({ mixer }: Block, hidden: number, tensor: number): readonly Product[] {
  if (mixer?.kind === 'attention') {
    const query = (mixer.heads * mixer.headDim) / tensor;
    const keyValue = keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim;
    return [
      { target: 'q', inputs: hidden, outputs: query * (mixer.gate ? 2 : 1), times: 1 },
      { target: 'k', inputs: hidden, outputs: keyValue, times: 1 },
      { target: 'v', inputs: hidden, outputs: keyValue, times: 1 },
      { target: 'o', inputs: query, outputs: hidden, times: 1 },
    ];
  }
  if (mixer?.kind === 'mla') {
    const heads = mixer.heads / tensor;
    const query = heads * (mixer.nopeDim + mixer.ropeDim);
    return [
      { target: 'q', inputs: mixer.queryRank > 0 ? mixer.queryRank : hidden, outputs: query, times: 1 },
      { target: 'v', inputs: mixer.kvRank, outputs: heads * (mixer.nopeDim + mixer.valueDim), times: 1 },
      { target: 'k', inputs: hidden, outputs: mixer.kvRank + mixer.ropeDim, times: 1 },
      { target: 'o', inputs: heads * mixer.valueDim, outputs: hidden, times: 1 },
    ];
  }
  return [];
}

function mlpTargets({ feedForward }: Block, hidden: number, tensor: number, expert: number): readonly Product[] {
  if (!feedForward) return [];
  const experts = feedForward.kind === 'moe' ? feedForward.experts / expert : 1;
  const width = feedForward.ffn / tensor;
  const products: Product[] = [
    { target: 'up', inputs: hidden, outputs: width, times: experts },
    { target: 'down', inputs: width, outputs: hidden, times: experts },
  ];
  if (feedForward.gated) products.push({ target: 'gate', inputs: hidden, outputs: width, times: experts });
  return products;
}

function ofProduct({ kind, rank, targets }: AdapterChoice, { target, inputs, outputs, times }: Product): number {
  switch (kind) {
    case 'lora':
    case 'qlora':
      return targets.includes(target) ? times * rank * (inputs + outputs) : 0;
    case 'dora':
      return targets.includes(target) ? times * (rank * (inputs + outputs) + outputs) : 0;
    case 'adapter-v2':
      return 2 * times * outputs;
    case 'ia3':
      return target === 'k' || target === 'v' ? outputs : target === 'down' ? times * inputs : 0;
    default:
      return 0;
  }
}

/** The products of one layer that LoRA-like adapters sit on; for experts, as many times as there are local ones. */
export function adaptedProducts(job: TrainingJob, block: Block): readonly Product[] {
  const { adapter, model, parallel } = job;
  if (adapter?.kind !== 'lora' && adapter?.kind !== 'qlora' && adapter?.kind !== 'dora') return [];
  const all = [...mixerTargets(block, model.hidden, parallel.tensor), ...mlpTargets(block, model.hidden, parallel.tensor, parallel.expert)];
  return all.filter(({ target }) => adapter.targets.includes(target));
}

/** Adapter parameters in one layer of this kind on one TP rank. */
export function layerAdapterParameters(job: TrainingJob, block: Block): number {
  const { adapter, model } = job;
  if (!adapter) return 0;
  const { tensor, expert } = job.parallel;
  let sum = adapter.kind === 'adapter-v2' ? block.norms * normSize(model.normalization)(model.hidden) : 0;
  for (const product of mixerTargets(block, model.hidden, tensor)) sum += ofProduct(adapter, product);
  for (const product of mlpTargets(block, model.hidden, tensor, expert)) sum += ofProduct(adapter, product);
  return sum;
}

function promptParameters(job: TrainingJob, layers: number): number {
  const kind = job.adapter?.kind;
  if (kind === 'prompt') return promptRows * job.model.hidden;
  if (kind !== 'adapter' && kind !== 'adapter-v2') return 0;
  const heads = job.model.blocks.reduce((most, { mixer }) => Math.max(most, mixer?.kind === 'attention' ? mixer.heads : 0), 0);
  const covered = Math.max(0, layers - layersWithoutPrompt);
  return covered * (promptRows * job.model.hidden + heads);
}

function headAdapter(job: TrainingJob, plan: RankPlan): number {
  const { adapter, model, parallel } = job;
  if (!adapter) return 0;
  const vocab = model.paddedVocab / parallel.tensor;
  const pair = adapter.rank * (model.hidden + vocab);
  if (adapter.kind === 'adapter-v2') return plan.headShare > 0 ? 2 * vocab + normSize(model.normalization)(model.hidden) : 0;
  if (adapter.kind !== 'lora' && adapter.kind !== 'qlora' && adapter.kind !== 'dora') return 0;
  const { targets } = adapter;
  return (targets.includes('embed') ? plan.embeddingShare * pair : 0) + (targets.includes('head') ? plan.headShare * pair : 0);
}

/** Adapter parameters on one GPU of a pipeline rank. */
export function adapterParameters(job: TrainingJob, plan: RankPlan): number {
  if (!job.adapter) return 0;
  let sum = promptParameters(job, plan.layers) + headAdapter(job, plan);
  plan.kinds.forEach((count, kind) => {
    const block = job.model.blocks[kind];
    if (block && count > 0) sum += count * layerAdapterParameters(job, block);
  });
  return sum;
}

/** Parameters of the embedding, head and norms that are trained whole beside the adapters on this rank. */
export function wholeParameters(job: TrainingJob, plan: RankPlan): number {
  const { adapter, model, parallel } = job;
  if (!adapter || adapter.whole.length === 0) return 0;
  const embed = adapter.whole.includes('embed') ? plan.embeddingShare * embeddingParameters(model, parallel.tensor) : 0;
  const head = adapter.whole.includes('head') ? plan.headShare * headParameters(model, parallel.tensor).matrix : 0;
  return embed + head + (adapter.whole.includes('norms') ? normParameters(model, plan) : 0);
}

function normParameters(model: ModelShape, plan: RankPlan): number {
  const each = normSize(model.normalization)(model.hidden);
  return plan.kinds.reduce((sum, count, kind) => sum + count * (model.blocks[kind]?.norms ?? 0) * each, 0);
}

/** Parameters that get gradients and optimizer states on one GPU of a pipeline rank, before any sharding. */
export function trainableParameters(job: TrainingJob, plan: RankPlan): number {
  return job.adapter ? adapterParameters(job, plan) + wholeParameters(job, plan) : plan.parameters;
}
