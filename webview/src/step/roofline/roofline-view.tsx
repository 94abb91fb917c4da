/** The operators of a layer under the roofs of the GPU, with their share of the layer's time. */
import { useMemo, useRef } from 'preact/hooks';
import { rooflinePoints } from '../../../../server/src/core/profile/roofline.ts';
import { formatBytes, formatCount, formatPercent, formatScaled, formatSeconds } from '../../format.ts';
import { useWidth } from '../../use-width.ts';
import type { PanelView } from '../../views/view.ts';
import { DataTable } from '../data-table.tsx';
import { keep, keptText } from '../kept.ts';
import { type ProfileProps, withProfile } from '../with-profile.tsx';
import { RooflineChart } from './chart.tsx';
import { rooflineLayout } from './layout.ts';
import { boundText, operatorKinds, optionalText } from './words.ts';
import './roofline.css';

const view = 'roofline';

export const rooflineView: PanelView = { id: view, label: 'Roofline', component: withProfile(Roofline) };

const columns = [
  { label: 'Operator' },
  { label: 'Pass' },
  { label: 'Kind' },
  { label: 'Time', figures: true },
  { label: 'Share', figures: true },
  { label: 'FLOPs', figures: true },
  { label: 'Bytes moved', figures: true },
  { label: 'FLOP per byte', figures: true },
  { label: 'FLOP/s', figures: true },
  { label: 'Of its roof' },
];

function Roofline({ state, profile }: ProfileProps) {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const layers = profile.layers();
  const roofs = profile.roofs();
  const wanted = keptText(state, view, 'layer');
  const layer = layers.find(({ kind }) => String(kind) === wanted) ?? layers[0];
  const points = useMemo(() => rooflinePoints(layer?.operators ?? [], roofs.bandwidth), [layer, roofs]);
  const layout = useMemo(() => (width > 0 ? rooflineLayout(points, roofs, width) : undefined), [points, roofs, width]);
  if (!layer) return <p class="why">The model has no layers.</p>;
  const all = points.reduce((sum, { operator }) => sum + operator.seconds, 0);
  return (
    <section aria-label="Roofline" ref={box}>
      <div class="caption">
        <h2>Operators of a layer</h2>
        {layers.length > 1 && (
          <>
            <label for="layer-kind" class="hidden">
              Kind of layer
            </label>
            <select
              id="layer-kind"
              value={String(layer.kind)}
              onChange={({ currentTarget }) => keep(state, view, 'layer', currentTarget.value)}
            >
              {layers.map(({ kind, label, count }) => (
                <option key={kind} value={String(kind)}>
                  {label} ({count})
                </option>
              ))}
            </select>
          </>
        )}
        <span class="room">
          {layers.length > 1 ? '' : `${layer.label}, `}one micro batch on one GPU: {formatSeconds(all)}
        </span>
      </div>
      <ul class="legend" aria-label="Legend">
        {(Object.keys(operatorKinds) as (keyof typeof operatorKinds)[]).map((kind) => (
          <li key={kind}>
            <span class={`swatch mark-${kind}`} aria-hidden="true" />
            {operatorKinds[kind]}
          </li>
        ))}
        <li class="hint">Round: forward. Square: backward. Area: share of the time.</li>
      </ul>
      {layout && <RooflineChart layout={layout} label={`Operators of a layer under the roofs of ${profile.gpu}`} />}
      <DataTable
        caption="Operators of a layer"
        columns={columns}
        rows={points.map((point, index) => [
          `${index + 1}. ${point.operator.label}`,
          point.operator.pass,
          operatorKinds[point.operator.kind],
          formatSeconds(point.operator.seconds),
          formatPercent(point.share),
          optionalText(point.operator.flops, (value) => formatScaled(value)),
          optionalText(point.operator.bytes, (value) => formatBytes(value)),
          optionalText(point.place?.intensity, formatCount),
          optionalText(point.place?.rate, (value) => formatScaled(value)),
          boundText(point),
        ])}
      />
    </section>
  );
}
