/** Flags go, and a server that is upgraded does not start with them. */
import { defineRule, type KeyName } from '../finding.ts';
import { type FlagTable, goneFrom } from '../serving/engines/flag-table.ts';
import { sglangFlags } from '../serving/engines/sglang-flags.ts';
import { vllmFlags } from '../serving/engines/vllm-flags.ts';
import { isSince } from './shared/serving.ts';

/** What has a rule of its own. */
const toldElsewhere: ReadonlySet<string> = new Set(['vllm/swap-space', 'vllm/num-redundant-experts']);

interface Removed {
  readonly table: FlagTable;
  readonly name: string;
  readonly at: KeyName;
  readonly until: string;
  readonly instead?: string | undefined;
}

const removed: readonly Removed[] = [vllmFlags, sglangFlags].flatMap((table) =>
  [...table.lifetimes].flatMap(([name, { until, instead }]): Removed[] => {
    const at: KeyName = `${table.engine}/${name}`;
    return until === undefined || toldElsewhere.has(at) ? [] : [{ table, name, at, until, instead }];
  }),
);

export const flagRemovedFromRelease = defineRule({
  id: 'flag-removed-from-release',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['vllm', 'sglang'],
  anyKey: removed.map(({ at }) => at),
  reads: [],
  mayRead: ['serving.engineVersion'],
  check({ job, keys, report }) {
    const version = job['serving.engineVersion'];
    for (const { table, name, at, until, instead } of removed) {
      if (keys[at] === undefined) continue;
      // The release that is named is the last one known to have it; the next known one is two on at least.
      const isGone = isSince(version, goneFrom(table, until));
      if (version !== undefined && !isGone) continue;
      report({
        at,
        severity: isGone ? 'error' : 'info',
        what: isGone ? `--${name} is gone from ${table.label} ${version}` : `--${name} is gone from newer releases of ${table.label}`,
        why: isGone ? `"unrecognized arguments: --${name}"; ${until} was the last to have it` : `${until} was the last to have it`,
        advice: instead === undefined ? 'leave it out' : `use --${instead}`,
        fixes: instead === undefined ? [{ title: `Remove --${name}`, changes: [{ kind: 'remove', field: at }] }] : [],
      });
    }
  },
});
