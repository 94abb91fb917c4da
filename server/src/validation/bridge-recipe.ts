/**
 * What Megatron-Bridge's performance recipes set beside the columns of its tables: experts are never split (expert TP 1),
 * tokens travel by the flex dispatcher, and later containers capture the fixed parts of a layer in CUDA graphs
 * (NVIDIA-NeMo/Megatron-Bridge scripts/performance/configs/*_workload_base_configs.py).
 */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import type { Stack } from './stack.ts';

const why = "as in Megatron-Bridge's performance recipes";
/** The first container whose recipes capture graphs for every model. */
const firstWithGraphs = 26.04;

export function bridgeRecipeOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (stack !== 'megatron-bridge') return;
  if ((fields['model.experts'] ?? 0) > 1) {
    fields['parallel.expertTensor'] ??= 1;
    fields['parallel.expertDispatch'] ??= 'deepep';
    assumptions.push({ field: 'parallel.expertDispatch', value: 'one copy per node and GPU, expert TP 1', why });
  }
  const container = Number(/(\d\d\.\d\d)(?:\.\d+)? container/.exec(input.source ?? '')?.[1] ?? 0);
  if (container >= firstWithGraphs) {
    fields['compile.cudaGraphs'] ??= 'layer';
    assumptions.push({ field: 'compile.cudaGraphs', value: 'the fixed parts of a layer', why });
  }
}
