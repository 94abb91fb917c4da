/** The bubble of one rank by cause, as the terms its bar in the step is made of. */
import { type IdleSlots, idleCauseLabels, idleCauses } from '../schedules/idle-slots.ts';
import type { Term, TermInput } from '../term.ts';
import type { Seconds } from '../units.ts';

/** What the seconds of a cause hang on, beside the schedule. */
const fields: Partial<Readonly<Record<(typeof idleCauses)[number], TermInput['field']>>> = {
  imbalance: 'parallel.pipeline',
  transfer: 'cluster.interconnect',
  barrier: 'parallel.vocabPipeline',
};

/** Causes that are no bubble: a rank's own sends, and the tail, have terms of their own. */
const apart: readonly string[] = ['send', 'tail'];

/** Seconds of each cause on one rank, in the order of `idleCauses`. */
export function idleSecondsOf({ seconds }: IdleSlots, rank: number): readonly Seconds[] {
  const width = idleCauses.length;
  return Array.from(seconds.subarray(rank * width, (rank + 1) * width));
}

/** The bubble opened into its causes; as it is where they do not add up to it, as when steps overlap. */
function opened(bubble: Term, idle: readonly Seconds[]): Term {
  const causes = idleCauses
    .map((cause, index) => ({ cause, seconds: idle[index] ?? 0 }))
    .filter(({ cause, seconds }) => seconds > 0 && !apart.includes(cause));
  const all = causes.reduce((sum, { seconds }) => sum + seconds, 0);
  if (causes.length === 0 || Math.abs(all - bubble.value) > 1e-6 * bubble.value) return bubble;
  const children = causes.map(
    ({ cause, seconds }): Term => ({
      id: `time.bubble.${cause}`,
      label: `Bubble: ${idleCauseLabels[cause].charAt(0).toLowerCase()}${idleCauseLabels[cause].slice(1)}`,
      // What the runs differ in by rounding belongs to nobody.
      value: (seconds * bubble.value) / all,
      unit: 's',
      formula: 'moments in which the rank runs nothing, by what they would be without transfers and with equal stages',
      inputs: [...(bubble.inputs ?? []), ...(fields[cause] ? [{ name: 'schedule', value: cause, field: fields[cause] }] : [])],
      source: 'simulation of the schedule',
    }),
  );
  return { ...bubble, combine: 'sum', children };
}

/** The step of a rank with its bubble by cause; `idle` are the seconds of that rank. */
export function withBubbleCauses(term: Term, idle: readonly Seconds[]): Term {
  if (term.id === 'time.bubble') return opened(term, idle);
  return term.children ? { ...term, children: term.children.map((child) => withBubbleCauses(child, idle)) } : term;
}
