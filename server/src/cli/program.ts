/** The command line as a function: arguments in, exit code out. Nothing here ends the process. */
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { estimateCommand } from './commands/estimate.ts';
import { lspCommand } from './commands/lsp.ts';
import { mixCommand } from './commands/mix.ts';
import { predictCommand } from './commands/predict.ts';
import { profileCommand } from './commands/profile.ts';
import { readCommand } from './commands/read.ts';
import { reportCommand } from './commands/report.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { validateCommand } from './commands/validate.ts';
import { type CliIo, exitCodes, UsageError } from './io.ts';
import { version } from './version.ts';

/** Every command adds itself; `done` receives its exit code. */
export type AddCommand = (program: Command, io: CliIo, done: (code: number) => void) => void;

const commands: readonly AddCommand[] = [
  readCommand,
  estimateCommand,
  checkCommand,
  reportCommand,
  compareCommand,
  scheduleCommand,
  profileCommand,
  simulateCommand,
  mixCommand,
  validateCommand,
  predictCommand,
  benchCommand,
  lspCommand,
  serveCommand,
];

/** Runs one command line. Never throws and never prints a stack: a mistake becomes one sentence on stderr and exit code 2. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let code: number = exitCodes.clean;
  const program = new Command('rooflint')
    .description('Tells what an LLM training or serving configuration will cost before it is launched.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.error, outputError: (text, write) => write(plainSentence(text)) });
  for (const add of commands) {
    add(program, io, (given) => {
      code = given;
    });
  }
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.cannotRun;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

function explain(error: unknown, io: CliIo): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.cannotRun;
  if (error instanceof UsageError) {
    io.error(`rooflint: ${error.message}\n`);
    return exitCodes.cannotRun;
  }
  const reason = error instanceof Error ? error.message : String(error);
  io.error(`rooflint: an internal error stopped the command (${reason}). Please report it with the file that caused it.\n`);
  return exitCodes.cannotRun;
}

/** "error: missing required argument 'paths'" becomes a sentence with what to do. */
function plainSentence(text: string): string {
  const sentence = text
    .trim()
    .replace(/^error:\s*/, '')
    .replace(/\s*\n\s*/g, ' ');
  return `rooflint: ${sentence}${/[.?)]$/.test(sentence) ? '' : '.'} See "rooflint --help".\n`;
}
