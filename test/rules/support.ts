/** Runs one rule on a flat job, as if every field stood in one file. */

import { expect } from 'vitest';
import type { Estimate } from '../../server/src/core/estimate.ts';
import type { Finding, Fix, Rule, RuleInput } from '../../server/src/core/finding.ts';
import type { Accelerator, Cluster } from '../../server/src/core/hardware.ts';
import type { JobField, PartialJob } from '../../server/src/core/job-fields.ts';
import type { Origin, Sources } from '../../server/src/core/origin.ts';
import type { Term } from '../../server/src/core/term.ts';
import type { Bytes } from '../../server/src/core/units.ts';

export interface Surroundings {
  readonly framework?: string;
  /** Fields whose origin is not a key of the file. */
  readonly sources?: Sources;
  readonly cluster?: Cluster;
  readonly estimate?: Estimate;
}

/** A key of the file with this spelling. */
export function writtenAs(spelling: string): Origin {
  return { kind: 'key', uri: 'file:///job', key: { start: 0, end: 1 }, value: { start: 2, end: 3 }, spelling };
}

/** The origins of a job whose fields are all written by the user. */
export function allWritten(job: PartialJob): Sources {
  return Object.fromEntries(Object.keys(job).map((field) => [field, writtenAs('key')]));
}

export function run(rule: Rule, job: PartialJob, around: Surroundings = {}): readonly Finding[] {
  const findings: Finding[] = [];
  const input: RuleInput = {
    job,
    framework: around.framework ?? rule.frameworks?.[0] ?? 'megatron-lm',
    keys: {},
    sources: { ...allWritten(job), ...around.sources },
    cluster: around.cluster,
    ...(around.estimate ? { estimate: around.estimate } : {}),
    report: (finding) => findings.push({ rule: rule.id, severity: rule.severity, related: [], fixes: [], ...finding }),
  };
  rule.check(input);
  return findings;
}

/** The job as it is after a fix, by value only. */
export function withFix(job: PartialJob, fix: Fix): PartialJob {
  const changed: Record<string, unknown> = { ...job };
  for (const change of fix.changes) {
    if (change.kind === 'set') changed[change.field] = change.value;
    else delete changed[change.field];
  }
  return changed as PartialJob;
}

/** The same surroundings once the fields of a fix are written by the user. */
export function afterFix(around: Surroundings, fix: Fix): Surroundings {
  const touched = new Set<string>(fix.changes.map((change) => change.field));
  const sources = Object.entries(around.sources ?? {}).filter(([field]) => !touched.has(field));
  return { ...around, sources: Object.fromEntries(sources) };
}

/** A made-up GPU: rules must not know any real one. */
export function clusterOf(computeCapability: number | undefined): Cluster {
  const figure = { value: 1, unit: '', source: 'test', kind: 'assumed' as const };
  const accelerator: Accelerator = {
    id: 'test-gpu',
    label: 'Test GPU',
    vendor: 'test',
    architecture: 'test',
    aliases: [],
    ...(computeCapability === undefined ? {} : { computeCapability }),
    memory: { capacity: figure, bandwidth: figure },
    peak: {},
  };
  return { accelerator, gpusPerNode: 8, nodes: 1, scaleOut: { id: 'net', label: 'net', bandwidthPerGpu: figure, latency: figure } };
}

export function term(value: number, more: Partial<Term> = {}): Term {
  return { id: 'test', label: 'Test', value, unit: 'B', ...more };
}

const spread = (value: number, band: number) => ({ band: { low: value * (1 - band), high: value * (1 + band), basis: 'test' } });

/** Only what rules look at is filled in. */
export function trainingEstimate(with_: { device: Bytes; usable: Bytes; band?: number; bubble?: number; schedule?: object }): Estimate {
  const device = term(with_.device, spread(with_.device, with_.band ?? 0));
  const allocated = term(with_.device, { children: [term(with_.device, { label: 'Activations' })] });
  return {
    kind: 'training',
    memory: { stages: [{ stage: 0, allocated, reserved: device, device }], worstStage: 0, usable: term(with_.usable), fits: 'yes' },
    time: {
      step: term(1),
      shares: { compute: 1, recompute: 0, exposedCommunication: 0, bubble: with_.bubble ?? 0, optimizer: 0, host: 0 },
    },
    schedule: { stages: 1, microBatches: 1, virtualStages: 1, ...with_.schedule },
  } as unknown as Estimate;
}

export function servingEstimate(with_: {
  weights: Bytes;
  overhead: Bytes;
  usable: Bytes;
  kvTokens: number;
  context?: number;
  band?: number;
}): Estimate {
  return {
    kind: 'serving',
    memory: {
      weights: term(with_.weights),
      overhead: term(with_.overhead),
      usable: term(with_.usable),
      kvCache: term(0),
      total: term(0),
      fits: 'yes',
    },
    gpus: 1,
    kvBytesPerToken: term(with_.kvTokens),
    kvTokens: term(with_.kvTokens, spread(with_.kvTokens, with_.band ?? 0)),
    heldTokens: () => with_.kvTokens,
    concurrency: term(with_.kvTokens / (with_.context ?? 1), spread(with_.kvTokens / (with_.context ?? 1), with_.band ?? 0)),
    decode: { batch: 1, timePerToken: term(with_.kvTokens), tokensPerSecond: term(with_.kvTokens) },
  } as unknown as Estimate;
}

/** Wraps a job so that every field that is looked at is noted down. */
export function watched(job: PartialJob): { readonly job: PartialJob; readonly seen: Set<JobField> } {
  const seen = new Set<JobField>();
  const proxy = new Proxy(job, {
    get(target, name) {
      seen.add(name as JobField);
      return target[name as JobField];
    },
  });
  return { job: proxy, seen };
}

/** Lines that an editor shows: short, alone understandable, without a full stop and without a value that is none. */
export function checkLines({ what, why, advice, fixes }: Finding): void {
  for (const line of [what, why, advice ?? 'x', ...fixes.map((fix) => fix.title)]) {
    expect(line).not.toMatch(/undefined|NaN|\[object|\n|\.$|^\s|\s$| {2}/);
  }
  expect(what.length).toBeLessThanOrEqual(120);
  expect(what).toMatch(/^[A-Z0-9]|^--\w|^(fp16|max_grad_norm)/);
  expect(fixes.filter((fix) => fix.preferred).length).toBeLessThanOrEqual(1);
}
