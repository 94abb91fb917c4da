/** A page host for the harness: what the panel posts is kept, what the test sends is handed on. */
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';

const listeners: ((message: PanelMessage) => void)[] = [];
const replies: PanelReply[] = [];

Object.assign(window, {
  rooflintHost: {
    onMessage: (listener: (message: PanelMessage) => void) => listeners.push(listener),
    post: (reply: PanelReply) => replies.push(reply),
    readOnly: location.hash === '#read-only',
    keep: {
      load: (): unknown => JSON.parse(sessionStorage.getItem('panel') ?? 'null'),
      save: (state: unknown) => sessionStorage.setItem('panel', JSON.stringify(state)),
    },
  },
  harness: {
    replies,
    send: (message: PanelMessage) => {
      for (const listener of listeners) listener(message);
    },
  },
});
