/** Keeps one bad request from taking the process down: the error is logged with the request's name, an empty answer goes back. */
import { type CancellationToken, type Connection, ResponseError } from 'vscode-languageserver';

type Handler<P, Answer> = (params: P, token?: CancellationToken) => Answer;

export type Guard = <P, R>(name: string, empty: R, handler: Handler<P, R | Promise<R>>) => Handler<P, Promise<R>>;

/** Wraps handlers of one connection. */
export function guardOf(connection: Pick<Connection, 'console'>): Guard {
  return (name, empty, handler) => async (params, token) => {
    try {
      return await handler(params, token);
    } catch (error) {
      // A refusal with a reason is an answer.
      if (error instanceof ResponseError) throw error;
      logFault(connection, name, error);
      return empty;
    }
  };
}

/** Writes a fault of ours into the client's log. When the client has just gone there is nobody to tell. */
export function logFault({ console }: Pick<Connection, 'console'>, what: string, error: unknown): void {
  try {
    console.error(`${what}: ${describeError(error)}`);
  } catch {
    // The connection is closed: the process is about to end with it.
  }
}

/** The stack where there is one: this text is for the log, never for the user. */
function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
