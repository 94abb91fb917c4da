/**
 * What is taken from the other side of the panel, message by message: a window hears other messages too, and a page could be made to
 * send anything. What a message only hands on to the core is checked there; here stands what is read of it at once.
 */
import type { JobMessage, PanelMessage, PanelReply } from './panel.ts';
import { amount, anyFields, type Check, fields, flag, isFields, listOf, messageOf, oneOf, optional, text, textUpTo } from './shape.ts';

const subject = {
  uri: text,
  title: text,
  gpu: text,
  version: amount,
  summary: listOf(fields({ label: text, text: text, title: optional(text) })),
  assumptions: listOf(text),
};

/** What the core is given; it refuses by itself what it cannot estimate. */
const readJob = { runsAs: text, job: anyFields, cluster: fields({ accelerator: anyFields }) };

const value: Check = (given) => text(given) || amount(given) || flag(given);
const choice = fields({ value, label: text, refused: optional(text) });
const control = fields({ field: text, label: text, title: text, value: optional(value), choices: listOf(choice) });
const row = fields({
  label: text,
  before: text,
  after: text,
  change: text,
  verdict: optional(oneOf('better', 'worse')),
  title: optional(text),
  detail: optional(flag),
});
const finding = fields({ severity: oneOf('error', 'warning', 'info'), text: text, why: text, isNew: flag });

const banded = fields({ value: amount, low: amount, high: amount });

const jobMessages: { readonly [type in JobMessage['type']]: Check } = {
  job: fields({
    job: fields({
      ...subject,
      ...readJob,
      usableBytes: amount,
      banded: optional(fields({ step: banded, memory: listOf(banded) })),
      request: anyFields,
    }),
  }),
  serving: fields({ job: fields({ ...subject, ...readJob }) }),
  empty: fields({ why: text }),
};
const shown = messageOf(jobMessages);

const answer = fields({
  turn: amount,
  shown,
  controls: listOf(control),
  rows: listOf(row),
  findings: listOf(finding),
  withheld: listOf(text),
  unwritable: listOf(text),
  settings: listOf(text),
  patch: text,
});

const part = fields({ id: text, label: text, measured: amount });
const measuredDevice = fields({
  title: text,
  basis: text,
  stage: optional(amount),
  seconds: amount,
  parts: listOf(part),
  step: part,
  words: listOf(text),
  tracks: listOf(fields({ label: text, start: listOf(amount), end: listOf(amount), part: listOf(amount), name: listOf(amount) })),
  names: listOf(text),
});

const figures = fields({
  step: text,
  change: optional(text),
  verdict: optional(oneOf('better', 'worse')),
  bubble: text,
  memory: text,
  rank: amount,
  fits: oneOf('yes', 'no', 'close'),
});
const schedule = fields({
  name: text,
  label: text,
  virtualStages: amount,
  isCurrent: flag,
  figures: optional(figures),
  rejected: optional(text),
});

/** A row for every message; one without a row does not compile. */
const toPanel: { readonly [type in PanelMessage['type']]: Check } = {
  ...jobMessages,
  whatIf: fields({ answer }),
  schedules: fields({ turn: amount, found: fields({ rows: listOf(schedule), words: listOf(text) }) }),
  applied: fields({ done: flag, text: text }),
  measured: fields({
    isNew: flag,
    measured: fields({
      devices: listOf(measuredDevice),
      logs: listOf(fields({ title: text, figures: listOf(anyFields) })),
      doubts: listOf(text),
    }),
  }),
  beside: fields({ title: text, shown, rows: listOf(row) }),
  others: fields({ jobs: listOf(fields({ file: text, job: amount, title: text })) }),
};

/** The longest picture or trace that is handed over to be saved, in characters. */
const largestFile = 256 * 1024 * 1024;

/** Values by field: a few short ones. Which fields and values there are is checked where they are used. */
const change: Check = (given) =>
  isFields(given) && Object.keys(given).length <= 40 && Object.values(given).every((one) => amount(one) || flag(one) || textUpTo(200)(one));

const otherJob: Check = (given) =>
  given === 'choose' || given === 'last-commit' || given === 'none' || fields({ file: textUpTo(4096), job: amount })(given);

const fromPanel: { readonly [type in PanelReply['type']]: Check } = {
  ready: () => true,
  drawn: fields({ operations: amount, milliseconds: amount }),
  reveal: fields({ field: textUpTo(200) }),
  whatIf: fields({ turn: amount, change }),
  schedules: fields({ turn: amount, change }),
  stopSearch: () => true,
  apply: fields({ change }),
  compare: fields({ other: otherJob }),
  measure: fields({ action: oneOf('open', 'calibrate') }),
  // A name only: where the file goes is chosen by the user.
  save: fields({
    name: (name) => typeof name === 'string' && /^[\w .,()+-]{1,120}\.(?:png|svg|json)$/.test(name),
    encoding: oneOf('text', 'base64'),
    content: textUpTo(largestFile),
  }),
};

const checkMessage = messageOf(toPanel);
const checkReply = messageOf(fromPanel);

/** True of the messages that the panel knows. */
export const isPanelMessage = (data: unknown): data is PanelMessage => checkMessage(data);

/** True of the replies that a host knows. */
export const isPanelReply = (data: unknown): data is PanelReply => checkReply(data);
