/** What a command may touch of the outside, as an argument, so that tests run commands in process. */

export interface CliIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** True when stderr is a terminal a person looks at. */
  readonly terminal: boolean;
  /** Folder that relative paths are resolved against. */
  readonly folder: string;
  /** Folders with the parser runtime and with the grammars. */
  readonly parsers: { readonly runtime: string; readonly grammars: string };
  /** Folder with the solver of integer programmes. */
  readonly solver: string;
  /** Folder with the learned models of kernels. */
  readonly models: string;
  /** Folder with the built panel and server files. */
  readonly dist: string;
  /** Ends a command that would otherwise run until the process is told to stop. */
  readonly signal?: AbortSignal;
}

/** Exit codes of every command. */
export const exitCodes = { clean: 0, findings: 1, cannotRun: 2 } as const;

/** A mistake in how the program was called, or an input it cannot use. The message is one plain sentence that says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
