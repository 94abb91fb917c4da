/** Rows of the tables of collectives: op_name, nccl_dtype or allreduce_dtype, num_gpus, message_size in elements. */
import { type Collective, type CollectiveCase, type Library, libraries } from '../inputs/collective.ts';
import { type Row, RowProblem, spellings } from './row.ts';

const names = spellings<Collective>({
  all_gather: 'ncclallgather',
  all_reduce: 'ncclallreduce sum',
  alltoall: 'all2all nccalltoall ncclalltoall a2a',
  reduce_scatter: 'ncclreducescatter',
});

const widths = spellings({
  '2': 'half fp16 float16 bf16 bfloat16',
  '1': 'int8 uint8 fp8 float8 e4m3 char',
  '4': 'float float32 fp32 int32',
});

/** More GPUs than were measured in a node are another matter: links between nodes come in. */
const mostGpus = 8;

function readCollective(row: Row, library: Library, collective: Collective): CollectiveCase {
  const gpus = row.size(['num_gpus', 'gpus', 'tp_size', 'world_size'], 2);
  if (gpus > mostGpus) throw new RowProblem(`num_gpus is ${gpus}; only groups of up to ${mostGpus} inside one node were measured.`);
  const width = Number(row.choice(['nccl_dtype', 'allreduce_dtype', 'oneccl_dtype', 'dtype'], widths, '2'));
  const kernel = row.text('kernel', 'kernel_source')?.toLowerCase();
  // Engines replay their own kernels inside CUDA graphs unless a row says otherwise; the others were timed in one way only.
  const graph = (library === 'vllm' || library === 'sglang') && (kernel === undefined || !kernel.includes('eager'));
  const bytes = row.size(['message_size', 'size', 'elements']) * width;
  return { collective, library, graph, gpus, bytes };
}

export function readNccl(row: Row): CollectiveCase {
  const library = /one/i.test(row.text('backend') ?? row.text('op') ?? '') ? 'oneccl' : 'nccl';
  return readCollective(row, library, row.choice(['op_name', 'collective', 'nccl_op'], names));
}

/** The engine's own kernel; vLLM's where none is named. */
export function readCustomAllReduce(row: Row): CollectiveCase {
  const written = `${row.text('backend') ?? ''} ${row.text('kernel', 'kernel_source') ?? ''}`.toLowerCase();
  const library = libraries.find((name) => written.includes(name)) ?? (written.includes('tensorrt') ? 'trtllm' : 'vllm');
  return readCollective(row, library, 'all_reduce');
}
