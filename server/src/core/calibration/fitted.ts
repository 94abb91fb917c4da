/** How fitted parameters stand in `fits/*.json`: what each means, and sets of values with what they were fitted on. */

export interface FittedParameter {
  readonly unit: string;
  readonly meaning: string;
  /** Values outside are no plausible figure of such a device. */
  readonly range: readonly number[];
}

export interface Residuals {
  readonly rows: number;
  /** Median and 90th percentile of the absolute errors, and median error, as shares. */
  readonly median: number;
  readonly p90: number;
  readonly bias: number;
}

export interface FittedSet {
  readonly id: string;
  /** Set whose values hold where this one has none. */
  readonly from?: string;
  readonly values: Readonly<Record<string, number>>;
  readonly fittedOn: string;
  readonly method: string;
  /** No measurement of what the set stands for was fitted on. */
  readonly assumed?: boolean;
  readonly residuals?: Readonly<Record<string, Residuals>>;
  /** Fitted together with the values and not used: what the measurement holds beside the kernel. */
  readonly beside?: Readonly<Record<string, number>>;
}

interface Fits<Name extends string> {
  readonly parameters: Readonly<Record<Name, FittedParameter>>;
  readonly sets: readonly {
    readonly id: string;
    readonly from?: string;
    readonly values: { readonly [key: string]: number | undefined };
  }[];
}

/** The values of one set with those it takes over. Every name that no set of the chain gives is a fault of the file, and 0. */
export function fitted<Name extends string>(fits: Fits<Name>, id: string): Readonly<Record<Name, number>> {
  const chain: Fits<Name>['sets'][number][] = [];
  for (let next: string | undefined = id; next !== undefined; ) {
    const wanted: string = next;
    const set = fits.sets.find((other) => other.id === wanted);
    if (set === undefined || chain.includes(set)) break;
    chain.unshift(set);
    next = set.from;
  }
  const values = Object.assign({}, ...chain.map((set) => set.values)) as Readonly<Record<string, number | undefined>>;
  const names = Object.keys(fits.parameters) as Name[];
  return Object.fromEntries(names.map((name) => [name, values[name] ?? 0])) as Readonly<Record<Name, number>>;
}
