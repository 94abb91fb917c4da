/**
 * What a run costs in money and in energy. Power is not simulated: a GPU is taken to draw 15 % of its board power when idle, 85 % (70 to
 * 100) in steps with prompts and 60 % (45 to 80) in steps of decoding alone. These shares are assumptions in the range that Patel et al.
 * report for H100 and A100 inference (Splitwise, ISCA 2024; POLCA, ASPLOS 2024): prompts draw near the board limit, decoding well below.
 */
import type { SimulationResult } from './summarise.ts';

export interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const shares = { idle: [0.15, 0.1, 0.25], prefill: [0.85, 0.7, 1], decode: [0.6, 0.45, 0.8] } as const;

/** Mean watts of all GPUs. */
export function meanPower(result: SimulationResult, gpus: number, boardWatts: number): Spread {
  const idle = Math.max(0, 1 - result.busyShare);
  const at = (index: 0 | 1 | 2) =>
    gpus *
    boardWatts *
    (idle * shares.idle[index] + result.prefillShare * shares.prefill[index] + result.decodeShare * shares.decode[index]);
  return { value: at(0), low: at(1), high: at(2) };
}

/** Joules per generated token. */
export function energyPerToken(power: Spread, result: SimulationResult): Spread {
  const per = (watts: number) => watts / result.outputTokensPerSecond;
  return { value: per(power.value), low: per(power.low), high: per(power.high) };
}

/** Money per million generated tokens. */
export function costPerMillion(result: SimulationResult, gpus: number, pricePerGpuHour: number): number {
  return ((pricePerGpuHour * gpus) / 3600 / result.outputTokensPerSecond) * 1e6;
}
