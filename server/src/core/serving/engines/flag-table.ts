/** Flags of an engine that came, went or were renamed, by the releases that were compared. */

export interface FlagLifetime {
  /** The first release known to have it: it may have come anywhere behind the one compared before. */
  readonly since?: string;
  /** The last one known to have it. */
  readonly until?: string;
  readonly instead?: string;
}

export interface FlagTable {
  readonly engine: 'vllm' | 'sglang';
  readonly label: string;
  readonly lifetimes: ReadonlyMap<string, FlagLifetime>;
  /** The releases that were compared, rising: what lies between two of them is left alone. */
  readonly compared: readonly string[];
  /** The release from which on a flag that is new in one of these may be there already. */
  readonly mayHave: { readonly [since: string]: string };
}

/** Lines of `name | since | until | instead`, with `-` for nothing. */
export function lifetimesOf(lines: string): ReadonlyMap<string, FlagLifetime> {
  return new Map(
    lines
      .split('\n')
      .map((line) => line.split('|').map((part) => part.trim()))
      .filter(([name = '']) => name !== '')
      .map(([name = '', since = '-', until = '-', instead = '-']) => [
        name,
        { ...(since === '-' ? {} : { since }), ...(until === '-' ? {} : { until }), ...(instead === '-' ? {} : { instead }) },
      ]),
  );
}

/** The release that is known not to have a flag that `until` had. */
export const goneFrom = ({ compared }: FlagTable, until: string): string => compared[compared.indexOf(until) + 1] ?? '999';
