/**
 * What the panel knows, as signals: the job the host sent, what the user tried instead, and what is in sight. All that
 * follows from these is computed here with the panel's own copy of the core, so that a slider needs no round trip.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { StepProfile } from '../../server/src/core/profile/step-profile.ts';
import { findSchedule } from '../../server/src/core/schedules/index.ts';
import { nearestChoice, reshape, type ScheduleChoice } from '../../server/src/core/schedules/reshape.ts';
import { type Refused, type Simulation, simulate } from '../../server/src/core/schedules/simulate.ts';
import type { PanelMeasured } from '../../server/src/protocol/measured.ts';
import type { JobMessage, PanelJob } from '../../server/src/protocol/panel.ts';
import type { Change } from '../../server/src/protocol/what-if.ts';
import { type BesideState, createBeside, forgetBeside } from './compare/beside.ts';
import type { Target } from './layout.ts';
import { createSearch, forgetSearch, type SearchState } from './schedules/search-state.ts';
import { profileOf } from './step/profile-of.ts';
import { clampView, type View } from './time-scale.ts';
import { findOperations, parseQuery } from './timeline/search.ts';
import { createTimelineState, forgetTimeline, restoreTimeline, type TimelineState, timelineToSave } from './timeline/timeline-state.ts';

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
} from './what-if/trial.ts';

/** The parts of the schedule the user set; the others follow the file. */
export type Override = Partial<ScheduleChoice>;

/** The pointer over a canvas, in pixels of the window. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly target: Target;
}

export interface PanelState {
  readonly job: Signal<PanelJob | undefined>;
  /** Why there is nothing (new) to show; undefined when the picture is current. */
  readonly why: Signal<string | undefined>;
  readonly override: Signal<Override>;
  /** What is in sight; undefined is everything. */
  readonly view: Signal<View | undefined>;
  readonly selected: Signal<number | undefined>;
  readonly pointer: Signal<Pointer | undefined>;
  /** The stage chosen for the memory chart; undefined is the fullest. */
  readonly stage: Signal<number | undefined>;
  /** The view that is chosen, by its id; the first when there is none of that name. */
  readonly tab: Signal<string>;
  /** What views keep for themselves over a reload, by their ids: plain data, read with distrust. For the shown document only. */
  readonly kept: Signal<{ readonly [view: string]: unknown }>;
  readonly timeline: TimelineState;
  /** What the search of the timeline finds; undefined while nothing is asked. */
  readonly found: ReadonlySignal<Found | undefined>;
  /** Counts theme changes, so that canvases are drawn again. */
  readonly themeChanges: Signal<number>;
  readonly trial: TrialState;
  readonly beside: BesideState;
  readonly search: SearchState;
  /** Measured runs that were opened for the shown document, and which of their GPUs is looked at. */
  readonly measured: Signal<PanelMeasured | undefined>;
  readonly measuredDevice: Signal<number>;
  readonly choice: ReadonlySignal<ScheduleChoice | undefined>;
  /** Everything that is tried, by fields. */
  readonly change: ReadonlySignal<Change>;
  /** The job as it is shown: that of the file, or as the host worked it out for what is tried. */
  readonly subject: ReadonlySignal<PanelJob | undefined>;
  /** The file's own configuration, simulated. */
  readonly fromFile: ReadonlySignal<Simulation | Refused | undefined>;
  /** What is shown: the file's configuration with what the user set. */
  readonly shown: ReadonlySignal<Simulation | Refused | undefined>;
  /** The step of `subject` taken apart. */
  readonly profile: ReadonlySignal<StepProfile | Refused | undefined>;
}

export interface Found {
  /** Indexes of operations. */
  readonly matches: Uint32Array;
  /** A word of the query that means nothing. */
  readonly unknown: string | undefined;
}

function foundBy(text: string, shown: Simulation | Refused | undefined): Found | undefined {
  const query = parseQuery(text);
  if (!query || !shown || 'refused' in shown) return undefined;
  if ('unknown' in query) return { matches: new Uint32Array(0), unknown: query.unknown };
  return { matches: findOperations(shown, query), unknown: undefined };
}

