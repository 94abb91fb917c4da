/** What the tried values mean for the file: the buttons that drop and write them, the findings they bring and take away, and the patch. */
import type { WhatIfAnswer } from '../../../server/src/protocol/panel.ts';
import type { Change, ChangedFinding } from '../../../server/src/protocol/what-if.ts';
import type { Post } from '../control.tsx';
import { isEmpty, type TrialState } from './trial.ts';

interface ActionsProps {
  readonly trial: TrialState;
  readonly answer: WhatIfAnswer | undefined;
  readonly change: Change;
  /** Something is tried, be it the load, which no file says. */
  readonly tries: boolean;
  readonly reset: () => void;
  readonly writes: boolean;
  readonly post: Post;
}

/** The way back to the file, the way into it, and what came of it. */
export function Actions({ trial, answer, change, tries, reset, writes, post }: ActionsProps) {
  const written = trial.written.value;
  const hindrance = hindranceOf(answer, change);
  return (
    <div class="actions">
      {written && <span role="status">{written.text}</span>}
      {hindrance !== undefined && <span class="hindrance">{hindrance}</span>}
      <button type="button" class="reset" disabled={!tries} onClick={reset}>
        Reset to file
      </button>
      {writes && (
        <button
          type="button"
          class="apply"
          disabled={!canWrite(answer, change) || trial.applying.value !== undefined}
          title={hindrance ?? 'Write what is tried into the file'}
          onClick={() => {
            trial.written.value = undefined;
            trial.applying.value = { toldAnew: false };
            post({ type: 'apply', change });
          }}
        >
          Apply to file
        </button>
      )}
    </div>
  );
}

function canWrite(answer: WhatIfAnswer | undefined, change: Change): boolean {
  return !isEmpty(change) && answer !== undefined && answer.unwritable.length === 0 && (answer.patch !== '' || answer.settings.length > 0);
}

/** Why nothing can be written, where something is tried that a file could say. */
function hindranceOf(answer: WhatIfAnswer | undefined, change: Change): string | undefined {
  return isEmpty(change) || !answer ? undefined : answer.unwritable[0];
}

interface ConsequencesProps {
  readonly answer: WhatIfAnswer | undefined;
  readonly change: Change;
  readonly writes: boolean;
}

export function Consequences({ answer, change, writes }: ConsequencesProps) {
  if (isEmpty(change) || !answer) return null;
  const { findings, unwritable, settings, patch } = answer;
  return (
    <div class="outcome">
      {unwritable.length > 0 && <Sentences name="Not written" texts={unwritable} />}
      {findings.length > 0 && (
        <ul class="findings" aria-label="Findings of the tried values">
          {findings.map((finding) => (
            <Finding key={finding.text} finding={finding} />
          ))}
        </ul>
      )}
      {settings.length > 0 && <Sentences name="Settings that change" texts={settings} />}
      {patch !== '' && <Patch text={patch} />}
      {!writes && <p class="note">This page only reads files: copy the patch to apply it yourself.</p>}
    </div>
  );
}

/** What the framework has no word for. */
export function Withheld({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <details class="withheld">
      <summary>{texts.length === 1 ? 'One value is not offered' : `${texts.length} values are not offered`}</summary>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  );
}

function Finding({ finding: { severity, text, why, isNew } }: { readonly finding: ChangedFinding }) {
  const word = { error: 'Error', warning: 'Warning', info: 'Note' }[severity];
  return (
    <li class={isNew ? severity : 'gone'} title={why}>
      <b>{isNew ? word : `No longer: ${word.toLowerCase()}`}</b> {text}
    </li>
  );
}

function Sentences({ name, texts }: { readonly name: string; readonly texts: readonly string[] }) {
  return (
    <ul class="note" aria-label={name}>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Patch({ text }: { readonly text: string }) {
  return (
    <details class="patch">
      <summary>What is written</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must reach what can be scrolled */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={() => void navigator.clipboard?.writeText(text).catch(() => undefined)}>
        Copy the patch
      </button>
    </details>
  );
}
