/** The memory chart under the timeline: same time scale, same gestures. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { bandOf } from './band-of.ts';
import { drawMemory, memoryHeight } from './draw-memory.ts';
import { figuresOf } from './figures.ts';
import { formatBytes } from './format.ts';
import { onViewKey, onWheel, startDrag } from './gestures.ts';
import { readTheme } from './theme.ts';
import { toTime } from './time-scale.ts';
import type { ChartProps } from './timeline-view.tsx';

export function MemoryView({ state, simulation, scale, width, stage }: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const usableBytes = state.job.value?.usableBytes ?? 0;
  const total = simulation.stepSeconds;
  void state.themeChanges.value;

  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) drawMemory(canvas.current, width, { simulation, scale, theme: readTheme(), usableBytes, stage });
    });
    return () => cancelAnimationFrame(frame);
  }, [simulation, scale, width, stage, usableBytes, state.themeChanges.value]);

  useEffect(() => {
    const element = canvas.current;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element?.getBoundingClientRect().left ?? 0);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [state, scale, total]);

  const { fullestStage } = figuresOf(simulation);
  const peak = simulation.peakBytes[stage] ?? 0;
  const band = bandOf(state.subject.value?.banded?.memory[stage], peak, formatBytes);
  return (
    <section aria-label="Memory over time">
      <div class="caption">
        <h2>Memory over time</h2>
        <label for="stage" class="hidden">
          Stage
        </label>
        <select
          id="stage"
          value={state.stage.value === undefined ? '' : String(stage)}
          onChange={({ currentTarget: { value } }) => {
            state.stage.value = value === '' ? undefined : Number(value);
          }}
        >
          <option value="">Fullest stage ({fullestStage})</option>
          {Array.from({ length: simulation.request.stages }, (_, rank) => (
            <option key={rank} value={String(rank)}>
              Stage {rank}
            </option>
          ))}
        </select>
        <span class="peak">
          peak {formatBytes(peak)}
          {band !== undefined && <span class="band"> {band}</span>}
        </span>
        {usableBytes > 0 && (
          <span class={peak > usableBytes ? 'worse' : 'room'}>
            {peak > usableBytes
              ? `${formatBytes(peak - usableBytes)} over the usable ${formatBytes(usableBytes)}`
              : `${formatBytes(usableBytes - peak)} below the usable ${formatBytes(usableBytes)}`}
          </span>
        )}
      </div>
      <canvas
        ref={canvas}
        class="memory"
        style={{ width: `${width}px`, height: `${memoryHeight}px` }}
        tabIndex={0}
        role="img"
        aria-label={`Memory of stage ${stage} over time: peak ${formatBytes(peak)}${usableBytes > 0 ? `, usable ${formatBytes(usableBytes)}` : ''}`}
        onKeyDown={(event) => {
          if (onViewKey(event, state, scale, total)) event.preventDefault();
        }}
        onPointerMove={(event) => {
          const time = toTime(scale, event.clientX - event.currentTarget.getBoundingClientRect().left);
          const inside = time >= scale.start && time <= scale.end && event.buttons === 0;
          state.pointer.value = inside ? { x: event.clientX, y: event.clientY, target: { type: 'moment', time, rank: stage } } : undefined;
        }}
        onPointerLeave={() => {
          state.pointer.value = undefined;
        }}
        onPointerDown={(event) => startDrag(event, state, scale, total, () => {})}
      />
    </section>
  );
}
