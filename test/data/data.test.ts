/** Every data file: its schema, its sources, and figures that cannot contradict each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Accelerator } from '../../server/src/core/hardware.ts';
import { architectureOf, architectures } from '../../server/src/data/architectures.ts';
import {
  accelerators,
  clouds,
  findAccelerator,
  findInstance,
  findNetwork,
  findNode,
  modelCards,
  networks,
  nodes,
  usualNode,
} from '../../server/src/data/index.ts';
import { acceleratorFile, architectureFile, instanceFile, modelFile, networkFile, nodeFile } from '../../server/src/data/schema.ts';

const folder = join(import.meta.dirname, '../../server/src/data');
const files = (name: string) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file, JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as unknown] as const);

/** Source keys used by figures anywhere in a file. */
function usedSources(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(usedSources);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    key === 'source' ? [String(entry)] : key === 'sources' ? [] : usedSources(entry),
  );
}

describe.each([
  ['gpus', acceleratorFile],
  ['networks', networkFile],
  ['nodes', nodeFile],
] as const)('data/%s', (name, schema) => {
  test.each(files(name))('%s fits the schema, its id is its file name, and it uses exactly the sources it lists', (file, content) => {
    const parsed = schema.parse(content);
    expect(`${parsed.id}.json`).toBe(file);
    expect([...new Set(usedSources(content))].sort()).toEqual(Object.keys(parsed.sources).sort());
  });

  test.each(files(name))('%s calls a figure without a source an assumption', (_file, content) => {
    const parsed = schema.parse(content);
    const unsourced = Object.entries(parsed.sources).filter(([, source]) => /from memory|^assumed$/.test(source.title));
    const text = JSON.stringify(content);
    for (const [key] of unsourced) expect(text).not.toMatch(new RegExp(`"source":"${key}","kind":"(?:datasheet|measured)"`));
  });
});

test.each(files('models'))('data/models/%s fits the schema', (_file, content) => {
  expect(() => modelFile.parse(content)).not.toThrow();
});

test.each(files('architectures'))('data/architectures/%s fits the schema', (_file, content) => {
  expect(() => architectureFile.parse(content)).not.toThrow();
});

test('every NVIDIA and AMD accelerator has an architecture whose figures agree with each other', () => {
  for (const accelerator of accelerators.filter(({ vendor }) => vendor === 'NVIDIA' || vendor === 'AMD')) {
    expect(architectureOf(accelerator), accelerator.id).toBeDefined();
  }
  for (const known of architectures) {
    expect(known.sharedSizes.at(-1), known.id).toBe(known.sharedPerMultiprocessor);
    expect(known.sharedPerBlockOptIn + known.sharedReservedPerBlock, known.id).toBeLessThanOrEqual(known.sharedPerMultiprocessor);
    expect(known.registersPerMultiprocessor % (known.partitions * known.registerUnit), known.id).toBe(0);
    expect(known.threadsPerBlock % known.warpThreads, known.id).toBe(0);
  }
});

test.each(files('instances'))('data/instances/%s fits the schema and is named after its cloud', (file, content) => {
  expect(`${instanceFile.parse(content).cloud}.json`).toBe(file);
});

describe.each(clouds.flatMap(({ instances }) => instances.map((one) => [one.names[0] ?? '', one] as const)))('%s', (_name, instance) => {
  test('is found by each of its names, has a known accelerator, and no sheet of its own', () => {
    expect(findAccelerator(instance.accelerator)?.id).toBe(instance.accelerator);
    for (const name of instance.names) {
      expect(findInstance(name)).toEqual(instance);
      expect(findInstance(name.toUpperCase())).toEqual(instance);
      expect(findNode(name)).toBeUndefined();
    }
  });
});

test('ids are unique', () => {
  for (const ids of [
    accelerators.map((entry) => entry.id),
    networks.map((entry) => entry.id),
    nodes.map((entry) => entry.id),
    modelCards.map((entry) => entry.name.toLowerCase()),
  ]) {
    expect(new Set(ids).size).toBe(ids.length);
  }
});

