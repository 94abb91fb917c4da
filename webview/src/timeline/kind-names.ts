/** What kinds of operations are called. Pure. */
import {
  backwardInputKind,
  backwardKind,
  backwardWeightKind,
  forwardKind,
  gradientReductionKind,
  optimizerKind,
  parameterGatherKind,
  transferKind,
} from '../../../server/src/core/schedules/simulate.ts';

export const kindNames: ReadonlyMap<number, string> = new Map([
  [forwardKind, 'Forward'],
  [backwardKind, 'Backward'],
  [backwardInputKind, 'Input gradient'],
  [backwardWeightKind, 'Weight gradient'],
  [transferKind, 'Transfer'],
  [gradientReductionKind, 'Gradient reduction'],
  [optimizerKind, 'Optimizer'],
  [parameterGatherKind, 'Parameter gather'],
]);
