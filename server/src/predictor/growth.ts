/**
 * Times that do not fall where sizes grow. The network cannot fall; the trees that correct it can, because libraries change
 * kernels. So a time is at least that of the same question with one dimension halved, quartered and so on, as long as that
 * still comes close: where a half takes much less, its own half takes less still. A larger fall stays: it is a
 * change of kernels that was measured (vLLM's 8-bit products on H100 and B200 fall to less than half in 4 of 100 doublings).
 */
import type { Question } from './families.ts';

/** One question with its device, whatever else the caller keeps beside it. */
export interface Sized<Device> {
  readonly question: Question;
  readonly device: Device;
}

/** A smaller question that takes so many times as long is another kernel, not a wobble of the trees. */
const wobble = 1.05;

interface Rung<Device> extends Sized<Device> {
  readonly at: number;
  readonly dimension: number;
}

/** `times`: seconds of questions, already above their bounds. Raises `seconds` in place. */
export async function keepGrowing<Device>(
  asked: readonly Sized<Device>[],
  seconds: Float64Array,
  times: (questions: readonly Sized<Device>[]) => Promise<Float64Array>,
): Promise<void> {
  let rungs: Rung<Device>[] = asked.flatMap(({ question, device }, at) =>
    question.smaller().map((half) => ({ at, device, dimension: half.dimension, question: half.question })),
  );
  while (rungs.length > 0) {
    const theirs = await times(rungs);
    const next: Rung<Device>[] = [];
    for (const [index, rung] of rungs.entries()) {
      const time = theirs[index] as number;
      const largest = seconds[rung.at] as number;
      if (time > wobble * largest || time < largest / wobble) continue;
      if (time > largest) seconds[rung.at] = time;
      const further = rung.question.smaller().find(({ dimension }) => dimension === rung.dimension);
      if (further) next.push({ at: rung.at, device: rung.device, dimension: rung.dimension, question: further.question });
    }
    rungs = next;
  }
}
