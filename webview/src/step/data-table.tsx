/** A chart as a table, for those who read rather than look. Wide ones scroll by themselves, so that the page does not. */
import type { ComponentChild } from 'preact';

export interface DataColumn {
  readonly label: string;
  /** Figures stand to the right. */
  readonly figures?: boolean;
}

interface TableProps {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  /** The first cell of a row is its head. */
  readonly rows: readonly (readonly ComponentChild[])[];
  /** Where sums stand apart at the foot. */
  readonly foot?: readonly ComponentChild[];
}

export function DataTable({ caption, columns, rows, foot }: TableProps) {
  const cells = (row: readonly ComponentChild[]) =>
    columns.map(({ label, figures }, column) =>
      column === 0 ? (
        <th key={label} scope="row">
          {row[column]}
        </th>
      ) : (
        <td key={label} class={figures ? 'figure' : undefined}>
          {row[column]}
        </td>
      ),
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that is too wide is scrolled by keys, so it takes the focus
    <section class="scroll" aria-label={caption} tabIndex={0}>
      <table class="data">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ label, figures }) => (
              <th key={label} scope="col" class={figures ? 'figure' : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>{cells(row)}</tr>
          ))}
        </tbody>
        {foot && (
          <tfoot>
            <tr>{cells(foot)}</tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

/** The same, folded away under a chart. */
export function TableBelow(props: TableProps) {
  return (
    <details class="tables">
      <summary>{props.caption} as a table</summary>
      <DataTable {...props} />
    </details>
  );
}
