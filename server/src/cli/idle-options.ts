/** Options that were given and would do nothing are mistakes: said in a sentence, never passed over. */
import type { Command } from 'commander';
import { UsageError } from './io.ts';

/** Whether an option, by its name in the code, stands on the command line. */
export type IsGiven = (option: string) => boolean;

export const givenIn =
  (command: Command): IsGiven =>
  (option) =>
    command.getOptionValueSource(option) === 'cli';

/** The hardware options of commands that estimate. */
export const hardwareOptions = ['cluster', 'gpus', 'gpusPerNode', 'network', 'price', 'mfu'] as const;

/** Refuses the first of these options that was given. */
export function refuseIdle(idle: readonly string[], isGiven: IsGiven, why: string): void {
  const given = idle.find(isGiven);
  if (given !== undefined)
    throw new UsageError(`--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} has no effect: ${why}.`);
}
