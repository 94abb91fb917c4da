/** The charts as tables, for those who read rather than look. */
import { formatCount, formatExactSeconds, formatPercent } from '../format.ts';
import { shortSeconds } from './figures.ts';
import type { ServingRun } from './run.ts';
import { rowsOf } from './series.ts';

/** Rows of the table of the time series. */
const mostRows = 24;

export function TextTables({ run }: { readonly run: ServingRun }) {
  return (
    <details class="tables">
      <summary>The charts as tables</summary>
      <CurveTable run={run} />
      <SeriesTable run={run} />
    </details>
  );
}

function CurveTable({ run: { curve, engines, points } }: { readonly run: ServingRun }) {
  return (
    <table>
      <caption>Latency against throughput</caption>
      <thead>
        <tr>
          {['Requests/s', 'TTFT, steady', 'TPOT, steady', 'TTFT, simulated', 'p99', 'TPOT, simulated', 'p99'].map((head, column) => (
            <th key={column} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {curve.points.map((point, index) => {
          const result = points[index]?.result;
          return (
            <tr key={point.part}>
              <th scope="row">{formatCount(point.rate * engines)}</th>
              <td>{shortSeconds(point.timeToFirstToken)}</td>
              <td>{shortSeconds(point.timePerToken)}</td>
              <td>{result ? shortSeconds(result.ttft.mean) : '…'}</td>
              <td>{result ? shortSeconds(result.ttft.p99) : '…'}</td>
              <td>{result ? shortSeconds(result.tpot.mean) : '…'}</td>
              <td>{result ? shortSeconds(result.tpot.p99) : '…'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function SeriesTable({ run: { result } }: { readonly run: ServingRun }) {
  return (
    <table>
      <caption>The engines over time</caption>
      <thead>
        <tr>
          {['From', 'Steps', 'Prompt tokens per step', 'Decoded per step', 'Running', 'Waiting', 'KV cache'].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rowsOf(result.series, mostRows).map((at) => (
          <tr key={at.start}>
            <th scope="row">{formatExactSeconds(at.start)}</th>
            <td>{at.steps}</td>
            <td>{formatCount(at.prefillTokens)}</td>
            <td>{formatCount(at.decodeTokens)}</td>
            <td>{at.running}</td>
            <td>{at.waiting}</td>
            <td>{formatPercent(at.kvShare)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
