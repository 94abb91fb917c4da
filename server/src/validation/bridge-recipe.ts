/**
 * What Megatron-Bridge's performance recipes set beside the columns of its tables: experts are never split (expert TP 1),
 * tokens travel by the flex dispatcher, DeepSeek-V3 is laid out by hand, and what bridge-workloads.ts lists by model, GPU and
 * container. Nothing of it looks at what was measured.
 */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import { type BridgeWorkload, bridgeWorkload, containerOf } from './bridge-workloads.ts';
import type { CaseInput } from './row.ts';
import type { Stack } from './stack.ts';

const why = "as in Megatron-Bridge's performance recipes";
/** The first container whose recipes of models that are not listed capture the fixed parts of a layer in CUDA graphs. */
const firstWithGraphs = 26.04;

export function bridgeRecipeOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (stack !== 'megatron-bridge') return;
  if ((fields['model.experts'] ?? 0) > 1) {
    fields['parallel.expertTensor'] ??= 1;
    fields['parallel.expertDispatch'] ??= 'deepep';
    fields['kernels.fusedPermute'] ??= true;
    assumptions.push({ field: 'parallel.expertDispatch', value: 'one copy per node and GPU, expert TP 1, fused permutation', why });
  }
  const container = containerOf(input.source ?? '');
  if (container === undefined) return;
  const model = input.model?.name ?? '';
  const workload = bridgeWorkload(container, model, input.hardware?.gpu ?? '', input.numerics?.compute ?? '');
  if (/deepseek-?v3/i.test(model)) layoutOf(fields, assumptions);
  recomputeOf(input, workload, fields, assumptions);
  graphsOf(container, workload, fields, assumptions);
  if (workload?.virtual !== undefined) virtualStagesOf(input, workload.virtual, fields, assumptions);
  if (workload?.overlap) overlapOf(fields, assumptions);
  if (workload?.fusedExperts) {
    fields['kernels.fusedExperts'] = true;
    assumptions.push({ field: 'kernels.fusedExperts', value: 'true', why });
  }
  if (workload?.predicting !== undefined) {
    fields['model.mtpLayers'] = workload.predicting;
    assumptions.push({ field: 'model.mtpLayers', value: String(workload.predicting), why });
  }
}

/** Named modules, or nothing: what a dense model cannot keep goes to the host while the next layers run. */
function recomputeOf(input: CaseInput, workload: BridgeWorkload | undefined, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (input.recompute !== undefined) return;
  const again = workload?.again;
  fields['recompute.granularity'] = again === undefined ? 'none' : 'selective';
  if (again !== undefined) fields['recompute.modules'] = again;
  assumptions.push({ field: 'recompute.granularity', value: again ?? 'none', why });
}

function graphsOf(container: number, workload: BridgeWorkload | undefined, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const graphs = workload ? workload.graphs : container >= firstWithGraphs ? 'layer' : undefined;
  if (graphs === undefined || fields['compile.cudaGraphs'] !== undefined) return;
  fields['compile.cudaGraphs'] = graphs;
  assumptions.push({ field: 'compile.cudaGraphs', value: graphs === 'step' ? 'the whole step' : 'the fixed parts of a layer', why });
}

/** Where the table's column is left out. */
function virtualStagesOf(input: CaseInput, virtual: number, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const stages = fields['parallel.pipeline'] ?? 1;
  if (stages <= 1 || input.parallel?.vpp !== undefined || (fields['model.layers'] ?? 0) % (stages * virtual) !== 0) return;
  fields['parallel.virtualStages'] = virtual;
  fields['parallel.schedule'] = 'interleaved-1f1b';
  assumptions.push({ field: 'parallel.virtualStages', value: String(virtual), why });
}

/** A pipeline needs virtual stages for it. */
function overlapOf(fields: PartialJobDraft, assumptions: Assumption[]): void {
  const inPipeline = (fields['parallel.pipeline'] ?? 1) > 1;
  if (inPipeline && (fields['parallel.virtualStages'] ?? 1) <= 1 && fields['parallel.pipelineLayout'] === undefined) return;
  fields['parallel.expertOverlap'] = true;
  if (fields['parallel.schedule'] !== undefined) fields['parallel.schedule'] = '1f1b-expert-overlap';
  assumptions.push({ field: 'parallel.expertOverlap', value: 'true', why });
}

/** DeepSeek-V3's stages are laid out by hand: as many layers in each but the last, which also predicts a further token. */
function layoutOf(fields: PartialJobDraft, assumptions: Assumption[]): void {
  const layers = fields['model.layers'];
  const stages = (fields['parallel.pipeline'] ?? 1) * (fields['parallel.virtualStages'] ?? 1);
  if (layers === undefined || stages <= 1 || fields['parallel.pipelineLayout'] !== undefined) return;
  const each = Math.ceil((layers + 2) / stages);
  const left = layers - each * (stages - 1);
  const [first, last] = [each + Math.min(0, left), Math.max(0, left)];
  if (first < 1 || (stages === 2 && first < each)) return;
  fields['model.mtpLayers'] ??= 1;
  const ending = `${last > 0 ? `t*${last}` : ''}${'m'.repeat(fields['model.mtpLayers'])}L`;
  fields['parallel.pipelineLayout'] = `Et*${first}|${stages > 2 ? `(t*${each}|)*${stages - 2}` : ''}${ending}`;
  assumptions.push({ field: 'parallel.pipelineLayout', value: fields['parallel.pipelineLayout'], why });
}
