/** Panel jobs for the tests and the screenshots, in the manner of a 175B GPT on A100s. */
import type { ScheduleRequest } from '../../server/src/core/schedules/schedule.ts';
import type { PanelJob } from '../../server/src/protocol/panel.ts';
import { cluster, gpt3OnThousand } from '../model/shapes.ts';

const gib = 2 ** 30;

/** Stages alike but for the first (embedding) and the last (logits and loss). */
export function sampleRequest(shape: Pick<ScheduleRequest, 'name' | 'stages' | 'microBatches' | 'virtualStages'>): ScheduleRequest {
  const { stages, virtualStages } = shape;
  const ranks = Array.from({ length: stages }, (_, rank) => rank);
  const chunks = Array.from({ length: virtualStages }, (_, chunk) => chunk);
  const extra = (rank: number, chunk: number): number => {
    if (rank === 0 && chunk === 0) return 0.004;
    return rank === stages - 1 && chunk === virtualStages - 1 ? 0.012 : 0;
  };
  return {
    ...shape,
    times: ranks.map((rank) =>
      chunks.map((chunk) => ({
        forward: 0.082 / virtualStages + extra(rank, chunk),
        backward: 0.168 / virtualStages + 2 * extra(rank, chunk),
      })),
    ),
    memory: ranks.map(() => chunks.map(() => ({ activations: (3.1 * gib) / virtualStages }))),
    residentBytes: ranks.map((rank) => (rank === 0 || rank === stages - 1 ? 39.5 : 37.2) * gib),
    transfer: 0.006,
    transferOverlapped: virtualStages > 1,
    tail: { gradientReduction: 0.21, optimizer: 0.12, parameterGather: 0.16 },
  };
}

export function sampleJob(request: ScheduleRequest, version = 1): PanelJob {
  return {
    uri: 'file:///workspace/pretrain_gpt_175b.sh',
    version,
    title: 'pretrain_gpt_175b.sh, launch 1',
    gpu: '1,024 × A100 SXM 80 GB',
    usableBytes: 78.5 * gib,
    job: gpt3OnThousand,
    runsAs: 'megatron-lm',
    cluster: cluster('a100-sxm-80gb', 128),
    request,
    summary: [
      { label: 'GPUs', text: '1,024 (TP 8 × PP 8 × DP 16)' },
      { label: 'Memory per GPU', text: '64.3 GiB ± 4 % of 78.5 GiB', title: 'Stage 0, reserved by the allocator' },
      { label: 'Step time', text: '9.34 s ± 8 %' },
      { label: 'MFU', text: '42.6 % ± 3.4 %' },
      { label: 'Tokens/s', text: '168,000' },
      { label: 'Exposed communication', text: '7.1 %' },
    ],
    assumptions: [
      'Attention kernel: flash, the default of the launcher.',
      'Interconnect: 200 Gb/s InfiniBand per GPU, from the chosen cluster.',
    ],
  };
}
