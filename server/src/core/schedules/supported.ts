/**
 * Which schedules a framework runs, by the name the performance model knows its habits by. Read in
 * megatron/core/pipeline_parallel/schedules.py and combined_1f1b.py of Megatron-LM at d98e8a64; `get_schedule_class` of
 * torch/distributed/pipelining/schedules.py in PyTorch at 00722e64 (torchtitan, NeMo Automodel, OLMo-core);
 * deepspeed/runtime/pipe/schedule.py at edaa7221; src/nanotron/parallel/pipeline_parallel/engine.py of nanotron at 2411b022;
 * colossalai/booster/plugin/hybrid_parallel_plugin.py of ColossalAI at 4f9953be.
 */
import type { ScheduleName } from './schedule-name.ts';

const megatron: readonly ScheduleName[] = ['1f1b', 'interleaved-1f1b', '1f1b-expert-overlap'];
const pytorch: readonly ScheduleName[] = [
  'gpipe',
  '1f1b',
  'interleaved-1f1b',
  'looped-bfs',
  'interleaved-zero-bubble',
  'zb-v',
  'dualpipe-v',
];
const plain: readonly ScheduleName[] = ['1f1b'];

const byFramework: { readonly [framework: string]: readonly ScheduleName[] } = {
  'megatron-lm': megatron,
  'megatron-core': megatron,
  'megatron-deepspeed': plain,
  torchtitan: pytorch,
  'nemo-automodel': pytorch,
  'olmo-core': pytorch,
  deepspeed: plain,
  nanotron: ['1f1b', 'gpipe'],
  colossalai: ['1f1b', 'interleaved-1f1b', 'zb-v'],
};

/** The schedules a framework runs; undefined for one whose schedules are not known here. */
export function supportedSchedules(framework: string): readonly ScheduleName[] | undefined {
  return byFramework[framework];
}
