/** How many GPUs a launch has, from launchers and schedulers, and what stays open when the file does not say. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Reading } from '../../server/src/frameworks/adapter.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';
import { readDocument } from '../../server/src/syntax/read.ts';
import { adapterOf } from './samples.ts';

const repository = join(import.meta.dirname, '..', '..');

beforeAll(() => initParsers(join(repository, 'node_modules/web-tree-sitter'), join(repository, 'grammars')));

const program = 'pretrain_gpt.py --num-layers 4 --hidden-size 64 --num-attention-heads 4';

function readings(text: string): readonly Reading[] {
  return adapterOf('megatron-lm').read(readDocument('file:///launch.sh', text));
}

function cluster(text: string): Record<string, unknown> {
  const [reading] = readings(text);
  const { job } = reading ?? { job: {} };
  return Object.fromEntries(Object.entries(job).filter(([field]) => field.startsWith('cluster.')));
}

const gpusPerNode = 'cluster.gpusPerNode';
const nodes = 'cluster.nodes';

test.each([
  ['torchrun', `torchrun --nproc_per_node 8 --nnodes 4 ${program}`, { [gpusPerNode]: 8, [nodes]: 4 }],
  ['torchrun with dashes and equals signs', `torchrun --nproc-per-node=8 --nnodes=4 ${program}`, { [gpusPerNode]: 8, [nodes]: 4 }],
  ['torch.distributed.launch', `python -m torch.distributed.launch --nproc_per_node 2 ${program}`, { [gpusPerNode]: 2, [nodes]: 1 }],
  ['torchrun without counts', `torchrun ${program}`, { [gpusPerNode]: 1, [nodes]: 1 }],
  ['torchrun with a fixed range', `torchrun --nnodes 2:2 --nproc_per_node 4 ${program}`, { [gpusPerNode]: 4, [nodes]: 2 }],
  ['plain python', `python ${program}`, { 'cluster.gpus': 1 }],
  ['deepspeed', `deepspeed --num_gpus 4 --num_nodes 2 ${program}`, { [gpusPerNode]: 4, [nodes]: 2 }],
  ['deepspeed on its own node', `deepspeed --num_gpus 8 ${program}`, { [gpusPerNode]: 8, [nodes]: 1 }],
  ['deepspeed with a host file', `deepspeed --hostfile hosts --num_gpus 8 ${program}`, { [gpusPerNode]: 8 }],
  ['mpirun', `mpirun -np 16 python ${program}`, { 'cluster.gpus': 16 }],
  ['srun flags', `srun -N 4 --gpus-per-node=8 python ${program}`, { [gpusPerNode]: 8, [nodes]: 4 }],
  ['a variable of the launcher', `GPUS=8\nL="torchrun --nproc_per_node $GPUS"\n$L ${program}`, { [gpusPerNode]: 8, [nodes]: 1 }],
])('%s', (_, text, expected) => {
  expect(cluster(text)).toEqual(expected);
});

test.each([
  ['nodes and gres', ['--nodes=4', '--gres=gpu:8'], { [nodes]: 4, [gpusPerNode]: 8 }],
  ['short names and a type in gres', ['-N 2', '--gres=gpu:a100:4'], { [nodes]: 2, [gpusPerNode]: 4, 'cluster.gpu': 'a100' }],
  ['a type in gpus-per-node', ['--nodes=2', '--gpus-per-node=mi250:8'], { [nodes]: 2, [gpusPerNode]: 8, 'cluster.gpu': 'mi250' }],
  ['a constraint', ['--nodes=1', '--gpus-per-node=4', '--constraint=h100'], { [nodes]: 1, [gpusPerNode]: 4, 'cluster.gpu': 'h100' }],
  ['a constraint that is no GPU', ['--nodes=1', '--gpus-per-node=4', '--constraint=ib'], { [nodes]: 1, [gpusPerNode]: 4 }],
  ['one task per GPU', ['--nodes=3', '--ntasks-per-node=8'], { [nodes]: 3, [gpusPerNode]: 8 }],
  ['all GPUs together', ['--nodes=4', '--gpus=16'], { [nodes]: 4, [gpusPerNode]: 4 }],
])('Slurm header: %s', (_, directives, expected) => {
  const header = directives.map((directive) => `#SBATCH ${directive}`).join('\n');
  expect(cluster(`#!/bin/bash\n${header}\nsrun python ${program}`)).toEqual(expected);
});

describe('what the file does not say', () => {
  test.each([
    ['a count taken from the machine', `torchrun --nproc_per_node gpu ${program}`, gpusPerNode],
    ['an elastic range', `torchrun --nnodes 1:4 ${program}`, nodes],
    ['a positional parameter', `torchrun --nnodes $1 ${program}`, nodes],
    ['every GPU the deepspeed launcher sees', `deepspeed ${program}`, gpusPerNode],
    ['a command on the hardware', `N=$(nvidia-smi -L | wc -l)\ntorchrun --nproc_per_node $N ${program}`, gpusPerNode],
  ] as const)('%s stays unknown, with the reason', (_, text, field) => {
    const [reading] = readings(text);
    expect(reading?.job[field]).toBeUndefined();
    const origin = reading?.sources[field];
    expect(origin?.kind).toBe('unresolved');
    expect(origin?.kind === 'unresolved' ? origin.why : '').not.toBe('');
  });

  test('a Slurm variable is the header directive it repeats', () => {
    const text = `#!/bin/bash\n#SBATCH --nodes=16\ntorchrun --nnodes $SLURM_NNODES --nproc_per_node 8 ${program}`;
    const [reading] = readings(text);
    const origin = reading?.sources[nodes];
    expect(reading?.job[nodes]).toBe(16);
    expect(origin?.kind === 'key' ? text.slice(origin.value.start, origin.value.end) : '').toBe('16');
  });
});

test.each([
  ['echo', `echo torchrun ${program}`],
  ['a copy', 'cp pretrain_gpt.py /tmp/pretrain_gpt.py'],
  ['a test', '[ -f pretrain_gpt.py ] && true'],
  ['another trainer', 'torchrun train.py --lr 1e-4 --batch-size 4'],
])('%s is no launch', (_, text) => {
  expect(readings(`${text}\n`)).toEqual([]);
});
