/** A list to choose from for every field that can be tried; what the framework would refuse says why and cannot be chosen. */
import type { WhatIfControl } from '../../../server/src/protocol/what-if.ts';
import { Control, type Post } from '../control.tsx';
import { setValue, type TrialState } from './trial.ts';

interface ValueControlsProps {
  readonly trial: TrialState;
  readonly controls: readonly WhatIfControl[];
  readonly post: Post;
}

export function ValueControls({ trial, controls, post }: ValueControlsProps) {
  if (controls.length === 0) return null;
  return (
    <>
      {controls.map((control) => (
        <ValueControl key={control.field} trial={trial} control={control} post={post} />
      ))}
    </>
  );
}

function ValueControl({ trial, control, post }: { readonly trial: TrialState; readonly control: WhatIfControl; readonly post: Post }) {
  const { field, label, title, choices } = control;
  const id = `try-${field.replaceAll('.', '-')}`;
  const value = trial.values.value[field] ?? control.value;
  const known = choices.some((choice) => choice.value === value);
  return (
    <Control id={id} label={label} field={field} post={post}>
      <select
        id={id}
        title={title}
        value={String(value ?? '')}
        onChange={(event) => {
          const chosen = choices.find((choice) => String(choice.value) === event.currentTarget.value);
          if (chosen) setValue(trial, field, chosen.value);
        }}
      >
        {!known && <option value={String(value ?? '')}>{value === undefined ? 'not known' : String(value)}</option>}
        {choices.map((choice) => (
          <option
            key={String(choice.value)}
            value={String(choice.value)}
            disabled={choice.refused !== undefined}
            title={choice.refused ?? ''}
          >
            {choice.label}
            {choice.refused === undefined ? '' : ': refused'}
          </option>
        ))}
      </select>
    </Control>
  );
}
