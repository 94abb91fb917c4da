/** An axis of numbers, even or logarithmic: its ticks, and where a value stands on it. Pure. */

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
  readonly ticks: readonly number[];
}

/** 1, 2 and 5 times powers of ten between the ends; only the powers when there are many. */
export function logTicks(low: number, high: number): readonly number[] {
  const factors = Math.log10(high / low) > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** From 0 at the low end of an axis to 1 at the high one; beyond when the value is. */
export function along({ low, high, logarithmic }: Axis, value: number): number {
  return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
