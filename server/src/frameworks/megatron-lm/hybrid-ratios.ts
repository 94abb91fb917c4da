/**
 * The pattern Megatron-LM makes of `--hybrid-attention-ratio` and `--hybrid-mlp-ratio`: attention layers at even distances
 * with Mamba layers at both ends, then MLPs at even distances among what is left
 * (pattern_from_ratios of megatron/core/models/hybrid/hybrid_layer_allocation.py).
 */

/** Replaces Mamba layers at even distances: a step of `every` layers between two that are replaced, the first after one step. */
function spread(layers: readonly string[], letter: string, every: number): readonly string[] {
  let left = every;
  return layers.map((layer) => {
    if (layer !== 'M') return layer;
    if (left < 0.5) {
      left += every;
      return letter;
    }
    left -= 1;
    return layer;
  });
}

/** Letters of all layers. Shares are between 0 and 1 and add up to at most 1. */
export function patternFromRatios(layers: number, attentionShare: number, mlpShare: number): string {
  const attention = halfToEven(layers * attentionShare);
  const mlp = halfToEven(layers * mlpShare);
  const all = Array.from({ length: layers }, () => 'M');
  const attending = spread(all, '*', (layers - attention) / (attention + 1));
  return mlp > 0 ? spread(attending, '-', (layers - attention - mlp) / mlp).join('') : attending.join('');
}

/** Python's `round`. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
