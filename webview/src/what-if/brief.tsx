/** One line about what is tried: the numbers that change with it, or the values of the file while nothing is. */
import type { WhatIfAnswer } from '../../../server/src/protocol/panel.ts';
import type { DifferenceRow, WhatIfControl } from '../../../server/src/protocol/what-if.ts';

/** More of them would not fit beside the buttons; the table has them all. */
const mostShown = 4;

/** How the tried values change the estimate, in the first numbers that do. */
export function Differences({ answer }: { readonly answer: WhatIfAnswer | undefined }) {
  if (!answer) return <span class="muted">working it out …</span>;
  const changed = firstChanged(answer.rows);
  if (changed.length === 0) return <span class="muted">nothing changes</span>;
  return (
    <>
      {changed.map(({ label, change, verdict, before, after }) => (
        <span key={label} title={`${label}: ${before} in the file, ${after} tried`}>
          {label} <b class={verdict ?? ''}>{change}</b>
        </span>
      ))}
    </>
  );
}

function firstChanged(rows: readonly DifferenceRow[]): readonly DifferenceRow[] {
  return rows.filter(({ detail, change }) => detail !== true && /^[+−]/.test(change)).slice(0, mostShown);
}

/** Values as somebody would name a run: what is first, then every degree of parallelism that is more than one. */
export function valuesText(first: readonly string[], controls: readonly WhatIfControl[]): string {
  const degrees = controls.flatMap(({ field, label, value }) =>
    field.startsWith('parallel.') && typeof value === 'number' && value > 1 ? [`${label} ${value}`] : [],
  );
  return [...first, ...degrees].join(', ');
}
