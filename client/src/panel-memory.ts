/** What stands beside a panel's job, kept in the workspace: the panel shows it again after the window was loaded anew. */
import type * as vscode from 'vscode';
import type { Beside } from './what-if.ts';

export interface Company {
  /** Measured files that are shown. */
  readonly traces: readonly string[];
  /** The job it is compared with. */
  readonly beside?: Beside;
}

const place = 'rooflint.timeline.beside';

/** The company of the panel with this key; nothing that was stored is trusted to have a shape. */
export function companyOf(state: vscode.Memento, key: string): Company {
  const { traces, beside } = (stored(state)[key] ?? {}) as { readonly traces?: unknown; readonly beside?: unknown };
  const uri = (beside as { readonly uri?: unknown } | undefined)?.uri;
  const known: Beside | undefined = beside === 'last-commit' ? beside : typeof uri === 'string' ? { uri } : undefined;
  return {
    traces: Array.isArray(traces) ? traces.filter((one): one is string => typeof one === 'string') : [],
    ...(known === undefined ? {} : { beside: known }),
  };
}

/** Undefined forgets. */
export function keepCompany(state: vscode.Memento, key: string, company: Company | undefined): void {
  const { [key]: _before, ...others } = stored(state);
  const isNothing = !company || (company.traces.length === 0 && company.beside === undefined);
  void state.update(place, isNothing ? others : { ...others, [key]: company });
}

function stored(state: vscode.Memento): { readonly [key: string]: unknown } {
  const value = state.get<unknown>(place);
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : {};
}