/** What outlives a reload of the panel. */
interface Saved {
  readonly uri: string;
  readonly override: Override;
  readonly trial: unknown;
  readonly view: View | undefined;
  readonly tab: string;
  readonly stage: number | undefined;
  readonly selected: number | undefined;
  readonly timeline: unknown;
  /** Of the measured runs. */
  readonly device: number;
  readonly kept: { readonly [view: string]: unknown };
}

export function createState(): PanelState {
  const job = signal<PanelJob | undefined>(undefined);
  const override = signal<Override>({});
  const trial = createTrial();
  const choice = computed(() => (job.value ? chosenSchedule(job.value, override.value, trial.values.value) : undefined));
  const change = computed(() => (job.value && choice.value ? changeOf(job.value, choice.value, override.value, trial.values.value) : {}));
  const answer = computed(() => (isEmpty(change.value) ? undefined : answerTo(trial, job.value, change.value)));
  const fromFile = computed(() => (job.value ? simulate(job.value.request) : undefined));
  const answered = computed((): Simulation | Refused | undefined => {
    const shown = answer.value?.shown;
    if (shown?.type === 'job') return simulate(shown.job.request);
    return shown?.type === 'empty' ? { refused: shown.why } : undefined;
  });
  // Until an answer to other values than sizes of the schedule comes, the one before stays in sight.
  let before: Simulation | Refused | undefined;
  const shown = computed(() => {
    if (!job.value || !choice.value) return undefined;
    if (isEmpty(change.value)) before = fromFile.value;
    else if (answered.value) before = answered.value;
    else if (isEmpty(trial.values.value)) before = simulate(reshape(job.value.request, choice.value));
    return before ?? fromFile.value;
  });
  const subject = computed(() => {
    const tried = answer.value?.shown;
    return tried?.type === 'job' ? tried.job : job.value;
  });
  const timeline = createTimelineState();
  return {
    job,
    why: signal<string | undefined>('Waiting for the estimate.'),
    override,
    view: signal<View | undefined>(undefined),
    selected: signal<number | undefined>(undefined),
    pointer: signal<Pointer | undefined>(undefined),
    stage: signal<number | undefined>(undefined),
    tab: signal(''),
    kept: signal({}),
    timeline,
    found: computed(() => foundBy(timeline.query.value, shown.value)),
    themeChanges: signal(0),
    trial,
    beside: createBeside(),
    search: createSearch(),
    measured: signal<PanelMeasured | undefined>(undefined),
    measuredDevice: signal(0),
    choice,
    change,
    subject,
    fromFile,
    shown,
    profile: computed(() => (subject.value ? profileOf(subject.value) : undefined)),
  };
}

/** The schedule with what the user set, put right for the stages there are; what the file says is shown as it is. */
function chosenSchedule({ request }: PanelJob, override: Override, values: Change): ScheduleChoice {
  const own: ScheduleChoice = { name: request.name, microBatches: request.microBatches, virtualStages: request.virtualStages };
  if (isEmpty(override)) return own;
  const pipeline = values['parallel.pipeline'];
  return nearestChoice({ stages: typeof pipeline === 'number' ? pipeline : request.stages }, { ...own, ...override });
}

/** What is tried, by fields. Beside other values the sizes of the file's schedule may be others too, so only what was set is asked for. */
function changeOf({ request }: PanelJob, choice: ScheduleChoice, override: Override, values: Change): Change {
  const alone = isEmpty(values);
  const isTried = (key: keyof ScheduleChoice, ...set: readonly (keyof Override)[]): boolean =>
    alone ? choice[key] !== request[key] : set.some((one) => override[one] !== undefined);
  return {
    ...values,
    ...(isTried('name', 'name') ? { 'parallel.schedule': choice.name } : {}),
    ...(isTried('virtualStages', 'virtualStages', 'name') ? { 'parallel.virtualStages': choice.virtualStages } : {}),
    ...(isTried('microBatches', 'microBatches') ? { 'batch.accumulation': choice.microBatches } : {}),
  };
}

/** True when something other than the file's own configuration is shown. */
export const differsFromFile = (state: PanelState): boolean => !isEmpty(state.change.value);

