/**
 * Cases: a file and the facts a careful reader takes out of it. `cases.jsonl` names files of public repositories, which are
 * never committed; `own/` holds files of our own with the same constructs. Facts stand flat, `model.layers` and so on.
 */

export type ExpectedFacts = Readonly<Record<string, unknown>>;

/** What is expected of one file. */
export interface Expectation {
  readonly format: string;
  readonly expected: ExpectedFacts;
  /** Files the configuration leads to; the last part of the path is compared. */
  readonly links?: readonly string[];
  /** Facts or variables that the file leaves open: saying a value for one of them is wrong. */
  readonly unresolved?: readonly string[];
  /** Expected facts of each job, in the order of the file, where it holds several. */
  readonly jobs?: readonly ExpectedFacts[];
}

/** One line of `cases.jsonl`. `derived` and `defaults` name the expected facts that no literal of the file states outright. */
export interface PublicCase extends Expectation {
  readonly id: string;
  readonly repo: string;
  readonly path: string;
  readonly commit: string;
  readonly licence: string;
  readonly derived?: readonly string[];
  readonly defaults?: readonly string[];
}

/** `NAME.expected.json`, beside a file of ours or for a sample. `later` names facts that no reader says yet; the others must be right. */
export interface OwnExpectation extends Expectation {
  /** The file below `test/samples/`, where an adapter's sample has the constructs already; no file stands beside this then. */
  readonly sample?: string;
  readonly later?: readonly string[];
}

/** The rows of a JSON lines text. */
export function casesOf(text: string): readonly PublicCase[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as PublicCase);
}

/** Serving engines and kernels are counted apart: training comes first. */
export function isServing(expected: ExpectedFacts): boolean {
  return expected.kind === 'serving' || expected.kind === 'kernel';
}
