/** The settings to try, each with a way to the text of the file it stands for; the way back into the file; and what comes of them. */
import { findSchedule, schedules } from '../../server/src/core/schedules/index.ts';
import type { ScheduleChoice } from '../../server/src/core/schedules/reshape.ts';
import { supportedSchedules } from '../../server/src/core/schedules/supported.ts';
import { Comparison } from './comparison.tsx';
import { Control, type Post } from './control.tsx';
import { ScheduleSearch } from './schedules/schedule-search.tsx';
import { choose, differsFromFile, type PanelState, resetToFile } from './state.ts';
import { Differences, valuesText } from './what-if/brief.tsx';
import { Fold } from './what-if/fold.tsx';
import { Actions, Consequences, Withheld } from './what-if/outcome.tsx';
import { answerTo, isEmpty } from './what-if/trial.ts';
import { ValueControls } from './what-if/value-controls.tsx';

interface ControlsProps {
  readonly state: PanelState;
  /** Whether the host can write files. */
  readonly writes: boolean;
  readonly post: Post;
}

/** Fields with a control of their own here; the others are lists of what the host says may be tried. */
const ownFields: ReadonlySet<string> = new Set(['parallel.schedule', 'batch.accumulation', 'parallel.virtualStages']);

export function Controls({ state, writes, post }: ControlsProps) {
  const { trial } = state;
  const job = state.job.value;
  const choice = shownChoice(state);
  const change = state.change.value;
  if (!job || !choice) return null;
  const answer = answerTo(trial, job, change);
  const controls = (answer ?? trial.answered.value?.answer)?.controls ?? [];
  const others = controls.filter(({ field }) => !ownFields.has(field));
  const tries = differsFromFile(state);
  return (
    <Fold
      trial={trial}
      label="Try other settings"
      tries={tries}
      brief={tries ? <Differences answer={answer} /> : valuesText(namesOf(choice), others)}
      actions={
        <Actions trial={trial} answer={answer} change={change} tries={tries} reset={() => resetToFile(state)} writes={writes} post={post} />
      }
    >
      <form class="controls" aria-label="Settings to try" onSubmit={(event) => event.preventDefault()}>
        <ScheduleControls state={state} choice={choice} post={post} />
        <ValueControls trial={trial} controls={others} post={post} />
      </form>
      <Comparison state={state} />
      <ScheduleSearch state={state} post={post} />
      <Consequences answer={answer} change={change} writes={writes} />
      <Withheld texts={(answer ?? trial.answered.value?.answer)?.withheld ?? []} />
    </Fold>
  );
}

function namesOf({ name, microBatches, virtualStages }: ScheduleChoice): readonly string[] {
  const schedule = findSchedule(name);
  const many = `${microBatches.toLocaleString('en')} micro ${microBatches === 1 ? 'batch' : 'batches'}`;
  return [schedule?.label ?? name, many, ...(virtualStages > 1 ? [`VPP ${virtualStages}`] : [])];
}

function ScheduleControls({ state, choice, post }: Omit<ControlsProps, 'writes'> & { readonly choice: ScheduleChoice }) {
  const request = state.subject.value?.request;
  if (!request) return null;
  const schedule = findSchedule(choice.name);
  const step = schedule?.microBatchMultiple(request.stages) ?? 1;
  const most = Math.max(64, step * 8, Math.ceil((request.microBatches * 2) / step) * step);
  const interleaves = schedule?.interleaves ?? false;
  return (
    <>
      <Control id="schedule" label="Schedule" field="parallel.schedule" post={post}>
        <select
          id="schedule"
          value={choice.name}
          onChange={(event) => {
            const chosen = schedules.find(({ id }) => id === event.currentTarget.value);
            if (chosen) choose(state, { name: chosen.id });
          }}
        >
          <ScheduleOptions stages={request.stages} runsAs={state.job.value?.runsAs ?? ''} />
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
    </>
  );
}

/** Those the framework has come first, where they are known; the others are there to be looked at. */
function ScheduleOptions({ stages, runsAs }: { readonly stages: number; readonly runsAs: string }) {
  const own = supportedSchedules(runsAs);
  const options = (of: typeof schedules) =>
    of.map(({ id, label, interleaves }) => (
      <option key={id} value={id} disabled={interleaves && stages < 2}>
        {label}
      </option>
    ));
  if (!own) return <>{options(schedules)}</>;
  return (
    <>
      <optgroup label="Of this framework">{options(schedules.filter(({ id }) => own.includes(id)))}</optgroup>
      <optgroup label="To look at only">{options(schedules.filter(({ id }) => !own.includes(id)))}</optgroup>
    </>
  );
}

/** What was set of the schedule, and the rest as it comes out of the other values. */
function shownChoice({ choice, override, subject, trial }: PanelState): ScheduleChoice | undefined {
  const [own, request, set] = [choice.value, subject.value?.request, override.value];
  if (!own || !request || isEmpty(trial.values.value)) return own;
  return {
    name: set.name === undefined ? request.name : own.name,
    microBatches: set.microBatches === undefined ? request.microBatches : own.microBatches,
    virtualStages: set.virtualStages === undefined && set.name === undefined ? request.virtualStages : own.virtualStages,
  };
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
