/** Keys that the estimate does not follow: they are listed beside it, and no verdict about memory is certain with them. */
import type { Assumption } from '../core/estimate.ts';
import type { Finding } from '../core/finding.ts';
import type { UnreadKey } from '../frameworks/adapter.ts';

/** One assumption for all keys that ask for the same thing. */
export function notModelled(unread: readonly UnreadKey[]): readonly Assumption[] {
  const names = new Map<string, Set<string>>();
  for (const { name, effect, instead } of unread) {
    if (effect !== 'not-modelled' || instead === undefined) continue;
    const same = names.get(instead);
    if (same) same.add(name);
    else names.set(instead, new Set([name]));
  }
  return [...names].map(([value, keys]) => ({ value, why: `${[...keys].join(', ')} ${keys.size > 1 ? 'are' : 'is'} not modelled` }));
}

/** Memory that a key left out of the estimate may save again is no certain failure. */
export function softened(finding: Finding, ignored: readonly Assumption[]): Finding {
  if (finding.rule !== 'memory-over-capacity' || finding.severity !== 'error' || ignored.length === 0) return finding;
  const why = `${finding.why}; this is no certain failure, because ${ignored.map((one) => one.why).join(' and ')}`;
  return { ...finding, severity: 'warning', why };
}
