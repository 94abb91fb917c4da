/** A layer of pixels over the timeline, for rows of so many operations that boxes would be too slow or too narrow. */

/** A value per column of CSS pixels in [0, 1], and the colour ("#rrggbb") of that share of the column's height. */
export type ColumnLayer = readonly [shares: Float32Array, color: string];

export interface PixelLayer {
  /** Stacks shares from the bottom up in a bar of `height` CSS pixels. */
  readonly stack: (left: number, top: number, height: number, layers: readonly ColumnLayer[]) => void;
  /** Puts what was stacked on a canvas that is scaled to the density of the screen. */
  readonly paste: (context: CanvasRenderingContext2D) => void;
}

/** A layer of `width` by `height` CSS pixels; its memory is taken only when something is stacked. */
export function pixelLayer(width: number, height: number, density: number): PixelLayer {
  const columns = Math.max(1, Math.round(width * density));
  const lines = Math.max(1, Math.round(height * density));
  let image: ImageData | undefined;
  let pixels = new Uint32Array(0);

  const stack = (left: number, top: number, barHeight: number, layers: readonly ColumnLayer[]): void => {
    image ??= new ImageData(columns, lines);
    if (pixels.length === 0) pixels = new Uint32Array(image.data.buffer);
    const colors = layers.map(([, color]) => pixelOf(color));
    const bottom = Math.min(lines, Math.round((top + barHeight) * density));
    const tall = bottom - Math.round(top * density);
    const from = Math.round(left * density);
    const count = layers[0]?.[0].length ?? 0;
    for (let x = from; x < Math.min(columns, from + Math.round(count * density)); x++) {
      const column = Math.floor((x - from) / density);
      let line = bottom;
      let filled = 0;
      for (let layer = 0; layer < layers.length; layer++) {
        filled += layers[layer]?.[0][column] ?? 0;
        const end = bottom - Math.round(Math.min(1, filled) * tall);
        for (; line > end; line--) pixels[(line - 1) * columns + x] = colors[layer] ?? 0;
      }
    }
  };
  const paste = (context: CanvasRenderingContext2D): void => {
    if (!image) return;
    const layer = document.createElement('canvas');
    layer.width = columns;
    layer.height = lines;
    layer.getContext('2d')?.putImageData(image, 0, 0);
    context.drawImage(layer, 0, 0, columns / density, lines / density);
  };
  return { stack, paste };
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** "#rrggbb" as a pixel of an image, opaque. */
function pixelOf(color: string): number {
  const rgb = Number.parseInt(color.slice(1), 16) || 0;
  const [red, green, blue] = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];
  return (littleEndian ? (255 << 24) | (blue << 16) | (green << 8) | red : (red << 24) | (green << 16) | (blue << 8) | 255) >>> 0;
}
