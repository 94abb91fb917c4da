/** One spelling per file: editors encode the same path differently (`file:///c%3A/x` and `file:///C:/x`). */
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The address as Node writes it; addresses that are no local file stay as they are. */
export function normalUri(uri: string): string {
  const path = pathOfUri(uri);
  return path === undefined ? uri : pathToFileURL(path).href;
}

/** The path of a `file:` address, or undefined for other schemes and for addresses with a host. */
export function pathOfUri(uri: string): string | undefined {
  if (!/^file:\/\/\//i.test(uri)) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** Whether a path starts at a root of this machine. */
export const isAbsolutePath = (path: string): boolean => isAbsolute(path);

/** The path of a file from a folder, both paths of this machine. */
export const pathInside = (folder: string, path: string): string => relative(folder, path).replaceAll('\\', '/');

/** The last part of an address, as people say it. */
export function fileName(uri: string): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}

/** The path of a file as it is written from the folder of a document; the address where it has none. */
export function pathFrom(document: string, file: string): string {
  try {
    return relative(fileURLToPath(new URL('.', document)), fileURLToPath(file)).replaceAll('\\', '/');
  } catch {
    return file;
  }
}
