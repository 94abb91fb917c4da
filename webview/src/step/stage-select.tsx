/** Which pipeline stage is looked at; the same in every view that shows one. */
import type { PanelState } from '../state.ts';

interface StageProps {
  readonly id: string;
  readonly state: PanelState;
  readonly stages: number;
  /** What is shown when none is chosen, and what that one is. */
  readonly usual: number;
  readonly usualLabel: string;
}

export function StageSelect({ id, state, stages, usual, usualLabel }: StageProps) {
  if (stages < 2) return null;
  return (
    <>
      <label for={id} class="hidden">
        Stage
      </label>
      <select
        id={id}
        value={state.stage.value === undefined ? '' : String(state.stage.value)}
        onChange={({ currentTarget: { value } }) => {
          state.stage.value = value === '' ? undefined : Number(value);
        }}
      >
        <option value="">
          {usualLabel} ({usual})
        </option>
        {Array.from({ length: stages }, (_, rank) => (
          <option key={rank} value={String(rank)}>
            Stage {rank}
          </option>
        ))}
      </select>
    </>
  );
}
