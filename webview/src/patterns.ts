/** Hatching, so that no kind of box is told by its colour alone. */

export type Hatch = 'rising' | 'falling' | 'dots';

const size = 8;

/** Tiles made so far: a picture needs a dozen, sixty times a second. A change of theme brings a few more. */
const made = new Map<string, CanvasPattern | null>();
const mostMade = 200;

/** A repeating tile of lines or dots in one colour; null where the canvas cannot make patterns. */
export function hatch(context: CanvasRenderingContext2D, kind: Hatch, color: string, scale: number): CanvasPattern | null {
  const name = `${kind} ${color} ${scale}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  if (made.size >= mostMade) made.clear();
  const pattern = makeTile(context, kind, color, scale);
  made.set(name, pattern);
  return pattern;
}

function makeTile(context: CanvasRenderingContext2D, kind: Hatch, color: string, scale: number): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = size * scale;
  tile.height = size * scale;
  const drawing = tile.getContext('2d');
  if (!drawing) return null;
  drawing.scale(scale, scale);
  drawing.strokeStyle = color;
  drawing.fillStyle = color;
  drawing.lineWidth = 1;
  if (kind === 'dots') {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const) {
      drawing.beginPath();
      drawing.arc(x, y, 0.9, 0, 2 * Math.PI);
      drawing.fill();
    }
  } else {
    drawing.beginPath();
    for (const shift of [-size, 0, size]) {
      drawing.moveTo(shift, kind === 'rising' ? size : 0);
      drawing.lineTo(shift + size, kind === 'rising' ? 0 : size);
    }
    drawing.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  // The tile is drawn at the density of the screen, the canvas is scaled by it too.
  pattern?.setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, 0, 0]));
  return pattern;
}
