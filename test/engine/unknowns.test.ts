/** A value that is written but hidden is never estimated as the default. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobAnalysis } from '../../server/src/engine/analysis.ts';
import { summaryOf } from '../../server/src/engine/summary.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

function jobOf(text: string, files: Readonly<Record<string, string>> = {}): JobAnalysis {
  const [job] = engineOver(files).engine.analyse('file:///w/train.sh', text, 1).jobs;
  if (!job) throw new Error('no job was read');
  return job;
}

const missing = ({ result }: JobAnalysis) => ('refusal' in result ? result.refusal.missing : []);
const assumed = ({ result }: JobAnalysis) => ('estimate' in result ? result.estimate.assumptions : []);

describe('sizes', () => {
  test.each([
    ['--tensor-model-parallel-size $TP', 'parallel.tensor', 'TP is not known: $TP is not set in this file'],
    ['--pipeline-model-parallel-size $2', 'parallel.pipeline', 'PP is not known: $2 is given by the caller of the script'],
    ['--recompute-granularity $RC', 'recompute.granularity', '$RC is not set in this file'],
    ['--context-parallel-size $CP', 'parallel.context', '$CP is not set in this file'],
    ['--global-batch-size $GBS', 'batch.global', '$GBS is not set in this file'],
    ['--seq-length $SEQ', 'sequence.length', '$SEQ is not set in this file'],
    ['--zero-stage $ZERO', 'zero.stage', '$ZERO is not set in this file'],
    ['--tensor-model-parallel-size 0', 'parallel.tensor', 'must be at least 1, not 0'],
    ['--tensor-model-parallel-size -2', 'parallel.tensor', 'must be at least 1, not -2'],
    ['--tensor-model-parallel-size eight', 'parallel.tensor', 'must be a whole number, not "eight"'],
  ])('%s refuses the estimate', (flags, field, why) => {
    const job = jobOf(launch(flags));
    expect(missing(job)).toContain(field);
    expect(summaryOf(job)).toContain(why);
  });

  test('the number of nodes, which DP follows from', () => {
    expect(missing(jobOf(launch().replace('--nnodes 2', '--nnodes $NNODES')))).toContain('cluster.nodes');
  });

  test('a branch that the file does not decide', () => {
    const script = `if [ "$1" = big ]; then TP=8; else TP=4; fi\n${launch('--tensor-model-parallel-size $TP')}`;
    expect(missing(jobOf(script))).toEqual(['parallel.tensor']);
  });

  test('a vLLM command', () => {
    const job = jobOf('vllm serve meta-llama/Llama-3.1-70B-Instruct --tensor-parallel-size $TP\n');
    expect(summaryOf(job)).toBe('no estimate: TP is not known: $TP is not set in this file');
  });

  test('"auto" that nobody fills in; what follows from other values is filled in', () => {
    const config = { zero_optimization: { stage: 'auto' }, gradient_accumulation_steps: 'auto' };
    const script = launch('--deepspeed --deepspeed_config ds.json');
    expect(missing(jobOf(script, { 'ds.json': JSON.stringify(config) }))).toEqual(['zero.stage']);
  });

  test('another variable is another reason, although the job is the same', () => {
    const { engine } = engineOver();
    const say = (name: string) =>
      engine.analyse('file:///w/train.sh', launch(`--tensor-model-parallel-size ${name}`), 1).jobs.map((job) => summaryOf(job));
    expect(say('$A')[0]).toContain('$A is');
    expect(say('$B')[0]).toContain('$B is');
  });
});

test.each([
  ['--num-experts 8 --moe-layer-freq $FREQ', 'model.expertLayerFrequency'],
  ['--num-experts 8 --moe-shared-expert-intermediate-size $WIDE', 'model.sharedExpertFfn'],
  ['--multi-latent-attention --kv-lora-rank $RANK', 'model.kvLoraRank'],
  ['--hybrid-override-pattern $PATTERN', 'model.mixerPattern'],
  ['--hybrid-override-pattern M*M* --mamba-num-heads $HEADS', 'model.ssmHeads'],
  ['--mtp-num-layers $DEPTH', 'model.mtpLayers'],
])('%s hides the size of the model', (flags, field) => {
  const { result } = jobOf(launch(flags));
  expect('refusal' in result ? result.refusal.missing : []).toContain(field);
});

test('sizes of what the model does not have may stay hidden', () => {
  for (const flags of ['--moe-shared-expert-intermediate-size $WIDE', '--mamba-num-heads $HEADS', '--moe-ffn-hidden-size $WIDE']) {
    expect('estimate' in jobOf(launch(flags)).result, flags).toBe(true);
  }
});

describe('lesser values', () => {
  test('become assumptions that name what hides them', () => {
    const job = jobOf(launch('--hidden-dropout $DROP --attention-dropout 0'));
    expect(assumed(job)).toContainEqual({ field: 'dropout.enabled', value: 'on', why: '$DROP is not set in this file' });
    const branch = jobOf(launch('$MORE').replace('export', 'if [ -n "$FAST" ]; then MORE=--overlap-grad-reduce; fi\nexport'));
    expect(assumed(branch)).toContainEqual(expect.objectContaining({ field: 'overlap.gradReduce', value: 'off' }));
  });

  test.each([
    ['--context-parallel-size 2 --cp-comm-type a2a+p2p', 'parallel.contextKind', 'ring'],
    ['--num-experts 8 --disable-bias-linear --moe-token-dispatcher-type $HOW', 'parallel.expertDispatch', 'all-to-all'],
    ['--window-size $WINDOW', 'model.slidingWindow', 'no window'],
    ['--cuda-graph-impl $GRAPHS', 'compile.cudaGraphs', 'none'],
    ['--fp8-format e4m3 --fp8-recipe $RECIPE', 'precision.fp8Recipe', 'one scale a tensor'],
    ['--recompute-granularity selective --recompute-modules $MODULES', 'recompute.modules', 'the attention core'],
  ])('%s', (flags, field, value) => {
    expect(assumed(jobOf(launch(flags)))).toContainEqual({ field, value, why: expect.any(String) });
  });

  test('of which none is listed when nothing is hidden', () => {
    expect(assumed(jobOf(launch())).filter(({ field }) => field !== 'cluster.interconnect')).toEqual([]);
  });

  test('virtual stages without a pipeline change nothing', () => {
    expect('estimate' in jobOf(launch('--num-layers-per-virtual-pipeline-stage $V')).result).toBe(true);
  });
});
