/** Closer, further, everything: what the wheel and the keys do, for those who click. */
import { zoomStep } from './gestures.ts';

interface ZoomProps {
  readonly zoom: (factor: number) => void;
  readonly whole: () => void;
  readonly isWhole: boolean;
}

export function ZoomButtons({ zoom, whole, isWhole }: ZoomProps) {
  return (
    <fieldset class="zoom" aria-label="Zoom">
      <button type="button" title="Zoom out (−)" onClick={() => zoom(1 / zoomStep)} disabled={isWhole}>
        <span aria-hidden="true">−</span>
        <span class="hidden">Zoom out</span>
      </button>
      <button type="button" title="Zoom in (+)" onClick={() => zoom(zoomStep)}>
        <span aria-hidden="true">+</span>
        <span class="hidden">Zoom in</span>
      </button>
      <button type="button" title="Show everything (Home)" onClick={whole} disabled={isWhole}>
        Fit
      </button>
    </fieldset>
  );
}
