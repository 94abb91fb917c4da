/** Fitted parameters of the host. */
import type { Seconds } from '../units.ts';

/** The Python and launch side. */
export const hostCalibration = {
  /** What torch.compile leaves of the time to issue an operator. */
  compiledShare: 0.45,
  /** Operators issued per transformer layer, forward. */
  operatorsPerLayer: 40,
  /** Operators issued to route tokens, bring them into order and back, and exchange them, forward. */
  operatorsToRoute: 150,
  /** Optimizer, logging, data loading and synchronisation per step that hide behind nothing. */
  stepFloor: 0.02 as Seconds,
} as const;
