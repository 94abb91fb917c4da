/** Findings as text, the same in the editor and on the command line. */
import type { Finding } from '../core/finding.ts';

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What, why and what to do: `TP 16 spans more than one node of 8 GPUs: each layer waits ... Use TP 8 or less.` */
export function messageOf({ what, why, advice }: Finding): string {
  const said = why === '' ? sentence(what) : `${what}: ${sentence(why)}`;
  return advice === undefined ? said : `${said} ${sentence(advice.charAt(0).toUpperCase() + advice.slice(1))}`;
}
