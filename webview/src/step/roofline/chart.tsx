/** The roofline chart: roofs, marks, the tooltip of the mark under the pointer or chosen by keys. */
import { useRef, useState } from 'preact/hooks';
import { sentence } from '../../describe.ts';
import { Tooltip } from '../../tooltip.tsx';
import { chartHeight, type Mark, markAt, type RooflineLayout } from './layout.ts';
import { describePoint } from './words.ts';

interface Chosen {
  readonly mark: Mark;
  readonly spoken: boolean;
}

export function RooflineChart({ layout, label }: { readonly layout: RooflineLayout; readonly label: string }) {
  const svg = useRef<SVGSVGElement>(null);
  const [chosen, choose] = useState<Chosen | undefined>();
  const { marks, width } = layout;
  // A layout may have changed under a mark that was chosen.
  const mark = chosen && marks.find(({ number }) => number === chosen.mark.number);
  const box = svg.current?.getBoundingClientRect();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') choose(undefined);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined || marks.length === 0) return;
    event.preventDefault();
    const at = mark ? marks.indexOf(mark) + by : 0;
    const next = marks[Math.min(marks.length - 1, Math.max(0, at))];
    if (next) choose({ mark: next, spoken: true });
  };
  return (
    <>
      <svg
        ref={svg}
        class="roofline"
        width={width}
        height={chartHeight}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from mark to mark
        tabIndex={0}
        aria-label={`${label}; arrows go from operator to operator, the same as a table is below`}
        onKeyDown={onKeyDown}
        onBlur={() => choose(undefined)}
        onPointerMove={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          const found = markAt(marks, event.clientX - left, event.clientY - top);
          choose(found && { mark: found, spoken: false });
        }}
        onPointerLeave={() => choose(undefined)}
      >
        <Frame layout={layout} />
        <Roofs layout={layout} />
        {marks.map((each) => (
          <OneMark key={each.number} mark={each} chosen={each === mark} />
        ))}
      </svg>
      {mark && box && <Tooltip x={box.left + mark.x} y={box.top + mark.y} description={describePoint(mark.point)} />}
      <p class="hidden" aria-live="polite">
        {mark && chosen?.spoken ? sentence(describePoint(mark.point)) : ''}
      </p>
    </>
  );
}

/** Pixels of the axis under which its whole name has room. */
const roomForWords = 340;

function Frame({ layout: { frame, x, y } }: { readonly layout: RooflineLayout }) {
  return (
    <g class="axes">
      {y.map(({ at, text }) => (
        <g key={text}>
          <line x1={frame.left} x2={frame.right} y1={at} y2={at} />
          <text x={frame.left - 8} y={at} text-anchor="end" dominant-baseline="middle">
            {text}
          </text>
        </g>
      ))}
      {x.map(({ at, text }) => (
        <g key={text}>
          <line x1={at} x2={at} y1={frame.top} y2={frame.bottom} />
          <text x={at} y={frame.bottom + 14} text-anchor="middle">
            {text}
          </text>
        </g>
      ))}
      <text x={(frame.left + frame.right) / 2} y={frame.bottom + 32} text-anchor="middle">
        {frame.right - frame.left < roomForWords ? 'FLOP per byte of memory' : 'arithmetic intensity, FLOP per byte of device memory'}
      </text>
    </g>
  );
}

function Roofs({ layout: { roofs, slope } }: { readonly layout: RooflineLayout }) {
  const angle = (Math.atan2(slope.y2 - slope.y1, slope.x2 - slope.x1) * 180) / Math.PI;
  const [x, y] = [slope.x1 + (slope.x2 - slope.x1) * 0.35, slope.y1 + (slope.y2 - slope.y1) * 0.35];
  return (
    <g class="roofs">
      <line class="used" x1={slope.x1} y1={slope.y1} x2={slope.x2} y2={slope.y2} />
      <text x={x} y={y - 7} text-anchor="middle" transform={`rotate(${angle} ${x} ${y})`}>
        {slope.label}
      </text>
      {roofs.map(({ label, used, from, to, y: at, name }) => (
        <g key={label}>
          <line class={used ? 'used' : 'other'} x1={from} x2={to} y1={at} y2={at} />
          <text class={used ? '' : 'other'} x={name.x} y={at + (name.anchor === 'start' ? 13 : -4)} text-anchor={name.anchor}>
            {label}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Forward passes are round, backward ones square. */
function OneMark({ mark: { point, number, x, y, radius }, chosen }: { readonly mark: Mark; readonly chosen: boolean }) {
  const names = `mark ${point.operator.kind}${chosen ? ' chosen' : ''}`;
  return (
    <g class={names}>
      {point.operator.pass === 'forward' ? (
        <circle cx={x} cy={y} r={radius} />
      ) : (
        <rect x={x - radius * 0.9} y={y - radius * 0.9} width={radius * 1.8} height={radius * 1.8} />
      )}
      {radius >= 7.5 && (
        <text x={x} y={y} text-anchor="middle" dominant-baseline="central">
          {number}
        </text>
      )}
    </g>
  );
}
