/**
 * Which stretches of a trace are steps: PyTorch's `ProfilerStep#N`, or the most usual numbered range whose name speaks of steps or
 * iterations (NVTX). A step reaches to the start of the next one, since the GPU works behind the host by about the same
 * time in all of them.
 */
import type { Seconds } from '../units.ts';
import type { Window } from './occupancy.ts';
import type { KernelColumns, NamedRange } from './recorder.ts';

export interface Step extends Window {
  readonly name: string;
}

const profilerStep = /^ProfilerStep\s*#?\d+/;
const stepWords = /\b(?:train|training|global)?[ _]?(?:step|iteration|iter|batch)\b/i;

/** Whether a range may be a step, so that a reader keeps it. */
export function mayBeStep(name: string): boolean {
  return profilerStep.test(name) || stepWords.test(name.replaceAll(/[_#:.]+/g, ' '));
}

const stemOf = (name: string): string => name.replaceAll(/\d+/g, '#').trim();

/** The ranges that are steps, in order of time and without overlap. */
function chosenRanges(ranges: readonly NamedRange[]): readonly NamedRange[] {
  const stems = new Map<string, NamedRange[]>();
  for (const range of ranges) {
    const stem = stemOf(range.name);
    const known = stems.get(stem);
    if (known) known.push(range);
    else stems.set(stem, [range]);
  }
  const score = ([stem, found]: readonly [string, readonly NamedRange[]]): number =>
    (stem.startsWith('ProfilerStep') ? 1e9 : 0) + found.reduce((sum, { start, end }) => sum + end - start, 0);
  const [best] = [...stems].sort((a, b) => score(b) - score(a));
  const sorted = [...(best?.[1] ?? [])].sort((a, b) => a.start - b.start);
  return sorted.filter(
    (range, at) => at === 0 || range.start >= (sorted[at - 1]?.end ?? 0) - 1e-6 || range.start > (sorted[at - 1]?.start ?? 0),
  );
}

/** First start and last end of the kernels in an order by start. */
export function extentOf({ start, duration }: KernelColumns, order: Uint32Array): Window {
  let end = Number.NEGATIVE_INFINITY;
  for (const at of order) end = Math.max(end, (start[at] ?? 0) + (duration[at] ?? 0));
  const first = start[order[0] ?? 0] ?? 0;
  return order.length === 0 ? { start: 0, end: 0 } : { start: first, end };
}

/** Steps with kernels in them; undefined when the trace marks none. `order` lists the kernels of a device by start. */
export function stepsOf(ranges: readonly NamedRange[], kernels: KernelColumns, order: Uint32Array): readonly Step[] | undefined {
  const chosen = chosenRanges(ranges);
  const extent = extentOf(kernels, order);
  const steps = chosen
    .map((range, at): Step => ({ name: range.name, start: range.start, end: chosen[at + 1]?.start ?? range.end }))
    .filter(({ start, end }) => start < extent.end && end > extent.start);
  return steps.length === 0 ? undefined : steps;
}

/** The steps of about the usual length: the first of a run compiles and allocates, the last may be cut off. */
export function usualSteps<S extends Window>(steps: readonly S[]): readonly S[] {
  const length = ({ start, end }: Window): Seconds => end - start;
  const sorted = steps.map(length).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return steps.filter((step) => Math.abs(length(step) - median) <= 0.25 * median);
}
