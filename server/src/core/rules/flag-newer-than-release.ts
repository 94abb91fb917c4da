/** A pinned release does not know flags that came after it. */
import { defineRule, type KeyName } from '../finding.ts';
import { sglangFlags } from '../serving/engines/sglang-flags.ts';
import { vllmFlags } from '../serving/engines/vllm-flags.ts';
import { isBefore, isSince } from './shared/serving.ts';

const added = [vllmFlags, sglangFlags].flatMap(({ engine, label, lifetimes, mayHave }) =>
  [...lifetimes].flatMap(([name, { since }]) =>
    since === undefined ? [] : [{ name, label, since, at: `${engine}/${name}` as KeyName, maybe: mayHave[since] ?? since }],
  ),
);

export const flagNewerThanRelease = defineRule({
  id: 'flag-newer-than-release',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  anyKey: added.map(({ at }) => at),
  reads: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const version = job['serving.engineVersion'];
    for (const { name, label, since, at, maybe } of added) {
      if (keys[at] === undefined || isSince(version, maybe) || !isBefore(version, since)) continue;
      report({
        at,
        what: `--${name} came after ${label} ${version}`,
        why: `"unrecognized arguments: --${name}"; it came by ${since}`,
        advice: 'pin a newer release, or leave the flag out',
        fixes: [{ title: `Remove --${name}`, changes: [{ kind: 'remove', field: at }] }],
      });
    }
  },
});
