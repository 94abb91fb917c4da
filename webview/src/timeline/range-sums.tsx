/** What every stage does in the chosen stretch of time. */
import { useMemo } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { formatExactSeconds, formatPercent, formatSeconds } from '../format.ts';
import type { PanelState } from '../state.ts';
import { meanOf, type StageSums, type SumName, sumLabels, sumRange } from './sums.ts';

/** Stages that are listed; of more, the mean says what there is to say. */
const mostStages = 64;

export function RangeSums({ state, simulation }: { readonly state: PanelState; readonly simulation: Simulation }) {
  const range = state.timeline.range.value;
  const sums = useMemo(() => (range ? sumRange(simulation, range) : []), [range, simulation]);
  if (!range) return null;
  const mean = meanOf(sums);
  const names = (Object.keys(sumLabels) as SumName[]).filter((name) => sums.some((stage) => stage[name] > 0));
  const length = range.end - range.start;
  const share = (seconds: number): string => formatPercent(length > 0 ? seconds / length : 0);
  return (
    <section class="range" aria-label="Chosen stretch of time">
      <p role="status">
        <strong>{formatExactSeconds(length)}</strong> from {formatExactSeconds(range.start)} to {formatExactSeconds(range.end)}:{' '}
        {names.map((name) => `${sumLabels[name].toLowerCase()} ${share(mean[name])}`).join(', ')} on average.{' '}
        <button
          type="button"
          onClick={() => {
            state.timeline.range.value = undefined;
          }}
        >
          Clear
        </button>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scrolled" tabIndex={0} aria-label="Sums per stage">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              {names.map((name) => (
                <th scope="col" key={name}>
                  {sumLabels[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {simulation.request.stages > 1 && <SumRow label="Mean" sums={mean} names={names} share={share} />}
            {sums.slice(0, mostStages).map((stage) => (
              <SumRow key={stage.rank} label={String(stage.rank)} sums={stage} names={names} share={share} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface SumRowProps {
  readonly label: string;
  readonly sums: StageSums;
  readonly names: readonly SumName[];
  readonly share: (seconds: number) => string;
}

function SumRow({ label, sums, names, share }: SumRowProps) {
  return (
    <tr>
      <th scope="row">{label}</th>
      {names.map((name) => (
        <td key={name}>
          {formatSeconds(sums[name], 3)} <span class="share">{share(sums[name])}</span>
        </td>
      ))}
    </tr>
  );
}
