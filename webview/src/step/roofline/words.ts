/** Words for an operator under the roofs. Pure. */
import type { OperatorKind } from '../../../../server/src/core/profile/layer-operators.ts';
import type { RooflinePoint } from '../../../../server/src/core/profile/roofline.ts';
import type { Description } from '../../describe.ts';
import { formatBytes, formatCount, formatPercent, formatScaled, formatSeconds } from '../../format.ts';

export const operatorKinds: Readonly<Record<OperatorKind, string>> = {
  product: 'Matrix product',
  attention: 'Attention or scan',
  'memory-bound': 'Memory-bound kernel',
};

const boundWords = { compute: 'FLOP/s', memory: 'memory bandwidth' } as const;

/** What limits an operator, and how far it gets: "71.3 % of memory bandwidth". */
export function boundText({ bound, ofRoof }: RooflinePoint): string {
  return bound === undefined || ofRoof === undefined ? 'not counted' : `${formatPercent(ofRoof)} of ${boundWords[bound]}`;
}

/** An amount that is not known of every operator. */
export const optionalText = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? 'not counted' : format(value);

export function describePoint(point: RooflinePoint): Description {
  const { operator, place, share } = point;
  return {
    title: `${operator.label}, ${operator.pass}`,
    rows: [
      ['Kind', operatorKinds[operator.kind]],
      ['Time', `${formatSeconds(operator.seconds)}, ${formatPercent(share)} of the layer`],
      ['FLOPs', optionalText(operator.flops, (value) => formatScaled(value, 'FLOP'))],
      ['Bytes moved', optionalText(operator.bytes, (value) => formatBytes(value))],
      ['Intensity', optionalText(place?.intensity, (value) => `${formatCount(value)} FLOP per byte`)],
      ['Reached', optionalText(place?.rate, (value) => formatScaled(value, 'FLOP/s'))],
      ['Bound by', boundText(point)],
    ],
  };
}
