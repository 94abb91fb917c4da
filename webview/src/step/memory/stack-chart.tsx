/** The stacked chart of one stage's memory: zoomed and panned like the timeline, read by pointer or keys. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MemoryOverTime } from '../../../../server/src/core/profile/memory-over-time.ts';
import type { Simulation } from '../../../../server/src/core/schedules/simulate.ts';
import { sentence } from '../../describe.ts';
import { formatBytes, formatTick } from '../../format.ts';
import { onViewKey, onWheel, startDrag } from '../../gestures.ts';
import { byteTicks } from '../../memory-series.ts';
import type { PanelState } from '../../state.ts';
import { type TimeScale, ticks, toTime, toX } from '../../time-scale.ts';
import { Tooltip } from '../../tooltip.tsx';
import { sampleAt, sampleColumns, stackPaths } from './stack.ts';
import { Filled, Hatchings } from './swatches.tsx';
import { describeSample, peakText } from './words.ts';

const height = 360;
const [top, bottom] = [22, 24];

interface StackProps {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly memory: MemoryOverTime;
  readonly usableBytes: number;
  readonly scale: TimeScale;
  readonly width: number;
}

interface Cursor {
  readonly sample: number;
  readonly y: number;
  readonly spoken: boolean;
}

export function StackChart({ state, simulation, memory, usableBytes, scale, width }: StackProps) {
  const box = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<Cursor | undefined>();
  const total = simulation.stepSeconds;
  const most = Math.max(memory.device, usableBytes) * 1.04;
  const toY = useCallback((bytes: number): number => height - bottom - (bytes / most) * (height - top - bottom), [most]);
  const paths = useMemo(() => stackPaths(memory, sampleColumns(memory, scale), scale.left, toY), [memory, scale, toY]);
  useEffect(() => {
    const element = box.current;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element?.getBoundingClientRect().left ?? 0);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [state, scale, total]);
  const at = cursor && Math.min(cursor.sample, memory.times.length - 1);
  const goTo = (sample: number): void => {
    const y = box.current?.getBoundingClientRect().top ?? 0;
    setCursor({ sample: Math.min(memory.times.length - 1, Math.max(0, sample)), y: y + top, spoken: true });
  };
  const peakSample = sampleAt(memory.times, memory.peak.time);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setCursor(undefined);
    else if (event.key === 'p' && !event.ctrlKey && !event.metaKey) goTo(peakSample);
    else if (event.key === 'ArrowRight' && !event.shiftKey) goTo(at === undefined ? sampleAt(memory.times, scale.start) : at + 1);
    else if (event.key === 'ArrowLeft' && !event.shiftKey) goTo(at === undefined ? sampleAt(memory.times, scale.start) : at - 1);
    else if (!onViewKey(event, state, scale, total)) return;
    event.preventDefault();
  };
  const rect = box.current?.getBoundingClientRect();
  const x = at === undefined ? 0 : Math.min(scale.left + scale.width, Math.max(scale.left, toX(scale, memory.times[at] ?? 0)));
  const description = at === undefined ? undefined : describeSample(memory, at);
  return (
    <>
      <div
        ref={box}
        class="stack-chart"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from change to change
        tabIndex={0}
        aria-label={`Memory of stage ${memory.rank} by component: ${peakText(memory, simulation)}. Arrows go from change to change, P to the peak; the same as a table is below`}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
        onPointerMove={(event) => {
          const time = toTime(scale, event.clientX - event.currentTarget.getBoundingClientRect().left);
          const inside = time >= scale.start && time <= scale.end && event.buttons === 0;
          setCursor(inside ? { sample: sampleAt(memory.times, time), y: event.clientY, spoken: false } : undefined);
        }}
        onPointerLeave={() => setCursor(undefined)}
        onPointerDown={(event) => startDrag(event, state, scale, total, () => {})}
      >
        <svg width={width} height={height} aria-hidden="true">
          <Hatchings />
          <Axes scale={scale} most={most} toY={toY} />
          {paths.map(({ id, path }) => (
            <Filled key={id} id={id} path={path} />
          ))}
          <Lines memory={memory} usableBytes={usableBytes} scale={scale} toY={toY} />
          {at !== undefined && <line class="cursor" x1={x} x2={x} y1={top} y2={height - bottom} />}
        </svg>
      </div>
      {cursor && rect && description && <Tooltip x={rect.left + x} y={cursor.y} description={description} />}
      <p class="hidden" aria-live="polite">
        {cursor?.spoken && description ? sentence(description) : ''}
      </p>
    </>
  );
}

type ToY = (bytes: number) => number;

function Axes({ scale, most, toY }: { readonly scale: TimeScale; readonly most: number; readonly toY: ToY }) {
  const { times, distance } = ticks(scale);
  return (
    <g class="axes">
      {byteTicks(most, 5).map((bytes) => (
        <g key={bytes}>
          <line x1={scale.left} x2={scale.left + scale.width} y1={toY(bytes)} y2={toY(bytes)} />
          <text x={scale.left - 8} y={toY(bytes)} text-anchor="end" dominant-baseline="middle">
            {bytes === 0 ? '0' : formatBytes(bytes, 3).replace(/\.0+ /, ' ')}
          </text>
        </g>
      ))}
      {times.map((time) => (
        <text key={time} x={toX(scale, time)} y={height - 6} text-anchor="middle">
          {formatTick(time, distance)}
        </text>
      ))}
    </g>
  );
}

interface LinesProps {
  readonly memory: MemoryOverTime;
  readonly usableBytes: number;
  readonly scale: TimeScale;
  readonly toY: ToY;
}

/** What nvidia-smi shows, what the GPU has, and the fullest moment. */
function Lines({ memory: { device, peak }, usableBytes, scale, toY }: LinesProps) {
  const [left, right] = [scale.left, scale.left + scale.width];
  const x = toX(scale, peak.time);
  const seen = x >= left && x <= right;
  // The two names must not lie on each other.
  const below = usableBytes > 0 && Math.abs(toY(usableBytes) - toY(device)) < 18 && device <= usableBytes;
  return (
    <g>
      <line class="device" x1={left} x2={right} y1={toY(device)} y2={toY(device)} />
      <text class="device-name" x={left + 6} y={toY(device) + (below ? 13 : -4)}>
        nvidia-smi {formatBytes(device)}
      </text>
      {usableBytes > 0 && (
        <>
          <line class="limit" x1={left} x2={right} y1={toY(usableBytes)} y2={toY(usableBytes)} />
          <text class="limit-name" x={right - 6} y={toY(usableBytes) + (device > usableBytes ? 13 : -4)} text-anchor="end">
            Usable {formatBytes(usableBytes)}
          </text>
        </>
      )}
      {seen && (
        <>
          <line class="peak-line" x1={x} x2={x} y1={top} y2={height - bottom} />
          <text
            class="peak-name"
            x={x + (x > (left + right) / 2 ? -5 : 5)}
            y={top + 24}
            text-anchor={x > (left + right) / 2 ? 'end' : 'start'}
          >
            fullest
          </text>
        </>
      )}
    </g>
  );
}
