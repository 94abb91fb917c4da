/**
 * Arguments of a program that no adapter knows, behind a launcher that says something by itself: the trainer's names come
 * first, and beside them those that scripts built on the examples of accelerate and DeepSpeed use.
 */
import { addProblem, type Draft } from '../draft.ts';
import { readFlags } from '../flags.ts';
import { nameHidden } from '../hidden-arguments.ts';
import type { Launch } from '../launchers/launch.ts';
import { count } from '../parse.ts';
import { type Row, row } from '../row.ts';
import type { Setting } from '../setting.ts';
import { pythonNames } from './names.ts';
import { readTrainer } from './program.ts';
import { trainerRows } from './rows.ts';

const rows: readonly Row[] = [
  row({ field: 'batch.micro', keys: ['batch_size', 'train_batch_size', 'micro_batch_size'], parse: count }),
  ...trainerRows,
];

/** Names that mean an argument of the trainer. */
const aliases = new Map<string, string>([
  ['gradient_checkpoint', 'gradient_checkpointing'],
  ['grad_checkpoint', 'gradient_checkpointing'],
  ['maxlen_prompt', 'max_prompt_length'],
  ['maxlen_res', 'max_new_tokens'],
]);

/** Reads what can be told from the names alone; what the program takes for arguments that are not written is not known. */
export function readAnyProgram(draft: Draft, launch: Launch, further: readonly Row[] = []): readonly Setting[] {
  const flags = readFlags(launch.after);
  const settings = pythonNames(flags.settings).map((one) => ({ ...one, name: aliases.get(one.name) ?? one.name }));
  readTrainer(draft, settings, { rows: [...rows, ...further] });
  nameHidden(draft, flags.opaque);
  tellOwn(draft, launch);
  return settings;
}

/** What is known looks like all there is unless somebody says that the program decides the rest. */
function tellOwn(draft: Draft, { name, script }: Launch): void {
  const own = `${name === '' ? 'this' : name} is a program of your own`;
  const known = 'flags with usual names are taken to mean the usual; what it sets by itself or by default is not known';
  addProblem(draft, script.range, 'info', 'own-program', `${own}: ${known}`);
}
