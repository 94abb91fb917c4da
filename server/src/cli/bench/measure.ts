/** Timing with fixed counts: a warm-up that is thrown away, then rounds; every round's mean is one sample. */

export interface Timing {
  /** Microseconds of one run: the fastest round, the middle one, and the one 95 % are below. */
  readonly best: number;
  readonly median: number;
  readonly p95: number;
  readonly runs: number;
}

/** Runs `work` `perRound` times in each of `rounds` rounds. Microseconds per run. */
export function measure(work: (run: number) => void, rounds: number, perRound: number, warmUp: number): Timing {
  let run = 0;
  for (; run < warmUp; run++) work(run);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < perRound; index++) work(run++);
    samples.push(Number(process.hrtime.bigint() - start) / 1000 / perRound);
  }
  return timingOf(samples, rounds * perRound);
}

/** Best, median and p95 of samples in microseconds. */
export function timingOf(samples: readonly number[], runs = samples.length): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { best: sorted[0] ?? Number.NaN, median: at(0.5), p95: at(0.95), runs };
}

let sink = 0;

/** A fixed piece of arithmetic and allocation, to compare machines and moments: other timings are given as multiples of it. */
export function yardstick(): void {
  const cells: { readonly value: number; readonly name: string }[] = [];
  for (let index = 0; index < 400; index++) cells.push({ value: Math.sqrt(index * 1.7 + (sink % 3)), name: `cell ${index}` });
  for (const { value, name } of cells) sink += value + name.length;
}
