/** Runs long work in slices of a few milliseconds, so that typing and drawing never wait for it. */

/** Milliseconds of one slice: half a frame. */
const sliceMilliseconds = 8;

export interface SliceClock {
  readonly now: () => number;
  readonly later: (run: () => void) => void;
}

const pageClock: SliceClock = { now: () => performance.now(), later: (run) => void setTimeout(run, 0) };

/** Takes `work` to its end, telling each result it has on the way, the last one too. Returns what stops it. */
export function runInSlices<R>(
  work: Generator<R | undefined, R | undefined>,
  told: (result: R) => void,
  clock: SliceClock = pageClock,
): () => void {
  let stopped = false;
  const slice = (): void => {
    const until = clock.now() + sliceMilliseconds;
    while (!stopped) {
      const { value, done } = work.next();
      if (value !== undefined) told(value);
      if (done) return;
      // A result is drawn before the work goes on.
      if (value !== undefined || clock.now() >= until) break;
    }
    if (!stopped) clock.later(slice);
  };
  clock.later(slice);
  return () => {
    stopped = true;
  };
}
