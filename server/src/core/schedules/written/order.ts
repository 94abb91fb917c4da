/**
 * A written schedule as an order of operations, or what is wrong with it, cell by cell: what is no action, stands on two
 * ranks, comes twice, comes before what it needs, is missing, or waits for itself.
 *
 * Source of what an order must hold: `_validate_schedule` of torch/distributed/pipelining/schedules.py in PyTorch at
 * 00722e64, which counts actions; that the ranks do not wait for one another in a circle it leaves to the run.
 */
import type { OperationKind } from '../operation-kind.ts';
import { type Action, type ActionType, computationOf, isEarlySpelling, parseCell } from './action.ts';
import { messageProblems } from './messages.ts';
import type { CellRows } from './table.ts';
import { waitingProblems } from './waiting.ts';
import type { OrderProblem, WrittenOperation, WrittenOrder } from './written-order.ts';

export interface CheckedOrder {
  /** Undefined when it cannot be run. */
  readonly order: WrittenOrder | undefined;
  /** Few enough to be read, in the order of ranks and places. */
  readonly problems: readonly OrderProblem[];
}

const mostProblems = 100;

interface ParsedRow {
  readonly actions: readonly { readonly action: Action; readonly place: number; readonly together: boolean }[];
}

function parseRows(
  rows: CellRows,
  problems: OrderProblem[],
): { readonly rows: readonly ParsedRow[]; readonly types: ReadonlySet<ActionType> } {
  const types = new Set<ActionType>();
  const parsed = rows.map((row, rank): ParsedRow => {
    const actions: { action: Action; place: number; together: boolean }[] = [];
    row.forEach((cell, place) => {
      const found = parseCell(cell.text);
      if ('wrong' in found) {
        problems.push({ rank, place, message: found.wrong });
        return;
      }
      for (const action of found.actions) {
        types.add(action.type);
        actions.push({ action, place, together: found.together });
      }
    });
    return { actions };
  });
  return { rows: parsed, types };
}

const spelled: { readonly [kind in OperationKind]: string } = {
  forward: 'forward pass',
  backward: 'backward pass',
  'backward-input': 'input gradient',
  'backward-weight': 'weight gradient',
};

const nameOf = (kind: OperationKind, stage: number, microBatch: number): string =>
  `the ${spelled[kind]} of micro batch ${microBatch} on stage ${stage}`;

/** What each stage and micro batch has had so far on its rank: a set of these bits. */
const bits: { readonly [kind in OperationKind]: number } = { forward: 1, backward: 2, 'backward-input': 4, 'backward-weight': 8 };

/** Why an operation may not come now, given what came before it. */
function misplaced(kind: OperationKind, had: number, stage: number, microBatch: number): string | undefined {
  if ((had & bits[kind]) !== 0) return `${nameOf(kind, stage, microBatch)} comes twice`;
  if (kind === 'backward' && (had & bits['backward-input']) !== 0)
    return `${nameOf(kind, stage, microBatch)} comes after its input gradient`;
  if (kind === 'backward-input' && (had & bits.backward) !== 0)
    return `${nameOf(kind, stage, microBatch)} comes after the whole backward pass`;
  if (kind === 'backward-weight' && (had & bits['backward-input']) === 0)
    return `${nameOf(kind, stage, microBatch)} comes before its input gradient`;
  if ((kind === 'backward' || kind === 'backward-input') && (had & bits.forward) === 0)
    return `${nameOf(kind, stage, microBatch)} comes before its forward pass`;
  return undefined;
}

/** Reads a row's computations; adds to `had` what they do and to `problems` what is wrong. */
function computationsOf(
  { actions }: ParsedRow,
  rank: number,
  early: boolean,
  had: Map<number, Map<number, number>>,
  rankOf: Map<number, number>,
  problems: OrderProblem[],
): readonly WrittenOperation[] {
  const operations: WrittenOperation[] = [];
  actions.forEach(({ action, place, together }, index) => {
    const kind = computationOf(action, early);
    const { stage, microBatch } = action;
    const other = rankOf.get(stage);
    if (other !== undefined && other !== rank) {
      problems.push({ rank, place, message: `stage ${stage} is on rank ${other}, so rank ${rank} cannot run it` });
      return;
    }
    if (kind === undefined || microBatch === undefined) return;
    rankOf.set(stage, rank);
    const ofStage = had.get(stage) ?? new Map<number, number>();
    had.set(stage, ofStage);
    const before = ofStage.get(microBatch) ?? 0;
    const wrong = misplaced(kind, before, stage, microBatch);
    if (wrong !== undefined) problems.push({ rank, place, message: wrong });
    ofStage.set(microBatch, before | bits[kind]);
    const next = actions[index + 1];
    const runsWithNext =
      together && kind === 'forward' && next?.together === true && next.place === place && computationOf(next.action, early) === 'backward';
    operations.push({ kind, stage, microBatch, paired: runsWithNext, place });
  });
  return operations;
}

