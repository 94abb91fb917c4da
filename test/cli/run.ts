/** Runs a command line in this process and keeps what it prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CliIo } from '../../server/src/cli/io.ts';
import { runCli } from '../../server/src/cli/program.ts';

export const root = process.cwd();
export const parsers = { runtime: join(root, 'node_modules/web-tree-sitter'), grammars: join(root, 'grammars') };

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The outside of a command: output is kept, the folder is `folder`. */
export function ioIn(folder: string, kept: { out: string; error: string }, more: Partial<CliIo> = {}): CliIo {
  return {
    out: (text) => {
      kept.out += text;
    },
    error: (text) => {
      kept.error += text;
    },
    terminal: false,
    folder,
    parsers,
    solver: join(root, 'node_modules/highs/build'),
    models: join(root, 'server/src/predictor/models'),
    dist: join(root, 'dist'),
    ...more,
  };
}

/** `rooflint ARGS` in `folder`. */
export async function rooflint(args: readonly string[], folder = root): Promise<Ran> {
  const kept = { out: '', error: '' };
  const code = await runCli(args, ioIn(folder, kept));
  return { code, ...kept };
}

/** A folder with these files, removed when the test ends. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rooflint-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A small launch script; `more` goes behind its flags. */
export const script = (more = '') => `#!/bin/bash
TP=2
torchrun --nproc_per_node 8 pretrain_gpt.py \\
  --tensor-model-parallel-size $TP --pipeline-model-parallel-size 1 --sequence-parallel \\
  --num-layers 24 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 \\
  --vocab-size 50257 --micro-batch-size 2 --global-batch-size 64 --bf16 --use-distributed-optimizer --use-flash-attn ${more}
`;
