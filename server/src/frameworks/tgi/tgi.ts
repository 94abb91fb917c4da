/**
 * Text Generation Inference: `text-generation-launcher`, and containers of its image configured by flags or by environment variables in
 * capitals. A flag goes before a variable.
 */
import type { Adapter } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { setDerived, setUnwritten } from '../draft.ts';
import { linkFiles, nameGpus, noteFacts } from '../engines/facts.ts';
import { engineAdapter } from '../engines/frame.ts';
import { type Pins, pinnedRelease } from '../pins.ts';
import { applyDefaults } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { tgiKeys } from './keys.ts';
import { tgiRows } from './rows.ts';

const release = (pins: Pins): { readonly name: string } => ({
  name: pinnedRelease(pins, 'text-generation-inference', 'TGI', [{ since: '2.0' }, { since: '0' }])?.name ?? 'TGI 3.3',
});

const known: ReadonlySet<string> = new Set([
  ...tgiKeys.keys.map(({ name }) => name),
  ...`max-stop-sequences max-top-n-tokens prometheus-port shard-uds-path master-addr master-port weights-cache-override otlp-endpoint
  otlp-service-name cors-allow-origin api-key watermark-gamma watermark-delta ngrok ngrok-authtoken ngrok-edge tokenizer-config-path
  disable-grammar-support env max-client-batch-size disable-crash graceful-termination-timeout max-image-fetch-size`.split(/\s+/),
]);

const variables: ReadonlyMap<string, string> = new Map([...known].map((name) => [name.toUpperCase().replaceAll('-', '_'), name]));

const facts = {
  'max-input-tokens': 'max_input_len',
  'max-input-length': 'max_input_len',
  'max-batch-prefill-tokens': 'max_batch_prefill_tokens',
  'max-batch-total-tokens': 'max_batch_total_tokens',
  'max-concurrent-requests': 'max_concurrent_requests',
  dtype: 'precision',
  'kv-cache-dtype': 'kv_cache_dtype',
} as const;

function complete(draft: Draft, settings: readonly Setting[]): void {
  noteFacts(draft, settings, facts);
  readShards(draft);
  nameGpus(draft);
  const adapters = settings.findLast(({ name }) => name === 'lora-adapters');
  if (adapters !== undefined) {
    draft.used.add(adapters);
    const names = (settingText(adapters) ?? '').split(',').filter((name) => name.trim() !== '');
    draft.facts['lora.enabled'] = true;
    if (names.length > 0) draft.facts['lora.adapters'] = names.length;
  }
  applyDefaults(draft, tgiRows);
  linkFiles(draft, settings, { 'model-id': 'model' });
}

/** Without a number of shards every GPU that is seen holds one. */
function readShards(draft: Draft): void {
  if (draft.sources['parallel.tensor'] !== undefined) return;
  const gpus = draft.job['cluster.gpusPerNode'];
  if (gpus !== undefined) setDerived(draft, 'parallel.tensor', gpus, ['cluster.gpusPerNode'], 'a shard on each GPU that is visible');
  else setUnwritten(draft, 'parallel.tensor', 'num-shard is not set: each GPU that is visible holds a shard');
}

export const adapter: Adapter = engineAdapter({
  id: 'tgi',
  label: 'Text Generation Inference',
  start: {
    program: /(?:^|\/)(?:text-generation-launcher|tgi-entrypoint\.sh)$/,
    image: /(?:^|\/)(?:text-generation-inference|huggingface-text-generation-inference[\w.-]*|tgi[\w-]*)(?::[\w.-]+)?(?:@sha256:\w+)?$/,
    flags: new Set([
      '--model-id',
      '--num-shard',
      '--max-input-length',
      '--max-input-tokens',
      '--max-batch-prefill-tokens',
      '--quantize',
      '--sharded',
    ]),
    bare: true,
  },
  flags: { switches: new Set(['trust-remote-code', 'disable-custom-kernels', 'json-output', 'ngrok', 'env', 'disable-grammar-support']) },
  positional: [],
  isKnown: (name) => known.has(name),
  variables,
  rows: tgiRows,
  keys: tgiKeys,
  release,
  complete,
});
