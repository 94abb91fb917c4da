/**
 * Pictures of the panel against stored ones. Pages are opened without text (blank-font.ts, `textFree` of openPanel), so that the
 * pictures do not depend on a machine's fonts; a few pixels may differ, as edges are smoothed a little differently by every browser.
 * `ROOFLINT_PICTURES=write` stores what is seen: look at it before committing it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const stored = join(import.meta.dirname, 'pictures');
const seen = join(import.meta.dirname, '../../out/screenshots');

/** Share of the pixels that may differ. */
const tolerance = 0.002;
/** Difference of a pixel's colour that is none, from 0 to 1. */
const sameColor = 0.15;

/** Undefined when the picture is as stored; else a sentence that says how it differs and where to look. */
export function differenceFrom(name: string, picture: Buffer): string | undefined {
  const path = join(stored, `${name}.png`);
  if (process.env.ROOFLINT_PICTURES === 'write') {
    mkdirSync(stored, { recursive: true });
    writeFileSync(path, picture);
    return undefined;
  }
  if (!existsSync(path)) return `there is no stored picture ${path}`;
  const [now, before] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(path))];
  const save = (ending: string, data: Buffer): string => {
    mkdirSync(seen, { recursive: true });
    const to = join(seen, `${name}-${ending}.png`);
    writeFileSync(to, data);
    return to;
  };
  // A line more or less of pixels is rounding of the layout; what lies below is compared.
  if (Math.abs(now.width - before.width) > 1 || Math.abs(now.height - before.height) > 2) {
    return `${name} is ${now.width} x ${now.height} pixels, stored are ${before.width} x ${before.height}: ${save('now', picture)}`;
  }
  const [width, height] = [Math.min(now.width, before.width), Math.min(now.height, before.height)];
  const difference = new PNG({ width, height });
  const count = pixelmatch(cut(now, width, height), cut(before, width, height), difference.data, width, height, { threshold: sameColor });
  if (count <= width * height * tolerance) return undefined;
  save('now', picture);
  return `${count} of ${width * height} pixels of ${name} differ: ${save('difference', PNG.sync.write(difference))}`;
}

function cut(image: PNG, width: number, height: number): Buffer {
  const part = new PNG({ width, height });
  PNG.bitblt(image, part, 0, 0, width, height, 0, 0);
  return part.data;
}
