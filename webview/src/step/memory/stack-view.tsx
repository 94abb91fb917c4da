/** Memory over time of a stage by component, the same as a table, and every stage at its worst. */
import { useMemo, useRef } from 'preact/hooks';
import type { MemoryOverTime } from '../../../../server/src/core/profile/memory-over-time.ts';
import type { StepProfile } from '../../../../server/src/core/profile/step-profile.ts';
import { bandOf } from '../../band-of.ts';
import { edge, gutter } from '../../canvas.ts';
import { formatBytes, formatPercent } from '../../format.ts';
import { setView } from '../../gestures.ts';
import { clampView, type TimeScale, zoomView } from '../../time-scale.ts';
import { useWidth } from '../../use-width.ts';
import type { PanelView } from '../../views/view.ts';
import { ZoomButtons } from '../../zoom-buttons.tsx';
import { TableBelow } from '../data-table.tsx';
import { StageSelect } from '../stage-select.tsx';
import { type ProfileProps, withProfile } from '../with-profile.tsx';
import { sampleAt } from './stack.ts';
import { StackChart } from './stack-chart.tsx';
import { Swatch } from './swatches.tsx';
import { peakText } from './words.ts';
import './stack.css';

export const memoryStackView: PanelView = { id: 'memory', label: 'Memory', component: withProfile(MemoryStack, true) };

function MemoryStack({ state, simulation, profile }: ProfileProps) {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const total = simulation?.stepSeconds ?? 1;
  const wanted = state.view.value;
  const scale: TimeScale = useMemo(() => {
    const view = clampView(wanted ?? { start: 0, end: total }, total);
    return { ...view, left: gutter, width: Math.max(40, width - gutter - edge) };
  }, [wanted, total, width]);
  const { worstStage } = profile.estimate.memory;
  const stage = Math.min(state.stage.value ?? worstStage, profile.stages - 1);
  const memory = useMemo(() => simulation && profile.memoryOf(simulation, stage), [profile, simulation, stage]);
  const usableBytes = state.subject.value?.usableBytes ?? 0;
  if (!simulation || !memory) return null;
  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  const room = usableBytes - memory.device;
  const band = bandOf(state.subject.value?.banded?.memory[stage], memory.device, formatBytes);
  return (
    <section aria-label="Memory by component" ref={box}>
      <div class="caption">
        <h2>Memory by component</h2>
        <StageSelect id="memory-stage" state={state} stages={profile.stages} usual={worstStage} usualLabel="Fullest stage" />
        {band !== undefined && (
          <span class="peak">
            peak {formatBytes(memory.device)}
            <span class="band"> {band}</span>
          </span>
        )}
        {usableBytes > 0 && (
          <span class={room < 0 ? 'worse' : 'room'}>
            {formatBytes(Math.abs(room))} {room < 0 ? 'over' : 'below'} the usable {formatBytes(usableBytes)}
          </span>
        )}
        <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={wanted === undefined} />
      </div>
      <p class="peak-text">{peakText(memory, simulation)}.</p>
      {width > 0 && <StackChart {...{ state, simulation, memory, usableBytes, scale, width }} />}
      <Legend memory={memory} />
      <p class="keys">
        Ctrl + wheel or + − to zoom, drag or Shift + arrows to pan, arrows to go from change to change, P for the peak, Home for the whole
        step.
      </p>
      <ComponentTable memory={memory} />
      <StageTable profile={profile} usableBytes={usableBytes} />
    </section>
  );
}

/** From the top of the stack to its bottom. */
function Legend({ memory: { layers } }: { readonly memory: MemoryOverTime }) {
  return (
    <ul class="legend" aria-label="Legend">
      {[...layers].reverse().map(({ id, label }) => (
        <li key={id}>
          <Swatch id={id} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function ComponentTable({ memory }: { readonly memory: MemoryOverTime }) {
  const { layers, times, peak, device, rank } = memory;
  const at = sampleAt(times, peak.time);
  return (
    <TableBelow
      caption={`Memory of stage ${rank} by component`}
      columns={[
        { label: 'Component' },
        { label: 'As the step begins', figures: true },
        { label: 'At the fullest moment', figures: true },
        { label: 'Share', figures: true },
        { label: 'Most at any moment', figures: true },
      ]}
      rows={[...layers]
        .reverse()
        .map(({ label, bytes }) => [
          label,
          formatBytes(bytes[0] ?? 0),
          formatBytes(bytes[at] ?? 0),
          formatPercent((bytes[at] ?? 0) / device),
          formatBytes(bytes.reduce((most, value) => Math.max(most, value), 0)),
        ])}
      foot={['Shown by nvidia-smi', formatBytes(device), formatBytes(device), '100.0 %', formatBytes(device)]}
    />
  );
}

const moments = {
  loss: 'at the loss',
  backward: 'as the backward pass begins',
  'last-backward': 'as the backward pass ends',
  optimizer: 'at the optimizer step',
} as const;

function StageTable({ profile, usableBytes }: { readonly profile: StepProfile; readonly usableBytes: number }) {
  const { stages } = profile.estimate.memory;
  if (stages.length < 2) return null;
  return (
    <TableBelow
      caption="Memory of every stage"
      columns={[
        { label: 'Stage' },
        { label: 'In tensors', figures: true },
        { label: 'Reserved by the allocator', figures: true },
        { label: 'Shown by nvidia-smi', figures: true },
        { label: 'Of usable', figures: true },
        { label: 'Fullest' },
      ]}
      rows={stages.map(({ stage, allocated, reserved, device, moment }) => [
        String(stage),
        formatBytes(allocated.value),
        formatBytes(reserved.value),
        formatBytes(device.value),
        usableBytes > 0 ? formatPercent(device.value / usableBytes) : '',
        moments[moment],
      ])}
    />
  );
}
