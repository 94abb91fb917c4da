/** Numbers of two jobs and how they differ. */
import type { DifferenceRow } from '../../../server/src/protocol/what-if.ts';

interface DifferenceTableProps {
  readonly label: string;
  readonly rows: readonly DifferenceRow[];
  readonly before: string;
  readonly after: string;
}

export function DifferenceTable({ label, rows, before, after }: DifferenceTableProps) {
  return (
    <table aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Estimated</th>
          <th scope="col">{after}</th>
          <th scope="col">{before}</th>
          <th scope="col">Difference</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label} title={row.title}>
            <th scope="row">{row.label}</th>
            <td>{row.after}</td>
            <td>{row.before}</td>
            <td class={row.verdict ?? ''}>{row.change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
