/** Without `__restrict__` a write may change what is read next, so nothing can be read ahead. */
import { defineKernelRule } from '../kernel-rule.ts';

export const pointersWithoutRestrict = defineKernelRule({
  id: 'pointers-without-restrict',
  severity: 'info',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      const pointers = kernel.parameters.filter(({ isPointer }) => isPointer);
      const written = new Set(kernel.statements.accesses.filter(({ kind }) => kind !== 'read').map(({ array }) => array));
      const read = pointers.filter(
        ({ name, isConst }) =>
          isConst && !written.has(name) && kernel.statements.accesses.some(({ array, loops }) => array === name && loops.length > 0),
      );
      const isPlain = pointers.every(({ isRestrict }) => !isRestrict);
      const [first] = read;
      if (!first || !isPlain || !pointers.some(({ name }) => written.has(name))) continue;
      const changes = pointers.flatMap(({ range, name, type }) =>
        type.includes('[') ? [] : [{ range: { start: range.end - name.length, end: range.end }, text: `__restrict__ ${name}` }],
      );
      report({
        range: first.range,
        related: pointers
          .filter((one) => one !== first)
          .map(({ range }) => ({ range, message: 'may overlap with it as far as the compiler knows' })),
        what: `Pointers of ${kernel.name} may overlap as far as the compiler knows`,
        why: 'after each write it reads again what it has read, and it cannot use the read-only cache',
        advice: 'declare pointers that never overlap as __restrict__',
        fixes: changes.length === pointers.length ? [{ title: 'Declare the pointers as __restrict__', changes }] : [],
      });
    }
  },
});
