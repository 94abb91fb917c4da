/**
 * Kernel code as the grammar gets it: of the same length, without attributes that it takes for something else.
 * `__align__(16)` in front of a type would be read as the type itself.
 */
const attributes =
  /\b(?:__align__|alignas|__attribute__|__declspec|__cluster_dims__|__maxnreg__|__block_size__)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\b__forceinline__\b|\b__host__\b(?=\s+__device__)/g;

export function maskAttributes(text: string): string {
  return text.replace(attributes, (attribute) => attribute.replace(/[^\n]/g, ' '));
}
