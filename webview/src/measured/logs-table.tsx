/** Figures of logs beside those of the estimate. */
import type { ComparedFigure } from '../../../server/src/core/measured/compared-figure.ts';
import type { PanelLog } from '../../../server/src/protocol/measured.ts';
import { formatBytes, formatCount, formatSeconds } from '../format.ts';

export function LogsTable({ log }: { readonly log: PanelLog }) {
  return (
    <table class="measured-parts">
      <caption>{log.title}</caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">Predicted</th>
          <th scope="col">Measured</th>
          <th scope="col">Eight of ten lie between</th>
        </tr>
      </thead>
      <tbody>
        {log.figures.map((figure) => (
          <tr key={`${figure.label} ${figure.unit}`}>
            <th scope="row">{figure.label}</th>
            <td>{written(figure, figure.predicted)}</td>
            <td>{written(figure, figure.measured)}</td>
            <td>{figure.low === undefined ? '' : `${written(figure, figure.low)} and ${written(figure, figure.high)}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function written({ unit }: ComparedFigure, value: number | undefined): string {
  if (value === undefined) return '';
  if (unit === 's') return formatSeconds(value);
  if (unit === 'B') return formatBytes(value);
  if (unit === 'FLOP/s') return `${formatCount(value / 1e12)} TFLOP/s`;
  const text = value >= 1e4 ? Math.round(value).toLocaleString('en') : formatCount(value);
  return unit === '1' ? text : `${text} ${unit}`;
}
