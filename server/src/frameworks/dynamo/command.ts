/**
 * NVIDIA Dynamo's workers, `python -m dynamo.vllm` and the like: they take the engine's own flags and a few of their own, which are
 * taken out so that the engine's reader sees what the engine gets. Flags: components/src/dynamo/common/configuration and
 * backend_args.py of vllm, sglang and trtllm (1.0 and later, and the older role switches).
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { CommandLine, Word } from '../../syntax/document.ts';
import { canonicalFlag } from '../setting.ts';

export type Engine = 'vllm' | 'sglang' | 'trtllm';

export interface Worker {
  readonly engine: Engine;
  /** The module's word, which stands for the job. */
  readonly module: Word;
  readonly role: ServingRole | undefined;
  /** The engine's own command. */
  readonly command: CommandLine;
  /** Dynamo's own flags with their values. */
  readonly own: readonly (readonly Word[])[];
}

const modules = /^dynamo\.(vllm|sglang|trtllm)(?:\.(?!frontend|router|planner)\w+)*$/;

/** Flags without a value. */
const switches: ReadonlySet<string> = new Set(
  `is-prefill-worker is-decode-worker use-vllm-tokenizer route-to-encoder multimodal-encode-worker multimodal-worker multimodal-decode-worker
  multimodal-processor enable-multimodal frontend-decoding omni use-sglang-tokenizer embedding-worker image-diffusion-worker
  video-generation-worker fpm-trace enable-local-indexer durable-kv-events exclude-tools-when-tool-choice-none publish-events-and-metrics
  publish-kv-events conversation-affinity dyn-enable-structural-tag multimodal-embedding-cache-publisher tcp-tls-insecure nats-tls-insecure
  ec-producer-mode ec-consumer-mode enable-rl use-kv-events`.split(/\s+/),
);

/** Flags with a value. */
const valued: ReadonlySet<string> = new Set(
  `namespace endpoint kv-state-endpoint discovery-backend request-plane response-plane event-plane custom-jinja-template
  endpoint-types dump-config-to multimodal-embedding-cache-capacity-gb media-output-fs-url media-output-http-url health-check-payload
  engine-request-limit store-kv migration-limit sleep-mode-level mm-prompt-template model-express-url stage-configs-path disagg-config
  disagg-config-key encode-endpoint allowed-local-media-path max-file-size-mb conversation-affinity-dp-rank-source next-endpoint
  dyn-tool-call-parser dyn-reasoning-parser dyn-default-thinking-mode dyn-structural-tag-scope dyn-structural-tag-schema
  publish-kv-events-endpoint component connector output-modalities`.split(/\s+/),
);

const roleWords: { readonly [word: string]: ServingRole } = { prefill: 'prefill', decode: 'decode' };

/** SGLang has this flag itself. */
const isOwnFlag = (name: string, engine: Engine): boolean => name === 'disaggregation-mode' && engine !== 'sglang';

/** TensorRT-LLM's names for what Dynamo calls otherwise. */
const renamed: { readonly [flag: string]: string } = {
  'extra-engine-args': '--extra_llm_api_options',
  'expert-parallel-size': '--ep_size',
  'kv-block-size': '--tokens-per-block',
};

/** The worker a command starts, or undefined. */
export function workerOf(command: CommandLine): Worker | undefined {
  const at = command.words.findIndex(
    ({ text }, index) => text !== undefined && modules.test(text) && command.words[index - 1]?.text === '-m',
  );
  const module = command.words[at];
  const engine = modules.exec(module?.text ?? '')?.[1] as Engine | undefined;
  if (!module || engine === undefined) return undefined;
  const { kept, own, role } = sorted(command.words.slice(at + 1), engine);
  const started = { vllm: ['vllm', 'serve'], sglang: ['sglang', 'serve'], trtllm: ['trtllm-serve'] }[engine];
  // A file of settings stands for the flags that would say the same.
  const front = started.map((text) => ({ ...module, text, replaceable: false }));
  return { engine, module, role, own, command: { ...command, words: [...front, ...kept] } };
}

interface Sorted {
  readonly kept: Word[];
  readonly own: Word[][];
  role: ServingRole | undefined;
}

function sorted(words: readonly Word[], engine: Engine): Sorted {
  const found: Sorted = { kept: [], own: [], role: undefined };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (!word) continue;
    const [flag = '', assigned] = (word.text ?? '').split('=', 2);
    const name = flag.startsWith('--') ? canonicalFlag(flag) : '';
    const bare = name.replace(/^no-/, '');
    const next = words[at + 1];
    const hasNext = assigned === undefined && next !== undefined && !(next.text ?? '').startsWith('--');
    if (isOwnFlag(name, engine)) {
      found.role = roleWords[assigned ?? next?.text ?? ''];
      found.own.push(hasNext && next ? [word, next] : [word]);
      if (hasNext) at += 1;
    } else if (switches.has(bare)) {
      if (name === 'is-prefill-worker') found.role = 'prefill';
      if (name === 'is-decode-worker') found.role = 'decode';
      found.own.push([word]);
    } else if (valued.has(name) || /^(?:tcp-tls|nats-tls|dyn)-/.test(name)) {
      found.own.push(hasNext && next ? [word, next] : [word]);
      if (hasNext) at += 1;
    } else found.kept.push(engine === 'trtllm' ? trtllmWord(word, name, assigned) : word);
  }
  return found;
}

function trtllmWord(word: Word, name: string, assigned: string | undefined): Word {
  const other = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
  if (other === undefined) return word;
  return { ...word, text: assigned === undefined ? other : `${other}=${assigned}`, replaceable: false };
}
