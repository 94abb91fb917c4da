/** One thing that a carrier starts: the commands inside are offered to all adapters, and their jobs get what the carrier knows. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { carry } from './merge.ts';
import { type MountedFile, scriptsRun, settingsNamed, withMounted } from './mounted.ts';

/** The jobs of the commands, of the scripts they run and of the files they name; without the carrier's facts. */
export function readInside(
  document: ConfigDocument,
  inner: readonly ConfigDocument[],
  files: readonly MountedFile[],
  readInner: ReadInner,
): readonly Reading[] {
  const all = inner.flatMap((one) => [one, ...scriptsRun(document, one, files)]);
  const readings = all.flatMap((one) => readInner(one).map((reading) => ({ ...reading, within: one })));
  if (readings.length === 0) return settingsNamed(document, all, files, readInner);
  return readings.map((reading) => withMounted(document, reading, files, readInner));
}

/** The jobs inside where the carrier runs them; the carrier's own reading when nothing inside is known and it stands alone. */
export function carried({ uri }: ConfigDocument, inside: readonly Reading[], carrier: Reading, standsAlone: boolean): readonly Reading[] {
  if (inside.length === 0) return standsAlone ? [ofMachinesOnly(uri, carrier)] : [];
  return inside.map((reading) => carry(reading, carrier));
}

/** Says that the machines are all that is known, so that nobody takes an unread program for one without a model. */
function ofMachinesOnly(uri: string, carrier: Reading): Reading {
  if (carrier.kind !== 'cluster' || carrier.sources['model.name'] !== undefined) return carrier;
  const why = 'the program that is started here is none that is read, so only its machines are known';
  const unknown = { kind: 'unresolved', uri, key: carrier.launch, value: carrier.launch, spelling: '', why } as const;
  return { ...carrier, sources: { ...carrier.sources, 'model.name': unknown } };
}
