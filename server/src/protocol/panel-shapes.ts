/**
 * What is taken from the other side of the panel, message by message: a window hears other messages too, and a page could be made to
 * send anything. What a message only hands on to the core is checked there; here stands what is read of it at once.
 */
import type { PanelMessage, PanelReply } from './panel.ts';
import { amount, anyFields, type Check, fields, listOf, messageOf, oneOf, optional, text, textUpTo } from './shape.ts';

const subject = {
  uri: text,
  title: text,
  gpu: text,
  version: amount,
  summary: listOf(fields({ label: text, text: text, title: optional(text) })),
  assumptions: listOf(text),
};

/** A row for every message; one without a row does not compile. */
const toPanel: { readonly [type in PanelMessage['type']]: Check } = {
  job: fields({ job: fields({ ...subject, usableBytes: amount, request: anyFields }) }),
  serving: fields({ job: fields({ ...subject, runsAs: text, job: anyFields, cluster: fields({ accelerator: anyFields }) }) }),
  empty: fields({ why: text }),
};

/** The longest picture or trace that is handed over to be saved, in characters. */
const largestFile = 256 * 1024 * 1024;

const fromPanel: { readonly [type in PanelReply['type']]: Check } = {
  ready: () => true,
  drawn: fields({ operations: amount, milliseconds: amount }),
  reveal: fields({ field: textUpTo(200) }),
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
