/** `rooflint predict`: times of single kernels by the learned models, for any GPU with a data sheet. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Prediction, Predictor, refusal } from '../../predictor/predict.ts';
import { NativeRuntime } from '../../predictor/runtime.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { reasonOf } from '../reason.ts';

interface PredictOptions {
  readonly cases: string;
  readonly json?: boolean;
  readonly native: boolean;
}

/** Lines written at once, so that a hundred thousand rows are no hundred thousand writes. */
const linesAtOnce = 5000;

export function predictCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('predict')
    .description('Predict how long single kernels take: products, attention, experts, collectives.')
    .requiredOption('--cases <FILE.jsonl>', 'one JSON row per line: id, op, device, and the columns of the operator')
    .option('--json', 'one object that holds all rows; otherwise one JSON row per line')
    .option('--no-native', 'work everything out without the native ONNX runtime')
    .addHelpText('after', '\nA row that cannot be answered has the reason under "error". Columns and units: docs/learned-models.md.')
    .action(async (options: PredictOptions) => {
      const native = options.native ? new NativeRuntime(join(io.dist, 'predictor.js')) : undefined;
      const rows = await predictLines(readText(resolve(io.folder, options.cases), options.cases), new Predictor(io.models, native));
      native?.close();
      if (options.json)
        io.out(`${JSON.stringify({ rows, summary: { rows: rows.length, refused: rows.filter((row) => row.error).length } })}\n`);
      else {
        for (let start = 0; start < rows.length; start += linesAtOnce)
          io.out(
            rows
              .slice(start, start + linesAtOnce)
              .map((row) => `${JSON.stringify(row)}\n`)
              .join(''),
          );
      }
      done(exitCodes.clean);
    });
}

/** A line that is no JSON gets an answer, too: it says so. */
async function predictLines(text: string, predictor: Predictor): Promise<readonly Prediction[]> {
  const contents: unknown[] = [];
  const unreadable = new Map<number, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      contents.push(JSON.parse(line));
    } catch (error) {
      unreadable.set(contents.length, `this line is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
      contents.push(undefined);
    }
  }
  const predictions = await predictor.predict(contents);
  return predictions.map((prediction, index) => {
    const problem = unreadable.get(index);
    return problem === undefined ? prediction : refusal(null, problem);
  });
}

function readText(path: string, written: string): string {
  try {
    if (!statSync(path).isFile()) throw new UsageError(`the cases in "${written}" cannot be read: give a regular file.`);
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the cases in "${written}" cannot be read: ${reasonOf(error)}.`);
  }
}
