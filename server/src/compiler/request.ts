/** What to ask a compiler of an analysed document: nothing where it holds no kernels, or is no file of this machine. */
import { fileURLToPath } from 'node:url';
import type { Analysis } from '../engine/analysis.ts';
import type { CompileRequest } from './compile.ts';

function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

/** @param textOf the present text of a file. */
export function requestOf({ uri, document, kernels }: Analysis, textOf: (uri: string) => string | undefined): CompileRequest | undefined {
  const path = pathOf(uri);
  if (path === undefined || !kernels) return undefined;
  const file = kernels.cuda?.file;
  const names = kernels.triton?.file.kernels.map(({ name }) => name) ?? [];
  const language = file && file.kernels.length > 0 ? file.language : names.length > 0 ? 'triton' : undefined;
  if (language === undefined) return undefined;
  return {
    uri,
    path,
    text: document.text,
    language,
    architecture: kernels.isDeviceNamed ? kernels.devices[0]?.architecture.id : undefined,
    includes: kernels.includes.flatMap((one) => textOf(one) ?? []),
    ...(language === 'triton' ? { kernels: [...new Set(names)] } : {}),
  };
}
