/** `rooflint schedule`: the simulated timeline of one pipeline schedule. */
import type { Command } from 'commander';
import { refuseShape } from '../../core/schedules/check-request.ts';
import { findSchedule, schedules } from '../../core/schedules/index.ts';
import type { ScheduleRequest } from '../../core/schedules/schedule.ts';
import { simulate } from '../../core/schedules/simulate.ts';
import { scheduleChrome, scheduleJson, scheduleText } from '../format/schedule.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { positive, whole } from '../numbers.ts';

interface ScheduleOptions {
  readonly stages: number;
  readonly microBatches: number;
  readonly virtual?: number;
  readonly forward: number;
  readonly backwardInput: number;
  readonly backwardWeight: number;
  readonly comm: number;
  readonly json?: boolean;
  readonly trace?: string;
}

export function scheduleCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('schedule <name>')
    .description(`Simulate a pipeline schedule: ${schedules.map(({ id }) => id).join(', ')}.`)
    .requiredOption('--stages <P>', 'pipeline stages', whole('--stages'))
    .requiredOption('--micro-batches <M>', 'micro batches per step', whole('--micro-batches'))
    .option('--virtual <V>', 'virtual stages per rank', whole('--virtual'))
    .option('--forward <T>', 'time of one forward pass of a stage', positive('--forward'), 1)
    .option('--backward-input <T>', 'time of the input half of one backward pass', positive('--backward-input'), 1)
    .option('--backward-weight <T>', 'time of the weight half of one backward pass', positive('--backward-weight'), 1)
    .option('--comm <T>', 'time to hand activations to the next stage', positive('--comm'), 0)
    .option('--json', 'every operation with its start and end')
    .option('--trace <format>', 'write a trace instead; the only format is "chrome" (chrome://tracing, Perfetto)')
    .addHelpText('after', '\nTimes have any unit you like; results are in the same unit. Exit code 2 when the shape cannot be scheduled.')
    .action((name: string, options: ScheduleOptions) => {
      const request = requestOf(name, options);
      const result = simulate(request);
      if ('refused' in result) throw new UsageError(sentence(result.refused));
      if (options.trace !== undefined && options.trace !== 'chrome') throw new UsageError('the only trace format is "chrome".');
      if (options.trace === 'chrome') io.out(`${scheduleChrome(result)}\n`);
      else io.out(options.json ? `${scheduleJson(result)}\n` : scheduleText(result));
      done(exitCodes.clean);
    });
}

function requestOf(name: string, options: ScheduleOptions): ScheduleRequest {
  const schedule = findSchedule(name);
  if (!schedule) throw new UsageError(`the schedule "${name}" is not known; use one of ${schedules.map(({ id }) => id).join(', ')}.`);
  const { stages, microBatches, virtual: virtualStages = schedule.fixedChunks ?? 1 } = options;
  const shape = { stages, microBatches, virtualStages };
  const refused = refuseShape(shape) ?? schedule.refuses(shape);
  if (refused !== undefined) throw new UsageError(sentence(refused));
  // The times are those of a whole stage. Its chunks share them, unless each is a whole stage of its own direction.
  const parts = schedule.placement === 'two-way' ? 1 : virtualStages;
  const [input, weight] = [options.backwardInput / parts, options.backwardWeight / parts];
  const chunk = { forward: options.forward / parts, backward: input + weight, backwardInput: input, backwardWeight: weight };
  const row = Array.from({ length: virtualStages }, () => chunk);
  const memory = Array.from({ length: virtualStages }, () => ({ activations: 1 / parts }));
  return {
    name: schedule.id,
    stages,
    microBatches,
    virtualStages,
    times: Array.from({ length: stages }, () => row),
    memory: Array.from({ length: stages }, () => memory),
    residentBytes: Array.from({ length: stages }, () => 0),
    transfer: options.comm,
    transferOverlapped: false,
    tail: { gradientReduction: 0, optimizer: 0, parameterGather: 0 },
  };
}

function sentence(text: string): string {
  const capital = text.charAt(0).toLowerCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
