/**
 * Lists of modules that quantization leaves alone, as parts of a model and the share of its layers: `ignore` of compressed-tensors,
 * `modules_to_not_convert` of transformers, `exclude_modules` of modelopt. Names may be patterns (`re:.*self_attn.*`, `model.layers.0*`).
 */
import type { PartialJob } from '../../core/job-fields.ts';

const partNames = ['attention', 'attention-output', 'state-space', 'mlp', 'experts', 'shared-experts'] as const;
type PartName = (typeof partNames)[number];

/** Parts a module's name stands for; its last pieces decide. Routers, head, embedding and encoders are left alone anyway. */
const patterns: readonly (readonly [RegExp, readonly PartName[]])[] = [
  [/shared_expert/, ['shared-experts']],
  [/\.experts(?:\b|\.|\*)/, ['experts']],
  [/(?:o_proj|out_proj|dense|wo)\*?$/, ['attention-output']],
  [/(?:q|k|v|qkv|q_a|q_b|kv_a|kv_b|kv_a_proj_with_mqa)_proj\*?$|proj_with_mqa/, ['attention']],
  [/self_attn|self_attention|attention/, ['attention', 'attention-output']],
  [/mamba|linear_attn|in_proj\*?$/, ['state-space']],
  [/mlp.{0,4}(?:gate_proj|up_proj|down_proj|gate_up_proj|\((?:gate|up)[^)]*\)_proj)|mlp\*?$|feed_forward/, ['mlp']],
];

/** A projection that state-space layers have too: `mixer.out_proj` belongs to them. */
const ofStates = /mixer\*?\.(?:in|out)_proj|linear_attn|mamba/;

function partsOf(name: string): readonly PartName[] {
  if (ofStates.test(name)) return ['state-space'];
  return patterns.find(([pattern]) => pattern.test(name))?.[1] ?? (/layers\.\d+\*?$/.test(name) ? partNames : []);
}

/** Layers that have a part, by the model's patterns where it has some. */
function layersWith(part: PartName, job: PartialJob): number | undefined {
  const mixers = job['model.mixerPattern'];
  const forwards = job['model.ffnPattern'];
  const count = (pattern: string, letters: RegExp): number => [...pattern].filter((letter) => letters.test(letter)).length;
  const whole = (pattern: string | undefined): pattern is string => pattern !== undefined && pattern.length > 1;
  if (part === 'attention' || part === 'attention-output') return whole(mixers) ? count(mixers, /[*w]/) : job['model.layers'];
  if (part === 'state-space') return whole(mixers) ? count(mixers, /[Mmd]/) : undefined;
  if (part === 'mlp') return whole(forwards) ? count(forwards, /-/) : job['model.layers'];
  return whole(forwards) ? count(forwards, /E/) : job['model.layers'];
}

/** `attention,attention-output,state-space:0.26`, or an empty text. */
export function unquantizedParts(names: readonly string[], job: PartialJob): string {
  const layers = new Map<PartName, Set<string>>();
  let last = 0;
  for (const name of names) {
    // A name without a number holds for all layers.
    const layer = /layers\.(\d+)/.exec(name)?.[1] ?? '*';
    if (layer !== '*') last = Math.max(last, Number(layer));
    for (const part of partsOf(name)) layers.set(part, (layers.get(part) ?? new Set()).add(layer));
  }
  return partNames
    .flatMap((part) => {
      const found = layers.get(part);
      if (found === undefined) return [];
      // A list beside a model does not say how many layers there are; it goes on to about the last one.
      const all = layersWith(part, job) ?? last + 1;
      const share = found.has('*') || all === 0 ? 1 : Math.min(1, found.size / all);
      return share === 1 ? [part] : [`${part}:${Math.round(share * 1000) / 1000}`];
    })
    .join(',');
}
