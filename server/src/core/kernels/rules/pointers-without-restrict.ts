/** Without `__restrict__` a write may change what is read next, so nothing can be read ahead. */
import { defineKernelRule } from '../kernel-rule.ts';

export const pointersWithoutRestrict = defineKernelRule({
  id: 'pointers-without-restrict',
  severity: 'info',
  check({ kernels, report }) {
    for (const kernel of kernels) {
      const pointers = kernel.parameters.filter(({ isPointer }) => isPointer);
      const isPointer = new Set(pointers.map(({ name }) => name));
      const writes = kernel.statements.accesses.filter(({ kind, array }) => kind !== 'read' && isPointer.has(array));
      const written = new Set(writes.map(({ array }) => array));
      // A write behind the loop holds back none of its loads.
      const writing = new Set(writes.flatMap(({ loops }) => loops.map(({ range }) => range.start)));
      const read = pointers.filter(
        ({ name, isConst }) =>
          isConst &&
          !written.has(name) &&
          kernel.statements.accesses.some(({ array, loops }) => array === name && loops.some(({ range }) => writing.has(range.start))),
      );
      const isPlain = pointers.every(({ isRestrict }) => !isRestrict);
      const [first] = read;
      if (!first || !isPlain) continue;
      const changes = pointers.flatMap(({ range, name, type }) =>
        type.includes('[') ? [] : [{ range: { start: range.end - name.length, end: range.end }, text: `__restrict__ ${name}` }],
      );
      report({
        range: first.range,
        related: pointers
          .filter((one) => one !== first)
          .map(({ range }) => ({ range, message: 'may overlap with it as far as the compiler knows' })),
        what: `Pointers of ${kernel.name} may overlap as far as the compiler knows`,
        why: 'no load of the loop may go before a write of an earlier round, and none may use the read-only cache',
        advice: 'declare pointers that never overlap as __restrict__',
        fixes: changes.length === pointers.length ? [{ title: 'Declare the pointers as __restrict__', changes }] : [],
      });
    }
  },
});
