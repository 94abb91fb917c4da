/** `modelArtifacts` of the chart: `hf://owner/name`, with the model's name as the template of the values often enough. */
import type { Range } from '../../core/origin.ts';
import type { Word } from '../../syntax/document.ts';
import { type TreeNode, textOf } from '../carriers/tree.ts';
import { modelOfUri } from '../deployments/model-uri.ts';
import { valueWord } from '../deployments/words.ts';

/** The part of the values that a URI takes its name from. */
const ownName = /^(?:hf|pvc\+hf):\/\/(?:.*\/)?"?\{\{-?\s*\.Values\.modelArtifacts\.name\s*-?\}\}"?$/;

export function chartModel(uri: TreeNode | undefined, name: TreeNode | undefined, place: Range): readonly Word[] {
  const written = uri?.entry?.raw.replace(/^(['"])(.*)\1$/s, '$2') ?? textOf(uri);
  const own = name && valueWord(name);
  if ((written === undefined || ownName.test(written.trim())) && own) return [own];
  // pvc+hf://claim/path/owner/name ends with the name of the Hub.
  const last = /^pvc\+hf:\/\/.*\/([\w.-]+\/[\w.-]+)$/.exec(written ?? '')?.[1];
  if (last !== undefined && uri?.entry)
    return [
      { text: last, unknown: [], range: uri.entry.value, value: uri.entry.value, through: [], fromDefault: false, replaceable: false },
    ];
  return modelOfUri(uri, name, place);
}
