/** Another job beside the one of the panel: what the host sent, simulated with the panel's own copy of the core. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Refused, type Simulation, simulate } from '../../../server/src/core/schedules/simulate.ts';
import type { PanelMessage } from '../../../server/src/protocol/panel.ts';
import type { OtherJob } from '../../../server/src/protocol/what-if.ts';

type BesideMessage = Extract<PanelMessage, { readonly type: 'beside' }>;

export interface BesideState {
  readonly message: Signal<BesideMessage | undefined>;
  /** What may be chosen, where the host leaves the choice to the panel. */
  readonly others: Signal<readonly OtherJob[] | undefined>;
  readonly simulation: ReadonlySignal<Simulation | Refused | undefined>;
}

export function createBeside(): BesideState {
  const message = signal<BesideMessage | undefined>(undefined);
  const simulation = computed((): Simulation | Refused | undefined => {
    const shown = message.value?.shown;
    if (!shown) return undefined;
    if (shown.type === 'empty') return { refused: shown.why };
    return shown.type === 'job'
      ? simulate(shown.job.request)
      : { refused: 'that is a server: there is no pipeline to put beside this one' };
  });
  return { message, others: signal(undefined), simulation };
}

/** True of a message that is about another job. */
export function takeBeside(state: BesideState, message: PanelMessage): boolean {
  if (message.type === 'beside') {
    state.message.value = message;
    state.others.value = undefined;
    return true;
  }
  if (message.type !== 'others') return false;
  state.others.value = message.jobs;
  return true;
}

export function forgetBeside(state: BesideState): void {
  state.message.value = undefined;
  state.others.value = undefined;
}
