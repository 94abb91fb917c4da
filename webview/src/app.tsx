/** The training panel: header, controls, figures and the views, or why there is nothing to show. */
import { useEffect, useRef } from 'preact/hooks';
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { Controls } from './controls.tsx';
import { Assumptions, Header } from './header.tsx';
import type { PanelState } from './state.ts';
import { panelViews } from './views/index.ts';
import { Tabs } from './views/tabs.tsx';

interface AppProps {
  readonly state: PanelState;
  /** Whether the host can write files. */
  readonly writes: boolean;
  readonly post: (reply: PanelReply) => void;
}

export function App({ state, writes, post }: AppProps) {
  const shown = state.shown.value;
  const good = shown && !('refused' in shown) ? shown : undefined;
  const last = useRef<Simulation | undefined>(undefined);
  useEffect(() => {
    last.current = good ?? last.current;
  }, [good]);
  const why = state.why.value ?? (shown && 'refused' in shown ? shown.refused : undefined);
  return (
    <main class={state.why.value !== undefined ? 'stale' : good ? '' : 'refused'}>
      {why !== undefined && (
        <p class="why" role="status">
          {why}
        </p>
      )}
      <Header subject={state.subject.value} />
      <Controls state={state} writes={writes} post={post} />
      {state.job.value && <Tabs views={panelViews} state={state} post={post} simulation={good ?? last.current} />}
      <Assumptions assumptions={state.subject.value?.assumptions ?? []} />
    </main>
  );
}
