/**
 * Values for the place of a key, each tried by writing it there: what the framework's own reader makes of it is read, derived,
 * estimated and judged, so that what it would refuse is not offered and the best comes first.
 */
import type { JobField, PartialJob } from '../core/job-fields.ts';
import type { Range } from '../core/origin.ts';
import type { KeyInfo } from '../frameworks/key-table.ts';
import { findKey } from '../frameworks/key-tables.ts';
import { typedCandidates } from './alternatives.ts';
import type { Analysis, JobAnalysis } from './analysis.ts';
import { formatFieldValue } from './format.ts';
import { outcomeOf } from './outcome.ts';
import type { Suggestion, SuggestionTools } from './suggestion.ts';
import { countedJob } from './world.ts';

/** A place for a value, with how a word is written there. */
export interface ValuePlace {
  readonly range: Range;
  readonly write: (word: string) => string;
  /** The key, when the text around the place says it; else what is written there tells. */
  readonly key?: KeyInfo | undefined;
}

/** More words than this are a list of names rather than choices to weigh. */
const mostTried = 12;
/** Its findings say that a value does not fit, which the order of the list says too. */
const memoryRule = 'memory-over-capacity';

interface Tried {
  readonly word: string;
  readonly insert: string;
  readonly job: JobAnalysis | undefined;
  /** What is wrong with it, by rule or problem, with the first line of what is said. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Suggestions for a value; none where no key is known to stand. */
export function valuesAt(analysis: Analysis, place: ValuePlace, tools: SuggestionTools): readonly Suggestion[] {
  const { text } = analysis.document;
  const writeInto = (insert: string): Analysis => tools.analyse(text.slice(0, place.range.start) + insert + text.slice(place.range.end));
  // A number reads as a value in every format, so that the text is whole again and the key can be found by its place.
  const probe = writeInto('1');
  const found = keyWritten(probe, place.range.start);
  const key = found?.key ?? place.key;
  if (!key) return [];
  const job = probe.jobs[found?.job ?? 0];
  const words = job ? wordsFor(key, countedJob(job), tools) : wordsOf(key);
  if (words.length > mostTried || !isWeighed(key)) return words.map((word) => plain(key, place, word));
  const tried = words.map((word) => tryWord(word, place.write(word), writeInto, found?.job ?? 0));
  const current = text.slice(place.range.start, place.range.end);
  const { valid, refused } = judged(tried);
  return [
    ...valid.map(({ word, insert, job: one }) => {
      const outcome = one && outcomeOf(one.result);
      if (!outcome) return plain(key, place, word);
      const now = insert === current ? 'now: ' : '';
      return { ...plain(key, place, word), brief: now + outcome.brief, detail: now + outcome.whole };
    }),
    // A word may want another key beside it, which nobody can write before the word; a size that cannot be has no such hope.
    ...(key.type === 'choice'
      ? refused.map(({ word, errors }) => ({ ...plain(key, place, word), detail: [...errors.values()][0] ?? '' }))
      : []),
  ];
}

const plain = (key: KeyInfo, { range, write }: ValuePlace, word: string): Suggestion => ({
  label: word,
  insert: write(word),
  range,
  kind: 'value',
  about: `${key.about}.`,
});

/** The key whose value stands at an offset, and the job it is written for. */
function keyWritten({ jobs }: Analysis, offset: number): { readonly key: KeyInfo; readonly job: number } | undefined {
  for (const { written, index } of jobs) {
    for (const { dialect, setting } of written) {
      if (setting.value.start !== offset || setting.container === true) continue;
      const found = findKey(dialect, setting.name);
      if (found) return { key: found.info, job: index };
    }
  }
  return undefined;
}

/** Keys whose values change what the job costs. */
const isWeighed = ({ type, field }: KeyInfo): boolean => field !== undefined || type === 'choice' || type === 'boolean';

function wordsOf({ type, values }: KeyInfo): readonly string[] {
  return type === 'boolean' ? ['true', 'false'] : (values ?? []);
}

function wordsFor(key: KeyInfo, job: PartialJob, tools: SuggestionTools): readonly string[] {
  const own = wordsOf(key);
  if (own.length > 0) return own;
  if (key.field === 'model.name') return tools.models?.() ?? [];
  if (key.type === 'path') return tools.files?.() ?? [];
  return key.field === undefined ? [] : candidates(key.field, job);
}

const candidates = (field: JobField, job: PartialJob): readonly string[] =>
  typedCandidates(field, job).map((value) => (typeof value === 'number' ? String(value) : formatFieldValue(value, undefined)));

function tryWord(word: string, insert: string, writeInto: (insert: string) => Analysis, index: number): Tried {
  const { jobs, problems } = writeInto(insert);
  const job = jobs[index];
  const findings = job?.findings.filter(({ finding }) => finding.severity === 'error' && finding.rule !== memoryRule) ?? [];
  const wrong = problems.filter(({ severity }) => severity === 'error');
  const said = [
    ...findings.map(({ finding }) => [finding.rule, finding.what] as const),
    ...wrong.map((one) => [one.code, one.message] as const),
  ];
  return { word, insert, job, errors: new Map(said) };
}

/** Those that bring no error the others have not; what fits before what does not, then the faster. */
function judged(tried: readonly Tried[]): { readonly valid: readonly Tried[]; readonly refused: readonly Tried[] } {
  const shared = new Set([...(tried[0]?.errors.keys() ?? [])].filter((rule) => tried.every(({ errors }) => errors.has(rule))));
  const isValid = ({ errors }: Tried): boolean => [...errors.keys()].every((rule) => shared.has(rule));
  const valid = tried.filter(isValid);
  const estimated = valid.filter(({ job }) => job && 'estimate' in job.result);
  return {
    valid: (estimated.length > 0 ? estimated : valid).toSorted((a, b) => cost(a) - cost(b)),
    refused: tried.filter((one) => !isValid(one)),
  };
}

function cost({ job }: Tried): number {
  if (!job || !('estimate' in job.result)) return 0;
  const { estimate } = job.result;
  const seconds = estimate.kind === 'training' ? estimate.time.step.value : estimate.decode.timePerToken.value;
  // Any time is below a year: what does not fit comes after everything that does.
  return estimate.memory.fits === 'no' ? seconds + 3e7 : seconds;
}
