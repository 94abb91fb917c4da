/** Requests of many lengths as a few sorts: short, middling and long prompts, each with short, middling and long answers. */

/** Requests taken as alike. */
export interface RequestSort {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of all requests. */
  readonly share: number;
}

export interface RequestLengths {
  readonly input: number;
  readonly output: number;
}

const thirds = 3;

const mean = (values: readonly number[]): number => Math.max(1, Math.round(values.reduce((sum, value) => sum + value, 0) / values.length));

/** Cut into so many parts of equal number by what `by` gives; equal values may end up on both sides of a cut. */
function parts<T>(items: readonly T[], by: (item: T) => number): readonly (readonly T[])[] {
  const sorted = items.toSorted((a, b) => by(a) - by(b));
  const cut = (part: number): number => Math.round((part * sorted.length) / thirds);
  return Array.from({ length: thirds }, (_, part) => sorted.slice(cut(part), cut(part + 1))).filter((some) => some.length > 0);
}

/** At most nine sorts, each with the mean lengths of its requests; requests of one length are one sort. */
export function requestSorts(requests: readonly RequestLengths[]): readonly RequestSort[] {
  const groups = parts(requests, ({ input }) => input).flatMap((some) => parts(some, ({ output }) => output));
  const sorts = new Map<string, RequestSort>();
  for (const group of groups) {
    const inputTokens = mean(group.map(({ input }) => input));
    const outputTokens = mean(group.map(({ output }) => output));
    const key = `${inputTokens} ${outputTokens}`;
    const share = (sorts.get(key)?.share ?? 0) + group.length / requests.length;
    sorts.set(key, { inputTokens, outputTokens, share });
  }
  return [...sorts.values()];
}
