/** Every configuration is compiled and timed again for every new key. */
import { defineTritonRule } from '../triton-rule.ts';

const many = 100;

export const tooManyConfigurations = defineTritonRule({
  id: 'too-many-configurations',
  severity: 'info',
  check({ file, text, report }) {
    for (const { autotune, nameRange } of file.kernels) {
      if (!autotune || autotune.configs.length < many) continue;
      if (/prune_configs_by|early_config_prune/.test(text.slice(autotune.range.start, autotune.range.end))) continue;
      report({
        range: autotune.range,
        related: [{ range: nameRange, message: 'the kernel that is tuned' }],
        what: `${autotune.configs.length} configurations, compiled and timed for every new ${autotune.key?.join(', ') || 'key'}`,
        why: 'at some seconds each the first call takes minutes',
        advice: 'list fewer, or drop those that cannot win with prune_configs_by',
      });
    }
  },
});
