/** Flags go, and a server that is upgraded does not start with them. */
import { defineRule, type KeyName } from '../finding.ts';
import { vllmFlagLifetimes } from '../serving/engines/vllm-flags.ts';
import { isSince } from './shared/serving.ts';

/** What has a rule of its own. */
const toldElsewhere: ReadonlySet<string> = new Set(['swap-space', 'num-redundant-experts']);

export const flagRemovedFromRelease = defineRule({
  id: 'flag-removed-from-release',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [...vllmFlagLifetimes].filter(([, { until }]) => until !== undefined).map(([name]): KeyName => `vllm/${name}`),
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const version = job['serving.engineVersion'];
    for (const [name, { until, instead }] of vllmFlagLifetimes) {
      const at: KeyName = `vllm/${name}`;
      if (until === undefined || keys[at] === undefined || toldElsewhere.has(name)) continue;
      // The release that is named is the last one known to have it; the next known one is two on at least.
      const isGone = isSince(version, nextAfter(until));
      if (version !== undefined && !isGone) continue;
      report({
        at,
        severity: isGone ? 'error' : 'info',
        what: isGone ? `--${name} is gone from vLLM ${version}` : `--${name} is gone from newer releases of vLLM`,
        why: isGone ? `"unrecognized arguments: --${name}"; ${until} was the last to have it` : `${until} was the last to have it`,
        advice: instead === undefined ? 'leave it out' : `use --${instead}`,
        fixes: instead === undefined ? [{ title: `Remove --${name}`, changes: [{ kind: 'remove', field: at }] }] : [],
      });
    }
  },
});

/** `0.17` ends before `0.18`; the table's releases are those that were compared, so what lies between is left alone. */
const compared: readonly string[] = ['0.6', '0.8', '0.10', '0.12', '0.16', '0.17', '0.18', '0.19', '0.20', '0.24', '0.33'];
const nextAfter = (release: string): string => compared[compared.indexOf(release) + 1] ?? '999';
