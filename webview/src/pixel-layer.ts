/** A layer of pixels over the timeline, for rows of so many operations that boxes would be too slow or too narrow. */

/** A value per column of CSS pixels in [0, 1], and the colour ("#rrggbb") of that share of the column's height. */
export type ColumnLayer = readonly [shares: Float32Array | undefined, color: string];

export interface PixelLayer {
  /** Wipes the layer and gives it a place and size in CSS pixels; it begins at the left edge. */
  readonly reset: (top: number, width: number, height: number, density: number) => void;
  /** Stacks shares from the bottom up in a bar of `height` CSS pixels. */
  readonly stack: (left: number, top: number, height: number, layers: readonly ColumnLayer[]) => void;
  /** Puts what was stacked on a canvas that is scaled to the density of the screen. */
  readonly paste: (context: CanvasRenderingContext2D) => void;
}

/** A layer that keeps its memory from one picture to the next; it takes none until something is stacked. */
export function pixelLayer(): PixelLayer {
  const sheet = document.createElement('canvas');
  let [above, columns, lines, density] = [0, 1, 1, 1];
  let image: ImageData | undefined;
  let pixels = new Uint32Array(0);
  let used = false;

  const reset = (top: number, width: number, height: number, scale: number): void => {
    above = top;
    density = scale;
    columns = Math.max(1, Math.round(width * scale));
    lines = Math.max(1, Math.round(height * scale));
    if (image && (image.width !== columns || image.height !== lines)) image = undefined;
    else if (used) pixels.fill(0);
    used = false;
  };
  const stack = (left: number, top: number, barHeight: number, layers: readonly ColumnLayer[]): void => {
    if (!image) {
      image = new ImageData(columns, lines);
      pixels = new Uint32Array(image.data.buffer);
    }
    used = true;
    const shown = layers.filter(([shares]) => shares !== undefined);
    const shares = shown.map(([values]) => values as Float32Array);
    const colors = Uint32Array.from(shown, ([, color]) => pixelOf(color));
    const end = Math.round((top - above + barHeight) * density);
    const tall = end - Math.round((top - above) * density);
    const bottom = Math.min(lines, end);
    const from = Math.round(left * density);
    const count = shares[0]?.length ?? 0;
    const until = Math.min(columns, from + Math.round(count * density));
    for (let x = from; x < until; x++) {
      const column = Math.floor((x - from) / density);
      let at = (bottom - 1) * columns + x;
      let line = bottom;
      let filled = 0;
      for (let layer = 0; layer < shares.length; layer++) {
        const share = (shares[layer] as Float32Array)[column] as number;
        if (share <= 0) continue;
        filled += share;
        const least = Math.max(0, end - Math.round((filled < 1 ? filled : 1) * tall));
        const color = colors[layer] as number;
        for (; line > least; line--, at -= columns) pixels[at] = color;
      }
    }
  };
  const paste = (context: CanvasRenderingContext2D): void => {
    if (!image || !used) return;
    if (sheet.width !== columns) sheet.width = columns;
    if (sheet.height !== lines) sheet.height = lines;
    sheet.getContext('2d')?.putImageData(image, 0, 0);
    context.drawImage(sheet, 0, above, columns / density, lines / density);
  };
  return { reset, stack, paste };
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** "#rrggbb" as a pixel of an image, opaque. */
function pixelOf(color: string): number {
  const rgb = Number.parseInt(color.slice(1), 16) || 0;
  const [red, green, blue] = [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255];
  return (littleEndian ? (255 << 24) | (blue << 16) | (green << 8) | red : (red << 24) | (green << 16) | (blue << 8) | 255) >>> 0;
}
