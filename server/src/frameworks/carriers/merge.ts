/**
 * Joining a job that was found inside a carrier with what the carrier knows. Flags written for a launcher are stronger than the
 * carrier, the carrier is stronger than what launchers take by default; where both are written and differ, that is told.
 */
import type { JobField, JobFields, PartialJobDraft } from '../../core/job-fields.ts';
import type { Origin, SourcesDraft } from '../../core/origin.ts';
import type { Problem } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';

/** Fields that a carrier decides. */
const clusterFields = ['cluster.gpu', 'cluster.gpusPerNode', 'cluster.nodes', 'cluster.gpus', 'cluster.interconnect'] as const;
type ClusterField = (typeof clusterFields)[number];

/** What is written counts, also where its value is hidden. */
const says = ({ job, sources }: Pick<Reading, 'job' | 'sources'>, field: JobField): boolean =>
  sources[field]?.kind === 'unresolved' || (job[field] !== undefined && sources[field]?.kind !== 'default');

interface Joined {
  readonly job: PartialJobDraft;
  readonly sources: SourcesDraft;
}

function take<F extends JobField>(into: Joined, field: F, from: Pick<Reading, 'job' | 'sources'>): void {
  const value: JobFields[F] | undefined = from.job[field];
  if (value === undefined) delete into.job[field];
  else into.job[field] = value as PartialJobDraft[F];
  const origin = from.sources[field];
  if (origin === undefined) delete into.sources[field];
  else into.sources[field] = origin;
}

/** A reading with what a file it names says; its own values win, and a default never hides what is written. */
export function underlay(reading: Reading, linked: Reading): Reading {
  const joined: Joined = { job: { ...reading.job }, sources: { ...reading.sources } };
  for (const field of Object.keys(linked.sources) as JobField[]) {
    const isBetter = !says(reading, field) && (says(linked, field) || reading.sources[field] === undefined);
    if (isBetter) take(joined, field, linked);
  }
  return {
    ...reading,
    ...joined,
    links: [...reading.links, ...linked.links],
    unread: [...reading.unread, ...linked.unread],
    written: [...reading.written, ...linked.written],
    problems: [...reading.problems, ...linked.problems],
    facts: { ...linked.facts, ...reading.facts },
  };
}

/** The inner job where the carrier runs it. */
export function carry(inner: Reading, carrier: Reading): Reading {
  const joined: Joined = { job: { ...inner.job }, sources: { ...inner.sources } };
  const problems: Problem[] = [];
  for (const field of clusterFields) {
    if (carrier.sources[field] === undefined) continue;
    const own = inner.sources[field];
    if (own?.kind === 'key' && !isCarriers(own)) problems.push(...difference(field, inner, carrier));
    else if (
      own === undefined ||
      own.kind === 'key' ||
      own.kind === 'default' ||
      own.kind === 'derived' ||
      carrier.job[field] !== undefined
    ) {
      take(joined, field, carrier);
    }
  }
  // Where a server stands in its deployment, the deployment knows best; copies it may count itself.
  if (carrier.sources['serving.role'] !== undefined) take(joined, 'serving.role', carrier);
  if (carrier.sources['serving.replicas'] !== undefined && inner.sources['serving.replicas'] === undefined)
    take(joined, 'serving.replicas', carrier);
  problems.push(...settleTotal(joined, inner, carrier));
  return {
    ...inner,
    ...joined,
    links: [...inner.links, ...carrier.links],
    unread: [...inner.unread, ...carrier.unread],
    written: [...inner.written, ...carrier.written],
    problems: [...inner.problems, ...carrier.problems, ...problems],
    facts: { ...carrier.facts, ...inner.facts },
  };
}

/** True for a flag that takes the carrier's own word through a variable no text sets, such as `--nnodes $PET_NNODES`. */
const isCarriers = ({ value }: Extract<Origin, { kind: 'key' }>): boolean => value.start === value.end;

/** GPUs in all: what a launcher only supposes gives way to the carrier, and what it is told fixes how many nodes take part. */
function settleTotal(joined: Joined, inner: Reading, carrier: Reading): readonly Problem[] {
  const origin = inner.sources['cluster.gpus'];
  const perNode = carrier.sources['cluster.gpusPerNode'];
  if (origin?.kind === 'derived' && perNode !== undefined && carrier.sources['cluster.gpus'] === undefined) {
    delete joined.job['cluster.gpus'];
    delete joined.sources['cluster.gpus'];
  }
  const total = inner.job['cluster.gpus'];
  const { 'cluster.nodes': nodes, 'cluster.gpusPerNode': each } = joined.job;
  if (origin?.kind !== 'key' || total === undefined || nodes === undefined || each === undefined || total === nodes * each) return [];
  if (inner.sources['cluster.nodes']?.kind !== 'key') {
    delete joined.job['cluster.nodes'];
    delete joined.sources['cluster.nodes'];
  }
  if (carrier.job['cluster.nodes'] === undefined || carrier.job['cluster.gpusPerNode'] === undefined) return [];
  return [problem(origin, `${origin.spelling} starts ${total} processes, and there are ${nodes} nodes with ${each} GPUs`, perNode)];
}

const units: { readonly [F in ClusterField]?: string } = {
  'cluster.gpu': 'as the GPU',
  'cluster.gpusPerNode': 'GPUs a node',
  'cluster.nodes': 'nodes',
  'cluster.gpus': 'GPUs in all',
};

function difference(field: ClusterField, inner: Reading, carrier: Reading): readonly Problem[] {
  const [own, other] = [inner.job[field], carrier.job[field]];
  const [origin, theirs] = [inner.sources[field], carrier.sources[field]];
  const unit = units[field];
  if (origin?.kind !== 'key' || own === undefined || other === undefined || own === other || unit === undefined) return [];
  if (field === 'cluster.gpu') return [];
  const spelling = theirs && 'spelling' in theirs ? theirs.spelling : carrier.framework;
  return [problem(origin, `${origin.spelling} says ${own} ${unit}, and ${spelling} gives ${other}`, theirs)];
}

function problem(origin: Extract<Origin, { kind: 'key' }>, message: string, other: Origin | undefined): Problem {
  const related = other && 'value' in other ? [{ place: { uri: other.uri, range: other.value }, message: 'given here' }] : [];
  return { range: origin.value, severity: 'warning', code: 'carrier-differs', message: `${message}`, related };
}
