/** What the panel shows of measured runs, and what is asked of the server about them. Plain data. */

import type { ComparedPart } from '../core/measured/compare-step.ts';
import type { ComparedFigure } from '../core/measured/compared-figure.ts';
import type { MeasuredTracks } from '../core/measured/tracks.ts';

/** One GPU of a measured file. */
export interface PanelDevice extends MeasuredTracks {
  /** e.g. "trace.json, rank 3". */
  readonly title: string;
  /** What the figures rest on: steps that were averaged. */
  readonly basis: string;
  /** Pipeline rank it is compared with; absent without a prediction. */
  readonly stage?: number;
  readonly seconds: number;
  readonly parts: readonly ComparedPart[];
  readonly step: ComparedPart;
  readonly words: readonly string[];
}

export interface PanelLog {
  readonly title: string;
  readonly figures: readonly ComparedFigure[];
}

export interface PanelMeasured {
  readonly devices: readonly PanelDevice[];
  readonly logs: readonly PanelLog[];
  readonly doubts: readonly string[];
}

/** Client to server: reads measured files and holds them against a job. Progress as of LSP; cancelled like any request. */
export const measuredRequest = 'rooflint/measured';
export interface MeasuredParams {
  readonly uri: string;
  readonly job?: number;
  /** Files on the server's machine. */
  readonly traces: readonly string[];
  readonly workDoneToken?: string | number;
}
export type MeasuredResult = { readonly measured: PanelMeasured } | { readonly error: string };

/** Client to server: what a calibration by these files would say, and with `write` puts it into the workspace. */
export const calibrateRequest = 'rooflint/calibrate';
export interface CalibrateParams extends MeasuredParams {
  readonly write: boolean;
}
export type CalibrateResult = { readonly path: string; readonly lines: readonly string[] } | { readonly error: string };
