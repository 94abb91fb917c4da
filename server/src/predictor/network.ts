/** One model file: its metadata, and its function by the reader in this folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BandTable } from './bands.ts';
import { measuredChip } from './device.ts';
import { evaluator } from './onnx/evaluate.ts';
import { readModel } from './onnx/model.ts';

export interface Network {
  readonly file: string;
  readonly width: number;
  readonly bands: BandTable;
  readonly metadata: ReadonlyMap<string, string>;
  /** Devices whose rows the trees were trained on, by the names of their data sheets. */
  readonly measured: ReadonlySet<string>;
  /** Kinds of rows (groups without the engine) that were measured on each device, and on each chip. */
  readonly kinds: ReadonlyMap<string, ReadonlySet<string>>;
  readonly chipKinds: ReadonlyMap<string, ReadonlySet<string>>;
  /** Share of the power limit at rest, and what full work and full memory traffic add; only the model of the power has them. */
  readonly activity: readonly number[] | null;
  /** The outputs of the file, one number per row each: the growing network, and the correction by trees. */
  run(inputs: Float32Array): readonly Float32Array[];
}

/** Throws where the file is missing, damaged, or was trained for other inputs than this program writes. */
export function loadNetwork(folder: string, name: string, inputs: readonly string[]): Network {
  const file = join(folder, `${name}.onnx`);
  const model = readModel(readFileSync(file));
  const stored = <Value>(key: string): Value => JSON.parse(model.metadata.get(key) ?? 'null') as Value;
  if (JSON.stringify(stored('inputs')) !== JSON.stringify(inputs))
    throw new Error(`${name}.onnx was trained for other inputs: train it again (scripts/train/README.md)`);
  const kinds = new Map(
    Object.entries(stored<Readonly<Record<string, readonly string[]>>>('seen')).map(([id, list]) => [id, new Set(list)]),
  );
  const chipKinds = new Map<string, Set<string>>();
  for (const [id, list] of kinds) {
    const chip = measuredChip(id);
    if (chip) chipKinds.set(chip, new Set([...(chipKinds.get(chip) ?? []), ...list]));
  }
  return {
    file,
    width: inputs.length,
    bands: stored<BandTable>('bands'),
    measured: new Set(stored<readonly string[]>('measured')),
    kinds,
    chipKinds,
    activity: stored<readonly number[] | null>('activity'),
    metadata: model.metadata,
    run: evaluator(model, inputs.length),
  };
}
