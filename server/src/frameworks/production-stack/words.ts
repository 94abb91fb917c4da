/** The command that the chart makes of one model: its camel-case keys as flags, then `extraArgs`, which win. */
import type { Word } from '../../syntax/document.ts';
import { nodeAt, rangeOf, type TreeNode, textOf } from '../carriers/tree.ts';
import { flagOf, itemWords, valueWord, wordsAt } from '../deployments/words.ts';

const flags: readonly (readonly [string, string])[] = [
  ['maxModelLen', '--max-model-len'],
  ['dtype', '--dtype'],
  ['tensorParallelSize', '--tensor-parallel-size'],
  ['maxNumSeqs', '--max-num-seqs'],
  ['gpuMemoryUtilization', '--gpu-memory-utilization'],
  ['maxLoras', '--max-loras'],
  ['runner', '--runner'],
  ['convert', '--convert'],
];

export function serverWords(model: TreeNode, isRay: boolean): readonly Word[] {
  const config = nodeAt(model, 'vllmConfig');
  const url = nodeAt(model, 'modelURL');
  const place = url?.entry?.key ?? rangeOf(model);
  const name = url && valueWord(url);
  const words = [...flags, ...(isRay ? ([['pipelineParallelSize', '--pipeline-parallel-size']] as const) : [])];
  return [
    ...wordsAt(place, 'vllm', 'serve'),
    ...(name ? [name] : []),
    ...(nodeAt(model, 'enableLoRA')?.entry?.scalar === true ? flagOf(nodeAt(model, 'enableLoRA'), '--enable-lora') : []),
    ...flagOf(nodeAt(config, 'enableChunkedPrefill'), '--enable-chunked-prefill', '--no-enable-chunked-prefill'),
    ...prefixWords(config),
    ...words.flatMap(([key, flag]) => flagOf(nodeAt(config, key), flag)),
    ...itemWords(nodeAt(config, 'extraArgs')),
    ...transferWords(nodeAt(model, 'lmcacheConfig')),
  ];
}

/** A block without the key switches prefix caching off, unlike vLLM itself. */
function prefixWords(config: TreeNode | undefined): readonly Word[] {
  if (!config) return [];
  const node = nodeAt(config, 'enablePrefixCaching');
  if (node) return flagOf(node, '--enable-prefix-caching', '--no-enable-prefix-caching');
  return config.entry ? wordsAt(config.entry.key, '--no-enable-prefix-caching') : [];
}

function transferWords(block: TreeNode | undefined): readonly Word[] {
  const enabled = nodeAt(block, 'enabled');
  if (enabled?.entry?.scalar !== true) return [];
  const role = nodeAt(block, 'kvRole');
  const written = textOf(role) ?? 'kv_both';
  const at = role?.entry ?? enabled.entry;
  return [...wordsAt(at.key, '--kv-transfer-config'), ...wordsAt(at.value, `{"kv_connector":"LMCacheConnectorV1","kv_role":"${written}"}`)];
}
