/** Where the operators of a layer stand under the roofs of the GPU (Williams et al. 2009, Roofline). */
import type { BytesPerSecond, FlopsPerSecond } from '../units.ts';
import type { LayerOperator } from './layer-operators.ts';

export interface RooflinePoint {
  readonly operator: LayerOperator;
  /** FLOPs per byte moved, and FLOPs per second reached; undefined where one of the two is not counted. */
  readonly place: { readonly intensity: number; readonly rate: FlopsPerSecond } | undefined;
  /** What its roof is made of at that intensity, and the share of it that is reached. */
  readonly bound: 'compute' | 'memory' | undefined;
  readonly ofRoof: number | undefined;
  /** Of the layer's time, forward and backward. */
  readonly share: number;
}

/** Most time first. */
export function rooflinePoints(operators: readonly LayerOperator[], bandwidth: BytesPerSecond): readonly RooflinePoint[] {
  const all = operators.reduce((sum, { seconds }) => sum + seconds, 0);
  return operators
    .map((operator): RooflinePoint => {
      const { flops, bytes, seconds, peak } = operator;
      const share = all > 0 ? seconds / all : 0;
      if (flops === undefined || bytes === undefined || flops <= 0 || bytes <= 0) {
        return { operator, place: undefined, bound: undefined, ofRoof: undefined, share };
      }
      const least = Math.max(flops / peak, bytes / bandwidth);
      return {
        operator,
        place: { intensity: flops / bytes, rate: flops / seconds },
        bound: flops / peak >= bytes / bandwidth ? 'compute' : 'memory',
        ofRoof: least / seconds,
        share,
      };
    })
    .sort((a, b) => b.share - a.share);
}
