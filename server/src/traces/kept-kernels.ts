/** Of a recording whose kernels name lanes: those of the lanes that belong to a device, with the number of the device. */
import type { Recording } from '../core/measured/recorder.ts';

/** `deviceOf`: by lane, the device or -1. */
export function keptKernels(recording: Recording, deviceOf: readonly number[]): Recording {
  const { kernels } = recording;
  if (deviceOf.every((device, lane) => device === lane)) return recording;
  if (deviceOf.every((device) => device >= 0)) return renamed(recording, deviceOf);
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

function renamed(recording: Recording, deviceOf: readonly number[]): Recording {
  const device = recording.kernels.device.map((lane) => deviceOf[lane] ?? 0);
  return { ...recording, kernels: { ...recording.kernels, device } };
}
