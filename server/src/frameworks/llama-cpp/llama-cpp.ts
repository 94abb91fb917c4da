/**
 * llama.cpp: `llama-server`, `llama-cli`, `llama-bench` and their older names, the server's images, and the commands in the YAML of
 * llama-swap. One reading per program.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, ReadContext, Reading } from '../adapter.ts';
import { noContext } from '../adapter.ts';
import { engineAdapter } from '../engines/frame.ts';
import { isLlamaCppFlag, llamaCppShort, llamaCppSwitches } from './flag-names.ts';
import { llamaCppKeys } from './keys.ts';
import { isLlamaSwap, swapCommands } from './llama-swap.ts';
import { llamaCppNotModelled } from './not-modelled.ts';
import { llamaCppRows, llamaCppVariables } from './rows.ts';
import { completeLlamaCpp } from './settings.ts';

const release = { name: 'llama.cpp 2026' };

const commands = engineAdapter({
  id: 'llama-cpp',
  label: 'llama.cpp',
  start: {
    program: /(?:^|\/)llama-(?:server|cli|bench|batched-bench|perplexity|parallel|simple|speculative|run|mtmd-cli)(?:-[\w.-]+)?(?:\.exe)?$/,
    variable: /^LLAMA_?(?:CPP_?)?(?:SERVER|CLI|BENCH)(?:_?(?:BIN|PATH|EXE|CMD|BINARY))?$/i,
    image: /(?:^|\/)llama\.cpp:server[\w.-]*(?:@sha256:\w+)?$/,
    flags: new Set(['-ngl', '--n-gpu-layers', '--ctx-size', '-hf', '-ctk', '-ctv', '--cache-type-k', '--mmproj']),
  },
  flags: { short: llamaCppShort, switches: llamaCppSwitches },
  positional: [],
  isKnown: isLlamaCppFlag(llamaCppKeys),
  rows: llamaCppRows,
  variables: llamaCppVariables,
  notModelled: llamaCppNotModelled,
  keys: llamaCppKeys,
  release: () => release,
  complete: completeLlamaCpp,
});

function read(document: ConfigDocument, context: ReadContext = noContext): readonly Reading[] {
  if (!isLlamaSwap(document)) return commands.read(document, context);
  return swapCommands(document).flatMap((inner) => context.readInner(inner).map((reading) => ({ ...reading, within: inner })));
}

export const adapter: Adapter = {
  ...commands,
  detect: (document) => (isLlamaSwap(document) ? 0.95 : commands.detect(document)),
  read,
};
