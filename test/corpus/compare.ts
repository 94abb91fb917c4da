/** Compares what was read of a file with what a careful reader takes out of it: right, unknown or wrong, fact by fact. */
import type { Expectation, ExpectedFacts } from './case.ts';
import { leavesOpen, type Said, saidValue } from './said.ts';
import { sameValue } from './same-value.ts';

/** `unknown`: nothing was said, which a person can see; `wrong` misleads. */
export type Outcome = 'right' | 'unknown' | 'wrong';

export interface FactResult {
  readonly fact: string;
  readonly expected: unknown;
  readonly got: unknown;
  readonly outcome: Outcome;
}

export type Counts = Readonly<Record<Outcome, number>>;

export function countsOf(results: readonly FactResult[]): Counts {
  const counts = { right: 0, unknown: 0, wrong: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}

/** A carrier that says it cannot read the program it starts leaves open what that program is. */
const isOfMachines = (said: Said | undefined, fact: string): boolean =>
  (fact === 'framework' || fact === 'kind') && said?.kind === 'cluster' && said.unresolved['model.name'] !== undefined;

function compareFact(said: Said | undefined, fact: string, expected: unknown): FactResult {
  const got = said && saidValue(said, fact);
  // -1 leaves the number to the size of the world, and what follows from that is what it means.
  const isLeft = expected === -1 && said?.sources[fact]?.kind === 'derived';
  // What carries a server and the engine it runs are both its framework, and both are said.
  const isEngine = fact === 'framework' && said !== undefined && sameValue(fact, expected, said.framework);
  const isRight = isLeft || isEngine || sameValue(fact, expected, got);
  const outcome = got === undefined || (!isRight && isOfMachines(said, fact)) ? 'unknown' : isRight ? 'right' : 'wrong';
  return { fact, expected, got: got ?? said?.unresolved[fact], outcome };
}

const compareFacts = (said: Said | undefined, expected: ExpectedFacts): readonly FactResult[] =>
  Object.entries(expected).map(([fact, value]) => compareFact(said, fact, value));

/** How well a reading fits: every right fact counts for it, every wrong one against it. */
function fitOf(said: Said, expected: ExpectedFacts): number {
  const { right, wrong } = countsOf(compareFacts(said, expected));
  return right - wrong;
}

/** A file of many recipes is judged by the one that the case is about. */
function best(readings: readonly Said[], expected: ExpectedFacts): Said | undefined {
  let found: Said | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const said of readings) {
    const score = fitOf(said, expected);
    if (score > highest) [found, highest] = [said, score];
  }
  return found;
}

function compareLink(readings: readonly Said[], target: string): FactResult {
  const name = target.split('/').at(-1) ?? target;
  const found = readings.flatMap(({ links }) => links).find((link) => link.split('/').at(-1) === name);
  return { fact: `link ${name}`, expected: target, got: found, outcome: found === undefined ? 'unknown' : 'right' };
}

/** An open fact for which a value is said is wrong; one of which nothing is said is unknown. */
function compareOpen(said: Said | undefined, name: string): FactResult {
  const expected = 'unresolved';
  const fact = `unresolved ${name}`;
  if (said === undefined) return { fact, expected, got: undefined, outcome: 'unknown' };
  if (leavesOpen(said, name)) return { fact, expected, got: expected, outcome: 'right' };
  const got = saidValue(said, name);
  const isFree = got === undefined || got === 'auto' || ['assumed', 'default', 'derived'].includes(said.sources[name]?.kind ?? '');
  return { fact, expected, got, outcome: isFree ? 'unknown' : 'wrong' };
}

/** What the jobs of a file have together, where a case counts them apart too. */
function together(readings: readonly Said[], said: Said): Said {
  const gpus = readings.map((one) => saidValue(one, 'gpus'));
  const sum = gpus.every((one) => typeof one === 'number') ? { gpus: gpus.reduce((all, one) => all + one, 0) } : {};
  return { ...said, facts: { ...said.facts, replicas: readings.length, ...sum } };
}

/** Every expected fact of one file with its outcome. Jobs are matched in the order of the file. */
export function compareReading(readings: readonly Said[], expectation: Expectation): readonly FactResult[] {
  const one = best(readings, expectation.expected);
  const said = one && (expectation.jobs ?? []).length > 1 && readings.length > 1 ? together(readings, one) : one;
  const jobs = (expectation.jobs ?? []).flatMap((expected, index) =>
    compareFacts(readings[index], expected).map((result) => ({ ...result, fact: `job ${index + 1} ${result.fact}` })),
  );
  return [
    ...compareFacts(said, expectation.expected),
    ...(expectation.links ?? []).map((target) => compareLink(readings, target)),
    ...(expectation.unresolved ?? []).map((name) => compareOpen(said, name)),
    ...jobs,
  ];
}
