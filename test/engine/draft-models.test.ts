/** A draft model is found by name or in a folder, and its shape stays apart from that of the model it drafts for. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { engineOver, loadParsers } from './support.ts';

beforeAll(loadParsers);

const head = JSON.stringify({
  architectures: ['LlamaForCausalLMEagle3'],
  model_type: 'llama',
  hidden_act: 'silu',
  hidden_size: 4096,
  num_hidden_layers: 1,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14336,
  vocab_size: 128256,
  draft_vocab_size: 32000,
});

function analysed(draft: string, files: Readonly<Record<string, string>> = {}): Analysis {
  const text = `vllm serve meta-llama/Llama-3.1-8B --max-model-len 8192 --speculative-config '{"method": "eagle3", "model": "${draft}", "num_speculative_tokens": 3}'\n`;
  const { engine, faults } = engineOver(files);
  const analysis = engine.analyse('file:///w/serve.sh', text, 1);
  expect(faults).toEqual([]);
  return analysis;
}

const weights = ({ jobs }: Analysis): number => {
  const result = jobs[0]?.result;
  return result && 'estimate' in result && result.estimate.kind === 'serving' ? result.estimate.memory.weights.value : Number.NaN;
};

describe('a draft model', () => {
  test('of a folder keeps its layers to itself', () => {
    const analysis = analysed('./head', { 'head/config.json': head });
    const [job] = analysis.jobs;
    expect(job?.job['model.layers']).toBe(32);
    expect(job?.job['serving.draftShape']).toMatchObject({ 'model.layers': 1, 'model.draftVocab': 32000 });
    expect(job?.sources['serving.draftShape']).toMatchObject({ kind: 'key', uri: 'file:///w/head/config.json' });
    expect(analysis.dependsOn).toContain('file:///w/head/config.json');
    expect(analysis.problems).toEqual([]);
    expect(weights(analysis)).toBeGreaterThan(weights(analysed('./elsewhere')));
  });

  test('of a public name is found there', () => {
    const { jobs } = analysed('meta-llama/Llama-3.2-1B-Instruct');
    expect(jobs[0]?.job['serving.draftShape']?.['model.layers']).toBe(16);
  });

  test('that is nowhere is told at its name', () => {
    const { problems } = analysed('./elsewhere');
    expect(problems.map(({ message }) => message)).toEqual([
      'Draft model not found: there is no ./elsewhere/config.json here, and it is not in the table of public models. Its weights and its cache are not in the estimate',
    ]);
  });

  test('looked up in the text is none to look for', () => {
    expect(analysed('ngram').problems).toEqual([]);
  });
});
