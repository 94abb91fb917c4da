/** Remembers the latest results by what they depend on, so that a moved key or a new comment costs nothing. */
import type { Cluster } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import type { Origin, Sources } from '../core/origin.ts';

/** A map that drops its oldest entries. It may be emptied at any time: it only holds what can be computed again. */
export class Memo<V> {
  private readonly entries = new Map<string, V>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: V): V {
    this.entries.set(key, value);
    if (this.entries.size > this.limit) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    return value;
  }

  clear(): void {
    this.entries.clear();
  }
}

/** Everything of an origin except where it stands. */
function kindOf(origin: Origin): string {
  switch (origin.kind) {
    case 'key':
      return `key ${origin.spelling}`;
    case 'auto':
      return `auto ${origin.spelling} ${origin.filledBy}`;
    case 'unresolved':
      return `unresolved ${origin.spelling} ${origin.why}`;
    case 'derived':
      return `derived ${origin.from.join(',')}`;
    default:
      return origin.kind;
  }
}

/** The text two jobs share exactly when rules and estimate cannot tell them apart. */
export function jobKey(
  framework: string,
  kind: string,
  { job, sources }: { readonly job: PartialJob; readonly sources: Sources },
  cluster: Cluster | undefined,
): string {
  const origins = Object.entries(sources).map(([field, origin]) => `${field}=${kindOf(origin)}`);
  const hardware = cluster && [
    cluster.accelerator.id,
    cluster.gpusPerNode,
    cluster.nodes,
    cluster.scaleOut.id,
    cluster.pricePerGpuHour,
    cluster.measured,
  ];
  return JSON.stringify([framework, kind, job, origins, hardware]);
}
