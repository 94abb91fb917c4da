/**
 * Whoever shows the panel: VS Code, or a plain page (`rooflint serve`) that puts a `rooflintHost` on its window before
 * this script runs.
 */
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import { download } from './download.ts';

/** What a plain page provides. */
export interface PageHost {
  readonly onMessage: (listener: (message: PanelMessage) => void) => void;
  readonly post: (reply: PanelReply) => void;
  /** True for a page that cannot write files. */
  readonly readOnly?: boolean;
  /** Where the state of the panel outlives a reload, if the page has such a place. */
  readonly keep?: Keeper;
}

interface Keeper {
  /** What was last saved, undefined when nothing was or the host keeps nothing. */
  readonly load: () => unknown;
  readonly save: (state: unknown) => void;
}

export interface Host extends Pick<PageHost, 'onMessage' | 'post'>, Keeper {
  /** True where changes can be written into files. */
  readonly writes: boolean;
}

interface CodeApi {
  readonly postMessage: (message: unknown) => void;
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
}

declare global {
  interface Window {
    readonly acquireVsCodeApi?: () => CodeApi;
    readonly rooflintHost?: PageHost;
  }
}

function onWindowMessage(listener: (message: PanelMessage) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isPanelMessage(event.data)) listener(event.data);
  });
}

/** Finds the host. To be called once: VS Code hands its interface out a single time. */
export function connectHost(): Host {
  const api = window.acquireVsCodeApi?.();
  if (api) return { onMessage: onWindowMessage, post: api.postMessage, writes: true, load: api.getState, save: api.setState };
  const page = window.rooflintHost;
  const keepsNothing = { load: () => undefined, save: () => {} };
  if (page) {
    const onMessage = (listener: (message: PanelMessage) => void): void =>
      page.onMessage((message) => isPanelMessage(message) && listener(message));
    const post = (reply: PanelReply): void => (reply.type === 'save' ? download(reply) : page.post(reply));
    return { onMessage, post, writes: page.readOnly !== true, ...(page.keep ?? keepsNothing) };
  }
  return { onMessage: onWindowMessage, post: () => {}, writes: false, ...keepsNothing };
}
