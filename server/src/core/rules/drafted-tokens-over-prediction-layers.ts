/** A prediction layer that is run again guesses worse each time. */
import { defineRule } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { isCount, plural } from './shared/numbers.ts';
import { isWritten } from './shared/origins.ts';

const method = 'vllm/speculative-config.method';

/** Families whose checkpoints hold one prediction layer, when the model's file does not count them (num_nextn_predict_layers). */
const single: ReadonlySet<string> = new Set(['deepseek_v3', 'deepseek_v32', 'glm4_moe', 'mimo', 'qwen3_next']);

export const draftedTokensOverPredictionLayers = defineRule({
  id: 'drafted-tokens-over-prediction-layers',
  group: 'serving',
  severity: 'info',
  kinds: ['serving'],
  frameworks: ['vllm'],
  anyKey: [method],
  reads: ['serving.speculativeTokens', 'model.type'],
  mayRead: ['model.mtpLayers', 'model.predictionLayers'],
  check({ job, keys, sources, report }) {
    const tokens = job['serving.speculativeTokens'];
    const layers = job['model.mtpLayers'] ?? job['model.predictionLayers'] ?? (single.has(job['model.type']) ? 1 : undefined);
    if (!/(?:^|_)mtp$/.test(textIn(keys, method) ?? '') || !isCount(tokens) || !isCount(layers) || tokens <= layers) return;
    if (!isWritten(sources, 'serving.speculativeTokens')) return;
    report({
      at: 'serving.speculativeTokens',
      related: ['model.mtpLayers', 'model.type'],
      what: `${tokens} tokens are guessed by ${plural(layers, 'prediction layer')}`,
      why: 'vLLM "will run multiple times of forward on same MTP layer, which may result in lower acceptance rate"',
      advice: `compare the acceptance with ${layers} before keeping ${tokens}`,
      fixes: [{ title: `Guess ${plural(layers, 'token')}`, changes: [{ kind: 'set', field: 'serving.speculativeTokens', value: layers }] }],
    });
  },
});
