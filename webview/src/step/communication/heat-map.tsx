/** The heat map: a row for each sender, a column for each receiver, read by pointer or keys. */
import { useRef, useState } from 'preact/hooks';
import type { Traffic } from '../../../../server/src/core/profile/traffic.ts';
import { sentence } from '../../describe.ts';
import { Tooltip } from '../../tooltip.tsx';
import { type Cell, describePair, nodeEdges } from './cells.ts';

const [left, top] = [44, 34];
const [smallest, largest] = [9, 24];

interface HeatProps {
  readonly traffic: Traffic;
  readonly cells: readonly Cell[];
  readonly width: number;
  readonly label: string;
}

interface Place {
  readonly row: number;
  readonly column: number;
  readonly spoken: boolean;
}

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
};

export function HeatMap({ traffic, cells, width, label }: HeatProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [place, setPlace] = useState<Place | undefined>();
  const { ranks } = traffic.pairs;
  const count = ranks.length;
  const size = Math.max(smallest, Math.min(largest, Math.floor((width - left - 2) / Math.max(1, count))));
  const inside = (at: number): number => Math.min(count - 1, Math.max(0, at));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setPlace(undefined);
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    setPlace(
      place
        ? { row: inside(place.row + move[0]), column: inside(place.column + move[1]), spoken: true }
        : { row: 0, column: 1 % count, spoken: true },
    );
  };
  const description = place && describePair(traffic, place.row, place.column);
  const box = svg.current?.getBoundingClientRect();
  const extent = count * size;
  return (
    <>
      <svg
        ref={svg}
        class="heat-map"
        width={left + extent + 2}
        height={top + extent + 2}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from pair to pair
        tabIndex={0}
        aria-label={`${label}; arrows go from pair to pair, the same as a table is below`}
        onKeyDown={onKeyDown}
        onBlur={() => setPlace(undefined)}
        onPointerMove={(event) => {
          const rect = event.currentTarget.getBoundingClientRect();
          const column = Math.floor((event.clientX - rect.left - left) / size);
          const row = Math.floor((event.clientY - rect.top - top) / size);
          const within = row >= 0 && column >= 0 && row < count && column < count;
          setPlace(within ? { row, column, spoken: false } : undefined);
        }}
        onPointerLeave={() => setPlace(undefined)}
      >
        <rect class="ground" x={left} y={top} width={extent} height={extent} />
        {cells.map(({ row, column, heat }) => (
          <rect
            key={`${row} ${column}`}
            class="cell"
            x={left + column * size + 0.5}
            y={top + row * size + 0.5}
            width={size - 1}
            height={size - 1}
            fill-opacity={0.18 + 0.82 * heat}
          />
        ))}
        <Names ranks={ranks.map(({ rank }) => rank)} size={size} />
        {nodeEdges(traffic.pairs).map((edge) => (
          <g key={edge} class="node-edge">
            <line x1={left + edge * size} x2={left + edge * size} y1={top - 6} y2={top + extent} />
            <line x1={left - 6} x2={left + extent} y1={top + edge * size} y2={top + edge * size} />
          </g>
        ))}
        {place && <rect class="cursor-cell" x={left + place.column * size} y={top + place.row * size} width={size} height={size} />}
      </svg>
      {place && box && description && (
        <Tooltip x={box.left + left + (place.column + 1) * size} y={box.top + top + place.row * size} description={description} />
      )}
      <p class="hidden" aria-live="polite">
        {place?.spoken && description ? sentence(description) : ''}
      </p>
    </>
  );
}

/** Ranks beside rows and over columns; only some where they would lie on each other. */
function Names({ ranks, size }: { readonly ranks: readonly number[]; readonly size: number }) {
  const every = size >= 22 ? 1 : size >= 14 ? 2 : 4;
  const names = ranks.map((rank, index) => ({ rank, index })).filter(({ index }) => index % every === 0);
  return (
    <g class="axes">
      {names.map(({ rank, index }) => (
        <g key={rank}>
          <text x={left - 8} y={top + (index + 0.5) * size} text-anchor="end" dominant-baseline="central">
            {rank}
          </text>
          <text x={left + (index + 0.5) * size} y={top - 10} text-anchor="middle">
            {rank}
          </text>
        </g>
      ))}
      <text x={left} y={10}>
        to GPU →
      </text>
      <text x={4} y={top - 10}>
        from ↓
      </text>
    </g>
  );
}
