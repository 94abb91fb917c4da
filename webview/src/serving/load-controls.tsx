/** The load, the sizes of the engine, replicas and the scheduler to try. */
import type { WhatIfAnswer } from '../../../server/src/protocol/panel.ts';
import type { Change } from '../../../server/src/protocol/what-if.ts';
import { Control, type Post } from '../control.tsx';
import { Differences, valuesText } from '../what-if/brief.tsx';
import { DifferenceTable } from '../what-if/difference-table.tsx';
import { Fold } from '../what-if/fold.tsx';
import { Actions, Consequences, Withheld } from '../what-if/outcome.tsx';
import { answerTo, isEmpty } from '../what-if/trial.ts';
import { ValueControls } from '../what-if/value-controls.tsx';
import { arrivalKinds, type FileChoice, type NumberKey, policyLabels, type ServingChoice } from './choice.ts';
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
  const { trial } = state;
  const change = state.change.value;
  const answer = answerTo(trial, state.job.value, change);
  const controls = (answer ?? trial.answered.value?.answer)?.controls ?? [];
  const others = controls.filter(({ field }) => !ownFields.has(field));
  const tries = triesOther(state);
  return (
    <Fold
      trial={trial}
      label="Try another load or engine"
      tries={tries}
      brief={isEmpty(change) ? valuesText(namesOf(choice), others) : <Differences answer={answer} />}
      actions={
        <Actions
          trial={trial}
          answer={answer}
          change={change}
          tries={tries}
          reset={() => resetServing(state)}
          writes={writes}
          post={post}
        />
      }
    >
      <form class="controls" aria-label="Load and engine to try" onSubmit={(event) => event.preventDefault()}>
        <EngineControls state={state} choice={choice} file={file} post={post} />
        <ValueControls trial={trial} controls={others} post={post} />
      </form>
      {file.assumed.length > 0 && (
        <ul class="note assumed" aria-label="Assumed load">
          {file.assumed.map((text) => (
            <li key={text}>Assumed: {text}</li>
          ))}
        </ul>
      )}
      <Estimated answer={answer} change={change} />
      <Consequences answer={answer} change={change} writes={writes} />
      <Withheld texts={(answer ?? trial.answered.value?.answer)?.withheld ?? []} />
    </Fold>
  );
}

function namesOf({ arrivals, rate, concurrency, inputTokens, outputTokens, replicas }: ServingChoice): readonly string[] {
  const count = (value: number): string => value.toLocaleString('en');
  const perSecond = `${count(rate)} requests/s`;
  const load = { rate: perSecond, clients: `${count(concurrency)} clients`, limited: `${perSecond}, ${count(concurrency)} at most,` }[
    arrivals
  ];
  return [`${load} of ${count(inputTokens)} + ${count(outputTokens)} tokens`, ...(replicas > 1 ? [`${count(replicas)} replicas`] : [])];
}

interface EngineProps extends ControlsProps {
  readonly choice: ServingChoice;
  readonly file: FileChoice;
}

function EngineControls({ state, choice, file, post }: EngineProps) {
  const shared = { choice, file: file.choice, state, post };
  const tokens = Math.max(1, file.maxModelLen - 1);
  return (
    <>
      <Control id="arrivals" label="Requests come" post={post}>
        <select id="arrivals" value={choice.arrivals} onChange={({ currentTarget: { value } }) => tryOther(state, { arrivals: value })}>
          {arrivalKinds.map((kind) => (
            <option key={kind} value={kind}>
              {arrivalLabels[kind]}
            </option>
          ))}
        </select>
      </Control>
      {choice.arrivals !== 'clients' && (
        <Amount
          {...shared}
          name="rate"
          label="Requests/s"
          least={Math.min(0.01, choice.rate)}
          most={Math.max(1000, 8 * file.choice.rate)}
          decimal
        />
      )}
      {choice.arrivals !== 'rate' && (
        <Amount
          {...shared}
          name="concurrency"
          label={choice.arrivals === 'clients' ? 'Clients' : 'Under way at most'}
          least={1}
          most={Math.max(4096, 8 * file.choice.concurrency)}
        />
      )}
      <Amount {...shared} name="inputTokens" label="Prompt tokens" least={1} most={tokens} />
      <Amount {...shared} name="outputTokens" label="Answer tokens" least={1} most={tokens} />
      <Amount {...shared} name="maxSequences" label="Max sequences" least={1} most={4096} field="serving.maxSequences" />
      <Amount {...shared} name="maxBatchedTokens" label="Batched tokens" least={256} most={131072} field="serving.maxBatchedTokens" />
      <Amount {...shared} name="replicas" label="Replicas" least={1} most={64} field="serving.replicas" />
      <Limit choice={choice} state={state} name="firstTokenLimit" label="TTFT limit, ms" />
      <Limit choice={choice} state={state} name="perTokenLimit" label="TPOT limit, ms" />
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
    </>
  );
}

const arrivalLabels: { readonly [K in ServingChoice['arrivals']]: string } = {
  rate: 'At a rate',
  clients: 'From clients that wait',
  limited: 'At a rate, so many at most',
};

/** The estimate of what is tried as a file would say it, beside that of the file. */
function Estimated({ answer, change }: { readonly answer: WhatIfAnswer | undefined; readonly change: Change }) {
  if (isEmpty(change) || !answer || answer.rows.length === 0) return null;
  return (
    <section class="comparison" aria-label="Estimated figures">
      <DifferenceTable label="What is tried beside the file" rows={answer.rows} before="This file" after="Tried here" />
    </section>
  );
}

interface AmountProps extends ControlsProps {
  readonly choice: ServingChoice;
  readonly file: ServingChoice;
  readonly name: NumberKey;
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
    <div class="control">
      <div class="name">
        <label for={name}>{label}</label>
      </div>
      <div class="input">
        <input
          id={name}
          type="number"
          min={0}
          step="any"
          placeholder="none"
          value={milliseconds > 0 ? String(Number(milliseconds.toPrecision(6))) : ''}
          onChange={(event) => {
            const wanted = Number(event.currentTarget.value);
            if (Number.isFinite(wanted) && wanted >= 0) tryOther(state, { [name]: wanted / 1000 });
          }}
        />
      </div>
    </div>
  );
}
