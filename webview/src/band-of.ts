/** The band of a figure that the panel simulated itself, where it is the figure of the estimate. Pure. */
import type { BandedFigure } from '../../server/src/protocol/panel.ts';

/** As "(1.81 s to 6.52 s)"; undefined for another figure, of values that are only tried here, and where no band is known. */
export function bandOf(figure: BandedFigure | undefined, value: number, write: (value: number) => string): string | undefined {
  if (!figure || figure.high <= figure.low || Math.abs(figure.value - value) > 1e-3 * value) return undefined;
  return `(${write(figure.low)} to ${write(figure.high)})`;
}
