/** Where a key leads on a row of tabs. Pure. */

/** The tab that a key leads to, round and round; undefined for any other key. */
export function nextTab(tabs: readonly string[], from: string, key: string): string | undefined {
  const at = tabs.indexOf(from);
  if (key === 'ArrowRight') return tabs[(at + 1) % tabs.length];
  if (key === 'ArrowLeft') return tabs[(at - 1 + tabs.length) % tabs.length];
  if (key === 'Home') return tabs[0];
  return key === 'End' ? tabs.at(-1) : undefined;
}
