import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derive } from '../../server/src/core/derive.ts';
import type { Fix } from '../../server/src/core/finding.ts';
import type { JobField, PartialJob } from '../../server/src/core/job-fields.ts';
import { rules } from '../../server/src/core/rules/index.ts';
import { allWritten, run, withFix } from './support.ts';

const groups = new Set(['parallelism', 'batch']);
const splitRules = rules.filter(
  ({ id, kinds, group }) => kinds.includes('training') && (groups.has(group) || id === 'tensor-parallel-crosses-node'),
);
const few = (most: number) => fc.integer({ min: 1, max: most });

/** What a person writes; the rest is derived from it as the engine does. */
const written = fc
  .record(
    {
      'cluster.gpus': fc.oneof(fc.constantFrom(8, 16, 24, 32, 64, 128), few(128)),
      'cluster.gpusPerNode': fc.constantFrom(4, 8),
      'parallel.tensor': few(16),
      'parallel.pipeline': few(12),
      'parallel.context': few(4),
      'parallel.virtualStages': few(6),
      'parallel.layersPerVirtualStage': few(6),
      'overlap.pipelineTransfers': fc.boolean(),
      'model.layers': fc.oneof(fc.constantFrom(24, 30, 32, 48, 80), few(96)),
      'model.heads': fc.constantFrom(12, 16, 24, 32, 40, 64),
      'model.kvHeads': fc.constantFrom(1, 2, 4, 6, 8, 12, 32),
      'model.maxPositions': fc.constantFrom(1024, 2048, 4096),
      'sequence.length': fc.oneof(fc.constantFrom(1024, 2048, 4096), few(4096)),
      'batch.global': fc.oneof(fc.constantFrom(16, 64, 96, 256), few(512)),
      'batch.micro': few(6),
      'batch.accumulation': few(8),
    },
    { requiredKeys: ['parallel.tensor', 'parallel.pipeline'] },
  )
  .map((job) => ({ ...job, 'parallel.context': job['parallel.context'] ?? 1 }) as PartialJob);

/** Findings of the rules about splits on a job as it is written. */
function look(job: PartialJob, framework: string) {
  const whole = derive(job, allWritten(job), framework);
  const asked = splitRules.filter(({ frameworks }) => !frameworks || frameworks.includes(framework));
  return asked.flatMap((rule) => run(rule, whole.job, { framework, sources: whole.sources }));
}

const isWrittenHere = (job: PartialJob, fix: Fix) => fix.changes.every(({ field }) => job[field as JobField] !== undefined);
const errors = (findings: ReturnType<typeof look>) =>
  new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule));

describe('a fix', () => {
  it('makes its own finding go away and no other rule about splits refuse the job', () => {
    let applied = 0;
    fc.assert(
      fc.property(written, fc.constantFrom('megatron-lm', 'deepspeed'), (job, framework) => {
        const before = look(job, framework);
        const known = errors(before);
        for (const finding of before) {
          for (const fix of finding.fixes.filter((one) => isWrittenHere(job, one))) {
            applied += 1;
            const after = look(withFix(job, fix), framework);
            const added = [...errors(after)].filter((rule) => !known.has(rule));
            expect({ rule: finding.rule, fix: fix.title, added }).toEqual({ rule: finding.rule, fix: fix.title, added: [] });
            expect([fix.title, after.filter(({ rule }) => rule === finding.rule)]).toEqual([fix.title, []]);
          }
        }
      }),
      { numRuns: 3000 },
    );
    expect(applied).toBeGreaterThan(500);
  });

  it('never leads back to where it came from', () => {
    const job = {
      'cluster.gpus': 16,
      'parallel.tensor': 2,
      'parallel.pipeline': 4,
      'model.layers': 30,
      'batch.global': 64,
      'batch.micro': 1,
    } as const;
    const offered = look(job, 'megatron-lm').flatMap(({ rule, fixes }) => fixes.map(({ title }) => [rule, title]));
    expect(offered).toEqual([['layers-not-divisible-by-pipeline', 'Set PP to 2']]);
    expect(look({ ...job, 'parallel.pipeline': 2 }, 'megatron-lm')).toEqual([]);
  });
});
