/** Pipeline schedule, virtual stages and unequal stages of a row. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';

/** Writes schedule fields; everything not stated is pushed to `assumptions`. */
export function pipelineOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const stages = fields['parallel.pipeline'] ?? 1;
  const flags = input.parallel?.flags ?? {};
  if (stages <= 1) {
    fields['parallel.virtualStages'] = 1;
    return;
  }
  const interleaved = /interleaved/i.test(input.schedule ?? '');
  // Overlapped pipeline transfers exist only with interleaving: the least number of chunks that divides the layers.
  const overlapped = /overlap[^.;]*PP/.test(input.note ?? '');
  const virtualStages = input.parallel?.vpp ?? (overlapped ? leastChunks(fields['model.layers'] ?? 0, stages) : interleaved ? 2 : 1);
  if (input.parallel?.vpp === undefined) {
    assumptions.push({ field: 'parallel.virtualStages', value: String(virtualStages), why: 'virtual stages not stated' });
  }
  fields['parallel.virtualStages'] = virtualStages;
  fields['parallel.schedule'] = /gpipe|afab/i.test(input.schedule ?? '') ? 'gpipe' : virtualStages > 1 ? 'interleaved-1f1b' : '1f1b';
  const first = flags['decoder-first-pipeline-num-layers'];
  const last = flags['decoder-last-pipeline-num-layers'];
  if (typeof first === 'number') fields['parallel.layersFirstStage'] = first;
  if (typeof last === 'number') fields['parallel.layersLastStage'] = last;
  if (flags['account-for-embedding-in-pipeline-split'] === true) fields['parallel.embeddingCountsAsLayer'] = true;
  if (flags['account-for-loss-in-pipeline-split'] === true) fields['parallel.lossCountsAsLayer'] = true;
  const vocabulary = /vocab-([12])\b/i.exec(input.schedule ?? '')?.[1];
  if (input.parallel?.vocab_parallel === true) {
    fields['parallel.vocabPipeline'] = vocabulary === '1' ? 'vocab-1' : vocabulary === '2' ? 'vocab-2' : 'interlaced';
  }
  if (/redistribut/i.test(input.schedule ?? '')) balanceOutputLayer(fields, assumptions);
}

function leastChunks(layers: number, stages: number): number {
  const perStage = Math.floor(layers / stages);
  for (let chunks = 2; chunks <= perStage; chunks += 1) if (perStage % chunks === 0) return chunks;
  return 1;
}

/**
 * Takes layers off the last stage until its output layer no longer makes it the slowest. In forward passes one output
 * layer (2hV per token) costs V / (12h + 2s) plain layers (24h^2 + 4hs per token).
 */
function balanceOutputLayer(fields: PartialJobDraft, assumptions: Assumption[]): void {
  const [stages, layers] = [fields['parallel.pipeline'] ?? 1, fields['model.layers'] ?? 0];
  const [hidden, length, vocab] = [fields['model.hidden'] ?? 1, fields['sequence.length'] ?? 0, fields['model.vocab'] ?? 0];
  const output = vocab / (12 * hidden + 2 * length);
  const even = Math.floor(layers / stages);
  let best = even;
  let bestCost = even + output;
  for (let last = even - 1; last >= 0; last -= 1) {
    const cost = Math.max(Math.ceil((layers - last) / (stages - 1)), last + output);
    if (cost < bestCost) [best, bestCost] = [last, cost];
  }
  if (best === even) return;
  // The first stage keeps the most micro batches alive, so what the last one gives away goes to the stages between.
  fields['parallel.layersFirstStage'] = even;
  fields['parallel.layersLastStage'] = best;
  assumptions.push({
    field: 'parallel.layersLastStage',
    value: String(best),
    why: 'layers are redistributed to balance the output layer; the split is not stated',
  });
}
