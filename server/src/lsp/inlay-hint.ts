/** textDocument/inlayHint: derived values, shown behind the value that gives birth to them. */
import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import type { JobField } from '../core/job-fields.ts';
import type { Analysis, JobAnalysis } from '../engine/analysis.ts';
import { formatFieldValue } from '../engine/format.ts';
import { describeOrigin } from '../engine/place.ts';
import { toInlayHint, toOffsets } from './convert.ts';
import type { Session } from './session.ts';

interface HintRow {
  readonly field: JobField;
  /** Keys it is shown at: the first that is written in this document. */
  readonly at: readonly JobField[];
  readonly text: (value: string) => string;
  /** A derived value equal to this field's says nothing new. */
  readonly unless?: JobField;
}

const rows: readonly HintRow[] = [
  {
    field: 'cluster.gpus',
    at: ['cluster.nodes', 'cluster.gpusPerNode', 'serving.dataParallel', 'parallel.tensor'],
    text: (value) => `${value} GPUs`,
  },
  { field: 'parallel.data', at: ['parallel.pipeline', 'parallel.tensor', 'parallel.context'], text: (value) => `DP ${value}` },
  { field: 'batch.accumulation', at: ['batch.global', 'batch.micro'], text: (value) => `${value} micro batches` },
  { field: 'batch.global', at: ['batch.accumulation', 'batch.micro'], text: (value) => `global batch ${value}` },
  { field: 'model.paddedVocab', at: ['model.vocab', 'model.vocabDivisor'], text: (value) => `padded to ${value}`, unless: 'model.vocab' },
  { field: 'parallel.virtualStages', at: ['parallel.layersPerVirtualStage'], text: (value) => `VPP ${value}` },
  { field: 'model.ffn', at: ['model.hidden'], text: (value) => `FFN ${value}` },
];

export async function inlayHints(session: Session, { textDocument, range }: InlayHintParams): Promise<InlayHint[]> {
  if (!session.settings.inlayHints) return [];
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return [];
  const asked = toOffsets(lines, range);
  const seen = new Set<string>();
  return analysis.jobs.flatMap((job) =>
    hintsOf(analysis, job).flatMap(({ offset, label, tooltip }) => {
      const key = `${offset} ${label}`;
      if (offset < asked.start || offset > asked.end || seen.has(key)) return [];
      seen.add(key);
      return [toInlayHint(lines.positionAt(offset), label, tooltip)];
    }),
  );
}

function hintsOf({ uri }: Analysis, job: JobAnalysis) {
  return rows.flatMap(({ field, at, text, unless }) => {
    const origin = job.sources[field];
    const value = job.job[field];
    if (origin?.kind !== 'derived' || value === undefined || (unless && job.job[unless] === value)) return [];
    const offset = birthplace(job, uri, at);
    if (offset === undefined) return [];
    return [{ offset, label: text(formatFieldValue(value)), tooltip: describeOrigin(origin) }];
  });
}

/** The end of the first of these values that is written in the document. */
function birthplace(job: JobAnalysis, uri: string, at: readonly JobField[]): number | undefined {
  for (const field of at) {
    const origin = job.sources[field];
    if (origin?.kind === 'key' && origin.uri === uri) return origin.value.end;
  }
  return undefined;
}
