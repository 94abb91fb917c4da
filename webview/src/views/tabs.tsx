/**
 * The tabs of the panel and the view that is chosen. One tab stop; arrows, Home and End go from tab to tab. A column too narrow for tabs has
 * a list in their place (what is shown of the two is in panel.css).
 */
import { nextTab } from './next-tab.ts';
import type { PanelView, ViewProps } from './view.ts';

export function Tabs({ views, ...props }: ViewProps & { readonly views: readonly PanelView[] }) {
  const { state } = props;
  const chosen = views.find(({ id }) => id === state.tab.value) ?? views[0];
  if (!chosen) return null;
  const View = chosen.component;
  const onKeyDown = (event: KeyboardEvent): void => {
    const ids = views.map(({ id }) => id);
    const next = nextTab(ids, chosen.id, event.key);
    if (next === undefined) return;
    event.preventDefault();
    state.tab.value = next;
    document.getElementById(tabId(next))?.focus();
  };
  return (
    <>
      {views.length > 1 && (
        <div class="tabs" role="tablist" aria-label="Views" onKeyDown={onKeyDown}>
          {views.map(({ id, label }) => (
            <button
              key={id}
              id={tabId(id)}
              type="button"
              role="tab"
              aria-selected={id === chosen.id}
              aria-controls="view"
              tabIndex={id === chosen.id ? 0 : -1}
              onClick={() => {
                state.tab.value = id;
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {views.length > 1 && (
        <select
          class="view-list"
          aria-label="View"
          value={chosen.id}
          onChange={({ currentTarget: { value } }) => {
            state.tab.value = value;
          }}
        >
          {views.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      )}
      <div id="view" class="view" {...(views.length > 1 ? { role: 'tabpanel', 'aria-labelledby': tabId(chosen.id) } : {})}>
        <View key={chosen.id} {...props} />
      </div>
    </>
  );
}

const tabId = (view: string): string => `tab-${view}`;
