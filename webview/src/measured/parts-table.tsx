/** The parts of the step, predicted and measured: numbers, and two bars each on one scale. */
import type { ComparedPart } from '../../../server/src/core/measured/compare-step.ts';
import { partIds } from '../../../server/src/core/measured/parts.ts';
import { formatSeconds } from '../format.ts';
import { colorOf } from './tracks.ts';

export function PartsTable({ parts, step }: { readonly parts: readonly ComparedPart[]; readonly step: ComparedPart }) {
  const isCompared = step.predicted !== undefined;
  const longest = Math.max(...parts.flatMap(({ predicted = 0, measured }) => [predicted, measured]), 1e-12);
  const hides = parts.some(({ hidden }) => hidden !== undefined);
  return (
    <table class="measured-parts">
      <caption>Where the time of the step goes</caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          {isCompared && <th scope="col">Predicted</th>}
          <th scope="col">Measured</th>
          {isCompared && <th scope="col">Difference</th>}
          {hides && (
            <th scope="col" class="hidden-part" title="Seconds that ran beside computation">
              Hidden
            </th>
          )}
          <th scope="col" class="bars-head">
            {isCompared ? <span>Predicted above measured</span> : 'Measured'}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...parts, step].map((part) => (
          <tr key={part.id} class={part.id === 'step' ? 'sum' : ''}>
            <th scope="row">{part.label}</th>
            {isCompared && <td>{seconds(part.predicted)}</td>}
            <td>{seconds(part.measured)}</td>
            {isCompared && <Difference part={part} />}
            {hides && <td class="hidden-part">{seconds(part.hidden)}</td>}
            <td class="bars-cell">{part.id !== 'step' && <Bars part={part} longest={longest} isCompared={isCompared} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const seconds = (value: number | undefined): string => (value === undefined ? '' : formatSeconds(value, 3));

function Difference({ part: { difference: change, predicted = 0, measured } }: { readonly part: ComparedPart }) {
  if (change === undefined) return <td />;
  return (
    <td>
      {`${change > 0 ? '+' : change < 0 ? '−' : ''}${formatSeconds(Math.abs(change), 3)}`}
      {predicted > 0 && <span class="factor">{` (${(measured / predicted).toFixed(2)}×)`}</span>}
    </td>
  );
}

function Bars({ part, longest, isCompared }: { readonly part: ComparedPart; readonly longest: number; readonly isCompared: boolean }) {
  const id = partIds.find((one) => one === part.id) ?? 'idle';
  const width = (value: number): string => `${((100 * value) / longest).toFixed(2)}%`;
  const color = `var(${colorOf(id)})`;
  return (
    <div class="bars" aria-hidden="true">
      {isCompared && <div class="bar predicted" style={{ width: width(part.predicted ?? 0), borderColor: color }} />}
      <div class="bar" style={{ width: width(part.measured), background: color }} />
    </div>
  );
}
