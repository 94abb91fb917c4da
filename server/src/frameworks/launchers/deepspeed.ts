/** The `deepspeed` launcher (DeepSpeed, deepspeed/launcher/runner.py). Without counts it takes every visible GPU. */
import { integer } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

/** -1 is the launcher's own word for "all there are". */
const countOrAll: Parse<number> = (setting) =>
  String(setting.scalar) === '-1' ? { filledBy: 'the deepspeed launcher, from the host file' } : integer(1)(setting);

export const deepspeedRows: readonly Row[] = [
  row({ field: 'cluster.gpusPerNode', keys: ['num-gpus'], parse: countOrAll }),
  row({ field: 'cluster.nodes', keys: ['num-nodes'], parse: countOrAll }),
];
