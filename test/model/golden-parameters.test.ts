/**
 * Parameter counts against those of the real classes (scripts/golden says how they were counted): each model's `config.json`
 * goes through the adapter that users' files go through, and every count must agree to the unit.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompletedModel, completeModel } from '../../server/src/core/complete-model.ts';
import type { Block, ModelShape } from '../../server/src/core/model-shape.ts';
import { blockParameters } from '../../server/src/core/parameters/block-parameters.ts';
import { activeParameters, totalParameters, towerParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { adapter } from '../../server/src/frameworks/huggingface/huggingface.ts';
import { readDocument } from '../../server/src/syntax/read.ts';

interface Golden {
  readonly name: string;
  readonly class: string;
  readonly parameters: number;
  readonly active?: number;
  readonly tower?: number;
  readonly projector?: number;
  readonly layerTypes?: readonly (readonly [count: number, type: string])[];
  readonly stacks: { readonly [path: string]: readonly (readonly [count: number, parameters: number])[] };
  readonly config: { readonly [key: string]: unknown };
}

const rows = readFileSync(join(import.meta.dirname, 'golden-parameters.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Golden);

/** Counted, but not to the unit. */
const inexact: { readonly [name: string]: string } = {
  'facebook/opt-350m': 'embeddings half as wide as the layers are counted at full width',
};
/** What the formulas do not follow, and why. Such a model must be refused, never counted wrongly. */
const refused: { readonly [type: string]: string } = {
  zamba2: 'one transformer block is shared by several layers',
  falcon_h1: 'attention and a state-space layer side by side in one layer',
  recurrent_gemma: 'gated linear recurrences (RG-LRU)',
  lfm2: 'gated short convolutions',
  deepseek_v4: 'compressed attention and several residual streams',
  gemma4: 'global layers with heads of their own, experts beside a dense MLP',
};
/** Diffusion transformers and image encoders alone are no language models; encoders are checked inside one. */
const languageModels = rows.filter(
  ({ config }) => typeof config.model_type === 'string' && !/^(?:clip|siglip)_vision|^vit$/.test(config.model_type),
);
const diffusion = rows.filter(({ config }) => config._class_name === 'DiTTransformer2DModel');
const modelled = [...languageModels, ...diffusion].filter(({ name, config }) => !(String(config.model_type) in refused || name in inexact));

function complete(config: object): CompletedModel {
  const document = readDocument('file:///models/config.json', JSON.stringify(config));
  return completeModel(adapter.read(document)[0]?.job ?? {}, 1);
}

function shapeOf(row: Golden) {
  const completed = complete(row.config);
  if (!('model' in completed)) throw new Error(`${row.name}: ${JSON.stringify(completed)}`);
  return completed.model;
}

/** Layers of the language model, how many in a row hold how many parameters. */
function layerRuns(model: ModelShape): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  const each = model.blocks.map((block) => blockParameters(block, model.hidden, model.normalization).total);
  for (let layer = 0; layer < model.layers; layer++) {
    const parameters = each[model.order[layer] ?? 0] ?? Number.NaN;
    const last = runs.at(-1);
    if (last?.[1] === parameters) last[0]++;
    else runs.push([1, parameters]);
  }
  return runs;
}

/** What the classes call kinds of layer, by what mixes tokens in them. */
const sorts: { readonly [type: string]: string } = {
  full_attention: 'all',
  indexed_attention: 'all',
  sliding_attention: 'window',
  chunked_attention: 'window',
  linear_attention: 'state',
  mlp: 'none',
  moe: 'none',
};

function kindOf(block: Block | undefined): string {
  const mixer = block?.mixer;
  if (mixer === undefined) return 'none';
  if (mixer.kind === 'mla') return 'all';
  if (mixer.kind !== 'attention') return 'state';
  return mixer.window === undefined ? 'all' : 'window';
}

