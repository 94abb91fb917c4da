/** Entry point of the panel: connects the host, the state and the page. A training job and a server have a state and a page each. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { connectHost } from './host.ts';
import { keepState } from './keep-state.ts';
import { ServingApp } from './serving/serving-app.tsx';
import { createServingState, receiveServing, restoreServing, savedServing, startWork } from './serving/serving-state.ts';
import { createState, receive, restore, toSaved } from './state.ts';
import { onThemeChange } from './theme.ts';
import './theme.css';
import './panel.css';
import './timeline/timeline.css';
import './views/operations.css';
import './serving/serving.css';

const host = connectHost();
const state = createState();
const serving = createServingState(state.themeChanges);
const shown = signal<'training' | 'serving'>('training');
let restored = false;

host.onMessage((message) => {
  if (message.type === 'serving') {
    shown.value = 'serving';
    receiveServing(serving, message.job);
    if (!restored) restoreServing(serving, host.load());
  } else if (message.type === 'empty' && shown.value === 'serving') serving.why.value = message.why;
  else {
    receive(state, message);
    if (message.type === 'job') shown.value = 'training';
    if (!restored && message.type === 'job') restore(state, host.load());
  }
  restored ||= message.type !== 'empty';
});
onThemeChange(() => {
  state.themeChanges.value++;
});
keepState(
  () => (shown.value === 'serving' ? savedServing(serving) : toSaved(state)),
  (saved) => restored && host.save(saved),
);
startWork(serving);

function Panel() {
  return shown.value === 'serving' ? <ServingApp state={serving} post={host.post} /> : <App state={state} post={host.post} />;
}

let root = document.getElementById('root');
if (!root) {
  root = document.createElement('div');
  root.id = 'root';
  document.body.append(root);
}
render(<Panel />, root);
host.post({ type: 'ready' });
