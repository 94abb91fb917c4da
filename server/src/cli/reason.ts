/** Why a file operation failed, in words rather than in codes. */

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, give a file',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  EADDRINUSE: 'the port is in use, choose another with --port',
  EMFILE: 'too many files are open',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** One clause without a full stop. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
