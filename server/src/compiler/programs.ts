/** Programs on disk. */
import { accessSync, constants, statSync } from 'node:fs';

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** As the system calls it. */
export const programName = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);
