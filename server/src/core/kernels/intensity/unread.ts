/** Calls of a kernel that may compute and move what nobody has looked into: functions that are handed pointers or arrays. */
import { baseOf } from './distinct.ts';
import { isOfValues } from './flops.ts';
import type { Counting } from './setting.ts';

/** Functions of the language that are counted, or that move nothing of their own. */
const understood =
  /^(?:atomic\w+|__(?:ld|st)(?:g|ca|cs|cg|cv|lu|wb|wt)|printf|assert|sizeof|min|max|memcpy|memset|\w*_cast|float4|__cvta_\w+|mma_sync|fill_fragment|__syncthreads\w*|(?:\w*_)?memcpy_async|[A-Z][A-Z0-9_]+)$/;

/** What keeps order between threads, and holds no data. */
const isOrder = (type: string | undefined): boolean => type !== undefined && /\b(?:barrier|pipeline\w*|semaphore)\b/.test(type);

/** Names of functions that are handed pointers or arrays, each once. */
export function unreadCalls(counting: Counting): readonly string[] {
  const { arithmetic, configuration } = counting;
  const { types, statements, initial } = arithmetic;
  const shared = new Map(configuration.kernel.shared.map((array) => [array.name, array] as const));
  const local = new Set(statements.localArrays.map(({ name }) => name));
  // A pointer to a barrier is one.
  const typeOf = (word: string): string | undefined => {
    const pointed = /^&\s*(\w+)$/.exec(initial.get(word)?.text ?? '')?.[1];
    return shared.get(word)?.type ?? (pointed === undefined ? undefined : shared.get(pointed)?.type) ?? types.get(word);
  };
  const isMemory = (word: string): boolean => {
    if (isOrder(typeOf(word))) return false;
    const array = shared.get(word);
    // One shared value is handed on as a value.
    return array ? array.isDynamic || array.dimensions.length > 0 : local.has(word) || types.get(word)?.includes('*') === true;
  };
  const names = statements.calls.flatMap(({ callee, values }) => {
    const bare = callee.replace(/<.*$/s, '').replace(/^.*(?:::|\.|->)/, '');
    if (understood.test(bare) || isOfValues(bare) || bare === '' || /^\(.*\)$/.test(bare)) return [];
    // Names that are handed on whole; what follows a dot is a member's, as in `threadIdx.x`.
    const handed = values.flatMap(({ text }) => [...text.matchAll(/(?<!\.|->)\b[A-Za-z_]\w*\b(?!\s*\[)/g)].map(([word]) => word));
    const isFragment = /^(?:load|store)_matrix_sync$/.test(bare);
    const counts = (word: string): boolean => (isFragment ? baseOf(word, counting) !== undefined : isMemory(word));
    return handed.some(counts) && !values.every(({ kind }) => kind === 'number') ? [bare] : [];
  });
  return [...new Set(names)];
}
