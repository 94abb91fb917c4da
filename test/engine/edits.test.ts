/** Quick fixes as text: right on every layout, and left out where the text is not a plain literal. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { FixChange } from '../../server/src/core/finding.ts';
import { editsOf } from '../../server/src/engine/edits.ts';
import { adapters } from '../../server/src/frameworks/index.ts';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

/** The text after the changes, or undefined when they cannot be made. */
function edited(text: string, changes: readonly FixChange[], name = 'train.sh'): string | undefined {
  const analysis = engineOver().engine.analyse(`file:///w/${name}`, text, 1);
  const job = analysis.jobs[0];
  if (!job) throw new Error('no job was read');
  const adapter = adapters.find(({ id }) => id === job.framework);
  const edits = editsOf(
    { title: '', changes },
    {
      document: analysis.document,
      job: job.job,
      sources: job.sources,
      keys: job.keys,
      linked: () => undefined,
      dialect: job.framework,
      spell: (field, value) => adapter?.spell?.(field, value),
    },
  );
  return (
    edits &&
    [...edits]
      .sort((a, b) => b.range.start - a.range.start)
      .reduce((old, { range, newText }) => old.slice(0, range.start) + newText + old.slice(range.end), text)
  );
}

const set = (field: FixChange['field'], value: string | number | boolean): FixChange => ({ kind: 'set', field, value });
const remove = (field: FixChange['field']): FixChange => ({ kind: 'remove', field });

describe('a value in a script', () => {
  test('is replaced where it stands', () => {
    expect(edited(launch('--tensor-model-parallel-size 3'), [set('parallel.tensor', 4)])).toBe(launch('--tensor-model-parallel-size 4'));
    expect(edited(launch('--tensor-model-parallel-size=3'), [set('parallel.tensor', 4)])).toBe(launch('--tensor-model-parallel-size=4'));
  });

  test('is replaced in the assignment of its variable, quotes kept', () => {
    const script = (tp: string) => `TP=${tp}\n${launch('--tensor-model-parallel-size $TP')}`;
    expect(edited(script('3'), [set('parallel.tensor', 4)])).toBe(script('4'));
    expect(edited(script('"3"'), [set('parallel.tensor', 4)])).toBe(script('"4"'));
  });

  test('is left alone when it is computed, hidden, or shared with another flag', () => {
    expect(edited(launch('--tensor-model-parallel-size $((1+2))'), [set('parallel.tensor', 4)])).toBeUndefined();
    expect(edited(launch('--tensor-model-parallel-size $1'), [set('parallel.tensor', 4)])).toBeUndefined();
    const shared = `N=3\n${launch('--tensor-model-parallel-size $N --pipeline-model-parallel-size $N')}`;
    expect(edited(shared, [set('parallel.tensor', 4)])).toBeUndefined();
  });
});

describe('a key that is no field', () => {
  test('is added as a flag, or with the blocks it stands in', () => {
    expect(edited(launch('--num-layers 8'), [set('megatron-lm/moe-token-dispatcher-type', 'flex')])).toBe(
      launch('--num-layers 8 --moe-token-dispatcher-type flex'),
    );
    expect(
      edited(
        '{\n  "train_micro_batch_size_per_gpu": 8\n}',
        [set('deepspeed/zero_optimization.offload_optimizer.pin_memory', true)],
        'ds.json',
      ),
    ).toBe('{\n  "zero_optimization": {"offload_optimizer":{"pin_memory":true}},\n  "train_micro_batch_size_per_gpu": 8\n}');
  });

  test('of another dialect is not added', () => {
    expect(edited(launch('--num-layers 8'), [set('deepspeed/prescale_gradients', true)])).toBeUndefined();
  });
});

describe('a flag in a script', () => {
  test('goes with its line when it is in the middle, at the end, or in an array', () => {
    expect(edited(launch('--sequence-parallel \\\n    --swiglu'), [remove('parallel.sequence')])).toBe(launch('--swiglu'));
    expect(edited(launch('--sequence-parallel'), [remove('parallel.sequence')])).toBe(launch());
    const array = (flags: string) =>
      `A=(\n  --num-layers 4\n${flags}  --hidden-size 64\n)\ntorchrun pretrain_gpt.py \${A[@]} --num-attention-heads 4\n`;
    expect(edited(array('  --sequence-parallel\n'), [remove('parallel.sequence')])).toBe(array(''));
  });

  test('goes with its value, and leaves its neighbours on the line', () => {
    const line = (flags: string) => `torchrun pretrain_gpt.py --num-layers 4 ${flags}--hidden-size 64 --num-attention-heads 4\n`;
    expect(edited(line('--recompute-method uniform '), [remove('recompute.method')])).toBe(line(''));
    const dos = launch('--recompute-method uniform \\\n    --swiglu').replaceAll('\n', '\r\n');
    expect(edited(dos, [remove('recompute.method')])).toBe(launch('--swiglu').replaceAll('\n', '\r\n'));
  });

  test('of a script within quotes goes and is added within them', () => {
    const quoted = (flags: string) =>
      `srun --nodes 2 bash -c 'torchrun pretrain_gpt.py --num-layers 4 --hidden-size 64 --num-attention-heads 4${flags}'\n`;
    expect(edited(quoted(' --recompute-method uniform'), [remove('recompute.method')])).toBe(quoted(''));
    expect(edited(quoted(''), [set('parallel.sequence', true)])).toBe(quoted(' --sequence-parallel'));
  });

  test('is added behind its neighbours, else behind the last one, with a continuation where the others have one', () => {
    expect(edited(launch(), [set('parallel.sequence', true)])).toBe(`${launch().trimEnd()} --sequence-parallel\n`);
    const follow = launch().replace('--bf16', '--bf16 \\\n    --log-interval 10');
    expect(edited(follow, [set('recompute.granularity', 'selective')])).toBe(
      follow.replace('--global-batch-size 256 \\\n', '--global-batch-size 256 \\\n    --recompute-granularity selective \\\n'),
    );
  });
});

