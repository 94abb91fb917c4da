/** Four neighbouring elements read one by one take four instructions where a vector takes one. */
import type { Access } from '../body.ts';
import { defineKernelRule } from '../kernel-rule.ts';
import { warpElements } from '../warp-access.ts';
import { onceEach } from './shared/once-each.ts';

const warp = 32;
const together = 4;

export const scalarAccessesOfNeighbours = defineKernelRule({
  id: 'scalar-accesses-of-neighbours',
  severity: 'info',
  languages: ['cuda'],
  check({ configurations, report }) {
    for (const configuration of onceEach(configurations, ({ kernel }) => kernel)) {
      const { kernel, scope } = configuration;
      for (const parameter of kernel.parameters.filter(({ isPointer }) => isPointer)) {
        const size = scope.sizeOf(parameter.type.replace(/\b(?:const|__restrict(?:__)?)\b|[*&]/g, ' ').trim());
        if (size === undefined || size * together > 16) continue;
        for (const kind of ['read', 'write'] as const) {
          const firsts = new Map<string, { readonly access: Access; readonly offsets: Set<number> }>();
          for (const access of kernel.statements.accesses) {
            if (access.array !== parameter.name || access.kind !== kind || access.as !== undefined || access.indexes.length !== 1) continue;
            const [places] = warpElements(configuration, access, [1], warp) ?? [];
            const [first, second] = places ?? [];
            if (first === undefined || second === undefined || second - first !== together) continue;
            const base = Math.floor(first / together);
            const entry = firsts.get(String(base)) ?? { access, offsets: new Set<number>() };
            entry.offsets.add(first - base * together);
            firsts.set(String(base), entry);
          }
          for (const { access, offsets } of firsts.values()) {
            if (offsets.size < together) continue;
            report({
              range: access.range,
              related: [{ range: parameter.range, message: 'global memory' }],
              what: `Four neighbouring elements of ${parameter.name} ${kind === 'read' ? 'are read' : 'are written'} one by one`.replace(
                /^Four/,
                '4',
              ),
              why: 'each takes an instruction and a request of its own; one of 16 bytes would do',
              advice: `take them as one vector, such as reinterpret_cast<float4 *>(&${parameter.name}[...])[0], where the address is a multiple of 16`,
            });
          }
        }
      }
    }
  },
});
