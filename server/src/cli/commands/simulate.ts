/** `rooflint simulate`: a serving engine under a load, from arrivals to percentiles. */
import type { Command } from 'commander';
import { settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { simulationText } from '../format/simulation.ts';
import { givenIn, type IsGiven, refuseIdle } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { jobOf } from '../job-of.ts';
import { openSession } from '../session.ts';
import { type SimulateOptions, withSimulateOptions } from '../simulate-options.ts';
import { type Simulated, simulateJob } from '../simulate-run.ts';
import { withLoadOf } from '../simulated-load.ts';

export function simulateCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withClusterOptions(withSimulateOptions(program.command('simulate <file>')))
    .description('Simulate the scheduler of a serving engine under a load: TTFT, TPOT, throughput, queueing, goodput, cost.')
    .addHelpText(
      'after',
      '\nWithout a rate all requests arrive at once. Exit code 2 when the job cannot be simulated; the reason is printed.',
    )
    .action(async (file: string, options: SimulateOptions, self: Command) => {
      if (options.findRate && !options.slo) throw new UsageError('--find-rate needs a service level; give --slo ttft=500ms,tpot=50ms.');
      refuseHalves(options, givenIn(self));
      const session = await openSession(io, settingsFrom(options));
      const analysis = session.analyse(file);
      const job = jobOf(analysis, file, options.job);
      const simulated = simulateJob(file, job, withLoadOf(job.job, options), io);
      const title = analysis.jobs.length > 1 ? `${file}, launch ${options.job}` : file;
      io.out(options.json ? `${JSON.stringify(asJson(file, options, simulated), undefined, 2)}\n` : simulationText(title, simulated));
      done(exitCodes.clean);
    });
}

/** Options that go with others that are not there. */
function refuseHalves({ trace, arrivals }: SimulateOptions, isGiven: IsGiven): void {
  refuseIdle(['mfu'], isGiven, 'only training has an MFU');
  if (arrivals !== 'gamma') refuseIdle(['burst'], isGiven, 'only gamma arrivals come in bursts; give --arrivals gamma');
  if (trace === undefined) refuseIdle(['speed'], isGiven, 'there is no trace to play; give --trace FILE');
  else refuseIdle(['isl', 'osl', 'systemPrompt', 'turns'], isGiven, `the requests of ${trace} have lengths of their own`);
}

/** The result with what it rests on. The engine's timer is a function and has no place here; the ends of the band go without series. */
function asJson(file: string, options: SimulateOptions, simulated: Simulated): object {
  const { engine, fast, slow, highest, curve, ...rest } = simulated;
  const { timer: _, ...sizes } = engine;
  const brief = ({ series: __, ...result }: Simulated['result']) => result;
  const point = ({ rate, result }: { readonly rate: number; readonly result: Simulated['result'] }) => ({ rate, result: brief(result) });
  return {
    file,
    job: options.job,
    seed: options.seed,
    ...(options.slo ? { slo: options.slo } : {}),
    engine: sizes,
    ...rest,
    fast: brief(fast),
    slow: brief(slow),
    ...(highest ? { highest: { value: point(highest.value), fast: point(highest.fast), slow: point(highest.slow) } } : {}),
    ...(curve ? { curve: curve.map(point) } : {}),
  };
}
