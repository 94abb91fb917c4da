/** Times of collectives where a run measured them: the fixed part and the part that grows with the bytes, each by its factor. */
import type { CalibratedCollective, MeasuredCollective } from '../calibration/measured-speeds.ts';
import type { Bytes, Seconds } from '../units.ts';
import type { Placement } from './network.ts';

/** The measured time when this kind was measured on the level of the placement; otherwise that of the model, which `time` gives. */
export function measuredTime(
  placement: Placement,
  kind: CalibratedCollective,
  bytes: Bytes,
  time: (placement: Placement, bytes: Bytes) => Seconds,
): Seconds {
  const { measured, ...plain } = placement;
  const whole = time(plain, bytes);
  const found = measured?.find((one: MeasuredCollective) => one.kind === kind && one.level === placement.level.kind);
  if (!found) return whole;
  const fixed = Math.min(whole, time(plain, 1));
  return found.latency * fixed + found.rate * (whole - fixed);
}
