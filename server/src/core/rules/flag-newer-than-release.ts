/** A pinned release does not know flags that came after it. */
import { defineRule, type KeyName } from '../finding.ts';
import { vllmFlagLifetimes } from '../serving/engines/vllm-flags.ts';
import { isBefore, isSince } from './shared/serving.ts';

/** The release before each that was compared: a flag that is new in one may have come anywhere between. */
const before: { readonly [release: string]: string } = {
  '0.8': '0.6.4',
  '0.10': '0.8.6',
  '0.12': '0.10.3',
  '0.16': '0.12.1',
  '0.24': '0.20.1',
  '0.33': '0.26.1',
};

export const flagNewerThanRelease = defineRule({
  id: 'flag-newer-than-release',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [...vllmFlagLifetimes].filter(([, { since }]) => since !== undefined).map(([name]): KeyName => `vllm/${name}`),
  reads: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const version = job['serving.engineVersion'];
    for (const [name, { since }] of vllmFlagLifetimes) {
      const at: KeyName = `vllm/${name}`;
      if (since === undefined || keys[at] === undefined || isSince(version, before[since] ?? since) || !isBefore(version, since)) continue;
      report({
        at,
        what: `--${name} came after vLLM ${version}`,
        why: `"unrecognized arguments: --${name}"; it came by ${since}`,
        advice: 'pin a newer release, or leave the flag out',
        fixes: [{ title: `Remove --${name}`, changes: [{ kind: 'remove', field: at }] }],
      });
    }
  },
});
