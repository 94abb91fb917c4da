/** The keys of the timeline. Those that move the view are in gestures.ts. */
import { batch } from '@preact/signals';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { onViewKey, setView } from '../gestures.ts';
import { type Direction, firstInView, neighbour } from '../layout.ts';
import type { PanelState } from '../state.ts';
import { clampView, revealInView, type TimeScale } from '../time-scale.ts';
import { nextMatch } from './search.ts';

export interface KeyContext {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly scale: TimeScale;
}

const arrows: { readonly [key: string]: Direction } = { ArrowLeft: 'previous', ArrowRight: 'next', ArrowUp: 'up', ArrowDown: 'down' };

/** What the page says of the keys: key, what it does. */
export const keyHelp: readonly (readonly [string, string])[] = [
  ['← →', 'previous, next operation of the stage'],
  ['↑ ↓', 'the operation of the stage above or below at that time'],
  ['W S, + −, Ctrl + wheel', 'zoom in, zoom out'],
  ['A D, Shift + ← →, drag', 'pan'],
  ['Home', 'the whole step'],
  ['F', 'fill the window with the selected operation and its neighbours'],
  [
    'M, [ and ], Shift + drag, drag on the axis',
    'sums of a stretch of time: of the selected operation, from or to it, or what is dragged over',
  ],
  ['/', 'search: “mb 12”, “stage 3 backward”, “stage 2-4 chunk 1 send”'],
  ['N, Shift + N', 'next, previous operation found'],
  ['C', 'show the critical path'],
  ['Esc', 'let the selection go, then the stretch of time, then the search'],
];

/** Selects an operation and brings it into sight. */
export function goTo({ state, simulation, scale }: KeyContext, index: number): void {
  batch(() => {
    setView(
      state,
      revealInView(scale, simulation.stepSeconds, simulation.start[index] ?? 0, simulation.end[index] ?? 0),
      simulation.stepSeconds,
    );
    state.selected.value = index;
    state.stage.value = simulation.rank[index];
  });
}

/** Goes to the next or previous operation found. */
export function goToMatch(context: KeyContext, backwards: boolean): void {
  const { state } = context;
  const matches = state.found.value?.matches;
  const next = matches && nextMatch(matches, state.selected.value, backwards);
  if (next !== undefined) goTo(context, next);
}

/** True when the key was one of the timeline's. */
export function onTimelineKey(event: KeyboardEvent, context: KeyContext): boolean {
  const { state, simulation, scale } = context;
  if (onViewKey(event, state, scale, simulation.stepSeconds, state.timeline.cursor.value)) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const direction = arrows[event.key];
  if (direction) {
    const from = state.selected.value;
    goTo(context, from === undefined ? firstInView(simulation, scale.start) : neighbour(simulation, from, direction));
    return true;
  }
  const action = actions[event.key.toLowerCase()];
  action?.(context, event);
  return action !== undefined;
}

const actions: { readonly [key: string]: (context: KeyContext, event: KeyboardEvent) => void } = {
  escape: ({ state }) => {
    const { range, query } = state.timeline;
    if (state.selected.value !== undefined) state.selected.value = undefined;
    else if (range.value) range.value = undefined;
    else query.value = '';
  },
  f: ({ state, simulation }) => {
    const span = selectedSpan(state, simulation);
    if (!span) return;
    const room = Math.max(span.end - span.start, simulation.stepSeconds * 1e-6);
    setView(state, clampView({ start: span.start - room, end: span.end + room }, simulation.stepSeconds), simulation.stepSeconds);
  },
  m: ({ state, simulation }) => {
    state.timeline.range.value = selectedSpan(state, simulation);
  },
  '[': ({ state, simulation }) => {
    const span = selectedSpan(state, simulation);
    const end = Math.max(span?.end ?? 0, state.timeline.range.value?.end ?? simulation.stepSeconds);
    if (span) state.timeline.range.value = { start: span.start, end };
  },
  ']': ({ state, simulation }) => {
    const span = selectedSpan(state, simulation);
    const start = Math.min(span?.start ?? 0, state.timeline.range.value?.start ?? 0);
    if (span) state.timeline.range.value = { start, end: span.end };
  },
  '/': () => document.getElementById('timeline-search')?.focus(),
  n: (context, { shiftKey }) => goToMatch(context, shiftKey),
  c: ({ state }) => {
    state.timeline.critical.value = !state.timeline.critical.value;
  },
};

function selectedSpan({ selected }: PanelState, { start, end }: Simulation): { readonly start: number; readonly end: number } | undefined {
  const index = selected.value;
  return index === undefined ? undefined : { start: start[index] ?? 0, end: end[index] ?? 0 };
}
