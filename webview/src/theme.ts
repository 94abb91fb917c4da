/** The colours of the canvas, read from the style sheet, which knows VS Code's themes. */
import { type IdleCause, idleCauses } from '../../server/src/core/schedules/idle-slots.ts';
import { lettersOn, mix, parseHex, toHex } from './color.ts';
import type { TailPart } from './layout.ts';

export interface Theme {
  readonly font: string;
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly focus: string;
  /** Outline of every box; empty except in high contrast. */
  readonly outline: string;
  readonly forward: Paint;
  readonly backward: Paint;
  readonly transfer: Paint;
  readonly bubble: Paint;
  readonly tail: { readonly [part in TailPart]: Paint };
  readonly limit: string;
  /** What the longest chain of operations is brought out with. */
  readonly critical: string;
  /** Waiting by cause, in the order of `idleCauses`: the ground, and the hatching in its place of letters. */
  readonly idle: readonly Paint[];
}

export interface Paint {
  readonly fill: string;
  readonly text: string;
}

/** Reads the theme in force. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  const paint = (name: string): Paint => ({ fill: value(`--op-${name}`), text: value(`--op-${name}-text`) });
  return {
    font: style.fontFamily,
    foreground: value('--panel-foreground'),
    muted: value('--panel-muted'),
    background: value('--panel-background'),
    grid: value('--panel-grid'),
    focus: value('--panel-focus'),
    outline: value('--op-outline'),
    forward: paint('forward'),
    backward: paint('backward'),
    transfer: paint('transfer'),
    bubble: paint('bubble'),
    tail: { gradientReduction: paint('gradient-reduction'), optimizer: paint('optimizer'), parameterGather: paint('parameter-gather') },
    limit: value('--panel-limit'),
    critical: value('--panel-critical'),
    idle: idleCauses.map((cause) => pale(value(`--idle-${causeColors[cause]}`), value('--panel-background'))),
  };
}

/** Causes of one nature share a colour; style sheets know it by this name. */
export const causeColors: { readonly [cause in IdleCause]: string } = {
  'warm-up': 'fill',
  'forward-of-stage-before': 'forward',
  'backward-of-stage-after': 'backward',
  drain: 'fill',
  imbalance: 'imbalance',
  transfer: 'transfer',
  send: 'transfer',
  launch: 'host',
  barrier: 'tail',
  tail: 'tail',
};

/** How much of its colour the ground of waiting has: little, for what runs is to stand out. */
const paleness = 0.3;

function pale(color: string, background: string): Paint {
  const [over, under] = [parseHex(color), parseHex(background)];
  return over && under ? { fill: toHex(mix(over, under, paleness)), text: toHex(mix(over, under, 0.75)) } : { fill: color, text: color };
}

/**
 * Calls back whenever the theme may have changed: VS Code rewrites the classes of the body and the style of the root
 * element; a plain page follows the system.
 */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  const watched = { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] };
  observer.observe(document.body, watched);
  observer.observe(document.documentElement, watched);
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', changed);
  }
}

/** A "#rrggbb" colour with an opacity; any other spelling is left as it is. */
export function withOpacity(color: string, opacity: number): string {
  const rgb = parseHex(color);
  return rgb ? `rgba(${rgb.join(', ')}, ${opacity})` : color;
}

/** The colour of letters on a paint that is laid over the background with an opacity. */
export function lettersOver(theme: Theme, paint: Paint, opacity: number): string {
  const over = parseHex(paint.fill);
  const under = parseHex(theme.background);
  return over && under ? lettersOn(mix(over, under, opacity)) : paint.text;
}