describe.each(accelerators.map((accelerator) => [accelerator.id, accelerator] as const))('%s', (_id, accelerator: Accelerator) => {
  test('a process is offered most of the memory and never more than there is', () => {
    const { capacity, usable } = accelerator.memory;
    expect(capacity.value).toBeGreaterThan(8 * 2 ** 30);
    if (usable === undefined) return;
    expect(usable.value).toBeLessThan(capacity.value);
    expect(usable.value).toBeGreaterThan(capacity.value * 0.9);
  });

  test('rates are dense and grow as the format shrinks', () => {
    const { fp32, bf16, fp16, fp8 } = accelerator.peak;
    if (bf16 && fp32) expect(bf16.value).toBeGreaterThan(fp32.value);
    if (bf16 && fp16 && accelerator.vendor !== 'Intel') expect(bf16.value).toBe(fp16.value);
    // A sparse figure that slipped in would be four times the 16-bit rate.
    if (bf16 && fp8 && accelerator.id !== 'nvidia-rtx-5090') expect(fp8.value / bf16.value).toBeLessThan(2.1);
  });

  test('quantities are in base units', () => {
    expect(accelerator.memory.bandwidth.value).toBeGreaterThan(1e11);
    expect(accelerator.memory.bandwidth.value).toBeLessThan(1e13);
    for (const peak of Object.values(accelerator.peak)) expect(peak.value).toBeGreaterThan(1e12);
    if (accelerator.scaleUp) expect(accelerator.scaleUp.bandwidth.value).toBeGreaterThan(1e10);
  });
});

test('an "80 GB" H100 offers a process 79.1 GiB, far above 80e9 bytes', () => {
  const h100 = accelerators.find((entry) => entry.id === 'nvidia-h100-sxm-80gb');
  expect(h100?.memory.capacity.value).toBe(80 * 2 ** 30);
  expect(h100?.memory.usable?.value).toBeCloseTo(79.1 * 2 ** 30, -3);
  expect(h100?.peak.bf16?.value).toBe(989e12);
});

/**
 * Parameters of a plain dense decoder: L (h q + 2 h kv + q h + m h f) + V h (1 or 2), with m = 3 when the MLP is gated. Norms,
 * biases and learned positions stay below 2 % even in the smallest of these models, and a wrong flag shifts far more.
 */
const dense = modelCards.filter(
  (card) =>
    card.parameters !== undefined &&
    !['MLA', 'hybrid'].includes(card.fields['model.attentionKind'] ?? '') &&
    ['model.experts', 'model.encoderLayers', 'model.ssmInner', 'model.ffnWidths', 'model.modulationParameters', 'vision.layers'].every(
      (field) => !(field in card.fields),
    ),
);

test.each(dense.map((card) => [card.name, card] as const))('the card of %s counts to the checkpoint', (_name, card) => {
  const { fields } = card;
  const value = (name: 'layers' | 'hidden' | 'heads' | 'kvHeads' | 'headDim' | 'ffn' | 'vocab') => fields[`model.${name}`] ?? Number.NaN;
  const [layers, hidden, ffn] = [value('layers'), value('hidden'), value('ffn')];
  const attention = 2 * hidden * value('headDim') * (value('heads') + value('kvHeads'));
  const mlp = (fields['model.gatedMlp'] ? 3 : 2) * hidden * ffn;
  const embeddings = value('vocab') * hidden * (fields['model.tiedEmbeddings'] ? 1 : 2);
  const counted = layers * (attention + mlp) + embeddings;
  expect(Math.abs(counted / (card.parameters ?? 0) - 1)).toBeLessThan(0.02);
});

describe.each(nodes.map((node) => [node.id, node] as const))('%s', (_id, node) => {
  test('names an accelerator and a network that have data sheets', () => {
    expect(findAccelerator(node.accelerator)?.id).toBe(node.accelerator);
    expect(findNetwork(node.network)?.id).toBe(node.network);
  });

  test('has as many ports as its network gives each GPU', () => {
    const perGpu = (node.nics.value * node.nicRate.value) / node.gpusPerNode.value;
    expect(findNetwork(node.network)?.bandwidthPerGpu.value).toBeCloseTo(perGpu, 0);
  });

  test('is found by its names', () => {
    for (const name of [node.id, node.label, ...node.aliases]) expect(findNode(name)?.id).toBe(node.id);
  });
});

test('every accelerator has at most one usual system', () => {
  const usual = nodes.filter((node) => node.usual).map((node) => node.accelerator);
  expect(new Set(usual).size).toBe(usual.length);
  for (const accelerator of accelerators) expect(usualNode(accelerator)?.usual ?? true).toBe(true);
});

test('links without a switch give a small group less than the whole node, but for a pair inside one module', () => {
  for (const { scaleUp } of accelerators) {
    const within = scaleUp?.within ?? [];
    const sizes = within.map(({ gpus }) => gpus);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    for (const { gpus, bandwidth } of within) if (gpus > 2) expect(bandwidth.value).toBeLessThanOrEqual(scaleUp?.bandwidth.value ?? 0);
  }
});
