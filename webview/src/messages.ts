/** What the panel takes from its host: a window hears other messages too, and none of them may get further than here. Pure. */
import type { PanelMessage } from '../../server/src/protocol/panel.ts';

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isSubject(job: unknown): job is { readonly [key: string]: unknown } {
  if (!isRecord(job)) return false;
  const { uri, title, gpu, version, summary, assumptions } = job;
  return (
    [uri, title, gpu].every((text) => typeof text === 'string') &&
    typeof version === 'number' &&
    Array.isArray(summary) &&
    summary.every((row) => isRecord(row) && typeof row.label === 'string' && typeof row.text === 'string') &&
    Array.isArray(assumptions) &&
    assumptions.every((text) => typeof text === 'string')
  );
}

/** True for the messages this panel knows, with what it reads of them at once. */
export function isPanelMessage(data: unknown): data is PanelMessage {
  if (!isRecord(data)) return false;
  const { type, job } = data;
  if (type === 'empty') return typeof data.why === 'string';
  if (!isSubject(job)) return false;
  if (type === 'job') return typeof job.usableBytes === 'number' && isRecord(job.request);
  return (
    type === 'serving' && typeof job.runsAs === 'string' && isRecord(job.job) && isRecord(job.cluster) && isRecord(job.cluster.accelerator)
  );
}
