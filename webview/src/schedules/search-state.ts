/**
 * A search among schedules: asked for by the user, answered by the host, and worth something for the state of the document and the tried
 * values it was asked about. Which schedule is tried does not matter to it.
 */
import { type Signal, signal } from '@preact/signals';
import type { PanelMessage, PanelReply } from '../../../server/src/protocol/panel.ts';
import type { SchedulesFound } from '../../../server/src/protocol/schedules.ts';
import type { Change } from '../../../server/src/protocol/what-if.ts';

interface Asked {
  readonly uri: string;
  readonly version: number;
}

interface Answered {
  readonly uri: string;
  /** What it was asked about. */
  readonly key: string;
  readonly found: SchedulesFound;
}

export interface SearchState {
  /** The question under way. */
  readonly asked: Signal<{ readonly turn: number; readonly uri: string; readonly key: string } | undefined>;
  readonly answered: Signal<Answered | undefined>;
}

export const createSearch = (): SearchState => ({ asked: signal(undefined), answered: signal(undefined) });

/** For another document. */
export function forgetSearch({ asked, answered }: SearchState): void {
  asked.value = undefined;
  answered.value = undefined;
}

/** The tried values without the schedule itself. */
function besideSchedule(change: Change): Change {
  const { 'parallel.schedule': _schedule, 'parallel.virtualStages': _virtualStages, ...others } = change;
  return others;
}

const keyOf = ({ uri, version }: Asked, change: Change): string => JSON.stringify([uri, version, besideSchedule(change)]);

let turns = 0;

export function startSearch({ asked }: SearchState, job: Asked, change: Change, post: (reply: PanelReply) => void): void {
  turns += 1;
  asked.value = { turn: turns, uri: job.uri, key: keyOf(job, change) };
  post({ type: 'schedules', turn: turns, change: besideSchedule(change) });
}

export function stopSearch({ asked }: SearchState, post: (reply: PanelReply) => void): void {
  asked.value = undefined;
  post({ type: 'stopSearch' });
}

/** Takes an answer; one to an earlier question is dropped. */
export function takeSearch({ asked, answered }: SearchState, message: Extract<PanelMessage, { readonly type: 'schedules' }>): void {
  if (asked.value?.turn !== message.turn) return;
  const { uri, key } = asked.value;
  asked.value = undefined;
  answered.value = { uri, key, found: message.found };
}

/** What was found, and whether that still holds for the document as it is. */
export function foundFor(
  { answered }: SearchState,
  job: Asked,
  change: Change,
): { readonly found: SchedulesFound; readonly isCurrent: boolean } | undefined {
  const { value } = answered;
  return value?.uri === job.uri ? { found: value.found, isCurrent: value.key === keyOf(job, change) } : undefined;
}
