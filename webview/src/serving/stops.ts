/** The values a slider goes through: round ones that grow by about a fifth, so that it reaches from a few to very many. Pure. */

const decimalSteps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
const binarySteps = [1, 1.25, 1.5, 1.75];

/** Round values from `least` to `most`, with `own` among them. */
export function stops(least: number, most: number, own: number, kind: 'decimal' | 'binary'): readonly number[] {
  const [base, steps] = kind === 'decimal' ? [10, decimalSteps] : [2, binarySteps];
  const values = new Set<number>([least, own, most]);
  const first = Math.floor(Math.log(least) / Math.log(base) + 1e-9);
  for (let power = first; base ** power <= most; power++) {
    for (const step of steps) {
      const value = Number((step * base ** power).toPrecision(12));
      if (value >= least && value <= most && (kind === 'decimal' || Number.isInteger(value))) values.add(value);
    }
  }
  return [...values].sort((one, other) => one - other);
}

/** Where a value stands among the stops: the nearest one. */
export function stopOf(values: readonly number[], value: number): number {
  let nearest = 0;
  values.forEach((stop, index) => {
    if (Math.abs(stop - value) < Math.abs((values[nearest] ?? Number.POSITIVE_INFINITY) - value)) nearest = index;
  });
  return nearest;
}
