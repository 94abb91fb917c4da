/**
 * The events of a Chrome trace as kernels, steps and launches. PyTorch's profiler (libkineto output_json.cpp; torch 1.8 to 2.9) names the
 * category of each event and the message of each collective; of other traces (XLA, TensorFlow, own tools) the processes and
 * threads that are named after a GPU, a device or a stream hold the kernels. Times are microseconds.
 */
import { type Collective, messageBytes } from '../core/measured/collective.ts';
import { collectiveNamed, type KernelKind, kernelKind } from '../core/measured/kernel-kind.ts';
import { latestStart, Recorder, type Recording } from '../core/measured/recorder.ts';
import { mayBeStep } from '../core/measured/steps.ts';
import type { TraceOrigin } from '../core/measured/trace.ts';

type Json = Readonly<Record<string, unknown>>;

const kernelCategories: ReadonlySet<string> = new Set(['kernel', 'concurrent_kernel']);
const copyCategories: ReadonlySet<string> = new Set(['gpu_memcpy', 'gpu_memset', 'memcpy', 'memset']);
const stepCategories: ReadonlySet<string> = new Set(['user_annotation', 'gpu_user_annotation', 'operator', 'cpu_op']);
const launchCategories: ReadonlySet<string> = new Set(['cuda_runtime', 'cuda_driver', 'hip_runtime', 'runtime']);
const launchName = /"name"\s*:\s*"(?:cudaLaunchKernel|cuLaunchKernel|hipLaunchKernel|hipModuleLaunchKernel|hipExtModuleLaunchKernel)/;
const categoryIn = /"cat"\s*:\s*"([^"]*)"/;
const stepName = /"name"\s*:\s*"[^"]*(?:step|iter|batch)/i;
const deviceWords = /\b(?:gpu|device|cuda|stream|hip|rocm)\b/i;

export class ChromeEvents {
  private readonly recorder: Recorder;
  /** Traces without categories: kernels and others, told apart by the names of their lanes when all is read. */
  private readonly unsorted: Recorder;
  private readonly processes = new Map<number, string>();
  private readonly threads = new Map<string, string>();
  private readonly laneOf = new Map<string, number>();
  private readonly open = new Map<number, { name: string; start: number }[]>();
  private readonly cpuSteps: { name: string; start: number; end: number }[] = [];
  private gpuSteps = 0;
  private base: number | undefined;
  private origin: TraceOrigin = { software: [] };
  private isKineto = false;
  unreadable = 0;

  constructor(limit?: number) {
    this.recorder = new Recorder(limit);
    this.unsorted = new Recorder(limit);
  }

  get kineto(): boolean {
    return this.isKineto;
  }

  get kernels(): number {
    return this.recorder.kernels + this.unsorted.kernels;
  }

  /** One event, as the bytes it stands in. Most are told from their category and never parsed. */
  readonly event = (bytes: Buffer, start: number, end: number): void => {
    const head = bytes.toString('latin1', start, Math.min(end, start + 240));
    const category = (categoryIn.exec(head) ??
      (end - start > 240 ? categoryIn.exec(bytes.toString('latin1', start, end)) : null))?.[1]?.toLowerCase();
    if (category !== undefined && this.isOfNoUse(category, head)) return;
    let event: unknown;
    try {
      event = JSON.parse(bytes.toString('utf8', start, end));
    } catch {
      this.unreadable++;
      return;
    }
    if (typeof event === 'object' && event !== null) this.take(event as Json, category);
  };

  /** Members of the document beside the events: where the trace was made. */
  readonly member = (key: string, text: string): void => {
    if (key !== 'deviceProperties' && key !== 'distributedInfo') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    this.isKineto = true;
    if (key === 'deviceProperties' && Array.isArray(value)) {
      const name = record(value[0]).name;
      if (typeof name === 'string') this.origin = { ...this.origin, gpu: name };
    }
    if (key === 'distributedInfo') this.distributed(record(value));
  };

  finish(): { readonly recording: Recording; readonly origin: TraceOrigin } {
    // A range on the GPU is where the kernels are; where there is none, the host's stands for it.
    if (this.gpuSteps === 0) for (const step of this.cpuSteps) this.recorder.step(step);
    if (this.recorder.kernels > 0 || this.unsorted.kernels === 0) return { recording: this.recorder.finish(), origin: this.origin };
    for (const step of this.gpuSteps === 0 ? this.cpuSteps : []) this.unsorted.step(step);
    return { recording: onDevices(this.unsorted.finish(), this.deviceLanes()), origin: this.origin };
  }

