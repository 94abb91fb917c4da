/** Rows of the tables of collectives: op_name, nccl_dtype or allreduce_dtype, num_gpus, message_size in elements. */
import { type Collective, type CollectiveCase, type Library, libraries } from '../inputs/collective.ts';
import { type Row, RowProblem, spellings } from './row.ts';

/** Collectives that nobody measured for the models: the network formulas of the core answer them. */
export type OtherCollective = 'broadcast' | 'reduce' | 'send_recv';
/** A row as it is written: any collective, over any number of GPUs. */
export type WrittenCollective = Omit<CollectiveCase, 'collective'> & { readonly collective: Collective | OtherCollective };

export const collectiveSpellings = spellings<Collective | OtherCollective>({
  all_gather: 'allgatherintotensor ncclallgather onecclallgather',
  all_reduce: 'ncclallreduce onecclallreduce sum',
  alltoall: 'alltoallv alltoallsingle all2all nccalltoall ncclalltoall a2a',
  reduce_scatter: 'reducescattertensor ncclreducescatter onecclreducescatter',
  broadcast: 'bcast ncclbroadcast',
  reduce: 'ncclreduce',
  send_recv: 'sendrecv send recv p2p pointtopoint ncclsendrecv',
});

const widths = spellings({
  '2': 'half fp16 float16 bf16 bfloat16',
  '1': 'int8 uint8 fp8 float8 e4m3 float8e4m3fn char',
  '4': 'float float32 fp32 tf32 int32',
  '8': 'double float64 fp64 int64',
});

/** More GPUs than were measured in a node are another matter: links between nodes come in. */
export const mostGpus = 8;

function readCollective(row: Row, library: Library, collective: Collective | OtherCollective): WrittenCollective {
  const gpus = row.size(['num_gpus', 'gpus', 'tp_size', 'world_size', 'num_ranks', 'ranks'], 1, collective === 'send_recv' ? 2 : undefined);
  const width = Number(row.choice(['nccl_dtype', 'allreduce_dtype', 'oneccl_dtype', 'dtype'], widths, '2'));
  const kernel = row.text('kernel', 'kernel_source')?.toLowerCase();
  // Engines replay their own kernels inside CUDA graphs unless a row says otherwise; the others were timed in one way only.
  const graph = (library === 'vllm' || library === 'sglang') && (kernel === undefined || !kernel.includes('eager'));
  const bytes = row.size(['message_size', 'size', 'elements']) * width;
  return { collective, library, graph, gpus, bytes };
}

/** The collective by its own column, or by the name of the operator where that is one. */
function nameOf(row: Row): Collective | OtherCollective {
  const operator = collectiveSpellings.get((row.text('op', 'operator', 'operation', 'kind') ?? '').toLowerCase().replace(/[^a-z0-9]/g, ''));
  return row.choice(['op_name', 'collective', 'nccl_op'], collectiveSpellings, operator);
}

export function readWrittenNccl(row: Row): WrittenCollective {
  const library = /one/i.test(`${row.text('backend') ?? ''} ${row.text('op') ?? ''}`) ? 'oneccl' : 'nccl';
  return readCollective(row, library, nameOf(row));
}

/** The engine's own kernel; vLLM's where none is named. */
export function readWrittenAllReduce(row: Row): WrittenCollective {
  const written = `${row.text('backend') ?? ''} ${row.text('kernel', 'kernel_source') ?? ''} ${row.text('op') ?? ''}`.toLowerCase();
  const library = libraries.find((name) => written.includes(name)) ?? (written.includes('tensorrt') ? 'trtllm' : 'vllm');
  return readCollective(row, library, 'all_reduce');
}

/** A case of the learned model; the program answers the others before it comes to this. */
function measured({ collective, ...rest }: WrittenCollective): CollectiveCase {
  if (collective === 'broadcast' || collective === 'reduce' || collective === 'send_recv')
    throw new RowProblem(`the collective ${collective} was never measured.`);
  return { collective, ...rest };
}
export const readNccl = (row: Row): CollectiveCase => measured(readWrittenNccl(row));
export const readCustomAllReduce = (row: Row): CollectiveCase => measured(readWrittenAllReduce(row));
