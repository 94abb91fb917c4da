/** DeepSpeed's launcher takes the GPUs by number or by name, not by both. */
import { defineRule } from '../finding.ts';
import { numberIn, textIn } from './shared/keys.ts';

const named = ['deepspeed/include', 'deepspeed/exclude'] as const;
const counted = ['deepspeed/num-gpus', 'deepspeed/num-nodes'] as const;

export const gpusCountedAndNamed = defineRule({
  id: 'gpus-counted-and-named',
  group: 'parallelism',
  severity: 'error',
  anyKey: named,
  reads: [],
  check({ keys, report }) {
    // An empty filter is none, and a count of -1 takes all there are.
    const filters = named.filter((key) => (textIn(keys, key) ?? '') !== '');
    const counts = counted.filter((key) => (numberIn(keys, key) ?? -1) >= 0);
    const [at] = counts;
    const [filter] = filters;
    if (at === undefined || filter === undefined) return;
    const flag = (key: string): string => `--${key.slice('deepspeed/'.length).replace('-', '_')}`;
    report({
      at,
      related: [...counts.slice(1), ...filters],
      what: `GPUs are counted by ${counts.map(flag).join(' and ')} and named by ${filters.map(flag).join(' and ')}`,
      why: '"Cannot specify num_nodes/gpus with include/exclude"',
      advice: `keep ${flag(filter)}, which also says how many`,
      fixes: [
        {
          title: `Take ${counts.map(flag).join(' and ')} out`,
          changes: counts.map((field) => ({ kind: 'remove' as const, field })),
          preferred: true,
        },
      ],
    });
  },
});
