/**
 * Files of TensorRT-LLM: the YAML of `--config` (`--extra_llm_api_options`), files of the benchmark and build scripts around it whose blocks hold
 * the same keys, servers for prefill and decode in one file, and the `config.json` of engines and checkpoints.
 */
import type { ConfigDocument, ConfigEntry } from '../../syntax/document.ts';
import { engineName } from '../engines/nested.ts';

const at = (document: ConfigDocument, ...path: readonly string[]): ConfigEntry | undefined =>
  document.entries.find((entry) => entry.path.length === path.length && path.every((part, index) => entry.path[index] === part));

const isData = ({ format }: ConfigDocument): boolean => format === 'json' || format === 'yaml';

/** `config.json` beside an engine, or beside a converted checkpoint. */
export function isEngineFile(document: ConfigDocument): boolean {
  if (!isData(document)) return false;
  if (at(document, 'pretrained_config') && at(document, 'build_config')) return true;
  return at(document, 'mapping', 'tp_size') !== undefined && at(document, 'quantization', 'quant_algo') !== undefined;
}

/** Keys that only the YAML of the options has. */
export const telling: ReadonlySet<string> = new Set([
  'kv-cache-config',
  'cuda-graph-config',
  'enable-attention-dp',
  'moe-expert-parallel-size',
  'moe-config',
  'disable-overlap-scheduler',
  'cache-transceiver-config',
  'pytorch-backend-config',
  'extra-llm-api-options',
  'print-iter-log',
]);

/** Blocks around the keys in files of scripts that start a server or build an engine. */
const blocks = /^(?:server|build\.args|convert-to-ft\.args|convert_to_ft\.args|pretrained-config|build-config|hardware)\./;

/** A file of a script around the engine. */
export function isWrapped(document: ConfigDocument): boolean {
  if (!isData(document)) return false;
  if (/trtllm-build/.test(String(at(document, 'build', 'executable')?.scalar ?? ''))) return true;
  return at(document, 'server', 'extra_llm_api_options') !== undefined;
}

/** The name without the blocks around it. */
export const bareName = (name: string): string => {
  const bare = name.replace(blocks, '');
  return bare === name ? name : engineName(bare);
};

/** Servers for prefill and for decode in the file of `trtllm-serve disaggregated`. */
export const sides: readonly { readonly block: string; readonly role: 'prefill' | 'decode' }[] = [
  { block: 'context_servers', role: 'prefill' },
  { block: 'generation_servers', role: 'decode' },
];

export const isDisaggregated = (document: ConfigDocument): boolean =>
  isData(document) && sides.every(({ block }) => at(document, block) !== undefined);
