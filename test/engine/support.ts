/** What the engine's tests share: parsers, files in memory, and a script that is right in every respect. */
import { join } from 'node:path';
import type { EngineSettings, FileAccess } from '../../server/src/engine/analysis.ts';
import { createEngine, type Engine } from '../../server/src/engine/engine.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';

const root = join(import.meta.dirname, '../..');

export const loadParsers = () => initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));

/** Files by name, all in one folder. */
export function filesIn(texts: Readonly<Record<string, string>>): FileAccess {
  return {
    read: (uri) => {
      const text = texts[uri.replace('file:///w/', '')];
      return text === undefined ? { error: `${uri} is not there` } : { text };
    },
    resolve: (_from, path) => {
      const name = path.replace(/^\.\//, '');
      return name in texts ? `file:///w/${name}` : undefined;
    },
  };
}

/** Files by path below `file:///w/`, found as on a disk: from the folder of the file that names them, then from those above. */
export function filesUnder(texts: Readonly<Record<string, string>>): FileAccess {
  return {
    read: (uri) => filesIn(texts).read(uri),
    resolve: (from, path) => {
      for (let folder = new URL('.', from).href; folder.startsWith('file:///w/'); folder = new URL('..', folder).href) {
        const { href } = new URL(path, folder);
        if (href.replace('file:///w/', '') in texts) return href;
      }
      return undefined;
    },
  };
}

export interface TestEngine {
  readonly engine: Engine;
  /** Faults of our own that were logged. */
  readonly faults: string[];
}

export function engineOver(
  texts: Readonly<Record<string, string>> = {},
  settings: EngineSettings = { gpu: 'nvidia-h100-sxm-80gb' },
  files: FileAccess = filesIn(texts),
): TestEngine {
  const faults: string[] = [];
  return { engine: createEngine({ files, settings: () => settings, log: (message) => faults.push(message) }), faults };
}

/** A launch with nothing to find fault with; `flags` come last. */
export const launch = (flags = ''): string => `#!/bin/bash
export CUDA_DEVICE_MAX_CONNECTIONS=1
torchrun --nproc_per_node 8 --nnodes 2 pretrain_gpt.py \\
    --num-layers 24 \\
    --hidden-size 2048 \\
    --num-attention-heads 16 \\
    --seq-length 2048 \\
    --max-position-embeddings 2048 \\
    --micro-batch-size 1 \\
    --global-batch-size 256 \\
    --vocab-size 50304 \\
    --bf16${flags === '' ? '' : ` \\\n    ${flags}`}
`;
