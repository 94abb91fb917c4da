/**
 * Values tried beside those of the file. The host works them out from the file's own text; one question is under way at a time, and when
 * its answer comes the newest values are asked for, so that a slider never waits for what nobody wants any more.
 */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PanelMessage, PanelReply, WhatIfAnswer } from '../../../server/src/protocol/panel.ts';
import type { Change } from '../../../server/src/protocol/what-if.ts';

/** An answer with what it is the answer to. */
interface Answered {
  readonly key: string;
  readonly answer: WhatIfAnswer;
}

/** What became of writing into the file. */
export interface Written {
  readonly done: boolean;
  readonly text: string;
}

export interface TrialState {
  /** Fields set by the user that are sizes of no schedule and no load. */
  readonly values: Signal<Change>;
  readonly answered: Signal<Answered | undefined>;
  readonly written: Signal<Written | undefined>;
  /** While what is tried is written: whether the document has been told anew since. It is in the document then. */
  readonly applying: Signal<{ readonly toldAnew: boolean } | undefined>;
  /** The document as it was last told. */
  readonly told: { key: string };
  /** Whether the settings are unfolded; undefined leaves it to the room there is. */
  readonly open: Signal<boolean | undefined>;
}

export function createTrial(): TrialState {
  return {
    values: signal({}),
    answered: signal(undefined),
    written: signal(undefined),
    applying: signal(undefined),
    told: { key: '' },
    open: signal(undefined),
  };
}

/** For another document. */
export function forgetTrial(trial: TrialState): void {
  trial.values.value = {};
  trial.answered.value = undefined;
  trial.written.value = undefined;
  trial.applying.value = undefined;
}

/** What to keep of it while the panel is closed. */
export const trialToSave = ({ values, open }: TrialState): object => ({ values: values.value, open: open.value });

/** Takes back what was kept, as far as it makes sense: values of the kinds that a change may hold. */
export function restoreTrial(trial: TrialState, saved: unknown): void {
  const { values, open } = (typeof saved === 'object' && saved !== null ? saved : {}) as {
    readonly values?: unknown;
    readonly open?: unknown;
  };
  if (typeof open === 'boolean') trial.open.value = open;
  if (typeof values !== 'object' || values === null) return;
  const plain = Object.entries(values).filter((entry): entry is [string, string | number] =>
    ['string', 'number'].includes(typeof entry[1]),
  );
  trial.values.value = Object.fromEntries(plain);
}

export const isEmpty = (change: Change): boolean => Object.keys(change).length === 0;

/** What a question is about: the state of a document and the values. */
interface Asked {
  readonly uri: string;
  readonly version: number;
}

const keyOf = ({ uri, version }: Asked, change: Change): string => JSON.stringify([uri, version, change]);

/** The answer to exactly these values of this state of the document. */
export function answerTo({ answered }: TrialState, job: Asked | undefined, change: Change): WhatIfAnswer | undefined {
  const { value } = answered;
  return job && value && value.key === keyOf(job, change) ? value.answer : undefined;
}

/** Sets a value; undefined leaves the field to the file. */
export function setValue({ values, written }: TrialState, field: string, value: string | number | boolean | undefined): void {
  const { [field]: _before, ...others } = values.value;
  values.value = value === undefined ? others : { ...others, [field]: value };
  written.value = undefined;
}

/** Tries nothing any more. */
export function dropValues(trial: TrialState): void {
  trial.values.value = {};
  trial.written.value = undefined;
  trial.applying.value = undefined;
}

export interface Asking {
  /** To be called with each message of the host; true of an answer. */
  readonly take: (message: PanelMessage) => boolean;
}

/** Asks whenever the document or the values change. */
export function startAsking(
  trial: TrialState,
  job: ReadonlySignal<Asked | undefined>,
  change: ReadonlySignal<Change>,
  post: (reply: PanelReply) => void,
): Asking {
  let turn = 0;
  let underWay: { readonly turn: number; readonly key: string } | undefined;
  let last = '';
  const ask = (): void => {
    const document = job.peek();
    if (!document || underWay) return;
    const key = keyOf(document, change.peek());
    if (key === last) return;
    turn += 1;
    underWay = { turn, key };
    last = key;
    post({ type: 'whatIf', turn, change: change.peek() });
  };
  effect(() => {
    // Both are read, so that a change of either asks.
    if (job.value && change.value) ask();
  });
  return {
    take: (message) => {
      if (message.type !== 'whatIf' || message.answer.turn !== underWay?.turn) return false;
      const { key } = underWay;
      underWay = undefined;
      trial.answered.value = { key, answer: message.answer };
      ask();
      return true;
    },
  };
}

/** Takes what became of "apply": once the text says it, nothing is tried any more. `reset` drops what is tried elsewhere. */
export function takeWritten(trial: TrialState, written: Written, reset: () => void): void {
  trial.written.value = written;
  if (!written.done) trial.applying.value = undefined;
  else if (trial.applying.value?.toldAnew === true) finish(trial, reset);
}

/**
 * The document as it is now, also when only the settings around it changed. What was written is told until it is another one: after undo it is
 * not written any more.
 */
export function documentTold(trial: TrialState, job: Asked, reset: () => void): void {
  const key = JSON.stringify(job);
  const isOther = key !== trial.told.key;
  trial.told.key = key;
  if (!trial.applying.value) {
    if (isOther) trial.written.value = undefined;
    return;
  }
  trial.applying.value = { toldAnew: true };
  if (trial.written.value?.done === true) finish(trial, reset);
}

function finish(trial: TrialState, reset: () => void): void {
  trial.applying.value = undefined;
  trial.values.value = {};
  reset();
}
