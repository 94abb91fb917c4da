/**
 * The objects of KServe: LLMInferenceService with its own blocks for parallelism, prefill and adapters, and InferenceService
 * with the predictor it asks for. Fields and the commands made of them: pkg/apis/serving/v1alpha2 and
 * config/llmisvcconfig of KServe at aaac4e29 (2026), config/runtimes for the servers of InferenceService.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { nodeAt, type TreeNode, textOf } from '../carriers/tree.ts';
import type { Deployment } from '../deployments/deployed.ts';
import type { ConfigMaps } from '../kubernetes/config-maps.ts';
import { readInferenceService } from './inference-service.ts';
import { isKserveKey } from './keys.ts';
import { readLlmService } from './llm-service.ts';

const kinds = /^(?:LLMInferenceService(?:Config)?|InferenceService|(?:Cluster)?ServingRuntime)$/;

export const isKserve = (object: TreeNode): boolean =>
  kinds.test(textOf(nodeAt(object, 'kind')) ?? '') && /^serving\.kserve\.io\//.test(textOf(nodeAt(object, 'apiVersion')) ?? '');

/** The jobs of one of KServe's objects; undefined for an object of others. */
export function readKserve(
  document: ConfigDocument,
  object: TreeNode,
  objects: readonly TreeNode[],
  maps: ConfigMaps,
  readInner: ReadInner,
): readonly Reading[] | undefined {
  if (!isKserve(object)) return undefined;
  const deployment: Deployment = { document, framework: 'kserve', release: 'KServe 0.16', isKnown: isKserveKey, readInner };
  const kind = textOf(nodeAt(object, 'kind')) ?? '';
  if (/^LLM/.test(kind)) return readLlmService(deployment, object, maps);
  return kind === 'InferenceService' ? readInferenceService(deployment, object, objects, maps) : [];
}
