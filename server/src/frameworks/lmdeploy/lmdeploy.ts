/**
 * LMDeploy: `lmdeploy serve api_server`, `lmdeploy chat`, and `pipeline(...)` or `serve(...)` in Python with the configuration of either engine.
 */
import type { Adapter } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import { linkFiles, nameGpus, noteFacts } from '../engines/facts.ts';
import { engineAdapter } from '../engines/frame.ts';
import { engineName } from '../engines/nested.ts';
import type { EngineCommand } from '../engines/start.ts';
import { type Pins, pinnedRelease } from '../pins.ts';
import { applyDefaults } from '../row.ts';
import type { Setting } from '../setting.ts';
import { lmdeployKeys } from './keys.ts';
import { lmdeployRows } from './rows.ts';

const release = (pins: Pins): { readonly name: string } => ({
  name: pinnedRelease(pins, 'lmdeploy', 'LMDeploy', [{ since: '0.5' }, { since: '0' }])?.name ?? 'LMDeploy 2026 (1263d5cd)',
});

const known: ReadonlySet<string> = new Set([
  ...lmdeployKeys.keys.map(({ name }) => name),
  ...`allow-origins allow-credentials allow-methods allow-headers proxy-url max-concurrent-requests allowed-media-domains quant-dtype dp-rank node-rank
  dist-init-addr session-id hf-overrides generation-config use-logn-attn top-p top-k temperature repetition-penalty api-keys ssl device reasoning-parser
  tool-call-parser allow-terminate-by-client enable-abort-handling kernel-block-size prefix-cache-state-budget prefix-cache-decode-state-interval
  max-prefill-iters async cudagraph-capture-batch-sizes max-log-len disable-fastapi-docs disable-metrics migration-backend logprobs-mode
  dllm-block-length dllm-unmasking-strategy dllm-denoising-steps dllm-confidence-threshold distributed-executor-backend trust-remote-code
  backend-config chat-template-config speculative-config attn-tp-size mlp-tp-size moe-tp-size devices num-cpu-blocks num-gpu-blocks prefill-interval
  thread-safe device-type cap instance-num`.split(/\s+/),
]);

/** `serve` starts a server, a page or a router; only the first two hold an engine. */
function prepare(found: EngineCommand): EngineCommand | undefined {
  const [first, ...rest] = found.words;
  if (found.started === 'chat') return /^(?:turbomind|torch|pytorch)$/.test(first?.text ?? '') ? { ...found, words: rest } : found;
  return /^(?:api_server|gradio)$/.test(first?.text ?? '') ? { ...found, words: rest } : undefined;
}

const facts = {
  'model-name': 'model.served_as',
  dtype: 'precision',
  'cache-max-entry-count': 'cache_max_entry_count',
  'quant-policy': 'quant_policy',
  backend: 'backend',
  'speculative-algorithm': 'speculative.method',
  'speculative-draft-model': 'speculative.draft_model',
  'speculative-num-draft-tokens': 'speculative.num_speculative_tokens',
} as const;

function complete(draft: Draft, settings: readonly Setting[]): void {
  noteFacts(draft, settings, facts);
  const engine = settings.find(({ name, written }) => name === 'backend-config' && written !== undefined);
  if (engine !== undefined) draft.facts.backend = /turbomind/i.test(engine.written ?? '') ? 'turbomind' : 'pytorch';
  const expert = draft.job['parallel.expert'];
  if (expert !== undefined) setDerived(draft, 'serving.expertParallel', expert > 1, ['parallel.expert'], `EP is ${expert}`);
  nameGpus(draft);
  applyDefaults(draft, lmdeployRows);
  linkFiles(draft, settings, { 'model-path': 'model', model: 'model' });
}

export const adapter: Adapter = engineAdapter({
  id: 'lmdeploy',
  label: 'LMDeploy',
  start: {
    module: /(?:^|\/)lmdeploy[./]serve[./]openai[./]api_server(?:\.py)?$/,
    command: { program: /(?:^|\/)lmdeploy$/, subcommands: /^(?:serve|chat)$/ },
  },
  flags: {
    switches: new Set(
      'enable-prefix-caching eager-mode trust-remote-code allow-credentials ssl enable-microbatch enable-eplb disable-metrics disable-fastapi-docs language-model-only use-logn-attn'.split(
        ' ',
      ),
    ),
    several: new Set(['adapters', 'api-keys', 'allow-origins']),
  },
  positional: ['model-path'],
  calls: { callee: /^lmdeploy\b(?:.*\.)?(?:pipeline|serve)$/, positional: ['model-path', 'backend-config', 'chat-template-config'] },
  prepare,
  rename: (name) => (name.startsWith('backend-config.') ? engineName(name.slice('backend-config.'.length)) : name),
  isKnown: (name) => known.has(name),
  rows: lmdeployRows,
  keys: lmdeployKeys,
  release,
  complete,
});
