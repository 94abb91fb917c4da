/** What tells the components apart beside their colours: hatchings, defined once for chart and legend. */

/** Components that share their colour with another are hatched. */
const hatched: Readonly<Record<string, 'rising' | 'falling' | 'cache'>> = {
  casts: 'rising',
  buffers: 'rising',
  core: 'rising',
  experts: 'falling',
  masks: 'falling',
  workspace: 'falling',
  cache: 'cache',
};

const patterns = [
  { id: 'rising', line: { x1: 0, y1: 6, x2: 6, y2: 0 } },
  { id: 'falling', line: { x1: 0, y1: 0, x2: 6, y2: 6 } },
  { id: 'cache', line: { x1: 0, y1: 0, x2: 6, y2: 6 } },
] as const;

/** To stand in the first picture of a page that uses them. */
export function Hatchings() {
  return (
    <defs>
      {patterns.map(({ id, line }) => (
        <pattern key={id} id={`hatch-${id}`} width="6" height="6" patternUnits="userSpaceOnUse" class={`hatching ${id}`}>
          <line {...line} />
        </pattern>
      ))}
    </defs>
  );
}

/** A shape in the colour of a component, and again in its hatching. */
export function Filled({ id, path }: { readonly id: string; readonly path: string }) {
  const hatching = hatched[id];
  return (
    <>
      <path class={`layer mem-${id}`} d={path} />
      {hatching && <path class="layer hatched" d={path} fill={`url(#hatch-${hatching})`} />}
    </>
  );
}

export function Swatch({ id }: { readonly id: string }) {
  return (
    <svg class="swatch" width="20" height="12" aria-hidden="true">
      <Filled id={id} path="M0 0H20V12H0Z" />
    </svg>
  );
}
