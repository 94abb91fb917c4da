/** Communication of a step by group and level, and between pairs of representative GPUs. */
import { useMemo, useRef } from 'preact/hooks';
import type { GroupTraffic, Traffic } from '../../../../server/src/core/profile/traffic.ts';
import { formatBytes, formatPercent } from '../../format.ts';
import { useWidth } from '../../use-width.ts';
import type { PanelView } from '../../views/view.ts';
import { DataTable, TableBelow } from '../data-table.tsx';
import { keep, keptText } from '../kept.ts';
import { TermCard } from '../term-card.tsx';
import { valueText } from '../term-words.ts';
import { type ProfileProps, withProfile } from '../with-profile.tsx';
import { type Cell, type Chosen, cellsOf, placeText } from './cells.ts';
import { HeatMap } from './heat-map.tsx';
import './heat-map.css';

const view = 'communication';

export const communicationView: PanelView = { id: view, label: 'Communication', component: withProfile(Communication) };

const columns = [
  { label: 'Traffic' },
  { label: 'Group', figures: true },
  { label: 'Inside a node', figures: true },
  { label: 'Sent inside nodes', figures: true },
  { label: 'Sent across nodes', figures: true },
  { label: 'Links busy', figures: true },
  { label: 'Waited for', figures: true },
  { label: 'Of the step', figures: true },
];

function Communication({ state, post, profile }: ProfileProps) {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const traffic = profile.traffic();
  const { groups } = traffic;
  const wanted = keptText(state, view, 'kind');
  const chosen: Chosen = groups.find(({ cost }) => cost.id === wanted)?.cost.id ?? 'all';
  const cells = useMemo(() => cellsOf(traffic.pairs, chosen), [traffic, chosen]);
  const open = groups.find(({ cost }) => cost.id === chosen);
  if (groups.length === 0) return <p class="why">Nothing is communicated between GPUs.</p>;
  const step = profile.estimate.time.step.value;
  return (
    <section aria-label="Communication" ref={box}>
      <div class="caption">
        <h2>Communication by level</h2>
        <span class="room">per GPU and step, of the rank that sends most of each kind</span>
      </div>
      <DataTable caption="Communication by level" columns={columns} rows={groups.map((group) => cellsOfGroup(group, step))} />
      <div class="caption">
        <h2>From GPU to GPU</h2>
        <label for="traffic-kind" class="hidden">
          Traffic
        </label>
        <select id="traffic-kind" value={chosen} onChange={({ currentTarget }) => keep(state, view, 'kind', currentTarget.value)}>
          <option value="all">All traffic</option>
          {groups.map(({ cost }) => (
            <option key={cost.id} value={cost.id}>
              {cost.label}
            </option>
          ))}
        </select>
        <span class="room">{traffic.pairs.ranks.length} representative GPUs; lines part nodes</span>
        <Scale cells={cells} />
      </div>
      {open && (
        <>
          <TermCard term={open.cost.bytes} post={post} />
          <TermCard term={open.cost.exposed} post={post} />
        </>
      )}
      {width > 0 && (
        <div class="scroll">
          <HeatMap traffic={traffic} cells={cells} width={width} label="Bytes per step from GPU to GPU" />
        </div>
      )}
      <p class="keys">
        Collectives are drawn as one ring over a group in the order of its ranks, exchanges of experts from every member to every other,
        stages to their neighbours. Arrows go from pair to pair.
      </p>
      <PairTable traffic={traffic} cells={cells} />
    </section>
  );
}

function cellsOfGroup({ cost, size, perNode, level, within, insideBytes, acrossBytes }: GroupTraffic, step: number) {
  return [
    cost.label,
    String(size),
    String(perNode),
    insideBytes > 0 ? `${formatBytes(insideBytes)} over ${within}` : '',
    acrossBytes > 0 ? `${formatBytes(acrossBytes)} over ${level}` : '',
    valueText(cost.busy.value, 's'),
    valueText(cost.exposed.value, 's'),
    step > 0 ? formatPercent(cost.exposed.value / step) : '',
  ];
}

/** From the least to the most that any pair sends. */
function Scale({ cells }: { readonly cells: readonly Cell[] }) {
  if (cells.length === 0) return null;
  const amounts = cells.map(({ bytes }) => bytes);
  return (
    <span class="heat-scale">
      {formatBytes(Math.min(...amounts))} <span class="swatch heat" aria-hidden="true" /> {formatBytes(Math.max(...amounts))}
    </span>
  );
}

/** Rows of the table of pairs; a map of more is read by its keys. */
const mostPairs = 200;

function PairTable({ traffic, cells }: { readonly traffic: Traffic; readonly cells: readonly Cell[] }) {
  const { ranks } = traffic.pairs;
  const sorted = [...cells].sort((a, b) => b.bytes - a.bytes || a.row - b.row || a.column - b.column);
  const name = (index: number): string => {
    const place = ranks[index];
    return place ? placeText(place, traffic) : '';
  };
  const rows = sorted.slice(0, mostPairs).map(({ row, column, bytes }) => [name(row), name(column), formatBytes(bytes)]);
  const caption = cells.length > mostPairs ? `The ${mostPairs} busiest of ${cells.length} pairs` : 'Pairs of GPUs';
  return <TableBelow caption={caption} columns={[{ label: 'From' }, { label: 'To' }, { label: 'Per step', figures: true }]} rows={rows} />;
}