  private isOfNoUse(category: string, head: string): boolean {
    if (kernelCategories.has(category) || copyCategories.has(category)) return false;
    if (launchCategories.has(category)) return !launchName.test(head);
    if (stepCategories.has(category)) return !stepName.test(head);
    return /^(?:python_function|cpu_instant_event|ac2g|fwdbwd|async_cpu_to_gpu|trace|overhead|cuda_sync|mtia|collective_comm)/.test(
      category,
    );
  }

  private take(event: Json, category: string | undefined): void {
    const { ph, name, ts, dur } = event;
    if (ph === 'M') this.metadata(event);
    if (typeof name !== 'string' && ph !== 'E') return;
    const start = this.seconds(ts);
    if (start === undefined) return;
    if (ph === 'X') this.complete(event, String(name), start, (numeric(dur) ?? 0) / 1e6, category);
    else if (ph === 'B' || ph === 'E') this.half(event, String(name), start, ph, category);
  }

  private complete(event: Json, name: string, start: number, duration: number, category = ''): void {
    const args = record(event.args);
    if (kernelCategories.has(category) || copyCategories.has(category)) {
      this.isKineto ||= 'correlation' in args;
      const kind = copyCategories.has(category) ? 'copy' : undefined;
      const device = numeric(args.device) ?? numeric(event.pid) ?? 0;
      const stream = numeric(args.stream) ?? numeric(event.tid) ?? 0;
      this.recorder.kernel({ name, start, duration, device, stream, ...messageOf(name, args, kind) });
    } else if (launchCategories.has(category)) this.recorder.launch(numeric(event.tid) ?? 0, start);
    else if (stepCategories.has(category)) this.range(name, start, start + duration, category === 'gpu_user_annotation');
    else this.plain(event, name, start, duration);
  }

  /** An event of a trace that has no categories that we know. */
  private plain(event: Json, name: string, start: number, duration: number): void {
    if (mayBeStep(name) && kernelKind(name) === 'other') {
      this.range(name, start, start + duration, false);
      return;
    }
    const lane = this.lane(event);
    this.unsorted.kernel({
      name,
      start,
      duration,
      device: lane,
      stream: numeric(event.tid) ?? lane,
      ...messageOf(name, record(event.args)),
    });
  }

  private half(event: Json, name: string, at: number, ph: 'B' | 'E', category?: string): void {
    const lane = this.lane(event);
    const stack = this.open.get(lane) ?? [];
    this.open.set(lane, stack);
    if (ph === 'B') {
      if (stack.length < 256) stack.push({ name, start: at });
      return;
    }
    const begun = stack.pop();
    if (begun) this.complete(event, begun.name, begun.start, at - begun.start, category);
  }

  private range(name: string, start: number, end: number, onGpu: boolean): void {
    if (!mayBeStep(name)) return;
    if (onGpu) {
      this.gpuSteps++;
      this.recorder.step({ name, start, end });
    } else if (this.cpuSteps.length < 10_000) this.cpuSteps.push({ name, start, end });
  }

  private metadata({ name, pid, tid, args }: Json): void {
    const label = record(args).name ?? record(args).labels;
    if (typeof label !== 'string' || this.threads.size > 10_000) return;
    if (name === 'process_name' || name === 'process_labels') {
      this.processes.set(numeric(pid) ?? 0, `${this.processes.get(numeric(pid) ?? 0) ?? ''} ${label}`);
    } else if (name === 'thread_name') this.threads.set(`${pid} ${tid}`, label);
  }

  /** A number for each pair of process and thread. */
  private lane({ pid, tid }: Json): number {
    const key = `${pid} ${tid}`;
    const known = this.laneOf.get(key);
    if (known !== undefined) return known;
    const lane = Math.min(65_000, this.laneOf.size);
    this.laneOf.set(key, lane);
    return lane;
  }

