/** The operations of the timeline as a table: the same search, the same selection. Only the rows in sight are in the page. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { describe, sentence } from '../describe.ts';
import { formatBytes, formatExactSeconds } from '../format.ts';
import type { PanelState } from '../state.ts';
import { kindNames } from '../timeline/kind-names.ts';
import type { PanelView } from './view.ts';
import { rowsInSight, scrollTo } from './virtual-rows.ts';

export const operationsView: PanelView = {
  id: 'operations',
  label: 'Operations',
  component: ({ state, simulation }) => simulation && <Operations state={state} simulation={simulation} />,
};

const rowHeight = 22;
const boxHeight = 440;

const columns = ['Stage', 'Operation', 'Micro batch', 'Chunk', 'Start', 'Duration', 'End', 'Memory'] as const;

function Operations({ state, simulation }: { readonly state: PanelState; readonly simulation: Simulation }) {
  const box = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const matches = state.found.value?.matches;
  const count = matches?.length ?? simulation.count;
  const { height, first, last, top } = rowsInSight(count, rowHeight, boxHeight - rowHeight, scrolled);
  const indexAt = (row: number): number => matches?.[row] ?? row;
  const selected = state.selected.value;
  const row = selected === undefined ? -1 : matches ? matches.indexOf(selected) : selected;
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(count - 1, to));
    if (count > 0) state.selected.value = indexAt(next);
  };
  useEffect(() => {
    const element = box.current;
    if (!element || row < 0) return;
    const wanted = scrollTo(row, count, rowHeight, boxHeight - rowHeight, element.scrollTop);
    if (wanted !== element.scrollTop) element.scrollTop = wanted;
  }, [row, count]);
  return (
    <div class="operations">
      <div class="toolbar">
        <input
          type="search"
          placeholder="Search: mb 12 stage 3 backward"
          aria-label="Search operations, such as mb 12 or stage 3 backward"
          value={state.timeline.query.value}
          onInput={(event) => {
            state.timeline.query.value = event.currentTarget.value;
          }}
        />
        <span class="found" role="status">
          {state.found.value?.unknown === undefined
            ? `${count.toLocaleString('en')} ${count === 1 ? 'operation' : 'operations'}`
            : `“${state.found.value.unknown}” means nothing here`}
        </span>
      </div>
      <section
        class="rows"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        aria-label="Operations of the step; arrows, Page Up, Page Down, Home and End go from row to row"
        style={{ height: `${boxHeight}px` }}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
        onKeyDown={(event) => {
          const to = target(event.key, row, count);
          if (to === undefined) return;
          event.preventDefault();
          move(to);
        }}
      >
        <table aria-rowcount={count + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={top} />
            {Array.from({ length: last - first }, (_, place) => (
              <OperationRow key={first + place} simulation={simulation} row={first + place} index={indexAt(first + place)} state={state} />
            ))}
            <Space height={height - top - (last - first) * rowHeight} />
          </tbody>
        </table>
      </section>
      <div class="hidden" aria-live="polite">
        {selected === undefined ? '' : sentence(describe(simulation, { type: 'operation', index: selected }))}
      </div>
    </div>
  );
}

/** In place of the rows that are not in the page. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr style={{ height: `${height}px` }} /> : null;
}

const page = Math.floor(boxHeight / rowHeight) - 2;

/** The row that a key leads to; undefined for any other key. */
function target(key: string, row: number, count: number): number | undefined {
  const moves: { readonly [key: string]: number } = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + page, PageUp: row - page };
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : moves[key];
}

interface RowProps {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly row: number;
  readonly index: number;
}

function OperationRow({ state, simulation, row, index }: RowProps) {
  const { rank, kind, microBatch, chunk, start, end, heldBytes, computeCount, tailOffset } = simulation;
  const [from, until] = [start[index] ?? 0, end[index] ?? 0];
  const ofMicroBatch = index < (tailOffset[0] ?? Number.POSITIVE_INFINITY);
  const cells = [
    String(rank[index] ?? 0),
    kindNames.get(kind[index] ?? 0) ?? '',
    ofMicroBatch ? String(microBatch[index] ?? 0) : '',
    ofMicroBatch ? String(chunk[index] ?? 0) : '',
    formatExactSeconds(from),
    formatExactSeconds(until - from),
    formatExactSeconds(until),
    index < computeCount ? formatBytes(heldBytes[index] ?? 0) : '',
  ];
  const choose = (): void => {
    state.selected.value = index;
    state.stage.value = rank[index];
  };
  return (
    <tr aria-rowindex={row + 2} aria-current={state.selected.value === index ? 'true' : undefined}>
      {cells.map((text, column) => (
        <td key={columns[column]}>
          {column === 1 ? (
            <button type="button" class="link" tabIndex={-1} onClick={choose}>
              {text}
            </button>
          ) : (
            text
          )}
        </td>
      ))}
    </tr>
  );
}
