/** The folder of the project that a file belongs to, where no editor names one: what a repository or a build begins in. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** What stands where a project begins, the surest first. */
const signs: readonly (readonly string[])[] = [
  ['.git', '.hg', 'compile_commands.json'],
  ['CMakeLists.txt', 'Makefile', 'meson.build', 'pyproject.toml', 'setup.py', 'BUILD.bazel'],
];

/** Deeper trees than this are no sources. */
const mostLevels = 32;

/** The folders from one up to the home folder or the top of the disk, neither of which is a project. */
function upwards(folder: string): readonly string[] {
  const found: string[] = [];
  const home = homedir();
  for (let at = resolve(folder); found.length < mostLevels && at !== home && dirname(at) !== at; at = dirname(at)) found.push(at);
  return found;
}

/** The nearest folder with a sign of the surest kind that any has. */
export function projectFolder(folder: string): string | undefined {
  const all = upwards(folder);
  for (const names of signs) {
    const found = all.find((at) => names.some((name) => existsSync(join(at, name))));
    if (found !== undefined) return found;
  }
  return undefined;
}