  /** By lane: the device it belongs to, or -1. Without any named device, everything is one. */
  private deviceLanes(): readonly number[] {
    const devices = new Map<string, number>();
    const lanes = [...this.laneOf.keys()].map((key) => {
      const [pid = ''] = key.split(' ');
      const names = `${this.processes.get(Number(pid)) ?? ''} ${this.threads.get(key) ?? ''}`.replaceAll(/[_/:#]/g, ' ');
      if (!deviceWords.test(names) || /\bhost\b|\bcpu\b/i.test(names)) return -1;
      if (!devices.has(pid)) devices.set(pid, devices.size);
      return devices.get(pid) ?? 0;
    });
    return lanes.some((lane) => lane >= 0) ? lanes : lanes.map(() => 0);
  }

  private seconds(ts: unknown): number | undefined {
    const microseconds = numeric(ts);
    if (microseconds === undefined || Math.abs(microseconds) > 1e6 * latestStart) return undefined;
    // Times since 1970 leave doubles little room for parts of a microsecond.
    this.base ??= microseconds;
    return (microseconds - this.base) / 1e6;
  }

  private distributed(info: Json): void {
    const { rank, world_size: world, backend, nccl_version: nccl } = info;
    const software = typeof nccl === 'string' ? [`NCCL ${nccl}`] : typeof backend === 'string' ? [backend.toUpperCase()] : [];
    this.origin = {
      ...this.origin,
      ...(typeof rank === 'number' ? { rank } : {}),
      ...(typeof world === 'number' ? { worldSize: world } : {}),
      software: [...this.origin.software, ...software],
    };
  }
}

/** What PyTorch tells of a collective beside its kernel. */
function messageOf(name: string, args: Json, given?: KernelKind): { readonly kind?: KernelKind; readonly collective?: Collective } {
  if (given) return { kind: given };
  const told = args['Collective name'];
  const kind = kernelKind(name);
  const named = typeof told === 'string' ? collectiveNamed(told) : undefined;
  const communicates = named !== undefined && !['gemm', 'grouped-gemm', 'attention', 'optimizer'].includes(kind);
  const collective = communicates ? named : undefined;
  if (!collective) return {};
  const groupSize = numeric(args['Group size']);
  const bytes = messageBytes(collective, numeric(args['In msg nelems']), numeric(args['Out msg nelems']), String(args.dtype ?? ''));
  const group = args['Process Group Description'];
  const stride = strideOf(args['Process Group Ranks']);
  return {
    kind: collective,
    collective: {
      kind: collective,
      ...(bytes === undefined ? {} : { bytes }),
      ...(groupSize === undefined ? {} : { groupSize }),
      ...(typeof group === 'string' && group !== '' ? { group } : {}),
      ...(stride === undefined ? {} : { stride }),
    },
  };
}

/** Of "[0, 8, 16, 24]" or the same as a list: how far neighbours are apart. Long lists are cut in the middle. */
function strideOf(ranks: unknown): number | undefined {
  const text = Array.isArray(ranks) ? ranks.slice(0, 2).join(',') : typeof ranks === 'string' ? ranks : '';
  const [first, second] = [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  return first !== undefined && second !== undefined && second > first ? second - first : undefined;
}

/** The kernels of the lanes that belong to a device. */
function onDevices(recording: Recording, deviceOf: readonly number[]): Recording {
  const { kernels } = recording;
  const kept: number[] = [];
  for (let at = 0; at < kernels.count; at++) if ((deviceOf[kernels.device[at] ?? 0] ?? -1) >= 0) kept.push(at);
  const pick = <A extends Float64Array | Uint8Array | Uint16Array | Int32Array>(made: A, from: A): A => {
    for (let to = 0; to < kept.length; to++) made[to] = from[kept[to] ?? 0] ?? 0;
    return made;
  };
  const device = pick(new Uint16Array(kept.length), kernels.device as Uint16Array);
  for (let at = 0; at < device.length; at++) device[at] = deviceOf[device[at] ?? 0] ?? 0;
  const counts = new Map<number, { count: number; seconds: number }>();
  for (const at of kept) {
    const name = kernels.name[at] ?? 0;
    const total = counts.get(name) ?? { count: 0, seconds: 0 };
    counts.set(name, { count: total.count + 1, seconds: total.seconds + (kernels.duration[at] ?? 0) });
  }
  return {
    ...recording,
    names: recording.names.map((total, at) => ({ ...total, ...(counts.get(at) ?? { count: 0, seconds: 0 }) })),
    kernels: {
      count: kept.length,
      start: pick(new Float64Array(kept.length), kernels.start),
      duration: pick(new Float64Array(kept.length), kernels.duration),
      kind: pick(new Uint8Array(kept.length), kernels.kind),
      device,
      stream: pick(new Uint16Array(kept.length), kernels.stream),
      name: pick(new Uint16Array(kept.length), kernels.name),
      collective: pick(new Int32Array(kept.length), kernels.collective),
    },
  };
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

function numeric(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
