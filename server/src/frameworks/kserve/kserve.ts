/** KServe: LLMInferenceService and InferenceService. The engines read what is started, and other objects of the file are read too. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter } from '../adapter.ts';
import { objectsOf } from '../kubernetes/objects.ts';
import { readObjects } from '../kubernetes/read-objects.ts';
import { kserveKeys } from './keys.ts';
import { isKserve } from './objects.ts';

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  return objectsOf(document).some(isKserve) ? 0.98 : 0;
}

export const adapter: Adapter = { id: 'kserve', label: 'KServe', detect, read: readObjects, keys: kserveKeys };
