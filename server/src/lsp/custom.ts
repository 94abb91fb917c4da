/** Rooflint's own requests: reports, comparison, explanation, panel, choices, and where a field stands. */
import { jobFields } from '../core/fields.ts';
import type { Accelerator } from '../core/hardware.ts';
import type { Term } from '../core/term.ts';
import { accelerators, networks } from '../data/index.ts';
import type { Analysis, JobAnalysis } from '../engine/analysis.ts';
import { formatBytes, formatTerm, formatValue } from '../engine/format.ts';
import { placeOfField } from '../engine/place.ts';
import { scheduleAdvice } from '../engine/schedule-search/advice.ts';
import { termById, termsOf } from '../engine/terms.ts';
import type {
  ClusterChoices,
  CompareParams,
  DocumentParams,
  ExplainParams,
  ExplainResult,
  PanelResult,
  PlaceParams,
  PlaceResult,
  ReportParams,
  ReportResult,
} from '../protocol/requests.ts';
import { compareMarkdown, explainMarkdown, reportHtml, reportJson, reportMarkdown, subjectOf } from '../report/index.ts';
import { toLocation } from './convert.ts';
import { panelOf } from './panel.ts';
import type { Session } from './session.ts';

const unreadable = (uri: string): string => `The file ${uri} cannot be read.\n`;

async function jobOf(session: Session, { uri, job }: DocumentParams): Promise<{ analysis: Analysis; job: JobAnalysis } | undefined> {
  const analysis = await session.analysisOf(uri);
  const found = analysis?.jobs[job ?? 0];
  return analysis && found ? { analysis, job: found } : undefined;
}

export async function report(session: Session, params: ReportParams): Promise<ReportResult> {
  const analysis = await session.analysisOf(params.uri);
  if (!analysis) return { text: unreadable(params.uri) };
  const write = { md: reportMarkdown, html: reportHtml, json: reportJson }[params.format];
  const index = params.job ?? 0;
  const schedules = scheduleAdvice(session.engine, analysis, index);
  return { text: write(analysis, index, (field) => session.engine.alternatives(analysis, index, field), schedules) };
}

export async function compare(session: Session, { left, right }: CompareParams): Promise<ReportResult> {
  const [a, b] = [await session.analysisOf(left.uri), await session.analysisOf(right.uri)];
  if (!a) return { text: unreadable(left.uri) };
  if (!b) return { text: unreadable(right.uri) };
  return { text: compareMarkdown(a, b, left.job ?? 0, right.job ?? 0) };
}

export async function explain(session: Session, params: ExplainParams): Promise<ExplainResult> {
  const found = await jobOf(session, params);
  if (!found) return { markdown: 'No job was recognised in this file.', terms: [] };
  const { analysis, job } = found;
  const listed = new Map(
    termsOf(job)
      .flatMap(withChildren)
      .map((term) => [term.id, term]),
  );
  const terms = [...listed.values()].map((term) => ({ id: term.id, label: term.label, text: formatTerm(term) }));
  if (terms.length === 0) return { markdown: refusalOf(job), terms };
  if (params.term === undefined) return { markdown: '', terms };
  const term = termById(job, params.term);
  if (!term) return { markdown: `There is no number called ${params.term} here.`, terms };
  return { markdown: explainMarkdown(term, subjectOf(analysis, job.index)), terms };
}

const refusalOf = ({ result }: JobAnalysis): string =>
  'refusal' in result ? `No estimate: ${result.refusal.why}.` : 'There are no numbers.';

/** A top term and the terms it is directly made of: deep ones are reached through them. */
const withChildren = (term: Term): readonly Term[] => [term, ...(term.children ?? [])];

export async function panel(session: Session, { uri, job }: DocumentParams): Promise<PanelResult> {
  return panelOf(await session.analysisOf(uri), job ?? 0);
}

export function clusterChoices(): ClusterChoices {
  return {
    gpus: accelerators.map((one) => ({ id: one.id, label: one.label, detail: detailOf(one) })),
    networks: networks.map(({ id, label, bandwidthPerGpu }) => ({
      id,
      label,
      detail: `${formatValue(bandwidthPerGpu.value, 'B/s')} per GPU, one direction`,
    })),
  };
}

function detailOf({ memory, peak }: Accelerator): string {
  const rate = peak.bf16 ?? peak.fp16;
  const capacity = formatBytes(memory.capacity.value);
  return rate ? `${capacity}, ${formatValue(rate.value, 'FLOP/s')} dense 16-bit` : capacity;
}

export async function place(session: Session, params: PlaceParams): Promise<PlaceResult> {
  const found = await jobOf(session, params);
  const field = jobFields.find((one) => one === params.field);
  const at = found && field ? placeOfField(field, found.job.sources) : undefined;
  return (at && toLocation(at, session.lines)) ?? null;
}
