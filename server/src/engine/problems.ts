/** Problems of reading as they are told. */
import type { ConfigDocument, Problem } from '../syntax/document.ts';
import type { WantedSeverity } from './suppress.ts';

/** Problems that mean: not all of it was read. */
const limits: ReadonlySet<string> = new Set(['script-too-long', 'file-too-large', 'nested-too-deep']);
/** Words of which a launch has one. */
const launchWords = /pretrain_\w+\.py|\bvllm\b|\btorchrun\b|deepspeed|--num-layers|zero_optimization/;

/**
 * Text that no framework claims is none of our business, however broken it is. But when the reader gave up before it met
 * the launch that stands there, silence would look like a clean bill.
 */
export function limitsMet({ problems, text }: ConfigDocument): readonly Problem[] {
  const met = problems.filter(({ code }) => limits.has(code));
  return met.length > 0 && launchWords.test(text) ? met.map((problem) => ({ ...problem, severity: 'warning' })) : [];
}

/** As the user wants to hear them. Several launches of one script share flags and links: a problem is told once. */
export function toldProblems(problems: readonly Problem[], wanted: WantedSeverity): readonly Problem[] {
  const seen = new Set<string>();
  return problems.flatMap((problem) => {
    const { range, code, message } = problem;
    const severity = wanted(code, problem.severity, range.start);
    const key = `${range.start} ${range.end} ${code} ${message}`;
    if (severity === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ ...problem, severity }];
  });
}
