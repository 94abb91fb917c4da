/** Schedule, micro batches and VPP to try, each with a way to the text of the file it stands for. */
import { findSchedule, schedules } from '../../server/src/core/schedules/index.ts';
import { Control, type Post } from './control.tsx';
import { choose, differsFromFile, type PanelState, resetToFile } from './state.ts';

export function Controls({ state, post }: { readonly state: PanelState; readonly post: Post }) {
  const request = state.job.value?.request;
  const choice = state.choice.value;
  if (!request || !choice) return null;
  const schedule = findSchedule(choice.name);
  const step = schedule?.microBatchMultiple(request.stages) ?? 1;
  const most = Math.max(64, step * 8, Math.ceil((request.microBatches * 2) / step) * step);
  const interleaves = schedule?.interleaves ?? false;
  return (
    <form class="controls" aria-label="Try another schedule" onSubmit={(event) => event.preventDefault()}>
      <Control id="schedule" label="Schedule" field="parallel.schedule" post={post}>
        <select
          id="schedule"
          value={choice.name}
          onChange={(event) => {
            const chosen = schedules.find(({ id }) => id === event.currentTarget.value);
            if (chosen) choose(state, { name: chosen.id });
          }}
        >
          {schedules.map(({ id, label, interleaves: many }) => (
            <option key={id} value={id} disabled={many && request.stages < 2}>
              {label}
            </option>
          ))}
        </select>
      </Control>
      <Control id="micro-batches" label="Micro batches" field="batch.accumulation" post={post}>
        <Amount
          id="micro-batches"
          value={choice.microBatches}
          least={step}
          most={most}
          step={step}
          onChange={(microBatches) => choose(state, { microBatches })}
        />
      </Control>
      <Control id="virtual-stages" label="VPP" field="parallel.virtualStages" post={post}>
        <Amount
          id="virtual-stages"
          value={choice.virtualStages}
          least={interleaves ? 2 : 1}
          most={Math.max(8, request.virtualStages)}
          step={1}
          disabled={!interleaves || schedule?.fixedChunks !== undefined}
          onChange={(virtualStages) => choose(state, { virtualStages })}
        />
      </Control>
      <button type="button" class="reset" disabled={!differsFromFile(state)} onClick={() => resetToFile(state)}>
        Reset to file
      </button>
    </form>
  );
}

interface AmountProps {
  readonly id: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A slider with a number field beside it. */
function Amount({ id, value, least, most, step, disabled = false, onChange }: AmountProps) {
  const take = (text: string): void => {
    const wanted = Number(text);
    if (text !== '' && Number.isFinite(wanted) && wanted >= 1) onChange(Math.round(wanted));
  };
  const common = { min: least, step, disabled, value: String(value) };
  return (
    <>
      <input
        id={id}
        type="range"
        {...common}
        max={Math.max(most, value)}
        onInput={(event) => take(event.currentTarget.value)}
        aria-valuetext={String(value)}
      />
      <input
        type="number"
        aria-label={`${id.replace('-', ' ')}, number`}
        {...common}
        onChange={(event) => take(event.currentTarget.value)}
      />
    </>
  );
}
