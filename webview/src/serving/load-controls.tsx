/** The load, the sizes of the engine, replicas and the scheduler to try. */
import { Control, type Post } from '../control.tsx';
import { Outcome } from '../what-if/outcome.tsx';
import { answerTo } from '../what-if/trial.ts';
import { ValueControls } from '../what-if/value-controls.tsx';
import { policyLabels, type ServingChoice } from './choice.ts';
import { resetServing, type ServingState, triesOther, tryOther } from './serving-state.ts';
import { stopOf, stops } from './stops.ts';

interface ControlsProps {
  readonly state: ServingState;
  readonly post: Post;
}

/** Fields with a slider of their own here; the others are lists of what the host says may be tried. */
const ownFields: ReadonlySet<string> = new Set(['serving.maxSequences', 'serving.maxBatchedTokens', 'serving.replicas']);

export function LoadControls({ state, writes, post }: ControlsProps & { readonly writes: boolean }) {
  const choice = state.choice.value;
  const file = state.file.value;
  if (!choice || !file || 'refused' in file) return null;
  const job = state.job.value;
  const answer = answerTo(state.trial, job, state.change.value);
  const controls = (answer ?? state.trial.answered.value?.answer)?.controls ?? [];
  const { maxModelLen } = file;
  const shared = { choice, file: file.choice, state, post };
  const tokens = Math.max(1, maxModelLen - 1);
  return (
    <form class="controls" aria-label="Try another load or engine" onSubmit={(event) => event.preventDefault()}>
      <Amount
        {...shared}
        name="rate"
        label="Requests/s"
        least={Math.min(0.01, choice.rate)}
        most={Math.max(1000, 8 * file.choice.rate)}
        decimal
      />
      <Amount {...shared} name="inputTokens" label="Prompt tokens" least={1} most={tokens} />
      <Amount {...shared} name="outputTokens" label="Answer tokens" least={1} most={tokens} />
      <div class="control limits">
        <span>Limits, ms</span>
        <Limit choice={choice} state={state} name="firstTokenLimit" label="TTFT" />
        <Limit choice={choice} state={state} name="perTokenLimit" label="TPOT" />
      </div>
      <Amount {...shared} name="maxSequences" label="Max sequences" least={1} most={4096} field="serving.maxSequences" />
      <Amount {...shared} name="maxBatchedTokens" label="Batched tokens" least={256} most={131072} field="serving.maxBatchedTokens" />
      <Amount {...shared} name="replicas" label="Replicas" least={1} most={64} field="serving.replicas" />
      <Control id="policy" label="Scheduler" post={post}>
        <select id="policy" value={choice.policy} onChange={({ currentTarget: { value } }) => tryOther(state, { policy: value })}>
          <option value="own">As the engine does</option>
          {policyLabels.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </Control>
      <ValueControls trial={state.trial} controls={controls.filter(({ field }) => !ownFields.has(field))} post={post} />
      {file.assumed.length > 0 && (
        <ul class="note assumed" aria-label="Assumed load">
          {file.assumed.map((text) => (
            <li key={text}>Assumed: {text}</li>
          ))}
        </ul>
      )}
      <Outcome trial={state.trial} answer={answer} change={state.change.value} writes={writes} post={post}>
        <button type="button" class="reset" disabled={!triesOther(state)} onClick={() => resetServing(state)}>
          Reset to file
        </button>
      </Outcome>
    </form>
  );
}

interface AmountProps extends ControlsProps {
  readonly choice: ServingChoice;
  readonly file: ServingChoice;
  readonly name: Exclude<keyof ServingChoice, 'policy'>;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly decimal?: boolean;
  readonly field?: string;
}

/** A slider over round values with a number field beside it. */
function Amount({ choice, file, state, post, name, label, least, most, decimal = false, field }: AmountProps) {
  const value = choice[name];
  const values = stops(Math.min(least, value), Math.max(most, value), file[name], decimal ? 'decimal' : 'binary');
  const take = (wanted: number | undefined): void => {
    if (wanted !== undefined && Number.isFinite(wanted) && wanted > 0) tryOther(state, { [name]: wanted });
  };
  return (
    <Control id={name} label={label} post={post} {...(field === undefined ? {} : { field })}>
      <input
        id={name}
        type="range"
        min={0}
        max={values.length - 1}
        step={1}
        value={String(stopOf(values, value))}
        onInput={(event) => take(values[Number(event.currentTarget.value)])}
        aria-valuetext={String(value)}
      />
      <input
        type="number"
        aria-label={`${label}, number`}
        min={0}
        step={decimal ? 'any' : 1}
        value={String(value)}
        onChange={(event) => take(Number(event.currentTarget.value))}
      />
    </Control>
  );
}

interface LimitProps {
  readonly choice: ServingChoice;
  readonly state: ServingState;
  readonly name: 'firstTokenLimit' | 'perTokenLimit';
  readonly label: string;
}

/** A latency limit in milliseconds; empty is none. */
function Limit({ choice, state, name, label }: LimitProps) {
  const milliseconds = choice[name] * 1000;
  return (
    <label class="limit">
      {label}
      <input
        type="number"
        aria-label={`${label} limit in milliseconds`}
        min={0}
        step="any"
        placeholder="none"
        value={milliseconds > 0 ? String(Number(milliseconds.toPrecision(6))) : ''}
        onChange={(event) => {
          const wanted = Number(event.currentTarget.value);
          if (Number.isFinite(wanted) && wanted >= 0) tryOther(state, { [name]: wanted / 1000 });
        }}
      />
    </label>
  );
}
