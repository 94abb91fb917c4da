/** What a process can really get of a GPU's memory. */
import type { Accelerator } from '../hardware.ts';
import type { Term } from '../term.ts';

export function usableMemory(accelerator: Accelerator): Term {
  const { capacity, usable } = accelerator.memory;
  const figure = usable ?? capacity;
  return {
    id: 'memory.usable',
    label: 'Usable memory',
    value: figure.value,
    unit: 'B',
    formula: usable ? 'as the driver reports it' : 'capacity of the data sheet; the driver offers a little less',
    inputs: [{ name: 'memory', value: figure.value, field: 'cluster.gpu', from: `${accelerator.label}, ${figure.kind}: ${figure.source}` }],
  };
}
