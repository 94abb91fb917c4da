/**
 * Nemotron-NAS: `block_configs` says for each layer whether it attends, how many queries share a key, and how wide its MLP
 * is. Source: block_config.py, configuration_decilm.py and modeling_decilm.py that come with the checkpoints (DeciLM).
 */
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import type { Keys } from './keys.ts';

/** Layers beyond any model's, so that a wrong file ends. */
const most = 10_000;

interface Searched {
  readonly mixers: string;
  readonly widths: readonly number[];
  readonly kvHeads: number;
}

/** Two thirds of `multiple` times the width, rounded up to 256 as the class does. */
function widthOf(multiple: number, hidden: number): number {
  return Math.ceil(Math.floor((2 * multiple * hidden) / 3) / 256) * 256;
}

/** All layers, or why they are none that the formulas follow. */
function searched(keys: Keys, hidden: number, heads: number): Searched | string {
  let mixers = '';
  const widths: number[] = [];
  const shared = new Set<number>();
  for (let layer = 0; layer < most; layer++) {
    const at = (name: string): string => `block_configs.${layer}.${name}`;
    if (keys.find(at('attention.no_op')) === undefined) break;
    const replaced = ['attention.replace_with_linear', 'ffn.replace_with_linear'].some((name) => keys.flag(at(name)) === true);
    if (replaced) return 'a layer is replaced by one product';
    const attends = keys.flag(at('attention.no_op')) !== true;
    mixers += attends ? '*' : '.';
    const group = keys.number(at('attention.n_heads_in_group'));
    if (attends && group !== undefined) shared.add(heads / group);
    const multiple = keys.flag(at('ffn.no_op')) === true ? 0 : (keys.number(at('ffn.ffn_mult')) ?? 0);
    widths.push(widthOf(multiple, hidden));
  }
  if (widths.length === 0) return 'its layers are not listed';
  const [kvHeads = heads] = shared;
  return shared.size > 1 ? 'layers differ in their KV heads' : { mixers, widths, kvHeads };
}

export function readSearchedBlocks(draft: Draft, keys: Keys): void {
  const { 'model.hidden': hidden, 'model.heads': heads } = draft.job;
  if (hidden === undefined || heads === undefined) return;
  const found = searched(keys, hidden, heads);
  if (typeof found === 'string') {
    setDerived(draft, 'model.attentionKind', 'hybrid', [], found);
    return;
  }
  const { mixers, widths, kvHeads } = found;
  const how = 'block_configs, layer by layer';
  setDerived(draft, 'model.kvHeads', kvHeads, ['model.heads'], how);
  setDerived(draft, 'model.mixerPattern', mixers, ['model.layers'], how);
  setDerived(draft, 'model.ffnPattern', widths.map((width) => (width > 0 ? '-' : '.')).join(''), ['model.layers'], how);
  setDerived(draft, 'model.ffn', Math.max(...widths), [], `${how}: the widest`);
  setDerived(draft, 'model.ffnWidths', widths.join(','), ['model.layers'], how);
}