/** The stack of a decoder-only model. T5 keeps a table in its first layer, Apertus factors of its activation, Llama 3.2 Vision gates in some; totals hold those. */
function mainStack({ stacks, config }: Golden): Golden['stacks'][string] | undefined {
  if (['t5', 'mt5', 'mllama', 'whisper', 'bart', 'apertus'].includes(String(config.model_type))) return undefined;
  return Object.entries(stacks).find(([path]) => !/vis/.test(path))?.[1];
}

test('there are enough models of enough families', () => {
  expect(modelled.length).toBeGreaterThanOrEqual(250);
  expect(new Set(modelled.map(({ config }) => config.model_type)).size).toBeGreaterThanOrEqual(60);
});

describe.each(modelled.map((row) => [row.name, row] as const))('%s', (_name, row) => {
  test('all parameters', () => {
    expect(totalParameters(shapeOf(row)) - row.parameters).toBe(0);
  });
  const stack = mainStack(row);
  if (stack !== undefined) {
    test('parameters of every layer, in order', () => {
      expect(layerRuns(shapeOf(row))).toEqual(stack);
    });
  }
  const { layerTypes } = row;
  if (layerTypes !== undefined) {
    test('the kind of every layer', () => {
      const { blocks, order, layers } = shapeOf(row);
      const kinds = Array.from({ length: layers }, (_, layer) => kindOf(blocks[order[layer] ?? 0]));
      expect(kinds).toEqual(layerTypes.flatMap(([count, type]) => new Array<string>(count).fill(sorts[type] ?? type)));
    });
  }
  if (row.active !== undefined) {
    test('parameters a token meets', () => {
      expect(activeParameters(shapeOf(row)) - (row.active ?? 0)).toBe(0);
    });
  }
});

test.each(languageModels.filter(({ config }) => String(config.model_type) in refused).map((row) => [row.name, row] as const))(
  '%s is refused with a reason',
  (_name, row) => {
    expect(complete(row.config)).toHaveProperty('unsupported');
  },
);

test.each(rows.filter(({ name }) => name in inexact).map((row) => [row.name, row] as const))('%s is near', (_name, row) => {
  const off = totalParameters(shapeOf(row)) / row.parameters - 1;
  expect(off).not.toBe(0);
  expect(Math.abs(off)).toBeLessThan(0.08);
});

const encoders = rows.filter(({ config }) => /^(?:clip|siglip)_vision/.test(String(config.model_type)));
test.each(encoders.map((row) => [row.name, row] as const))('%s as the eye of a language model', (_name, row) => {
  const text = {
    model_type: 'llama',
    num_hidden_layers: 2,
    hidden_size: 64,
    num_attention_heads: 2,
    intermediate_size: 128,
    vocab_size: 100,
  };
  const completed = complete({ model_type: 'llava', text_config: text, vision_config: row.config });
  if (!('model' in completed)) throw new Error(JSON.stringify(completed));
  const eye = completed.model.towers.reduce((sum, tower) => sum + towerParameters(tower), 0);
  const hidden = Number(row.config.hidden_size);
  expect(eye - (hidden * 64 + 64 + 64 * 64 + 64)).toBe(row.parameters);
});

/** Files as publishers write them: what the class knows is left out. */
test.each([
  [
    'google/gemma-3-4b-it',
    {
      architectures: ['Gemma3ForConditionalGeneration'],
      model_type: 'gemma3',
      text_config: { hidden_size: 2560, intermediate_size: 10240, model_type: 'gemma3_text', num_hidden_layers: 34, sliding_window: 1024 },
      vision_config: {
        hidden_size: 1152,
        image_size: 896,
        intermediate_size: 4304,
        model_type: 'siglip_vision_model',
        num_attention_heads: 16,
        num_hidden_layers: 27,
        patch_size: 14,
        vision_use_head: false,
      },
    },
  ],
  [
    'llava-hf/llava-1.5-7b-hf',
    {
      architectures: ['LlavaForConditionalGeneration'],
      model_type: 'llava',
      text_config: { model_type: 'llama', max_position_embeddings: 4096, vocab_size: 32064 },
      vision_config: {
        hidden_size: 1024,
        image_size: 336,
        intermediate_size: 4096,
        model_type: 'clip_vision_model',
        num_attention_heads: 16,
        num_hidden_layers: 24,
        patch_size: 14,
      },
    },
  ],
  [
    'mistral-community/pixtral-12b',
    {
      architectures: ['LlavaForConditionalGeneration'],
      model_type: 'llava',
      text_config: {
        model_type: 'mistral',
        head_dim: 128,
        hidden_size: 5120,
        intermediate_size: 14336,
        num_hidden_layers: 40,
        vocab_size: 131072,
      },
      vision_config: { model_type: 'pixtral', head_dim: 64, image_size: 1024, patch_size: 16 },
    },
  ],
])('%s as its file leaves out what the class knows', (name, config) => {
  const completed = complete(config);
  expect('model' in completed && totalParameters(completed.model)).toBe(rows.find((row) => row.name === name)?.parameters);
});

