/** The simulated figures beside those of the file, and the percentiles of every latency. */
import { figureRows, latencyColumns, latencyRows } from './figures.ts';
import type { ServingRun } from './run.ts';

interface TablesProps {
  readonly run: ServingRun;
  /** The run of the file's own state, when something else is tried. */
  readonly file: ServingRun | undefined;
  readonly tried: boolean;
}

export function FigureTable({ run, file, tried }: TablesProps) {
  return (
    <section class="comparison" aria-label="Simulated figures">
      <table>
        <thead>
          <tr>
            <th scope="col">Simulated</th>
            <th scope="col">{tried ? 'Tried here' : 'This file'}</th>
            <th scope="col" title={run.band.basis}>
              Band
            </th>
            {tried && <th scope="col">This file</th>}
            {tried && <th scope="col">Difference</th>}
          </tr>
        </thead>
        <tbody>
          {figureRows(run, tried ? file : undefined).map((row) => (
            <tr key={row.label} title={row.title}>
              <th scope="row">{row.label}</th>
              <td>{row.text}</td>
              <td class="band">{row.band}</td>
              {tried && <td>{file ? row.file : '…'}</td>}
              {tried && <td class={row.judged}>{row.change}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function LatencyTable({ run }: { readonly run: ServingRun }) {
  return (
    <section class="latencies" aria-label="Latencies">
      <h2>Latencies</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">Latency</span>
            </th>
            {latencyColumns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {latencyRows(run).map(({ label, title, cells }) => (
            <tr key={label} title={title}>
              <th scope="row">{label}</th>
              {cells.map(({ text, band }, index) => (
                <td key={latencyColumns[index]}>
                  {text}
                  <span class="band">{band}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
