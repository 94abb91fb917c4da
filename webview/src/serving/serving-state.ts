/**
 * What the panel of a server knows, as signals: the job the host sent, what the user tries instead, and what has been worked out so
 * far for both. The work runs in slices after the last change; the old figures stay, greyed, until the new ones are there.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ServingPanelJob } from '../../../server/src/protocol/panel.ts';
import type { Change } from '../../../server/src/protocol/what-if.ts';
import type { View } from '../time-scale.ts';
import {
  answerTo,
  createTrial,
  documentTold,
  dropValues,
  forgetTrial,
  isEmpty,
  restoreTrial,
  type TrialState,
  takeWritten,
  trialToSave,
  type Written,
} from '../what-if/trial.ts';
import { cleanOverride, type FileChoice, fileChoice, type ServingChoice, withinContext } from './choice.ts';
import { prepare, type Refused, type ServingRun, work } from './run.ts';
import { runInSlices } from './slices.ts';

export interface ServingPointer {
  readonly x: number;
  readonly y: number;
  /** The chart, and the index of the point in its data. */
  readonly chart: 'series' | 'curve';
  readonly index: number;
}

export interface ServingState {
  readonly job: Signal<ServingPanelJob | undefined>;
  readonly why: Signal<string | undefined>;
  readonly override: Signal<Partial<ServingChoice>>;
  readonly view: Signal<View | undefined>;
  readonly pointer: Signal<ServingPointer | undefined>;
  /** The point of the time series that the keyboard is at. */
  readonly selected: Signal<number | undefined>;
  readonly themeChanges: Signal<number>;
  /** Values tried beside the load and the sizes here: the host works them out. */
  readonly trial: TrialState;
  /** Everything tried that a file can say, by fields. */
  readonly change: ReadonlySignal<Change>;
  /** The job with the values tried; that of the file while there are none. */
  readonly tried: ReadonlySignal<ServingPanelJob | undefined>;
  readonly file: ReadonlySignal<FileChoice | Refused | undefined>;
  readonly choice: ReadonlySignal<ServingChoice | undefined>;
  /** The last figures of the file and of what is tried; the same while nothing is. */
  readonly fromFile: Signal<ServingRun | undefined>;
  readonly shown: Signal<ServingRun | undefined>;
  readonly refused: Signal<string | undefined>;
  /** The figures are not those of the choice yet. */
  readonly stale: ReadonlySignal<boolean>;
}

export function createServingState(themeChanges: Signal<number>): ServingState {
  const job = signal<ServingPanelJob | undefined>(undefined);
  const override = signal<Partial<ServingChoice>>({});
  const file = computed(() => (job.value ? fileChoice(job.value) : undefined));
  const choice = computed((): ServingChoice | undefined => {
    const known = file.value;
    if (!known || 'refused' in known) return undefined;
    if (Object.keys(override.value).length === 0) return known.choice;
    const wanted = { ...known.choice, ...override.value };
    return withinContext(wanted, known.maxModelLen, override.value.outputTokens === undefined ? 'inputTokens' : 'outputTokens');
  });
  const shown = signal<ServingRun | undefined>(undefined);
  const trial = createTrial();
  const change = computed(() => changeOf(trial.values.value, choice.value, file.value));
  let before: ServingPanelJob | undefined;
  const tried = computed(() => {
    const answer = answerTo(trial, job.value, change.value)?.shown;
    if (isEmpty(trial.values.value) || before?.uri !== job.value?.uri) before = job.value;
    else if (answer?.type === 'serving') before = answer.job;
    return before;
  });
  return {
    trial,
    change,
    tried,
    job,
    why: signal<string | undefined>(undefined),
    override,
    view: signal<View | undefined>(undefined),
    pointer: signal<ServingPointer | undefined>(undefined),
    selected: signal<number | undefined>(undefined),
    themeChanges,
    file,
    choice,
    fromFile: signal<ServingRun | undefined>(undefined),
    shown,
    refused: signal<string | undefined>(undefined),
    stale: computed(() => shown.value?.choice !== choice.value),
  };
}

/** What is tried as a file would say it; the load stands in no file. */
function changeOf(values: Change, choice: ServingChoice | undefined, file: FileChoice | Refused | undefined): Change {
  if (!choice || !file || 'refused' in file) return values;
  const sizes = (['maxSequences', 'maxBatchedTokens', 'replicas'] as const).filter((name) => choice[name] !== file.choice[name]);
  return { ...values, ...Object.fromEntries(sizes.map((name) => [`serving.${name}`, choice[name]])) };
}

const sameChoice = (one: ServingChoice, other: ServingChoice): boolean =>
  (Object.keys(one) as (keyof ServingChoice)[]).every((key) => one[key] === other[key]);

/** True when something other than the file's own state is chosen. */
export function triesOther({ file, choice, trial }: Pick<ServingState, 'file' | 'choice' | 'trial'>): boolean {
  const known = file.value;
  if (!isEmpty(trial.values.value)) return true;
  return known !== undefined && !('refused' in known) && choice.value !== undefined && !sameChoice(known.choice, choice.value);
}

