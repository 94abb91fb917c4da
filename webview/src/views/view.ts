/**
 * A view of the training panel: a tab and what it shows. To add one: a file with its component beside this one (or in a folder of its
 * own under `webview/src`), and a row in index.ts.
 */
import type { ComponentChild } from 'preact';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { PanelReply } from '../../../server/src/protocol/panel.ts';
import type { PanelState } from '../state.ts';

export interface ViewProps {
  readonly state: PanelState;
  readonly post: (reply: PanelReply) => void;
  /** What is shown, or was last; undefined when nothing could be simulated yet. */
  readonly simulation: Simulation | undefined;
}

export interface PanelView {
  /** Remembered by this name. */
  readonly id: string;
  /** On the tab. */
  readonly label: string;
  readonly component: (props: ViewProps) => ComponentChild;
}
