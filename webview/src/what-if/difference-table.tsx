/** Numbers of two jobs and how they differ; parts of a number only for those who ask. */
import { useState } from 'preact/hooks';
import type { DifferenceRow } from '../../../server/src/protocol/what-if.ts';
import { Banded } from '../banded.tsx';

interface DifferenceTableProps {
  readonly label: string;
  readonly rows: readonly DifferenceRow[];
  readonly before: string;
  readonly after: string;
  /** Whether the parts are shown before anybody asks. */
  readonly whole?: boolean;
}

export function DifferenceTable({ label, rows, before, after, whole = false }: DifferenceTableProps) {
  const [open, setOpen] = useState(whole);
  const hasDetails = rows.some(({ detail }) => detail === true);
  return (
    <>
      <table class="differences" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Estimated</th>
            <th scope="col">{after}</th>
            <th scope="col">{before}</th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .filter(({ detail }) => open || detail !== true)
            .map((row) => (
              <tr key={row.label} title={row.title}>
                <th scope="row">{row.label}</th>
                <Figure text={row.after} />
                <Figure text={row.before} />
                <td class={row.verdict ?? ''}>{row.change}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {hasDetails && (
        <button type="button" class="details" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fewer numbers' : 'Every stage and kind of communication'}
        </button>
      )}
    </>
  );
}

function Figure({ text }: { readonly text: string }) {
  return (
    <td title={text}>
      <Banded text={text} />
    </td>
  );
}
