/**
 * Decode steps that an answer takes. With k drafted tokens of which each is accepted with chance a once those before it were, a step
 * yields 1 to k + 1 tokens, (1 - a^(k+1)) / (1 - a) on average (Leviathan et al. 2023, equation 1). The number of steps is drawn token by
 * token; between them the tokens are spread evenly, which moves single tokens inside an answer but not its end.
 */
import type { Random } from './random.ts';
import type { Speculation } from './simulation-options.ts';

export function decodeSteps(tokens: number, speculation: Speculation | undefined, random: Random): number {
  if (speculation === undefined) return tokens;
  const { drafted, acceptance } = speculation;
  let steps = 0;
  for (let left = tokens; left > 0; steps++) {
    left--;
    for (let draft = 0; draft < drafted && left > 0 && random.uniform() < acceptance; draft++) left--;
  }
  return steps;
}

/** Tokens that a step yields on average. */
export function tokensPerStep({ drafted, acceptance }: Speculation): number {
  return acceptance >= 1 ? drafted + 1 : (1 - acceptance ** (drafted + 1)) / (1 - acceptance);
}
