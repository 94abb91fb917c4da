/** Models named by a URI: `hf://owner/name` is a name of the Hub, `pvc://` and the like are folders, known by the name they are served as. */
import type { Range } from '../../core/origin.ts';
import type { Word } from '../../syntax/document.ts';
import { type TreeNode, textOf } from '../carriers/tree.ts';
import { partRange, wordAt } from '../carriers/variables.ts';
import { valueWord } from './words.ts';

/** Schemes whose rest is a name of the Hub, or of the Ollama library. */
const named = /^(?:hf|huggingface|ollama|modelscope|ms):\/\//;

const isHubName = (name: string | undefined): name is string => name !== undefined && /^[\w.-]+\/[\w.-]+$/.test(name);

/** The model's word: the part of the URI that names it, or the name it is served as when the URI leads to a folder. */
export function modelOfUri(uri: TreeNode | undefined, served: TreeNode | undefined, place: Range): readonly Word[] {
  const written = textOf(uri);
  const scheme = written === undefined ? undefined : named.exec(written)?.[0];
  if (uri?.entry && written !== undefined && scheme !== undefined) {
    const name = written.slice(scheme.length).replace(/[?#].*$/, '');
    const part = partRange(uri.entry, written, scheme.length, scheme.length + name.length);
    if (!name.includes('{{')) return [wordAt(name, part ?? uri.entry.value, part !== undefined)];
  }
  const word = served && isHubName(textOf(served)) ? valueWord(served) : undefined;
  if (word) return [word];
  if (uri?.entry && written !== undefined && !written.includes('{{')) return [wordAt(written, uri.entry.value, true)];
  return [{ ...wordAt('', uri?.entry?.value ?? place), text: undefined, unknown: [written ?? 'the model'] }];
}

/** The name clients ask for. */
export function servedName(node: TreeNode | undefined): readonly Word[] {
  const word = node && valueWord(node);
  return node?.entry && word ? [wordAt('--served-model-name', node.entry.key), word] : [];
}
