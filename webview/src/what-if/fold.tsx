/** The settings to try, folded into one line where there is little room: what they are, or what has come of those that are tried. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TrialState } from './trial.ts';

/** Where the settings leave enough room for the charts. */
const roomyWindow = '(min-width: 1000px) and (min-height: 640px)';

interface FoldProps {
  readonly trial: TrialState;
  readonly label: string;
  /** Something other than the file's own state is shown. */
  readonly tries: boolean;
  /** In the line while the settings are folded. */
  readonly brief: ComponentChildren;
  /** What is always in the line: the way back, and the way into the file. */
  readonly actions: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Fold({ trial, label, tries, brief, actions, children }: FoldProps) {
  const roomy = useRoom();
  const open = trial.open.value ?? roomy;
  return (
    <section class={`try${open ? ' open' : ''}${tries ? ' tried' : ''}`} aria-label={label}>
      <div class="strip">
        <button
          type="button"
          class="fold"
          aria-expanded={open}
          aria-controls="try-settings"
          onClick={() => {
            trial.open.value = !open;
          }}
        >
          <span class="chevron" aria-hidden="true" />
          What if
        </button>
        <span class="brief">{!open && brief}</span>
        {actions}
      </div>
      <div id="try-settings" class="tools" hidden={!open}>
        {children}
      </div>
    </section>
  );
}

/** Whether the window is large, now and when that changes. */
function useRoom(): boolean {
  const [roomy, setRoomy] = useState(() => window.matchMedia(roomyWindow).matches);
  useEffect(() => {
    const query = window.matchMedia(roomyWindow);
    const told = (): void => setRoomy(query.matches);
    query.addEventListener('change', told);
    return () => query.removeEventListener('change', told);
  }, []);
  return roomy;
}
