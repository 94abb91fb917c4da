/**
 * workspace/executeCommand, for editors that have no commands of Rooflint's own: a click on a lens says the job's figures
 * in one line, and the answer to the request is the whole report as Markdown.
 */
import { type ExecuteCommandParams, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { summaryOf } from '../engine/summary.ts';
import { report } from './custom.ts';
import type { Session } from './session.ts';

/** The commands of the code lenses, see `code-lens.ts`. */
export const lensCommands: readonly string[] = ['rooflint.report', 'rooflint.timeline', 'rooflint.explain', 'rooflint.chooseCluster'];

/** Answers with the report, or null for what is no command or no job. */
export async function executeCommand(session: Session, { command, arguments: given = [] }: ExecuteCommandParams): Promise<string | null> {
  const say = (message: string) =>
    session.connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message: `Rooflint: ${message}` });
  if (command === 'rooflint.chooseCluster') {
    await say('name the GPU in the setting rooflint.cluster.gpu, for example "nvidia-h100-sxm-80gb".');
    return null;
  }
  const [uri, index] = given as readonly unknown[];
  if (!lensCommands.includes(command) || typeof uri !== 'string') return null;
  const wanted = typeof index === 'number' ? index : 0;
  const job = (await session.analysisOf(uri))?.jobs[wanted];
  if (!job) return null;
  await say(summaryOf(job));
  const { text } = await report(session, { uri, job: wanted, format: 'md' });
  return text;
}
