/** `rooflint bench`: how fast it is on this machine, with what else the machine is doing. */
import { cpus, loadavg } from 'node:os';
import type { Command } from 'commander';
import type { Timing } from '../bench/measure.ts';
import { type Work, worksOf } from '../bench/works.ts';
import { table } from '../format/table.ts';
import { type CliIo, exitCodes } from '../io.ts';

export function benchCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('bench')
    .description('Time one estimate, one schedule, a keystroke in a 500-line file, and the start of the server.')
    .option('--json', 'microseconds, with the machine and its load')
    .option('--quick', 'fewer runs')
    .action(async (options: { json?: boolean; quick?: boolean }) => {
      const machine = {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: cpus().length,
        node: process.versions.node,
        loadAverage: loadavg(),
      };
      if (!options.json)
        io.out(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load average ${load(machine.loadAverage)}\n`);
      const works: (Pick<Work, 'id' | 'what'> & Timing)[] = [];
      for (const { id, what, run } of worksOf(options.quick === true)) works.push({ id, what, ...(await run(io)) });
      const after = loadavg();
      if (options.json) io.out(`${JSON.stringify({ machine, loadAverageAfter: after, unit: 'microseconds', works }, undefined, 2)}\n`);
      else io.out(`${benchTable(works)}\nload average at the end ${load(after)}\n`);
      done(exitCodes.clean);
    });
}

const load = (averages: readonly number[]): string => averages.map((value) => value.toFixed(2)).join(' ');

function benchTable(works: readonly (Pick<Work, 'id' | 'what'> & Timing)[]): string {
  const rows = works.map(({ id, what, best, median, p95, runs }) => [
    id,
    what,
    duration(best),
    duration(median),
    duration(p95),
    String(runs),
  ]);
  return table(['id', 'work', 'best', 'median', 'p95', 'runs'], rows, [2, 3, 4, 5]);
}

function duration(microseconds: number): string {
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(2)} s`;
  if (microseconds >= 1000) return `${(microseconds / 1000).toFixed(2)} ms`;
  return `${microseconds.toFixed(1)} us`;
}
