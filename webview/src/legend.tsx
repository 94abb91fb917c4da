/** What the colours and hatchings stand for. */

import { tailLabels, tailSpans } from './layout.ts';
import type { PanelState } from './state.ts';

export function Legend({ state }: { readonly state: PanelState }) {
  const shown = state.shown.value;
  if (!shown || 'refused' in shown) return null;
  const entries: [string, string][] = [
    ['forward', 'Forward'],
    ['backward', 'Backward'],
  ];
  if (shown.sender.length > 0) entries.push(['transfer', 'Communication']);
  entries.push(['bubble', 'Bubble']);
  const names = { gradientReduction: 'gradient-reduction', optimizer: 'optimizer', parameterGather: 'parameter-gather' };
  for (const { part } of tailSpans(shown)) entries.push([names[part], tailLabels[part]]);
  return (
    <ul class="legend" aria-label="Legend">
      {entries.map(([name, label]) => (
        <li key={name}>
          <span class={`swatch ${name}`} aria-hidden="true" />
          {label}
        </li>
      ))}
      {shown.request.virtualStages > 1 && <li class="hint">Fainter: later chunks</li>}
    </ul>
  );
}
