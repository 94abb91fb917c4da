/**
 * The compiler behind the kernels of open documents. Asked only where the client says that the workspace is trusted: to compile a
 * text is to run a program over it. Its answer comes later and leads to a new analysis of the same text.
 */
import { requestOf } from '../compiler/request.ts';
import { type CompilerService, createCompilerService } from '../compiler/service.ts';
import type { Analysis } from '../engine/analysis.ts';
import { logFault } from './guard.ts';
import type { Session } from './session.ts';

/** What a client says when it starts, beside the protocol. */
interface ClientWord {
  readonly trusted: boolean;
  /** A folder of this machine that is the server's to keep things in. */
  readonly storage: string | undefined;
}

export function clientWord(options: unknown): ClientWord {
  const word = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  return { trusted: word.trusted === true, storage: typeof word.storage === 'string' && word.storage !== '' ? word.storage : undefined };
}

/** @param answered told about each document whose compiler has answered. */
export function sessionCompiler(session: Session, storage: string | undefined, answered: (uri: string) => void): CompilerService {
  return createCompilerService({
    setting: () => session.settings.compiler,
    roots: session.roots,
    environment: process.env,
    storage,
    answered: (uri) => {
      try {
        answered(uri);
      } catch (error) {
        // The client has gone in the meantime.
        logFault(session.connection, 'compiler', error);
      }
    },
  });
}

/** Asks for what is not known yet of a document's kernels. */
export function askCompiler(session: Session, analysis: Analysis): void {
  const request = session.trusted ? requestOf(analysis, session.textOf) : undefined;
  if (request) session.compiler?.ask(request);
}
