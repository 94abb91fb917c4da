/**
 * The tabs of the panel and the view that is chosen. One tab stop; arrows, Home and End go from tab to tab. Where they do not fit in one row,
 * a list stands in their place.
 */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { nextTab } from './next-tab.ts';
import type { PanelView, ViewProps } from './view.ts';

export function Tabs({ views, ...props }: ViewProps & { readonly views: readonly PanelView[] }) {
  const { state } = props;
  const chosen = views.find(({ id }) => id === state.tab.value) ?? views[0];
  const [row, fits] = useFits();
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
        <div ref={row} class={fits ? 'tabs' : 'tabs folded'} role="tablist" aria-label="Views" onKeyDown={onKeyDown}>
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

/** Whether the children of an element fit beside each other, now and when its width changes. */
function useFits(): readonly [{ readonly current: HTMLDivElement | null }, boolean] {
  const row = useRef<HTMLDivElement>(null);
  const [fits, setFits] = useState(true);
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return undefined;
    const measure = (): void => {
      const last = element.lastElementChild;
      setFits(!last || last.getBoundingClientRect().right <= element.getBoundingClientRect().right + 0.5);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [row, fits];
}

const tabId = (view: string): string => `tab-${view}`;
