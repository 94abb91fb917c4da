/** Fitted parameters of the network. */
import { microseconds } from '../units.ts';

/** Network: share of the link rate a large collective reaches, and fixed cost per collective and per hop. */
export const networkCalibration = {
  intraNodeShare: 0.78,
  interNodeShare: 0.82,
  pcieShare: 0.7,
  collectiveFloor: microseconds(12),
  intraNodeHop: microseconds(0.6),
  basis: 'nccl-tests figures of A100 and H100 nodes',
} as const;
