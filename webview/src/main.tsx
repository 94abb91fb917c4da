/** Entry point of the panel: connects the host, the state and the page. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { connectHost } from './host.ts';
import { createState, receive, restore, toSaved } from './state.ts';
import { onThemeChange } from './theme.ts';
import './theme.css';
import './panel.css';

const host = connectHost();
const state = createState();
let restored = false;

host.onMessage((message) => {
  receive(state, message);
  if (!restored && message.type === 'job') {
    restored = true;
    restore(state, host.load());
  }
});
onThemeChange(() => {
  state.themeChanges.value++;
});
effect(() => {
  const saved = toSaved(state);
  if (saved && restored) host.save(saved);
});

let root = document.getElementById('root');
if (!root) {
  root = document.createElement('div');
  root.id = 'root';
  document.body.append(root);
}
render(<App state={state} post={host.post} />, root);
host.post({ type: 'ready' });