/** Takes a job of the host. What was tried stays while the same document is edited. */
export function receiveServing(state: ServingState, job: ServingPanelJob): void {
  batch(() => {
    const other = state.job.value?.uri !== job.uri;
    state.why.value = undefined;
    state.pointer.value = undefined;
    state.selected.value = undefined;
    state.job.value = job;
    state.fromFile.value = undefined;
    documentTold(state.trial, job, () => dropSizes(state));
    if (!other) return;
    forgetTrial(state.trial);
    state.override.value = {};
    state.view.value = undefined;
    state.shown.value = undefined;
  });
}

/** The sizes that a file says go back to it; the load stays as it was set. */
function dropSizes(state: ServingState): void {
  const { maxSequences: _sequences, maxBatchedTokens: _tokens, replicas: _replicas, ...load } = state.override.value;
  state.override.value = load;
}

/** What became of writing what is tried into the file. */
export function serverWritten(state: ServingState, written: Written): void {
  batch(() => takeWritten(state.trial, written, () => dropSizes(state)));
}

/** Back to what the file says. */
export function resetServing(state: ServingState): void {
  batch(() => {
    state.override.value = {};
    dropValues(state.trial);
  });
}

/** Sets a part of the choice. */
export function tryOther(state: ServingState, part: { readonly [key: string]: unknown }): void {
  const known = state.file.value;
  if (!known || 'refused' in known || !state.choice.value) return;
  const clean = cleanOverride(part, known.maxModelLen);
  const kept = 'outputTokens' in clean ? 'outputTokens' : 'inputTokens';
  const wanted = withinContext({ ...state.choice.value, ...clean }, known.maxModelLen, kept);
  const lengths =
    'inputTokens' in clean || 'outputTokens' in clean ? { inputTokens: wanted.inputTokens, outputTokens: wanted.outputTokens } : {};
  state.override.value = { ...state.override.value, ...clean, ...lengths };
  state.trial.written.value = undefined;
}

/** What the work tells on its way. */
type Told = { readonly shown: ServingRun } | { readonly fromFile: ServingRun } | { readonly refused: string };

interface Wanted {
  readonly job: ServingPanelJob;
  /** The job with what is tried beside the choice. */
  readonly tried: ServingPanelJob;
  readonly file: ServingChoice;
  readonly choice: ServingChoice;
  /** What has been worked out of the file's own state before. */
  readonly known: ServingRun | undefined;
}

/** First what is chosen, then what the file itself comes to, to compare it with. */
function* workOut({ job, tried, file, choice, known }: Wanted): Generator<Told | undefined, undefined> {
  const own = sameChoice(file, choice) && tried === job;
  if (own && known?.done) yield { shown: { ...known, choice } };
  else {
    const prepared = prepare(tried, choice, file);
    yield 'refused' in prepared ? prepared : undefined;
    if (!('refused' in prepared)) yield* telling(work(prepared), (run) => ({ shown: run }));
  }
  if (own || known) return undefined;
  yield undefined;
  const prepared = prepare(job, file, file);
  if (!('refused' in prepared)) yield* telling(work(prepared), (run) => ({ fromFile: run }));
  return undefined;
}

function* telling(
  runs: Generator<ServingRun | undefined, ServingRun>,
  tell: (run: ServingRun) => Told,
): Generator<Told | undefined, undefined> {
  for (;;) {
    const { value, done } = runs.next();
    yield value && tell(value);
    if (done) return undefined;
  }
}

/** After the last change, before the work begins. */
const debounceMilliseconds = 120;

/** Works out what the choice needs whenever it changes. Returns what ends that. */
export function startWork(state: ServingState): () => void {
  return effect(() => {
    const [job, tried, file, choice] = [state.job.value, state.tried.value, state.file.value, state.choice.value];
    if (!job || !tried || !file || 'refused' in file || !choice) {
      state.refused.value = file && 'refused' in file ? file.refused : undefined;
      return undefined;
    }
    let stop = (): void => {};
    const begin = (): void => {
      stop = runInSlices(workOut({ job, tried, file: file.choice, choice, known: state.fromFile.peek() }), (told) => take(state, told));
    };
    const timer = setTimeout(begin, state.shown.peek() === undefined ? 0 : debounceMilliseconds);
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

function take(state: ServingState, told: Told): void {
  batch(() => {
    if ('refused' in told) state.refused.value = told.refused;
    if ('shown' in told) {
      state.refused.value = undefined;
      state.shown.value = told.shown;
      if (!triesOther(state)) state.fromFile.value = told.shown;
    }
    if ('fromFile' in told) state.fromFile.value = told.fromFile;
  });
}

/** What to save for the next time the panel is opened. */
export const savedServing = ({ job, override, view, trial }: ServingState): object | undefined =>
  job.value && { uri: job.value.uri, override: override.value, view: view.value, trial: trialToSave(trial) };

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null;

/** Takes back what was saved, as far as it makes sense for the document that is shown now. */
export function restoreServing(state: ServingState, saved: unknown): void {
  if (!isRecord(saved) || saved.uri !== state.job.value?.uri) return;
  const { override, view, trial } = saved;
  batch(() => {
    restoreTrial(state.trial, trial);
    if (isRecord(override)) tryOther(state, override);
    if (isRecord(view) && typeof view.start === 'number' && typeof view.end === 'number' && view.end > view.start) {
      state.view.value = { start: view.start, end: view.end };
    }
  });
}
