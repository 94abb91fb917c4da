/** What the colours and hatchings stand for; waiting by cause with its share of the stages' time. */
import { type IdleSlots, idleCauseLabels, idleCauses } from '../../server/src/core/schedules/idle-slots.ts';
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import { formatPercent } from './format.ts';
import { tailLabels, tailSpans } from './layout.ts';
import { causeColors } from './theme.ts';
import { causeSeconds } from './timeline/summary.ts';

const tailNames = { gradientReduction: 'gradient-reduction', optimizer: 'optimizer', parameterGather: 'parameter-gather' } as const;

export function Legend({ simulation, idle }: { readonly simulation: Simulation; readonly idle: IdleSlots | undefined }) {
  const { request, transferOffset, computeCount } = simulation;
  const entries: [string, string][] = [
    ['forward', 'Forward'],
    ['backward', 'Backward'],
  ];
  if ((transferOffset[request.stages] ?? 0) > computeCount) entries.push(['transfer', 'Communication']);
  for (const { part } of tailSpans(simulation)) entries.push([tailNames[part], tailLabels[part]]);
  const whole = request.stages * simulation.stepSeconds;
  if (idle) {
    for (const [cause, seconds] of causeSeconds(idle)) {
      const name = idleCauses[cause];
      // What would be told as 0.0 % is not worth a line.
      if (name && seconds >= 0.0005 * whole)
        entries.push([`idle ${causeColors[name]}`, `${idleCauseLabels[name]} ${formatPercent(seconds / whole)}`]);
    }
  } else entries.push(['bubble', 'Bubble']);
  return (
    <ul class="legend" aria-label="Legend">
      {entries.map(([name, label]) => (
        <li key={label}>
          <span class={`swatch ${name}`} aria-hidden="true" />
          {label}
        </li>
      ))}
      {request.virtualStages > 1 && <li class="hint">Fainter: later chunks</li>}
    </ul>
  );
}
