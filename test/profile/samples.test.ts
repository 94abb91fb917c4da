/** The samples and examples as the panel gets them: the message as text, the step taken apart, and every sum that of the estimate. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingEstimate } from '../../server/src/core/estimate.ts';
import { profileStep, type StepProfile } from '../../server/src/core/profile/step-profile.ts';
import { idleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import { diskFiles } from '../../server/src/io/files.ts';
import { panelOf } from '../../server/src/lsp/panel.ts';
import type { PanelJob } from '../../server/src/protocol/panel.ts';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

const root = join(import.meta.dirname, '../..');

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesIn(path);
    return /README|\.expected\.json$/.test(name) ? [] : [path];
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Shown {
  readonly name: string;
  readonly estimate: TrainingEstimate;
  readonly job: PanelJob;
  readonly profile: StepProfile;
}

describe('the step of every sample that is estimated', () => {
  const shown: Shown[] = [];

  beforeAll(async () => {
    await loadParsers();
    const { engine } = engineOver({}, { gpu: 'nvidia-h100-sxm-80gb', gpusPerNode: 8, nodes: 8 }, diskFiles([root]));
    for (const path of [...filesIn(join(root, 'examples')), ...filesIn(join(root, 'test/samples'))]) {
      const analysis = engine.analyse(pathToFileURL(path).href, readFileSync(path, 'utf8'), 0);
      for (const { index, result } of analysis.jobs) {
        if (!('estimate' in result) || result.estimate.kind !== 'training') continue;
        const message: unknown = JSON.parse(JSON.stringify(panelOf(analysis, index)));
        if (!isPanelMessage(message) || message.type !== 'job') throw new Error(`${path}: no message`);
        const { job } = message;
        const profile = profileStep(job.job, job.runsAs, job.cluster);
        if ('refused' in profile) throw new Error(`${path}: ${profile.refused}`);
        shown.push({ name: path.slice(root.length + 1), estimate: result.estimate, job, profile });
      }
    }
  }, 120_000);

  it('is that of the estimate, through the message, in bars that add up to it', () => {
    expect(shown.length).toBeGreaterThan(60);
    for (const { name, estimate, job, profile } of shown) {
      expect(profile.estimate.time.step, name).toEqual(estimate.time.step);
      const simulation = simulate(job.request);
      const idle = 'refused' in simulation ? undefined : idleSlots(simulation);
      for (let rank = 0; rank < profile.stages; rank++) {
        const { bars, whole } = profile.stepOf(rank, idle);
        expect(sum(bars.map(({ term }) => term.value)) / whole.value, name).toBeCloseTo(1, 9);
      }
    }
  });

  it('holds as much memory as the estimate says at its fullest', () => {
    for (const { name, estimate, job, profile } of shown) {
      const simulation = simulate(job.request);
      if ('refused' in simulation) continue;
      for (const { stage, allocated, device } of estimate.memory.stages) {
        const memory = profile.memoryOf(simulation, stage);
        expect((memory?.peak.allocated ?? 0) / allocated.value, `${name}, stage ${stage}`).toBeGreaterThan(0.95);
        expect((memory?.peak.allocated ?? 0) / allocated.value, `${name}, stage ${stage}`).toBeLessThan(1.05);
        expect(memory?.device, name).toBe(device.value);
      }
    }
  });

  it('has the parameters and the traffic of the estimate, and operators for every kind of layer', () => {
    for (const { name, estimate, profile } of shown) {
      expect(profile.blocks().parameters / estimate.parameters.value, name).toBeCloseTo(1, 9);
      const sent = estimate.communication.filter(({ bytes }) => bytes.value > 0);
      expect(
        profile.traffic().groups.map(({ cost }) => cost.id),
        name,
      ).toEqual(sent.map(({ id }) => id));
      for (const { operators } of profile.layers()) expect(operators.length, name).toBeGreaterThan(1);
    }
  });
});
