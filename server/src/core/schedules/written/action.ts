/**
 * One action of a written schedule, as PyTorch spells it: stage, type, micro batch (`2F0`, `1UNSHARD`, `3SEND_F1`), or two
 * that run together (`(0F7;7B3)OVERLAP_F_B`).
 *
 * Source: `_ComputationType` and `_Action` of torch/distributed/pipelining/schedules.py in PyTorch at 00722e64. Until
 * December 2024 `B` was the input gradient and `BW` the whole backward pass.
 */
import type { OperationKind } from '../operation-kind.ts';

/** `I`, `B` and `BW` as written: what `B` means depends on what else the file uses. */
export type ActionType = 'F' | 'B' | 'I' | 'W' | 'BW' | MessageType | ShardType;
export type MessageType = 'SEND_F' | 'RECV_F' | 'SEND_B' | 'RECV_B';
export type ShardType = 'UNSHARD' | 'RESHARD' | 'REDUCE_GRAD';

export interface Action {
  readonly type: ActionType;
  readonly stage: number;
  /** Absent for what concerns a whole stage. */
  readonly microBatch?: number;
}

/** An action, two that run together, nothing (an empty cell), or why the text is none. */
export type ParsedCell = { readonly actions: readonly Action[]; readonly together: boolean } | { readonly wrong: string };

const single = /^(\d+)(F|BW|B|I|W|UNSHARD|RESHARD|REDUCE_GRAD|SEND_F|RECV_F|SEND_B|RECV_B)(\d*)$/;
const pair = /^\(([^()]*)\)(\w+)$/;

const ofStage: ReadonlySet<string> = new Set<ShardType>(['UNSHARD', 'RESHARD', 'REDUCE_GRAD']);

function parseSingle(text: string): Action | { readonly wrong: string } {
  const found = single.exec(text);
  if (!found) return { wrong: `"${text}" is no action; an action is a stage, F, B, I or W and a micro batch, as in 2F0` };
  const [, stage = '', type = '', microBatch = ''] = found;
  const action = { type: type as ActionType, stage: Number(stage) };
  if (microBatch === '') return ofStage.has(type) ? action : { wrong: `"${text}" names no micro batch` };
  if (!Number.isSafeInteger(action.stage) || !Number.isSafeInteger(Number(microBatch))) return { wrong: `"${text}" is out of all bounds` };
  return { ...action, microBatch: Number(microBatch) };
}

/** Reads the text of one cell. */
export function parseCell(cell: string): ParsedCell {
  const text = cell.trim();
  if (text === '') return { actions: [], together: false };
  const both = pair.exec(text);
  if (!both) {
    const action = parseSingle(text);
    return 'wrong' in action ? action : { actions: [action], together: false };
  }
  const [, inside = '', type = ''] = both;
  if (type !== 'OVERLAP_F_B') return { wrong: `"${type}" is no way to run actions together; PyTorch knows OVERLAP_F_B` };
  const actions: Action[] = [];
  for (const part of inside.split(';')) {
    const action = parseSingle(part.trim());
    if ('wrong' in action) return action;
    actions.push(action);
  }
  return { actions, together: true };
}

/** The computation an action stands for; undefined for messages and sharding. `early`: `B` is the input gradient. */
export function computationOf({ type }: Action, early: boolean): OperationKind | undefined {
  if (type === 'F') return 'forward';
  if (type === 'W') return 'backward-weight';
  if (type === 'I') return 'backward-input';
  if (type === 'BW') return 'backward';
  if (type !== 'B') return undefined;
  return early ? 'backward-input' : 'backward';
}

/** True where `B` means the input gradient: the file has `BW`, or `W` and no `I`. */
export function isEarlySpelling(types: ReadonlySet<ActionType>): boolean {
  return types.has('BW') || (types.has('W') && !types.has('I'));
}
