/** Tracks to be drawn over one time axis: what the simulation says a stage does, and what was measured. Pure. */
import { type PartId, partIds, partInfo } from '../../../server/src/core/measured/parts.ts';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { PanelDevice } from '../../../server/src/protocol/measured.ts';
import type { Description } from '../describe.ts';
import { formatExactSeconds } from '../format.ts';
import { tailLabels, tailSpans } from '../layout.ts';
import { kindNames } from '../timeline/kind-names.ts';

/** Slices in order of time; `color` is a custom property of the style sheet. */
export interface DrawnTrack {
  readonly label: string;
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
  readonly color: (at: number) => string;
  /** Short, for the slice itself, and all that is known, for the tooltip. */
  readonly text: (at: number) => string;
  readonly describe: (at: number) => Description;
}

/** Custom property of a part's colour. Waiting of every kind shares that of communication, told apart by its words. */
export function colorOf(part: PartId): string {
  switch (part) {
    case 'gemm':
      return '--op-forward';
    case 'attention':
      return '--part-attention';
    case 'memory-bound':
      return '--op-backward';
    case 'optimizer':
      return '--op-optimizer';
    case 'gradient-reduction':
      return '--op-gradient-reduction';
    case 'parameter-gather':
      return '--op-parameter-gather';
    case 'copy':
      return '--part-copy';
    case 'idle':
      return '--part-idle';
    default:
      return '--op-transfer';
  }
}

const times = (start: number, end: number): readonly (readonly [string, string])[] => [
  ['Start', formatExactSeconds(start)],
  ['Duration', formatExactSeconds(end - start)],
];

/** The streams of a measured device. */
export function measuredTracks({ tracks, names }: PanelDevice): readonly DrawnTrack[] {
  return tracks.map(({ label, start, end, part, name }) => {
    const partAt = (at: number): PartId => partIds[part[at] ?? -1] ?? 'memory-bound';
    const nameAt = (at: number): string => names[name[at] ?? -1] ?? 'Several kernels';
    return {
      label,
      start,
      end,
      color: (at) => colorOf(partAt(at)),
      text: (at) => shortName(nameAt(at)),
      describe: (at) => ({
        title: partInfo[partAt(at)].label,
        rows: [['Kernel', nameAt(at)], ...times(start[at] ?? 0, end[at] ?? 0)],
      }),
    };
  });
}

/** "void at::native::foo_kernel<int>(...)" is "foo_kernel". */
export function shortName(name: string): string {
  const bare = name.replace(/^void /, '').replaceAll('(anonymous namespace)::', '');
  const head = /^[^<( ]+/.exec(bare)?.[0] ?? bare;
  return head.slice(head.lastIndexOf(':') + 1);
}

/** What a stage computes, and what it sends and does after the pipeline. */
export function predictedTracks(simulation: Simulation, stage: number): readonly DrawnTrack[] {
  const { computeOffset, transferOffset, kind, microBatch, start, end } = simulation;
  const track = (label: string, from: number, to: number): DrawnTrack => ({
    label,
    start: start.subarray(from, to),
    end: end.subarray(from, to),
    color: (at) => kindColor(kindNames.get(kind[from + at] ?? 0) ?? ''),
    text: (at) => String(microBatch[from + at] ?? ''),
    describe: (at) => ({
      title: `${kindNames.get(kind[from + at] ?? 0) ?? ''}, predicted`,
      rows: [['Micro batch', String(microBatch[from + at] ?? '')], ...times(start[from + at] ?? 0, end[from + at] ?? 0)],
    }),
  });
  const computed = track('Predicted', computeOffset[stage] ?? 0, computeOffset[stage + 1] ?? 0);
  const sent = track('Sending', transferOffset[stage] ?? 0, transferOffset[stage + 1] ?? 0);
  const tail = tailSpans(simulation);
  const after: DrawnTrack = {
    label: 'After it',
    start: tail.map((span) => span.start),
    end: tail.map((span) => span.end),
    color: (at) => kindColor(tailLabels[tail[at]?.part ?? 'optimizer']),
    text: (at) => tailLabels[tail[at]?.part ?? 'optimizer'],
    describe: (at) => ({
      title: `${tailLabels[tail[at]?.part ?? 'optimizer']}, predicted`,
      rows: times(tail[at]?.start ?? 0, tail[at]?.end ?? 0),
    }),
  };
  return [computed, sent, after].filter((one) => one.start.length > 0);
}

function kindColor(name: string): string {
  if (name.startsWith('Forward')) return '--op-forward';
  if (name.startsWith('Transfer')) return '--op-transfer';
  if (/reduc/i.test(name)) return '--op-gradient-reduction';
  if (/gather/i.test(name)) return '--op-parameter-gather';
  return /optim/i.test(name) ? '--op-optimizer' : '--op-backward';
}

/** The first slice that ends after a time; the length of the track when none does. */
export function firstAfter({ end }: DrawnTrack, time: number): number {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((end[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The slice at a time, or within `near` of it. */
export function sliceAt(track: DrawnTrack, time: number, near: number): number | undefined {
  const at = firstAfter(track, time - near);
  return at < track.start.length && (track.start[at] ?? 0) <= time + near ? at : undefined;
}
