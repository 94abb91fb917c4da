/** The words of rules whose check lives in Megatron Core, which Megatron-LM starts by flags and others by members of a configuration. */

/** Frameworks that run Megatron Core under whatever keys. */
export const megatronCore = ['megatron-lm', 'megatron-core'] as const;

/** Who refuses. */
export const engineName = (framework: string): string => (framework === 'megatron-lm' ? 'Megatron-LM' : 'Megatron Core');

/** An option as it is written there: the flag, or the member that has its name unless `member` says another. */
export function option(framework: string, flag: string, member = flag.replaceAll('-', '_')): string {
  return framework === 'megatron-lm' ? `--${flag}` : member;
}
