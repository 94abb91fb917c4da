/**
 * The shape of a model of which only the number of parameters is known: the published LLaMA shape nearest in size, with as
 * many layers as the parameters make. Width and depth of models of one size differ little between families, so that costs
 * come out about right; the assumption is told with every answer.
 */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';

/** Hidden size, MLP width, heads and KV heads of the LLaMA family (Touvron et al. 2023; Llama Team 2024, table 3). */
const ladder = [
  { size: 1.1e9, hidden: 2048, ffn: 5632, heads: 32, kvHeads: 4 },
  { size: 3.2e9, hidden: 3072, ffn: 8192, heads: 24, kvHeads: 8 },
  { size: 7e9, hidden: 4096, ffn: 11008, heads: 32, kvHeads: 32 },
  { size: 13e9, hidden: 5120, ffn: 13824, heads: 40, kvHeads: 40 },
  { size: 33e9, hidden: 6656, ffn: 17920, heads: 52, kvHeads: 52 },
  { size: 70e9, hidden: 8192, ffn: 28672, heads: 64, kvHeads: 8 },
  { size: 405e9, hidden: 16384, ffn: 53248, heads: 128, kvHeads: 8 },
] as const;

/** Parameters as stated, or as the name says them: "Foo-13B", "foo 6.7b"; not "30B-A3B", whose experts nobody knows. */
function parametersOf({ params, name = '' }: NonNullable<CaseInput['model']>): number | undefined {
  if (params !== undefined) return params;
  if (/a\d+(?:\.\d+)?b|\dx\d|moe/i.test(name)) return undefined;
  const match = /(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)\s*([bm])(?![a-z0-9])/i.exec(name);
  return match ? Number(match[1]) * (match[2]?.toLowerCase() === 'b' ? 1e9 : 1e6) : undefined;
}

/** Fills in the shape from the number of parameters, with an assumption, or leaves the fields as they are. */
export function shapeBySize(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const count = parametersOf(input.model ?? {});
  if (count === undefined || fields['model.hidden'] !== undefined || fields['model.layers'] !== undefined || count < 1e8) return;
  const nearest = ladder.reduce((best, step) =>
    Math.abs(Math.log(step.size / count)) < Math.abs(Math.log(best.size / count)) ? step : best,
  );
  const vocab = fields['model.vocab'] ?? 32000;
  const { hidden, ffn, heads, kvHeads } = nearest;
  const perLayer = hidden * (2 * hidden + (2 * hidden * kvHeads) / heads + 3 * ffn);
  const stages = input.parallel?.pp ?? 1;
  const layers = Math.max(1, Math.round((count - 2 * vocab * hidden) / perLayer / stages)) * stages;
  Object.assign(fields, {
    'model.layers': layers,
    'model.hidden': hidden,
    'model.ffn': ffn,
    'model.heads': heads,
    'model.kvHeads': kvHeads,
    'model.gatedMlp': true,
  } satisfies PartialJobDraft);
  assumptions.push({
    field: 'model.layers',
    value: `${layers} layers of width ${hidden}`,
    why: `the shape is not known: a LLaMA-like one with as many parameters`,
  });
}
