/** A workload as the lines of a JSONL trace in Mooncake's manner: blocks of 512 tokens that two prompts share have the same id. */
import { blockTokens } from './trace.ts';
import { newArrival, type Workload } from './workload.ts';

export function* traceLines(workload: Workload): Generator<string, void> {
  const known = new Map<string, number>();
  const arrival = newArrival();
  let fresh = 0;
  while (workload.next(arrival)) {
    const { time, prompt, output, prefix } = arrival;
    const row = { timestamp: Math.round(time * 1000), input_length: prompt, output_length: output };
    if (!prefix) {
      yield JSON.stringify(row);
      continue;
    }
    const ids: number[] = [];
    let piece = 0;
    let pieceEnd = prefix.tokens[0] ?? 0;
    for (let end = blockTokens; end - blockTokens < prompt; end += blockTokens) {
      // The piece in which a block ends stands for all text before it. A last block that is not full is nobody else's.
      while (pieceEnd < end && piece < prefix.tokens.length - 1) pieceEnd += prefix.tokens[++piece] as number;
      const key = end <= Math.min(pieceEnd, prompt) ? `${prefix.ids[piece]} ${end}` : '';
      const id = (key === '' ? undefined : known.get(key)) ?? fresh++;
      if (key !== '') known.set(key, id);
      ids.push(id);
    }
    yield JSON.stringify({ ...row, hash_ids: ids });
  }
}
