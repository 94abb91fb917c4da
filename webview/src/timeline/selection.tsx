/** Under the timeline: what the selected operation waited for and what waited for it, as words to go there, and the critical path in figures. */
import { dependenciesOf } from '../../../server/src/core/schedules/operation-links.ts';
import { describe } from '../describe.ts';
import { formatPercent, formatSeconds } from '../format.ts';
import { criticalPathOf, linksOf } from './analysis.ts';
import { goTo, type KeyContext } from './keys.ts';
import { kindNames } from './kind-names.ts';

export function SelectionLinks(context: KeyContext) {
  const { state, simulation } = context;
  const index = state.selected.value;
  if (index === undefined) return null;
  const { waitedFor, waitedBy } = dependenciesOf(simulation, linksOf(simulation), index);
  const links = (label: string, operations: readonly number[]) =>
    operations.length > 0 && (
      <span>
        {label}{' '}
        {operations.map((operation) => (
          <button key={operation} type="button" class="link" onClick={() => goTo(context, operation)}>
            {describe(simulation, { type: 'operation', index: operation }).title}
          </button>
        ))}
      </span>
    );
  return (
    <section class="links" aria-label="Dependencies of the selected operation">
      <strong>{describe(simulation, { type: 'operation', index }).title}</strong> {links('waited for', waitedFor)}{' '}
      {links('is waited for by', waitedBy)}
    </section>
  );
}

/** Where the time of the longest chain goes. */
export function CriticalFigures({ state, simulation }: KeyContext) {
  if (!state.timeline.critical.value) return null;
  const { secondsByKind, secondsByRank, otherSeconds, operations } = criticalPathOf(simulation);
  const share = (seconds: number): string =>
    `${formatSeconds(seconds, 3)} (${formatPercent(seconds / Math.max(simulation.makespan, 1e-12))})`;
  const parts = [...secondsByKind].flatMap((seconds, kind) =>
    seconds > 0 ? [`${kindNames.get(kind)?.toLowerCase() ?? 'other'} ${share(seconds)}`] : [],
  );
  const most = secondsByRank.reduce((best, seconds, rank) => (seconds > (secondsByRank[best] ?? 0) ? rank : best), 0);
  return (
    <p class="critical" role="status">
      <span class="swatch critical" aria-hidden="true" />
      Critical path, {operations.length.toLocaleString('en')} operations and transfers: {parts.join(', ')}
      {otherSeconds > simulation.makespan * 1e-9 ? `, gaps and barriers ${share(otherSeconds)}` : ''}. Most of it on stage {most}:{' '}
      {share(secondsByRank[most] ?? 0)}.
    </p>
  );
}