/**
 * Nemotron-NAS has no class in transformers; its layers are those of LLaMA, some without attention and each with an MLP of
 * its own width: 2 d h (heads + KV heads) + 3 h f and a norm for each half (modeling_decilm.py of the checkpoints).
 */
test('layers that were searched for one by one', () => {
  const layers = [
    [8, 5.25],
    [8, 2.625],
    [undefined, 1],
    [8, undefined],
  ] as const;
  const config = {
    model_type: 'nemotron-nas',
    num_hidden_layers: layers.length,
    hidden_size: 8192,
    num_attention_heads: 64,
    vocab_size: 128256,
    tie_word_embeddings: false,
    block_configs: layers.map(([group, multiple]) => ({
      attention: { n_heads_in_group: group ?? null, no_op: group === undefined, replace_with_linear: false },
      ffn: { ffn_mult: multiple ?? null, no_op: multiple === undefined, replace_with_linear: false },
    })),
  };
  const completed = complete(config);
  const attention = 2 * 128 * 8192 * (64 + 8) + 8192;
  const mlp = (width: number) => 3 * 8192 * width + 8192;
  const expected = 3 * attention + mlp(28672) + mlp(14336) + mlp(5632) + 2 * 128256 * 8192 + 8192;
  expect('model' in completed && totalParameters(completed.model)).toBe(expected);
  const linear = { ...config, block_configs: [{ attention: { no_op: false, replace_with_linear: true }, ffn: { no_op: false } }] };
  expect(complete(linear)).toHaveProperty('unsupported');
});

test("DeepSeek's own dialect, without a type", () => {
  const config = {
    vocab_size: 129280,
    dim: 7168,
    inter_dim: 18432,
    moe_inter_dim: 2048,
    n_layers: 61,
    n_dense_layers: 3,
    n_heads: 128,
    n_routed_experts: 256,
    n_shared_experts: 1,
    n_activated_experts: 8,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    dtype: 'fp8',
  };
  const completed = complete(config);
  const reference = rows.find(({ name }) => name === 'deepseek-ai/DeepSeek-V3');
  expect('model' in completed && totalParameters(completed.model)).toBe(reference?.parameters);
  expect('model' in completed && activeParameters(completed.model)).toBe(reference?.active);
});

/** Paths of all numbers in a configuration. */
function numberPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numberPaths(inner, [...path, key]));
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

test('a number that makes no sense gives a count, a refusal or something missing, and never a count that is no number', () => {
  const strange = fc.constantFrom<unknown>(0, -1, 1.5, 1e9, 1e300, null, 'many', [], {});
  fc.assert(
    fc.property(fc.constantFrom(...languageModels), fc.nat(), strange, ({ config }, which, by) => {
      const paths = numberPaths(config);
      const path = paths[which % paths.length];
      if (path === undefined) return;
      const completed = complete(replaced(config, path, by) as object);
      if (!('model' in completed)) return;
      const total = totalParameters(completed.model);
      expect(Number.isFinite(total) && total > 0).toBe(true);
    }),
    { numRuns: 1000, seed: 7 },
  );
});
