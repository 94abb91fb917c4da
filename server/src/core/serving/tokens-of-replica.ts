/** The cache of a replica whose attention runs in groups: each group keeps the whole cache of its own requests in a pool of its own. */
import type { ServingJob } from '../estimate-inputs.ts';

/** `tokens`: what fits in the pool of one group, as the engines' logs count. */
export const tokensOfReplica = ({ attentionData }: Pick<ServingJob, 'attentionData'>, tokens: number): number => tokens * attentionData;

/** TensorRT-LLM counts the requests of each group (`max_batch_size` with attention DP); SGLang deals those of the replica out to the groups. */
export const sequencesOfReplica = ({ engine, maxSequences, attentionData }: ServingJob): number =>
  engine.id === 'tensorrt-llm' ? maxSequences * attentionData : maxSequences;
