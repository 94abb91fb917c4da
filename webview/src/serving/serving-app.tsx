/** The panel of a server: what it is asked to do, what comes of it, and how that moves with the load. */
import { useRef } from 'preact/hooks';
import type { Post } from '../control.tsx';
import { Assumptions, Header } from '../header.tsx';
import { Tooltip } from '../tooltip.tsx';
import { useWidth } from '../use-width.ts';
import { CurveView } from './curve-view.tsx';
import { describeStretch } from './describe.ts';
import { FigureTable, LatencyTable } from './figure-tables.tsx';
import { overloadText } from './figures.ts';
import { LoadControls } from './load-controls.tsx';
import type { ServingRun } from './run.ts';
import { stretchOf } from './series.ts';
import { SeriesView } from './series-view.tsx';
import { type ServingState, triesOther } from './serving-state.ts';
import { TextTables } from './text-tables.tsx';

interface ServingAppProps {
  readonly state: ServingState;
  readonly post: Post;
}

export function ServingApp({ state, writes, post }: ServingAppProps & { readonly writes: boolean }) {
  const run = state.shown.value;
  const why = state.why.value ?? state.refused.value;
  const overloaded = run && !state.stale.value ? overloadText(run) : undefined;
  const tried = triesOther(state);
  return (
    <main class={state.why.value !== undefined ? 'stale' : state.refused.value !== undefined ? 'refused' : ''}>
      {[why, overloaded].map(
        (text, index) =>
          text !== undefined && (
            <p class="why" role="status" key={index}>
              {text}
            </p>
          ),
      )}
      <Header subject={state.tried.value} />
      <LoadControls state={state} writes={writes} post={post} />
      {run && (
        <div class={state.stale.value ? 'figures outdated' : 'figures'} aria-busy={!run.done || state.stale.value}>
          <FigureTable run={run} file={state.fromFile.value} tried={tried} />
        </div>
      )}
      {run ? <Charts state={state} run={run} post={post} /> : why === undefined && <p role="status">Simulating …</p>}
      <Assumptions assumptions={assumptionsOf(state, run)} />
      <SeriesTooltip state={state} run={run} />
    </main>
  );
}

function Charts({ state, run, post }: ServingAppProps & { readonly run: ServingRun }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  return (
    <div ref={box} class={state.stale.value ? 'outdated' : ''}>
      {width > 0 && <CurveView state={state} run={run} width={width} />}
      {width > 0 && (
        <SeriesView
          state={state}
          run={run}
          width={width}
          drawn={(milliseconds) => post({ type: 'drawn', operations: run.result.steps, milliseconds })}
        />
      )}
      <LatencyTable run={run} />
      <TextTables run={run} />
    </div>
  );
}

/** What nobody stated about the load comes first, then the estimate's own and the simulation's. */
function assumptionsOf(state: ServingState, run: ServingRun | undefined): readonly string[] {
  const file = state.file.value;
  const assumed = file && !('refused' in file) ? file.assumed : [];
  return [
    ...assumed.map((text) => `${text}: no setting of rooflint.load says it`),
    ...(state.job.value?.assumptions ?? []),
    ...roleOf(state),
    ...(run?.assumptions ?? []).map(({ value, why }) => `${value} (${why})`),
    'Simulated requests arrive at random (Poisson), all with the same lengths, and go to the engine with the fewest (seed 1).',
    ...(run ? [`Bands: the whole simulation again with every step ${bandText(run)} as long (${run.band.basis}).`] : []),
  ];
}

/** Prefill and decode apart need both kinds of engines, of which a launch is one. */
function roleOf(state: ServingState): readonly string[] {
  const role = state.job.value?.job['serving.role'];
  return role === 'prefill' || role === 'decode' ? [`Simulated as an engine that does both, though this one is for ${role} only.`] : [];
}

const bandText = ({ band }: ServingRun): string => `${band.low.toFixed(2)} and ${band.high.toFixed(2)} times`;

function SeriesTooltip({ state, run }: { readonly state: ServingState; readonly run: ServingRun | undefined }) {
  const pointer = state.pointer.value;
  if (!pointer || !run || pointer.chart !== 'series') return null;
  const stretch = stretchOf(run.result.series, pointer.index, pointer.index + 1);
  return <Tooltip x={pointer.x} y={pointer.y} description={describeStretch(stretch, run.engine.kvTokens)} />;
}
