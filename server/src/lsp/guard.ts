/** Keeps one bad request from taking the process down: the error is logged with the request's name, an empty answer goes back. */
import type { Connection } from 'vscode-languageserver';

export type Guard = <P, R>(name: string, empty: R, handler: (params: P) => R | Promise<R>) => (params: P) => Promise<R>;

/** Wraps handlers of one connection. */
export function guardOf(connection: Pick<Connection, 'console'>): Guard {
  return (name, empty, handler) => async (params) => {
    try {
      return await handler(params);
    } catch (error) {
      connection.console.error(`${name}: ${describeError(error)}`);
      return empty;
    }
  };
}

/** The stack where there is one: this text is for the log, never for the user. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
