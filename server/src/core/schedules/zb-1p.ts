/**
 * ZB-1p: the zero-bubble order searched for with the times of the job, holding at most p micro batches: the memory of 1F1B.
 *
 * Source: Qi et al. 2024 (arXiv:2401.10241), section 3.1; the greedy rule, see searched-zero-bubble.ts.
 */
import { searchedZeroBubble } from './searched-zero-bubble.ts';

export const zeroBubble1p = searchedZeroBubble('zb-1p', 'ZB-1p', 1);
