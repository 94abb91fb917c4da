/** The timeline as files: a picture, a drawing, a trace. */
import { chromeTrace } from '../../../server/src/core/schedules/chrome-trace.ts';
import { drawTimeline, type TimelinePicture } from '../draw-timeline.ts';
import { layoutRows } from '../layout.ts';
import { pixelLayer } from '../pixel-layer.ts';
import { readTheme } from '../theme.ts';
import { criticalPathOf, idleSlotsOf } from './analysis.ts';
import { drawMarks } from './draw-marks.ts';
import { drawPath } from './draw-path.ts';
import type { KeyContext } from './keys.ts';
import { hasLane } from './lanes.ts';
import { timelineSvg } from './svg.ts';

interface ExportContext extends KeyContext {
  readonly width: number;
  readonly stage: number;
}

/** A file name that every system takes. */
export function exportName(title: string): string {
  return `${
    title
      .replace(/[^\w .,()+-]+/g, '-')
      .slice(0, 90)
      .trim() || 'job'
  } timeline`;
}

function pictureOf({ state, simulation, scale, stage }: ExportContext): TimelinePicture {
  const rows = layoutRows(simulation.request.stages, hasLane(simulation));
  const idle = state.timeline.causes.value ? idleSlotsOf(simulation) : undefined;
  return { simulation, rows, scale, theme: readTheme(), stage, slab: { top: 0, height: rows.height }, idle };
}

/** What is in sight, with all rows, in base64; undefined where no canvas is to be had. */
export function exportPng(context: ExportContext): string | undefined {
  const { state, simulation, width } = context;
  const picture = pictureOf(context);
  const [sheet, over] = [document.createElement('canvas'), document.createElement('canvas')];
  drawTimeline(sheet, width, picture, pixelLayer());
  const drawing = sheet.getContext('2d');
  if (!drawing) return undefined;
  if (state.timeline.critical.value) drawPath(drawing, picture, criticalPathOf(simulation).operations);
  drawMarks(over, width, picture, {
    hovered: undefined,
    selected: state.selected.value,
    cursor: undefined,
    range: state.timeline.range.value,
    matches: state.found.value?.matches,
  });
  drawing.setTransform(1, 0, 0, 1, 0, 0);
  drawing.drawImage(over, 0, 0);
  drawing.globalCompositeOperation = 'destination-over';
  drawing.fillStyle = picture.theme.background;
  drawing.fillRect(0, 0, sheet.width, sheet.height);
  return sheet.toDataURL('image/png').split(',')[1];
}

export function exportSvg(context: ExportContext): string {
  const { state, simulation, width } = context;
  const path = state.timeline.critical.value ? criticalPathOf(simulation).operations : undefined;
  return timelineSvg(pictureOf(context), width, path);
}

export function exportTrace({ simulation }: KeyContext): string {
  return JSON.stringify(chromeTrace(simulation));
}
