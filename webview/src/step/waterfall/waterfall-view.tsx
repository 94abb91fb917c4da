/** The step as a waterfall: what a stage does and waits for, one bar after the other, each with its term under it when opened. */
import type { IdleSlots } from '../../../../server/src/core/schedules/idle-slots.ts';
import type { Simulation } from '../../../../server/src/core/schedules/simulate.ts';
import { formatPercent } from '../../format.ts';
import { useIdle } from '../../timeline/use-idle.ts';
import type { PanelView } from '../../views/view.ts';
import { TableBelow } from '../data-table.tsx';
import { keep, keptText } from '../kept.ts';
import { StageSelect } from '../stage-select.tsx';
import { TermCard } from '../term-card.tsx';
import { bandText, valueText } from '../term-words.ts';
import { type ProfileProps, withProfile } from '../with-profile.tsx';
import { kindLabels, kindShares, type WaterfallRow, waterfallRows } from './rows.ts';

const view = 'step';

export const waterfallView: PanelView = { id: view, label: 'Step time', component: withProfile(Waterfall) };

function Waterfall(props: ProfileProps) {
  const { simulation, state } = props;
  // What is drawn elsewhere may be a schedule that is only tried, until the host has read the job with it.
  const own = simulation !== undefined && simulation.request === state.subject.value?.request;
  return own ? <WithCauses {...props} simulation={simulation} /> : <Bars {...props} idle={undefined} />;
}

function WithCauses(props: ProfileProps & { readonly simulation: Simulation }) {
  return <Bars {...props} idle={useIdle(props.simulation, true)} />;
}

/** `idle`: the causes of the bubble, where they are known. */
function Bars({ state, post, profile, idle }: ProfileProps & { readonly idle: IdleSlots | undefined }) {
  const stage = Math.min(state.stage.value ?? profile.busiest, profile.stages - 1);
  const { whole, bars } = profile.stepOf(stage, idle);
  const rows = waterfallRows(bars, whole.value);
  const open = keptText(state, view, 'open');
  const toggle = (id: string): void => keep(state, view, 'open', open === id ? '' : id);
  return (
    <section aria-label="Step time">
      <div class="caption">
        <h2>Step time {valueText(whole.value, 's')}</h2>
        <StageSelect id="step-stage" state={state} stages={profile.stages} usual={profile.busiest} usualLabel="Busiest stage" />
        <span class="room">{bandText(whole)}</span>
      </div>
      <ul class="legend" aria-label="Legend">
        {kindShares(rows).map(([kind, share]) => (
          <li key={kind}>
            <span class={`swatch bar-${kind}`} aria-hidden="true" />
            {kindLabels[kind]} {formatPercent(share)}
          </li>
        ))}
      </ul>
      <ol class="waterfall">
        {rows.map((row) => (
          <li key={row.id}>
            <Bar row={row} open={open === row.id} toggle={toggle} />
            {open === row.id && <TermCard id={`term-${row.id}`} term={row.term} post={post} whole={whole} />}
          </li>
        ))}
      </ol>
      <TableBelow
        caption={`Step time of stage ${stage}`}
        columns={[
          { label: 'Part' },
          { label: 'Kind' },
          { label: 'Time', figures: true },
          { label: 'Share', figures: true },
          { label: 'Starts at', figures: true },
        ]}
        rows={rows.map(({ term, kind, start, length }) => [
          term.label,
          kindLabels[kind],
          valueText(term.value, 's'),
          formatPercent(length),
          valueText(start * whole.value, 's'),
        ])}
        foot={['Step', '', valueText(whole.value, 's'), '100.0 %', '']}
      />
    </section>
  );
}

interface BarProps {
  readonly row: WaterfallRow;
  readonly open: boolean;
  readonly toggle: (id: string) => void;
}

function Bar({ row: { id, kind, term, start, length }, open, toggle }: BarProps) {
  return (
    <button
      type="button"
      class="bar"
      title={`${kindLabels[kind]}: show the formula, its inputs and its source`}
      aria-expanded={open}
      aria-controls={open ? `term-${id}` : undefined}
      onClick={() => toggle(id)}
    >
      <span class="name">{term.label}</span>
      <span class="track" aria-hidden="true">
        <span class={`fill bar-${kind}`} style={{ left: `${start * 100}%`, width: `${length * 100}%` }} />
      </span>
      <span class="value">{valueText(term.value, 's')}</span>
      <span class="share">{formatPercent(length)}</span>
    </button>
  );
}
