/** `mpirun -np N`: N processes in all, one per GPU. */
import { count } from '../parse.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';

export const mpirunRows: readonly Row[] = [row({ field: 'cluster.gpus', keys: ['np', 'ntasks'], parse: count })];
