/** The button that searches among schedules, and what it found: a table to try them from. */
import { schedules } from '../../../server/src/core/schedules/index.ts';
import type { ScheduleRow, SchedulesFound } from '../../../server/src/protocol/schedules.ts';
import type { Post } from '../control.tsx';
import { choose, type PanelState } from '../state.ts';
import { foundFor, startSearch, stopSearch } from './search-state.ts';

interface ScheduleSearchProps {
  readonly state: PanelState;
  readonly post: Post;
}

export function ScheduleSearch({ state, post }: ScheduleSearchProps) {
  const job = state.job.value;
  const change = state.change.value;
  if (!job || job.request.stages < 2) return null;
  const isSearching = state.search.asked.value !== undefined;
  const result = foundFor(state.search, job, change);
  return (
    <section class="schedule-search" aria-label="Search among schedules">
      <div class="search-line">
        <button type="button" onClick={() => (isSearching ? stopSearch(state.search, post) : startSearch(state.search, job, change, post))}>
          {isSearching ? 'Stop searching' : result ? 'Search schedules again' : 'Search schedules'}
        </button>
        <span class="muted" role="status">
          {isSearching ? 'estimating every schedule that the framework runs …' : result ? stateOf(result) : ''}
        </span>
      </div>
      {result && <Found state={state} found={result.found} />}
    </section>
  );
}

function stateOf({ found, isCurrent }: { readonly found: SchedulesFound; readonly isCurrent: boolean }): string {
  if (!isCurrent) return 'found for other values than those shown';
  const [best] = found.rows;
  if (!best?.figures) return found.rows.length > 0 ? 'none can run' : '';
  if (best.rejected !== undefined) return 'none fits';
  return best.isCurrent ? 'the fastest that fits runs already' : `fastest that fits: ${nameOf(best)}`;
}

const nameOf = ({ label, virtualStages }: ScheduleRow): string => `${label}${virtualStages > 1 ? `, VPP ${virtualStages}` : ''}`;
const verdicts = { yes: 'yes', close: 'perhaps', no: 'no' } as const;

function Found({ state, found: { rows, words } }: { readonly state: PanelState; readonly found: SchedulesFound }) {
  const estimated = rows.filter(({ figures }) => figures !== undefined);
  const others = rows.filter(({ figures }) => figures === undefined);
  return (
    <>
      {estimated.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what can be scrolled
        <section class="found" tabIndex={0} aria-label="Schedules found">
          <table aria-label="Schedules, the fastest that fits first">
            <thead>
              <tr>
                <th scope="col">
                  <span class="hidden">Try</span>
                </th>
                <th scope="col">Schedule</th>
                <th scope="col">Step</th>
                <th scope="col">Difference</th>
                <th scope="col">Bubble</th>
                <th scope="col">Fullest stage</th>
                <th scope="col">Fits</th>
              </tr>
            </thead>
            <tbody>
              {estimated.map((row) => (
                <Row key={nameOf(row)} state={state} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {others.length > 0 && (
        <details class="rejected">
          <summary>{others.length} not estimated</summary>
          <ul class="note">
            {others.map((row) => (
              <li key={nameOf(row)}>
                <b>{nameOf(row)}</b>: {row.rejected}
              </li>
            ))}
          </ul>
        </details>
      )}
      {words.map((text) => (
        <p key={text} class="note">
          {text}
        </p>
      ))}
    </>
  );
}

function Row({ state, row }: { readonly state: PanelState; readonly row: ScheduleRow }) {
  const { figures, isCurrent, rejected, virtualStages } = row;
  const id = schedules.find((schedule) => schedule.id === row.name)?.id;
  const shown = state.choice.value;
  const isShown = shown?.name === row.name && shown.virtualStages === virtualStages;
  if (!figures) return null;
  return (
    <tr class={rejected === undefined ? '' : 'too-full'} title={rejected ?? ''}>
      <td>
        {id !== undefined && (
          <button
            type="button"
            aria-pressed={isShown}
            aria-label={`${isShown ? 'shown' : 'Try'}: ${nameOf(row)}`}
            onClick={() => choose(state, { name: id, virtualStages })}
          >
            {isShown ? 'shown' : 'Try'}
          </button>
        )}
      </td>
      <th scope="row">
        {nameOf(row)}
        {isCurrent && <span class="muted"> now</span>}
      </th>
      <td>{figures.step}</td>
      <td class={figures.verdict ?? ''}>{figures.change ?? ''}</td>
      <td>{figures.bubble}</td>
      <td>
        {figures.memory} <span class="muted">on {figures.rank}</span>
      </td>
      <td class={figures.fits === 'no' ? 'worse' : ''}>{verdicts[figures.fits]}</td>
    </tr>
  );
}
