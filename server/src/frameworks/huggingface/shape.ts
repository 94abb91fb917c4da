/** What a configuration's class and several of its keys together say about the model's shape. */
import type { Activation } from '../../core/job-fields.ts';
import type { Origin } from '../../core/origin.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDerived, setField } from '../draft.ts';
import { bool, count } from '../parse.ts';
import { applyParsed } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import type { Family } from './families.ts';
import { assumedFamily, familyOf } from './families.ts';

export function readShape(draft: Draft, settings: readonly Setting[]): void {
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  const find = (...names: readonly string[]): Setting | undefined => {
    const setting = names.map((name) => byName.get(name)).find((one) => one !== undefined);
    if (setting !== undefined) draft.used.add(setting);
    return setting;
  };
  readFamily(draft, find);
  readWidths(draft, find);
  readAttention(draft, find);
}

type Find = (...names: readonly string[]) => Setting | undefined;

/** The class's habits; for an unknown type only with the signs of a LLaMA-like model, and then as an assumption. */
function readFamily(draft: Draft, find: Find): void {
  const type = draft.job['model.type'];
  const act = settingText(find('hidden_act', 'hidden_activation', 'activation_function'));
  const family = type === undefined ? undefined : familyOf(type);
  if (family !== undefined && type !== undefined) {
    applyFamily(draft, family, { kind: 'default', framework: draft.framework, release: draft.release, why: `model class of ${type}` });
  } else if (act === 'silu' && find('rms_norm_eps') !== undefined) {
    const why = `model type ${type ?? '(none)'} is not in Rooflint's table; SiLU and RMSNorm suggest a LLaMA-like model`;
    applyFamily(draft, assumedFamily, { kind: 'assumed', why });
  }
  const setting = find('hidden_act', 'hidden_activation', 'activation_function');
  const written = activationOf(act, draft.job['model.gatedMlp']);
  if (setting !== undefined && written !== undefined) setField(draft, 'model.activation', written, keyOrigin(draft, setting));
}

function applyFamily(draft: Draft, family: Family, origin: Origin): void {
  setField(draft, 'model.activation', family.activation, origin);
  setField(draft, 'model.gatedMlp', family.gatedMlp, origin);
  setField(draft, 'model.normalization', family.normalization, origin);
  setField(draft, 'model.positionEmbedding', family.positionEmbedding, origin);
  setField(draft, 'model.linearBias', family.linearBias, origin);
  setField(draft, 'model.qkvBias', family.qkvBias, origin);
  setField(draft, 'model.qkNorm', family.qkNorm, origin);
  if (draft.sources['model.tiedEmbeddings'] === undefined) setField(draft, 'model.tiedEmbeddings', family.tiedEmbeddings, origin);
}

function activationOf(word: string | undefined, gated: boolean | undefined): Activation | undefined {
  if (word === undefined) return undefined;
  if (word === 'silu' || word === 'swish') return gated === false ? undefined : 'swiglu';
  if (word === 'relu2') return 'squared-relu';
  if (word === 'relu') return 'relu';
  if (!word.startsWith('gelu')) return undefined;
  return gated === true ? 'geglu' : 'gelu';
}

/** Widths that are written another way: both gates together, four times the hidden size, shared experts by number. */
function readWidths(draft: Draft, find: Find): void {
  const { job, sources } = draft;
  const both = find('mlp_hidden_size');
  if (both !== undefined && typeof both.scalar === 'number' && Number.isInteger(both.scalar / 2) && both.scalar > 0) {
    setDerived(draft, 'model.ffn', both.scalar / 2, [], `half of mlp_hidden_size ${both.scalar}, which counts both gates of SwiGLU`);
  }
  const hidden = job['model.hidden'];
  const inner = find('n_inner', 'ffn_dim', 'intermediate_size');
  const fourfold = ['gpt2', 'gpt_bigcode', 'gptj', 'bloom', 'falcon', 'mpt', 'gpt_neo'].includes(job['model.type'] ?? '');
  if (hidden !== undefined && fourfold && sources['model.ffn'] === undefined && (inner?.scalar === null || inner === undefined)) {
    setDerived(draft, 'model.ffn', 4 * hidden, ['model.hidden'], '4 x hidden size, as the model class takes it');
  }
  if (job['model.experts'] !== undefined && job['model.ffn'] !== undefined && sources['model.expertFfn'] === undefined) {
    setDerived(draft, 'model.expertFfn', job['model.ffn'], ['model.ffn'], 'each expert is as wide as intermediate_size');
  }
  const shared = find('n_shared_experts');
  const expert = job['model.expertFfn'];
  const parsed = shared === undefined || shared.scalar === null ? 'absent' : count(shared);
  if (parsed === 'absent' || !('value' in parsed) || expert === undefined) return;
  setDerived(draft, 'model.sharedExpertFfn', parsed.value * expert, ['model.expertFfn'], `${parsed.value} shared experts of ${expert}`);
}

function readAttention(draft: Draft, find: Find): void {
  const { job } = draft;
  const window = find('sliding_window');
  const used = find('use_sliding_window');
  if (window !== undefined && used?.scalar !== false && typeof window.scalar === 'number') {
    applyParsed(draft, 'model.slidingWindow', window, count);
  }
  const bias = find('alibi');
  if (bias !== undefined && bias.scalar === true) setField(draft, 'model.positionEmbedding', 'alibi', keyOrigin(draft, bias));
  const norm = find('use_qk_norm', 'qk_layernorm');
  if (norm !== undefined) applyParsed(draft, 'model.qkNorm', norm, bool);
  const heads = job['model.heads'];
  const kv = job['model.kvHeads'];
  if (find('hybrid_override_pattern', 'block_configs') !== undefined) {
    setDerived(draft, 'model.attentionKind', 'hybrid', [], 'layers differ from each other');
  } else if (job['model.kvLoraRank'] !== undefined) {
    setDerived(draft, 'model.attentionKind', 'MLA', ['model.kvLoraRank'], 'kv_lora_rank is given');
  } else if (heads !== undefined && kv !== undefined) {
    const kind = kv === heads ? 'MHA' : kv === 1 ? 'MQA' : 'GQA';
    setDerived(draft, 'model.attentionKind', kind, ['model.heads', 'model.kvHeads'], 'KV heads against heads');
  }
}
