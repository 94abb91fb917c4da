/** A mixed-integer linear programme as plain data: whoever solves it needs to know nothing of GPUs. All variables are at least 0. */
export interface LinearTerm {
  readonly variable: string;
  readonly factor: number;
}

export interface LinearRow {
  readonly terms: readonly LinearTerm[];
  readonly relation: '=' | '<=';
  readonly bound: number;
}

export interface IntegerProgramme {
  readonly minimize: readonly LinearTerm[];
  readonly rows: readonly LinearRow[];
  /** Largest values; variables not named are unbounded. */
  readonly most: ReadonlyMap<string, number>;
  readonly integers: readonly string[];
}

/** Values of the variables, or why there are none. */
export type Solution = { readonly values: ReadonlyMap<string, number> } | { readonly refused: string };

export type SolveProgramme = (programme: IntegerProgramme) => Promise<Solution>;
