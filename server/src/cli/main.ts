/** Entry point of `rooflint`: hands the process to `runCli`. */
import { runCli } from './program.ts';

async function main(): Promise<void> {
  // A reader that closes early (`rooflint ... | head`) is no error.
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
    folder: process.cwd(),
    parsers: { runtime: __dirname, grammars: __dirname },
    solver: __dirname,
    models: __dirname,
    dist: __dirname,
  });
}

void main();
