/** Ranks of a written order that wait for one another in a circle, and at which cells. */
import type { OrderProblem, WrittenOperation, WrittenOrder } from './written-order.ts';

const letters = { forward: 'F', backward: 'B', 'backward-input': 'I', 'backward-weight': 'W' } as const;

/** The operation that must have ended before another starts: stage and whether it is a forward pass; undefined for none. */
function needed({ kind, stage }: WrittenOperation, stages: number): { readonly stage: number; readonly forward: boolean } | undefined {
  if (kind === 'backward-weight') return undefined;
  if (kind === 'forward') return stage > 0 ? { stage: stage - 1, forward: true } : undefined;
  return stage < stages - 1 ? { stage: stage + 1, forward: false } : { stage, forward: true };
}

/** Runs the order without times; where it stands still, the cell at which each rank waits. Empty when it ends. */
export function waitingProblems({ rows, stages, microBatches, rankOf }: WrittenOrder): readonly OrderProblem[] {
  const done = new Uint8Array(2 * stages * microBatches);
  const at = (stage: number, forward: boolean, microBatch: number): number => (2 * stage + (forward ? 0 : 1)) * microBatches + microBatch;
  const next = rows.map(() => 0);
  const isReady = (operation: WrittenOperation): boolean => {
    const need = needed(operation, stages);
    return need === undefined || done[at(need.stage, need.forward, operation.microBatch)] === 1;
  };
  /** Runs a rank as far as it goes; a pair starts when both of its operations can. */
  const advance = (row: readonly WrittenOperation[], rank: number): number => {
    const from = next[rank] ?? 0;
    let index = from;
    for (; index < row.length; index++) {
      const operation = row[index];
      const partner = operation?.paired ? row[index + 1] : undefined;
      if (!operation || !isReady(operation) || (partner && !isReady(partner))) break;
      for (const ran of partner ? [operation, partner] : [operation]) {
        if (ran.kind !== 'backward-weight') done[at(ran.stage, ran.kind === 'forward', ran.microBatch)] = 1;
      }
      if (partner) index++;
    }
    next[rank] = index;
    return index - from;
  };
  for (let ran = 1; ran > 0; ) {
    ran = 0;
    rows.forEach((row, rank) => {
      ran += advance(row, rank);
    });
    for (let rank = rows.length - 2; rank >= 0; rank--) ran += advance(rows[rank] ?? [], rank);
  }
  const problems: OrderProblem[] = [];
  rows.forEach((row, rank) => {
    const index = next[rank] ?? 0;
    const stuck = row[index]?.paired && isReady(row[index]) ? row[index + 1] : row[index];
    const need = stuck && needed(stuck, stages);
    if (!stuck || !need) return;
    const own = `${stuck.stage}${letters[stuck.kind]}${stuck.microBatch}`;
    const wanted = `${need.stage}${need.forward ? 'F' : 'B'}${stuck.microBatch}`;
    const other = rankOf[need.stage] ?? 0;
    const where =
      other === rank ? 'which comes later on this rank' : `which rank ${other} runs only after something that waits for this rank`;
    problems.push({ rank, place: stuck.place, message: `the pipeline stands still here: ${own} waits for ${wanted}, ${where}` });
  });
  return problems;
}
