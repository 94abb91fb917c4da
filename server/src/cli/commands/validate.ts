/** `rooflint validate`: predicts published runs blind and compares. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { validate } from '../../validation/run.ts';
import { analyticCatalog, tableCatalog } from '../../validation/table-catalog.ts';
import { assumptionsText, validationText } from '../format/validation.ts';
import { givenIn, refuseIdle } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { reasonOf } from '../reason.ts';

interface ValidateOptions {
  readonly cases: string;
  readonly json?: boolean;
  readonly assumptions?: boolean;
  readonly learned: 'on' | 'off';
}

export function validateCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('validate')
    .description('Predict published runs without looking at their measurements, and compare where there are any.')
    .requiredOption('--cases <FILE.jsonl>', 'one JSON row per line: model, hardware, parallel, batch, ..., measured')
    .option('--assumptions', 'list, row by row, what the row did not say and what was taken for it')
    .addOption(
      new Option('--learned <on|off>', 'learned times of products where they are used, or the curve everywhere')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--json', 'one object: rows with every field that can be predicted, and a summary')
    .addHelpText('after', '\nRows that hold no measurement are predicted all the same. A row outside the model is refused with the reason.')
    .action((options: ValidateOptions, self: Command) => {
      if (options.json) refuseIdle(['assumptions'], givenIn(self), 'the rows of --json hold the assumptions already');
      const catalog = options.learned === 'on' ? tableCatalog : analyticCatalog;
      const report = validate(readCases(resolve(io.folder, options.cases), options.cases), catalog);
      if (options.json) io.out(`${JSON.stringify({ rows: report.rows, summary: report.summary })}\n`);
      else io.out(`${options.assumptions ? `${assumptionsText(report)}\n` : ''}${validationText(report)}`);
      done(exitCodes.clean);
    });
}

function readCases(path: string, written: string): string {
  try {
    if (!statSync(path).isFile()) throw new UsageError(`the cases in "${written}" cannot be read: give a regular file.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the cases in "${written}" cannot be read: ${reasonOf(error)}.`);
  }
}
