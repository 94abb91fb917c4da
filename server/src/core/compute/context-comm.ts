/**
 * Context parallelism of one layer. Ring: keys and values travel round the group while compute of each piece hides the
 * next transfer (Liu et al. 2023). All-to-all (Ulysses): queries, keys, values and outputs swap sequence for heads
 * (Jacobs et al. 2023). All-gather: keys and values are gathered before attention (Llama Team 2024, section 3.3.2).
 */
import { allGatherTime, reduceScatterTime } from '../comms/collectives.ts';
import type { Groups } from '../comms/groups.ts';
import { type Placement, place } from '../comms/network.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Mixer } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import { keyValueHeads } from '../parameters/mixer-parameters.ts';
import type { Seconds } from '../units.ts';
import { type CommWork, noComm } from './tensor-comm.ts';

/** Elements of keys and values, and of queries and outputs, of one token on one TP rank; a state-space layer passes its state on. */
function widths(mixer: Mixer, tensor: number): { readonly keyValue: number; readonly queryOut: number } {
  switch (mixer.kind) {
    case 'attention':
      return {
        keyValue: 2 * keyValueHeads(mixer.kvHeads, tensor) * mixer.headDim,
        queryOut: (2 * mixer.heads * mixer.headDim) / tensor,
      };
    case 'mla': {
      const heads = mixer.heads / tensor;
      const key = mixer.nopeDim + mixer.ropeDim;
      return { keyValue: heads * (key + mixer.valueDim), queryOut: heads * (key + mixer.valueDim) };
    }
    case 'mamba1':
    case 'mamba2':
      return { keyValue: (2 * mixer.inner) / tensor, queryOut: 0 };
    case 'delta':
      return { keyValue: (mixer.keyHeads * mixer.keyDim + mixer.valueHeads * mixer.valueDim) / tensor, queryOut: 0 };
  }
}

/** `attention` and `backwardAttention` are the seconds of compute that a ring hides behind. */
export function contextComm(
  job: TrainingJob,
  mixer: Mixer | undefined,
  groups: Groups,
  attention: Seconds,
  backwardAttention: Seconds,
): CommWork {
  const { context, tensor, contextKind } = job.parallel;
  if (context <= 1 || !mixer) return noComm;
  const placement = place(job.cluster, groups.context);
  const { keyValue, queryOut } = widths(mixer, tensor);
  const element = bytesPerElement(job.precision.compute) * job.batch.micro * job.sequenceLength;
  if (contextKind === 'all-to-all') return allToAll(placement, context, (element * (keyValue + queryOut)) / context);
  const bytes = element * keyValue;
  const share = (context - 1) / context;
  const one = allGatherTime(placement, context, bytes);
  const back = one + reduceScatterTime(placement, context, bytes);
  if (contextKind === 'all-gather') return { forward: one, backward: back, bytes: 3 * share * bytes, busy: one + back };
  const first = one / Math.max(1, context - 1);
  return {
    // The first exchange starts before there is anything to hide behind; no more than all of them is waited for.
    forward: Math.min(one, Math.max(0, one - attention) + first),
    backward: Math.min(back, Math.max(0, back - backwardAttention) + first),
    bytes: 3 * share * bytes,
    busy: one + back,
  };
}

/** All-to-alls before and after attention, waited for both ways; `bytes` leave each rank in one direction of the pass. */
function allToAll(placement: Placement, context: number, bytes: number): CommWork {
  // Each rank sends (c - 1)/c of what it has: the traffic of a gather whose result is `bytes` in all.
  const one = allGatherTime(placement, context, bytes);
  return { forward: one, backward: one, bytes: 2 * ((context - 1) / context) * bytes, busy: 2 * one };
}
