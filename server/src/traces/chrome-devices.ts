/**
 * Which processes of a Chrome trace are devices, and which ranks they are. A file may hold one process, or those of many ranks that a tool put
 * together: then each has a number of its own, and often a name such as "rank 3", "Pipeline rank 1" or "[rank2] python" (as tools that merge
 * the profiles of PyTorch write them). What is not named is a device of its own: processes are never added up.
 */
import type { DeviceOrigin } from '../core/measured/trace.ts';

const deviceWords = /\b(?:gpu|device|cuda|stream|hip|rocm|tpu)\b/i;
const hostWords = /\b(?:host|cpu)\b/i;
const stageWords = /\b(?:pipeline|pp)[ -]*(?:parallel[ -]*)?(?:rank|stage)?[ -]*(\d+)|\bstage[ -]*(\d+)/i;
const otherRanks = /\b(?:pipeline|tensor|data|expert|context|model|local|node|pp|tp|dp|ep|cp)[ -]*(?:parallel[ -]*)?rank[ -]*\d+/gi;
const rankWords = /(?:^|[^a-z])rank[ -]*(\d+)/i;

/** The words of a name, which tools join in many ways. */
const spaced = (name: string): string => name.replaceAll(/[_/:#=[\]().,|]+/g, ' ');

/** The rank and the pipeline stage that a name tells. */
export function placeTold(name: string): { readonly rank?: number; readonly stage?: number } {
  const words = spaced(name);
  const [, first, second] = stageWords.exec(words) ?? [];
  const stage = first ?? second;
  const rank = rankWords.exec(words.replaceAll(otherRanks, ' '))?.[1];
  return { ...(rank === undefined ? {} : { rank: Number(rank) }), ...(stage === undefined ? {} : { stage: Number(stage) }) };
}

export type Process = string | number;
interface Lane {
  readonly process: Process;
  readonly thread: string;
  /** The device that a kernel itself names. */
  readonly told?: number;
}

const mostLanes = 65_000;

/** Processes and threads of one file, with the names that metadata give them. */
export class ChromeDevices {
  private readonly names = new Map<Process, string>();
  private readonly threads = new Map<string, string>();
  private readonly laneOf = new Map<string, number>();
  private readonly lanes: Lane[] = [];

  nameProcess(pid: unknown, name: string): void {
    const process = processOf(pid);
    if (this.names.size < 10_000 || this.names.has(process)) this.names.set(process, `${this.names.get(process) ?? ''} ${name}`);
  }

  nameThread(pid: unknown, tid: unknown, name: string): void {
    if (this.threads.size < 10_000) this.threads.set(`${processOf(pid)} ${tid}`, name);
  }

  /** A number for each pair of process and thread, or of process and device. */
  lane(pid: unknown, tid: unknown, told?: number): number {
    const process = processOf(pid);
    const key = told === undefined ? `${process} ${tid}` : `${process} d ${told}`;
    const known = this.laneOf.get(key);
    if (known !== undefined) return known;
    const lane = Math.min(mostLanes, this.lanes.length);
    if (lane === this.lanes.length) this.lanes.push({ process, thread: String(tid), ...(told === undefined ? {} : { told }) });
    this.laneOf.set(key, lane);
    return lane;
  }

  /** The devices, with where each stands; of the lanes whose kernels name one (`kernels`), or of the others. */
  sort(kernels: boolean): SortedDevices {
    const devices = this.groups(kernels).sort((a, b) => orderOf(a) - orderOf(b));
    const own = devices.map(({ told }) => told);
    const numbers = new Set(own).size === own.length && own.every((one) => one !== undefined) ? own : devices.map((_, at) => at);
    const laneDevice = this.lanes.map(() => -1);
    for (const [at, { lanes }] of devices.entries()) for (const lane of lanes) laneDevice[lane] = numbers[at] ?? at;
    const assumed = devices.length > 1 && devices.every(({ process, name }, at) => process === at && name === '');
    const origins = devices.map(({ process, words, name }, at): SortedDevice => {
      const place = assumed ? { rank: at, assumed } : placeTold(words);
      // Profiles of one process call all its GPUs alike.
      const says = name !== '' && (!kernels || Object.keys(place).length > 0);
      return { device: numbers[at] ?? at, process, ...(says ? { name } : {}), ...place };
    });
    return { laneDevice, devices: origins };
  }

  /** What a process is called, its number included where that is a word. */
  wordsOf(pid: unknown): string {
    const process = processOf(pid);
    return `${typeof process === 'string' ? process : ''} ${this.names.get(process) ?? ''}`;
  }

  private groups(kernels: boolean): readonly Group[] & Group[] {
    const lanes = this.lanes.map((lane, at) => ({ ...lane, at, words: this.laneWords(lane) }));
    const plain = lanes.filter(({ words, told }) => told === undefined && !hostWords.test(words));
    const named = (test: (words: string) => boolean): typeof lanes => plain.filter(({ words }) => test(words));
    const isPlace = (words: string): boolean => Object.keys(placeTold(words)).length > 0;
    const candidates = kernels
      ? [lanes.filter(({ told }) => told !== undefined)]
      : [named((words) => deviceWords.test(words)), named(isPlace), plain];
    const chosen = candidates.find((found) => found.length > 0) ?? lanes;
    const groups = new Map<string, Group>();
    for (const { at, process, told, words } of chosen) {
      const key = `${process} ${told ?? ''}`;
      const known = groups.get(key);
      if (known) known.lanes.push(at);
      else groups.set(key, { process, told, words, name: this.nameOf(process), lanes: [at] });
    }
    return [...groups.values()];
  }

  private laneWords({ process, thread }: Lane): string {
    return spaced(`${this.wordsOf(process)} ${this.threads.get(`${process} ${thread}`) ?? ''}`);
  }

  private nameOf(process: Process): string {
    return this.wordsOf(process).trim().slice(0, 80);
  }
}

export interface SortedDevices {
  /** By lane: the number of its device, or -1. */
  readonly laneDevice: readonly number[];
  readonly devices: readonly SortedDevice[];
}

export type SortedDevice = DeviceOrigin & { readonly process: Process };

interface Group {
  readonly process: Process;
  readonly told: number | undefined;
  readonly words: string;
  readonly name: string;
  readonly lanes: number[];
}

function processOf(pid: unknown): Process {
  const number = typeof pid === 'string' && pid.trim() !== '' ? Number(pid) : pid;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  return typeof pid === 'string' ? pid : 0;
}

/** By stage, by rank, by number; the rest as they come. */
function orderOf({ words, process, told }: Group): number {
  const { rank, stage } = placeTold(words);
  return stage ?? rank ?? (typeof process === 'number' ? process + (told ?? 0) * 1e-6 : Number.MAX_SAFE_INTEGER);
}
