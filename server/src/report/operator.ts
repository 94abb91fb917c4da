/** An operator of PyTorch opened up, in Markdown: its formula, and on each GPU its place under the roof and its time. */
import { type KnownOperator, operatorFigures } from '../core/kernels/operators/figures.ts';
import type { KernelsAnalysis } from '../engine/analysis.ts';
import { formatBytes, formatSeconds, formatValue } from '../engine/format.ts';
import { operatorTime } from '../engine/operator-summary.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';

function formulaOf({ call, product, attention }: KnownOperator): string {
  if (call.kind === 'product' && product) {
    const written = [...call.batch, ...call.m, call.n, call.k].map(({ text }) => text).join(' x ');
    return `FLOPs = 2 x ${written}`;
  }
  const pairs = attention?.causal ? 'pairs of query and key that the mask lets through' : 'queries x keys';
  return `FLOPs = 4 x batch x heads x ${pairs} x head size`;
}

export function operatorMarkdown(operator: KnownOperator, { devices, isDeviceNamed }: KernelsAnalysis): string {
  const rows = devices.flatMap(({ label, accelerator }) => {
    const figures = operatorFigures(operator, accelerator);
    if (!figures) return [];
    const { bytes, intensity, ridge, bound, least, seconds } = figures;
    return [
      [
        plain(label),
        formatBytes(bytes),
        intensity.toFixed(0),
        ridge.toFixed(0),
        bound,
        formatSeconds(least),
        operatorTime(figures),
        `${Math.round((100 * least) / seconds)} %`,
      ],
    ];
  });
  return sections([
    `**${code(operator.call.name)}** ${plain(operator.sizes)}, ${operator.format}${operator.isFormatAssumed ? ' (assumed)' : ''}`,
    `${formatValue(operator.flops, 'FLOP')}: ${code(formulaOf(operator))}`,
    tableOf(['device', 'bytes', 'FLOP per byte', 'ridge', 'bound', 'roof', 'time', 'of the roof'], rows, [1, 2, 3, 5, 6, 7]),
    'Forward pass alone, operands read once. Time by the fitted model of single kernels, without launch overhead of the host; brackets: nine of ten published single kernels lie within (docs/accuracy.md).',
    isDeviceNamed ? undefined : 'No GPU is named, so usual ones are shown: name one in the settings or with `# rooflint: gpu=h100`.',
  ]);
}
