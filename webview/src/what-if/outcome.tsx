/** What the tried values mean for the file: the findings they bring and take away, what is written, and the button that writes it. */
import type { ComponentChildren } from 'preact';
import type { WhatIfAnswer } from '../../../server/src/protocol/panel.ts';
import type { Change, ChangedFinding } from '../../../server/src/protocol/what-if.ts';
import type { Post } from '../control.tsx';
import { isEmpty, type TrialState } from './trial.ts';

interface OutcomeProps {
  readonly trial: TrialState;
  readonly answer: WhatIfAnswer | undefined;
  readonly change: Change;
  readonly writes: boolean;
  readonly post: Post;
  /** The way back to the file, which stands in front. */
  readonly children: ComponentChildren;
}

export function Outcome({ trial, answer, change, writes, post, children }: OutcomeProps) {
  const written = trial.written.value;
  const tries = !isEmpty(change);
  const canWrite = tries && answer !== undefined && answer.unwritable.length === 0 && (answer.patch !== '' || answer.settings.length > 0);
  return (
    <div class="outcome">
      {children}
      {writes ? (
        <button
          type="button"
          class="apply"
          disabled={!canWrite || trial.applying.value !== undefined}
          onClick={() => {
            trial.written.value = undefined;
            trial.applying.value = { toldAnew: false };
            post({ type: 'apply', change });
          }}
        >
          Apply to file
        </button>
      ) : (
        tries && <p class="note">This page only reads files: copy the patch to apply it yourself.</p>
      )}
      {written && <p role="status">{written.text}</p>}
      {tries && answer && <Consequences answer={answer} />}
    </div>
  );
}

function Consequences({ answer }: { readonly answer: WhatIfAnswer }) {
  const { findings, unwritable, settings, patch } = answer;
  return (
    <>
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
    </>
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
