/** Solves integer programmes with HiGHS (Huangfu and Hall 2018, doi 10.1007/s12532-017-0130-5), compiled to WebAssembly. */
import { join } from 'node:path';
import load from 'highs';
import type { IntegerProgramme, LinearTerm, Solution, SolveProgramme } from '../core/serving/mix/integer-programme.ts';

/** A solver stops improving here: mixes have tens of variables and are solved in milliseconds. */
const secondsAtMost = 30;

const sum = (terms: readonly LinearTerm[]): string =>
  terms.map(({ variable, factor }) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${variable}`).join(' ') || '0 none';

/** The programme in the LP format of CPLEX, which HiGHS reads. */
export function lpText({ minimize, rows, most, integers }: IntegerProgramme): string {
  return [
    'Minimize',
    ` cost: ${sum(minimize)}`,
    'Subject To',
    ...rows.map(({ terms, relation, bound }, index) => ` r${index}: ${sum(terms)} ${relation} ${bound}`),
    'Bounds',
    ...[...most].map(([variable, value]) => ` 0 <= ${variable} <= ${value}`),
    'General',
    ` ${integers.join(' ')}`,
    'End',
    '',
  ].join('\n');
}

/** `wasmFolder` holds `highs.wasm`. The solver is loaded with the first programme. */
export function highsSolver(wasmFolder: string): SolveProgramme {
  let loading: ReturnType<typeof load> | undefined;
  return async (programme): Promise<Solution> => {
    loading ??= load({ locateFile: (name: string) => join(wasmFolder, name) });
    const highs = await loading;
    const found = highs.solve(lpText(programme), { time_limit: secondsAtMost, mip_rel_gap: 0 });
    if (found.Status !== 'Optimal') return { refused: `the solver ends with "${found.Status}"` };
    return { values: new Map(Object.entries(found.Columns).map(([name, { Primal }]) => [name, Primal])) };
  };
}
