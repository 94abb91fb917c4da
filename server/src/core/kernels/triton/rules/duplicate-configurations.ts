/** The same configuration twice is compiled and timed twice. */
import { defineTritonRule, spelt } from '../triton-rule.ts';

export const duplicateConfigurations = defineTritonRule({
  id: 'duplicate-configurations',
  severity: 'warning',
  check({ configurations, report }) {
    const first = new Map<string, (typeof configurations)[number]>();
    for (const configuration of configurations) {
      if (!configuration.kernel.autotune) continue;
      const key = `${configuration.kernel.range.start} ${spelt({ ...configuration, values: new Map([...configuration.values].sort(([a], [b]) => (a < b ? -1 : 1))) })}`;
      const before = first.get(key);
      if (!before) first.set(key, configuration);
      else if (before.range.start !== configuration.range.start) {
        report({
          range: configuration.range,
          related: [{ range: before.range, message: 'the same configuration' }],
          what: `Listed twice: ${spelt(configuration)}`,
          why: 'it is compiled and timed twice, for every key',
          advice: 'take one of them out',
        });
      }
    }
  },
});
