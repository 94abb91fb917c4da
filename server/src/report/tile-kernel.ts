/** A kernel of a tile language opened up, in Markdown: its tiles, what its buffers take, and on which devices that is too much. */
import { evaluate } from '../core/kernels/expression.ts';
import { bytesText } from '../core/kernels/rules/shared/bytes-text.ts';
import { formatOf, type TileConfiguration } from '../core/kernels/tiled/configuration.ts';
import { bytesOfFormat } from '../core/kernels/tiled/formats.ts';
import type { KernelsAnalysis, TileKernels } from '../engine/analysis.ts';
import { tileSummary, workedText } from '../engine/kernel-summary.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';

const languages = { tilelang: 'TileLang', pallas: 'Pallas', cutlass2: 'CUTLASS 2', cutlass3: 'CUTLASS 3' } as const;

function bufferRows({ kernel, scope, stages }: TileConfiguration): string | undefined {
  if (kernel.buffers.length === 0) return undefined;
  const rows = kernel.buffers.map(({ name, memory, shape, format, copies }) => {
    const factors = shape.map((factor) => evaluate(factor, scope));
    const count = factors.every((factor) => factor !== undefined)
      ? factors.reduce((all: number, factor) => all * (factor ?? 1), 1)
      : undefined;
    const named = formatOf(format, scope);
    const element = named === undefined ? undefined : bytesOfFormat(named);
    const times =
      copies === 'stages'
        ? kernel.stages === 'auto'
          ? 'each stage'
          : plain(workedText(stages ?? { value: 1, unknown: [] }))
        : copies === 'two'
          ? '2'
          : '1';
    return [
      code(name),
      memory,
      code(`[${shape.map(({ text }) => text).join(', ')}]${named === undefined ? '' : ` ${named}`}`),
      count === undefined || element === undefined ? 'unknown' : bytesText(count * element),
      times,
    ];
  });
  return tableOf(['buffer', 'memory', 'shape', 'bytes', 'copies'], rows, [3, 4]);
}

function deviceRows({ kernel, shared, sharedPerStage }: TileConfiguration, { devices }: KernelsAnalysis): string | undefined {
  if (kernel.dialect === 'pallas' || shared.value === undefined || shared.value === 0) return undefined;
  const rows = devices.map(({ label, architecture }) => {
    const most = architecture.sharedPerBlockOptIn;
    const fits = sharedPerStage.value ? String(Math.floor(most / sharedPerStage.value)) : '';
    const isWithin = kernel.stages === 'auto' || (shared.value ?? 0) <= most;
    return [`${plain(label)} (${architecture.id})`, bytesText(most), fits, isWithin ? 'yes' : 'no'];
  });
  return tableOf(['device', 'shared memory of a block', 'stages that fit', 'fits'], rows, [1, 2]);
}

/** What a hover or report says of the kernels of a name. */
export function tileMarkdown({ configurations }: TileKernels, analysis: KernelsAnalysis, name: string): string | undefined {
  const own = configurations.filter(({ kernel }) => kernel.name === name);
  if (own.length === 0) return undefined;
  return sections(
    own.flatMap((configuration) => {
      const { kernel, fragmentRegisters, blocks } = configuration;
      const formats = [...kernel.formats].map(([operand, format]) => `${operand} ${code(format)}`).join(', ');
      const grid = kernel.grid
        ? `Grid ${code(kernel.grid.map(({ text }) => text).join(' x '))}: ${plain(workedText(blocks))} blocks.`
        : undefined;
      return [
        `**${languages[kernel.dialect]} kernel** ${code(name)}`,
        plain(tileSummary(configuration, analysis.devices)),
        formats === '' || kernel.dialect === 'tilelang'
          ? undefined
          : `Operands: ${formats}${kernel.architecture ? `, for ${kernel.architecture}` : ''}.`,
        grid,
        bufferRows(configuration),
        fragmentRegisters === undefined || fragmentRegisters === 0
          ? undefined
          : `Fragments take ${Math.ceil(fragmentRegisters)} registers of each thread.`,
        deviceRows(configuration, analysis),
      ];
    }),
  );
}
