/** Kernels of TileLang, Pallas and CUTLASS as flat facts, under the names their authors use. */
import { type Expression, evaluate, partsOf, type Scope } from '../../core/kernels/expression.ts';
import { spelt } from '../../core/kernels/spelling.ts';
import { formatOf, type TileConfiguration } from '../../core/kernels/tiled/configuration.ts';
import type { TileKernel } from '../../core/kernels/tiled/facts.ts';
import { formatName } from '../../core/kernels/tiled/formats.ts';
import { FactList } from './fact-list.ts';

/** Numbers where they are known, else the words of the code. */
const shapeOf = (shape: readonly Expression[], scope: Scope): readonly (number | string)[] =>
  shape.map((factor) => evaluate(factor, scope) ?? spelt(factor, scope));

/** Names in shapes, grid and stages that stand for one number. */
function namedSizes({ kernel, scope }: TileConfiguration): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const visit = (expression: Expression): void => {
    const value = expression.kind === 'name' ? evaluate(expression, scope) : undefined;
    if (expression.kind === 'name' && value !== undefined) found.set(expression.name, value);
    for (const part of partsOf(expression)) visit(part);
  };
  for (const { shape } of kernel.buffers) for (const factor of shape) visit(factor);
  for (const factor of kernel.grid ?? []) visit(factor);
  return found;
}

function gridText({ grid = [] }: TileKernel): string | undefined {
  const factors = grid.map(({ text }) => text).join(', ');
  return grid.length === 0 ? undefined : `(${factors}${grid.length === 1 ? ',' : ''})`;
}

/** `KernelScheduleAuto` leaves it to the builder. */
const scheduleName = (schedule: string | undefined): string | undefined =>
  schedule === undefined ? undefined : /ScheduleAuto$/.test(schedule) ? 'auto' : schedule;

function stagesFact({ kernel, stages, scope }: TileConfiguration): number | string | undefined {
  if (kernel.stages === 'auto') return 'auto';
  return kernel.stages && (stages?.value ?? spelt(kernel.stages.expression, scope));
}

function oneKernel(configuration: TileConfiguration): Readonly<Record<string, unknown>> {
  const { kernel, scope, threads, shared, vmem, blocks } = configuration;
  const stages = stagesFact(configuration);
  const grid = gridText(kernel);
  return {
    name: kernel.name,
    ...(grid === undefined ? {} : { grid }),
    ...(blocks.value === undefined ? {} : { blocks: blocks.value }),
    ...(threads.value === undefined ? {} : { threads: threads.value }),
    ...(stages === undefined ? {} : { stages }),
    ...Object.fromEntries(kernel.tiles.map(({ label, shape }) => [label, shapeOf(shape, scope)])),
    ...(shared.value ? { smem_bytes: shared.value } : {}),
    ...(vmem.value ? { vmem_bytes: vmem.value } : {}),
  };
}

/** One list for the kernels of one dialect: the first of them is told flat, all of them as a list. */
export function tileFacts(configurations: readonly TileConfiguration[]): FactList | undefined {
  const [first] = configurations;
  if (!first) return undefined;
  const { kernel, scope, threads, shared } = first;
  const list = new FactList(kernel.dialect);
  list.written('kernels', configurations.map(oneKernel), kernel.nameRange);
  list.written('grid', gridText(kernel), kernel.gridRange);
  list.written('arch', kernel.architecture, kernel.range);
  for (const { label, shape, range } of kernel.tiles) list.written(label, shapeOf(shape, scope), range);
  const stagesRange = kernel.stages === 'auto' ? kernel.range : kernel.stages?.range;
  const isPython = kernel.dialect === 'tilelang' || kernel.dialect === 'pallas';
  list.written(isPython ? 'num_stages' : 'stages', stagesFact(first), stagesRange);
  list.written('schedule', scheduleName(kernel.schedule), kernel.range);
  if (kernel.threads) list.written('threads', threads.value, kernel.threads[0]?.range);
  else list.derived('threads', threads.value, ['threadblock', 'warp'], '32 threads for every warp tile');
  const [a] = kernel.formats.entries();
  if (isPython) {
    const format = kernel.buffers.find(({ memory }) => memory === 'shared')?.format;
    const named = formatOf(format, scope);
    list.written('dtype', named === undefined ? undefined : formatName(named), kernel.buffers[0]?.range);
  } else if (a)
    list.written('elements', Object.fromEntries([...kernel.formats].map(([name, value]) => [name, formatName(value)])), kernel.range);
  // An automatic number of stages leaves the whole open.
  if (kernel.stages !== 'auto' && shared.value) list.derived('smem_bytes', shared.value, ['stages'], 'tiles of a block times stages');
  for (const [name, value] of new Map(configurations.toReversed().flatMap((one) => [...namedSizes(one)])))
    list.written(name, value, kernel.range);
  return list;
}
