/** Pipeline schedule, virtual stages and unequal stages of a row. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft, ScheduleName } from '../core/job-fields.ts';
import { findSchedule } from '../core/schedules/index.ts';
import type { CaseInput } from './row.ts';

/** Spellings of schedules; the first that is found wins. */
const schedulePatterns: readonly (readonly [RegExp, string])[] = [
  [/gpipe|afab/i, 'gpipe'],
  [/dualpipe[- ]?v/i, 'dualpipe-v'],
  [/dualpipe/i, 'dualpipe'],
  [/v-?half/i, 'v-half'],
  [/v-?min/i, 'v-min'],
  [/interleaved[- ]?(zero[- ]?bubble|zb)/i, 'interleaved-zero-bubble'],
  [/zb-?v|v-?zb|zero[- ]?bubble[- ]?v\b/i, 'zb-v'],
  [/(zb|zero[- ]?bubble)[- ]?1p/i, 'zb-1p'],
  [/(zb|zero[- ]?bubble)[- ]?2p/i, 'zb-2p'],
  [/(zb|zero[- ]?bubble)[- ]?h2/i, 'zb-h2'],
  [/zb-?b|\bzb\b|zb-?h1|zero[- ]?bubble/i, 'zb-h1'],
  [/looped-?bfs/i, 'looped-bfs'],
  [/breadth[- ]?first|\bbfs\b/i, 'breadth-first'],
];

/** The schedule a row names, where it is neither plain nor interleaved 1F1B. */
function namedSchedule(input: CaseInput): string | undefined {
  return schedulePatterns.find(([pattern]) => pattern.test(input.schedule ?? ''))?.[1];
}

/** Why the row's schedule cannot be simulated, or undefined. */
export function scheduleRefusal(input: CaseInput): string | undefined {
  const name = namedSchedule(input);
  return name === undefined || findSchedule(name) ? undefined : `the schedule "${input.schedule}" is not modelled yet`;
}

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
  const perStage = Math.floor((fields['model.layers'] ?? 0) / stages);
  const short = isModernRun(input) && (fields['batch.accumulation'] ?? 1) < 4 * stages;
  const usual = overlapped ? leastChunks(fields['model.layers'] ?? 0, stages) : interleaved ? 2 : short ? Math.max(1, perStage) : 1;
  const virtualStages = input.parallel?.vpp ?? usual;
  if (input.parallel?.vpp === undefined) {
    const why = short
      ? 'virtual stages not stated: a layer each, as less than four micro batches per stage ask for'
      : 'virtual stages not stated';
    assumptions.push({ field: 'parallel.virtualStages', value: String(virtualStages), why });
  }
  fields['parallel.virtualStages'] = virtualStages;
  if (input.parallel?.vpp === undefined && virtualStages > 1) wholeGroups(fields, stages, assumptions);
  const named = findSchedule(namedSchedule(input) ?? '')?.id as ScheduleName | undefined;
  // Zero-bubble schedules on one chunk per rank: virtual stages stated beside them are those of the table's other rows.
  if (/^zb-(h1|h2|1p|2p)$/.test(named ?? '')) fields['parallel.virtualStages'] = 1;
  const layout = flags['pipeline-model-parallel-layout'];
  if (typeof layout === 'string') {
    fields['parallel.pipelineLayout'] = layout;
    // A layout says how many chunks there are, and more than one per rank asks for interleaving.
    delete fields['parallel.virtualStages'];
    return;
  }
  fields['parallel.schedule'] = named ?? (virtualStages > 1 ? 'interleaved-1f1b' : '1f1b');
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

/** Assumed interleaving takes the batch to the nearest whole number of groups of micro batches. */
function wholeGroups(fields: PartialJobDraft, stages: number, assumptions: Assumption[]): void {
  const accumulation = fields['batch.accumulation'] ?? stages;
  if (accumulation % stages === 0) return;
  const whole = Math.max(1, Math.round(accumulation / stages)) * stages;
  fields['batch.accumulation'] = whole;
  fields['batch.global'] = whole * (fields['batch.micro'] ?? 1) * (fields['parallel.data'] ?? 1);
  const why = `the nearest whole number of groups to ${accumulation} micro batches`;
  assumptions.push({ field: 'batch.global', value: String(fields['batch.global']), why });
}

/** Large runs of 2023 and later on Hopper, which interleave; with the schedule unnamed and the launcher's flags unknown. */
function isModernRun(input: CaseInput): boolean {
  const { schedule, parallel, hardware } = input;
  return (
    schedule === undefined && parallel?.flags === undefined && /h[12]00|b[23]00/i.test(hardware?.gpu ?? '') && (hardware?.gpus ?? 1) > 64
  );
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
