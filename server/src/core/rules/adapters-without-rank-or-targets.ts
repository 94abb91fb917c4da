/** Room for adapters that come later needs their rank and the layers they change. */
import { defineRule } from '../finding.ts';
import { isOn, isThere } from './shared/keys.ts';

const lora = 'sglang/enable-lora';
const names = { 'max-lora-rank': 'a rank', 'lora-target-modules': 'target layers' } as const;
const needed = ['max-lora-rank', 'lora-target-modules'] as const;

export const adaptersWithoutRankOrTargets = defineRule({
  id: 'adapters-without-rank-or-targets',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: [lora],
  reads: [],
  check({ keys, report }) {
    const missing = needed.filter((name) => !isThere(keys, `sglang/${name}`));
    if (!isOn(keys, lora) || missing.length === 0) return;
    if (Object.keys(keys).some((name) => name.startsWith('sglang/lora-paths') || name === 'sglang/config')) return;
    report({
      at: lora,
      what: `Adapters are switched on without paths and without ${missing.map((name) => names[name]).join(' and ')}`,
      why: '"When no initial --lora-paths is provided, you need to specify both --max-lora-rank and --lora-target-modules"',
      advice: `add ${missing.map((name) => `--${name}`).join(' and ')}, or --lora-paths`,
    });
  },
});
