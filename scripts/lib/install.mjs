// Installs exactly what package-lock.json says, when node_modules does not hold it yet. Node built-ins only.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { npm } from './process.mjs';

/** True when every package of the lock is installed in its version; packages for other platforms may be absent. */
export function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(installed);
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return found[path] === undefined ? optional === true : found[path].version === version;
  });
}

/** Resolves to false when the packages could not be installed; npm has then said why. */
export async function ensureInstalled() {
  if (isInstalled()) return true;
  console.log('Installing the packages of package-lock.json (npm ci) ...');
  const { code } = await npm(['ci']);
  if (code !== 0) console.error('npm ci failed. Check the network and the npm registry setting, then run this again.');
  return code === 0;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
