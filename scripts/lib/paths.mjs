// Where things are in the checkout, whatever folder a script is started from.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that tests write; git ignores it. */
export const out = join(root, 'out');
