import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPanelMessage, isPanelReply } from '../../server/src/protocol/panel-shapes.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';
import { sampleServer } from './sample-server.ts';

const training = { type: 'job', job: sampleJob(sampleRequest({ name: '1f1b', stages: 2, microBatches: 4, virtualStages: 1 })) };
const serving = { type: 'serving', job: sampleServer() };
const save = { type: 'save', name: 'train.sh timeline.png', encoding: 'base64', content: 'AAAA' };

describe('messages to the panel', () => {
  it('are taken only whole', () => {
    for (const message of [training, serving, { type: 'empty', why: 'x' }]) expect(isPanelMessage(message)).toBe(true);
    const { cluster: _, ...without } = serving.job;
    for (const message of [
      undefined,
      'job',
      [],
      { type: 'empty' },
      { type: 'job' },
      { type: 'job', job: serving.job },
      { type: 'job', job: { ...training.job, version: Number.NaN } },
      { type: 'serving', job: { ...training.job, runsAs: undefined } },
      { type: 'job', job: { ...training.job, cluster: {} } },
      { type: 'serving', job: without },
      { type: 'serving', job: { ...serving.job, summary: [{ label: 1 }] } },
      { type: 'other', job: serving.job },
      { type: 'toString' },
    ]) {
      expect(isPanelMessage(message), JSON.stringify(message)).toBe(false);
    }
  });
});

describe('replies of the panel', () => {
  it('are taken only whole, and a file only by a name without a way', () => {
    const good = [{ type: 'ready' }, { type: 'drawn', operations: 1, milliseconds: 0.5 }, { type: 'reveal', field: 'a.b' }, save];
    for (const reply of good) expect(isPanelReply(reply), JSON.stringify(reply)).toBe(true);
    for (const reply of [
      null,
      'ready',
      { type: 'drawn', operations: '1', milliseconds: 1 },
      { type: 'reveal' },
      { type: 'reveal', field: 'x'.repeat(201) },
      { ...save, name: '../../.bashrc' },
      { ...save, name: 'a/b.png' },
      { ...save, name: 'run.sh' },
      { ...save, encoding: 'hex' },
      { ...save, content: 7 },
      { type: '__proto__' },
    ]) {
      expect(isPanelReply(reply), JSON.stringify(reply)).toBe(false);
    }
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(typeof isPanelReply(anything)).toBe('boolean');
        expect(typeof isPanelMessage(anything)).toBe('boolean');
      }),
    );
  });
});
