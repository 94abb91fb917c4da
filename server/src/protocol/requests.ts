/** Requests of Rooflint's own, beside the standard LSP ones. Names and plain-data shapes. */
import type { JobMessage, WhatIfAnswer } from './panel.ts';
import type { Change, DifferenceRow } from './what-if.ts';

export interface DocumentParams {
  readonly uri: string;
  /** Index of the launch in the document; 0 when absent. */
  readonly job?: number;
}

/** Client to server: a report of one document. */
export const reportRequest = 'rooflint/report';
export interface ReportParams extends DocumentParams {
  readonly format: 'md' | 'html' | 'json';
}
export interface ReportResult {
  readonly text: string;
}

/** Client to server: two documents side by side, as Markdown. */
export const compareRequest = 'rooflint/compare';
export interface CompareParams {
  readonly left: DocumentParams;
  readonly right: DocumentParams;
}

/** Client to server: the tree of terms of one number, as Markdown. */
export const explainRequest = 'rooflint/explain';
export interface ExplainParams extends DocumentParams {
  /** Term id; absent lists the ids. */
  readonly term?: string;
}
export interface ExplainResult {
  readonly markdown: string;
  readonly terms: readonly { readonly id: string; readonly label: string; readonly text: string }[];
}

/** Client to server: what the panel shows; the answer goes to the panel as it is. */
export const panelRequest = 'rooflint/panel';
export type PanelResult = JobMessage;

/** Client to server: what the job would be with other values of some fields. */
export const whatIfRequest = 'rooflint/whatIf';
export interface WhatIfParams extends DocumentParams {
  readonly change: Change;
}
export type WhatIfResult = Omit<WhatIfAnswer, 'turn'>;

/** Client to server: what writes other values into the files of the job. */
export const writeRequest = 'rooflint/write';
export type WriteResult =
  | {
      /** Per file, with ranges as in LSP. */
      readonly edits: readonly { readonly uri: string; readonly range: LspRange; readonly newText: string }[];
      /** For what no file says: settings below `rooflint.cluster`. */
      readonly settings: { readonly [name: string]: string | number };
    }
  | { readonly why: string };

/** Client to server: another job beside this one, the numbers in which they differ, and the files the other one rests on. */
export const besideRequest = 'rooflint/beside';
export interface BesideParams extends DocumentParams {
  readonly other: DocumentParams & {
    /** Texts of files as they are to be taken, by address; absent as they are. */
    readonly texts?: { readonly [uri: string]: string };
  };
}
export interface BesideResult {
  readonly shown: JobMessage;
  readonly rows: readonly DifferenceRow[];
  readonly restsOn: readonly string[];
}

/** Client to server: which schedule would run the job best, with the tried values; can be cancelled. The parameters are those of a trial. */
export const schedulesRequest = 'rooflint/schedules';

interface LspRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Client to server: the data sheets to choose from. */
export const clusterChoicesRequest = 'rooflint/clusterChoices';
export interface ClusterChoices {
  readonly gpus: readonly { readonly id: string; readonly label: string; readonly detail: string }[];
  readonly networks: readonly { readonly id: string; readonly label: string; readonly detail: string }[];
}

/** Server to client: the analysis of a document changed (for the open panel and the status bar). */
export const analysedNotification = 'rooflint/analysed';
export interface AnalysedParams {
  readonly uri: string;
  readonly version: number;
  readonly summary?: string;
}

/** Client to server: where the text of a field stands, so that the panel can jump to it. */
export const placeRequest = 'rooflint/place';
export interface PlaceParams extends DocumentParams {
  readonly field: string;
}
/** Lines and characters as in LSP; null when the field is nowhere in the text. */
export type PlaceResult = {
  readonly uri: string;
  readonly range: LspRange;
} | null;

/** Client to server: the workspace has become trusted; until then nothing is run over its texts. */
export const trustedNotification = 'rooflint/trusted';
