/** The families of kernels with a model: which operators they answer, how their rows are read and become inputs. */
import { readContextAttention, readGenerationAttention } from './cases/attention.ts';
import { collectiveSpellings, readCustomAllReduce, readNccl } from './cases/collective.ts';
import { readExperts } from './cases/experts.ts';
import { readGemm } from './cases/gemm.ts';
import { readContextLatent, readGenerationLatent } from './cases/latent-attention.ts';
import { type Row, spellings } from './cases/row.ts';
import type { DeviceFigures } from './device.ts';
import { contextAttention, generationAttention } from './inputs/attention.ts';
import { collective } from './inputs/collective.ts';
import { experts } from './inputs/experts.ts';
import { gemm } from './inputs/gemm.ts';
import { gemmPower } from './inputs/gemm-power.ts';
import type { Family, InputWriter, Parts } from './inputs/inputs.ts';
import { contextLatent, generationLatent } from './inputs/latent-attention.ts';

/** A family as far as it does not hang on what its cases hold. */
export interface RowFamily {
  /** The model file, without its ending. */
  readonly model: string;
  /** Names of all inputs; the first `growing` of them never fall when a dimension grows. */
  readonly inputs: readonly string[];
  readonly growing: number;
  /** A question about one row on one device. Throws `RowProblem` on a row that cannot be asked. */
  ask(row: Row, device: DeviceFigures): Question;
}

export interface Question {
  /** What bands are told apart by, beside the length of the time: number format and engine, as the training groups them. */
  readonly group: string;
  /** Seconds that no kernel can be faster than. */
  readonly bound: number;
  /** Why no measurement is of this kind, where a measured kind stands for it. */
  readonly foreign: string | undefined;
  /** Ideal times of work and bytes. */
  readonly parts: Parts;
  write(into: InputWriter): void;
  /** The same question with one dimension halved, for each dimension that time must grow with and that can be halved. */
  smaller(): readonly { readonly dimension: number; readonly question: Question }[];
}

function question<Case extends object>(family: Family<Case>, shape: Case, device: DeviceFigures): Question {
  return {
    group: family.group(shape),
    bound: family.bound(shape, device),
    foreign: family.foreign?.(shape),
    parts: family.parts(shape, device),
    write: (into) => family.write(into, shape, device),
    smaller: () =>
      family.dimensions.flatMap((name, dimension) => {
        const size = shape[name] as number;
        return size > 1 ? [{ dimension, question: question(family, { ...shape, [name]: Math.ceil(size / 2) }, device) }] : [];
      }),
  };
}

function rowFamily<Case extends object>(model: string, family: Family<Case>, read: (row: Row) => Case): RowFamily {
  return {
    model,
    inputs: [...family.grow, ...family.free],
    growing: family.grow.length,
    ask: (row, device) => question(family, read(row), device),
  };
}

/** Every family, the power of products included, which is asked beside their times. */
export const families = {
  gemm: rowFamily('gemm', gemm, readGemm),
  gemm_power: rowFamily('gemm_power', gemmPower, readGemm),
  context_attention: rowFamily('context_attention', contextAttention, readContextAttention),
  generation_attention: rowFamily('generation_attention', generationAttention, readGenerationAttention),
  context_mla: rowFamily('context_mla', contextLatent, readContextLatent),
  generation_mla: rowFamily('generation_mla', generationLatent, readGenerationLatent),
  moe: rowFamily('moe', experts, readExperts),
  nccl: rowFamily('collective', collective, readNccl),
  custom_allreduce: rowFamily('collective', collective, readCustomAllReduce),
} satisfies Readonly<Record<string, RowFamily>>;

export type FamilyName = keyof typeof families;

type TimedFamily = Exclude<FamilyName, 'gemm_power'>;
const operators: ReadonlyMap<string, TimedFamily | 'attention' | 'mla'> = spellings<TimedFamily | 'attention' | 'mla'>({
  gemm: 'gemmpower matmul linear mm bmm addmm batchedgemm batchedmatmul dense mlabmm mlabmmgenpre mlabmmgenpost mlagenpre mlagenpost',
  context_attention: 'prefillattention contextattn prefill attentionprefill attentioncontext',
  generation_attention: 'decodeattention generationattn decode attentiondecode attentiongeneration',
  context_mla: 'prefillmla mlacontext wideepcontextmla mlaprefill',
  generation_mla: 'decodemla mlageneration wideepgenerationmla mladecode',
  moe: 'groupedgemm fusedmoe experts moegemm trtllmmoe wideepmoe wideepcontextmoe wideepgenerationmoe contextmoe generationmoe lowlatencymoe nvfp4moe',
  nccl: 'collective oneccl',
  custom_allreduce: 'customar allreducecustom trtllmallreduce vllmallreduce sglangallreduce',
  attention: 'flashattention sdpa scaleddotproductattention fmha mha gqa',
  mla: 'latentattention',
});

/** The family whose time a row asks; throws `RowProblem` on an operator without a model. */
export function familyOf(row: Row): TimedFamily {
  // `op_name` comes last: beside `op` it tells the parts of one table apart.
  const columns = ['op', 'operator', 'operation', 'kind', 'op_name'] as const;
  const written = row.text(...columns);
  if (written !== undefined && collectiveSpellings.has(written.toLowerCase().replace(/[^a-z0-9]/g, ''))) return 'nccl';
  const name = row.choice(columns, operators);
  if (name !== 'attention' && name !== 'mla') return name;
  // A name that leaves the phase open: one new token against a cache is generation.
  const generation = row.size(['isl'], 1, 1) === 1 && row.size(['step'], 0, 0) > 0;
  return `${generation ? 'generation' : 'context'}_${name}`;
}
