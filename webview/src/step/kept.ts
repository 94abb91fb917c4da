/** What a view remembers over a reload of the panel: a few texts by name, read with distrust. */
import type { PanelState } from '../state.ts';

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keptBy = (state: PanelState, view: string): { readonly [key: string]: unknown } => {
  const kept = state.kept.value[view];
  return isRecord(kept) ? kept : {};
};

export function keptText(state: PanelState, view: string, name: string): string | undefined {
  const value = keptBy(state, view)[name];
  return typeof value === 'string' ? value : undefined;
}

export function keep(state: PanelState, view: string, name: string, value: string): void {
  state.kept.value = { ...state.kept.value, [view]: { ...keptBy(state, view), [name]: value } };
}
