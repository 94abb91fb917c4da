/**
 * vLLM: `vllm serve` and its other commands, the API server module, containers of its image, `LLM(...)` and `EngineArgs(...)`
 * in Python, and the YAML file of `--config`. One reading per engine.
 */
import type { PythonCall } from '../../syntax/python-module.ts';
import type { Adapter } from '../adapter.ts';
import { type Draft, keyOrigin, setDefault, setField } from '../draft.ts';
import { engineAdapter } from '../engines/frame.ts';
import { vllmNotModelled } from '../not-modelled.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { readVllmFacts } from './facts.ts';
import { expandVllmFlag, isVllmFlag, vllmSwitches } from './flag-names.ts';
import { vllmKeys } from './keys.ts';
import { vllmEnvironmentRows, vllmModelRows, vllmRows } from './rows.ts';
import type { VllmRelease } from './versions.ts';
import { vllmRelease } from './versions.ts';

const short = {
  tp: 'tensor-parallel-size',
  pp: 'pipeline-parallel-size',
  dp: 'data-parallel-size',
  dpl: 'data-parallel-size-local',
  dcp: 'decode-context-parallel-size',
  ep: 'enable-expert-parallel',
  q: 'quantization',
  O: 'compilation-config',
  cc: 'compilation-config',
  sc: 'speculative-config',
};

/** Keys that only a server's YAML has. */
const telling: ReadonlySet<string> = new Set([
  'tensor-parallel-size',
  'pipeline-parallel-size',
  'max-model-len',
  'max-num-seqs',
  'max-num-batched-tokens',
  'gpu-memory-utilization',
  'kv-cache-dtype',
  'enable-prefix-caching',
  'no-enable-prefix-caching',
  'enforce-eager',
  'compilation-config',
]);

function complete(draft: Draft, settings: readonly Setting[], release: VllmRelease): void {
  readRows(draft, vllmModelRows, settings);
  readGraphs(draft, settings);
  readVllmFacts(draft, settings);
  applyDefaults(draft, vllmRows);
  const cache = 'as in vllm/config/cache.py of this release; others differ';
  setDefault(draft, 'serving.gpuMemoryUtilization', release.gpuMemoryUtilization, cache);
  setDefault(draft, 'serving.swapSpaceGiB', release.swapSpaceGiB, cache);
  setDefault(draft, 'serving.prefixCaching', release.prefixCaching, 'on by default since the V1 engine');
  setDefault(draft, 'serving.chunkedPrefill', release.chunkedPrefill, 'on by default since the V1 engine');
  if (release.exact !== undefined) setDefault(draft, 'serving.engineVersion', release.exact, release.name);
  if (!settings.some(({ name, scalar }) => name === 'enable-lora' && scalar !== false && scalar !== 'false')) return;
  setDefault(draft, 'serving.loraSlots', 1, 'max_loras in vllm/config/lora.py');
  setDefault(draft, 'serving.loraRank', 16, 'max_lora_rank in vllm/config/lora.py');
}

/** `cudagraph_mode: NONE` of the compilation's block captures no graphs, as eager mode does. */
function readGraphs(draft: Draft, settings: readonly Setting[]): void {
  const mode = settings.findLast(({ name }) => name === 'compilation-config.cudagraph_mode');
  if (mode === undefined || !/(?:^|\.)none$/i.test(settingText(mode) ?? '')) return;
  draft.used.add(mode);
  setField(draft, 'serving.enforceEager', true, keyOrigin(draft, mode));
}

/** `LLM(...)` has its own batch limits; an engine made of `EngineArgs` may serve as well. */
function noteOffline(draft: Draft, { callee, name }: PythonCall): void {
  if (!/\bLLM$/.test(callee)) return;
  setField(draft, 'serving.offline', true, { kind: 'key', uri: draft.document.uri, key: name, value: name, spelling: 'LLM' });
}

export const adapter: Adapter = engineAdapter<VllmRelease>({
  id: 'vllm',
  label: 'vLLM',
  start: {
    module: /(?:^|\/)vllm[./]entrypoints[./](?:openai[./])?(?:api_server|run_batch)(?:\.py)?$|^vllm\.entrypoints\.grpc_server$/,
    command: { program: /(?:^|\/)vllm$/, subcommands: /^serve$/ },
    image: /(?:^|\/)vllm(?:-openai|-cpu|-rocm|-tpu|-xpu|-nightly|-release-repo|-cuda-\w+)*(?::[\w.-]+)?(?:@sha256:\w+)?$/,
  },
  flags: {
    short,
    switches: vllmSwitches,
    several: new Set(['lora-modules', 'cuda-graph-sizes', 'cudagraph-capture-sizes', 'allowed-origins']),
    expand: expandVllmFlag,
  },
  positional: ['model'],
  calls: { callee: /^vllm\b(?:.*\.)?(?:LLM|EngineArgs|AsyncEngineArgs)$/, positional: ['model'], note: noteOffline },
  telling,
  isKnown: isVllmFlag,
  rows: vllmRows,
  environmentRows: vllmEnvironmentRows,
  blocks: new Set([
    'eplb-config',
    'speculative-config',
    'kv-transfer-config',
    'ec-transfer-config',
    'compilation-config',
    'hf-overrides',
    'rope-scaling',
  ]),
  notModelled: vllmNotModelled,
  keys: vllmKeys,
  release: vllmRelease,
  complete,
});
