/**
 * Which of the controls are offered: those whose values the framework has a way to write. The others are withheld, with the reason, for
 * an estimate of something that no file could say misleads. Whether a value can be written shows when it is: some values of a control are
 * tried on the file, and remembered by how the file says the field now, so that typing costs nothing.
 */
import type { Analysis, JobAnalysis } from '../analysis.ts';
import type { Engine } from '../engine.ts';
import { Memo } from '../memo.ts';
import type { Choice, Control } from './controls.ts';
import type { TriedField, Value } from './fields.ts';
import { type UnwritableField, whatIf } from './what-if.ts';

export interface Offered {
  readonly controls: readonly Control[];
  readonly withheld: readonly UnwritableField[];
}

/** Fields whose values are words of their keys: one may be there and another not. */
const words: ReadonlySet<TriedField> = new Set(['recompute.granularity', 'zero.stage', 'serving.kvCacheDtype']);

/** What is bought stands in the settings where no file names it, and an order of operations may be looked at whoever runs it. */
const unasked: ReadonlySet<TriedField> = new Set([
  'cluster.gpu',
  'cluster.interconnect',
  'parallel.schedule',
  'parallel.virtualStages',
  'batch.accumulation',
]);

/** Values of a field that are tried before it counts as one that cannot be written. */
const tries = 2;
const remembered = 2000;

/** What was found out about writing: a cache per engine, as those of the engine itself. */
const known = new WeakMap<Engine, Memo<{ readonly why: string | undefined }>>();

export function offered(engine: Engine, analysis: Analysis, file: JobAnalysis, controls: readonly Control[]): Offered {
  const why = (field: TriedField, value: Value): string | undefined => whyNot(engine, analysis, file, field, value);
  const withheld: UnwritableField[] = [];
  const kept = controls.flatMap((control): readonly Control[] => {
    const { field, value, choices } = control;
    const others = choices.filter((choice) => choice.value !== value && choice.refused === undefined);
    if (unasked.has(field) || isBeyondUs(file, field) || others.length === 0) return [control];
    if (words.has(field)) return ofWords(control, others, why, withheld);
    if (isWritten(file, field)) return [control];
    const reasons = others.slice(0, tries).map((choice) => why(field, choice.value));
    const [first] = reasons;
    if (first === undefined || reasons.includes(undefined)) return [control];
    withheld.push({ field, why: first });
    return [];
  });
  return { controls: kept, withheld };
}

/** Without the words that no key takes; withheld where none is left beside the present one. */
function ofWords(
  control: Control,
  others: readonly Choice[],
  why: (field: TriedField, value: Value) => string | undefined,
  withheld: UnwritableField[],
): readonly Control[] {
  const { field, choices } = control;
  const reasons = new Map(others.map(({ value }) => [value, why(field, value)]));
  const left = choices.filter(({ value }) => reasons.get(value) === undefined);
  if (others.some(({ value }) => reasons.get(value) === undefined)) return [{ ...control, choices: left }];
  withheld.push({ field, why: [...reasons.values()].find((reason) => reason !== undefined) ?? '' });
  return [];
}

const isWritten = ({ sources }: JobAnalysis, field: TriedField): boolean => {
  const origin = sources[field];
  return origin !== undefined && 'value' in origin;
};

/** Written, but as something that has to be worked out: the framework has a word for it, only this text is not ours to change. */
const isBeyondUs = ({ sources }: JobAnalysis, field: TriedField): boolean => sources[field]?.kind === 'unresolved';

function whyNot(engine: Engine, analysis: Analysis, file: JobAnalysis, field: TriedField, value: Value): string | undefined {
  const memo = known.get(engine) ?? new Memo<{ readonly why: string | undefined }>(remembered);
  known.set(engine, memo);
  const { framework, release, index, sources } = file;
  const key = JSON.stringify([analysis.uri, index, framework, release, field, sources[field]?.kind, value]);
  const found = memo.get(key) ?? memo.set(key, { why: whatIf(engine, analysis, index, { [field]: value })?.unwritable[0]?.why });
  return found.why;
}
