/** Neighbouring threads that touch elements far apart move a sector of 32 bytes for each of them. */
import { defineKernelRule } from '../kernel-rule.ts';
import { fewestSectors, sectorsOf, warpElements } from '../warp-access.ts';
import { onceEach } from './shared/once-each.ts';

const warp = 32;
/** Twice the fewest may be a matter of alignment; four times is a pattern. */
const tolerated = 4;

/** The type a pointer points at. */
const pointedType = (type: string): string => type.replace(/\b(?:const|__restrict(?:__)?|volatile)\b|[*&[\]]/g, ' ').trim();

export const uncoalescedAccess = defineKernelRule({
  id: 'uncoalesced-access',
  severity: 'warning',
  languages: ['cuda'],
  check({ configurations, report }) {
    for (const configuration of onceEach(configurations, ({ kernel }) => kernel.range.start)) {
      const { kernel, scope } = configuration;
      for (const access of kernel.statements.accesses) {
        const parameter = kernel.parameters.find(({ name, isPointer }) => name === access.array && isPointer);
        if (!parameter || access.indexes.length !== 1 || access.kind === 'atomic') continue;
        const element = scope.sizeOf(pointedType(parameter.type));
        const wide = access.as === undefined ? element : scope.sizeOf(access.as);
        const elements = warpElements(configuration, access, [1], warp);
        if (!elements || element === undefined || wide === undefined) continue;
        const sectors = sectorsOf(elements, element);
        const lanes = new Set(elements[0] ?? []).size;
        const fewest = fewestSectors(lanes, wide);
        if (sectors === undefined || sectors < tolerated * fewest) continue;
        report({
          range: access.range,
          // Where a sector holds elements of several threads, the cache may keep it for the accesses beside this one.
          ...(sectors < lanes ? { severity: 'info' } : {}),
          related: [{ range: parameter.range, message: `${parameter.name} is global memory` }],
          what: `A warp ${access.kind === 'write' ? 'writes' : 'reads'} ${lanes} elements of ${access.array} from ${sectors} sectors of 32 bytes, ${fewest} would hold them`,
          why: `${Math.round((1 - fewest / sectors) * 100)} % of what is moved is not used by this access`,
          advice: 'let threadIdx.x run along the innermost dimension, or bring a tile into shared memory first',
        });
      }
    }
  },
});
