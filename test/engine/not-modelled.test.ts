/** Keys that change the cost and that no formula follows are named beside the estimate. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobAnalysis } from '../../server/src/engine/analysis.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

function jobOf(text: string, files: Readonly<Record<string, string>> = {}): JobAnalysis {
  const [job] = engineOver(files).engine.analyse('file:///w/train.sh', text, 1).jobs;
  if (!job) throw new Error('no job was read');
  return job;
}

const assumed = ({ result }: JobAnalysis) => ('estimate' in result ? result.estimate.assumptions : []);

describe('an assumption', () => {
  test.each([
    ['--pp-partition-method uniform', 'layers are spread evenly', '--pp-partition-method is not modelled'],
    ['--cpu-offloading --cpu-offloading-num-layers 4', 'stay on the GPU', '--cpu-offloading, --cpu-offloading-num-layers are not modelled'],
    ['--recompute-granularity selective --recompute-modules mhc', 'computed again', '--recompute-modules is not modelled'],
    ['--freeze-LM', 'all weights are trained', '--freeze-LM is not modelled'],
    ['--hierarchical-context-parallel-sizes 2 4', 'one group', '--hierarchical-context-parallel-sizes is not modelled'],
    ['--checkpoint-in-cpu', 'stay on the GPU', '--checkpoint-in-cpu is not modelled'],
  ])('%s', (flags, value, why) => {
    expect(assumed(jobOf(launch(flags)))).toContainEqual({ value: expect.stringContaining(value), why });
  });

  test('of a vLLM server', () => {
    const job = jobOf('vllm serve meta-llama/Llama-3.1-8B-Instruct --enable-lora --max-loras 8\n');
    expect(assumed(job)).toContainEqual({ value: expect.stringContaining('LoRA'), why: '--enable-lora, --max-loras are not modelled' });
  });

  test('of a linked DeepSpeed file', () => {
    const config = JSON.stringify({ activation_checkpointing: { cpu_checkpointing: true }, zero_optimization: { stage: 1 } });
    const job = jobOf(launch('--deepspeed --deepspeed_config ds.json'), { 'ds.json': config });
    expect(assumed(job)).toContainEqual({ value: expect.any(String), why: 'cpu_checkpointing is not modelled' });
  });

  test.each([
    '--recompute-granularity selective --recompute-modules core_attn',
    '--recompute-granularity selective --recompute-modules mlp layernorm',
    '--use-precision-aware-optimizer --exp-avg-dtype bf16 --main-params-dtype fp16',
    '--cpu-offloading --cpu-offloading-num-layers 23',
    '--checkpoint-activations --checkpoint-in-cpu',
    '--use-distributed-optimizer --num-distributed-optimizer-instances 2',
    '--optimizer-cpu-offload --optimizer-offload-fraction 0.5',
    '--context-parallel-size 2 --cp-comm-type a2a',
    '--cross-entropy-loss-fusion --cross-entropy-fusion-impl linear',
    '--log-interval 10',
  ])('is not made of %s', (flags) => {
    expect(assumed(jobOf(launch(flags))).filter(({ why }) => why.includes('not modelled'))).toEqual([]);
  });
});

test('keys say whether they have an effect', () => {
  const { unread } = jobOf(launch('--log-interval 10 --checkpoint-in-cpu --no-such-flag 3'));
  const effects = unread.map(({ name, known, effect }) => [name, known, effect]);
  expect(effects).toEqual([
    ['--log-interval', true, 'none'],
    ['--checkpoint-in-cpu', true, 'not-modelled'],
    ['--no-such-flag', false, 'unknown'],
  ]);
});

describe('an image encoder', () => {
  const images = '--img-h 336 --img-w 336 --patch-dim 14';
  const multimodal = (flags: string) => jobOf(launch(flags).replace('pretrain_gpt.py', 'pretrain_vlm.py'));
  const ignored = (job: JobAnalysis) => assumed(job).filter(({ value }) => value.includes('image encoder'));

  test('of pretrain_vlm.py has the layers of the language model when nothing says otherwise', () => {
    const job = multimodal(images);
    expect(job.job).toMatchObject({ 'vision.layers': 24, 'vision.tokens': 577, 'sequence.length': 2048 + 577 });
    expect(job.unread).toEqual([]);
    expect(ignored(job)).toEqual([]);
    expect(job.findings.map(({ finding }) => finding.rule)).not.toContain('positions-shorter-than-sequence');
    expect(multimodal(`${images} --encoder-num-layers 12`).job['vision.layers']).toBe(12);
  });

  test.each([
    ['of hidden size', multimodal, '--img-h 336 --img-w $WIDTH --patch-dim 14', '--img-h, --img-w, --patch-dim are'],
    ['of unknown name', (flags: string) => jobOf(launch(flags)), `--vision-model-type other ${images}`, '--vision-model-type, --img-h'],
  ])('%s is named beside the estimate', (_name, of, flags, why) => {
    const job = of(flags);
    expect(ignored(job)).toMatchObject([{ value: 'there is no image encoder, only text', why: expect.stringContaining(why) }]);
    expect(job.unread.map(({ effect }) => effect)).not.toContain('none');
  });

  test('is not looked for in other programs', () => {
    expect(ignored(jobOf(launch(images)))).toEqual([]);
  });
});

test('too much memory is no certain failure when a key may save it', () => {
  const full = '--micro-batch-size 64 --no-bias-gelu-fusion';
  const of = (flags: string) => jobOf(launch(flags)).findings.find(({ finding }) => finding.rule === 'memory-over-capacity')?.finding;
  expect(of(full)?.severity).toBe('error');
  expect(of(`${full} --cpu-offloading`)).toMatchObject({
    severity: 'warning',
    why: expect.stringContaining('--cpu-offloading is not modelled'),
  });
});

describe('experts of a vLLM server', () => {
  const weights = (flags: string): number => {
    const { result } = jobOf(`vllm serve mistralai/Mixtral-8x7B-Instruct-v0.1 ${flags}\n`);
    return 'estimate' in result && result.estimate.kind === 'serving' ? result.estimate.memory.weights.value : Number.NaN;
  };

  test('are divided over TP and the replicas, attention over TP alone', () => {
    expect(weights('--tensor-parallel-size 4')).toBeLessThan(weights('--data-parallel-size 4'));
    expect(weights('--data-parallel-size 4')).toBeLessThan(weights('') / 3);
    expect(weights('--data-parallel-size 4 --enable-expert-parallel')).toBe(weights('--data-parallel-size 4'));
  });

  test('copies of experts are named', () => {
    const job = jobOf('vllm serve mistralai/Mixtral-8x7B-Instruct-v0.1 --tensor-parallel-size 2 --enable-eplb --num-redundant-experts 8\n');
    expect(assumed(job)).toContainEqual({
      value: 'every expert is there once',
      why: expect.stringContaining('--num-redundant-experts'),
    });
  });
});
