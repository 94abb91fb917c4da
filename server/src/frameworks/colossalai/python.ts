/**
 * ColossalAI in Python scripts: `HybridParallelPlugin(tp_size=2, pp_size=2, zero_stage=1, precision="bf16")`, `GeminiPlugin` and
 * `LowLevelZeroPlugin`. Each call is a job of its own. Defaults: colossalai/booster/plugin at 4f9953be.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { PythonCall } from '../../syntax/python-module.ts';
import type { Reading } from '../adapter.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setDefault, setDerived, setField } from '../draft.ts';
import { finder } from '../find.ts';
import { bool, count, integer, numberFormat, ratio } from '../parse.ts';
import { allCalls } from '../python-calls.ts';
import { callSettings } from '../python-settings.ts';
import { applyDefaults, type Row, readRows, row } from '../row.ts';

type Plugin = 'HybridParallelPlugin' | 'MoeHybridParallelPlugin' | 'LowLevelZeroPlugin' | 'GeminiPlugin';

const where = (plugin: Plugin): string => `as in ${plugin} of colossalai/booster/plugin`;
const pluginName = /(?:^|\.)((?:Moe)?HybridParallelPlugin|LowLevelZeroPlugin|GeminiPlugin)$/;

const stage = row<'zero.stage'>({
  field: 'zero.stage',
  keys: ['zero_stage', 'stage'],
  parse: (setting) => {
    const parsed = integer(0)(setting);
    if (parsed === 'absent' || !('value' in parsed)) return parsed;
    const { value } = parsed;
    return value === 0 || value === 1 || value === 2 ? { value } : { wrong: `must be 0 to 2, not ${value}` };
  },
});

const rows: readonly Row[] = [
  row({ field: 'parallel.tensor', keys: ['tp_size'], parse: count, fallback: 1, why: 'tp_size is not written' }),
  row({ field: 'parallel.pipeline', keys: ['pp_size'], parse: count, fallback: 1, why: 'pp_size is not written' }),
  row({ field: 'parallel.context', keys: ['sp_size'], parse: count }),
  row({ field: 'parallel.expert', keys: ['ep_size'], parse: count }),
  row({ field: 'parallel.virtualStages', keys: ['num_model_chunks'], parse: count }),
  row({ field: 'batch.micro', keys: ['microbatch_size'], parse: count }),
  stage,
  row({ field: 'precision.compute', keys: ['precision'], parse: numberFormat }),
  row({
    field: 'attention.kernel',
    keys: ['enable_flash_attention'],
    parse: (one) => (one.scalar === true ? { value: 'flash' } : 'absent'),
  }),
  row({ field: 'zero.offloadOptimizer', keys: ['cpu_offload'], parse: (one) => (one.scalar === true ? { value: 'cpu' } : 'absent') }),
  row({ field: 'optimizer.maxGradNorm', keys: ['max_norm'], parse: ratio(0, Number.MAX_VALUE) }),
  row({ field: 'overlap.gradReduce', keys: ['overlap_communication'], parse: bool }),
];

/** The calls that make a plugin, when the file imports ColossalAI. */
export function pluginCalls({ python }: ConfigDocument): readonly PythonCall[] {
  if (python === undefined || !Object.values(python.imports).some((name) => /^colossalai\b/.test(name))) return [];
  return allCalls(python).filter(({ callee }) => pluginName.test(callee));
}

export function readPlugin(
  document: ConfigDocument,
  call: PythonCall,
  start: { readonly framework: string; readonly release: string },
): Reading {
  const plugin = (pluginName.exec(call.callee)?.[1] ?? 'HybridParallelPlugin') as Plugin;
  const settings = callSettings(call);
  const draft = createDraft({ document, ...start, kind: 'training', launch: call.range });
  draft.facts.plugin = plugin;
  readRows(draft, rows, settings);
  defaultSharding(draft, plugin);
  const offload = finder(draft, settings)('offload_optim_frac');
  if (plugin === 'GeminiPlugin' && typeof offload?.scalar === 'number' && offload.scalar > 0) {
    setField(draft, 'zero.offloadOptimizer', 'cpu', keyOrigin(draft, offload));
    setField(draft, 'zero.offloadOptimizerRatio', offload.scalar, keyOrigin(draft, offload));
  }
  // What `**` hides may be any argument.
  if (!settings.some(({ name }) => name === '**')) defaultNumbers(draft, plugin);
  return finishReading(
    draft,
    settings.filter(({ name }) => !name.includes('.')),
    () => true,
  );
}

/** Gemini keeps parameters in chunks that are shared out, with their states. */
function defaultSharding(draft: Draft, plugin: Plugin): void {
  if (plugin === 'GeminiPlugin') setDerived(draft, 'zero.stage', 3, [], 'Gemini divides parameters, gradients and states');
}

function defaultNumbers(draft: Draft, plugin: Plugin): void {
  setDefault(draft, 'zero.stage', plugin === 'LowLevelZeroPlugin' ? 1 : 0, where(plugin));
  setDefault(draft, 'precision.compute', 'fp16', where(plugin));
  setDefault(draft, 'zero.offloadOptimizer', 'none', where(plugin));
  applyDefaults(draft, rows);
  const compute = draft.job['precision.compute'];
  if (compute === undefined) return;
  setDefault(draft, 'precision.params', compute, 'weights are stored in the precision of the plugin');
  setDefault(draft, 'precision.gradients', compute, 'gradients have the format of the weights');
}
