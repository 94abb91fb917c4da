/** Over the timeline: search, what is brought out, saving and zoom. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { PanelReply } from '../../../server/src/protocol/panel.ts';
import { differsFromFile } from '../state.ts';
import { exportName, exportPng, exportSvg, exportTrace } from './export.ts';
import { goToMatch, type KeyContext } from './keys.ts';

interface ToolbarProps extends KeyContext {
  readonly post: (reply: PanelReply) => void;
  /** Width of the timeline in CSS pixels. */
  readonly width: number;
  readonly stage: number;
  /** The buttons of the zoom, which stand last. */
  readonly children: ComponentChildren;
}

export function Toolbar(props: ToolbarProps) {
  const { state, post } = props;
  const { critical, causes } = state.timeline;
  const name = exportName(`${state.job.value?.title ?? 'timeline'}${differsFromFile(state) ? ' tried' : ''}`);
  const save = (ending: Ending): void => {
    const make = { png: exportPng, svg: exportSvg, json: exportTrace }[ending];
    const content = make(props);
    if (content !== undefined) post({ type: 'save', name: `${name}.${ending}`, encoding: ending === 'png' ? 'base64' : 'text', content });
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Timeline tools">
      <Search {...props} />
      <label>
        <input
          type="checkbox"
          checked={critical.value}
          onChange={() => {
            critical.value = !critical.value;
          }}
        />
        Critical path
      </label>
      <label>
        <input
          type="checkbox"
          checked={causes.value}
          onChange={() => {
            causes.value = !causes.value;
          }}
        />
        Causes of waiting
      </label>
      <SaveMenu save={save} />
      {props.children}
    </div>
  );
}

/** In the order of the menu: ending, what it is called, what it is for. */
const endings = [
  ['png', 'PNG', 'picture'],
  ['svg', 'SVG', 'drawing'],
  ['json', 'Chrome trace', 'for Perfetto'],
] as const;

type Ending = (typeof endings)[number][0];

function SaveMenu({ save }: { readonly save: (ending: Ending) => void }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      class="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        menu.current?.querySelector('summary')?.focus();
      }}
      onFocusOut={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && menu.current?.contains(relatedTarget))) close();
      }}
    >
      <summary>Save</summary>
      <div class="items">
        {endings.map(([ending, name, what]) => (
          <button
            key={ending}
            type="button"
            onClick={() => {
              close();
              save(ending);
            }}
          >
            {name} <span class="muted">{what}</span>
          </button>
        ))}
      </div>
    </details>
  );
}

function Search({ state, ...context }: KeyContext) {
  const { query } = state.timeline;
  const found = state.found.value;
  const count = found?.matches.length ?? 0;
  const go = (backwards: boolean): void => goToMatch({ state, ...context }, backwards);
  return (
    <div class={found ? 'search active' : 'search'}>
      <input
        id="timeline-search"
        type="search"
        placeholder="Search: mb 12"
        aria-label="Search operations, such as mb 12 or stage 3 backward"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            go(event.shiftKey);
          } else if (event.key === 'Escape') query.value = '';
        }}
      />
      {found && (
        <>
          <button type="button" title="Previous found (Shift + N)" disabled={count === 0} onClick={() => go(true)}>
            <span aria-hidden="true">↑</span>
            <span class="hidden">Previous found</span>
          </button>
          <button type="button" title="Next found (N)" disabled={count === 0} onClick={() => go(false)}>
            <span aria-hidden="true">↓</span>
            <span class="hidden">Next found</span>
          </button>
        </>
      )}
      <span class="found" role="status">
        {found &&
          (found.unknown === undefined
            ? `${count.toLocaleString('en')} ${count === 1 ? 'operation' : 'operations'}`
            : `“${found.unknown}” means nothing here`)}
      </span>
    </div>
  );
}
