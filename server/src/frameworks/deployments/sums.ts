/** What a deployed server takes in all: GPUs of one replica, and of all replicas together. */
import type { Reading } from '../adapter.ts';

/** GPUs that one replica gets, or takes where nobody says what it gets. */
function ofReplica({ job, sources, facts }: Reading): number | undefined {
  const { 'cluster.gpusPerNode': each, 'cluster.nodes': nodes = 1, 'cluster.gpus': all } = job;
  const isGiven = sources['cluster.gpusPerNode']?.kind !== 'default' && each !== undefined;
  if (isGiven) return each * nodes;
  if (sources['cluster.gpusPerNode']?.kind === 'unresolved') return undefined;
  return all ?? (typeof facts.gpus === 'number' ? facts.gpus : undefined);
}

/** The reading with its sums among the facts; a job that serves nothing stays as it is. */
export function withSums(reading: Reading): Reading {
  if (reading.kind !== 'serving') return reading;
  const each = ofReplica(reading);
  const replicas = reading.job['serving.replicas'];
  if (each === undefined || replicas === undefined) return reading;
  const facts = { ...reading.facts, replicas, gpus_per_replica: each, gpus: each * replicas };
  return { ...reading, facts };
}
