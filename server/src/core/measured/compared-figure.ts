/** One figure of a log beside that of the estimate. */
import type { Unit } from '../units.ts';

export interface ComparedFigure {
  readonly label: string;
  readonly unit: Unit;
  readonly predicted?: number;
  readonly measured: number;
  /** Tenth and ninetieth percentile, where it was told more than once. */
  readonly low?: number;
  readonly high?: number;
}