/** What is missing: every stage runs every micro batch forward and backward. Reported at the end of the stage's row. */
function missing(
  had: ReadonlyMap<number, ReadonlyMap<number, number>>,
  rankOf: ReadonlyMap<number, number>,
  microBatches: number,
  rows: CellRows,
): readonly OrderProblem[] {
  const problems: OrderProblem[] = [];
  for (const [stage, ofStage] of had) {
    const rank = rankOf.get(stage) ?? 0;
    const place = Math.max(0, (rows[rank]?.length ?? 1) - 1);
    const add = (kind: OperationKind, microBatch: number): void => {
      problems.push({ rank, place, message: `${nameOf(kind, stage, microBatch)} is missing` });
    };
    for (let microBatch = 0; microBatch < microBatches; microBatch++) {
      const done = ofStage.get(microBatch) ?? 0;
      if ((done & bits.forward) === 0) add('forward', microBatch);
      if ((done & (bits.backward | bits['backward-input'])) === 0) add('backward', microBatch);
      else if ((done & bits.backward) === 0 && (done & bits['backward-weight']) === 0) add('backward-weight', microBatch);
      if (problems.length > mostProblems) return problems;
    }
  }
  return problems;
}

/** How stages lie on ranks, or at which rank they lie in a way that cannot be followed. */
function placementOf(rankOf: readonly number[], ranks: number): 'loop' | 'v' | { readonly rank: number; readonly message: string } {
  const chunks = rankOf.length / ranks;
  if (!Number.isInteger(chunks)) return { rank: 0, message: `${rankOf.length} stages do not divide over ${ranks} ranks` };
  const loop = rankOf.findIndex((rank, stage) => rank !== stage % ranks);
  if (loop < 0) return 'loop';
  if (chunks === 2 && rankOf.every((rank, stage) => rank === (stage < ranks ? stage : 2 * ranks - 1 - stage))) return 'v';
  const message = `stage ${loop} is on rank ${rankOf[loop]}; stages are followed where they go round the ranks (stage s on rank s mod ${ranks}) or fold back once`;
  return { rank: rankOf[loop] ?? 0, message };
}

function inOrder(problems: readonly OrderProblem[]): readonly OrderProblem[] {
  return [...problems].sort((a, b) => a.rank - b.rank || a.place - b.place).slice(0, mostProblems);
}

/** Reads and checks the cells of a written schedule. */
export function checkOrder(cells: CellRows): CheckedOrder {
  const problems: OrderProblem[] = [];
  const { rows: parsed, types } = parseRows(cells, problems);
  const early = isEarlySpelling(types);
  const had = new Map<number, Map<number, number>>();
  const rankOf = new Map<number, number>();
  const rows = parsed.map((row, rank) => computationsOf(row, rank, early, had, rankOf, problems));
  const stages = 1 + [...rankOf.keys()].reduce((most, stage) => Math.max(most, stage), -1);
  const microBatches = 1 + rows.reduce((most, row) => row.reduce((highest, { microBatch }) => Math.max(highest, microBatch), most), -1);
  if (stages === 0) problems.push({ rank: 0, place: 0, message: 'there is no forward or backward pass here' });
  // A number far beyond the cells is a slip of the pen, and counting up to it would take for ever.
  const cellCount = cells.reduce((sum, row) => sum + row.length, 0);
  const ranksOf: number[] = [];
  for (let stage = 0; stage < Math.min(stages, cellCount + 1); stage++) {
    const rank = rankOf.get(stage);
    if (rank === undefined) problems.push({ rank: 0, place: 0, message: `stage ${stage} is on no rank, but stage ${stages - 1} is` });
    ranksOf.push(rank ?? 0);
  }
  problems.push(...missing(had, rankOf, microBatches, cells));
  if (problems.length > 0) return { order: undefined, problems: inOrder(problems) };
  const placement = placementOf(ranksOf, cells.length);
  if (typeof placement === 'object') return { order: undefined, problems: [{ ...placement, place: 0 }] };
  const order: WrittenOrder = {
    ranks: cells.length,
    stages,
    microBatches,
    virtualStages: stages / cells.length,
    placement,
    rankOf: ranksOf,
    rows,
  };
  const waiting = waitingProblems(order);
  if (waiting.length > 0) return { order: undefined, problems: inOrder(waiting) };
  return {
    order,
    problems: inOrder(
      messageProblems(
        parsed.map(({ actions }) => actions),
        order,
      ),
    ),
  };
}
