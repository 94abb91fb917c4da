/** How well a question is founded on measurements: of this very device, of another with its multiprocessors, or of neither. */
import type { Footing } from './bands.ts';
import type { DeviceFigures } from './device.ts';
import type { Question } from './families.ts';
import type { Network } from './network.ts';

/** A group without the engine at its end: the formats. */
const kindOf = (group: string): string => group.replace(/ [^ ]+$/, '');

export function footingOf(network: Network, device: DeviceFigures, question: Pick<Question, 'group' | 'foreign'>): Footing {
  if (question.foreign !== undefined) return 'unmeasured';
  const kind = kindOf(question.group);
  if (network.measured.has(device.id) && network.kinds.get(device.id)?.has(kind)) return 'measured';
  return device.chip !== undefined && network.chipKinds.get(device.chip)?.has(kind) ? 'chip' : 'unmeasured';
}

/** What an answer says of its footing. */
export function footingWords(footing: Footing, device: DeviceFigures, question: Question): string {
  if (question.foreign !== undefined) return question.foreign;
  if (footing === 'measured') return 'trained on this device';
  if (footing === 'chip') return `trained on another device with the chip of ${device.chip}`;
  return device.measured ? 'this kind was not measured on this device' : 'not trained on this device';
}
