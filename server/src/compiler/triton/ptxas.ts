/**
 * The `ptxas` that Triton uses, or another: the one a setting or `TRITON_PTXAS_PATH` names, those that come with Triton in an environment
 * of Python beside the file, of the session or on the path, and those of CUDA's toolkit.
 */
import { readdirSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, relative } from 'node:path';
import { isProgram, programName } from '../programs.ts';

/** Usual names of environments that lie in a project. */
const environmentNames = ['.venv', 'venv', 'env', '.env'];
const blackwell = 'ptxas-blackwell';
const plain = 'ptxas';

/** Where Triton has its programs within an environment of Python. */
function binFolders(prefix: string): readonly string[] {
  const inside = join('triton', 'backends', 'nvidia', 'bin');
  if (process.platform === 'win32') return [join(prefix, 'Lib', 'site-packages', inside)];
  try {
    const versions = readdirSync(join(prefix, 'lib')).filter((name) => /^python3\.\d+$/.test(name));
    return versions.toReversed().map((name) => join(prefix, 'lib', name, 'site-packages', inside));
  } catch {
    return [];
  }
}

/** The file's folder and those around it, up to the workspace's. */
function foldersAround(path: string, roots: readonly string[]): readonly string[] {
  const root = roots.find((one) => !relative(one, path).startsWith('..'));
  const folders: string[] = [];
  for (let folder = dirname(path); root !== undefined; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === root || dirname(folder) === folder) break;
  }
  return folders;
}

/**
 * Programs to try, best first: the newer one of the two that Triton brings knows all that the other knows, but Triton itself uses it from
 * Hopper or Blackwell on only, by release.
 * @param setting a path (of ptxas, or of the toolkit's nvcc beside it), or nothing to look for one.
 */
export function ptxasPrograms(
  setting: string | undefined,
  path: string,
  roots: readonly string[],
  environment: NodeJS.ProcessEnv,
  isNewer: boolean,
): readonly string[] {
  const names = isNewer ? [blackwell, plain] : [plain, blackwell];
  const inside = (folder: string): readonly string[] => names.map((name) => join(folder, programName(name)));
  if (setting !== undefined && setting !== '') {
    const own = basename(setting).startsWith(plain) ? [setting] : inside(dirname(setting));
    return own.filter((one) => isAbsolute(one) && isProgram(one));
  }
  const { TRITON_PTXAS_PATH, TRITON_PTXAS_BLACKWELL_PATH, VIRTUAL_ENV, CONDA_PREFIX, CUDA_HOME, CUDA_PATH } = environment;
  const named = isNewer ? [TRITON_PTXAS_BLACKWELL_PATH, TRITON_PTXAS_PATH] : [TRITON_PTXAS_PATH, TRITON_PTXAS_BLACKWELL_PATH];
  const onPath = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter(isAbsolute);
  const around = foldersAround(path, roots).flatMap((folder) => environmentNames.map((name) => join(folder, name)));
  const prefixes = [...around, VIRTUAL_ENV, CONDA_PREFIX, ...onPath.filter((one) => basename(one) === 'bin').map((one) => dirname(one))];
  const toolkits = [CUDA_HOME, CUDA_PATH, '/usr/local/cuda'].flatMap((one) => (one ? join(one, 'bin') : []));
  const all = [
    ...named.flatMap((one) => one?.trim() || []),
    ...[...new Set(prefixes)].flatMap((one) => (one ? binFolders(one).flatMap(inside) : [])),
    ...[...onPath, ...toolkits].flatMap(inside),
  ];
  return [...new Set(all)].filter((one) => isAbsolute(one) && isProgram(one));
}
