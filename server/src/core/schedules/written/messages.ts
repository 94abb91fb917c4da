/**
 * What is wrong with the messages of a schedule that writes them out: a pass that runs before its input was received, sends
 * and receives of a pair of ranks that do not meet in order, and passes of a stage whose parameters are not gathered.
 *
 * Source: `_PipelineScheduleRuntime` of torch/distributed/pipelining/schedules.py in PyTorch at 00722e64: receives are
 * posted where they stand and waited for by the pass that needs them; neighbours on one rank need none. Point-to-point
 * operations of two ranks are matched in the order in which each of them issues them.
 */
import type { Action } from './action.ts';
import type { OrderProblem, WrittenOrder } from './written-order.ts';

interface PlacedAction {
  readonly action: Action;
  readonly place: number;
}

type Rows = readonly (readonly PlacedAction[])[];

const isMessage = ({ action: { type } }: PlacedAction): boolean => type.startsWith('SEND') || type.startsWith('RECV');

interface Message extends PlacedAction {
  readonly rank: number;
  /** What is sent, as the receiver would name it: `F` or `B`, stage of the receiver, micro batch. */
  readonly name: string;
}

/** Messages of each ordered pair of ranks: what the one sends and what the other receives from it. */
function channels(
  rows: Rows,
  { rankOf, stages }: WrittenOrder,
  problems: OrderProblem[],
): ReadonlyMap<string, { readonly sent: Message[]; readonly received: Message[] }> {
  const found = new Map<string, { sent: Message[]; received: Message[] }>();
  rows.forEach((row, rank) => {
    for (const placed of row) {
      if (!isMessage(placed)) continue;
      const { type, stage, microBatch = 0 } = placed.action;
      const forward = type.endsWith('F');
      const sends = type.startsWith('SEND');
      const other = stage + (sends === forward ? 1 : -1);
      if (other < 0 || other >= stages) {
        problems.push({
          rank,
          place: placed.place,
          message: `stage ${stage} has no neighbour to ${sends ? 'send to' : 'receive from'} here`,
        });
        continue;
      }
      const peer = rankOf[other] ?? 0;
      if (peer === rank) {
        problems.push({
          rank,
          place: placed.place,
          message: `stages ${stage} and ${other} are both on rank ${rank}; there is nothing to send`,
        });
        continue;
      }
      const key = sends ? `${rank} ${peer}` : `${peer} ${rank}`;
      const channel = found.get(key) ?? { sent: [], received: [] };
      found.set(key, channel);
      const name = `${forward ? 'F' : 'B'} ${sends ? other : stage} ${microBatch}`;
      (sends ? channel.sent : channel.received).push({ ...placed, rank, name });
    }
  });
  return found;
}

const written = ({ action: { stage, type, microBatch } }: PlacedAction): string => `${stage}${type}${microBatch ?? ''}`;

function unmatched(rows: Rows, order: WrittenOrder, problems: OrderProblem[]): void {
  for (const { sent, received } of channels(rows, order, problems).values()) {
    for (let index = 0; index < Math.max(sent.length, received.length); index++) {
      const [one, other] = [sent[index], received[index]];
      if (one && other && one.name === other.name) continue;
      const at = one ?? other;
      if (!at) break;
      const message =
        one && other
          ? `${written(one)} meets ${written(other)} of rank ${other.rank}: the two ranks send and receive in different orders`
          : `${written(at)} has no counterpart on the other rank`;
      problems.push({ rank: at.rank, place: at.place, message });
      // What follows on this channel is shifted and says the same again.
      break;
    }
  }
}

function unreceived(rows: Rows, { rankOf, stages }: WrittenOrder, problems: OrderProblem[]): void {
  rows.forEach((row, rank) => {
    const received = new Set<string>();
    for (const { action, place } of row) {
      const { type, stage, microBatch } = action;
      if (type.startsWith('RECV')) received.add(`${type.endsWith('F') ? 'F' : 'B'} ${stage} ${microBatch}`);
      const forward = type === 'F';
      if (!(forward || type === 'B' || type === 'I' || type === 'BW')) continue;
      const from = forward ? stage - 1 : stage + 1;
      const comesFromOther = from >= 0 && from < stages && rankOf[from] !== rank;
      if (!comesFromOther || received.has(`${forward ? 'F' : 'B'} ${stage} ${microBatch}`)) continue;
      problems.push({
        rank,
        place,
        message: `${stage}${type}${microBatch} runs before ${stage}RECV_${forward ? 'F' : 'B'}${microBatch} received its input`,
      });
    }
  });
}

function sharded(rows: Rows, problems: OrderProblem[]): void {
  rows.forEach((row, rank) => {
    const gathered = new Set<number>();
    for (const { action, place } of row) {
      const { type, stage, microBatch } = action;
      if (type === 'UNSHARD') {
        if (gathered.has(stage)) problems.push({ rank, place, message: `the parameters of stage ${stage} are gathered already` });
        gathered.add(stage);
      } else if (type === 'RESHARD') {
        if (!gathered.delete(stage))
          problems.push({ rank, place, message: `the parameters of stage ${stage} are not gathered, so there is nothing to free` });
      } else if (microBatch !== undefined && !type.includes('_') && !gathered.has(stage)) {
        problems.push({
          rank,
          place,
          message: `${stage}${type}${microBatch} runs while the parameters of stage ${stage} are not gathered`,
        });
        gathered.add(stage);
      }
    }
  });
}

/** Problems of the messages and gathers of a schedule; none where it writes out only computations. */
export function messageProblems(rows: Rows, order: WrittenOrder): readonly OrderProblem[] {
  const problems: OrderProblem[] = [];
  if (rows.some((row) => row.some(isMessage))) {
    unmatched(rows, order, problems);
    unreceived(rows, order, problems);
  }
  if (rows.some((row) => row.some(({ action }) => action.type === 'UNSHARD'))) sharded(rows, problems);
  return problems;
}
