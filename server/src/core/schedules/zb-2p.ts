/**
 * ZB-2p: the zero-bubble order searched for with the times of the job, holding at most 2p micro batches, which is enough to leave no gap between a rank's first and last operation in most cases.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 3.1; the greedy rule, see searched-zero-bubble.ts.
 */
import { searchedZeroBubble } from './searched-zero-bubble.ts';

export const zeroBubble2p = searchedZeroBubble('zb-2p', 'ZB-2p', 2);
