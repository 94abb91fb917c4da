/** What the timeline remembers beside the view of the whole panel: the chosen stretch of time, what is searched, what is highlighted. */
import { batch, type Signal, signal } from '@preact/signals';
import type { View } from '../time-scale.ts';

export interface TimelineState {
  /** The time under the pointer. */
  readonly cursor: Signal<number | undefined>;
  /** The stretch of time whose sums are shown. */
  readonly range: Signal<View | undefined>;
  /** What is searched for, as written. */
  readonly query: Signal<string>;
  /** The longest chain of operations is brought out. */
  readonly critical: Signal<boolean>;
  /** Waiting is coloured by its cause. */
  readonly causes: Signal<boolean>;
}

export function createTimelineState(): TimelineState {
  return { cursor: signal(undefined), range: signal(undefined), query: signal(''), critical: signal(false), causes: signal(true) };
}

/** For another document: what was chosen in the last one means nothing there. */
export function forgetTimeline({ cursor, range, query }: TimelineState): void {
  batch(() => {
    cursor.value = undefined;
    range.value = undefined;
    query.value = '';
  });
}

export function timelineToSave({ range, query, critical, causes }: TimelineState): unknown {
  return { range: range.value, query: query.value, critical: critical.value, causes: causes.value };
}

/** Takes back what was saved, as far as it makes sense. */
export function restoreTimeline(state: TimelineState, saved: unknown): void {
  const { range, query, critical, causes } = (typeof saved === 'object' && saved !== null ? saved : {}) as Readonly<
    Record<string, unknown>
  >;
  const { start, end } = (typeof range === 'object' && range !== null ? range : {}) as Readonly<Record<string, unknown>>;
  batch(() => {
    if (Number.isFinite(start) && Number.isFinite(end)) state.range.value = { start: Number(start), end: Number(end) };
    if (typeof query === 'string') state.query.value = query.slice(0, 200);
    if (typeof critical === 'boolean') state.critical.value = critical;
    if (typeof causes === 'boolean') state.causes.value = causes;
  });
}