/** Takes a message of the host. Zoom and sliders stay while the same document is edited. */
export function receive(state: PanelState, message: Exclude<JobMessage, { readonly type: 'serving' }>): void {
  batch(() => {
    if (message.type === 'empty') {
      state.why.value = message.why;
      return;
    }
    const other = state.job.value !== undefined && state.job.value.uri !== message.job.uri;
    state.why.value = undefined;
    state.job.value = message.job;
    state.pointer.value = undefined;
    documentTold(state.trial, message.job, () => {
      state.override.value = {};
    });
    if (other) {
      state.override.value = {};
      state.view.value = undefined;
      state.stage.value = undefined;
      state.kept.value = {};
      forgetTrial(state.trial);
      forgetBeside(state.beside);
      forgetSearch(state.search);
      state.measured.value = undefined;
      state.measuredDevice.value = 0;
      forgetTimeline(state.timeline);
    }
    keepInBounds(state);
  });
}

/** Takes measured runs; their view comes to the front when they are new. */
export function receiveMeasured(state: PanelState, measured: PanelMeasured, isNew: boolean): void {
  batch(() => {
    if (isNew) state.tab.value = 'measured';
    state.measured.value = measured;
  });
}

/** Sets a part of the schedule; the selection goes, for its operation is another one now. */
export function choose(state: PanelState, part: Override): void {
  batch(() => {
    state.override.value = { ...state.override.value, ...part };
    state.trial.written.value = undefined;
    state.pointer.value = undefined;
    keepInBounds(state);
  });
}

/** What became of writing what is tried into the file. */
export function scheduleWritten(state: PanelState, written: Written): void {
  batch(() => {
    takeWritten(state.trial, written, () => {
      state.override.value = {};
    });
    keepInBounds(state);
  });
}

/** Back to what the file says. */
export function resetToFile(state: PanelState): void {
  batch(() => {
    state.override.value = {};
    dropValues(state.trial);
    keepInBounds(state);
  });
}

function keepInBounds(state: PanelState): void {
  const shown = state.shown.value;
  state.selected.value = undefined;
  if (!shown || 'refused' in shown) return;
  if (state.view.value) state.view.value = clampView(state.view.value, shown.stepSeconds);
  const { range } = state.timeline;
  if (range.value) range.value = clampView(range.value, shown.stepSeconds);
  if (state.stage.value !== undefined && state.stage.value >= shown.request.stages) state.stage.value = undefined;
}

/** What to save for the next time the panel is opened. */
export function toSaved(state: PanelState): Saved | undefined {
  const job = state.job.value;
  return (
    job && {
      uri: job.uri,
      override: state.override.value,
      trial: trialToSave(state.trial),
      view: state.view.value,
      stage: state.stage.value,
      selected: state.selected.value,
      tab: state.tab.value,
      timeline: timelineToSave(state.timeline),
      device: state.measuredDevice.value,
      kept: state.kept.value,
    }
  );
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === 'object' && value !== null;

const isSchedule = (name: unknown): name is ScheduleChoice['name'] => typeof name === 'string' && findSchedule(name) !== undefined;

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Takes back what was saved, as far as it makes sense for the document that is shown now. */
export function restore(state: PanelState, saved: unknown): void {
  if (!isRecord(saved) || saved.uri !== state.job.value?.uri) return;
  const { override, view, tab, kept, stage, selected, timeline, trial, device } = saved;
  batch(() => {
    if (typeof tab === 'string') state.tab.value = tab;
    if (isRecord(kept)) state.kept.value = kept;
    restoreTrial(state.trial, trial);
    if (isRecord(override)) {
      const { name, microBatches, virtualStages } = override;
      state.override.value = {
        ...(isSchedule(name) ? { name } : {}),
        ...(typeof microBatches === 'number' && microBatches >= 1 ? { microBatches } : {}),
        ...(typeof virtualStages === 'number' && virtualStages >= 1 ? { virtualStages } : {}),
      };
    }
    if (isRecord(view) && typeof view.start === 'number' && typeof view.end === 'number') {
      state.view.value = { start: view.start, end: view.end };
    }
    if (isIndex(stage)) state.stage.value = stage;
    if (isIndex(device)) state.measuredDevice.value = device;
    restoreTimeline(state.timeline, timeline);
    keepInBounds(state);
    const shown = state.shown.value;
    if (isIndex(selected) && shown && !('refused' in shown) && selected < shown.count) state.selected.value = selected;
  });
}
