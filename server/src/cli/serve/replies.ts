/** What the page answers to its panel: trials of other values and other jobs of the folder. Nothing is written: the page only reads. */
import { besideOf } from '../../lsp/beside.ts';
import { schedulesOf } from '../../lsp/schedules.ts';
import { whatIfOf } from '../../lsp/what-if.ts';
import type { PanelMessage, PanelReply } from '../../protocol/panel.ts';
import { analyse, listJobs, type ServedFolder } from './jobs.ts';

/** The answer to one message about a job; undefined where none is due. */
export async function answerTo(reply: PanelReply, folder: ServedFolder, file: string, job: number): Promise<PanelMessage | undefined> {
  switch (reply.type) {
    case 'whatIf': {
      const { turn, change } = reply;
      return { type: 'whatIf', answer: { turn, ...whatIfOf(folder.session.engine, analyse(folder, file), job, change) } };
    }
    case 'schedules':
      return search(reply, folder, file, job);
    case 'stopSearch':
      folder.searches.delete(`${job} ${file}`);
      return undefined;
    case 'apply':
      return { type: 'applied', done: false, text: 'This page only reads files: copy the patch and apply it yourself.' };
    case 'compare':
      return reply.other === 'none' ? undefined : compare(reply.other, folder, file, job);
    case 'measure': {
      const why = 'This page only reads configurations: open measured files in VS Code, or with "rooflint profile".';
      return { type: 'measured', measured: { devices: [], logs: [], doubts: [why] }, isNew: true };
    }
    default:
      return undefined;
  }
}

/** A search goes on until another one for the same job, or the wish to stop, takes its place. */
async function search(
  { turn, change }: Extract<PanelReply, { readonly type: 'schedules' }>,
  folder: ServedFolder,
  file: string,
  job: number,
): Promise<PanelMessage | undefined> {
  const { searches, session } = folder;
  const key = `${job} ${file}`;
  const own = Symbol(key);
  searches.set(key, own);
  const found = await schedulesOf(session.engine, analyse(folder, file), job, change, () => searches.get(key) !== own);
  if (!found) return undefined;
  searches.delete(key);
  return { type: 'schedules', turn, found };
}

type Other = Exclude<Extract<PanelReply, { readonly type: 'compare' }>['other'], 'none'>;

async function compare(other: Other, folder: ServedFolder, file: string, job: number): Promise<PanelMessage> {
  if (other === 'last-commit')
    return nothing('this page reads the files as they are; open the folder in VS Code to compare with the last commit');
  if (other === 'choose') {
    const jobs = (await listJobs(folder)).filter((one) => one.panel === 'Timeline' && (one.file !== file || one.job !== job));
    return { type: 'others', jobs: jobs.map((one) => ({ file: one.file, job: one.job, title: one.title })) };
  }
  const isServed = folder.only === undefined || other.file === folder.only;
  const own = analyse(folder, file);
  const found = isServed ? analyse(folder, other.file) : undefined;
  if (!found) return nothing(`there is no file ${other.file} here`);
  const { shown, rows } = besideOf(own, job, found, other.job);
  return { type: 'beside', title: shown.type === 'empty' ? other.file : shown.job.title, shown, rows };
}

const nothing = (why: string): PanelMessage => ({ type: 'beside', title: '', shown: { type: 'empty', why }, rows: [] });
