/**
 * The events of a Chrome trace as kernels, steps and launches. PyTorch's profiler (libkineto output_json.cpp; torch 1.8 to 2.9) names the
 * category of each event and the message of each collective; of other traces (XLA, TensorFlow, own tools) the processes and
 * threads that are named after a GPU, a device, a stream or a rank hold the kernels (`chrome-devices.ts`). Times are microseconds.
 */
import { type Collective, messageBytes } from '../core/measured/collective.ts';
import { collectiveNamed, type KernelKind, kernelKind } from '../core/measured/kernel-kind.ts';
import { latestStart, Recorder, type Recording } from '../core/measured/recorder.ts';
import { mayBeStep } from '../core/measured/steps.ts';
import type { TraceOrigin } from '../core/measured/trace.ts';
import { predictionMark } from '../core/schedules/chrome-trace.ts';
import { ChromeDevices } from './chrome-devices.ts';
import { type ChromeStep, stepsByDevice } from './chrome-steps.ts';
import { keptKernels } from './kept-kernels.ts';
import { predictedKernel } from './predicted-kernel.ts';

type Json = Readonly<Record<string, unknown>>;

const kernelCategories: ReadonlySet<string> = new Set(['kernel', 'concurrent_kernel']);
const copyCategories: ReadonlySet<string> = new Set(['gpu_memcpy', 'gpu_memset', 'memcpy', 'memset']);
const stepCategories: ReadonlySet<string> = new Set(['user_annotation', 'gpu_user_annotation', 'operator', 'cpu_op']);
const launchCategories: ReadonlySet<string> = new Set(['cuda_runtime', 'cuda_driver', 'hip_runtime', 'runtime']);
const mostSteps = 20_000;
const launchName = /"name"\s*:\s*"(?:cudaLaunchKernel|cuLaunchKernel|hipLaunchKernel|hipModuleLaunchKernel|hipExtModuleLaunchKernel)/;
const categoryIn = /"cat"\s*:\s*"([^"]*)"/;
const stepName = /"name"\s*:\s*"[^"]*(?:step|iter|batch)/i;

export class ChromeEvents {
  private readonly recorder: Recorder;
  /** Traces without categories: kernels and others, told apart by the names of their lanes when all is read. */
  private readonly unsorted: Recorder;
  private readonly devices = new ChromeDevices();
  private readonly open = new Map<number, { name: string; start: number }[]>();
  private readonly steps: ChromeStep[] = [];
  private base: number | undefined;
  private origin: TraceOrigin = { software: [] };
  private isKineto = false;
  private isPrediction = false;
  private end = 0;
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
    if (key !== 'deviceProperties' && key !== 'distributedInfo' && key !== 'otherData') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    if (key === 'otherData') {
      if (record(value).producer !== predictionMark.producer) return;
      this.isPrediction = true;
      this.origin = { ...this.origin, isPrediction: true };
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
    const byCategory = this.recorder.kernels > 0 || this.unsorted.kernels === 0;
    const recorder = byCategory ? this.recorder : this.unsorted;
    const { laneDevice, devices } = this.devices.sort(byCategory);
    if (this.isPrediction) recorder.step({ name: 'Predicted step', start: 0, end: this.end });
    const wordsOf = (process: string | number): string => this.devices.wordsOf(process);
    for (const step of stepsByDevice(this.steps, devices, wordsOf)) recorder.step(step);
    const told = devices.length > 1 || devices.some(({ rank, stage }) => rank !== undefined || stage !== undefined);
    const { rank, ...others } = this.origin;
    const ranks = devices.some((one) => one.rank !== undefined);
    const origin = {
      ...others,
      ...(rank === undefined || ranks ? {} : { rank }),
      ...(told ? { devices: devices.map(({ process: _, ...device }) => device) } : {}),
    };
    return { recording: keptKernels(recorder.finish(), laneDevice), origin };
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
      const device = this.devices.lane(event.pid, '', numeric(args.device) ?? numeric(event.pid) ?? 0);
      const stream = numeric(args.stream) ?? numeric(event.tid) ?? 0;
      this.recorder.kernel({ name, start, duration, device, stream, ...messageOf(name, args, kind) });
    } else if (launchCategories.has(category)) this.recorder.launch(numeric(event.tid) ?? 0, start);
    else if (stepCategories.has(category)) this.range(event, name, start, start + duration, category === 'gpu_user_annotation');
    else this.plain(event, name, start, duration, category);
  }

  /** An event of a trace that has no categories that we know. */
  private plain(event: Json, name: string, start: number, duration: number, category: string): void {
    if (!this.isPrediction && mayBeStep(name) && kernelKind(name) === 'other') {
      this.range(event, name, start, start + duration, false);
      return;
    }
    const lane = this.devices.lane(event.pid, event.tid);
    this.end = Math.max(this.end, start + duration);
    const stream = numeric(event.tid) ?? lane;
    const what = this.isPrediction ? predictedKernel(name, category) : messageOf(name, record(event.args));
    this.unsorted.kernel({ name, start, duration, device: lane, stream, ...what });
  }

  private half(event: Json, name: string, at: number, ph: 'B' | 'E', category?: string): void {
    const lane = this.devices.lane(event.pid, event.tid);
    const stack = this.open.get(lane) ?? [];
    this.open.set(lane, stack);
    if (ph === 'B') {
      if (stack.length < 256) stack.push({ name, start: at });
      return;
    }
    const begun = stack.pop();
    if (begun) this.complete(event, begun.name, begun.start, at - begun.start, category);
  }

  private range({ pid }: Json, name: string, start: number, end: number, onGpu: boolean): void {
    if (mayBeStep(name) && this.steps.length < mostSteps) this.steps.push({ name, start, end, pid, onGpu });
  }

  private metadata({ name, pid, tid, args }: Json): void {
    const label = record(args).name ?? record(args).labels;
    if (typeof label !== 'string') return;
    if (name === 'process_name' || name === 'process_labels') this.devices.nameProcess(pid, label);
    else if (name === 'thread_name') this.devices.nameThread(pid, tid, label);
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

const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});

function numeric(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
