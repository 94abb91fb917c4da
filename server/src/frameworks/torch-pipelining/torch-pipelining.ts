/**
 * Pipeline schedules of torch.distributed.pipelining written out as CSV: one row per rank, one action per cell, computations
 * alone or with messages and gathers. torchtitan loads one by `pipeline_parallel_schedule_csv`.
 *
 * Source: `_load_csv` and `_Action.from_str` of torch/distributed/pipelining/schedules.py in PyTorch at 00722e64.
 */
import type { Origin, Range } from '../../core/origin.ts';
import { parseCell } from '../../core/schedules/written/action.ts';
import { checkOrder } from '../../core/schedules/written/order.ts';
import { writtenScheduleName } from '../../core/schedules/written/schedule.ts';
import { csvRows } from '../../core/schedules/written/table.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { addProblem, createDraft, finishReading, setDerived, setField } from '../draft.ts';
import { firstLine } from '../setting.ts';

const id = 'torch-pipelining';
const release = 'PyTorch 2026 (00722e64)';

/** Cells at the beginning that must all be actions: any other table fails at its first one. */
const looksAt = 6;

function detect({ format, text }: ConfigDocument): number {
  if (format !== 'csv') return 0;
  const cells = text
    .slice(0, 400)
    .split(/[,\n]/)
    .map((cell) => cell.replace(/^[\s"\uFEFF]+|[\s"]+$/g, ''))
    .filter((cell) => cell !== '')
    .slice(0, looksAt);
  // The last cell of a short cut may be incomplete, and a slip in one must not hide the file.
  const actions = cells.filter((cell) => 'actions' in parseCell(cell)).length;
  return actions > 0 && actions >= cells.length - 2 ? 0.95 : 0;
}

function read(document: ConfigDocument): readonly Reading[] {
  const rows = detect(document) > 0 ? csvRows(document.text) : undefined;
  if (!rows) return [];
  const draft = createDraft({ document, framework: id, runsAs: 'torchtitan', kind: 'training', release, launch: firstLine(document) });
  const { order, problems } = checkOrder(rows);
  const rangeOf = (rank: number, place: number): Range => {
    const { start, end } = rows[rank]?.[place] ?? firstLine(document);
    return { start, end };
  };
  for (const { rank, place, message } of problems) {
    addProblem(
      draft,
      rangeOf(rank, place),
      'error',
      order ? 'schedule-messages' : 'schedule-order',
      `${message.charAt(0).toUpperCase()}${message.slice(1)}`,
    );
  }
  if (order) {
    const origin: Origin = { kind: 'key', uri: document.uri, key: draft.launch, value: draft.launch, spelling: 'the written order' };
    setField(draft, 'parallel.pipeline', order.ranks, origin);
    setField(draft, 'parallel.writtenOrder', document.text.replace(/^\uFEFF/, ''), origin);
    const from = ['parallel.writtenOrder'] as const;
    setDerived(draft, 'parallel.virtualStages', order.virtualStages, from, 'stages of the order / its rows');
    setDerived(draft, 'parallel.schedule', writtenScheduleName(order), from, 'the ranks on which its stages lie');
    draft.facts.micro_batches = order.microBatches;
  }
  return [finishReading(draft, [], () => true)];
}

export const adapter: Adapter = { id, label: 'PyTorch pipeline schedule', detect, read };
