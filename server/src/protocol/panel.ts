/** Messages between the server, the client and the panel. Plain data only; a new one gets its row in panel-shapes.ts too. */
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import type { ScheduleRequest } from '../core/schedules/schedule.ts';
import type { PanelMeasured } from './measured.ts';
import type { SchedulesFound } from './schedules.ts';
import type { Change, DifferenceRow, OtherJob, WhatIfOutcome } from './what-if.ts';

/** A value in seconds or bytes, and the ends of its band. */
export interface BandedFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is told of any job that the panel shows. */
export interface PanelSubject {
  readonly uri: string;
  readonly version: number;
  /** File name and job, e.g. "train.sh, launch 1". */
  readonly title: string;
  readonly gpu: string;
  /** Rows of the summary table: label and text with unit and band. */
  readonly summary: readonly { readonly label: string; readonly text: string; readonly title?: string }[];
  /** Shown under the charts. */
  readonly assumptions: readonly string[];
}

/** A job as it was read, completed as far as the engine can: what the panel's own copy of the core works from. */
export interface ReadJob {
  readonly job: PartialJob;
  /** The name by which the model knows the framework or engine. */
  readonly runsAs: string;
  readonly cluster: Cluster;
}

/** A training job: its schedule, which the panel simulates, and the job itself, whose step it takes apart. */
export interface PanelJob extends PanelSubject, ReadJob {
  readonly usableBytes: number;
  /** What the estimate says of the step and of the memory of each stage, with how far both may be off. */
  readonly banded?: { readonly step: BandedFigure; readonly memory: readonly BandedFigure[] };
  readonly request: ScheduleRequest;
}

/** A serving job, which the panel completes, estimates and simulates. */
export interface ServingPanelJob extends PanelSubject, ReadJob {}

/** A job as the panel shows it. */
export type JobMessage =
  | { readonly type: 'job'; readonly job: PanelJob }
  | { readonly type: 'serving'; readonly job: ServingPanelJob }
  /** Nothing to show, and why; the last picture stays, greyed. */
  | { readonly type: 'empty'; readonly why: string };

/** What the panel's values give, and the job as it would be. */
export interface WhatIfAnswer extends WhatIfOutcome {
  /** That of the question: a later one has made this answer worthless. */
  readonly turn: number;
  readonly shown: JobMessage;
}

/** To the panel. */
export type PanelMessage =
  | JobMessage
  | { readonly type: 'whatIf'; readonly answer: WhatIfAnswer }
  /** Which schedule would be best; the turn is that of the question. */
  | { readonly type: 'schedules'; readonly turn: number; readonly found: SchedulesFound }
  /** The change was written, or why it was not. */
  | { readonly type: 'applied'; readonly done: boolean; readonly text: string }
  /** Measured runs beside the prediction; new ones come to the front. */
  | { readonly type: 'measured'; readonly measured: PanelMeasured; readonly isNew: boolean }
  /** Another job beside this one, with the numbers in which they differ (this one first); without a job, why there is none. */
  | { readonly type: 'beside'; readonly title: string; readonly shown: JobMessage; readonly rows: readonly DifferenceRow[] }
  /** What may be put beside this job, where the host has no list of its own to choose from. */
  | { readonly type: 'others'; readonly jobs: readonly OtherJob[] };

/** From the panel. */
export type PanelReply =
  | { readonly type: 'ready' }
  /** After every drawing: for tests and the log. Operations of a schedule, or steps of an engine. */
  | { readonly type: 'drawn'; readonly operations: number; readonly milliseconds: number }
  /** Jump to the text of a field. */
  | { readonly type: 'reveal'; readonly field: string }
  /** What these values would give; the answer has the same turn. */
  | { readonly type: 'whatIf'; readonly turn: number; readonly change: Change }
  /** Which schedule would be best with these values; a later question, or one to stop, gives it up. */
  | { readonly type: 'schedules'; readonly turn: number; readonly change: Change }
  | { readonly type: 'stopSearch' }
  /** Write these values into the file. */
  | { readonly type: 'apply'; readonly change: Change }
  /** Put another job beside this one: of a file still to be chosen, of one that was told, or of this file at its last commit; or none any more. */
  | { readonly type: 'compare'; readonly other: 'choose' | 'last-commit' | 'none' | { readonly file: string; readonly job: number } }
  /** Choose measured files to show, or calibrate the estimates by those that are shown. */
  | { readonly type: 'measure'; readonly action: 'open' | 'calibrate' }
  /** A picture or a trace to be saved where the user says; in a plain page a download. */
  | { readonly type: 'save'; readonly name: string; readonly encoding: 'text' | 'base64'; readonly content: string };
