/** Which framework a document belongs to. Each adapter judges for itself; the surest one wins. */
import type { ConfigDocument } from '../syntax/document.ts';
import type { Adapter } from './adapter.ts';
import { adapters } from './index.ts';

/** The adapter that is surest of the document, or undefined when none recognises it. Equal votes go by id. */
export function detect(document: ConfigDocument): Adapter | undefined {
  let best: Adapter | undefined;
  let highest = 0;
  for (const adapter of adapters) {
    const score = adapter.detect(document);
    if (score > highest) [best, highest] = [adapter, score];
  }
  return best;
}
