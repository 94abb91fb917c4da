/** Parameters, FLOPs and bytes of weights by part of the model, with each share as a bar. A table, so it needs no other. */
import { flopsConventions } from '../../../../server/src/core/compute/flops-conventions.ts';
import type { BlockRow, BlockTable } from '../../../../server/src/core/profile/block-table.ts';
import { formatBytes, formatPercent, formatScaled } from '../../format.ts';
import type { PanelView } from '../../views/view.ts';
import { DataTable } from '../data-table.tsx';
import { type ProfileProps, withProfile } from '../with-profile.tsx';

export const blocksView: PanelView = { id: 'blocks', label: 'Parameters', component: withProfile(Blocks) };

const columns = [
  { label: 'Part' },
  { label: 'Layers', figures: true },
  { label: 'Parameters', figures: true },
  { label: 'Share of parameters', figures: true },
  { label: 'Weights', figures: true },
  { label: 'FLOPs per step', figures: true },
  { label: 'Share of FLOPs', figures: true },
];

function Blocks({ profile }: ProfileProps) {
  const table = profile.blocks();
  const convention = flopsConventions[table.convention];
  return (
    <section aria-label="Parameters">
      <div class="caption">
        <h2>Parameters by block</h2>
        <span class="room">
          {formatScaled(table.parameters)} parameters, {formatBytes(table.bytes)} of weights
        </span>
      </div>
      <DataTable
        caption="Parameters by block"
        columns={columns}
        rows={table.rows.flatMap((row) => [cellsOf(row, table, row.count), ...row.parts.map((part) => cellsOf(part, table))])}
        foot={[
          'Model',
          '',
          formatScaled(table.parameters),
          '100.0 %',
          formatBytes(table.bytes),
          formatScaled(table.flops, 'FLOP'),
          '100.0 %',
        ]}
      />
      <p class="keys">
        FLOPs of a step over all GPUs as {convention.label} counts them: {convention.formula}. Weights of the whole model, before they are
        divided.
      </p>
    </section>
  );
}

/** A part of a layer is set in; `count` is known of whole rows only. */
function cellsOf(row: Omit<BlockRow, 'parts' | 'count'>, table: BlockTable, count?: number) {
  return [
    <span key="name" class={count === undefined ? 'part' : undefined}>
      {row.label}
    </span>,
    count === undefined ? '' : String(count),
    formatScaled(row.parameters),
    <Share key="parameters" value={row.parameters} of={table.parameters} faint={count === undefined} />,
    formatBytes(row.bytes),
    row.flops > 0 ? formatScaled(row.flops, 'FLOP') : '',
    row.flops > 0 ? <Share key="flops" value={row.flops} of={table.flops} faint={count === undefined} /> : '',
  ];
}

function Share({ value, of, faint }: { readonly value: number; readonly of: number; readonly faint: boolean }) {
  const share = of > 0 ? value / of : 0;
  return (
    <span class={faint ? 'share-bar faint' : 'share-bar'}>
      <span class="fill" aria-hidden="true" style={{ width: `${share * 100}%` }} />
      <span class="text">{formatPercent(share)}</span>
    </span>
  );
}
