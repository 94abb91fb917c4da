/** What the panel is told about trying other values, writing them into the file, and about another job beside this one. Plain data. */

/** Values by the names of job fields, all beside what the file says. */
export type Change = { readonly [field: string]: string | number | boolean };

export interface WhatIfChoice {
  readonly value: string | number | boolean;
  readonly label: string;
  /** Why the framework would refuse it with the other values as they are. */
  readonly refused?: string;
}

/** A field that can be tried, with its values. */
export interface WhatIfControl {
  readonly field: string;
  readonly label: string;
  /** What the field is, in a sentence or two. */
  readonly title: string;
  readonly value?: string | number | boolean;
  readonly choices: readonly WhatIfChoice[];
}

/** One number of two jobs. */
export interface DifferenceRow {
  readonly label: string;
  readonly title?: string;
  /** As the file has it. */
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly verdict?: 'better' | 'worse';
  /** A part of another row: for those who look closer. */
  readonly detail?: true;
}

/** What the rules would say, or no longer say. */
export interface ChangedFinding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
  readonly why: string;
  /** False for one that the file has and the change takes away. */
  readonly isNew: boolean;
}

/** What a change gives, beside the job as it would be. */
export interface WhatIfOutcome {
  readonly controls: readonly WhatIfControl[];
  /** Fields without a control here, each with the reason. */
  readonly withheld: readonly string[];
  readonly rows: readonly DifferenceRow[];
  readonly findings: readonly ChangedFinding[];
  /** Why it cannot be written into the file, a sentence for each field; empty when it can. */
  readonly unwritable: readonly string[];
  /** Settings that take what no file says, by their names. */
  readonly settings: readonly string[];
  /** A unified diff of what is written. */
  readonly patch: string;
}

/** A file whose job can be put beside this one. */
export interface OtherJob {
  readonly file: string;
  readonly job: number;
  readonly title: string;
}