describe('a new flag stands beside those it belongs to', () => {
  const script = () => `MODEL_ARGS=(
    --num-layers 8
    --hidden-size 512 # wide
    --num-attention-heads 8
    --seq-length 1024
    --max-position-embeddings 1024
)
PARALLEL="
  --tensor-model-parallel-size 2 \\
  --pipeline-model-parallel-size 2 \\
  --sequence-parallel
"
TRAINING_ARGS="--micro-batch-size 1 --global-batch-size 64"
DISTRIBUTED_ARGS=(--nproc_per_node 8 --nnodes 1)
torchrun "\${DISTRIBUTED_ARGS[@]}" pretrain_gpt.py \\
    "\${MODEL_ARGS[@]}" \\
    $PARALLEL $TRAINING_ARGS \\
    --bf16 --vocab-size 32000
`;

  test('in an array each on its line, behind a comment', () => {
    const array = script()
      .replace(/PARALLEL="[^"]*"/, 'PARALLEL=(\n    --tensor-model-parallel-size 2 # of a node\n)')
      .replace('$PARALLEL', '"${PARALLEL[@]}"');
    expect(edited(array, [set('parallel.context', 2)])).toBe(
      array.replace('# of a node\n', '# of a node\n    --context-parallel-size 2\n'),
    );
  });

  test('in a string, between its quotes or with the continuation of its lines', () => {
    expect(edited(script(), [set('parallel.context', 2)])).toBe(
      script().replace('--sequence-parallel\n', '--sequence-parallel\n  --context-parallel-size 2\n'),
    );
    const short = script().replace(/PARALLEL="[^"]*"/, 'PARALLEL="--pipeline-model-parallel-size 2"');
    expect(edited(short, [set('parallel.tensor', 2)])).toBe(
      short.replace('--pipeline-model-parallel-size 2"', '--pipeline-model-parallel-size 2 --tensor-model-parallel-size 2"'),
    );
  });

  test('with the group nearest to it where its own has none, never with the flags of the launcher', () => {
    expect(edited(script(), [set('recompute.granularity', 'selective')])).toBe(
      script().replace('--sequence-parallel\n', '--sequence-parallel\n  --recompute-granularity selective\n'),
    );
    const bare =
      'DISTRIBUTED_ARGS="--nproc_per_node 8"\ntorchrun $DISTRIBUTED_ARGS pretrain_gpt.py --num-layers 8 --hidden-size 512 --num-attention-heads 8 --seq-length 1024 --max-position-embeddings 1024 --vocab-size 32000 --micro-batch-size 1\n';
    expect(edited(bare, [set('parallel.tensor', 2)])).toBe(
      bare.replace('--micro-batch-size 1', '--micro-batch-size 1 --tensor-model-parallel-size 2'),
    );
  });

  test('not where a condition decides whether it is read', () => {
    const text = script().replace(
      'DISTRIBUTED_ARGS',
      'if [ -n "$MOE" ]; then\n  PARALLEL="$PARALLEL --context-parallel-size 2"\nfi\nDISTRIBUTED_ARGS',
    );
    expect(edited(text, [set('recompute.granularity', 'selective')])).toContain(
      '  --sequence-parallel\n  --recompute-granularity selective\n"',
    );
  });
});

describe('JSON', () => {
  const json = (body: string) =>
    `{\n  "train_micro_batch_size_per_gpu": 2,\n${body}  "zero_optimization": { "stage": 3, "overlap_comm": true }\n}\n`;
  const edit = (text: string, ...changes: FixChange[]) => edited(text, changes, 'ds.json');

  test('numbers stay numbers, strings stay strings, auto becomes a value', () => {
    expect(edit(json(''), set('zero.stage', 1))).toBe(json('').replace('"stage": 3', '"stage": 1'));
    expect(edit(json('  "train_batch_size": "auto",\n'), set('batch.global', 64))).toBe(json('  "train_batch_size": 64,\n'));
  });

  test('a property goes with one comma', () => {
    expect(edit(json('  "train_batch_size": 64,\n'), remove('batch.global'))).toBe(json(''));
    expect(edit(json(''), remove('zero.overlapComm'))).toBe(json('').replace(', "overlap_comm": true', ''));
  });

  test('a property is added in the block that is there', () => {
    expect(edit(json(''), set('batch.global', 64))).toBe(json('').replace('{\n', '{\n  "train_batch_size": 64,\n'));
    expect(edit(json(''), set('zero.reduceBucketElements', 1000))).toBe(
      json('').replace('{ "stage"', '{ "reduce_bucket_size": 1000, "stage"'),
    );
  });

  test('the result is JSON', () => {
    const changed = edit(json('  "train_batch_size": 64,\n'), remove('batch.global'), remove('zero.stage'), set('batch.accumulation', 4));
    expect(JSON.parse(changed ?? '')).toEqual({
      gradient_accumulation_steps: 4,
      train_micro_batch_size_per_gpu: 2,
      zero_optimization: { overlap_comm: true },
    });
  });
});
