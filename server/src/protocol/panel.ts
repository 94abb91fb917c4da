/** Messages between the server, the client and the panel. Plain data only. */
import type { ScheduleRequest } from '../core/schedules/schedule.ts';

/** What the panel shows for one job of one document. */
export interface PanelJob {
  readonly uri: string;
  readonly version: number;
  /** File name and job, e.g. "train.sh, launch 1". */
  readonly title: string;
  readonly gpu: string;
  readonly usableBytes: number;
  readonly request: ScheduleRequest;
  /** Rows of the summary table: label and text with unit and band. */
  readonly summary: readonly { readonly label: string; readonly text: string; readonly title?: string }[];
  /** Shown under the timeline. */
  readonly assumptions: readonly string[];
}

/** To the panel. */
export type PanelMessage =
  | { readonly type: 'job'; readonly job: PanelJob }
  /** Nothing to show, and why; the last picture stays, greyed. */
  | { readonly type: 'empty'; readonly why: string };

/** From the panel. */
export type PanelReply =
  | { readonly type: 'ready' }
  /** After every drawing: for tests and the log. */
  | { readonly type: 'drawn'; readonly operations: number; readonly milliseconds: number }
  /** Jump to the text of a field. */
  | { readonly type: 'reveal'; readonly field: string };
