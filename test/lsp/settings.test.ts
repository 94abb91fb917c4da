/** What the server makes of the settings section a client sends; wrong values count as not set. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noSettings, readSettings } from '../../server/src/lsp/settings.ts';

test('values reach the engine', () => {
  const section = {
    cluster: { gpu: ' h100 ', gpusPerNode: 8, nodes: 2, network: 'ib', pricePerGpuHour: 2.5 },
    mfuConvention: 'palm',
    learnedModels: 'off',
    rules: { a: 'off', b: 'loud' },
    codeLens: { enabled: false },
    inlayHints: { enabled: true },
    index: { enabled: false },
    models: { folders: ['mine', 5] },
  };
  expect(readSettings(section)).toEqual({
    engine: {
      gpu: 'h100',
      gpusPerNode: 8,
      nodes: 2,
      network: 'ib',
      pricePerGpuHour: 2.5,
      mfuConvention: 'palm',
      learnedTimes: false,
      modelFolders: ['mine'],
      rules: { a: 'off' },
    },
    codeLens: false,
    inlayHints: true,
    index: false,
  });
});

test('values of the wrong type count as not set', () => {
  const section = {
    cluster: { gpu: null, gpusPerNode: 0, nodes: 1.5, network: '', pricePerGpuHour: -1 },
    mfuConvention: 'mine',
    learnedModels: 'sometimes',
    rules: ['x'],
    codeLens: 3,
    models: { folders: 'mine' },
  };
  expect(readSettings(section)).toEqual({ ...noSettings, engine: { rules: {} } });
  fc.assert(fc.property(fc.anything(), (anything) => void readSettings(anything)));
});
