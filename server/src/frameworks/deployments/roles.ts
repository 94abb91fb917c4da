/**
 * The roles of one deployment together: whether prefill and decode stand apart, what each has, and where they contradict each
 * other so that the engines refuse to hand over the cache.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import { rolesAgree } from './roles-agree.ts';

const sizes = { tp: 'parallel.tensor', pp: 'parallel.pipeline', dp: 'serving.dataParallel', replicas: 'serving.replicas' } as const;

/** What the file says of a role, under the role's name. */
function factsOf(reading: Reading): Readonly<Record<string, unknown>> {
  const role = reading.job['serving.role'];
  if (role === undefined) return {};
  const said = Object.entries(sizes).flatMap(([name, field]) => {
    const value = reading.job[field];
    return value === undefined ? [] : [[`${role}.${name}`, value] as const];
  });
  const accelerator = reading.facts.accelerator;
  return Object.fromEntries(accelerator === undefined ? said : [...said, [`${role}.accelerator`, accelerator]]);
}

/** Readings of one deployment, each with what holds for all. */
export function joinRoles(document: ConfigDocument, readings: readonly Reading[]): readonly Reading[] {
  const roles = new Set(readings.map(({ job }) => job['serving.role']));
  if (!roles.has('prefill') || !roles.has('decode')) return readings;
  const shared = Object.assign({ disaggregated: true }, ...readings.map(factsOf)) as Readonly<Record<string, unknown>>;
  return rolesAgree(
    document,
    readings.map((reading) => ({ ...reading, facts: { ...reading.facts, ...shared } })),
  );
}
