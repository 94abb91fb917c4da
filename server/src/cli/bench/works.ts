/** Every timed work, in the order it is printed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { estimateJob } from '../../core/estimate-job.ts';
import { simulate } from '../../core/schedules/simulate.ts';
import { DocumentReader } from '../../syntax/read.ts';
import { type CliIo, UsageError } from '../io.ts';
import { openSession } from '../session.ts';
import { coldStart } from './cold-start.ts';
import { a100Cluster, eightStages, gpt3OnA100, longPipeline, longScript, serveFor50Seconds } from './jobs.ts';
import { measure, type Timing, timingOf, yardstick } from './measure.ts';

export interface Work {
  readonly id: 'yardstick' | 'T1' | 'P1' | 'P2' | 'S1' | 'keystroke' | 'keystroke-comment' | 'cold-start';
  readonly what: string;
  readonly run: (io: CliIo) => Promise<Timing>;
}

/** Counts that make each work take about a second on a small machine; `quick` takes a tenth, for tests. */
export function worksOf(quick: boolean): readonly Work[] {
  const rounds = quick ? 15 : 60;
  return [
    {
      id: 'yardstick',
      what: 'fixed arithmetic and allocation, to compare machines by',
      run: async () => measure(yardstick, rounds, 50, 500),
    },
    { id: 'T1', what: 'one warm estimate: GPT-3 175B, 1,024 A100, TP 8 PP 8 DP 16', run: async () => estimateT1(rounds) },
    {
      id: 'P1',
      what: 'schedule: 1F1B, 8 stages, 32 micro batches',
      run: async () => measure(() => simulate(eightStages), rounds, 20, 200),
    },
    {
      id: 'P2',
      what: 'schedule: 1F1B, 64 stages, 4,096 micro batches',
      run: async () => measure(() => simulate(longPipeline), quick ? 4 : 15, 1, 1),
    },
    {
      id: 'S1',
      what: 'serving simulation: 500 requests of 1,024 + 256 tokens at 10 per second, about 6,000 steps',
      run: async () => measure(serveFor50Seconds, rounds, 2, 30),
    },
    {
      id: 'keystroke',
      what: 'keystroke that changes a value in a 500-line script: read, estimate, rules',
      run: (io) => keystrokes(io, quick ? 60 : 300, 'value'),
    },
    {
      id: 'keystroke-comment',
      what: 'keystroke in a comment of the same script',
      run: (io) => keystrokes(io, quick ? 60 : 300, 'comment'),
    },
    { id: 'cold-start', what: "server's start to first diagnostics", run: (io) => coldStarts(io, quick ? 2 : 7) },
  ];
}

function estimateT1(rounds: number): Timing {
  const cluster = a100Cluster();
  const check = estimateJob(gpt3OnA100, 'megatron-lm', cluster);
  if ('refusal' in check) throw new UsageError(`T1 cannot be estimated: ${check.refusal.why}.`);
  // Warm as in a server that has run for a minute: every function compiled for good.
  return measure(() => estimateJob(gpt3OnA100, 'megatron-lm', cluster), rounds, 50, 10_000);
}

/** One sample per keystroke: every edit reads the document again and analyses it. */
async function keystrokes(io: CliIo, count: number, where: 'value' | 'comment'): Promise<Timing> {
  const { engine } = await openSession(io, {});
  const text = longScript(500);
  const reader = new DocumentReader('file:///bench/train.sh', text, 'shell');
  const at = where === 'value' ? text.indexOf('GLOBAL_BATCH=') + 'GLOBAL_BATCH='.length : text.indexOf('# Section 0') + 2;
  const samples: number[] = [];
  for (let index = 0; index < count + 20; index++) {
    // Typing a digit in front and taking it away again: 512, 1512, 2512 ... or one letter more in the comment.
    const typed = where === 'value' ? String(1 + (Math.floor(index / 2) % 9)) : 'x';
    const change = index % 2 === 0 ? { start: at, end: at, text: typed } : { start: at, end: at + 1, text: '' };
    const start = process.hrtime.bigint();
    engine.analyseDocument(reader.edit([change]), index);
    if (index >= 20) samples.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  reader.dispose();
  return timingOf(samples);
}

async function coldStarts(io: CliIo, count: number): Promise<Timing> {
  if (!existsSync(join(io.dist, 'server.js'))) throw new UsageError('dist/server.js is missing; run "npm run build" first.');
  const samples: number[] = [];
  for (let run = 0; run < count; run++) samples.push(await coldStart(io.dist, longScript(500)));
  return timingOf(samples);
}
